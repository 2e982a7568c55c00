"""The project's database: server, schema, clock, and how old its newest backup is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from blocks.database import PostgresDatabase
from blocks.settings import Settings
from clients.backup import BackupFolder
from db.databases import database_name
from db.embedded import DATABASE
from db.migrate import SchemaState, head, schema_state
from db.server_facts import MAJOR, ServerFacts, server_facts
from domain.backups import OVERDUE_AFTER, newest
from domain.errors import ConfigError
from entrypoints.checks.verdict import Found, Verdict, attempt

_OLDEST = 15
_CLOCKS_APART_S = 30
"""Leases and retries compare times of the two; Box takes a sign-in that is signed by a clock up to so far off."""


def check_database(block: PostgresDatabase, settings: Settings) -> Iterator[Verdict]:
    """Yield the verdicts on the database and on its backups."""
    yield attempt("database", "DATABASE_URL", partial(_database, block))
    yield attempt("backup", "BACKUP_DIR", partial(_backup, block, settings))


def address_of(block: PostgresDatabase) -> str:
    """Return the database's address; raises ConfigError where the embedded one was never made, and makes none."""
    if block.url is None and not (block.data_dir / "postgres").exists():
        raise ConfigError([f"no embedded PostgreSQL in {block.data_dir} yet: run content-scaling setup"])
    return block.address()


def _database(block: PostgresDatabase) -> Found:
    url = address_of(block)
    facts = server_facts(url)
    state, revision = schema_state(url)
    faults = [*old_server(facts), *_other_schema(state, revision)]
    warnings = clocks_apart(facts)
    embedded = block.url is None
    text = f"schema {head()}" if state is SchemaState.CURRENT else ""
    parts = (text, f"PostgreSQL {facts.version // MAJOR}", "embedded" if embedded else "")
    details = {
        "schema": revision,
        "schema_state": state.value,
        "server_version": facts.version,
        "clock_ahead_s": round(facts.ahead_s, 3),
        "embedded": embedded,
    }
    return Found(", ".join(part for part in parts if part), faults, warnings, details)


def old_server(facts: ServerFacts) -> list[str]:
    """Return a line about a server that is too old for us."""
    if facts.version >= _OLDEST * MAJOR:
        return []
    return [f"the server is PostgreSQL {facts.version // MAJOR}, which is too old: {_OLDEST} or newer is needed"]


def _other_schema(state: SchemaState, revision: str | None) -> list[str]:
    match state:
        case SchemaState.ABSENT:
            return ["the database has no schema of ours yet: run content-scaling setup"]
        case SchemaState.BEHIND:
            return [f"the database's schema is {revision}, behind {head()}: run content-scaling setup"]
        case SchemaState.AHEAD:
            return [f"the database's schema is {revision}, of a newer program that knows more than {head()}: update"]
        case SchemaState.CURRENT:
            return []


def clocks_apart(facts: ServerFacts) -> list[str]:
    """Return a line about a server whose clock is not ours."""
    if abs(facts.ahead_s) <= _CLOCKS_APART_S:
        return []
    way = "ahead of" if facts.ahead_s > 0 else "behind"
    return [f"its clock is {abs(facts.ahead_s):.0f} s {way} this machine's: let both follow NTP"]


def _backup(block: PostgresDatabase, settings: Settings) -> Found:
    root = settings.backup_folder
    name = database_name(block.url.get_secret_value()) if block.url is not None else DATABASE
    found = newest(BackupFolder(root).backups(), name)
    if found is None:
        return Found("", warnings=[f"there is no dump of the database in {root}: content-scaling backup create"])
    age_s = (datetime.now(UTC) - found.made_at).total_seconds()
    aged = f"{found.name} is {age_s / 3600:.0f} hours old"
    warnings = []
    if not found.is_whole:
        warnings.append(f"{found.name} in {root} is not whole: content-scaling backup create")
    if age_s > OVERDUE_AFTER.total_seconds():
        warnings.append(
            f"the newest dump {aged}, and one is made daily: look why the runs of backup-database made none"
        )
    details = {"dump": found.name, "age_s": round(age_s), "size_bytes": found.size_bytes, "whole": found.is_whole}
    return Found("" if warnings else aged, warnings=warnings, details=details)
