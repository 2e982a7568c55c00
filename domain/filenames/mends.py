"""Small repairs of one part of a file name: the slips of people who type names by hand.

A mend only changes how something is written. None touches the letters of a tracking id: its case matters, and `O` may
well be meant.
"""

import re
from collections.abc import Callable

Mend = Callable[[str], str]

LONGEST_SUBJECT = 25
FORBIDDEN_IN_SUBJECT = '/\\:*?"<>|'
"""Besides white space and invisible characters: what Windows stores in no file name."""

_TO_DIGITS = str.maketrans("OoIl", "0011")
_TO_LETTERS = str.maketrans("01", "OI")
_SECONDS = re.compile(r"""([0-9OoIl]{1,3}?)\s*(?:s|sec|secs|seconds|"|″)?""", re.IGNORECASE)
_COPY_MARK = re.compile(r"([A-Za-z0-9]{6})\s*(?:\([0-9]{1,3}\)|-?\s*copy|(?:\.[A-Za-z0-9]{2,5})+)?", re.IGNORECASE)
_LONGEST_WORTH_CUTTING = 40


def digits(text: str) -> str:
    """Write look-alike letters as digits.

    >>> digits("l23456O")
    '1234560'
    """
    return text.strip().translate(_TO_DIGITS)


def capitals(text: str) -> str:
    """Write capitals, also for look-alike digits.

    >>> capitals("ra1")
    'RAI'
    """
    return upper(text).translate(_TO_LETTERS)


def upper(text: str) -> str:
    """Write capitals; digits stay.

    >>> upper(" mst ")
    'MST'
    """
    return text.strip().upper()


def lower(text: str) -> str:
    """Write small letters.

    >>> lower("DE")
    'de'
    """
    return text.strip().lower()


def seconds(text: str) -> str:
    """Write a duration with a capital S.

    >>> seconds("6s"), seconds("15"), seconds("3Osec")
    ('6S', '15S', '30S')
    """
    found = _SECONDS.fullmatch(text.strip())
    return f"{digits(found.group(1))}S" if found else text


def ratio(text: str) -> str:
    """Write a small x between digits.

    >>> ratio("16X9"), ratio("16:9"), ratio("l6×9")
    ('16x9', '16x9', '16x9')
    """
    return re.sub(r"\s*[xX×:*]\s*", "x", digits(text))


def uncopied(text: str) -> str:
    """Take off what a computer adds to a second copy, and a doubled extension.

    >>> uncopied("BJP4ho (1)"), uncopied("BJP4ho.mp4"), uncopied("BJP4ho - Copy"), uncopied("BJP4h")
    ('BJP4ho', 'BJP4ho', 'BJP4ho', 'BJP4h')
    """
    found = _COPY_MARK.fullmatch(text.strip())
    return found.group(1) if found else text


def hyphened(text: str) -> str:
    """Write hyphens for white space and for what no subject may hold, then cut to the longest subject.

    >>> hyphened("TEST  FILM?")
    'TEST-FILM'
    """
    return _subject(text, "-")


def underscored(text: str) -> str:
    """Write underscores for white space and for what no subject may hold, then cut to the longest subject.

    >>> underscored("_TEST FILM")
    'TEST_FILM'
    """
    return _subject(text, "_")


def _subject(text: str, filler: str) -> str:
    if len(text) > _LONGEST_WORTH_CUTTING:
        return text
    words = "".join(character if is_in_subject(character) else " " for character in text).split()
    return filler.join(words).strip("_")[:LONGEST_SUBJECT].rstrip("_-")


def is_in_subject(character: str) -> bool:
    """Tell whether a subject may hold the character."""
    return character.isprintable() and not character.isspace() and character not in FORBIDDEN_IN_SUBJECT
