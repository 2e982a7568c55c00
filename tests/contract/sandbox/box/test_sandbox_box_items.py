"""Folders and files of the simulated Box, by the SDK."""

import io

import pytest
from box_sdk_gen import (
    BoxAPIError,
    CreateCommentItem,
    CreateCommentItemTypeField,
    CreateFolderParent,
    GetFileMetadataByIdScope,
    UpdateFileMetadataByIdRequestBody,
    UpdateFileMetadataByIdRequestBodyOpField,
    UpdateFileMetadataByIdScope,
    UploadFileVersionAttributes,
)

from sandbox.box import create_download_app
from sandbox.faults import Faults
from sandbox.serving import Server

TEMPLATE = "ferrerodammetadata"


@pytest.fixture
def file(box):
    return box.state.add_file("0", "Spot.mp4", b"0123456789")


def refusal_of(call, *arguments, **options):
    with pytest.raises(BoxAPIError) as refusal:
        call(*arguments, **options)
    return refusal.value.response_info


def test_a_folder_is_made_once_whatever_its_case(box):
    made = box.client.folders.create_folder("C000000078-Campaign", CreateFolderParent(id="0"))
    refusal = refusal_of(box.client.folders.create_folder, "c000000078-CAMPAIGN", CreateFolderParent(id="0"))

    assert (refusal.status_code, refusal.code) == (409, "item_name_in_use")
    assert [conflict["id"] for conflict in refusal.context_info["conflicts"]] == [made.id]
    assert len([seen for seen in box.faults.writes() if seen.path == "/2.0/folders"]) == 1


def test_a_folder_is_shown_with_its_path(box):
    outer = box.state.add_folder("outer")
    inner = box.state.add_folder("inner", outer.id)

    shown = box.client.folders.get_folder_by_id(inner.id)

    assert shown.name == "inner"
    assert [folder.name for folder in shown.path_collection.entries] == ["All Files", "outer"]
    assert box.client.folders.get_folder_by_id("0").name == "All Files"


def test_a_folder_that_is_not_there_is_not_found(box):
    assert refusal_of(box.client.folders.get_folder_by_id, "4711").code == "not_found"
    assert refusal_of(box.client.folders.create_folder, "x", CreateFolderParent(id="4711")).status_code == 404


def test_a_folder_is_deleted_with_what_is_in_it_when_that_is_asked_for(box):
    folder = box.state.add_folder("full")
    inner = box.state.add_folder("inner", folder.id)
    box.state.add_file(inner.id, "a.txt", b"abc")

    assert refusal_of(box.client.folders.delete_folder_by_id, folder.id).status_code == 400
    box.client.folders.delete_folder_by_id(folder.id, recursive=True)
    assert box.state.files_below() == []


def test_a_listing_by_marker_ends_with_a_null_marker_and_misses_nothing_that_stays(box):
    for number in range(5):
        box.state.add_file("0", f"{number}.txt", b"x")
    box.state.add_folder("a folder")
    names, marker = [], None
    while True:
        page = box.client.folders.get_folder_items("0", usemarker=True, marker=marker, limit=2)
        names += [entry.name for entry in page.entries]
        if len(names) == 2:
            box.state.tree.delete_file(box.state.files_below()[0].id)
        marker = page.next_marker
        assert page.total_count is None
        if not marker:
            break

    assert names == ["a folder", "0.txt", "1.txt", "2.txt", "3.txt", "4.txt"]
    assert page.raw_data["next_marker"] is None


def test_the_last_marker_can_be_an_empty_text(box):
    box.state.settings.end_marker = ""

    assert box.client.folders.get_folder_items("0", usemarker=True).raw_data["next_marker"] == ""


def test_a_listing_by_offset_tells_the_total(box):
    for number in range(3):
        box.state.add_file("0", f"{number}.txt", b"x")
    page = box.client.folders.get_folder_items("0", offset=1, limit=1)

    assert ([entry.name for entry in page.entries], page.total_count) == (["1.txt"], 3)


def test_a_listing_takes_at_most_1000_items_a_page(box):
    assert box.api("GET", "folders/0/items?limit=1001").status_code == 400


