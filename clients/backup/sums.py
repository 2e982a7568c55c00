"""SHA-256 of the files of a backup, in the form that `sha256sum -c` reads."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from domain.errors import BackupDamaged


def sums_text(digests: Mapping[str, str]) -> str:
    """Return the list for files by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items())


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_sums(path: Path) -> None:
    """Compare every file of a list, in the folder of the list, with what is written there.

    Raises BackupDamaged for the first that differs or is gone.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        wanted, _, name = line.partition("  ")
        try:
            found = digest_of(path.parent / name)
        except FileNotFoundError:
            raise BackupDamaged(f"{path.parent / name} is gone", service="backup") from None
        if found != wanted:
            raise BackupDamaged(f"{path.parent / name} is not what was written: its SHA-256 differs", service="backup")
