"""How much metadata the simulated DAM gives with what lies in a folder."""

import json

import pytest

from sandbox.blobs import BytesBlob

VERDICT, COMMENT, DATE = "CUSTOM.FIELD.ECOMMERCE STATUS", "CUSTOM.FIELD.LEGAL COMMENT", "CUSTOM.FIELD.LEGAL DATE"
REJECTED = {VERDICT: "NOT APPROVED", COMMENT: "Süß & gut?\nNot so.", DATE: "2026-03-02T09:00:00Z"}
METADATA = {
    "load_type": "custom",
    "data_load_request": json.dumps({"data_load_request": {"load_metadata": "true"}}),
    "metadata_to_return": f"{VERDICT},{COMMENT},{DATE}",
}
LEFT_OUT = ("metadata", "inherited_metadata_collections")
LISTINGS = {
    "children": ("folder_children", "asset_list"),
    "assets": ("assets_resource", "asset_list"),
    "folders": ("folders_resource", "folder_list"),
}


@pytest.fixture
def rejected(dam, seeded) -> str:
    dam.state.set_values(seeded.picture, REJECTED)
    return str(seeded.picture)


def listing(dam, folder_id, kind="children", **params):
    envelope, items = LISTINGS[kind]
    return dam.get(f"/folders/{folder_id}/{kind}", limit=0, **params)[envelope][items]


def fields(item):
    return {field["id"]: field for field in item["metadata"]["metadata_element_list"]}


def test_children_bring_the_fields_that_are_asked_for_flat_below_their_metadata(dam, seeded, rejected):
    picture, empty = listing(dam, seeded.masters, **METADATA)

    assert list(fields(picture)) == list(fields(empty)) == [VERDICT, COMMENT, DATE]
    verdict = fields(picture)[VERDICT]["value"]
    assert verdict["domain_value"] is True
    assert verdict["value"]["field_value"] == {"type": "string", "value": "NOT APPROVED"}
    assert verdict["value"]["display_value"] == "Not approved"
    assert fields(picture)[COMMENT]["value"]["value"] == {"type": "string", "value": REJECTED[COMMENT]}
    assert fields(picture)[DATE]["value"]["value"] == {"type": "dateTime", "value": REJECTED[DATE]}
    assert all("value" not in field["value"] for field in fields(empty).values())


def test_children_bring_no_metadata_unless_it_is_asked_for(dam, seeded, rejected):
    only_named = {"metadata_to_return": VERDICT, "load_type": "custom"}
    for params in ({}, {"load_type": "system"}, only_named, METADATA | {"load_type": "system"}):
        assert all("metadata" not in item for item in listing(dam, seeded.masters, **params))


@pytest.mark.parametrize("kind", LISTINGS)
@pytest.mark.parametrize("params", [METADATA, {"load_type": "metadata"}, {"load_type": "full"}])
def test_a_server_may_list_a_folder_without_metadata_whatever_is_asked(dam, seeded, kind, params):
    dam.state.add_folder(seeded.masters, "Social")
    before = listing(dam, seeded.masters, kind, **params)
    dam.state.settings.listing_metadata = False
    after = listing(dam, seeded.masters, kind, **params)

    assert all("metadata" in item for item in before)
    assert after == [{key: value for key, value in item.items() if key not in LEFT_OUT} for item in before]


def test_such_a_server_still_gives_metadata_by_id_and_in_a_search(dam, seeded, rejected):
    dam.state.settings.listing_metadata = False
    alone = dam.get(f"/assets/{rejected}", **METADATA)["asset_resource"]["asset"]
    chosen = dam.get("/assets", asset_ids=rejected, **METADATA)["assets_resource"]["asset_list"]
    found = dam.search(folder_filter=seeded.masters, **METADATA)["asset_list"]

    assert fields(alone)[COMMENT]["value"]["value"]["value"] == REJECTED[COMMENT]
    assert [fields(item) for item in chosen] == [fields(alone)]
    assert fields(alone) in [fields(item) for item in found]


def test_a_new_version_of_a_rejected_asset_has_another_id_and_what_was_said_of_the_old_one(dam, seeded, rejected):
    newest = dam.state.add_version(rejected, BytesBlob(b"reworked"))
    items = {item["asset_id"]: item for item in listing(dam, seeded.masters, **METADATA)}

    assert newest != rejected
    assert fields(items[newest]) == fields(items[rejected])
    assert [(items[key]["version"], items[key]["latest_version"]) for key in (rejected, newest)] == [
        (1, False),
        (2, True),
    ]


def test_a_server_may_list_a_folder_without_checksums_and_give_them_by_id(dam, seeded):
    wanted = json.dumps({"data_load_request": {"load_asset_content_info": "true"}})
    loaded = {"load_type": "custom", "data_load_request": wanted}
    before = listing(dam, seeded.masters, **loaded)
    dam.state.settings.listing_checksums = False
    after = listing(dam, seeded.masters, **loaded)

    shown = [item["master_content_info"] for item in before if "master_content_info" in item]
    assert all("content_checksum" in info for info in shown)
    bare = [{key: value for key, value in info.items() if key != "content_checksum"} for info in shown]
    assert [item["master_content_info"] for item in after if "master_content_info" in item] == bare
    alone = dam.get(f"/assets/{seeded.picture}", **loaded)["asset_resource"]["asset"]
    assert "content_checksum" in alone["master_content_info"]
