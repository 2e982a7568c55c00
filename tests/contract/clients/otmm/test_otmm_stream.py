"""Content of assets, streamed from the simulated OTMM."""

import hashlib
import tracemalloc

import pytest

from clients.otmm import OtmmClient
from domain.errors import NotFound, ServiceUnavailable
from sandbox.blobs import BytesBlob, GeneratedBlob
from sandbox.faults import Fault


def test_content_arrives_byte_for_byte(dam, client, campaign_id, read_all):
    blob = GeneratedBlob("x", 3_000_001, "mp4")
    asset_id = dam.state.add_asset(campaign_id, "x.mp4", blob)
    with client.open_content(asset_id) as stream:
        assert (stream.offset, stream.total) == (0, 3_000_001)
        assert hashlib.md5(read_all(stream), usedforsecurity=False).hexdigest() == blob.md5


def test_a_stream_needs_no_more_memory_than_a_piece_of_it(dam, client, campaign_id):
    asset_id = dam.state.add_asset(campaign_id, "x.bin", GeneratedBlob("x", 24_000_000, "bin"))
    buffer, read = memoryview(bytearray(8_000_000)), 0
    with client.open_content(asset_id) as stream:
        tracemalloc.start()  # counts the simulated DAM too, which sends pieces of 256 KiB
        while count := stream.readinto(buffer):
            read += count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert read == 24_000_000
    assert peak < 4_000_000


@pytest.mark.parametrize("supported", [True, False])
def test_content_goes_on_where_it_broke_if_the_dam_does_ranges(dam, client, campaign_id, supported, read_all):
    dam.state.settings.range_supported = supported
    blob = GeneratedBlob("x", 500_000, "bin")
    asset_id = dam.state.add_asset(campaign_id, "x.bin", blob)
    with client.open_content(asset_id, offset=123_456) as stream:
        assert stream.offset == (123_456 if supported else 0)
        assert stream.total == 500_000
        assert read_all(stream) == blob.read(stream.offset, 500_000)


def test_content_behind_a_redirect_arrives_and_the_token_does_not_leave(dam, client, campaign_id, read_all):
    dam.state.settings.redirect_downloads = True
    asset_id = dam.state.add_asset(campaign_id, "x.bin", BytesBlob(b"hello"))
    with client.open_content(asset_id, offset=2) as stream:  # the store refuses a request with Authorization
        assert (stream.offset, read_all(stream)) == (2, b"llo")


def test_a_cut_stream_says_so(dam, client, campaign_id, read_all):
    asset_id = dam.state.add_asset(campaign_id, "x.bin", GeneratedBlob("x", 1_000_000, "bin"))
    dam.faults.add(Fault("cut", path="/contents", at_byte=400_000))
    with client.open_content(asset_id) as stream, pytest.raises(ServiceUnavailable, match=asset_id):
        read_all(stream)


def test_a_stream_that_stands_still_is_given_up(dam, campaign_id, roles):
    asset_id = dam.state.add_asset(campaign_id, "x.bin", GeneratedBlob("x", 1_000_000, "bin"))
    dam.faults.add(Fault("hang", path="/contents", times=None))
    client = OtmmClient(f"{dam.url}/otmmapi", roles, tokens=dam.tokens(), timeouts=(5, 0.1), sleep=dam.waits.append)
    with client, pytest.raises(ServiceUnavailable, match="in time"):
        client.open_content(asset_id)
    dam.faults.release()


def test_an_asset_without_content_is_not_found(dam, client, campaign_id):
    asset_id = dam.state.add_asset(campaign_id, "metadata only", None)
    with pytest.raises(NotFound, match=f"content of asset {asset_id}"):
        client.open_content(asset_id)
