"""From the DAM's JSON to campaigns and assets."""

from typing import Any

import pytest

from clients.otmm import parse
from clients.otmm.move import edit_body
from domain.errors import ServiceRejected

MD5 = "9e107d9d372bb6826bd81d3542a419d6"


def test_an_asset_is_read_with_its_size_and_checksum():
    item = {
        "asset_id": "a1",
        "name": "x.jpg",
        "mime_type": "image/jpeg",
        "content_size": 3103,
        "master_content_info": {"content_checksum": MD5.upper(), "content_size": "3103"},
    }
    asset = parse.asset(item, ("Stills",))
    assert (asset.asset_id, asset.size_bytes, asset.md5, asset.mime_type) == ("a1", 3103, MD5, "image/jpeg")
    assert asset.path == "Stills/x.jpg"


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({}, None),
        ({"content_size": 0, "asset_content_info": {"master_content": {}}}, None),
        ({"content_size": 0, "master_content_info": {"content_size": 0, "id": "r"}}, 0),
        ({"content_size": "12"}, 12),
        ({"content_size": -1}, None),
        ({"asset_content_info": {"master_content": {"content_size": 5}}}, 5),
    ],
    ids=["nothing said", "no content", "empty content", "a number as text", "below zero", "the nested form"],
)
def test_an_asset_without_content_has_no_size(item, size):
    assert parse.asset(item).size_bytes == size


@pytest.mark.parametrize("checksum", [None, "", "abc", "sha256:" + "a" * 64, 12])
def test_a_checksum_that_is_no_md5_is_left_out(checksum):
    assert parse.asset({"master_content_info": {"content_checksum": checksum}}).md5 is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"container_id": "f"}, True),
        ({"container_type_id": "ARTESIA.BASIC.FOLDER"}, True),
        ({"type": "com.artesia.container.Container"}, True),
        ({"content_size": 0}, False),
    ],
)
def test_a_folder_is_told_from_an_asset(item, expected):
    assert parse.is_folder(item) is expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"deleted": True}, True),
        ({"deleted": "true"}, True),
        ({"deleted": "false", "content_state": "NORMAL"}, False),
        ({"content_state": "DELETED"}, True),
        ({"content_state": "SEL_DEL"}, True),
        ({}, False),
    ],
)
def test_a_deleted_item_is_known_by_either_sign(item, expected):
    assert parse.is_deleted(item) is expected


@pytest.mark.parametrize(
    ("item", "expected"), [({"latest_version": False}, True), ({"latest_version": True}, False), ({}, False)]
)
def test_an_older_version_is_superseded(item, expected):
    assert parse.is_superseded(item) is expected


def test_a_list_may_be_its_only_element_or_missing_but_its_envelope_may_not():
    one = {"asset_id": "f"}
    assert parse.listing({"folders_resource": {"folder_list": one}}, "folders_resource", "folder_list", "x") == [one]
    assert parse.listing({"folders_resource": {}}, "folders_resource", "folder_list", "x") == []
    assert parse.listing({"folders_resource": None}, "folders_resource", "folder_list", "x") == []
    with pytest.raises(ServiceRejected, match=r"folder 1: .* no folders_resource"):
        parse.listing({"something": {}}, "folders_resource", "folder_list", "folder 1")


def test_an_answer_of_another_shape_is_said():
    answers: list[dict[str, Any]] = [{}, {"asset_resource": []}, {"asset_resource": {"asset": None}}]
    for answer in answers:
        with pytest.raises(ServiceRejected, match=r"asset 1: .* asset_resource\.asset"):
            parse.resource(answer, "asset_resource", "asset", "asset 1")


def test_an_edit_takes_the_kind_of_value_the_field_has():
    def value(element):
        [field] = edit_body("STATUS", "A2", element)["edited_folder"]["data"]["metadata"]
        assert field["id"] == "STATUS"
        return field["value"]

    plain = {"value": {"type": "string", "value": "A2"}}
    assert value({}) == plain
    assert value({"value": {"domain_value": False, "value": {"type": "string", "value": "A1"}}}) == plain
    assert value({"value": {"domain_value": "true"}})["value"] == {
        "type": "com.artesia.metadata.DomainValue",
        "field_value": {"type": "string", "value": "A2"},
    }
