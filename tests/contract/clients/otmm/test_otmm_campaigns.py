"""Campaigns are found by search and read by id, against the simulated OTMM."""

import pytest

from domain.errors import NotFound, ServiceRejected
from sandbox.blobs import BytesBlob
from sandbox.faults import Fault

LOCAL = "Local Adaptation"


def test_only_campaigns_of_exactly_this_status_and_type_are_found(dam, client, campaign_id):
    dam.state.add_campaign("C000000079", "Tenth", status="A10")
    dam.state.add_campaign("C000000080", "Global", type="Global comm")
    dam.state.add_campaign("C000000081", "Longer type", type="Local Adaptation 2")
    deleted = dam.state.add_campaign("C000000082", "Deleted")
    dam.state.set_deleted(deleted, deleted=True)
    dam.state.add_asset(
        campaign_id, "no campaign.jpg", None, {"CONTENT.SCALING.STATUS": "A1", "CUSTOM.FIELD.CAMPAIGN TYPE": LOCAL}
    )
    [campaign] = client.campaigns("A1", LOCAL)
    assert campaign == client.campaign(campaign_id)
    assert (campaign.folder_id, campaign.number, campaign.name) == (campaign_id, "C000000078", "Spring Campaign")
    assert (campaign.status, campaign.type) == ("A1", LOCAL)


def test_campaigns_of_any_type_are_found_where_none_is_named(dam, client, campaign_id):
    other = dam.state.add_campaign("C000000080", "Global", type="Global comm")
    dam.state.add_campaign("C000000079", "Tenth", status="A10")
    assert {campaign.folder_id for campaign in client.campaigns("A1")} == {campaign_id, other}


def test_every_page_of_a_search_is_read(dam):
    wanted = {dam.state.add_campaign(f"C{number:09}", f"Campaign {number}") for number in range(53)}
    for page_size in (10, 53, 200):
        with dam.client(page_size=page_size) as client:
            found = [campaign.folder_id for campaign in client.campaigns("A1", LOCAL)]
        assert len(found) == 53
        assert set(found) == wanted


def test_a_server_that_gives_smaller_pages_than_asked_for_hides_nothing(dam, client):
    dam.state.settings.max_limit = 7
    folder_id = dam.state.add_folder(dam.state.add_campaign("C000000001", "One"), "Masters")
    for number in range(20):
        dam.state.add_campaign(f"C{number:09}", "Many", status="A3")
        dam.state.add_asset(folder_id, f"{number}.jpg", BytesBlob(b"x"))
    assert len(client.campaigns("A3", LOCAL)) == 20
    assert len(client.assets_below(folder_id)) == 20


@pytest.mark.parametrize("status", [200, 500])
def test_an_operator_the_dam_does_not_know_is_said(dam, status):
    dam.state.settings.invalid_conditions_status = status
    with dam.client(operator="ARTESIA.OPERATOR.CHAR.IS") as client, pytest.raises(ServiceRejected):
        client.campaigns("A1", LOCAL)


def test_a_hit_that_comes_without_metadata_is_read_by_id(dam, client, campaign_id):
    gone = dam.state.add_campaign("C000000079", "Gone")
    hits = [{"asset_id": found, "name": "x", "container_id": found} for found in (campaign_id, gone)]
    dam.state.set_hidden(gone, hidden=True)
    result = {"search_result": {"hit_count": 2, "total_hit_count": 2}, "asset_list": hits}
    dam.faults.add(Fault("status", path="/search/text", status=200, body={"search_result_resource": result}))
    assert client.campaigns("A1", LOCAL) == [client.campaign(campaign_id)]


def test_a_search_that_stops_short_of_its_total_ends(dam, client):
    result = {"search_result": {"hit_count": 0, "total_hit_count": 5}}
    dam.faults.add(Fault("status", path="/search/text", status=200, body={"search_result_resource": result}))
    assert client.campaigns("A1", LOCAL) == []


def test_a_search_stays_below_the_root_folder(dam, campaign_id):
    root = dam.state.add_folder("ARTESIA.PUBLIC.TREEN", "Brand")
    inside = dam.state.add_campaign("C000000090", "Inside", parent=root)
    with dam.client(root_folder=root) as client:
        assert [campaign.folder_id for campaign in client.campaigns("A1", LOCAL)] == [inside]


def test_a_campaign_is_read_fresh_where_the_search_index_lags(dam, client, campaign_id):
    dam.state.settings.index_delay_s = 60
    dam.state.set_status(campaign_id, "A2")
    assert [found.folder_id for found in client.campaigns("A1", LOCAL)] == [campaign_id]
    assert client.campaign(campaign_id).status == "A2"
    dam.clock.now += 61
    assert client.campaigns("A1", LOCAL) == []


def test_a_status_in_a_lookup_domain_is_read_by_its_id(dam, client, campaign_id):
    dam.state.settings.status_is_domain = True
    assert [found.status for found in client.campaigns("A1", LOCAL)] == ["A1"]
    assert client.campaign(campaign_id).status == "A1"


def test_a_campaign_without_a_number_is_shown_without_one(dam, client, campaign_id):
    dam.state.set_values(campaign_id, {"CUSTOM.FIELD.CAMPAIGN NUMBER": ""})
    assert [found.number for found in client.campaigns("A1", LOCAL)] == [""]


def test_a_campaign_that_was_deleted_is_not_found(dam, client, campaign_id):
    dam.state.set_deleted(campaign_id, deleted=True)
    with pytest.raises(NotFound, match=r"\(Spring Campaign\) is deleted in the DAM"):
        client.campaign(campaign_id)


def test_a_campaign_that_is_not_there_is_not_found(client):
    with pytest.raises(NotFound, match="campaign folder 0000"):
        client.campaign("0" * 40)
