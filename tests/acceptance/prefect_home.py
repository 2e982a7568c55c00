"""Homes for Prefect servers: one that starts in an empty one migrates its database first, which takes eight seconds."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

_DATABASE = "prefect.db"
_KEPT = "as-started.db"


def keep_database(home: Path) -> None:
    """Keep a copy of the database of the server that was just started there, for `used_home`."""
    with closing(sqlite3.connect(home / _DATABASE)) as source, closing(sqlite3.connect(home / _KEPT)) as copy:
        source.backup(copy)


def used_home(folder: Path, other: Path) -> Path:
    """Return a home for a server of its own that is as if one had been started there before, as it was in `other`."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(other / _KEPT, folder / _DATABASE)
    return folder
