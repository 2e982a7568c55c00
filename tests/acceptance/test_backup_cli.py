"""`content-scaling backup`, and the flows that do the same on schedule."""

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest

from db import migrate
from db.databases import MAINTENANCE, beside
from db.models import Base
from tests.acceptance.command import alone, content_scaling
from tests.acceptance.world import World
from tests.postgres import cloned_database

Command = Callable[..., CompletedProcess[str]]
TABLES = len(Base.metadata.tables) + 1
"""With the one in which Alembic keeps the revision."""


@pytest.fixture
def url(postgres: str) -> Iterator[str]:
    """Address of a database that restores replace; what they keep is dropped."""
    with cloned_database(postgres) as url:
        yield url
        with psycopg.connect(postgres, autocommit=True) as connection:
            pattern = f"{name_of(url)}_before_%"
            kept = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern]).fetchall()
            for (name,) in kept:
                connection.execute(f'DROP DATABASE "{name}"')


@pytest.fixture
def backup(tmp_path: Path, url: str) -> Command:
    """Run the command without any Prefect server."""

    def run(*arguments: str, answers: str = "") -> CompletedProcess[str]:
        environment = alone(tmp_path / "home", DATABASE_URL=url, BACKUP_DIR=str(tmp_path / "backups"))
        return content_scaling("backup", *arguments, environment=environment, cwd=tmp_path, answers=answers)

    return run


def name_of(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def keys(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM facts ORDER BY key").fetchall()]


def remember(url: str, key: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO facts (key, digest, first_seen_at, last_seen_at) VALUES (%s, '', now(), now())", [key]
        )


def test_a_dump_is_made_listed_checked_and_brought_back(backup: Command, url: str):
    remember(url, "old")
    made = backup("create")
    assert made.returncode == 0, made.stderr
    dump = made.stdout.split()[1].rstrip(",")
    assert dump in backup("list").stdout
    whole = f"{dump} is whole: restored, 2 rows in {TABLES} tables, schema {migrate.head()}"
    assert backup("check").stdout.strip() == whole

    remember(url, "new")
    declined = backup("restore", dump, answers="n\n")
    assert (declined.returncode, keys(url)) == (0, ["new", "old"])
    assert "    facts: 2 → 1 rows" in declined.stdout.splitlines()
    assert declined.stdout.splitlines()[-1].endswith("nothing was changed")

    done = backup("restore", dump, answers="y\n")
    assert (done.returncode, keys(url)) == (0, ["old"]), done.stderr
    assert f"is kept as {name_of(url)}_before_" in done.stdout
    safety = done.stdout.partition("safety dump of what is there: ")[2].partition(",")[0]
    again = backup("restore", safety, "--yes", "--drop-old")
    assert (again.returncode, keys(url)) == (0, ["new", "old"]), again.stderr
    assert again.stdout.splitlines()[-1] == "the one before was dropped"


def test_a_restore_while_others_are_connected_is_refused_with_what_to_pause(backup: Command, url: str):
    dump = backup("create").stdout.split()[1].rstrip(",")
    with psycopg.connect(url, application_name="content-scaling"):
        refused = backup("restore", dump, "--yes")
    assert refused.returncode == 1
    assert "1 open connection: content-scaling (1)" in refused.stderr
    assert "prefect work-pool pause content-scaling" in refused.stderr


@pytest.mark.sweep
def test_a_base_backup_is_made_and_checked_and_its_restore_is_left_to_people(backup: Command):
    made = backup("create", "--base")
    assert made.returncode == 0, made.stderr
    base = made.stdout.split()[1].rstrip(",")
    assert backup("check", base).stdout.strip() == f"{base} is whole"
    refused = backup("restore", base)
    assert refused.returncode == 2
    assert "docs/backups.md" in refused.stderr.replace("\n", " ")


def test_without_a_database_or_a_backup_it_is_told_and_nothing_is_made(tmp_path: Path):
    def run(*arguments: str) -> CompletedProcess[str]:
        return content_scaling("backup", *arguments, environment=alone(tmp_path / "home"), cwd=tmp_path)

    for arguments in (("create",), ("check",)):
        assert "no embedded PostgreSQL in" in run(*arguments).stderr
    assert "no backup yet" in run("list").stdout
    assert run("restore", "gone.dump").returncode == 2
    assert not (tmp_path / ".data").exists()


def test_the_schedule_makes_a_dump_and_checks_it_and_a_check_that_fails_is_a_failed_run(
    make_world: Callable[..., World], tmp_path: Path
):
    backups = tmp_path / "backups"
    world = make_world(BACKUP_DIR=backups)
    assert "there is no dump of the database in" in world.failure("check-backup")
    made = world.run("backup-database")
    (dump,) = (backups / "dumps").glob("*.dump")
    assert made["headline"].startswith(f"made {dump.name}, ")
    checked = world.run("check-backup")
    whole = f"{dump.name} is whole: restored, 1 row in {TABLES} tables, schema {migrate.head()}"
    assert checked["headline"] == whole
    dump.write_bytes(dump.read_bytes()[:-1])
    assert "is not what was written: its SHA-256 differs" in world.failure("check-backup")
    assert not [name for name in databases(world) if "scratch" in name]


def databases(world: World) -> list[str]:
    with psycopg.connect(beside(world.store.url, MAINTENANCE)) as connection:
        return [name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()]
