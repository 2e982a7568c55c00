"""What CreativeX hands in: scorecards as PDFs, put into the twin's Box by the agency user, whole or broken."""

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypedDict, Unpack

from sandbox.blobs import BytesBlob
from sandbox.box.items import File
from sandbox.outsider import Below, Outsider
from sandbox.scorecards_pdf import Card, Guideline, draw, draw_note, percent

if TYPE_CHECKING:
    from sandbox.twin import Twin

Score = int | float | str

GUIDELINES = (
    "Brand in the first three seconds",
    "Product shown in use",
    "Made for sound off",
    "Logo in a safe zone",
    "Human presence",
    "Call to action at the end",
    "Shape fits the placement",
    "Length fits the placement",
)
LINK = "https://app.creativex.com/preflight/pretests/{creativex_id}"
NOTE = "Minutes of the weekly call. No scorecard in here."

_TIERS = ((75, "Excellent"), (50, "Average"), (0, "Needs work"))


class Facts(TypedDict, total=False):
    """What a card says besides file name and score. Empty or left out: made up to fit; None: not on the card."""

    creativex_id: str | None
    url: str | None
    tier: str | None
    guidelines: Sequence[Guideline] | None


class Scorecards(Outsider):
    """Hands PDFs in at the twin's CreativeX folder.

    A name that is there already gets a new version. The same call gives the same bytes; another `seed` gives other
    bytes that say the same. `name` is the PDF's, by default made from the file name; `below` names sub-folders.
    """

    def __init__(self, twin: "Twin") -> None:
        super().__init__(twin.box, twin.box_folders["BOX_FOLDER_CREATIVEX"])

    def whole(
        self,
        filename: str,
        score: Score | None = 80,
        *,
        name: str | None = None,
        below: Below = (),
        seed: str = "",
        **facts: Unpack[Facts],
    ) -> File:
        """Hand in a scorecard of the asset `filename`. The score is printed as it is given; None leaves it out."""
        return self._hand_in(filename, draw(_card(filename, score, seed, facts)), name, below)

    def wrong_sum(
        self,
        filename: str,
        score: Score = 80,
        *,
        name: str | None = None,
        below: Below = (),
        seed: str = "",
        **facts: Unpack[Facts],
    ) -> File:
        """Hand in a scorecard whose passed guidelines come to 10 more or less than its score."""
        value = percent(str(score)) or 0.0
        facts["guidelines"] = default_guidelines(value - 10 if value > 90 else value + 10)
        return self.whole(filename, score, name=name, below=below, seed=seed, **facts)

    def damaged(
        self, filename: str, score: Score = 80, *, name: str | None = None, below: Below = (), seed: str = ""
    ) -> File:
        """Hand in a PDF that ends in the middle."""
        content = draw(_card(filename, score, seed, {}))
        return self._hand_in(filename, content[: len(content) // 2], name, below)

    def blank(self, filename: str, *, name: str | None = None, below: Below = (), text: str = NOTE) -> File:
        """Hand in a good PDF that is no scorecard; with an empty `text`, an empty page."""
        return self._hand_in(filename, draw_note(text), name, below)

    def other(self, name: str, content: bytes, *, below: Below = ()) -> File:
        """Hand in any file."""
        return self.put(name, BytesBlob(content), below)

    def _hand_in(self, filename: str, content: bytes, name: str | None, below: Below) -> File:
        return self.put(name or pdf_name(filename), BytesBlob(content), below)


def pdf_name(filename: str) -> str:
    """Return what the scorecard of an asset is called where nobody says otherwise.

    >>> pdf_name("RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4")
    'RAF_DE_de_TEST-JOB_OLV_001_6S_16x9_scorecard.pdf'
    """
    return f"{PurePosixPath(filename).stem}_scorecard.pdf"


def default_guidelines(score: float) -> list[Guideline]:
    """Return guidelines that weigh 100 together, those that were passed `score`.

    >>> [sum(weight for _, weight, passed in default_guidelines(score) if passed) for score in (0, 1, 80, 82.5, 100)]
    [0, 1, 80, 82.5, 100]
    """
    count = len(GUIDELINES)
    good = min(max(round(count * score / 100), 1), count - 1) if 0 < score < 100 else round(count * score / 100)
    passed, missed = _split(score, good), _split(100 - score, count - good)
    return [
        # Spread over the table, as they would be.
        (name, passed.pop(), True)
        if (place + 1) * good // count > place * good // count
        else (name, missed.pop(), False)
        for place, name in enumerate(GUIDELINES)
    ]


def _split(total: float, count: int) -> list[float]:
    if count == 0:
        return []
    each, more = divmod(int(total), count)
    parts: list[float] = [each + (place < more) for place in range(count)]
    parts[0] += total - int(total)
    return parts


def _card(filename: str, score: Score | None, seed: str, facts: Facts) -> Card:
    text = None if score is None else str(score)
    value = percent(text)
    made_up = str(90_000_000 + int.from_bytes(hashlib.sha256(filename.encode()).digest()[:4]) % 9_000_000)
    creativex_id = _given(facts.get("creativex_id", ""), made_up)
    fitting = None if value is None else default_guidelines(value)
    return Card(
        filename=filename,
        score=text,
        creativex_id=creativex_id,
        url=_given(facts.get("url", ""), LINK.format(creativex_id=creativex_id or made_up)),
        tier=_given(facts.get("tier", ""), _tier(value)),
        guidelines=fitting if facts.get("guidelines", ()) == () else facts["guidelines"],
        seed=seed,
    )


def _given(text: str | None, made_up: str | None) -> str | None:
    return made_up if text == "" else text


def _tier(value: float | None) -> str | None:
    return next((tier for least, tier in _TIERS if value >= least), None) if value is not None else None