def test_without_fields_a_listing_does_not_tell_sizes(box, file):
    entry = box.api("GET", "folders/0/items").json()["entries"][0]

    assert "size" not in entry
    assert entry["sha1"] == file.sha1


def test_fields_choose_what_is_told_metadata_included(box, file):
    box.state.set_metadata(file.id, TEMPLATE, {"creativexScore": 80.0})
    fields = ["name", "size", f"metadata.enterprise_12345.{TEMPLATE}"]
    page = box.client.folders.get_folder_items("0", fields=fields)

    entry = page.raw_data["entries"][0]
    assert set(entry) == {"type", "id", "etag", "name", "size", "metadata"}
    assert entry["metadata"]["enterprise_12345"][TEMPLATE]["creativexScore"] == 80.0


def test_sizes_can_be_floats(box, file):
    box.state.settings.float_sizes = True

    assert '"size":10.0' in box.api("GET", f"files/{file.id}?fields=size").text


def test_a_file_can_be_renamed_moved_and_described(box, file):
    folder = box.state.add_folder("elsewhere")
    changes = {"name": "New.mp4", "parent": {"id": folder.id}, "description": "moved"}
    changed = box.api("PUT", f"files/{file.id}", json=changes).json()

    assert (changed["name"], changed["description"], changed["etag"]) == ("New.mp4", "moved", "1")
    assert [facts.path for facts in box.state.files_below()] == ["elsewhere/New.mp4"]
    assert box.state.add_file("0", "Spot.mp4", b"the name is free again").name == "Spot.mp4"


def test_a_change_with_an_old_etag_is_refused(box, file):
    box.client.files.update_file_by_id(file.id, name="a.mp4", if_match="0")

    assert refusal_of(box.client.files.update_file_by_id, file.id, name="b.mp4", if_match="0").status_code == 412
    assert refusal_of(box.client.files.delete_file_by_id, file.id, if_match="0").status_code == 412


def test_a_deleted_file_waits_in_the_trash_and_uses_up_the_quota(box, file):
    box.state.quota_bytes = 15
    box.client.files.delete_file_by_id(file.id, if_match="0")

    assert box.state.files_below() == []
    assert refusal_of(box.client.files.get_file_by_id, file.id).code == "trashed"
    assert box.state.tree.used_bytes() == 10
    box.client.trashed_files.delete_trashed_file_by_id(file.id)
    assert box.state.tree.used_bytes() == 0
    assert refusal_of(box.client.files.get_file_by_id, file.id).code == "not_found"


def test_without_a_trash_a_deleted_file_is_gone_with_its_content(box, tmp_path):
    box.state.settings.trash = False
    form = {"attributes": (None, '{"name": "a", "parent": {"id": "0"}}'), "file": ("a", b"abc")}
    file_id = box.upload("POST", "files/content", files=form).json()["entries"][0]["id"]
    assert len(list(tmp_path.glob("content-*"))) == 1

    box.client.files.delete_file_by_id(file_id)

    assert list(tmp_path.glob("content-*")) == []


def test_a_comment_stands_beside_its_file(box, file):
    item = CreateCommentItem(id=file.id, type=CreateCommentItemTypeField.FILE)
    box.client.comments.create_comment("The name has no tracking id.", item)

    comments = box.client.comments.get_file_comments(file.id)
    assert [(comment.message, comment.created_by.id) for comment in comments.entries] == [
        ("The name has no tracking id.", box.user_id)
    ]


@pytest.mark.parametrize("code", ["instance_not_found", "instance_tuple_not_found"])
def test_missing_metadata_is_answered_in_its_own_smaller_shape(box, file, code):
    box.state.settings.metadata_missing_code = code
    answer = box.api("GET", f"files/{file.id}/metadata/enterprise/{TEMPLATE}")

    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "request_id"}
    assert answer.json()["code"] == code


