"""Chunked uploads to the simulated Box, by the SDK's own uploader and part by part."""

import base64
import hashlib
import io
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from box_sdk_gen import BoxAPIError, UploadFileAttributes, UploadFileAttributesParentField

from sandbox.box import errors
from sandbox.faults import Fault

CONTENT = random.Random(7).randbytes(2_500)


@pytest.fixture
def session(box) -> dict[str, Any]:
    """An open session for 2,500 bytes in parts of 1,000."""
    body = {"folder_id": "0", "file_name": "Spot.mp4", "file_size": len(CONTENT)}
    answer = box.upload("POST", "files/upload_sessions", json=body)
    assert answer.status_code == 201
    opened: dict[str, Any] = answer.json()
    return opened


def put_all(box, session: dict[str, Any]) -> list[dict[str, Any]]:
    answers = [box.put_part(session, CONTENT[start : start + 1_000], start) for start in (0, 1_000, 2_000)]
    return [answer.json()["part"] for answer in answers]


def test_the_sdk_uploads_a_file_in_parts(box):
    content = random.Random(1).randbytes(20_000_000)
    box.state.settings.min_session_bytes = 20_000_000
    box.state.settings.part_bytes = 8 * 1024 * 1024

    file = box.client.chunked_uploads.upload_big_file(io.BytesIO(content), "big.mp4", len(content), "0")

    assert file.sha_1 == hashlib.sha1(content).hexdigest()
    assert box.state.content_of(file.id) == content
    assert box.state.bytes_received["part"] == len(content)
    assert box.state.upload_sessions == []


def test_the_session_names_absolute_addresses_and_the_size_of_a_part(box, session):
    assert (session["part_size"], session["total_parts"], session["num_parts_processed"]) == (1_000, 3, 0)
    assert all(url.startswith(f"{box.url}/fupload/2.0/") for url in session["session_endpoints"].values())


def test_parts_may_come_in_any_order_and_at_once(box, session):
    with ThreadPoolExecutor(3) as pool:
        answers = list(
            pool.map(lambda start: box.put_part(session, CONTENT[start : start + 1_000], start), (2_000, 0, 1_000))
        )
    parts = [answer.json()["part"] for answer in answers]

    assert box.commit(session, parts, CONTENT).json()["entries"][0]["sha1"] == hashlib.sha1(CONTENT).hexdigest()
    assert box.state.content_of(box.state.files_below()[0].id) == CONTENT


def test_a_part_is_answered_with_its_place_and_checksum(box, session):
    part = box.put_part(session, CONTENT[:1_000], 0).json()["part"]

    assert (part["offset"], part["size"]) == (0, 1_000)
    assert part["sha1"] == hashlib.sha1(CONTENT[:1_000]).hexdigest()
    status = box.http.get(session["session_endpoints"]["status"], timeout=10).json()
    assert status["num_parts_processed"] == 1


def test_a_part_never_changes_not_even_into_itself(box, session):
    box.put_part(session, CONTENT[:1_000], 0)
    answer = box.put_part(session, CONTENT[:1_000], 0)

    assert (answer.status_code, answer.json()["code"]) == (409, "range_overlaps_existing_part")


def test_of_two_equal_parts_at_once_one_is_kept(box, session):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: box.put_part(session, CONTENT[:1_000], 0).status_code, range(4)))

    assert sorted(answers) == [200, 409, 409, 409]


@pytest.mark.parametrize(("status", "code"), [(412, "precondition_failed"), (400, "bad_digest")])
def test_a_part_with_a_wrong_checksum_is_refused(box, session, tmp_path, status, code):
    box.state.settings.digest_mismatch_status = status
    answer = box.put_part(session, CONTENT[:1_000], 0, sha1=hashlib.sha1(b"other").digest())

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert list(tmp_path.glob("content-*")) == []


@pytest.mark.parametrize(("offset", "size"), [(500, 1_000), (0, 999), (2_000, 1_000)])
def test_a_part_off_the_grid_is_refused(box, session, offset, size):
    assert box.put_part(session, b"x" * size, offset).status_code == 416


