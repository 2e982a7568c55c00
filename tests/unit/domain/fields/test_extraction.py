"""Fields are taken from anywhere in a master's tree, in every form the DAM writes, and made flat for an upload."""

import pytest

from domain.errors import MetadataRefused
from domain.fields.extraction import extracted
from domain.fields.model import FieldRules

TYPE = "com.artesia.metadata."


def rules(definition=None, fields=("X",), **others):
    definitions = {"X": definition or {}, "SCORE": {}, "LINK": {}, **others}
    data = {"metadata_model_id": "M", "security_policy_list": [1], "definitions": definitions, "fields": list(fields)}
    return FieldRules.model_validate(data | {"creativex": {"score": "SCORE", "link": "LINK", "unscored_link": "-"}})


def taken(*elements, definition=None):
    """Element X as it is sent, or None."""
    return extracted({"name": "Master.mp4", **tree(*elements)}, rules(definition)).get("X")


def tree(*elements):
    return {"metadata": {"metadata_element_list": list(elements)}}


def domain(value, kind="DomainValue"):
    return {"type": TYPE + kind, "field_value": {"type": "string", "value": value}}


@pytest.mark.parametrize(
    "holder",
    [
        {"domain_value": True, "is_locked": True, "value": {**domain("DE"), "display_value": "German "}},
        {"domain_value": True, "value": {"field_value": {"type": "string", "value": "DE"}}},
        {"domain_value": "true", "cascading_domain_value": "false", "value": {"type": "string", "value": "DE"}},
        {"value": {"field_value": {"value": "DE"}}},
        {"value": {"field_value": "DE"}},
    ],
)
def test_a_domain_value_is_sent_in_one_form_however_it_is_read(holder):
    value = {"domain_value": True, "cascading_domain_value": False, "value": domain("DE")}
    assert taken({"id": "X", "value": holder}) == {"id": "X", "type": f"{TYPE}MetadataField", "value": value}


@pytest.mark.parametrize(
    ("holder", "kind"),
    [
        ({"cascading_domain_value": True, "domain_value": True, "value": domain("A^B")}, "plain"),
        ({"value": domain("A^B", "CascadingDomainValue")}, "plain"),
        ({"value": {"field_value": {"type": "string", "value": "A^B"}}}, "cascading"),
        ({"value": "A^B"}, "cascading"),
        ("A^B", "cascading"),
    ],
)
def test_a_cascading_value_is_sent_in_one_form_however_it_is_read(holder, kind):
    made = taken({"id": "X", "value": holder}, definition={"kind": kind})
    value = {"domain_value": False, "cascading_domain_value": True, "value": domain("A^B", "CascadingDomainValue")}
    assert made == {"id": "X", "type": f"{TYPE}MetadataField", "value": value}


@pytest.mark.parametrize(
    "scalar", [{"type": "int", "value": 80}, {"type": "int", "value": "80"}, {"type": "x", "value": False}]
)
def test_a_plain_value_keeps_the_type_and_the_value_that_the_dam_says(scalar):
    holder = {"domain_value": False, "cascading_domain_value": False, "value": {**scalar}}
    assert taken({"id": "X", "value": holder}, definition={"kind": "domain"})["value"] == {"value": scalar}


@pytest.mark.parametrize("holder", [{"value": {"value": 5}}, {"value": 5}, 5])
def test_a_value_without_a_type_gets_the_defined_one(holder):
    made = taken({"id": "X", "value": holder}, definition={"datatype": "decimal"})
    assert made["value"] == {"value": {"type": "decimal", "value": 5}}


@pytest.mark.parametrize(
    "element",
    [
        {},
        {"value": None},
        {"value": {}},
        {"value": {"domain_value": True, "is_locked": False}},
        {"value": {"value": {"type": "string", "value": ""}}},
        {"value": {"value": {"type": "string"}}},
        {"value": {"domain_value": True, "value": {"field_value": {"type": "string", "value": None}}}},
        {"values": None},
        {"values": []},
        {"values": [{"domain_value": True}, {}]},
    ],
)
def test_an_empty_element_is_left_out(element):
    assert taken({"id": "X", **element}) is None


def test_a_column_names_the_table_it_stood_in():
    column = {"id": "X", "values": [{"value": {"type": "string", "value": "a"}}]}
    table = {"id": "TABLE", "type": f"{TYPE}MetadataTable", "metadata_element_list": [column]}
    group = {"id": "GROUP", "metadata_element_list": [table]}
    values = [{"value": {"type": "string", "value": "a"}}]
    sent = {"id": "X", "parent_table_id": "TABLE", "type": f"{TYPE}MetadataTableField", "values": values}
    assert taken(group, definition={"table": "ANOTHER"}) == sent
    assert taken({**column, "parent_table_id": "TABLE"}) == sent, "flat, as listings show it"
    assert taken(column, definition={"table": "TABLE"}) == sent


def test_lists_of_one_may_come_as_the_element_itself():
    column = {"id": "X", "values": {"value": {"type": "string", "value": "a"}}}
    table = {"id": "TABLE", "type": f"{TYPE}MetadataTable", "metadata_element_list": column}
    assert taken(table)["parent_table_id"] == "TABLE"
    assert taken(table)["values"] == [{"value": {"type": "string", "value": "a"}}]


def columns(*texts):
    """Table T with columns X, Y...: one text per row, None for a gap."""
    made = [
        {"id": name, "values": [{"value": {"type": "string", "value": text}} if text else {} for text in column]}
        for name, column in zip("XYZ", texts, strict=False)
    ]
    return tree({"id": "T", "type": f"{TYPE}MetadataTable", "metadata_element_list": made})


def rows(master, fields):
    made = extracted(master, rules(fields=fields, Y={}, Z={}))
    return {key: [cell.get("value", {}).get("value") for cell in element["values"]] for key, element in made.items()}


def test_rows_stay_together_and_empty_ones_are_left_out():
    master = columns(["a", None, None, "d"], [None, "b", None, "e"], ["1", "2", "3", "4"])
    assert rows(master, ["X", "Y"]) == {"X": ["a", None, "d"], "Y": [None, "b", "e"]}
    assert rows(master, ["X"]) == {"X": ["a", "d"]}
    assert rows(master, ["Z", "X"]) == {"Z": ["1", "2", "3", "4"], "X": ["a", None, None, "d"]}


def test_a_column_that_is_shorter_or_all_empty_harms_nothing():
    assert rows(columns(["a"], ["1", "2"]), ["X", "Y"]) == {"X": ["a"], "Y": ["1", "2"]}
    assert rows(columns([None, None], ["1", "2"]), ["X", "Y"]) == {"Y": ["1", "2"]}


def test_dates_are_written_in_the_form_and_on_the_day_that_the_field_wants():
    definition = {"date_format": "%m/%d/%Y", "time_zone": "Europe/Rome"}
    read = {"id": "X", "value": {"value": {"type": "dateTime", "value": "2027-03-30T22:00:00Z"}}}
    assert taken(read, definition=definition)["value"] == {"value": {"type": "string", "value": "03/31/2027"}}


def test_a_date_that_cannot_be_read_is_refused_with_master_and_field():
    read = {"id": "X", "value": {"value": {"type": "string", "value": "soon"}}}
    with pytest.raises(MetadataRefused, match=r"master Master\.mp4, field X: 'soon' is no date"):
        taken(read, definition={"date_format": "%m/%d/%Y"})


def test_what_is_not_listed_is_not_taken():
    assert extracted(tree({"id": "Y", "value": {"value": {"type": "string", "value": "y"}}}), rules(Y={})) == {}