def test_metadata_is_made_read_and_patched(box, file):
    answer = box.api("POST", f"files/{file.id}/metadata/enterprise/{TEMPLATE}", json={"creativexScore": 80.5})
    patch = UpdateFileMetadataByIdRequestBody(
        op=UpdateFileMetadataByIdRequestBodyOpField.REPLACE, path="/creativexScore", value="81"
    )
    scope = UpdateFileMetadataByIdScope.ENTERPRISE
    box.client.file_metadata.update_file_metadata_by_id(file.id, scope, TEMPLATE, [patch])

    raw = box.client.file_metadata.get_file_metadata_by_id(
        file.id, GetFileMetadataByIdScope.ENTERPRISE, TEMPLATE
    ).raw_data
    assert (answer.status_code, raw["creativexScore"], raw["$version"]) == (201, "81", 1)
    assert (raw["$parent"], raw["$scope"], raw["$template"]) == (f"file_{file.id}", "enterprise_12345", TEMPLATE)
    again = box.api("POST", f"files/{file.id}/metadata/enterprise/{TEMPLATE}", json={})
    assert (again.status_code, again.json()["code"]) == (409, "tuple_already_exists")


def test_a_download_is_redirected_to_another_port(box, file):
    faults = Faults()
    with Server(create_download_app(box.state, faults), name="box-downloads") as server:
        box.state.urls.download = server.url
        stream = box.client.downloads.download_file(file.id, range="bytes=2-")

        assert stream.read(100) == b"23456789"
        assert box.client.downloads.get_download_file_url(file.id).startswith(server.url)
        assert [(seen.status, seen.headers["range"]) for seen in faults.requests] == [(206, "bytes=2-")]


def test_a_range_of_a_download_is_a_part_unless_ranges_are_switched_off(box, file):
    part = box.api("GET", f"files/{file.id}/content", headers={"Range": "bytes=3-5"})
    rest = box.api("GET", f"files/{file.id}/content", headers={"Range": "bytes=8-"})
    beyond = box.api("GET", f"files/{file.id}/content", headers={"Range": "bytes=10-"})
    box.state.settings.range_supported = False
    whole = box.api("GET", f"files/{file.id}/content", headers={"Range": "bytes=3-5"})

    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"345", "bytes 3-5/10")
    assert rest.content == b"89"
    assert beyond.status_code == 416
    assert (whole.status_code, whole.content) == (200, b"0123456789")


def test_a_download_can_end_early_without_a_sign_of_it(box, file):
    box.state.settings.short_by_bytes = 4

    answer = box.api("GET", f"files/{file.id}/content")

    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"012345", "6")


def test_a_download_can_be_put_off(box, file):
    box.state.settings.download_waits = 1

    answers = [box.api("GET", f"files/{file.id}/content") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 200]
    assert answers[0].headers["Retry-After"] == "1"


def test_a_download_address_expires(box, file):
    url = box.client.downloads.get_download_file_url(file.id)
    box.clock.ahead_s = 901

    assert box.http.get(url, timeout=10).status_code == 403


def test_an_old_version_can_be_downloaded(box, file):
    first = file.current.id
    box.client.uploads.upload_file_version(file.id, _version_attributes(), io.BytesIO(b"new"))

    assert box.api("GET", f"files/{file.id}/content?version={first}").content == b"0123456789"
    assert box.api("GET", f"files/{file.id}/content").content == b"new"


def test_uploads_are_events(box, file):
    page = box.client.events.get_events(stream_position="0")

    assert [(event.event_type, event.source.id) for event in page.entries] == [("UPLOAD", file.id)]
    assert box.client.events.get_events(stream_position="now").entries == []
    assert box.client.events.get_events(stream_position=str(page.next_stream_position)).entries == []


def test_people_can_look_at_the_state_and_end_every_token(box, file):
    shown = box.http.get(f"{box.url}/_sandbox/state", timeout=10).json()
    box.http.post(f"{box.url}/_sandbox/expire-tokens", timeout=10)

    assert (shown["files"], shown["token_requests"]) == (["Spot.mp4"], 1)
    assert box.api("GET", "users/me").status_code == 401


def _version_attributes():
    return UploadFileVersionAttributes("Spot.mp4")
