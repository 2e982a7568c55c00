"""What a twin starts with: seeds read, refused and put into the DAM."""

from collections import Counter
from typing import Any

import pytest
from pydantic import ValidationError

from sandbox.otmm import FieldIds, OtmmSettings, OtmmState
from sandbox.seeds import CAMPAIGNS, SMALL, Seed, SeedCampaign, SeedFolder, load_seed, read_seed
from sandbox.twin import Twin

LOCAL = "Local Adaptation"
REVIEW = {
    "status": "NOT APPROVED",
    "approver": {"comment": "Too short.", "certifier": "Anna", "date": "2026-03-02T09:00:00Z"},
    "legal": {"comment": "Süß?\nProof, <b>please</b>."},
    "iacc": "No children.",
}


def campaign_with(**asset: Any) -> dict[str, Any]:
    folder = {"name": "02. Final Assets", "assets": [{"name": "a.png", **asset}]}
    return {"campaigns": [{"number": "C1", "name": "x", "folders": [folder]}]}


def values_of(state: OtmmState, name: str) -> dict[str, Any]:
    (node,) = [node for node in state.tree if node.name == name]
    return state.values(node.id)


def demo_campaign(number: str) -> SeedCampaign:
    (found,) = [campaign for campaign in read_seed(CAMPAIGNS).campaigns if campaign.number == number]
    return found


def final_assets(number: str) -> SeedFolder:
    return demo_campaign(number).folders[1]


def test_a_review_stands_in_the_ten_fields_where_it_says_something():
    state = OtmmState()
    load_seed(state, campaign_with(review=REVIEW))
    said = {key: value for key, value in values_of(state, "a.png").items() if key.startswith("CUSTOM.FIELD")}

    assert said == {
        "CUSTOM.FIELD.ECOMMERCE STATUS": "NOT APPROVED",
        "CUSTOM.FIELD.APPROVER COMMENT": "Too short.",
        "CUSTOM.FIELD.APPROVER CERTIFIER": "Anna",
        "CUSTOM.FIELD.APPROVER DATE": "2026-03-02T09:00:00Z",
        "CUSTOM.FIELD.LEGAL COMMENT": "Süß?\nProof, <b>please</b>.",
        "CUSTOM.FIELD.IACC COMMENT": "No children.",
    }


def test_a_review_follows_the_ids_of_the_settings_and_metadata_by_id_wins():
    state = OtmmState(OtmmSettings(fields=FieldIds(ecommerce_status="X.VERDICT", legal="X.LAW")))
    load_seed(state, campaign_with(review=REVIEW, metadata={"X.VERDICT": "APPROVED"}))
    values = values_of(state, "a.png")

    assert (values["X.VERDICT"], values["X.LAW COMMENT"]) == ("APPROVED", "Süß?\nProof, <b>please</b>.")


def test_a_campaign_names_the_global_one_that_it_adapts():
    state = OtmmState()
    seed = {"campaigns": [{"number": "C1", "name": "x", "global_campaign": "C9"}, {"number": "C2", "name": "y"}]}
    found = [state.values(folder_id)["CUSTOM.FIELD.GLOBAL CAMPAIGN"] for folder_id in load_seed(state, seed).values()]

    assert found == ["C9", ""]


@pytest.mark.parametrize(
    ("review", "reason"),
    [
        ({"status": "REJECTED"}, "'REJECTED' is not one of APPROVED, NOT APPROVED"),
        ({"boss": "no"}, "boss"),
        ({"legal": {"note": "no"}}, "legal.note"),
        ({"legal": {"date": "yesterday"}}, "legal.date"),
        ({"legal": {"date": "2026-03-02T09:00:00"}}, "no time zone"),
    ],
)
def test_a_review_that_the_dam_could_not_hold_is_refused_by_name(review, reason):
    with pytest.raises(ValidationError, match=reason):
        Seed.model_validate(campaign_with(review=review))


def test_a_seed_with_an_unknown_key_is_refused_by_name():
    with pytest.raises(ValueError, match="colour"):
        load_seed(None, {"campaigns": [{"number": "C1", "name": "x", "colour": "red"}]})  # type: ignore[arg-type]


def test_every_content_of_the_seeds_is_unlike_every_other(tmp_path):
    twin = Twin(tmp_path, seed=SMALL)
    load_seed(twin.otmm, campaign_with())
    checksums = [node.content.blob.md5 for node in twin.otmm.tree if node.content]
    assert len(set(checksums)) == len(checksums) == 4


def test_the_demo_seed_has_the_campaigns_it_promises(tmp_path):
    kinds = [(campaign.status, campaign.type) for campaign in read_seed(CAMPAIGNS).campaigns]
    first = [("A1", LOCAL)] * 3 + [("A1", "Global comm"), ("A10", LOCAL), ("A2", LOCAL)]
    assert kinds == [*first, ("B1", "Global comm"), ("A5", LOCAL), ("A5", LOCAL), ("A4", LOCAL), ("A3", LOCAL)]
    twin = Twin(tmp_path, seed=CAMPAIGNS)
    sizes = sorted(node.content.blob.size for node in twin.otmm.tree if node.content)
    assert sizes[-2:] == [24_000_000, 80_000_000]
    assert [node.name for node in twin.otmm.tree if not node.is_folder and not node.content] == [
        "Storyboard to follow.pdf"
    ]


def test_the_global_campaign_of_the_demo_has_finals_in_a_sub_folder_and_working_files_to_leave_alone():
    masters, finals = demo_campaign("C000000107").folders
    assert masters.assets
    assert finals.folders[0].assets
    assert any(asset.creativex for asset in finals.assets)


def test_one_campaign_of_the_demo_is_rejected_in_part_and_one_is_approved():
    finals = final_assets("C000000108")
    assets = (*finals.assets, *finals.folders[0].assets)
    verdicts = Counter(asset.review.status if asset.review else None for asset in assets)
    comment = next(asset.review.legal.comment for asset in assets if asset.review and asset.review.legal)

    assert verdicts == {"NOT APPROVED": 2, "APPROVED": 2, None: 1}
    assert comment is not None
    assert all(part in comment for part in ("\n", "Ä", "<b>"))
    assert {asset.review and asset.review.status for asset in final_assets("C000000109").assets} == {"APPROVED"}


def test_a_part_of_a_name_finds_several_campaigns_of_the_demo():
    names = [campaign.name for campaign in read_seed(CAMPAIGNS).campaigns]
    assert [name for name in names if "spring" in name.lower()] == ["Spring in Bloom", "Spring Brunch"]
    assert len(set(names)) == len(names)
