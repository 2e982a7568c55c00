"""Answers of a download host that no simulated Box gives: ends without a length, ranges without a place."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clients.box.box_file import BoxFile, Place
from clients.box.download_host import DownloadHost
from clients.box.governor import NoGovernor
from clients.box.landing import Landing, new_file
from domain.errors import IntegrityError, ServiceUnavailable

WHOLE = b"0123456789"
FILE = BoxFile.from_json({"id": "7", "etag": "0", "name": "a.bin", "size": 10, "sha1": "none"}, Place())


@pytest.fixture
def served():
    """Return a function that says what the next requests are answered, and gives the address."""
    answer: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(answer["status"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def serve(status, body, **headers):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            answer.update(status=status, body=body, headers=named)
            return f"http://127.0.0.1:{server.server_address[1]}/d/secret"

        yield serve
        server.shutdown()
        thread.join()


@pytest.fixture
def host():
    host = DownloadHost(NoGovernor(), connect_s=5, read_s=5)
    yield host
    host.close()


def read_all(host, address, offset=0):
    with host.open(address, offset, len(WHOLE), "a.bin") as stream:
        return stream.offset, b"".join(iter(stream.read, b""))


def test_content_without_a_length_is_read_to_its_end(host, served):
    assert read_all(host, served(200, WHOLE)) == (0, WHOLE)


def test_an_early_end_without_a_length_looks_like_an_end(host, served):
    assert read_all(host, served(200, WHOLE[:4])) == (0, WHOLE[:4])  # so the bytes are counted


def test_an_early_end_with_a_length_is_a_break(host, served):
    with pytest.raises(ServiceUnavailable, match="cut off"):
        read_all(host, served(200, WHOLE[:4], Content_Length="10"))


def test_a_length_other_than_expected_is_refused_before_a_byte_is_read(host, served):
    with pytest.raises(IntegrityError, match="11 bytes now, not the 10"):
        read_all(host, served(200, WHOLE + b"!", Content_Length="11"))


def test_a_web_page_of_another_length_is_trouble_on_the_way(host, served):
    with pytest.raises(ServiceUnavailable, match="web page"):
        read_all(host, served(200, b"<html>", Content_Length="6", Content_Type="text/html; charset=utf-8"))


def test_a_web_page_that_was_handed_in_is_content(host, served):
    page = b"<html></h>"
    assert read_all(host, served(200, page, Content_Length="10", Content_Type="text/html")) == (0, page)


@pytest.mark.parametrize("total", ["10", "*"])
def test_a_part_says_where_it_starts(host, served, total):
    assert read_all(host, served(206, WHOLE[4:], Content_Range=f"bytes 4-9/{total}"), 4) == (4, WHOLE[4:])


@pytest.mark.parametrize("place", ["", "bytes */10", "bytes 5-9/10", "bytes 4-9/11"])
def test_a_part_of_something_else_is_refused(host, served, place):
    with pytest.raises(IntegrityError):
        read_all(host, served(206, WHOLE[4:], Content_Range=place), 4)


def test_errors_do_not_show_the_address(host, served):
    with pytest.raises(ServiceUnavailable) as caught:
        read_all(host, served(200, WHOLE[:4], Content_Length="10"))
    assert "secret" not in str(caught.value)


class TestLanding:
    def test_bytes_that_are_there_are_passed_over(self, tmp_path):
        told: list[int] = []
        with new_file(tmp_path / "a") as target:
            landing = Landing(FILE, target, tmp_path / "a", told.append)
            landing.take(WHOLE[:6])
            landing.begin(2)
            for block in (WHOLE[2:4], WHOLE[4:7], WHOLE[7:]):
                landing.take(block)
        assert (tmp_path / "a").read_bytes() == WHOLE
        assert (told, landing.missing) == ([6, 7, 10], 0)

    def test_more_than_was_told_of_is_refused_before_it_is_written(self, tmp_path):
        with pytest.raises(IntegrityError, match="more than"), new_file(tmp_path / "a") as target:
            Landing(FILE, target, tmp_path / "a").take(WHOLE + b"!")
        assert not (tmp_path / "a").exists()

    def test_what_is_missing_at_the_end_is_told(self, tmp_path):
        with pytest.raises(IntegrityError, match="4 bytes arrived of 10"), new_file(tmp_path / "a") as target:
            landing = Landing(FILE, target, tmp_path / "a")
            landing.take(WHOLE[:4])
            landing.check()

    def test_bytes_that_somebody_else_adds_are_noticed(self, tmp_path):
        with pytest.raises(IntegrityError, match="11 bytes"), new_file(tmp_path / "a") as target:
            landing = Landing(FILE, target, tmp_path / "a")
            landing.take(WHOLE)
            with (tmp_path / "a").open("ab") as other:
                other.write(b"!")
            landing.check()
