"""A derivative's whole representation is compared with the one that is written down in `golden/`."""

import copy

import pytest

from domain.errors import ScoreRefused
from domain.fields import DerivativeFacts, FieldRules, representation

LINK = "https://app.creativex.com/scorecards/80"
SCORE = "FERRERO.TAB.FIELD.CREATIVEX"
VIDEO = DerivativeFacts("RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4", "TEST-JOB", "de", "OLV", "80.0", LINK)
STILL = DerivativeFacts("RAF_ME-MOMENT_IMG_1x1_GL_it.jpg", "ME-MOMENT", "it", "IMG")
BANNER = DerivativeFacts("RAF_DE_de_SALE_BAN_001_16x9.jpg", "SALE", "de", "BAN", "55", LINK)


@pytest.mark.parametrize(
    ("case", "master", "facts"),
    [
        ("v2_video_with_score", "full", VIDEO),
        ("still_without_score", "full", STILL),
        ("creativex_added", "without_score", VIDEO),
        ("override_removes_fields", "full", BANNER),
        ("master_with_empty_elements", "empty", VIDEO),
        ("table_with_gaps", "gaps", VIDEO),
    ],
)
def test_the_representation_is_the_one_written_down(case, master, facts, golden, rules):
    assert representation(golden(f"masters/{master}"), facts, rules) == golden(case)


@pytest.mark.parametrize("master", ["full", "without_score"])
def test_a_cascading_score_is_written_as_platform_and_score(master, golden, rule_data):
    rule_data["definitions"][SCORE] |= {"kind": "cascading", "datatype": "string"}
    rule_data["creativex"]["platform"] = "META"
    made = representation(golden(f"masters/{master}"), VIDEO, FieldRules.model_validate(rule_data))
    assert made == golden(f"cascading_score_{master}")


def test_nothing_is_changed_in_the_master(golden, rules):
    master = golden("masters/full")
    before = copy.deepcopy(master)
    made = representation(master, VIDEO, rules)
    made["asset_resource"]["asset"]["metadata"]["metadata_element_list"].clear()
    assert master == before


def test_the_metadata_tree_alone_gives_the_same(golden, rules):
    master = golden("masters/full")
    assert representation(master["metadata"], VIDEO, rules) == representation(master, VIDEO, rules)


def test_a_master_without_any_metadata_still_gives_what_the_rules_set(golden, rules):
    made = by_id(representation({"asset_id": "x", "name": "x.mp4"}, VIDEO, rules))
    assert set(made) == {*rules.filename_updates, *rules.forced, *rules.defaults, SCORE, "FERRERO.FIELD.CREATIVEX LINK"}


def test_a_missing_language_is_the_default_and_a_missing_subject_keeps_the_masters(golden, rules):
    facts = DerivativeFacts("x.mp4", "", "", "OLV")
    made = by_id(representation(golden("masters/full"), facts, rules))
    assert value(made["MAIN_LANGUAGES"]["values"][0]) == "EN"
    assert value(made["ARTESIA.FIELD.ASSET DESCRIPTION"]["value"]) == "Master"


def test_later_steps_win(golden, rule_data):
    field = "FERRERO.FIELD.STATE"
    steps = [("filename_updates", {"from": "subject"}), ("forced", "F"), ("defaults", "D"), ("overrides", "O")]
    seen = []
    for section in ("filename_updates", "forced", "defaults", "overrides"):
        rule_data[section] = {}
    for section, setting in steps:
        rule_data[section] = {"OLV": {field: setting}} if section == "overrides" else {field: setting}
        made = by_id(representation(golden("masters/full"), VIDEO, FieldRules.model_validate(rule_data)))
        seen.append(value(made[field]["value"]))
    assert seen == ["TEST-JOB", "F", "F", "O"]


def test_a_score_that_its_field_cannot_hold_is_refused_with_the_name_and_the_field(golden, rules):
    for score in ("87.5", "n/a", "NaN", "1e999"):
        facts = DerivativeFacts("x.mp4", "s", "de", "OLV", score, LINK)
        with pytest.raises(ScoreRefused, match=rf"x\.mp4, field FERRERO\.TAB\.FIELD\.CREATIVEX: '{score}'"):
            representation(golden("masters/full"), facts, rules)


def test_a_fraction_is_kept_where_the_field_takes_one(golden, rule_data):
    rule_data["definitions"][SCORE]["datatype"] = "decimal"
    facts = DerivativeFacts("x.mp4", "s", "de", "OLV", "87.5", LINK)
    made = by_id(representation(golden("masters/full"), facts, FieldRules.model_validate(rule_data)))
    assert made[SCORE]["values"] == [{"value": {"type": "decimal", "value": 87.5}}]


def by_id(made):
    return {element["id"]: element for element in made["asset_resource"]["asset"]["metadata"]["metadata_element_list"]}


def value(holder):
    inner = holder["value"]
    return inner.get("field_value", inner)["value"]
