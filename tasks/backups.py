"""Makes backups of the database, deletes those that have had their time, and tries whether they can be restored."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from blocks.backups import BackupPlace
from blocks.services import Services
from clients.backup import check_base, check_sums, facts_of, make_base, make_dump, read_manifest, restore_dump, sums_of
from db.contents import contents_of, frozen_contents
from db.databases import Databases, beside, database_name
from domain.backups import OVERDUE_AFTER, Backup, Contents, Kind, expired, newest
from domain.errors import BackupDamaged, BackupMissing


@dataclass(frozen=True)
class Checked:
    """A backup that can be relied on; its contents are those of the database that was restored from it."""

    path: Path
    contents: Contents

    @property
    def text(self) -> str:
        """What was found, for people."""
        return f"{self.path.name} is whole" + (f": restored, {self.contents.summary}" if self.contents.rows else "")


@task(cache_policy=NO_CACHE, task_run_name="back-up-{kind}")
def back_up(kind: Kind, services: Services) -> str:
    """Make a backup and say what it is."""
    return make_backup(kind, services.backups).summary


@task(cache_policy=NO_CACHE, task_run_name="delete-old-backups")
def delete_old(services: Services) -> list[str]:
    """Delete the backups that have had their time, and return their names."""
    return [backup.name for backup in prune(services.backups)]


@task(cache_policy=NO_CACHE, task_run_name="check-backup")
def check_newest(services: Services) -> str:
    """Restore the newest dump into a scratch database, and say what was found."""
    place = services.backups
    return check_backup(newest_dump(place), place).text


def make_backup(kind: Kind, place: BackupPlace) -> Backup:
    """Make a backup of the database, of the whole server where it is a base backup."""
    with frozen_contents(place.url) as (snapshot, contents):
        backup, server = Backup(kind, contents.database, datetime.now(UTC)), place.server(contents)
        if kind is not Kind.BASE:
            return make_dump(server, place.folder, backup, contents, snapshot)
    # Outside of the snapshot: it would keep the server from cleaning up, and what is copied is of a later moment.
    return make_base(server, place.folder, backup, replace(contents, rows={}))


def prune(place: BackupPlace) -> list[Backup]:
    """Delete the backups that have had their time, and return them."""
    gone = expired(place.folder.backups(), datetime.now(UTC), place.keep)
    for backup in gone:
        place.folder.delete(backup)
    return gone


def newest_dump(place: BackupPlace) -> Path:
    """Return the newest dump of the database; raises BackupMissing where none is young enough."""
    dumps = place.folder.backups()
    found = newest(dumps, database_name(place.url))
    root = place.folder.root
    if found is None:
        raise BackupMissing(f"there is no dump of the database in {root}")
    age = datetime.now(UTC) - found.made_at
    if age > OVERDUE_AFTER:
        hours = f"{age.total_seconds() / 3600:.0f} hours old, and one is made daily"
        raise BackupMissing(f"the newest dump in {root}, {found.name}, is {hours}")
    return place.folder.path(found)


def check_backup(path: Path, place: BackupPlace) -> Checked:
    """Read a backup and, where it is a dump, restore it into a scratch database and compare what came out.

    Raises BackupDamaged.
    """
    if path.is_dir():
        check_base(path)
        return Checked(path, read_manifest(facts_of(path))[0])
    wanted, _ = read_manifest(facts_of(path))
    if not sums_of(path).is_file():
        raise BackupDamaged(f"{path}: its checksum, {sums_of(path).name}, is gone", service="backup")
    check_sums(sums_of(path))
    with Databases(place.url) as databases, databases.scratch(database_name(place.url)) as scratch:
        return Checked(path, fill(scratch, path, wanted, place))


def fill(database: str, path: Path, wanted: Contents | None, place: BackupPlace) -> Contents:
    """Restore a dump into an empty database and return what is there; raises BackupDamaged if it is not as wanted."""
    address = beside(place.url, database)
    restore_dump(place.server(contents_of(address)), database, path)
    found = contents_of(address)
    differences = wanted.differences(found) if wanted is not None else []
    if differences:
        raise BackupDamaged(f"{path} does not bring back what was dumped: {'; '.join(differences)}", service="backup")
    return found
