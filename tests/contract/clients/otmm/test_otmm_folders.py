"""Folders and assets are listed and read, against the simulated OTMM."""

import json

import pytest

from domain.errors import MetadataRefused, NotFound
from domain.metadata import FieldIs, field_value
from sandbox.blobs import BytesBlob, GeneratedBlob
from sandbox.faults import Fault

LOCAL = "Local Adaptation"


def test_a_sub_folder_is_found_by_a_part_of_its_name(dam, client, campaign_id):
    masters = dam.state.add_folder(campaign_id, "01. MASTER Assets")
    dam.state.add_folder(dam.state.add_folder(campaign_id, "02. Final Assets"), "Master Assets, but deeper")
    dam.state.set_deleted(dam.state.add_folder(campaign_id, "Master Assets old"), deleted=True)
    dam.state.add_asset(campaign_id, "Master Assets.pdf", BytesBlob(b"x"))
    found = client.folder_named(campaign_id, "Master Assets")
    assert found is not None
    assert (found.folder_id, found.name) == (masters, "01. MASTER Assets")
    assert client.folder_named(campaign_id, "Legal") is None


def test_two_sub_folders_that_fit_are_both_named(dam, client, campaign_id):
    dam.state.add_folder(campaign_id, "01. Master Assets")
    dam.state.add_folder(campaign_id, "Master Assets (old)")
    with pytest.raises(MetadataRefused, match=r"01\. Master Assets.*Master Assets \(old\)"):
        client.folder_named(campaign_id, "master assets")


def test_a_folder_is_found_among_more_than_a_page_of_them(dam, client, campaign_id):
    for number in range(60):
        dam.state.add_folder(campaign_id, f"{number:02}")
    dam.state.add_folder(campaign_id, "Master Assets")
    assert client.folder_named(campaign_id, "Master Assets") is not None


def test_assets_come_depth_first_with_their_sub_folders(dam, client, campaign_id):
    add_folder, add_asset = dam.state.add_folder, dam.state.add_asset
    for name in ("d.jpg", "a.jpg"):
        add_asset(campaign_id, name, BytesBlob(b"x"))
    stills = add_folder(campaign_id, "b Stills")
    add_asset(add_folder(stills, "a Ümläut & Co"), "deep.jpg", BytesBlob(b"x"))
    add_asset(stills, "z.jpg", BytesBlob(b"x"))
    add_folder(campaign_id, "c Empty")
    found = [asset.path for asset in client.assets_below(campaign_id)]
    assert found == ["a.jpg", "b Stills/a Ümläut & Co/deep.jpg", "b Stills/z.jpg", "d.jpg"]


def test_an_asset_is_listed_with_what_its_transfer_is_checked_by(dam, client, campaign_id):
    blob = GeneratedBlob("x", 100_000, "jpg")
    asset_id = dam.state.add_asset(campaign_id, "x.jpg", blob)
    [asset] = client.assets_below(campaign_id)
    assert (asset.asset_id, asset.size_bytes, asset.md5) == (asset_id, 100_000, blob.md5)
    assert asset.mime_type == "image/jpeg"


@pytest.mark.parametrize("form", ["zero", "missing"])
def test_an_asset_without_content_is_listed_without_a_size(dam, client, campaign_id, form):
    dam.state.settings.empty_content_size = form
    dam.state.add_asset(campaign_id, "metadata only", None)
    [asset] = client.assets_below(campaign_id)
    assert (asset.size_bytes, asset.md5) == (None, None)


def test_deleted_assets_and_older_versions_are_left_out(dam, client, campaign_id):
    dam.state.set_deleted(dam.state.add_asset(campaign_id, "deleted.jpg", BytesBlob(b"x")), deleted=True)
    newest = dam.state.add_version(dam.state.add_asset(campaign_id, "x.jpg", BytesBlob(b"1")), BytesBlob(b"22"))
    assert [asset.asset_id for asset in client.assets_below(campaign_id)] == [newest]


def test_a_folder_below_itself_is_walked_once(dam, client, campaign_id):
    inner = dam.state.add_folder(dam.state.add_folder(campaign_id, "outer"), "inner")
    dam.state.add_asset(inner, "x.jpg", BytesBlob(b"x"))
    dam.state.link(inner, campaign_id)
    dam.state.link(campaign_id, inner)
    assert len(client.assets_below(campaign_id)) == 1


