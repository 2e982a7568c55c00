"""Files that settings name: whether they can be read, and that nobody but the owner can read those with a secret."""

import stat
from pathlib import Path


def readable_by_others(path: Path) -> bool:
    """Tell whether anyone but the file's owner can read it. Always False where the system has no such modes."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def file_fault(path: Path, *, secret: bool) -> str | None:
    """Return what is wrong with a file that is needed, None where it can be used."""
    try:
        if not path.is_file():
            return f"there is no file {path}"
        if secret and readable_by_others(path):
            return f"others can read {path}; run: chmod 600 {path}"
        path.open("rb").close()
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})"
    return None