def test_a_part_shorter_than_its_range_is_refused(box, session):
    digest = base64.b64encode(hashlib.sha1(b"x").digest()).decode()
    headers = {"digest": f"sha={digest}", "content-range": "bytes 0-999/2500"}
    answer = box.http.put(session["session_endpoints"]["upload_part"], data=b"x", headers=headers, timeout=10)

    assert answer.status_code == 416


def test_parts_are_listed_in_pages(box, session):
    put_all(box, session)
    url = session["session_endpoints"]["list_parts"]
    pages = [box.http.get(url, params={"offset": offset, "limit": 2}, timeout=10).json() for offset in (0, 2)]

    assert [[part["offset"] for part in page["entries"]] for page in pages] == [[0, 1_000], [2_000]]
    assert [page["total_count"] for page in pages] == [3, 3]


def test_the_newest_parts_can_be_missing_from_the_list(box, session):
    put_all(box, session)
    box.state.settings.unlisted_parts = 1

    listed = box.http.get(session["session_endpoints"]["list_parts"], timeout=10).json()

    assert [part["offset"] for part in listed["entries"]] == [0, 1_000]


def test_a_commit_can_carry_the_dates_of_the_content(box, session):
    parts = put_all(box, session)
    attributes = {"content_modified_at": "2024-02-03T04:05:06+00:00"}
    file = box.commit(session, parts, CONTENT, attributes=attributes).json()["entries"][0]

    assert file["content_modified_at"] == "2024-02-03T04:05:06+00:00"


def test_a_commit_with_a_part_missing_or_unknown_is_a_mismatch(box, session):
    parts = put_all(box, session)

    for named in (parts[:2], [*parts[:2], {**parts[2], "part_id": "FFFFFFFF"}]):
        answer = box.commit(session, named, CONTENT)
        assert (answer.status_code, answer.json()["code"]) == (400, "parts_mismatch")
    assert box.commit(session, parts, CONTENT).status_code == 201


def test_a_commit_with_a_wrong_checksum_of_the_whole_is_refused(box, session):
    answer = box.commit(session, put_all(box, session), b"other")

    assert answer.status_code == 412
    assert box.state.files_below() == []


def test_a_commit_can_be_put_off(box, session):
    parts = put_all(box, session)
    box.state.settings.commit_waits, box.state.settings.commit_mismatches = 2, 1

    answers = [box.commit(session, parts, CONTENT) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [400, 202, 202, 201]
    assert answers[1].headers["Retry-After"] == "1"
    assert len(box.state.files_below()) == 1


def test_a_commit_can_be_put_off_without_saying_for_how_long_and_the_file_appear_meanwhile(box, session):
    parts = put_all(box, session)
    settings = box.state.settings
    settings.commit_waits, settings.commit_stores_at_once, settings.commit_retry_after = 1, True, None

    answer = box.commit(session, parts, CONTENT)

    assert (answer.status_code, answer.content) == (202, b"")
    assert "Retry-After" not in answer.headers
    assert len(box.state.files_below()) == 1
    assert box.commit(session, parts, CONTENT).status_code == 201
    assert len(box.state.files_below()) == 1


def test_a_session_is_gone_after_its_commit(box, session):
    parts = put_all(box, session)
    box.commit(session, parts, CONTENT)

    assert box.commit(session, parts, CONTENT).status_code == 404


def test_a_commit_whose_answer_is_lost_has_stored_the_file(box, session):
    parts = put_all(box, session)
    box.faults.add(Fault("after", path="/commit$", status=502))

    assert box.commit(session, parts, CONTENT).status_code == 502
    assert [facts.name for facts in box.state.files_below()] == ["Spot.mp4"]


def test_a_name_taken_meanwhile_is_a_conflict_at_the_commit_and_the_session_stays(box, session):
    parts = put_all(box, session)
    box.state.add_file("0", "spot.mp4", b"abc")

    answer = box.commit(session, parts, CONTENT)

    assert answer.status_code == 409
    assert answer.json()["context_info"]["conflicts"]["name"] == "spot.mp4"
    assert len(box.state.upload_sessions) == 1


def test_two_commits_at_once_make_one_file(box, session):
    parts = put_all(box, session)
    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(lambda _: box.commit(session, parts, CONTENT).status_code, range(2)))

    assert statuses[0] == 201
    assert statuses[1] in {404, 409}
    assert len(box.state.files_below()) == 1


