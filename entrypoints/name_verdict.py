"""Verdicts on the names of files, for the terminal and the status pages."""

import re
from dataclasses import dataclass

from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames.parse import ParsedName, parse

_FOLDERS = re.compile(r"[/\\]")


class Judged:
    """What the grammar says of a name, in its two halves; `outcome` is None while nobody has asked."""

    outcome: ParsedName | FilenameRefused | None

    @property
    def parsed(self) -> ParsedName | None:
        """The name in parts, None where it is refused."""
        return self.outcome if isinstance(self.outcome, ParsedName) else None

    @property
    def refusal(self) -> FilenameRefused | None:
        """Why it is refused, None where it is not."""
        return self.outcome if isinstance(self.outcome, FilenameRefused) else None


@dataclass(frozen=True)
class NameVerdict(Judged):
    """A name, and what the grammar says of it."""

    name: str
    outcome: ParsedName | FilenameRefused


def judge(name: str, codes: Codes) -> NameVerdict:
    """Return the verdict on one name."""
    try:
        return NameVerdict(name, parse(name, codes))
    except FilenameRefused as refusal:
        return NameVerdict(name, refusal)


def without_folders(path: str) -> str:
    """Return the last part of a path, of whatever system.

    >>> without_folders("a/b.mp4"), without_folders("C:\\\\a\\\\b.mp4"), without_folders("b.mp4/")
    ('b.mp4', 'b.mp4', 'b.mp4')
    """
    return _FOLDERS.split(path.rstrip("/\\"))[-1]
