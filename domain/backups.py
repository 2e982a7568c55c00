"""Backups of the project's database: their kinds and names, what they hold, and which have had their time."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote, unquote

from domain.report import counted

OVERDUE_AFTER = timedelta(hours=26)
"""Dumps are made daily; one that is older than this has no successor that it should have."""

_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(?P<database>.+)-(?P<made_at>\d{8}T\d{6}Z)(?P<suffix>\.\w+)", re.ASCII)
_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What a backup is: a dump of the database, a copy of the whole server, a dump made before a restore."""

    DUMP = "dump"
    BASE = "base"
    SAFETY = "safety"

    @property
    def folder(self) -> str:
        """Name of the folder that holds the backups of this kind."""
        return {Kind.DUMP: "dumps", Kind.BASE: "basebackups", Kind.SAFETY: "safety"}[self]

    @property
    def suffix(self) -> str:
        """How their names end."""
        return ".base" if self is Kind.BASE else ".dump"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup. `is_whole`: all that belongs to it is there, in the size that was written down."""

    kind: Kind
    database: str
    made_at: datetime
    size_bytes: int = 0
    is_whole: bool = True

    @property
    def name(self) -> str:
        """Its name in its folder.

        >>> Backup(Kind.DUMP, "ferrero_tracking", datetime(2026, 3, 1, 2, tzinfo=UTC)).name
        'ferrero_tracking-20260301T020000Z.dump'
        """
        return f"{quote(self.database, safe='')}-{self.made_at.astimezone(UTC).strftime(_TIME)}{self.kind.suffix}"

    @property
    def summary(self) -> str:
        """Name and size in one phrase."""
        return f"{self.name}, {self.megabytes} MB"

    @property
    def megabytes(self) -> str:
        """Its size for people, never rounded down to nothing."""
        return f"{max(self.size_bytes / 1_000_000, 0.1 if self.size_bytes else 0):.1f}"

    @classmethod
    def named(cls, kind: Kind, name: str) -> "Backup | None":
        """Return the backup that has this name; None where a name is not one of ours.

        >>> Backup.named(Kind.DUMP, "notes.txt")
        """
        match = _NAME.fullmatch(name)
        if match is None or match["suffix"] != kind.suffix:
            return None
        try:
            made_at = datetime.strptime(match["made_at"], _TIME).replace(tzinfo=UTC)
        except ValueError:  # no such day
            return None
        return cls(kind, unquote(match["database"]), made_at)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: the revision of its schema, None without one of ours, and the rows of each table.

    `server_version` is PostgreSQL's number of its own version, such as 180004.
    """

    database: str
    server_version: int
    revision: str | None
    rows: Mapping[str, int]

    @property
    def summary(self) -> str:
        """What it holds in one phrase.

        >>> Contents("ferrero_tracking", 180004, "0007", {"outbox": 2, "facts": 1}).summary
        '3 rows in 2 tables, schema 0007'
        """
        rows = f"{counted(sum(self.rows.values()), 'row')} in {counted(len(self.rows), 'table')}"
        return f"{rows}, schema {self.revision or 'none of ours'}"

    def differences(self, found: "Contents") -> list[str]:
        """Return one line for each way in which what was found is not this."""
        lines = [] if found.revision == self.revision else [f"schema {found.revision}, not {self.revision}"]
        for table in sorted({*self.rows, *found.rows}):
            wanted, there = self.rows.get(table), found.rows.get(table)
            if wanted != there:
                lines.append(f"{table}: {_rows(there)}, not {_rows(wanted)}")
        return lines


@dataclass(frozen=True, slots=True)
class Keep:
    """For how long backups are kept."""

    daily: int = 7
    weekly: int = 4
    safety_days: int = 30


def expired(backups: Iterable[Backup], now: datetime, keep: Keep) -> list[Backup]:
    """Return the backups that may go, oldest first.

    The newest dump of a day stays for the newest `daily` days that have one, the newest base backup of a week for the
    newest `weekly` weeks. What is younger than a day stays, and so does the newest whole one of a kind and database.
    One that is not whole counts for nothing, and goes once every whole one that stays is younger.
    """
    groups: dict[tuple[Kind, str], list[Backup]] = defaultdict(list)
    for backup in backups:
        groups[backup.kind, backup.database].append(backup)
    gone = [backup for (kind, _), group in groups.items() for backup in _expired(kind, group, now, keep)]
    return sorted(gone, key=lambda backup: backup.made_at)


def newest(backups: Iterable[Backup], database: str) -> Backup | None:
    """Return the newest dump of a database, whole or not. Safety dumps come of restores, not of the schedule."""
    dumps = [each for each in backups if each.kind is Kind.DUMP and each.database == database]
    return max(dumps, key=lambda backup: backup.made_at, default=None)


def _expired(kind: Kind, group: Sequence[Backup], now: datetime, keep: Keep) -> list[Backup]:
    whole = sorted((each for each in group if each.is_whole), key=lambda each: each.made_at, reverse=True)
    if not whole:
        return []
    staying = {whole[0], *(each for each in group if now - each.made_at < _DAY)}
    if kind is Kind.DUMP:
        staying |= _newest_of_each(lambda each: each.made_at.date(), whole, keep.daily)
    elif kind is Kind.BASE:
        staying |= _newest_of_each(lambda each: each.made_at.isocalendar()[:2], whole, keep.weekly)
    else:
        staying |= {each for each in whole if now - each.made_at < keep.safety_days * _DAY}
    oldest = min(each.made_at for each in staying if each.is_whole)
    return [each for each in group if each not in staying and (each.is_whole or each.made_at < oldest)]


def _newest_of_each(period: Callable[[Backup], object], newest_first: Sequence[Backup], count: int) -> set[Backup]:
    first: dict[object, Backup] = {}
    for backup in newest_first:
        first.setdefault(period(backup), backup)
    return set(list(first.values())[:count])


def _rows(count: int | None) -> str:
    return "no table" if count is None else counted(count, "row")
