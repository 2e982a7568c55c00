"""Content as a stream: where it starts, and how it ends."""

import gzip

import pytest

from clients.otmm.content import ContentStream, open_content
from clients.otmm.http import DamHttp
from domain.errors import ServiceRejected, ServiceUnavailable

DATA = bytes(range(256)) * 4000


@pytest.fixture
def http(server) -> DamHttp:
    return DamHttp(f"{server.url}/otmmapi", tokens=None, sleep=lambda _: None)


def read_all(stream: ContentStream, step: int = 100_000) -> bytes:
    buffer, read = bytearray(step), bytearray()
    while count := stream.readinto(memoryview(buffer)):
        read += buffer[:count]
    return bytes(read)


def part(answer, start: int, *, says: str | None = None, **more: str):
    headers = {"Content-Range": says or f"bytes {start}-{len(DATA) - 1}/{len(DATA)}", **more}
    return answer(206, DATA[start:], headers)


def test_content_is_read_to_its_end(server, http, answer):
    server.answers = [answer(body=DATA, headers={"Content-Type": "video/mp4"})]
    with open_content(http, "a b", 0) as stream:
        assert (stream.offset, stream.total) == (0, len(DATA))
        assert read_all(stream, 1_000_000) == DATA
        assert stream.readinto(memoryview(bytearray(10))) == 0
    assert server.asked[0].path == "/otmmapi/v6/assets/a%20b/contents?disposition=attachment"
    assert server.asked[0].headers["Accept-Encoding"] == "identity"
    assert "Range" not in server.asked[0].headers


def test_content_from_the_middle_starts_there(server, http, answer):
    server.answers = [part(answer, 1000)]
    with open_content(http, "a", 1000) as stream:
        assert (stream.offset, stream.total) == (1000, len(DATA))
        assert read_all(stream) == DATA[1000:]
    assert server.asked[0].headers["Range"] == "bytes=1000-"


def test_a_dam_that_does_no_ranges_starts_at_the_beginning(server, http, answer):
    server.answers = [answer(body=DATA, headers={})]
    with open_content(http, "a", 1000) as stream:
        assert stream.offset == 0
        assert read_all(stream) == DATA


def test_a_part_may_start_before_what_was_asked_for(server, http, answer):
    server.answers = [part(answer, 512)]
    with open_content(http, "a", 1000) as stream:
        assert stream.offset == 512


def test_a_part_of_a_whole_that_is_not_said_has_its_total_from_its_length(server, http, answer):
    server.answers = [part(answer, 1000, says=f"bytes 1000-{len(DATA) - 1}/*")]
    with open_content(http, "a", 1000) as stream:
        assert stream.total == len(DATA)


@pytest.mark.parametrize("says", ["bytes 2000-3000/4000", "words 1-2/3", "bytes */4000"])
def test_a_part_that_would_leave_a_gap_is_refused(server, http, answer, says):
    server.answers = [part(answer, 1000, says=says)]
    with pytest.raises(ServiceRejected):
        open_content(http, "a", 1000)


def test_an_offset_beyond_the_end_starts_again(server, http, answer):
    server.answers = [answer(416, b""), answer(body=b"short", headers={})]
    with open_content(http, "a", 1000) as stream:
        assert stream.offset == 0
        assert read_all(stream) == b"short"


def test_a_stream_that_breaks_is_unavailable(server, http, answer):
    server.answers = [answer(body=DATA[:1000], headers={}, length=len(DATA))]
    with (
        open_content(http, "asset-7", 0) as stream,
        pytest.raises(ServiceUnavailable, match="content of asset asset-7"),
    ):
        read_all(stream, 300)


def test_a_part_that_ends_before_the_whole_is_unavailable(server, http, answer):
    server.answers = [answer(206, DATA[10:20], {"Content-Range": f"bytes 10-19/{len(DATA)}"})]
    with open_content(http, "a", 10) as stream, pytest.raises(ServiceUnavailable, match=f"after 20 of {len(DATA)}"):
        read_all(stream)


def test_content_that_a_gateway_packs_is_unpacked(server, http, answer):
    server.answers = [answer(body=gzip.compress(DATA), headers={"Content-Encoding": "gzip"})]
    with open_content(http, "a", 0) as stream:
        assert stream.total is None
        assert read_all(stream, 77_777) == DATA


def test_an_asset_that_is_a_page_is_not_taken_for_a_login_page(server, http, answer):
    page = {"Content-Type": "text/html", "Content-Disposition": "attachment; filename=x.html"}
    server.answers = [answer(body=b"<title>Banner</title>", headers=page)]
    with open_content(http, "a", 0) as stream:
        assert read_all(stream) == b"<title>Banner</title>"


def test_a_login_page_is_not_taken_for_content(server, http, answer):
    server.answers = [answer(body=b"<title>Sign in</title>", headers={"Content-Type": "text/html"})]
    with pytest.raises(ServiceRejected, match="Sign in"):
        open_content(http, "a", 0)
