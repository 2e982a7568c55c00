"""The simulated DAM as its readers see it: tokens, folders, assets, metadata, search."""

import http.client
import itertools
import json
import re
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.blobs import BytesBlob
from sandbox.faults import Faults
from sandbox.otmm import create_app
from sandbox.serving import Server

STATUS, TYPE = "CONTENT.SCALING.STATUS", "CUSTOM.FIELD.CAMPAIGN TYPE"
CONTAINS = "ARTESIA.OPERATOR.CHAR.CONTAINS"


def scalar(field_id, value, operator=CONTAINS, **more):
    kind = "com.artesia.search.SearchScalarCondition"
    return {"type": kind, "metadata_field_id": field_id, "relational_operator_id": operator, "value": value} | more


def elements(tree):
    for element in tree.get("metadata_element_list", []):
        yield element
        yield from elements(element)


def element(tree, field_id):
    return next(found for found in elements(tree) if found["id"] == field_id)


def raw_status(dam, target):
    connection = http.client.HTTPConnection(urlsplit(dam.url).netloc, timeout=10)
    try:
        connection.request("GET", target, headers={"Authorization": dam.session.headers["Authorization"]})
        answer = connection.getresponse()
        return answer.status, answer.headers.get_content_type(), answer.read()
    finally:
        connection.close()


