"""Direct uploads to the simulated Box, by the SDK and by plain requests."""

import hashlib
import io
import json
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import requests
from box_sdk_gen import (
    BoxAPIError,
    PreflightFileUploadCheckParent,
    UploadFileAttributes,
    UploadFileAttributesParentField,
    UploadFileVersionAttributes,
)

from sandbox.faults import Fault


def send(box, name: str, content: bytes, *, parent_id: str = "0", **headers: str):
    attributes = json.dumps({"name": name, "parent": {"id": parent_id}})
    form = {"attributes": (None, attributes), "file": (name, content)}
    return box.upload("POST", "files/content", files=form, headers=headers)


def sdk_upload(box, name: str, content: bytes, **options):
    attributes = UploadFileAttributes(name, UploadFileAttributesParentField("0"))
    return box.client.uploads.upload_file(attributes, io.BytesIO(content), file_file_name=name, **options).entries[0]


def test_the_sdk_uploads_a_file_and_gets_its_facts(box):
    content = b"x" * 3_000_000
    uploaded = sdk_upload(box, "Spot 01.mp4", content, content_md_5=hashlib.sha1(content).hexdigest())

    facts = box.state.files_below()[0]
    assert (uploaded.id, uploaded.name, uploaded.size) == (facts.id, "Spot 01.mp4", 3_000_000)
    assert uploaded.sha_1 == facts.sha1 == hashlib.sha1(content).hexdigest()
    assert uploaded.etag == "0"
    assert box.state.content_of(uploaded.id) == content
    assert box.state.bytes_received["direct"] > 3_000_000
    assert [seen.path for seen in box.faults.writes()] == ["/up/2.0/files/content"]


def test_an_empty_file_can_be_uploaded(box):
    assert sdk_upload(box, "empty.txt", b"").size == 0


def test_a_file_without_a_filename_in_its_part_is_named_by_the_attributes(box):
    attributes = UploadFileAttributes("named.bin", UploadFileAttributesParentField("0"))
    box.client.uploads.upload_file(attributes, io.BytesIO(b"abc"))

    assert [facts.name for facts in box.state.files_below()] == ["named.bin"]


def test_a_wrong_checksum_is_refused_and_nothing_is_kept(box, tmp_path):
    answer = send(box, "a.txt", b"abc", **{"content-md5": hashlib.sha1(b"other").hexdigest()})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_digest")
    assert box.state.files_below() == []
    assert list(tmp_path.glob("content-*")) == []
    assert box.faults.writes() == []


def test_attributes_after_the_file_are_refused(box):
    form = {"file": ("a.txt", b"abc"), "attributes": (None, '{"name": "a.txt", "parent": {"id": "0"}}')}
    answer = box.upload("POST", "files/content", files=form)

    assert (answer.status_code, answer.json()["code"]) == (400, "metadata_after_file_contents")


def test_a_second_file_of_a_name_is_refused_with_the_first_one_as_an_object(box):
    first = send(box, "Spot.mp4", b"abc").json()["entries"][0]
    answer = send(box, "sPOT.mp4", b"a longer content" * 200_000)

    error = answer.json()
    assert (answer.status_code, error["code"], error["type"], error["status"]) == (
        409,
        "item_name_in_use",
        "error",
        409,
    )
    assert error["context_info"]["conflicts"]["id"] == first["id"]
    assert error["context_info"]["conflicts"]["sha1"] == hashlib.sha1(b"abc").hexdigest()
    assert {"message", "help_url", "request_id"} <= set(error)


def test_the_conflict_comes_as_a_list_where_that_is_switched_on(box):
    box.state.settings.upload_conflicts_as_list = True
    send(box, "Spot.mp4", b"abc")

    conflicts = send(box, "Spot.mp4", b"abc").json()["context_info"]["conflicts"]

    assert [conflict["name"] for conflict in conflicts] == ["Spot.mp4"]


def test_a_file_may_not_have_the_name_of_a_folder(box):
    box.state.add_folder("Spots")

    assert send(box, "spots", b"abc").json()["context_info"]["conflicts"]["type"] == "folder"


