"""The agency's part in the demo: a localized file for every master, three of them broken, each in its own way."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from db.models import MasterAsset
from sandbox.box.items import File
from sandbox.drops import Drops
from sandbox.media import films

_VIDEO = "1234567_RAF_DE_de_{subject}_OLV_{spot}_6S_16x9_{tracking_id}{extension}"
_STILL = "1234567_RAF_{subject}_OLV_16x9_REF_DE_de_{tracking_id}{extension}"
_VIDEOS = (".mp4", ".mov")
_SIZE = 900_000


@dataclass(frozen=True)
class HandedIn:
    """A file that was handed in, and what is wrong with it."""

    file: File
    good_name: str
    wrong: str = ""


class Agency:
    """Hands in one file for each master, and mends what it is told of."""

    def __init__(self, drops: Drops) -> None:
        self._drops = drops
        films.film()  # made beforehand: all files are to be handed in within seconds

    def hand_in(self, masters: list[MasterAsset]) -> list[HandedIn]:
        """Hand in everything; the first three videos are misnamed, mistyped and cut off."""
        videos = [master for master in masters if _extension(master) in _VIDEOS]
        broken = {videos[0].id: self._misnamed, videos[1].id: self._mistyped, videos[2].id: self._cut_off}
        return [
            broken.get(master.id, self._whole)(master, number, f"Week {12 + number % 2}")
            for number, master in enumerate(masters, start=1)
        ]

    def rename(self, handed_in: HandedIn) -> None:
        """Give a file the name that it should have had."""
        self._drops.rename(handed_in.file.id, handed_in.good_name)

    def hand_in_again(self, handed_in: HandedIn) -> File:
        """Hand in whole what had arrived broken, under the same name."""
        return self._drops.whole("", handed_in.good_name, size=_SIZE, below=["Week 13"])

    def _whole(self, master: MasterAsset, number: int, week: str) -> HandedIn:
        name = _name(master, number)
        score = {"creativexScore": 70 + 2 * number, "creativexUrl": f"https://app.creativex.com/audits/{number}"}
        return HandedIn(self._drops.whole("", name, size=_SIZE, below=[week], metadata=score), name)

    def _misnamed(self, master: MasterAsset, number: int, week: str) -> HandedIn:
        name = _name(master, number)
        bad = name.replace("_RAF_DE_", "_raf_de_").replace("_16x9_", "_16X9_")
        return HandedIn(self._drops.whole("", bad, size=_SIZE, below=[week]), name, "three parts of its name are wrong")

    def _mistyped(self, master: MasterAsset, number: int, week: str) -> HandedIn:
        name = _name(master, number)
        bad = name.replace(master.tracking_id, _mistype(master.tracking_id))
        wrong = f"its tracking id is mistyped: {_mistype(master.tracking_id)} for {master.tracking_id}"
        return HandedIn(self._drops.whole("", bad, size=_SIZE, below=[week]), name, wrong)

    def _cut_off(self, master: MasterAsset, number: int, week: str) -> HandedIn:
        name = _name(master, number)
        return HandedIn(self._drops.damaged("", name, below=["Week 13"]), name, "the film breaks off in the middle")


def still_names(masters: list[MasterAsset]) -> list[str]:
    """Return the names under which the agency will hand in its stills, none of which it will get wrong."""
    numbered = enumerate(masters, start=1)
    return [_name(master, number) for number, master in numbered if _extension(master) not in _VIDEOS]


def _name(master: MasterAsset, number: int) -> str:
    pattern = _VIDEO if _extension(master) in _VIDEOS else _STILL
    words = "".join(letter if letter.isalnum() else " " for letter in PurePosixPath(master.original_filename).stem)
    subject = "-".join(words.upper().split())[:20].rstrip("-")
    return pattern.format(
        subject=subject, spot=f"{number:03}", tracking_id=master.tracking_id, extension=_extension(master)
    )


def _extension(master: MasterAsset) -> str:
    return PurePosixPath(master.original_filename).suffix.lower()


def _mistype(tracking_id: str) -> str:
    """Return the tracking id in other capitals, as somebody types it who takes them for the same."""
    swapped = tracking_id.swapcase()
    return swapped if swapped != tracking_id else tracking_id[::-1]
