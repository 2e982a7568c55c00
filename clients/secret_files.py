"""Files that hold a secret: nobody but their owner may read them."""

import stat
from pathlib import Path


def readable_by_others(path: Path) -> bool:
    """Tell whether anyone but the file's owner can read it. Always False where the system has no such modes."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
