"""The simulated DAM as its writers see it: edits, locks, new folders, imports and their jobs."""

import hashlib
import json
import tracemalloc

import pytest
from requests_toolbelt import MultipartEncoder

from sandbox.blobs import GeneratedBlob, blocks
from sandbox.faults import Fault

STATUS = "CONTENT.SCALING.STATUS"
KIND = "com.artesia.metadata."
STRING_TITLE = {
    "id": "ARTESIA.FIELD.ASSET DESCRIPTION",
    "type": f"{KIND}MetadataField",
    "value": {"value": {"type": "string", "value": "Hello"}},
}
LANGUAGES = {
    "id": "MAIN_LANGUAGES",
    "parent_table_id": "FERRERO.TABULAR.FIELD.MAIN LANGUAGES",
    "type": f"{KIND}MetadataTableField",
    "values": [
        {
            "domain_value": True,
            "value": {"type": f"{KIND}DomainValue", "field_value": {"type": "string", "value": code}},
        }
        for code in ("DE", "FR")
    ],
}


def state_of(dam, node_id, action):
    return dam.call("PUT", f"/assets/{node_id}/state", data={"action": action})


def selection(*asset_ids):
    kind = "com.artesia.asset.selection.AssetIdsSelectionContext"
    return json.dumps({"selection_context_param": {"selection_context": {"asset_ids": list(asset_ids), "type": kind}}})


def listed(dam, folder_id):
    return dam.get(f"/folders/{folder_id}/children", limit=0)["folder_children"]["asset_list"]


def message(answer):
    body = answer.json()["exception_body"]
    assert body["http_response_code"] == answer.status_code
    return body["message"]


def test_an_edit_needs_a_lock_or_the_optimistic_strategy(dam, seeded):
    assert dam.patch_status(seeded.campaign, "A2").status_code == 500
    assert dam.state.campaign_status(seeded.campaign) == "A1"
    assert dam.patch_status(seeded.campaign, "A2", lock_strategy="optimistic").status_code == 200
    assert state_of(dam, seeded.campaign, "lock").status_code == 200
    assert dam.patch_status(seeded.campaign, "A3").status_code == 200
    assert state_of(dam, seeded.campaign, "unlock").status_code == 200
    assert dam.patch_status(seeded.campaign, "A4").status_code == 500
    assert dam.state.campaign_status(seeded.campaign) == "A3"
    assert [seen.method for seen in dam.faults.writes()] == ["PATCH", "PUT", "PATCH", "PUT"]


@pytest.mark.parametrize("status", [500, 409])
def test_what_somebody_else_has_locked_cannot_be_edited_or_unlocked(dam, seeded, status):
    dam.state.settings.lock_conflict_status = status
    dam.state.set_lock(seeded.campaign, "librarian")
    refused = [
        dam.patch_status(seeded.campaign, "A2", lock_strategy="optimistic"),
        state_of(dam, seeded.campaign, "lock"),
        state_of(dam, seeded.campaign, "unlock"),
    ]
    assert [answer.status_code for answer in refused] == [status] * 3
    assert message(refused[0]) == "Could not lock this asset."
    assert dam.faults.writes() == []


def test_the_name_of_who_locked_outlives_the_lock(dam, seeded):
    state_of(dam, seeded.picture, "lock")
    state_of(dam, seeded.picture, "unlock")
    asset = dam.get(f"/assets/{seeded.picture}")["asset_resource"]["asset"]
    assert asset["locked"] is False
    assert asset["metadata_lock_state_user_name"] == "content.scaling"


def test_a_bulk_lock_is_200_with_its_failures_inside(dam, seeded):
    dam.state.set_lock(seeded.empty, "librarian")
    form = {"action": "lock", "selection_context": selection(seeded.picture, seeded.empty, "f" * 40)}
    answer = dam.call("PUT", "/assets/state", data=form)
    result = answer.json()["bulk_asset_result_representation"]["bulk_asset_result"]
    assert answer.status_code == 200
    assert result == {"successful_object_list": [seeded.picture], "failed_object_list": [seeded.empty, "f" * 40]}


def test_an_edit_replaces_a_table_and_clears_a_field_without_value(dam, seeded):
    cleared = {"id": "FERRERO.FIELD.STATE", "type": f"{KIND}MetadataField", "value": None}
    body = {"edited_asset": {"data": {"metadata": [LANGUAGES, cleared]}}}
    path = f"/assets/{seeded.picture}"
    assert dam.call("PATCH", path, json=body, params={"lock_strategy": "optimistic"}).status_code == 200
    values = dam.state.values(seeded.picture)
    assert (values["MAIN_LANGUAGES"], values["FERRERO.FIELD.STATE"]) == (["DE", "FR"], "")


def test_renaming_is_editing_the_name_field(dam, seeded):
    value = {"value": {"type": "string", "value": "Autumn"}}
    name = {"id": "ARTESIA.FIELD.ASSET NAME", "type": f"{KIND}MetadataField", "value": value}
    assert dam.patch(seeded.campaign, name, lock_strategy="optimistic").status_code == 200
    assert dam.get(f"/folders/{seeded.campaign}")["folder_resource"]["folder"]["name"] == "Autumn"


