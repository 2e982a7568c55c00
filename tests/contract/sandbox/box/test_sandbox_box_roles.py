"""Permissions in the simulated Box: told to who asks, by the nearest role."""

import requests

FLAGS = {
    *("can_download", "can_upload", "can_rename", "can_delete", "can_share"),
    *("can_invite_collaborator", "can_set_share_access"),
}


def permissions(box, kind: str, item_id: str) -> set[str]:
    told = box.api("GET", f"{kind}/{item_id}", params={"fields": "name,permissions"}).json()["permissions"]
    assert set(told) >= FLAGS
    return {name for name, is_allowed in told.items() if is_allowed}


def test_permissions_are_told_only_to_who_asks_for_them(box):
    folder = box.state.add_folder("Masters")
    assert "permissions" not in box.api("GET", f"folders/{folder.id}").json()
    assert "permissions" not in box.api("GET", f"folders/{folder.id}", params={"fields": "name"}).json()
    assert permissions(box, "folders", folder.id) == FLAGS


def test_the_sdk_reads_them(box):
    folder = box.state.add_folder("Masters")
    box.state.roles.give(folder.id, "viewer")
    told = box.client.folders.get_folder_by_id(folder.id, fields=["permissions"]).permissions
    assert (told.can_download, told.can_upload, told.can_delete) == (True, False, False)


def test_a_role_holds_for_everything_below_until_another_is_given(box):
    outer = box.state.add_folder("Outer")
    inner = box.state.add_folder("Inner", outer.id)
    file = box.state.add_file(outer.id, "a.txt", b"a")
    box.state.roles.give(outer.id, "viewer")
    assert permissions(box, "folders", inner.id) == {"can_download", "can_share"}
    assert permissions(box, "files", file.id) == {"can_download", "can_share", "can_preview", "can_comment"}
    box.state.roles.give(inner.id, "viewer uploader")
    assert "can_upload" in permissions(box, "folders", inner.id)


def test_listings_tell_them_too(box):
    folder = box.state.add_folder("Masters")
    box.state.add_file(folder.id, "a.txt", b"a")
    listed = box.api("GET", f"folders/{folder.id}/items", params={"fields": "permissions"}).json()["entries"]
    assert [entry["permissions"]["can_comment"] for entry in listed] == [True]


def test_a_role_is_given_at_a_terminal_and_a_wrong_one_is_refused(box):
    folder = box.state.add_folder("Masters")

    def give(**wish: str) -> requests.Response:
        return requests.post(f"{box.url}/_sandbox/roles", json=wish, timeout=20)

    assert give(folder_id=folder.id, role="viewer").status_code == 204
    assert "can_upload" not in permissions(box, "folders", folder.id)
    assert give(folder_id=folder.id, role="boss").status_code == 400
    assert give(folder_id="99", role="viewer").status_code == 400
