"""What agencies hand in: derivatives put into the twin's Box by the agency user, whole or broken."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from sandbox.blobs import Blob, BytesBlob, GeneratedBlob, VideoBlob
from sandbox.box.items import File
from sandbox.media import KINDS, films
from sandbox.outsider import Below, Outsider

if TYPE_CHECKING:
    from sandbox.twin import Twin

VIDEO = "1234567_RAF_DE_de_TEST-JOB_OLV_001_6S_16x9_{tracking_id}.mp4"
STILL = "1234567_RAF_ME-MOMENT_DIG_1x1_REF_GL_it_IGF_{tracking_id}.png"
MISNAMED = "1234567_raf_DEU_de_TEST-JOB_OLV_001_6S_16X9_{tracking_id}.mp4"
"""Three parts are wrong: brand, country, ratio."""
UNKNOWN_TRACKING_ID = "000000"
"""No master has it."""
TEMPLATE = "ferrerodammetadata"
"""Key of the metadata template that agencies fill in."""
SIZE = 1_000_000

_VIDEOS = {"m4v", "mov", "mp4"}
_SECONDS = re.compile(r"_(\d{1,3})S(?=_)")
_RATIO = re.compile(r"_(\d{1,2}x\d{1,2})(?=_)")

Damage = Literal["cut", "no index"]


class Drops(Outsider):
    """Hands files in at the twin's derivatives folder. In a name pattern `{tracking_id}` stands for the tracking id.

    A name that is there already gets a new version. Content follows from `seed`, by default the name: the same twice
    unless another seed is given. `below` names sub-folders, made where they are missing.
    """

    def __init__(self, twin: "Twin") -> None:
        super().__init__(twin.box, twin.box_folders["BOX_FOLDER_DERIVATIVES"])

    def whole(  # noqa: PLR0913 - what a drop is described by
        self,
        tracking_id: str,
        pattern: str = VIDEO,
        *,
        size: int = SIZE,
        seed: str = "",
        below: Below = (),
        metadata: Mapping[str, Any] | None = None,
        template: str = TEMPLATE,
    ) -> File:
        """Hand in a file that opens; of a video, shape and length are as its name says (length: see `films.film`).

        `metadata` is on it when its event goes out; on a new version, in place of what was there.
        """
        name = _named(pattern, tracking_id)
        return self._hand_in(name, _content(name, seed or name, size), below, metadata, template)

    def damaged(self, tracking_id: str, pattern: str = VIDEO, *, how: Damage = "cut", below: Below = ()) -> File:
        """Hand in a video that ends in the middle, or whose index was never written."""
        name = _named(pattern, tracking_id)
        return self._hand_in(name, _wreck(name, how), below)

    def misnamed(self, tracking_id: str, pattern: str = MISNAMED, *, below: Below = ()) -> File:
        """Hand in a good video under a name that breaks the rules."""
        return self.whole(tracking_id, pattern, below=below)

    def unknown(self, pattern: str = VIDEO, *, below: Below = ()) -> File:
        """Hand in a good video with a good name, whose tracking id no master has."""
        return self.whole(UNKNOWN_TRACKING_ID, pattern, below=below)

    def _hand_in(
        self, name: str, content: Blob, below: Below, values: Mapping[str, Any] | None = None, template: str = TEMPLATE
    ) -> File:
        if values is None:
            return self.put(name, content, below)
        return self.put(name, content, below, prepare=lambda file: self._fill_in(file, template, values))

    def _fill_in(self, file: File, template: str, values: Mapping[str, Any]) -> None:
        there = file.metadata.get((self._box.scope("enterprise"), template))
        if there is None:
            self._box.set_metadata(file.id, template, values)
        else:
            there.values, there.version = dict(values), there.version + 1


def _named(pattern: str, tracking_id: str) -> str:
    return pattern.replace("{tracking_id}", tracking_id)


def _content(name: str, seed: str, size: int) -> Blob:
    extension = PurePosixPath(name).suffix.lstrip(".").lower()
    if extension in _VIDEOS:
        return VideoBlob(seed, size, ratio=_ratio(name), seconds=_seconds(name))
    kind = "jpg" if extension == "jpeg" else extension
    return GeneratedBlob(seed, size, kind if kind in KINDS else "bin")


def _wreck(name: str, how: Damage) -> Blob:
    film = films.film(_ratio(name), _seconds(name))
    return BytesBlob(film[: len(film) * 2 // 3] if how == "cut" else film.replace(b"moov", b"free", 1))


def _ratio(name: str) -> str:
    """Return the last part that is written like a ratio; the tracking id, which may look like one, ends the name."""
    ratios: list[str] = _RATIO.findall(name)
    return ratios[-1] if ratios else "16x9"


def _seconds(name: str) -> int:
    lengths: list[str] = _SECONDS.findall(name)
    return max(int(lengths[-1]), 1) if lengths else films.SAMPLE_SECONDS
