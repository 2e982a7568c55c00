"""Which item names Box takes, and which of them it holds for equal."""

import unicodedata

from sandbox.box import errors
from sandbox.box.settings import BoxSettings

_MAX_CHARACTERS = 255


def accepted(name: str, settings: BoxSettings) -> str:
    """Return the name under which the item is kept. Raises BoxError for one that is refused."""
    kept = "".join(char for char in name if not _is_bad(char, settings)).rstrip(" ")
    if not settings.leading_spaces_allowed:
        kept = kept.lstrip(" ")
    if kept in {"", ".", ".."} or (kept != name and settings.bad_characters == "refuse"):
        raise errors.name_invalid()
    if len(kept) > _MAX_CHARACTERS:
        raise errors.name_too_long()
    return kept


def folded(name: str) -> str:
    """Return the form in which two names are compared; files and folders share one set of names."""
    return unicodedata.normalize("NFC", name).casefold()


def _is_bad(char: str, settings: BoxSettings) -> bool:
    return char in "/\\\x7f" or char < " " or char in settings.more_bad_characters
