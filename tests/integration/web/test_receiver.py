"""The receiver of Box's webhooks, over real HTTP, with a real database."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from db.engine import Store
from db.repositories.inbox import mark_handled
from domain.box_webhooks import SigningKeys
from sandbox.box.deliveries import Keys, signed_headers
from tests.waiting import until


@pytest.mark.parametrize("is_escaped", [True, False])
def test_a_file_that_an_agency_places_is_kept_and_started(served, box, starter, is_escaped):
    box.state.settings.webhook_escapes = is_escaped
    inner = box.state.add_folder("inner", box.folder_id)
    file_id = box.place("Spot für ☕.mp4", inner.id)

    assert box.answers == [200]
    (event,) = served.waiting()
    assert (event.file_id, event.body["file_name"]) == (file_id, "Spot für ☕.mp4")
    assert "agency@example.com" not in str(event.body)
    until(lambda: starter.file_ids == [file_id], what="the start")


def test_the_second_key_counts_while_the_first_is_replaced(serve, box):
    served = serve(keys=SigningKeys("not yet known to Box", box.keys.secondary))
    box.watch(served.address)
    box.place()

    assert box.answers == [200]


def test_an_event_that_arrives_twice_is_started_once(served, box, starter):
    box.state.settings.webhook_copies = 3
    file_id = box.place()

    assert box.answers == [200, 200, 200]
    assert len(served.waiting()) == 1
    until(lambda: starter.started, what="the start")
    assert starter.file_ids == [file_id]


def test_an_event_that_arrives_many_times_at_once_is_started_once(served, starter):
    body = served.body()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: served.post(body, served.signed(body)).status_code, range(16)))

    assert answers == [200] * 16
    until(lambda: starter.started, what="the start")
    assert starter.file_ids == ["42"]


def test_an_event_that_was_handled_is_not_started_again(served, starter):
    body = served.body()
    served.post(body, served.signed(body))
    with served.store.transaction() as session:
        mark_handled(session, ["e-1"])
    served.post(body, served.signed(body))

    assert served.waiting() == []
    until(lambda: starter.started, what="the start")
    assert len(starter.started) == 1


SIGNATURES = ("BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY")
FORGERIES = {
    "other keys": lambda served, body: signed_headers(body, Keys("a", "b"), served.box.state.now(), "1"),
    "another body": lambda served, body: served.signed(body + b" "),
    "no signature": lambda served, body: {},
    "an empty key": lambda served, body: signed_headers(body, Keys(" ", " "), served.box.state.now(), "1"),
    "eleven minutes old": lambda served, body: sent(served, body, timedelta(minutes=-11)),
    "two minutes ahead": lambda served, body: sent(served, body, timedelta(minutes=2)),
    "a signature that is no text": lambda served, body: served.signed(body) | dict.fromkeys(SIGNATURES, "\xff\xfe"),
}


def sent(served, body, ahead):
    keys = served.box.state.webhooks.keys
    return signed_headers(body, keys, served.box.state.now() + ahead, "1")


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_or_stale_delivery_is_refused_without_a_word(served, starter, how):
    body = served.body()
    answer = served.post(body, FORGERIES[how](served, body))

    assert (answer.status_code, answer.content) == (403, b"")
    assert served.waiting() == []
    assert starter.started == []


def test_an_unsigned_body_is_not_even_parsed(served):
    assert served.post(b"\xff[[[", {}).status_code == 403


def test_a_retry_hours_later_carries_its_own_time_and_is_taken(served):
    body = served.body(created_at="2020-01-01T00:00:00Z")

    assert served.post(body, served.signed(body)).status_code == 200
    assert len(served.waiting()) == 1


def test_our_own_uploads_other_folders_and_other_triggers_are_answered_and_not_kept(served, box, starter):
    elsewhere = box.state.add_folder("elsewhere").id
    box.watch(served.address, elsewhere)
    box.place("ours.mp4", user_id=box.state.app.service_user_id)
    box.place("foreign.mp4", elsewhere)
    body = served.body(trigger="FILE.TRASHED")
    answer = served.post(body, served.signed(body))

    assert [*box.answers, answer.status_code] == [200, 200, 200]
    assert served.waiting() == []
    assert starter.started == []


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id":"e","trigger":"WEBHOOK.DELETED","source":{"type":"folder"}}'])
def test_a_signed_body_about_no_file_is_answered_and_not_kept(served, body):
    assert served.post(body, served.signed(body)).status_code == 200
    assert served.waiting() == []


def test_the_event_is_kept_before_anything_is_started(served, box, starter):
    seen = []
    starter.before = lambda event: seen.append([kept.event_id for kept in served.waiting()] == [event.event_id])
    box.place()

    until(lambda: starter.started, what="the start")
    assert seen == [True]


def test_the_answer_does_not_wait_for_the_start(served, starter):
    starter.hold = threading.Event()
    body = served.body()
    began = time.monotonic()
    answer = served.post(body, served.signed(body))

    assert answer.status_code == 200
    assert time.monotonic() - began < 5  # the start is held for ten
    assert starter.started == []
    starter.hold.set()
    until(lambda: starter.started, what="the start")


def test_an_event_whose_start_fails_waits_for_the_poll(served, box, starter):
    starter.error = RuntimeError("no server")
    box.place()

    until(lambda: starter.started, what="the start")
    assert box.answers == [200]
    assert len(served.waiting()) == 1


@pytest.fixture
def no_database():
    with closing(Store("postgresql://postgres@127.0.0.1:1/x", timeout_s=0.2)) as store:
        yield store


def test_box_is_to_send_again_what_could_not_be_kept(serve, box, starter, no_database):
    served = serve(store=no_database)
    box.watch(served.address)
    box.place()

    assert box.answers == [503]
    assert starter.started == []
    assert served.get("/healthz").status_code == 503


def test_the_receiver_says_that_it_is_well(served):
    answer = served.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "database: reachable\n")


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/openapi.json", "/webhooks"])
def test_there_is_nothing_else_to_see(served, path):
    assert served.get(path).status_code == 404


def test_a_webhook_is_posted(served):
    assert served.get("/webhooks/box").status_code == 405


def test_the_log_tells_of_every_delivery_and_holds_no_secret(served, box, caplog):
    caplog.set_level(logging.DEBUG, logger="entrypoints.web")
    file_id = box.place()
    body = served.body(event_id="e-2")
    headers = served.signed(body)
    served.post(body, headers | {"BOX-DELIVERY-TIMESTAMP": "x"})

    assert f"about file {file_id}" in caplog.text
    assert "refused a webhook from 127.0.0.1" in caplog.text
    for secret in (box.keys.primary, box.keys.secondary, headers["BOX-SIGNATURE-PRIMARY"]):
        assert secret not in caplog.text
