"""What the rules make of a master is taken by the simulated OTMM as it is, in an upload over HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from domain.fields import DerivativeFacts, FieldRules, domain_faults, representation
from sandbox.blobs import BytesBlob

SHIPPED = Path(__file__).parents[4] / "config" / "fields.yaml"
NAME = "RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4"
FACTS = DerivativeFacts(NAME, "TEST-JOB", "de", "OLV", "80.0", "https://app.creativex.com/scorecards/1")


@pytest.fixture
def rules() -> FieldRules:
    return FieldRules.model_validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))


@pytest.fixture
def made(dam, client, campaign_id, rules):
    """The representation of a derivative whose master has everything, and odd values among it."""
    values = {"MARKETING_TAG": ["", "HERO"], "CUSTOM.FIELD.CAMPAIGN NUMBER": "C000000078"}
    master = dam.state.add_asset(campaign_id, "Master.mp4", BytesBlob(b"x"), values)
    return representation(client.asset(master), FACTS, rules)


def by_id(made):
    return {element["id"]: element for element in made["asset_resource"]["asset"]["metadata"]["metadata_element_list"]}


def upload(dam, folder, made):
    """Upload as the DAM wants it: one multipart body."""
    manifest = {"upload_manifest": {"master_files": [{"file": {"file_name": NAME, "file_type": "video/mp4"}}]}}
    parts: dict[str, Any] = {
        "parent_folder_id": (None, folder),
        "manifest": (None, json.dumps(manifest), "application/json"),
        "asset_representation": (None, json.dumps(made), "application/json"),
        "files": (NAME, b"film", "application/octet-stream"),
    }
    headers = {"Authorization": f"Bearer {dam.tokens().bearer()}"}
    return requests.post(f"{dam.url}/otmmapi/v6/assets", files=parts, headers=headers, timeout=5)


def test_the_dam_takes_it_with_every_domain_value_checked(dam, client, campaign_id, made):
    dam.state.settings.reject_unknown_domain_values = True
    answer = upload(dam, campaign_id, made)
    assert answer.status_code == 202, answer.text
    [asset] = [asset for asset in client.assets_below(campaign_id) if asset.name == NAME]
    assert dam.state.values(asset.asset_id) == {
        "ARTESIA.FIELD.ASSET NAME": NAME,
        "ARTESIA.FIELD.ASSET DESCRIPTION": "TEST-JOB",
        "MAIN_LANGUAGES": ["DE"],
        "FERRERO.FIELD.ASSETCOMPLIANCE": ["OK"],
        "MARKETING_TAG": ["HERO"],
        "FERRERO.FIELD.STATE": "LOCAL",
        "FERRERO.FIELD.MKTG.ASSET TYPE": "OLV",
        "FERRERO.FIELD.FISCAL YEAR": "2026",
        "FERRERO.FIELD.SUB BRAND": "RAF",
        "FERRERO.FIELD.PRODUCT": "FOOD^SWEETS^BAR",
        "FERRERO.MARKETING.FIELD.AGENCY NAME": "AG01",
        "FERRERO.MARKETING.FIELD.SPOT_VERSION": "001",
        "FERRERO.MARKETING.FIELD.DIRECTOR_NAME": "A. Director",
        "FERRERO.MARKET.FIELD.IPRIGHT": "Yes",
        "FERRERO.MARKET.FIELD.BUYOUT": "No",
        "FERRERO.TAB.FIELD.CREATIVEX": ["80"],
        "FERRERO.FIELD.CREATIVEX LINK": "https://app.creativex.com/scorecards/1",
        "CUSTOM.FIELD.CAMPAIGN NUMBER": "C000000078",
    }


def test_a_derivative_taken_for_a_master_gives_the_same_again(dam, client, campaign_id, rules, made):
    upload(dam, campaign_id, made)
    [asset] = [asset for asset in client.assets_below(campaign_id) if asset.name == NAME]
    assert by_id(representation(client.asset(asset.asset_id), FACTS, rules)) == by_id(made)


def test_its_domain_values_are_checked_against_the_dam(dam, client, rules, made):
    def values_of(domain_id):
        return {value.value_id for value in client.lookup_domain(domain_id)}

    assert domain_faults(made, rules, values_of) == []
    del dam.state.domains["FERRERO.DOMAIN.ASSET TYPE"]["OLV"], dam.state.domains["FERRERO.DOMAIN.STATE"]
    with dam.client() as another:
        client = another
        said = [str(fault) for fault in domain_faults(made, rules, values_of)]
    assert len(said) == 2
    assert said[0].startswith("FERRERO.FIELD.STATE: 'LOCAL' could not be checked")
    assert said[1] == "FERRERO.FIELD.MKTG.ASSET TYPE: the lookup domain FERRERO.DOMAIN.ASSET TYPE does not hold 'OLV'"
