"""Reading a source across breaks: each byte once, and nothing but the promised content."""

import hashlib

import pytest

from clients.relay.reading import Cancelled, SteadyReader
from domain.errors import IntegrityError, NotFound, ServiceRejected, ServiceUnavailable
from tests.contract.clients.blob_source import BlobSource

CONTENT = bytes(range(256)) * 40 * 1024  # 10 MiB


def read_all(source, *, piece=3 * 1024 * 1024 + 1, naps=None, **options):
    content = bytearray(source.size_bytes)
    with SteadyReader(source, sleep=(naps if naps is not None else []).append, **options) as reader:
        for start in range(0, len(content), piece):
            reader.fill(memoryview(content)[start : start + piece])
        return bytes(content), reader.finish()


def sha1(content):
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def test_a_source_is_read_whole_and_digested():
    assert read_all(BlobSource("a.mov", CONTENT)) == (CONTENT, sha1(CONTENT))


@pytest.mark.parametrize("honours_range", [True, False])
def test_a_broken_stream_goes_on_where_it_broke(honours_range):
    source = BlobSource("a.mov", CONTENT, breaks_at=[1, 5_000_001, 9_999_999], honours_range=honours_range)
    naps: list[float] = []
    assert read_all(source, naps=naps) == (CONTENT, sha1(CONTENT))
    assert source.opened_at == [0, 1, 5_000_001, 9_999_999]
    assert len(naps) == 3


def test_a_stream_that_ends_silently_in_the_middle_goes_on():
    source = BlobSource("a.mov", CONTENT, ends_at=[4_000_000])
    assert read_all(source) == (CONTENT, sha1(CONTENT))
    assert source.opened_at == [0, 4_000_000]


def test_a_restart_that_breaks_while_it_catches_up_starts_again():
    source = BlobSource("a.mov", CONTENT, breaks_at=[5_000_000, 2_000_000], honours_range=False)
    assert read_all(source) == (CONTENT, sha1(CONTENT))
    assert source.opened_at == [0, 5_000_000, 5_000_000]


def test_a_source_that_keeps_breaking_is_unavailable_after_five_tries():
    source = BlobSource("a.mov", CONTENT, breaks_at=[7] * 100)
    naps: list[float] = []
    with pytest.raises(ServiceUnavailable):
        read_all(source, naps=naps)
    assert len(source.opened_at) == 5
    assert naps == [1.0, 2.0, 4.0, 8.0]


def test_a_source_that_is_gone_is_not_asked_again():
    source = BlobSource("a.mov", CONTENT, refuses=NotFound("a.mov is gone"))
    with pytest.raises(NotFound):
        read_all(source)
    assert len(source.opened_at) == 1


@pytest.mark.parametrize("refuses_beyond_the_end", [True, False])
def test_a_source_that_is_shorter_than_promised_is_refused(refuses_beyond_the_end):
    beyond = ServiceRejected("no such range", status_code=416) if refuses_beyond_the_end else None
    source = BlobSource("a.mov", CONTENT, size_bytes=len(CONTENT) + 1, beyond_the_end=beyond)
    with pytest.raises(IntegrityError, match=f"ends after {len(CONTENT)} of the {len(CONTENT) + 1} bytes"):
        read_all(source)


@pytest.mark.parametrize("size", [len(CONTENT) - 1, 0])
def test_a_source_that_is_longer_than_promised_is_refused(size):
    with pytest.raises(IntegrityError, match=r"a\.mov: the DAM sends more"):
        read_all(BlobSource("a.mov", CONTENT, size_bytes=size))


def test_a_flipped_bit_is_noticed_by_the_checksum():
    damaged = bytearray(CONTENT)
    damaged[5_000_000] ^= 1
    source = BlobSource("a.mov", bytes(damaged), md5=hashlib.md5(CONTENT, usedforsecurity=False).hexdigest().upper())
    with pytest.raises(IntegrityError, match="promises MD5"):
        read_all(source)


def test_a_source_that_promises_no_checksum_is_taken_by_its_size():
    assert read_all(BlobSource("a.mov", CONTENT, md5=None)) == (CONTENT, sha1(CONTENT))


def test_an_empty_source_is_read():
    assert read_all(BlobSource("a.txt", b"")) == (b"", sha1(b""))


def test_a_source_that_starts_behind_the_wanted_byte_is_refused():
    source = BlobSource("a.mov", CONTENT, breaks_at=[1000], resumes_late_by=1)
    with pytest.raises(IntegrityError, match="leaves out bytes"):
        read_all(source)


def test_reading_stops_when_nobody_wants_the_bytes():
    with pytest.raises(Cancelled):
        read_all(BlobSource("a.mov", CONTENT), is_cancelled=lambda: True)


def test_every_stream_is_closed():
    source = BlobSource("a.mov", CONTENT, breaks_at=[1, 2, 3])
    read_all(source)
    assert source.open_streams == 0