def test_a_token_is_given_for_the_secret_in_the_body_or_as_basic(dam):
    by_body = dam.token().json()
    by_basic = requests.post(
        f"{dam.url}/otdsws/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=("sandbox-client", "sandbox-secret"),
        timeout=10,
    ).json()
    assert by_body["token_type"] == "Bearer" and by_body["expires_in"] == 3600
    assert by_basic["access_token"] != by_body["access_token"]
    assert dam.state.tokens.requests == 3


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "device_code"}, 400, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "tsuper", "password": "wrong"}, 400, "invalid_grant"),
    ],
)
def test_a_token_request_is_refused_in_the_words_of_rfc_6749(dam, form, status, error):
    answer = dam.token(**form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_token_ends_with_its_time_and_at_once_when_revoked(dam):
    dam.clock.now += 3599
    assert dam.call("GET", "/folders/rootfolders").status_code == 200
    dam.clock.now += 1
    refused = dam.call("GET", "/folders/rootfolders")
    assert (refused.status_code, refused.json()["exception_body"]["http_response_code"]) == (401, 401)
    dam.sign_in()
    dam.state.expire_tokens()
    assert dam.call("GET", "/folders/rootfolders").status_code == 401


@pytest.mark.parametrize(("shape", "status"), [("html", 401), ("login_page", 200)])
def test_a_call_without_token_may_meet_a_page_for_people(dam, shape, status):
    dam.state.settings.unauthorized_shape = shape
    answer = requests.get(f"{dam.url}/otmmapi/v6/folders/rootfolders", timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")


def test_a_cookie_session_writes_only_with_x_requested_by(dam, seeded):
    browser = requests.Session()
    login = {"username": "tsuper", "password": "sandbox"}
    base = f"{dam.url}/otmmapi/v6"
    session = browser.post(f"{base}/sessions", data=login, timeout=10).json()["session_resource"]["session"]
    assert isinstance(session["id"], int) and isinstance(session["user_id"], str)
    url, lock = f"{base}/assets/{seeded.picture}/state", {"action": "lock"}
    assert browser.get(f"{base}/assets/{seeded.picture}", timeout=10).status_code == 200
    assert browser.put(url, lock, timeout=10).status_code == 403
    assert browser.put(url, lock, headers={"X-Requested-By": str(session["id"])}, timeout=10).status_code == 200
    alone = {"otmmauthtoken": session["message_digest"]}
    assert requests.get(f"{base}/sessions", headers=alone, timeout=10).status_code == 200


def test_behind_a_gateway_the_certificate_is_the_caller_yet_a_dead_token_is_refused(dam, seeded):
    with Server(create_app(dam.state, Faults(), gateway_user="content.scaling"), name="gateway") as gateway:
        url = f"{gateway.url}/otmmapi/v6/folders/{seeded.masters}"
        assert requests.get(url, timeout=10).status_code == 200
        assert requests.get(url, headers={"Authorization": "Bearer dead"}, timeout=10).status_code == 401


def test_raw_json_in_the_request_target_is_answered_by_the_container_not_by_otmm(dam):
    status, kind, page = raw_status(dam, '/otmmapi/v6/folders/rootfolders?data_load_request={"a":[]}')
    assert (status, kind) == (400, "text/html")
    assert b"Invalid character found in the request target" in page
    encoded = "/otmmapi/v6/folders/rootfolders?data_load_request=%7B%22data_load_request%22%3A%7B%7D%7D"
    assert raw_status(dam, encoded)[0] == 200


def test_the_roots_are_the_well_known_ones_and_v5_knows_them_too(dam):
    v6 = dam.get("/folders/rootfolders", load_type="system", limit=0)
    v5 = dam.session.get(f"{dam.url}/otmmapi/v5/folders/rootfolders", timeout=10).json()
    assert v5 == v6
    assert [root["asset_id"] for root in v6["folders_resource"]["folder_list"]] == ["ARTESIA.PUBLIC.TREEN", "1001N"]


def test_children_mix_folders_and_assets_and_only_folders_are_containers(dam, seeded):
    dam.state.add_folder(seeded.masters, "Social")
    for path in ("children", "children/"):
        listed = dam.get(f"/folders/{seeded.masters}/{path}")["folder_children"]["asset_list"]
        assert [item["name"] for item in listed] == ["Küche & Garten.png", "brief.pdf", "Social"]
        assert ["container_id" in item for item in listed] == [False, False, True]
        assert ["content_size" in item for item in listed] == [True, True, False]
    assert all(re.fullmatch("[0-9a-f]{40}", item["asset_id"]) for item in listed)


def test_a_listing_without_a_limit_is_cut_at_the_default_one(dam, seeded):
    for number in range(30):
        dam.state.add_folder(seeded.campaign, f"{number:02}")
    path = f"/folders/{seeded.campaign}/folders"
    assert len(dam.get(path)["folders_resource"]["folder_list"]) == 25
    assert len(dam.get(path, limit=0)["folders_resource"]["folder_list"]) == 31
    rest = dam.get(path, after=25, limit=25)["folders_resource"]["folder_list"]
    assert [folder["name"] for folder in rest] == ["24", "25", "26", "27", "28", "29"]


def test_only_the_listing_of_assets_gives_a_total(dam, seeded):
    resource = dam.get(f"/folders/{seeded.masters}/assets", limit=1)["assets_resource"]
    assert resource["collection_summary"]["total_number_of_items"] == 2
    assert resource["collection_summary"]["actual_count_of_items"] == len(resource["asset_list"]) == 1


def test_child_counts_and_path_come_when_asked_for(dam, seeded):
    wanted = json.dumps({"data_load_request": {"child_count_load_type": "both", "load_path": "true"}})
    folder = dam.get(f"/folders/{seeded.masters}", load_type="custom", data_load_request=wanted)["folder_resource"]
    counts = folder["folder"]["container_child_counts"]
    assert counts == {"total_child_count": 2, "container_count": 0, "asset_count": 2}
    assert [step["name"] for step in folder["folder"]["path_list"][0]["parents"]] == ["Public Folders", "Summer"]


def test_a_missing_and_a_hidden_asset_are_the_same_404(dam, seeded):
    dam.state.set_hidden(seeded.picture, hidden=True)
    for asset_id in (seeded.picture, "f" * 40):
        answer = dam.call("GET", f"/assets/{asset_id}")
        assert (answer.status_code, answer.json()["exception_body"]["http_response_code"]) == (404, 404)


def test_a_folder_may_be_linked_into_a_loop(dam, seeded):
    dam.state.link(seeded.masters, seeded.campaign)
    below = dam.get(f"/folders/{seeded.masters}/folders")["folders_resource"]["folder_list"]
    assert [folder["asset_id"] for folder in below] == [seeded.campaign]
    assert dam.names_found(scalar(STATUS, "A1"), folder_filter=seeded.masters) == ["Summer"]


def test_metadata_comes_only_when_it_is_asked_for(dam, seeded):
    assert "metadata" not in dam.get(f"/assets/{seeded.picture}")["asset_resource"]["asset"]
    tree = dam.get(f"/assets/{seeded.picture}", load_type="metadata")["asset_resource"]["asset"]["metadata"]
    assert len(tree["metadata_element_list"]) == 15
    assert sum("value" in item or "values" in item for item in elements(tree)) >= 28


def test_the_tree_holds_plain_domain_table_cascading_and_empty_fields(dam, seeded):
    dam.state.set_values(seeded.picture, {"FERRERO.TAB.FIELD.CREATIVEX": ["80"], "MAIN_LANGUAGES": ["DE", "", "FR"]})
    tree = dam.get(f"/assets/{seeded.picture}", load_type="full")["asset_resource"]["asset"]["metadata"]
    state, product = element(tree, "FERRERO.FIELD.STATE"), element(tree, "FERRERO.FIELD.PRODUCT")
    languages = element(tree, "FERRERO.TABULAR.FIELD.MAIN LANGUAGES")["metadata_element_list"][0]
    assert state["value"]["value"]["field_value"] == {"type": "string", "value": "GLOBAL"}
    assert (
        product["value"]["cascading_domain_value"] and product["value"]["value"]["display_value"] == "Food^Sweets^Bar"
    )
    assert [row.get("value", {}).get("display_value") for row in languages["values"]] == ["German ", None, "French"]
    assert element(tree, "FERRERO.TAB.FIELD.CREATIVEX")["values"][0]["value"] == {"type": "int", "value": 80}
    assert "value" not in element(tree, "CUSTOM.FIELD.LEGAL COMMENT")["value"]


def test_values_may_be_written_otherwise(dam, seeded):
    dam.state.settings.status_is_domain = True
    dam.state.settings.numbers_as_strings = True
    dam.state.settings.keep_table_gaps = False
    dam.state.set_values(seeded.picture, {"FERRERO.TAB.FIELD.CREATIVEX": ["80"], "MAIN_LANGUAGES": ["DE", "", "FR"]})
    asset = dam.get(f"/assets/{seeded.picture}", load_type="metadata")["asset_resource"]["asset"]["metadata"]
    folder = dam.get(f"/folders/{seeded.campaign}", load_type="metadata")["folder_resource"]["folder"]["metadata"]
    assert element(folder, STATUS)["value"]["value"]["field_value"]["value"] == "A1"
    assert element(asset, "FERRERO.TAB.FIELD.CREATIVEX")["values"][0]["value"]["value"] == "80"
    assert len(element(asset, "MAIN_LANGUAGES")["values"]) == 2


def test_a_complete_asset_can_be_as_large_as_a_real_one(dam, seeded):
    dam.state.settings.full_metadata_bytes = 200_000
    answer = dam.call("GET", f"/assets/{seeded.picture}", params={"load_type": "full"})
    assert 190_000 < len(answer.content) < 260_000


def test_an_asset_without_content_says_so_by_what_it_lacks(dam, seeded):
    empty = dam.get(f"/assets/{seeded.empty}")["asset_resource"]["asset"]
    assert empty["content_size"] == 0 and "master_content_info" not in empty
    dam.state.settings.empty_content_size = "missing"
    assert "content_size" not in dam.get(f"/assets/{seeded.empty}")["asset_resource"]["asset"]


def test_a_new_version_is_a_new_asset_beside_the_old_one(dam, seeded):
    second = dam.state.add_version(seeded.picture, BytesBlob(b"second"))
    listed = dam.get(f"/folders/{seeded.masters}/assets")["assets_resource"]["asset_list"]
    facts = {item["asset_id"]: (item["latest_version"], item["version"], item["original_asset_id"]) for item in listed}
    assert facts[seeded.picture] == (False, 1, seeded.picture)
    assert facts[second] == (True, 2, seeded.picture)


def test_deleted_assets_are_listed_unless_they_are_filtered(dam, seeded):
    dam.state.set_deleted(seeded.empty, deleted=True)
    path, inner = f"/folders/{seeded.masters}/children", {"exclude_deleted_assets": True}
    asset_filter = json.dumps({"asset_filter_request_param": {"asset_filter_request": inner}})
    assert [item["deleted"] for item in dam.get(path)["folder_children"]["asset_list"]] == [False, True]
    assert len(dam.get(path, asset_filter_request=asset_filter)["folder_children"]["asset_list"]) == 1


def test_contains_finds_more_than_what_is_equal(dam, seeded):
    dam.state.add_campaign("C000000079", "Winter", status="A10")
    assert dam.names_found(scalar(STATUS, "A1")) == ["Summer", "Winter"]


def test_conditions_are_joined_and_grouped(dam, seeded):
    dam.state.add_campaign("C000000079", "Winter", type="Global comm", status="B1")
    dam.state.add_campaign("C000000080", "Spring", type="Global comm", status="A1")
    group = [
        scalar(STATUS, "A1", relational_operator="and", left_paren="("),
        scalar(STATUS, "B1", relational_operator="or", right_paren=")"),
    ]
    assert dam.names_found(scalar(TYPE, "Global comm"), *group) == ["Winter", "Spring"]
    assert dam.names_found(scalar(STATUS, "B1"), scalar(STATUS, "A1", relational_operator="or")) == [
        "Summer", "Winter", "Spring",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    [
        scalar("NO.SUCH.FIELD", "x"),
        scalar(STATUS, "A1", operator="ARTESIA.OPERATOR.CHAR.IS"),
        scalar(STATUS, "A1", left_paren="("),
    ],
)
def test_what_the_search_does_not_know_gives_no_hits_and_says_so(dam, seeded, condition):
    result = dam.search(condition)["search_result"]
    assert (result["contains_invalid_conditions"], result["total_hit_count"]) == (True, 0)
    dam.state.settings.invalid_conditions_status = 500
    wrapped = json.dumps({"search_condition_list": {"search_condition": [condition]}})
    answer = dam.call("GET", "/search/text", params={"search_condition_list": wrapped})
    assert answer.status_code == 500 and "exception_body" in answer.json()


def test_the_search_takes_its_parameters_from_form_and_query(dam, seeded):
    wrapped = json.dumps({"search_condition_list": {"search_condition": [scalar(STATUS, "A1")]}})
    query = {"search_condition_list": wrapped, "return_type": "ids"}
    answers = [
        dam.call("GET", "/search/text", params=query),
        dam.call("POST", "/search/text", params=query),
        dam.call("POST", "/search/text", data=query),
        dam.call("POST", "/search/text", params={"return_type": "ids"}, data={"search_condition_list": wrapped}),
    ]
    resources = [answer.json()["search_result_resource"] for answer in answers]
    assert all(found["search_result"]["asset_id_list"] == [seeded.campaign] for found in resources)
    assert all("asset_list" not in found for found in resources)
    assert dam.faults.writes() == []


def test_pages_add_up_to_the_total(dam, seeded):
    for number in range(6):
        dam.state.add_campaign(f"C00000010{number}", f"More {number}")
    found: list[str] = []
    for _ in itertools.repeat(None, 10):
        resource = dam.search(scalar(STATUS, "A1"), after=str(len(found)), limit="3", sort="desc_NAME")
        found += [hit["name"] for hit in resource["asset_list"]]
        if len(found) == resource["search_result"]["total_hit_count"]:
            break
    assert found == ["Summer", "More 5", "More 4", "More 3", "More 2", "More 1", "More 0"]


def test_returned_fields_are_flat_and_only_those_named(dam, seeded):
    resource = dam.search(scalar(STATUS, "A1"), load_type="metadata", metadata_to_return=f"{STATUS},{TYPE}")
    metadata = resource["asset_list"][0]["metadata"]["metadata_element_list"]
    assert [item["id"] for item in metadata] == [STATUS, TYPE]


def test_a_folder_filter_keeps_to_what_is_below(dam, seeded):
    other = dam.state.add_folder("ARTESIA.PUBLIC.TREEN", "Elsewhere")
    dam.state.add_campaign("C000000079", "Winter", parent=other)
    assert dam.names_found(scalar(STATUS, "A1"), folder_filter=other) == ["Winter"]
    direct = {"folder_filter": "ARTESIA.PUBLIC.TREEN", "folder_filter_type": "direct"}
    assert dam.names_found(scalar(STATUS, "A1"), **direct) == ["Summer"]


def test_cells_of_a_table_are_searched_by_row_and_numbers_as_numbers(dam, seeded):
    dam.state.set_values(seeded.picture, {"FERRERO.TAB.FIELD.CREATIVEX": ["80"]})
    cell = {"metadata_field_id": "FERRERO.TAB.FIELD.CREATIVEX", "value": "80.0"}
    column = cell | {"relational_operator_id": "ARTESIA.OPERATOR.NUMBER.IS"}
    kind = {"type": "com.artesia.search.SearchTabularCondition", "metadata_table_id": "any"}
    assert dam.names_found(kind | {"tabular_field_list": [column]}) == ["Küche & Garten.png"]


def test_the_search_lags_behind_writes_and_shows_what_was(dam, seeded):
    dam.state.settings.index_delay_s = 30
    assert dam.patch_status(seeded.campaign, "A2", lock_strategy="optimistic").status_code == 200
    stale = dam.search(scalar(STATUS, "A1"), load_type="metadata", metadata_to_return=STATUS)["asset_list"]
    assert stale[0]["metadata"]["metadata_element_list"][0]["value"]["value"]["value"] == "A1"
    fresh = dam.get(f"/folders/{seeded.campaign}", load_type="metadata")["folder_resource"]["folder"]["metadata"]
    assert element(fresh, STATUS)["value"]["value"]["value"] == "A2"
    dam.clock.now += 30
    assert dam.names_found(scalar(STATUS, "A1")) == []
    assert dam.names_found(scalar(STATUS, "A2")) == ["Summer"]


def test_a_list_of_one_may_come_as_the_bare_element(dam, seeded):
    dam.state.settings.single_element_as_object = True
    assert dam.get("/search/text", keyword_query="Summer")["search_result_resource"]["asset_list"]["name"] == "Summer"


def test_lookup_domains_are_camel_case_and_found_by_an_id_with_blanks(dam):
    domain = dam.get("/lookupdomains/FERRERO.DOMAIN.MAIN%20LANGUAGES")["lookup_domain_resource"]["lookup_domain"]
    assert domain["domainId"] == "FERRERO.DOMAIN.MAIN LANGUAGES"
    assert {value["field_value"]["value"] for value in domain["domainValues"]} >= {"EN", "DE"}
    assert len(dam.get("/lookupdomains")["lookup_domains_resource"]["lookup_domains"]) > 5
    assert dam.call("GET", "/lookupdomains/NONE").status_code == 404
    policies = dam.get("/securitypolicies")["security_policies_resource"]["security_policy_list"]
    assert 1594 in [policy["id"] for policy in policies]