def test_a_404_after_an_edit_can_mean_saved(dam, seeded):
    dam.state.settings.metadata_404_after_patch = True
    assert dam.patch_status(seeded.campaign, "A2", lock_strategy="optimistic").status_code == 404
    assert dam.state.campaign_status(seeded.campaign) == "A2"
    assert len(dam.faults.writes()) == 1
    assert dam.call("GET", f"/folders/{seeded.campaign}").status_code == 404


def test_an_edit_whose_answer_is_lost_is_done_all_the_same(dam, seeded):
    dam.faults.add(Fault("after", method="PATCH", status=502))
    assert dam.patch_status(seeded.campaign, "A2", lock_strategy="optimistic").status_code == 502
    assert dam.state.campaign_status(seeded.campaign) == "A2"


def test_two_folders_of_one_name_stand_side_by_side(dam, seeded):
    body = {"folder_resource": {"folder": {"name": "Final", "security_policy_list": [{"id": 6}]}}}
    made = [dam.call("POST", f"/folders/{seeded.campaign}", json=body) for _ in range(2)]
    ids = {answer.json()["folder_resource"]["folder"]["asset_id"] for answer in made}
    assert len(ids) == 2
    assert [item["name"] for item in listed(dam, seeded.campaign)] == ["01. Master Assets", "Final", "Final"]


def test_children_are_moved_with_the_failures_inside(dam, seeded):
    finals = dam.state.add_folder(seeded.campaign, "02. Final Assets")
    chosen = selection(seeded.picture, seeded.campaign)
    form = {"type": "move", "parent_id": seeded.masters, "selection_context": chosen}
    answer = dam.call("PUT", f"/folders/{finals}/children", data=form).json()
    result = answer["folder_operation_resource"]["folder_operation_result"]
    assert result["valid_children"] == [seeded.picture]
    assert len(result["failed_children"]) == 1
    assert [item["asset_id"] for item in listed(dam, finals)] == [seeded.picture]


def test_an_import_is_accepted_as_a_job_and_becomes_an_asset(dam, seeded):
    content = bytes(range(256)) * 12_000
    answer = dam.upload(seeded.masters, "Käse.mp4", content, [STRING_TITLE, LANGUAGES])
    job_id = answer.json()["job_handle"]["job_id"]
    assert (answer.status_code, type(job_id)) == (202, str)
    made = listed(dam, seeded.masters)[-1]
    assert (made["name"], made["import_job_id"], made["content_size"]) == ("Käse.mp4", int(job_id), len(content))
    info = dam.get(f"/assets/{made['asset_id']}")["asset_resource"]["asset"]["master_content_info"]
    assert info["content_checksum"] == hashlib.md5(content).hexdigest()
    assert dam.call("GET", f"/assets/{made['asset_id']}/contents").content == content
    assert dam.state.values(made["asset_id"])["MAIN_LANGUAGES"] == ["DE", "FR"]
    assert dam.get(f"/jobs/{job_id}")["job_resource"]["job"]["status"] == "COMPLETED"
    assert dam.state.imports[0].upload.representation["asset_resource"]["asset"]["metadata_model_id"] == "ECOMMERCE"


def test_an_import_shows_after_so_many_looks_at_its_job(dam, seeded):
    dam.state.settings.import_polls = 2
    job_id = dam.upload(seeded.masters, "a.mp4", b"x").json()["job_handle"]["job_id"]
    assert [dam.get(f"/jobs/{job_id}")["job_resource"]["job"]["status"] for _ in range(2)] == ["RUNNING", "COMPLETED"]
    assert len(listed(dam, seeded.masters)) == 3


def test_where_jobs_cannot_be_read_looking_into_the_folder_is_the_poll(dam, seeded):
    dam.state.settings.import_polls = 2
    dam.state.settings.jobs_shape = "absent"
    job_id = dam.upload(seeded.masters, "a.mp4", b"x").json()["job_handle"]["job_id"]
    assert dam.call("GET", f"/jobs/{job_id}").status_code == 404
    assert [len(listed(dam, seeded.masters)) for _ in range(2)] == [2, 3]


def test_an_import_may_never_end_until_it_is_told_to(dam, seeded):
    dam.state.settings.import_polls = None
    dam.upload(seeded.masters, "a.mp4", b"x")
    assert [len(listed(dam, seeded.masters)) for _ in range(3)] == [2, 2, 2]
    dam.state.finish_imports()
    assert len(listed(dam, seeded.masters)) == 3


def test_a_job_may_fail_and_leave_no_asset(dam, seeded):
    dam.state.settings.import_fails = "No space left in the content store."
    dam.state.settings.jobs_shape = "handle"
    job_id = dam.upload(seeded.masters, "a.mp4", b"x").json()["job_handle"]["job_id"]
    assert dam.get(f"/jobs/{job_id}")["job_handle"]["status"] == "FAILED"
    assert len(listed(dam, seeded.masters)) == 2


