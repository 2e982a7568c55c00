"""What a database server says of itself: its version, and its time beside ours."""

from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from db.errors import translated
from db.pool import conninfo

MAJOR = 10_000
"""PostgreSQL's version numbers are the major version times this, plus the minor one."""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """`version` is as 180004; `ahead_s` says by how much its clock is ahead of this machine's, negative: behind."""

    database: str
    version: int
    ahead_s: float


def server_facts(url: str) -> ServerFacts:
    """Ask the server. Raises StoreError."""
    with translated(), psycopg.connect(conninfo(url, application_name="content-scaling check")) as connection:
        before = datetime.now(UTC)
        (there,) = connection.execute("SELECT clock_timestamp()").fetchone() or (before,)
        asked_at = before + (datetime.now(UTC) - before) / 2
        info = connection.info
        return ServerFacts(info.dbname, info.server_version, (there - asked_at).total_seconds())
