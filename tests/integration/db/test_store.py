"""The store: transactions, its pool of connections, and the driver's errors as ours."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from db.engine import Store
from db.errors import store_error
from db.repositories.events import events_of_asset, record_event
from domain.errors import ConfigError, StoreError, StoreUnavailable


def backend(session: Session) -> int:
    return int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())


def terminate(database_url: str, pid: int) -> None:
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_block_that_raises_leaves_nothing_behind(store: Store):
    with pytest.raises(KeyError), store.transaction() as session:
        record_event(session, tracking_id="AAAAAA", event_type="x", detail={})
        raise KeyError

    with store.transaction() as session:
        assert events_of_asset(session, "AAAAAA") == []


def test_connections_go_back_to_the_pool(database_url: str):
    store = Store(database_url, pool_size=2)
    try:
        pids = set()
        for _ in range(20):
            with store.transaction() as session:
                pids.add(backend(session))
        assert len(pids) == 1
    finally:
        store.close()


def test_a_connection_lost_in_use_gives_its_place_in_the_pool_back(database_url: str):
    store = Store(database_url, pool_size=2, timeout_s=5)
    try:
        for _ in range(5):
            with pytest.raises(StoreUnavailable), store.transaction() as session:
                terminate(database_url, backend(session))
                backend(session)
        with store.transaction() as one, store.transaction() as two:
            assert backend(one) != backend(two)
    finally:
        store.close()


def test_a_connection_lost_while_idle_is_replaced_unnoticed(store: Store, database_url: str):
    with store.transaction() as session:
        lost = backend(session)
    terminate(database_url, lost)

    with store.transaction() as session:
        assert backend(session) != lost


def test_the_drivers_notices_are_not_handled_more_and_more_often(store: Store):
    for _ in range(5):
        with store.transaction() as session:
            connection = session.connection().connection.driver_connection
            handlers = list(connection._notice_handlers)  # type: ignore[union-attr]

    assert len(handlers) == 1


def test_a_server_that_does_not_listen_is_unavailable(closed_port: int):
    store = Store(f"postgresql://someone:hidden@127.0.0.1:{closed_port}/tracking", timeout_s=0.5)
    try:
        with pytest.raises(StoreUnavailable, match="refused") as caught, store.transaction() as session:
            backend(session)
        assert "hidden" not in str(caught.value)
    finally:
        store.close()


def test_a_database_that_is_not_there_is_named(postgres: str):
    store = Store(postgres.replace("/postgres?", "/nothing_here?"), timeout_s=0.5)
    try:
        with pytest.raises(StoreUnavailable, match='"nothing_here" does not exist'), store.transaction() as session:
            backend(session)
    finally:
        store.close()


def test_waiting_too_long_for_a_free_connection_is_unavailable(database_url: str):
    store = Store(database_url, pool_size=1, timeout_s=0.2)
    try:
        with store.transaction() as session:
            backend(session)
            with pytest.raises(StoreUnavailable, match="connection after"), store.transaction() as second:
                backend(second)
    finally:
        store.close()


def test_more_threads_than_connections_take_turns(store: Store):
    gate = threading.Barrier(24, timeout=10)

    def work(_: int) -> int:
        gate.wait()
        with store.transaction() as session:
            return backend(session)

    with ThreadPoolExecutor(24) as pool:
        pids = list(pool.map(work, range(24)))

    assert 1 <= len(set(pids)) <= 8


def test_a_closed_store_has_no_connection_left(database_url: str, postgres: str):
    store = Store(database_url)
    with store.transaction() as session:
        backend(session)
    store.close()

    with psycopg.connect(postgres) as admin:
        count = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name = 'content-scaling'",
            [database_url.split("/")[3].split("?", maxsplit=1)[0]],
        ).fetchone()
    assert count == (0,)


def test_a_transaction_after_the_close_is_unavailable(database_url: str):
    store = Store(database_url)
    store.close()

    with pytest.raises(StoreUnavailable), store.transaction() as session:
        backend(session)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_usual_ways_to_write_an_address_are_taken(database_url: str, scheme: str):
    store = Store(f"{scheme}://{database_url.partition('://')[2]}")
    try:
        with store.transaction() as session:
            assert backend(session)
    finally:
        store.close()


def test_what_is_no_address_is_refused_without_being_quoted():
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        Store("someone hidden")

    assert "hidden" not in str(caught.value)


def test_timeouts_and_the_programs_name_are_set(store: Store):
    with store.transaction() as session:
        shown = [
            session.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("statement_timeout", "lock_timeout", "application_name")
        ]

    assert shown == ["1min", "20s", "content-scaling"]


def test_a_refused_row_says_why_without_its_values(store: Store):
    insert = text("INSERT INTO facts (key, digest, first_seen_at, last_seen_at) VALUES (:key, NULL, now(), now())")

    with pytest.raises(StoreError, match='null value in column "digest"') as caught, store.transaction() as session:
        session.execute(insert, {"key": "secret-value"})

    assert not isinstance(caught.value, StoreUnavailable)
    assert "secret-value" not in str(caught.value)


def test_a_database_without_the_schema_says_so(empty_database_url: str):
    store = Store(empty_database_url)
    try:
        with pytest.raises(StoreError, match="another schema"), store.transaction() as session:
            events_of_asset(session, "AAAAAA")
    finally:
        store.close()


def test_a_statement_that_takes_too_long_is_unavailable(store: Store):
    with pytest.raises(StoreUnavailable, match="statement timeout"), store.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = '20ms'"))
        session.execute(text("SELECT pg_sleep(5)"))


def subclasses(base: type[BaseException]) -> set[type[BaseException]]:
    return {base, *(deep for sub in base.__subclasses__() for deep in subclasses(sub))}


def test_every_error_of_the_driver_has_one_of_ours():
    translated = {kind: store_error(kind("text")) for kind in subclasses(psycopg.Error)}

    assert len(translated) > 200
    assert all(isinstance(error, StoreError) and "text" in str(error) for error in translated.values())


def test_an_error_that_is_a_defect_is_not_translated(store: Store):
    with pytest.raises(SQLAlchemyError) as caught, store.transaction() as session:
        session.execute("not a statement")  # type: ignore[call-overload]

    assert not isinstance(caught.value, DBAPIError)


def test_the_store_does_not_show_its_password(closed_port: int):
    store = Store(f"postgresql://someone:hidden@127.0.0.1:{closed_port}/tracking")
    try:
        assert "hidden" not in repr(store) + repr(store.engine) + str(store.engine.url)
    finally:
        store.close()
