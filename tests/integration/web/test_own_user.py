"""Whose uploads are our own, while Box is there and while it is not."""

import threading
from collections.abc import Iterator

from domain.errors import ServiceUnavailable
from entrypoints.web.own_user import OwnUser


def test_box_is_asked_until_it_tells_and_no_more_after():
    answers: Iterator[Exception | str] = iter([ServiceUnavailable("Box is away"), "7"])

    def ask() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    own_user = OwnUser(ask)
    assert [own_user(), own_user(), own_user()] == [None, "7", "7"]


def test_an_error_of_a_library_shows_no_address(caplog):
    def ask() -> str:
        raise OSError("https://secret.example.com")

    assert OwnUser(ask)() is None
    assert "cannot be told now: OSError" in caplog.text and "secret" not in caplog.text


def test_while_one_asks_nobody_else_waits():
    asked, go_on = threading.Event(), threading.Event()

    def ask() -> str:
        asked.set()
        assert go_on.wait(10)
        return "7"

    own_user = OwnUser(ask)
    thread = threading.Thread(target=own_user)
    thread.start()
    assert asked.wait(10)
    assert own_user() is None
    go_on.set()
    thread.join(10)
    assert own_user() == "7"


def test_an_event_is_kept_where_nobody_knows_in_time_whose_upload_it_is(serve, box, monkeypatch):
    monkeypatch.setattr("entrypoints.web.app._BOX_TELLS_S", 0.05)
    go_on = threading.Event()
    served = serve(own_user_id=lambda: str(go_on.wait(10)))
    served.box.watch(served.address)
    try:
        file_id = box.place(user_id=box.state.app.service_user_id)
        assert box.answers == [200]
        assert [event.file_id for event in served.waiting()] == [file_id]
    finally:
        go_on.set()
