"""Puts a dump in the place of the database: beside it first, then both change names at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from blocks.backups import BackupPlace
from clients.backup import check_sums, facts_of, read_manifest, sums_of
from db.contents import contents_of
from db.databases import Databases, beside, database_name, kept_name
from domain.backups import Contents, Kind
from domain.errors import StoreInUse
from domain.report import counted
from tasks.backups import fill, make_backup

Say = Callable[[str], None]


@dataclass(frozen=True)
class Exchange:
    """What a restore would put in the place of what.

    `brought` is None where no manifest lies beside the dump, `there` where the database does not exist.
    """

    path: Path
    database: str
    brought: Contents | None
    there: Contents | None


def plan_restore(path: Path, place: BackupPlace) -> Exchange:
    """Say what restoring a dump would replace; raises BackupDamaged for one that is not what was written."""
    if sums_of(path).is_file():
        check_sums(sums_of(path))
    brought = read_manifest(facts_of(path))[0] if facts_of(path).is_file() else None
    database = database_name(place.url)
    with Databases(place.url) as databases:
        there = contents_of(place.url) if databases.exists(database) else None
    return Exchange(path, database, brought, there)


def require_alone(place: BackupPlace) -> None:
    """Raise StoreInUse while anybody else is connected to the database."""
    database = database_name(place.url)
    with Databases(place.url) as databases:
        if others := databases.others(database):
            who = ", ".join(f"{name} ({count})" for name, count in others.items())
            raise StoreInUse(f"{database} has {counted(sum(others.values()), 'open connection')}: {who}")


def restore(exchange: Exchange, place: BackupPlace, say: Say, *, force: bool) -> str | None:
    """Restore a dump; return what the database that was there is called now, None where there was none.

    Whatever fails before the names are changed leaves it as it was. `force` ends the connections of others.
    """
    database = exchange.database
    if exchange.there is not None:
        safety = make_backup(Kind.SAFETY, place)
        say(f"safety dump of what is there: {safety.summary}, in {place.folder.path(safety).parent}")
    kept = kept_name(database, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    with Databases(place.url) as databases, databases.scratch(database) as scratch:
        found = fill(scratch, exchange.path, exchange.brought, place)
        databases.analyze(scratch)
        say(f"restored beside it: {found.summary}")
        databases.swap(scratch, database, kept, force=force)
    say(f"{database} is the restored one now")
    return kept if exchange.there is not None else None


def drop_kept(kept: str, exchange: Exchange, place: BackupPlace) -> list[str]:
    """Drop the database that was replaced, unless it has changed since it was looked at; return these changes."""
    now = contents_of(beside(place.url, kept))
    changes = exchange.there.differences(now) if exchange.there is not None else []
    if not changes:
        with Databases(place.url) as databases:
            databases.drop(kept)
    return changes
