"""Rules that cannot work are refused when they are read."""

import pytest
from pydantic import ValidationError

from domain.fields import DerivativeFacts, FieldDefinition, FieldRules, RuleFaults
from domain.fields.model import FilenameUpdate
from domain.fields.scalars import scalar

SCORE = "FERRERO.TAB.FIELD.CREATIVEX"


def faults(data):
    """Place and reason of each fault."""
    with pytest.raises(ValidationError) as caught:
        FieldRules.model_validate(data)
    [error] = caught.value.errors()
    cause = error["ctx"]["error"]
    assert isinstance(cause, RuleFaults)
    return [((*error["loc"], *place), reason) for place, reason in cause.faults]


def test_every_id_without_a_definition_is_told_with_its_place(rule_data):
    rule_data["fields"] += ["STRANGE"]
    rule_data["filename_updates"]["STRANGE"] = {"from": "subject"}
    rule_data["forced"]["STRANGE"] = "x"
    rule_data["defaults"]["MARKETING_TAGS"] = "x"
    rule_data["overrides"]["BAN"]["STRANGE"] = ""
    rule_data["creativex"]["link"] = "STRANGE"
    said = dict(faults(rule_data))
    assert set(said) == {
        ("fields", 18),
        ("filename_updates", "STRANGE"),
        ("forced", "STRANGE"),
        ("defaults", "MARKETING_TAGS"),
        ("overrides", "BAN", "STRANGE"),
        ("creativex", "link"),
    }
    assert said["defaults", "MARKETING_TAGS"] == "'MARKETING_TAGS' has no definition; did you mean 'MARKETING_TAG'?"


def test_an_id_that_is_listed_twice_is_told_at_its_second_place(rule_data):
    rule_data["fields"].append("MARKETING_TAG")
    assert faults(rule_data) == [(("fields", 18), "'MARKETING_TAG' stands here twice")]


def test_values_that_their_fields_cannot_hold_are_told(rule_data):
    rule_data["forced"][SCORE] = "many"
    rule_data["defaults"]["RIGHTS.FIELD.UNTIL"] = "next year"
    rule_data["filename_updates"][SCORE] = {"from": "subject", "default": "1.5"}
    rule_data["creativex"]["unscored"] = "none"
    assert dict(faults(rule_data)) == {
        ("forced", SCORE): "'many' is no number",
        ("defaults", "RIGHTS.FIELD.UNTIL"): "'next year' is no date, neither ISO 8601 nor %m/%d/%Y",
        ("filename_updates", SCORE, "default"): "'1.5' is no whole number",
        ("creativex", "unscored"): "'none' is no number",
    }


def test_a_cascading_score_needs_a_platform(rule_data):
    rule_data["definitions"][SCORE] |= {"kind": "cascading", "datatype": "string"}
    assert faults(rule_data) == [
        (("creativex", "platform"), "is missing; a cascading score is written as Platform^Score")
    ]


@pytest.mark.parametrize(
    "definition",
    [
        {"kind": "table"},
        {"datatype": "text"},
        {"domain": "X"},
        {"kind": "cascading", "datatype": "int"},
        {"kind": "domain", "date_format": "%m/%d/%Y"},
        {"date_format": "MM/DD/YYYY"},
        {"date_format": "%m/%Y"},
        {"time_zone": "Europe/Rome"},
        {"date_format": "%m/%d/%Y", "time_zone": "Mars"},
        {"table": ""},
        {"colour": "red"},
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(definition):
    with pytest.raises(ValidationError):
        FieldDefinition.model_validate(definition)


def test_a_field_can_take_everything_that_a_name_gives():
    sources = FilenameUpdate.model_json_schema()["properties"]["from"]["enum"]
    assert set(sources) == set(DerivativeFacts.__slots__) - {"score", "score_link"}


@pytest.mark.parametrize("text", ["", " ", "x", "1,5", "NaN", "inf", "1e9", "0x10", "٣", "1" * 16, "--1", "1."])
def test_text_that_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is no number"):
        scalar(text, "number")


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("-1", -1), ("007", 7), (" 80.00 ", 80), ("0.5", 0.5), ("-0.25", -0.25)]
)
def test_text_that_is_a_number_becomes_one(text, number):
    assert scalar(text, "number") == number
    assert type(scalar(text, "number")) is type(number)
