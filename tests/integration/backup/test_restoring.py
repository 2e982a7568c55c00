"""Restores: everything comes back, and whatever goes wrong leaves the database as it was."""

from pathlib import Path

import psycopg
import pytest

from blocks.backups import BackupPlace
from clients.backup import facts_of, sums_of
from db.databases import beside, kept_name
from domain.backups import Kind
from domain.errors import BackupDamaged, StoreInUse
from tasks.backups import make_backup
from tasks.restoring import drop_kept, plan_restore, require_alone, restore
from tests.integration.backup.conftest import DATABASE, databases, files, fingerprint

CHANGE = """
DELETE FROM facts WHERE key < 'fact 2';
UPDATE lookup_domains SET domain_id = 'changed';
SELECT nextval('lease_tokens');
DROP TABLE campaign_status CASCADE;
CREATE TABLE more (x int)
"""


@pytest.fixture
def dumped(place: BackupPlace) -> Path:
    """A dump of the database."""
    return place.folder.path(make_backup(Kind.DUMP, place))


def change(place: BackupPlace, statement: str = CHANGE) -> None:
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(statement)


def bring_back(dumped: Path, place: BackupPlace, *, force: bool = False) -> str:
    kept = restore(plan_restore(dumped, place), place, lambda _: None, force=force)
    assert kept is not None
    return kept


def test_everything_comes_back_and_what_was_there_is_kept(place: BackupPlace, dumped: Path):
    before = fingerprint(place.url)
    change(place)
    changed = fingerprint(place.url)
    assert changed != before
    said: list[str] = []
    kept = restore(plan_restore(dumped, place), place, said.append, force=False)
    assert fingerprint(place.url) == before
    assert kept is not None
    assert kept.startswith(f"{DATABASE}_before_")
    assert fingerprint(beside(place.url, kept)) == changed
    assert [line.partition(":")[0] for line in said] == [
        "safety dump of what is there",
        "restored beside it",
        f"{DATABASE} is the restored one now",
    ]
    (safety,) = [each for each in place.folder.backups() if each.kind is Kind.SAFETY]
    bring_back(place.folder.path(safety), place)
    assert fingerprint(place.url) == changed


@pytest.mark.sweep
def test_who_may_connect_stays_as_it_was(place: BackupPlace, dumped: Path):
    rights = "SELECT datacl::text FROM pg_database WHERE datname = current_database()"
    change(
        place, f'REVOKE ALL ON DATABASE "{DATABASE}" FROM PUBLIC; GRANT CONNECT ON DATABASE "{DATABASE}" TO pg_monitor'
    )
    with psycopg.connect(place.url) as connection:
        before = connection.execute(rights).fetchone()
    bring_back(dumped, place)
    with psycopg.connect(place.url) as connection:
        assert connection.execute(rights).fetchone() == before


def test_a_restore_that_fails_changes_nothing(place: BackupPlace, dumped: Path):
    dumped.write_bytes(dumped.read_bytes()[:-5000])
    with pytest.raises(BackupDamaged, match="SHA-256 differs"):
        plan_restore(dumped, place)
    facts_of(dumped).unlink()
    sums_of(dumped).unlink()
    before, there = fingerprint(place.url), databases(place.url)
    with pytest.raises(BackupDamaged, match="pg_restore cannot read"):
        bring_back(dumped, place)
    assert (fingerprint(place.url), databases(place.url)) == (before, there)
    assert [name.partition("/")[0] for name in files(place)] == ["dumps", *["safety"] * 3]


@pytest.mark.sweep
def test_a_database_that_others_use_is_left_alone_unless_they_are_to_be_cut_off(place: BackupPlace, dumped: Path):
    with psycopg.connect(place.url, application_name="content-scaling lease worker-7/1") as other:
        told = r"kept data has 1 open connection: content-scaling lease worker-7/1 \(1\)"
        with pytest.raises(StoreInUse, match=told):
            require_alone(place)
        before = databases(place.url)
        with pytest.raises(StoreInUse, match=r"kept data was not replaced: .* is being accessed by other users"):
            bring_back(dumped, place)
        assert databases(place.url) == before
        bring_back(dumped, place, force=True)
        with pytest.raises(psycopg.OperationalError):
            other.execute("SELECT 1")
    require_alone(place)


@pytest.mark.sweep
def test_the_one_that_was_replaced_is_dropped_only_as_it_was_seen(place: BackupPlace, dumped: Path):
    exchange = plan_restore(dumped, place)
    change(place, "DELETE FROM facts WHERE key = 'fact 1'")
    kept = bring_back(dumped, place)
    assert drop_kept(kept, exchange, place) == ["facts: 299 rows, not 300 rows"]
    assert kept in databases(place.url)
    exchange = plan_restore(dumped, place)
    kept = restore(exchange, place, lambda _: None, force=False) or ""
    assert drop_kept(kept, exchange, place) == []
    assert kept not in databases(place.url)


def test_a_database_that_is_gone_is_made_again(place: BackupPlace, dumped: Path, server: str):
    before = fingerprint(place.url)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{DATABASE}"')
    exchange = plan_restore(dumped, place)
    assert exchange.there is None
    assert restore(exchange, place, lambda _: None, force=False) is None
    assert fingerprint(place.url) == before


def test_a_long_name_is_kept_within_what_postgresql_takes():
    assert len(kept_name("ü" * 60, "20260301T080000Z").encode()) <= 63
