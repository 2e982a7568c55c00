"""The small values: waits, streams, files and parts as Box describes them."""

import io
import pickle
from datetime import UTC, datetime

import pytest

from clients.box.errors import NameTaken
from clients.box.listing import checked_id, same_name
from clients.box.models import Part, UploadedFile, UploadSession
from clients.box.retry_after import retry_after_s
from clients.box.streams import BufferStream
from domain.errors import NotFound, ServiceUnavailable

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("2.5", 2.5),
        ("-3", 0.0),
        ("Thu, 01 Jan 2026 00:01:00 GMT", 60.0),
        ("Wed, 31 Dec 2025 23:59:00 GMT", 0.0),
        ("Thu, 01 Jan 2026 00:01:00 -0000", 60.0),
        ("later", None),
        ("", None),
    ],
)
def test_a_wait_is_read_in_seconds_or_as_a_date(text, seconds):
    assert retry_after_s({"Retry-After": text}, NOW) == seconds


def test_no_header_means_no_wait_was_asked_for():
    assert retry_after_s({}) is None


def test_a_buffer_is_read_without_being_copied():
    buffer = bytearray(b"0123456789")
    stream = BufferStream(buffer)
    first = stream.read(4)
    buffer[0:4] = b"abcd"
    assert bytes(first) == b"abcd"
    assert bytes(stream.read()) == b"456789"
    assert len(stream.read(1)) == 0


def test_a_stream_can_be_rewound_and_tells_its_length():
    stream = BufferStream(b"0123456789")
    assert stream.seek(0, io.SEEK_END) == 10
    assert stream.seek(-4, io.SEEK_CUR) == 6
    assert stream.seek(3) == stream.tell() == 3
    assert bytes(stream.read(-1)) == b"3456789"
    assert len(stream) == 10


def test_a_big_size_comes_as_a_float():
    file = UploadedFile.from_json({"id": "1", "name": "a", "size": 1.5e10, "sha1": "AB", "file_version": None})
    assert (file.size_bytes, file.sha1, file.version_id) == (15_000_000_000, "ab", None)


def test_a_part_is_read_wrapped_and_bare():
    bare = {"part_id": "P1", "offset": 0.0, "size": 8.0, "sha1": "AB"}
    assert Part.from_json(bare) == Part.from_json({"part": bare}) == Part("P1", 0, 8, "ab")


def test_a_session_survives_the_journal():
    urls = {"upload_part": "u", "list_parts": "l", "commit": "c", "abort": "a"}
    session = UploadSession.from_answer({"id": "S", "part_size": 8.0, "session_endpoints": urls}, "a.mov", 20)
    assert UploadSession.from_json(session.to_json()) == session


def test_a_session_without_a_part_size_is_no_session():
    with pytest.raises(ValueError, match="part_size"):
        UploadSession.from_answer(
            {"id": "S", "part_size": 0, "session_endpoints": dict.fromkeys("abc", "")}, "a.mov", 20
        )


def test_names_are_compared_as_box_does():
    assert same_name("Straße.TIF", "strasse.tif")
    assert same_name("Cafe\u0301", "CAFÉ")
    assert not same_name("a", "b")


@pytest.mark.parametrize("box_id", ["../users/me", "", "12a", "٣", "1/2"])
def test_an_id_that_would_lead_elsewhere_is_not_asked_for(box_id):
    with pytest.raises(NotFound):
        checked_id(box_id)


@pytest.mark.parametrize("error", [NameTaken("a.mov", [{"id": "7"}]), ServiceUnavailable("later", retry_after_s=3)])
def test_errors_can_travel_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))
