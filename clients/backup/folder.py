"""The folder of the backups: which there are, and how they go."""

import secrets
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from clients.backup.landing import PARTIAL, facts_of, held, leftovers, sums_of, usable
from clients.backup.manifest import read_manifest
from domain.backups import Backup, Kind
from domain.errors import BackupDamaged


class BackupFolder:
    """The backups below `root`, those of a kind in a folder of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, backup: Backup) -> Path:
        """Return where a backup lies."""
        return self.root / backup.kind.folder / backup.name

    def backups(self) -> list[Backup]:
        """Return all backups, the oldest first."""
        found = (_described(named, self.path(named)) for kind in Kind for named in self._names(kind))
        return sorted((backup for backup in found if backup is not None), key=lambda backup: backup.made_at)

    def find(self, text: str) -> Path:
        """Return the backup meant by a path, or by the name of one in these folders."""
        places = [Path(text), *(self.root / kind.folder / text for kind in Kind)]
        return next((place for place in places if place.exists()), places[0])

    def delete(self, backup: Backup) -> None:
        """Delete a backup with what belongs to it; the backup first, so that a kill leaves none without.

        Somebody else may delete it at the same time.
        """
        path = self.path(backup)
        with usable(path.parent):
            if path.is_dir():
                aside = path.with_name(f"{PARTIAL}{secrets.token_hex(8)}")
                with suppress(FileNotFoundError), held(path):  # not found: the other one was faster
                    path.rename(aside)  # at once: half deleted it would look like a damaged backup
                    shutil.rmtree(aside)
                return
            for each in (path, facts_of(path), sums_of(path)):
                each.unlink(missing_ok=True)

    def clear(self, *, dry_run: bool = False) -> list[Path]:
        """Remove what backups that were interrupted have left, and return it; a dry run only returns it.

        Making a backup does so too, in the folder of its kind: that is once a week, or never where a schedule is off.
        """
        return [path for kind in Kind for path in leftovers(self.root / kind.folder, dry_run=dry_run)]

    def _names(self, kind: Kind) -> list[Backup]:
        folder = self.root / kind.folder
        with usable(folder):
            names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        return [backup for name in names if (backup := Backup.named(kind, name)) is not None]


def size_of(path: Path) -> int:
    """Return the bytes of a backup, without what we write beside it."""
    if not path.is_dir():
        return path.stat().st_size
    own = {facts_of(path), sums_of(path)}
    return sum(each.stat().st_size for each in path.iterdir() if each not in own)


def _described(backup: Backup, path: Path) -> Backup | None:
    """Return the backup with what there is to see of it; None where it has gone since its folder was listed."""
    with usable(path.parent):
        try:
            size = size_of(path)
        except FileNotFoundError:
            return None
        try:
            _, promised = read_manifest(facts_of(path))
        except BackupDamaged:
            promised = -1
        return replace(backup, size_bytes=size, is_whole=size == promised and sums_of(path).is_file())
