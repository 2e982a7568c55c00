"""Backups that are tried by restoring them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from blocks.backups import BackupPlace
from clients.backup import facts_of, sums_of
from clients.backup.sums import digest_of, sums_text
from db.databases import Databases
from db.migrate import head
from db.models import Base
from domain.backups import Kind
from domain.errors import BackupDamaged, BackupMissing, StoreError
from tasks.backups import check_backup, make_backup, newest_dump
from tests.integration.backup.conftest import ROLE, databases


@pytest.fixture
def dumped(place: BackupPlace) -> Path:
    """A dump of the database."""
    return place.folder.path(make_backup(Kind.DUMP, place))


def sign(path: Path) -> None:
    """Write the checksums of a dump and its manifest as they are now."""
    sums_of(path).write_text(sums_text({each.name: digest_of(each) for each in (path, facts_of(path))}))


def test_a_check_counts_no_row_of_the_live_database(place: BackupPlace, dumped: Path):
    with psycopg.connect(place.url) as connection:
        connection.execute("LOCK TABLE facts IN ACCESS EXCLUSIVE MODE")
        assert check_backup(newest_dump(place), place).contents.rows["facts"] == 300


def test_a_good_dump_brings_back_every_row_and_leaves_no_database(place: BackupPlace, dumped: Path):
    before = databases(place.url)
    assert newest_dump(place) == dumped
    checked = check_backup(dumped, place)
    assert (checked.contents.rows["facts"], checked.contents.revision) == (300, head())
    tables = len(Base.metadata.tables) + 1  # with the one in which Alembic keeps the revision
    assert checked.text == f"{dumped.name} is whole: restored, 302 rows in {tables} tables, schema {head()}"
    assert databases(place.url) == before


@pytest.mark.parametrize("harm", ["one byte", "cut", "checksum gone", "manifest gone", "file gone"])
def test_what_is_not_what_was_written_is_found(place: BackupPlace, dumped: Path, harm: str):
    content = bytearray(dumped.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "one byte":
        dumped.write_bytes(content)
    elif harm == "cut":
        dumped.write_bytes(dumped.read_bytes()[:-1])
    else:
        {"checksum gone": sums_of, "manifest gone": facts_of, "file gone": Path}[harm](dumped).unlink()
    with pytest.raises(BackupDamaged):
        check_backup(dumped, place)


def test_what_was_broken_before_its_checksum_was_made_is_found_by_restoring(place: BackupPlace, dumped: Path):
    before = databases(place.url)
    dumped.write_bytes(dumped.read_bytes()[:-5000])
    sign(dumped)
    with pytest.raises(BackupDamaged, match="pg_restore cannot read the backup"):
        check_backup(dumped, place)
    assert databases(place.url) == before


def test_rows_that_do_not_come_back_are_named(place: BackupPlace, dumped: Path):
    facts = json.loads(facts_of(dumped).read_text())
    facts["rows"]["facts"] = 301
    facts_of(dumped).write_text(json.dumps(facts))
    sign(dumped)
    with pytest.raises(BackupDamaged, match="does not bring back what was dumped: facts: 300 rows, not 301 rows"):
        check_backup(dumped, place)


def test_a_dump_that_is_overdue_or_missing_is_a_failure(place: BackupPlace, dumped: Path):
    old = replace(place.folder.backups()[0], made_at=datetime.now(UTC) - timedelta(hours=27))
    for of in (facts_of, sums_of, Path):
        of(dumped).rename(of(place.folder.path(old)))
    with pytest.raises(BackupMissing, match="is 27 hours old, and one is made daily"):
        newest_dump(place)
    place.folder.delete(old)
    with pytest.raises(BackupMissing, match="there is no dump of the database in"):
        newest_dump(place)


def test_a_role_that_may_make_no_database_is_told_what_allows_it(place: BackupPlace, dumped: Path, server: str):
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {ROLE} NOCREATEDB")
        try:
            with pytest.raises(StoreError, match='ALTER ROLE "keeper" CREATEDB'):
                check_backup(dumped, place)
        finally:
            connection.execute(f"ALTER ROLE {ROLE} CREATEDB")


def test_scratch_databases_of_killed_checks_are_dropped_and_those_in_use_are_not(place: BackupPlace):
    left, name = "content_scaling_scratch_0123456789ab", "kept data"
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {left}")
    with Databases(place.url) as one, one.scratch(name) as in_use:
        assert left not in databases(place.url)
        with Databases(place.url) as two, two.scratch(name) as mine:
            assert {in_use, mine} <= databases(place.url)
        assert mine not in databases(place.url)
    assert in_use not in databases(place.url)