def test_a_new_version_by_parts_needs_the_current_etag(box):
    file = box.state.add_file("0", "Spot.mp4", b"abc")
    session = box.upload("POST", f"files/{file.id}/upload_sessions", json={"file_size": len(CONTENT)}).json()
    parts = put_all(box, session)

    assert box.commit(session, parts, CONTENT, if_match="7").status_code == 412
    assert box.commit(session, parts, CONTENT, if_match="0").status_code == 201
    assert box.state.files_below()[0].versions == 2


def test_opening_a_session_checks_name_room_and_size(box):
    box.state.add_file("0", "taken.mp4", b"abc")
    box.state.quota_bytes = 10_000

    def opened(name: str, size: int):
        body = {"folder_id": "0", "file_name": name, "file_size": size}
        answer = box.upload("POST", "files/upload_sessions", json=body)
        return answer.status_code, answer.json()["code"]

    assert opened("taken.mp4", 2_000) == (409, "item_name_in_use")
    assert opened("small.mp4", 999) == (400, "file_size_too_small")
    assert opened("large.mp4", 20_000) == (403, "storage_limit_exceeded")


def test_the_sdk_opens_a_session_for_a_new_version(box):
    file = box.state.add_file("0", "Spot.mp4", b"abc")
    opened = box.client.chunked_uploads.create_file_upload_session_for_existing_file(file.id, len(CONTENT))
    session = {"id": opened.id, "session_endpoints": opened.session_endpoints.to_dict()}
    parts = put_all(box, session)

    answer = box.commit(session, parts, CONTENT)

    assert answer.status_code == 201
    assert answer.json()["entries"][0]["id"] == file.id
    assert [(facts.versions, facts.size) for facts in box.state.files_below()] == [(2, 2_500)]


def test_the_sdk_uploads_a_new_version_in_parts(box):
    file = box.state.add_file("0", "Spot.mp4", b"abc")

    box.client.chunked_uploads.upload_big_file_version(file.id, io.BytesIO(CONTENT), len(CONTENT))

    assert box.state.content_of(file.id) == CONTENT


def test_the_bytes_of_a_refused_part_count_as_received(box, session):
    for _ in range(2):
        box.put_part(session, CONTENT[:1_000], 0)

    assert box.state.bytes_received["part"] == 2_000


def test_an_aborted_session_leaves_nothing(box, session, tmp_path):
    put_all(box, session)
    answer = box.http.delete(session["session_endpoints"]["abort"], timeout=10)

    assert answer.status_code == 204
    assert box.state.upload_sessions == []
    assert list(tmp_path.glob("content-*")) == []
    with pytest.raises(BoxAPIError) as refusal:
        box.client.chunked_uploads.get_file_upload_session_by_id(session["id"])
    assert refusal.value.response_info.status_code == 404


def test_a_session_ends_after_seven_days(box, session, tmp_path):
    box.put_part(session, CONTENT[:1_000], 0)
    box.clock.ahead_s = 7 * 24 * 3600 + 1

    assert box.state.upload_sessions == []
    with pytest.raises(errors.BoxError) as refusal:
        box.state.sessions.get(session["id"], box.user_id)
    assert refusal.value.status == 404
    assert list(tmp_path.glob("content-*")) == []


def test_a_session_belongs_to_the_user_who_opened_it(box, session):
    answer = box.http.get(session["session_endpoints"]["status"], headers={"As-User": "20000002"}, timeout=10)

    assert answer.status_code == 403


@pytest.mark.parametrize("storage", [None])
def test_without_a_folder_everything_is_kept_in_memory(box, session, tmp_path):
    box.commit(session, put_all(box, session), CONTENT)
    attributes = UploadFileAttributes("a.txt", UploadFileAttributesParentField("0"))
    box.client.uploads.upload_file(attributes, io.BytesIO(b"abc"))

    contents = {facts.name: box.state.content_of(facts.id) for facts in box.state.files_below()}
    assert contents == {"Spot.mp4": CONTENT, "a.txt": b"abc"}
    assert list(tmp_path.iterdir()) == []
