"""The simulated DAM's downloads: masters, renditions, ranges, redirects, wrong checksums."""

import hashlib
import threading
import tracemalloc
from urllib.parse import urlsplit

import pytest

from sandbox.blobs import BytesBlob, GeneratedBlob
from sandbox.faults import Fault


def contents(dam, asset_id, **headers):
    return dam.call("GET", f"/assets/{asset_id}/contents", headers=headers)


def info(dam, asset_id):
    return dam.get(f"/assets/{asset_id}")["asset_resource"]["asset"]["master_content_info"]


def test_the_master_arrives_as_the_dam_describes_it(dam, seeded):
    answer, described = contents(dam, seeded.picture), info(dam, seeded.picture)
    assert answer.content == seeded.content
    assert described["content_size"] == len(answer.content)
    assert described["content_checksum"] == hashlib.md5(answer.content).hexdigest()
    assert (described["mime_type"], answer.headers["Content-Type"]) == ("image/png", "image/png")


def test_the_same_bytes_come_by_the_url_of_the_rendition(dam, seeded):
    url = dam.url + info(dam, seeded.picture)["url"]
    head = dam.session.head(url, timeout=10)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(len(seeded.content)), b"")
    assert dam.session.get(url, timeout=10).content == seeded.content


def test_an_attachment_names_the_file(dam, seeded):
    answer = dam.call("GET", f"/assets/{seeded.picture}/contents", params={"disposition": "attachment"})
    expected = "attachment; filename*=UTF-8''K%C3%BCche%20%26%20Garten.png"
    assert answer.headers["Content-Disposition"] == expected


@pytest.mark.parametrize("kind", ["thumbnail", "preview"])
def test_renditions_are_pictures(dam, seeded, kind):
    answer = dam.call("GET", f"/assets/{seeded.picture}/contents", params={"rendition_type": kind})
    assert answer.content.startswith(b"\x89PNG")
    assert answer.content != seeded.content


def test_an_asset_without_content_has_none_to_download(dam, seeded):
    answer = contents(dam, seeded.empty)
    assert (answer.status_code, answer.json()["exception_body"]["http_response_code"]) == (404, 404)


def test_a_range_is_ignored_unless_this_dam_honours_it(dam, seeded):
    whole = contents(dam, seeded.picture, Range="bytes=100-")
    assert (whole.status_code, len(whole.content)) == (200, len(seeded.content))
    assert "Accept-Ranges" not in whole.headers


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("bytes=100-", slice(100, None)), ("bytes=0-9", slice(0, 10)), ("bytes=-5", slice(-5, None))],
)
def test_a_range_that_is_honoured_is_a_206_with_its_place(dam, seeded, asked, expected):
    dam.state.settings.range_supported = True
    answer = contents(dam, seeded.picture, Range=asked)
    assert (answer.status_code, answer.content) == (206, seeded.content[expected])
    assert answer.headers["Content-Range"].endswith(f"/{len(seeded.content)}")


def test_a_range_beyond_the_end_is_a_416(dam, seeded):
    dam.state.settings.range_supported = True
    answer = contents(dam, seeded.picture, Range=f"bytes={len(seeded.content)}-")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(seeded.content)}")


def test_a_redirect_leads_to_another_host_that_wants_no_token(dam, seeded):
    dam.state.settings.redirect_downloads = True
    answer = contents(dam, seeded.picture)
    assert answer.content == seeded.content
    assert urlsplit(answer.url).hostname != urlsplit(dam.url).hostname
    assert dam.session.get(answer.url, timeout=10).status_code == 400
    unsigned = answer.url.partition("?")[0]
    del dam.session.headers["Authorization"]
    assert dam.session.get(unsigned, timeout=10).status_code == 403


def test_the_dam_may_be_wrong_about_a_checksum_or_silent(dam, seeded):
    wrong = dam.state.add_asset(seeded.masters, "wrong.png", BytesBlob(b"content"), wrong_md5=True)
    assert info(dam, wrong)["content_checksum"] != hashlib.md5(contents(dam, wrong).content).hexdigest()
    dam.state.settings.checksum_missing = True
    assert "content_checksum" not in info(dam, seeded.picture)


def test_a_large_master_is_never_held_in_memory(dam, seeded):
    size = 64 * 1024 * 1024
    large = dam.state.add_asset(seeded.masters, "large.bin", GeneratedBlob("large", size))
    received = 0
    tracemalloc.start()
    try:
        with dam.call("GET", f"/assets/{large}/contents", stream=True) as answer:
            for chunk in answer.iter_content(1024 * 1024):
                received += len(chunk)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert received == size
    assert peak < size / 4


def test_others_are_served_while_a_download_hangs(dam, seeded):
    dam.faults.add(Fault("hang", path="/contents$", when="after"))
    got: list[int] = []
    waiting = threading.Thread(target=lambda: got.append(contents(dam, seeded.picture).status_code))
    waiting.start()
    try:
        dam.faults.wait_for_hang(10)
        assert info(dam, seeded.picture)["content_size"] == len(seeded.content)
    finally:
        dam.faults.release()
        waiting.join(10)
    assert got == [200]