def test_a_restricted_extension_is_a_business_error(dam, seeded):
    answer = dam.upload(seeded.masters, "a.exe", b"x")
    assert (answer.status_code, message(answer)) == (500, "Cannot import asset having restricted file extension.")
    assert (dam.state.imports, dam.faults.writes()) == ([], [])


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "X.TITLE", "type": f"{KIND}MetadataField", "value": {"value": {"value": "no type"}}},
        {"id": "X.TITLE", "type": f"{KIND}MetadataField", "value": {"value": "bare"}},
        {"id": "X.TABLE", "type": f"{KIND}MetadataTableField", "values": [{"type": f"{KIND}MetadataTableFieldRow"}]},
        {"id": "X.TITLE", "value": {"value": {"type": "string", "value": "x"}}},
    ],
)
def test_a_value_without_its_type_is_a_validation_error(dam, seeded, broken):
    assert message(dam.upload(seeded.masters, "a.mp4", b"x", [broken])) == "Metadata validation failed."
    assert dam.state.imports == []


def test_a_value_outside_its_domain_is_refused_where_the_dam_is_strict(dam, seeded):
    dam.state.settings.reject_unknown_domain_values = True
    assert dam.upload(seeded.masters, "a.mp4", b"x", [LANGUAGES]).status_code == 202
    dam.state.domains["FERRERO.DOMAIN.MAIN LANGUAGES"].pop("FR")
    assert dam.upload(seeded.masters, "b.mp4", b"x", [LANGUAGES]).status_code == 500


@pytest.mark.parametrize(
    "parts",
    [
        {"manifest": (None, "{}", "application/json")},
        {"manifest": (None, "no json", "application/json")},
        {"files": ("other.mp4", b"x", "application/octet-stream")},
        {"asset_representation": (None, '{"asset_resource":{"asset":{}}}', "application/json")},
    ],
)
def test_parts_that_do_not_fit_together_are_refused(dam, seeded, parts):
    answer = dam.upload(seeded.masters, "a.mp4", b"x", **parts)
    assert (answer.status_code, message(answer)) == (500, "Asset creation failed.")


def test_an_import_into_a_missing_folder_is_a_404(dam):
    assert dam.upload("f" * 40, "a.mp4", b"x").status_code == 404


def test_a_large_upload_is_never_held_in_memory(dam, seeded, tmp_path):
    size = 32 * 1024 * 1024
    source = tmp_path / "large.mp4"
    with source.open("wb") as file:
        file.writelines(blocks(GeneratedBlob("large", size, "mp4")))
    tracemalloc.start()
    try:
        with source.open("rb") as file:
            body = MultipartEncoder(fields=dam.import_parts(seeded.masters, "large.mp4", file))
            answer = dam.call("POST", "/assets", data=body, headers={"Content-Type": body.content_type})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.status_code == 202
    assert dam.state.imports[0].upload.blob.size == size
    assert peak < size / 4


def test_the_control_api_shows_and_pushes_and_is_not_counted(dam, seeded):
    dam.state.settings.import_polls = None
    dam.upload(seeded.masters, "a.mp4", b"x")
    counted = len(dam.faults.requests)
    for push in ("finish-imports", "reindex", "expire-tokens"):
        assert dam.session.post(f"{dam.url}/_sandbox/{push}", timeout=10).status_code == 204
    shown = dam.session.get(f"{dam.url}/_sandbox/state", timeout=10).json()
    assert (shown["folders"], shown["assets"], shown["campaigns"]) == (4, 3, {"Summer": "A1"})
    assert len(dam.faults.requests) == counted
    assert dam.call("GET", "/folders/rootfolders").status_code == 401


def test_a_large_upload_with_a_dead_token_is_read_to_its_end_and_refused(dam, seeded):
    dam.state.expire_tokens()
    assert dam.upload(seeded.masters, "a.mp4", bytes(8 * 1024 * 1024)).status_code == 401


def test_a_gateway_may_want_x_requested_by_on_every_write(dam, seeded):
    dam.state.settings.requested_by_required = True
    assert dam.patch_status(seeded.campaign, "A2", lock_strategy="optimistic").status_code == 403
    dam.session.headers["X-Requested-By"] = "any"
    assert dam.patch_status(seeded.campaign, "A2", lock_strategy="optimistic").status_code == 200


def test_the_optimistic_strategy_may_be_for_folders_only(dam, seeded):
    dam.state.settings.optimistic_on_assets = False
    edit = {"json": {"edited_asset": {"data": {"metadata": [STRING_TITLE]}}}, "params": {"lock_strategy": "optimistic"}}
    assert dam.call("PATCH", f"/assets/{seeded.picture}", **edit).status_code == 500
    assert dam.patch_status(seeded.campaign, "A2", lock_strategy="optimistic").status_code == 200


def test_the_job_of_an_asset_need_not_be_the_job_that_was_returned(dam, seeded):
    dam.state.settings.import_job_id_matches = False
    job_id = dam.upload(seeded.masters, "a.mp4", b"x").json()["job_handle"]["job_id"]
    assert listed(dam, seeded.masters)[-1]["import_job_id"] != int(job_id)