@pytest.mark.parametrize("page_size", [1, 3, 200])
def test_every_page_of_a_folder_is_read(dam, campaign_id, page_size):
    for number in range(10):
        dam.state.add_asset(campaign_id, "same name.jpg" if number % 2 else f"{number}.jpg", BytesBlob(b"x"))
    with dam.client(page_size=page_size) as client:
        assert len({asset.asset_id for asset in client.assets_below(campaign_id)}) == 10


def test_lists_of_one_and_numbers_as_text_are_understood(dam, client, campaign_id):
    dam.state.settings.single_element_as_object = True
    dam.state.settings.numbers_as_strings = True
    folder = dam.state.add_folder(campaign_id, "Master Assets")
    asset_id = dam.state.add_asset(folder, "x.jpg", BytesBlob(b"xyz"))
    assert [campaign.folder_id for campaign in client.campaigns("A1", LOCAL)] == [campaign_id]
    assert client.folder_named(campaign_id, "Master Assets") is not None
    assert [asset.size_bytes for asset in client.assets_below(campaign_id)] == [3]
    assert field_value(client.asset(asset_id), "ARTESIA.FIELD.ASSET NAME") == "x.jpg"


def test_an_asset_is_read_complete(dam, client, campaign_id):
    dam.state.settings.full_metadata_bytes = 200_000
    blob = BytesBlob(b"xyz")
    asset_id = dam.state.add_asset(campaign_id, "x.jpg", blob, {"CUSTOM.FIELD.ECOMMERCE STATUS": "NOT APPROVED"})
    asset = client.asset(asset_id)
    assert len(json.dumps(asset)) > 150_000
    assert asset["asset_id"] == asset_id
    assert asset["master_content_info"]["content_checksum"] == blob.md5
    assert {"security_policy_list", "path_list", "inherited_metadata_collections"} <= asset.keys()
    assert field_value(asset, "CUSTOM.FIELD.ECOMMERCE STATUS") == "NOT APPROVED"


def test_a_listing_survives_a_dam_in_trouble(dam, client, campaign_id):
    dam.state.add_asset(campaign_id, "x.jpg", BytesBlob(b"x"))
    for fault in (Fault("status", path="children", status=503), Fault("cut", path="children", at_byte=30)):
        dam.faults.clear()
        dam.faults.add(fault)
        assert len(client.assets_below(campaign_id)) == 1
        assert fault.hits == 1
    assert dam.waits == [0.5, 0.5]


def test_reading_changes_nothing(dam, client, campaign_id, read_all):
    asset_id = dam.state.add_asset(campaign_id, "x.jpg", BytesBlob(b"x"))
    client.campaigns("A1", LOCAL)
    client.assets_below(campaign_id)
    client.asset(asset_id)
    with client.open_content(asset_id) as stream:
        read_all(stream)
    assert dam.faults.writes() == []


@pytest.mark.parametrize("listing_metadata", [True, False])
def test_only_assets_whose_field_has_the_value_are_listed_where_one_is_asked_for(
    dam, client, campaign_id, listing_metadata
):
    dam.state.settings.listing_metadata = listing_metadata
    status, below = "CUSTOM.FIELD.ECOMMERCE STATUS", dam.state.add_folder(campaign_id, "Films")
    for folder, name, value in (
        (campaign_id, "a.png", "NOT APPROVED"),
        (campaign_id, "b.png", "APPROVED"),
        (below, "c.mp4", "NOT APPROVED"),
    ):
        dam.state.add_asset(folder, name, BytesBlob(b"x"), {status: value})
    dam.state.add_asset(campaign_id, "d.png", BytesBlob(b"x"))
    found = client.assets_below(campaign_id, holding=FieldIs(status, "not approved"))
    assert sorted(asset.path for asset in found) == ["Films/c.mp4", "a.png"]


def test_an_asset_that_was_deleted_after_it_was_listed_is_not_found(dam, client, campaign_id):
    asset_id = dam.state.add_asset(campaign_id, "a.jpg", BytesBlob(b"x"))
    assert client.asset(asset_id)["name"] == "a.jpg"
    dam.state.set_deleted(asset_id, deleted=True)
    with pytest.raises(NotFound, match=r"asset .* \(a.jpg\) is deleted in the DAM"):
        client.asset(asset_id)
