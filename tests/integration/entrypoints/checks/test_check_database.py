"""The database is looked at: schema, version, clock, and whether its newest backup is young."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from blocks.database import PostgresDatabase
from blocks.settings import Settings
from clients.backup.landing import facts_of, sums_of
from clients.backup.manifest import manifest_text
from db.databases import database_name
from db.migrate import head
from db.server_facts import ServerFacts
from domain.backups import Backup, Contents, Kind
from entrypoints.checks.database import check_database, clocks_apart, old_server
from entrypoints.checks.verdict import State, Verdict
from tests.postgres import EMPTY, cloned_database

HOUR = timedelta(hours=1)


@pytest.fixture
def own_url(postgres: str) -> Iterator[str]:
    """A database whose schema may be changed."""
    with cloned_database(postgres) as url:
        yield url


def verdicts(url: str, backups: Path) -> dict[str, Verdict]:
    settings = Settings.model_validate({"backup_dir": backups})
    block = PostgresDatabase(url=SecretStr(url))
    return {verdict.name: verdict for verdict in check_database(block, settings)}


def put_dump(root: Path, url: str, age: timedelta, *, missing_bytes: int = 0) -> Backup:
    backup = Backup(Kind.DUMP, database_name(url), datetime.now(UTC) - age)
    path = root / "dumps" / backup.name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(b"dump")
    facts_of(path).write_text(manifest_text(Contents(backup.database, 180004, head(), {}), 4 + missing_bytes))
    sums_of(path).write_text("")
    return backup


def test_a_database_that_is_up_to_date_is_fine(database_url: str, tmp_path: Path):
    found = verdicts(database_url, tmp_path)["database"]
    assert found.state is State.OK
    assert found.text.startswith(f"schema {head()}, PostgreSQL ")
    assert (found.details["schema_state"], found.details["embedded"]) == ("current", False)
    assert abs(found.details["clock_ahead_s"]) < 5
    assert found.details["server_version"] >= 150_000


@pytest.mark.parametrize(
    ("revision", "state", "said"),
    [
        ("0001", "behind", f"is 0001, behind {head()}: run content-scaling setup"),
        ("9999", "ahead", "is 9999, of a newer program"),
    ],
)
def test_a_schema_of_another_program_has_failed(own_url: str, tmp_path: Path, revision: str, state: str, said: str):
    with psycopg.connect(own_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", [revision])
    found = verdicts(own_url, tmp_path)["database"]
    assert (found.state, found.details["schema_state"]) == (State.FAILED, state)
    assert said in found.text


def test_a_database_without_a_schema_has_failed_and_stays_empty(postgres: str, tmp_path: Path):
    with cloned_database(postgres, EMPTY) as url:
        found = verdicts(url, tmp_path)["database"]
        assert (found.state, found.details["schema"]) == (State.FAILED, None)
        assert "no schema of ours yet: run content-scaling setup" in found.text
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_an_embedded_server_that_was_never_made_is_not_made_now(tmp_path: Path):
    block = PostgresDatabase(data_dir=tmp_path / "data")
    found = {verdict.name: verdict for verdict in check_database(block, Settings(backup_dir=tmp_path / "backups"))}
    assert found["database"].state is State.FAILED
    assert found["backup"].state is State.WARNING
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_too_old_is_told():
    assert old_server(ServerFacts("x", 150_000, 0)) == []
    assert "PostgreSQL 14, which is too old: 15" in old_server(ServerFacts("x", 140_011, 0))[0]


@pytest.mark.parametrize(("ahead_s", "said"), [(45, "45 s ahead of this machine's"), (-31, "31 s behind this")])
def test_clocks_that_are_apart_are_told(ahead_s: float, said: str):
    assert said in clocks_apart(ServerFacts("x", 180_004, ahead_s))[0]
    assert clocks_apart(ServerFacts("x", 180_004, ahead_s / 2)) == []


def test_a_young_dump_is_fine(database_url: str, tmp_path: Path):
    dump = put_dump(tmp_path, database_url, 2 * HOUR)
    found = verdicts(database_url, tmp_path)["backup"]
    assert (found.state, found.text) == (State.OK, f"{dump.name} is 2 hours old")


def test_no_dump_an_old_one_and_a_broken_one_are_warnings(database_url: str, tmp_path: Path):
    assert "there is no dump of the database" in warning(database_url, tmp_path)
    put_dump(tmp_path, database_url, 30 * HOUR)
    assert "is 30 hours old, and one is made daily" in warning(database_url, tmp_path)
    put_dump(tmp_path, database_url, HOUR, missing_bytes=1)
    assert "is not whole: content-scaling backup create" in warning(database_url, tmp_path)


def warning(url: str, backups: Path) -> str:
    found = verdicts(url, backups)["backup"]
    assert found.state is State.WARNING
    return found.text
