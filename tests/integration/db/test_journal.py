"""The journal of unfinished uploads."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from db.engine import Store
from db.journal import DatabaseJournal
from db.repositories import uploads

KEY = "123/spot.mp4/70000000/abc"
SESSION = {"id": "S1", "part_size": 8_388_608, "urls": {"commit": "https://upload.example.com/commit"}}


def part(number: int) -> dict[str, object]:
    return {"part_id": f"P{number}", "offset": number * 8_388_608, "size": 8_388_608, "sha1": f"{number:040x}"}


def test_an_upload_is_found_with_its_parts(store: Store):
    journal = DatabaseJournal(store)
    journal.save(KEY, SESSION)
    journal.add_part(KEY, part(1))
    journal.add_part(KEY, part(0))

    assert journal.load(KEY) == {"session": SESSION, "parts": [part(1), part(0)]}
    assert journal.load("another") is None


def test_a_part_whose_receipt_comes_twice_is_kept_once(store: Store):
    journal = DatabaseJournal(store)
    journal.save(KEY, SESSION)
    for _ in range(2):
        journal.add_part(KEY, part(0))

    assert journal.load(KEY) == {"session": SESSION, "parts": [part(0)]}


def test_a_new_session_starts_without_the_parts_of_the_old_one(store: Store):
    journal = DatabaseJournal(store)
    journal.save(KEY, SESSION)
    journal.add_part(KEY, part(0))
    journal.save(KEY, {"id": "S2"})

    assert journal.load(KEY) == {"session": {"id": "S2"}, "parts": []}


def test_parts_that_arrive_at_once_are_all_kept(store: Store, threads: ThreadPoolExecutor):
    journal = DatabaseJournal(store)
    journal.save(KEY, SESSION)
    list(threads.map(lambda number: journal.add_part(KEY, part(number)), range(64)))

    found = journal.load(KEY)
    assert found is not None
    assert sorted(found["parts"], key=lambda one: one["offset"]) == [part(number) for number in range(64)]


def test_a_part_of_an_upload_that_was_forgotten_is_dropped(store: Store):
    journal = DatabaseJournal(store)
    journal.save(KEY, SESSION)
    journal.forget(KEY)
    journal.add_part(KEY, part(0))

    assert journal.load(KEY) is None


def test_an_upload_is_stale_when_nothing_was_added_for_long(store: Store):
    journal = DatabaseJournal(store)
    journal.save(KEY, SESSION)
    journal.add_part(KEY, part(0))

    with store.transaction() as session:
        now = datetime.now(UTC)
        assert uploads.stale(session, now - timedelta(hours=1)) == []
        assert [upload.key for upload in uploads.stale(session, now + timedelta(hours=1))] == [KEY]