def test_a_name_is_reserved_while_its_first_upload_is_still_coming_in(box):
    place = urlsplit(box.url)
    body = b'--b\r\nContent-Disposition: form-data; name="attributes"\r\n\r\n{"name": "a.txt", "parent": {"id": "0"}}'
    body += b'\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc'
    end = b"\r\n--b--\r\n"
    head = (
        f"POST /up/2.0/files/content HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {len(body + end)}\r\n"
        f"Authorization: {box.http.headers['Authorization']}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=10) as first:
        first.sendall(head.encode() + body)
        deadline = time.monotonic() + 10
        while not box.state.bytes_received["direct"] and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        refused = send(box, "A.TXT", b"second")
        first.sendall(end)
        answer = first.recv(65536)

    assert (refused.status_code, refused.json()["code"]) == (409, "name_temporarily_reserved")
    assert answer.startswith(b"HTTP/1.1 201")
    assert send(box, "A.TXT", b"third").json()["code"] == "item_name_in_use"


def test_an_upload_whose_sender_leaves_keeps_nothing_and_frees_the_name(box, tmp_path):
    place = urlsplit(box.url)
    head = (
        f"POST /up/2.0/files/content HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 5000000\r\n"
        f"Authorization: {box.http.headers['Authorization']}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="attributes"\r\n\r\n{"name": "a.txt", "parent": {"id": "0"}}'
        '\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
    )
    with socket.create_connection((place.hostname, place.port), timeout=10) as sender:
        sender.sendall(head.encode() + b"x" * 2_000_000)
        deadline = time.monotonic() + 10
        while not list(tmp_path.glob("content-*")) and time.monotonic() < deadline:
            threading.Event().wait(0.01)
    while list(tmp_path.glob("content-*")) and time.monotonic() < deadline:
        threading.Event().wait(0.01)

    assert list(tmp_path.glob("content-*")) == []
    assert send(box, "a.txt", b"abc").status_code == 201


def test_a_multipart_body_without_its_end_is_refused(box):
    body = b'--b\r\nContent-Disposition: form-data; name="attributes"\r\n\r\n{"name": "a", "parent": {"id": "0"}}'
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = box.upload("POST", "files/content", data=body, headers=headers)

    assert (answer.status_code, answer.json()["message"]) == (400, "Stream ended unexpectedly")


@pytest.mark.parametrize(("required", "status"), [(False, 201), (True, 411)])
def test_an_upload_without_a_length_is_a_matter_of_a_switch(box, required, status):
    box.state.settings.length_required = required
    whole = requests.Request(
        "POST", "http://x/", files={"attributes": (None, '{"name": "a", "parent": {"id": "0"}}'), "file": ("a", b"abc")}
    ).prepare()
    headers = {"content-type": whole.headers["content-type"]}

    answer = box.upload("POST", "files/content", data=iter([whole.body]), headers=headers)

    assert answer.status_code == status


def test_a_new_version_needs_the_current_etag(box):
    file = sdk_upload(box, "a.txt", b"one")
    attributes = UploadFileVersionAttributes("a.txt")
    box.client.uploads.upload_file_version(file.id, attributes, io.BytesIO(b"two"), if_match=file.etag)

    with pytest.raises(BoxAPIError) as refusal:
        box.client.uploads.upload_file_version(file.id, attributes, io.BytesIO(b"three"), if_match=file.etag)

    assert refusal.value.response_info.status_code == 412
    assert refusal.value.response_info.code == "precondition_failed"
    facts = box.state.files_below()[0]
    assert (facts.versions, facts.sha1) == (2, hashlib.sha1(b"two").hexdigest())


def test_the_preflight_tells_where_to_upload_or_why_not(box):
    check = box.client.uploads.preflight_file_upload_check
    parent = PreflightFileUploadCheckParent(id="0")

    assert check(name="a.txt", size=3, parent=parent).upload_url == f"{box.url}/up/2.0/files/content"
    sdk_upload(box, "a.txt", b"abc")
    with pytest.raises(BoxAPIError) as refusal:
        check(name="A.txt", size=3, parent=parent)
    assert (refusal.value.response_info.context_info or {})["conflicts"]["name"] == "a.txt"


def test_a_full_account_and_a_file_too_large_are_told_apart(box):
    box.state.quota_bytes = 10
    full = send(box, "a.txt", b"x" * 11)
    box.state.quota_bytes = None
    box.state.settings.max_upload_bytes = 10
    large = send(box, "a.txt", b"x" * 11)

    assert (full.status_code, full.json()["code"]) == (403, "storage_limit_exceeded")
    assert (large.status_code, large.json()["code"]) == (403, "file_size_limit_exceeded")


def test_what_is_too_large_for_a_direct_upload_is_refused_unless_switched_off(box):
    box.state.settings.max_direct_bytes = 10
    assert send(box, "a.txt", b"x" * 2_000_000).status_code == 413
    box.state.settings.max_direct_bytes = None
    assert send(box, "a.txt", b"x" * 2_000_000).status_code == 201


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a\tb", "trailing "])
def test_a_bad_name_is_refused(box, name):
    answer = send(box, name, b"abc")

    assert (answer.status_code, answer.json()["code"]) == (400, "item_name_invalid")


def test_a_bad_character_is_left_out_where_that_is_switched_on(box):
    box.state.settings.bad_characters = "remove"

    assert send(box, "a/b?.txt ", b"abc").json()["entries"][0]["name"] == "ab?.txt"


def test_a_name_has_255_characters_at_most(box):
    assert send(box, "ü" * 255, b"abc").status_code == 201
    assert send(box, "x" * 256, b"abc").json()["code"] == "item_name_too_long"


def test_an_upload_into_a_folder_that_is_not_there_is_not_found(box):
    answer = send(box, "a.txt", b"abc", parent_id="4711")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_answer_that_is_lost_after_the_work_leaves_the_file(box):
    box.faults.add(Fault("after", method="POST", path="/files/content$", status=502))

    assert send(box, "a.txt", b"abc").status_code == 502
    assert send(box, "a.txt", b"abc").status_code == 409
    assert [seen.status for seen in box.faults.writes()] == [502]
