"""Which asset a scorecard is about, told from the file name that was scored."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames.parse import parse
from domain.scorecards import stem_of


@dataclass(frozen=True, slots=True)
class ScoredName:
    """The clean name of what was scored, and the tracking id where its full name was given."""

    name: str
    tracking_id: str | None = None


def scored_name(filename: str, codes: Codes) -> ScoredName:
    """Return the name under which a score is kept: the clean one where the full name was scored.

    >>> CODES = Codes(brands=["RAF"], countries=["DE"], languages=["de"], asset_types=["OLV"], social=[])
    >>> scored_name("1234567_RAF_DE_de_TEST-JOB_OLV_001_6S_16x9_BJP4ho.mp4", CODES)
    ScoredName(name='RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4', tracking_id='BJP4ho')
    >>> scored_name("1234567_RAF_DE_de_TEST-JOB_OLV_001_6S_16x9_BJP4ho", CODES)
    ScoredName(name='RAF_DE_de_TEST-JOB_OLV_001_6S_16x9', tracking_id='BJP4ho')
    >>> scored_name("RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4", CODES)
    ScoredName(name='RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4', tracking_id=None)
    """
    has_extension = stem_of(filename) != filename
    try:
        found = parse(filename if has_extension else f"{filename}{_ANY}", codes).name
    except FilenameRefused:
        return ScoredName(filename)
    clean = found.clean_name if has_extension else found.clean_name.removesuffix(_ANY)
    return ScoredName(clean, found.tracking_id)


def is_same_asset(scored: str, name: str) -> bool:
    """Tell whether a scored name is a file's, whatever its case, and with or without the extension.

    >>> is_same_asset("raf_spot", "RAF_spot.mp4"), is_same_asset("RAF_spot.jpg", "RAF_spot.mp4")
    (True, False)
    """
    return scored.lower() in {name.lower(), stem_of(name).lower()}


def nearest_names(name: str, known: Collection[str], most: int = 3) -> list[str]:
    """Return the known names that a name is most like, the likest first; none where it is like none.

    >>> nearest_names("RAF_DE_de_SPRNG_OLV_001_6S_16x9.mp4", ["RAF_DE_de_SPRING_OLV_001_6S_16x9.mp4", "other.jpg"])
    ['RAF_DE_de_SPRING_OLV_001_6S_16x9.mp4']
    """
    by_stem = {stem_of(each).lower(): each for each in known}
    return [by_stem[stem] for stem in get_close_matches(stem_of(name).lower(), by_stem, n=most, cutoff=0.75)]


_ANY = ".mp4"
"""Put in place of an extension that was not given, which no name is without."""
