"""What a backup holds, as a small JSON file beside it: read before it is restored, compared after."""

import json
from dataclasses import asdict
from pathlib import Path

from domain.backups import Contents
from domain.errors import BackupDamaged


def manifest_text(contents: Contents, size_bytes: int) -> str:
    """Return the manifest of a backup of that size."""
    return json.dumps({**asdict(contents), "size_bytes": size_bytes}, indent=1) + "\n"


def read_manifest(path: Path) -> tuple[Contents, int]:
    """Return what a backup holds, and its size; raises BackupDamaged where that cannot be read."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        rows = {str(table): int(count) for table, count in facts["rows"].items()}
        contents = Contents(facts["database"], facts["server_version"], facts["revision"], rows)
        return contents, int(facts["size_bytes"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise BackupDamaged(f"{path} cannot be read ({type(error).__name__})", service="backup") from None
