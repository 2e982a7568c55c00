"""Names that Box takes, for folders and files.

Box forbids `/`, `\\`, control characters, spaces at the end, `.` and `..`, and more than 255 characters. Its documents
disagree on whether a bad character is refused or silently removed, so no name leaves here with one.
"""

import re
import unicodedata

from domain.errors import NameRefused

LONGEST_NAME = 255
_TRACKING_ROOM = len("_aB3xY9")
_SPACE = re.compile(r"\s")
_EXTENSION = re.compile(r"(?<=.)\.[A-Za-z0-9]{1,10}$")
_FORBIDDEN_CATEGORIES = ("Cc", "Cs")  # control characters; lone surrogates, which UTF-8 cannot carry


def safe_name(name: str) -> str:
    """Return `name` as Box takes it, short enough for a tracking id to be added.

    Raises NameRefused for a name of which nothing is left, and for `.` and `..`.

    >>> safe_name(" Key visual 16/9.tif ")
    'Key visual 16_9.tif'
    >>> len(safe_name("x" * 300 + ".jpeg")), safe_name("x" * 300 + ".jpeg")[-6:]
    (248, 'x.jpeg')
    >>> safe_name("..")
    Traceback (most recent call last):
    domain.errors.NameRefused: '..' cannot be the name of anything in Box
    """
    cleaned = _clean(name)
    if cleaned in ("", ".", ".."):
        raise NameRefused(f"{name!r} cannot be the name of anything in Box")
    stem, extension = _split(cleaned)
    return _join(stem, extension, LONGEST_NAME - _TRACKING_ROOM)


def tracked_name(asset_name: str, tracking_id: str) -> str:
    """Return the name of a master's file in Box: the asset's name with the tracking id before the extension.

    >>> tracked_name("Key visual.tif", "BJP4ho")
    'Key visual_BJP4ho.tif'
    >>> tracked_name("archive.v1.2 final", "a7K9mP")
    'archive.v1.2 final_a7K9mP'
    >>> tracked_name(".hidden", "a7K9mP")
    '.hidden_a7K9mP'
    """
    stem, extension = _split(safe_name(asset_name))
    return _join(stem, f"_{tracking_id}{extension}", LONGEST_NAME)


def campaign_folder_name(number: str, name: str, prefix: str = "", suffix: str = "") -> str:
    """Return the name of a campaign's folder in Box; an over-long campaign name is cut, its suffix never.

    >>> campaign_folder_name("C000000078", "Spring in Bloom")
    'C000000078-Spring_in_Bloom'
    >>> campaign_folder_name("C000000068", "Spring/Summer ", prefix="MASTERS_")
    'MASTERS_C000000068-Spring_Summer'
    >>> campaign_folder_name("C000000078", "Spring", suffix="-Revisions")
    'C000000078-Spring-Revisions'
    """
    cleaned = _clean(name)
    if not cleaned:
        raise NameRefused(f"campaign {number} has no name; give it one in the DAM")
    return _join(f"{prefix}{number}-{_SPACE.sub('_', cleaned)}", suffix, LONGEST_NAME)


def _clean(name: str) -> str:
    composed = unicodedata.normalize("NFC", name.strip())
    return "".join("_" if _is_forbidden(character) else character for character in composed)


def _is_forbidden(character: str) -> bool:
    return character in "/\\" or unicodedata.category(character) in _FORBIDDEN_CATEGORIES


def _split(name: str) -> tuple[str, str]:
    """Split off the extension. What follows the last dot of `v1.2 final` is none."""
    found = _EXTENSION.search(name)
    return (name[: found.start()], found.group()) if found else (name, "")


def _join(stem: str, ending: str, longest: int) -> str:
    return stem[: longest - len(ending)].rstrip() + ending if ending else stem[:longest].rstrip()
