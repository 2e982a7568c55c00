"""Values are found by field id wherever they stand in the DAM's metadata tree."""

import pytest

from domain.metadata import display_value, display_values, elements, field_value, field_values, find_element


def tree(*items):
    return {"metadata_element_list": list(items)}


def plain(field_id, value, kind="string"):
    return {"id": field_id, "value": {"domain_value": False, "value": {"type": kind, "value": value}}}


def domain(field_id, value, label):
    inner = {"field_value": {"type": "string", "value": value}, "display_value": label}
    return {"id": field_id, "value": {"domain_value": True, "value": inner}}


@pytest.mark.parametrize(
    "holder",
    [
        {"value": {"type": "string", "value": "DE"}},
        {"domain_value": "true", "value": {"type": "string", "value": "DE"}},
        {"value": {"type": "com.artesia.metadata.DomainValue", "field_value": {"type": "string", "value": "DE"}}},
        {"value": {"field_value": "DE"}},
        {"value": "DE"},
        "DE",
    ],
)
def test_a_value_is_read_in_every_form_the_dam_writes(holder):
    assert field_value(tree({"id": "X", "value": holder}), "X") == "DE"


@pytest.mark.parametrize(
    "element",
    [
        {},
        {"value": None},
        {"value": {}},
        {"value": {"domain_value": False, "is_locked": False}},
        {"value": {"value": None}},
        {"value": {"value": {"type": "string"}}},
        {"value": {"value": {"type": "string", "value": ""}}},
        {"values": []},
        {"values": [{}]},
    ],
)
def test_an_empty_field_has_no_value_and_no_label(element):
    item = tree({"id": "X", **element})
    assert field_value(item, "X") is None
    assert field_values(item, "X") == []
    assert display_value(item, "X") is None
    assert display_values(item, "X") == []


def test_zero_and_false_are_values():
    assert field_value(tree(plain("X", 0, "int")), "X") == "0"
    assert field_value(tree(plain("X", False, "boolean")), "X") == "false"


def test_a_table_column_gives_its_rows_without_gaps():
    rows = [{"value": {"field_value": {"value": "DE"}, "display_value": " German"}}, {}, {"value": {"value": "FR"}}]
    item = tree({"id": "TABLE", "metadata_element_list": [{"id": "X", "values": rows}]})
    assert field_values(item, "X") == ["DE", "FR"]
    assert display_values(item, "X") == ["German", "FR"]


def test_a_cascading_value_gives_its_composite_id():
    inner = {"type": "com.artesia.metadata.CascadingDomainValue", "field_value": {"type": "string", "value": "A^B^C"}}
    item = tree({"id": "X", "value": {"cascading_domain_value": True, "value": inner}})
    assert field_value(item, "X") == "A^B^C"


def test_lists_of_one_may_come_as_the_element():
    item = {
        "metadata_element_list": {
            "id": "GROUP",
            "metadata_element_list": {"id": "X", "values": {"value": {"value": "1"}}},
        }
    }
    assert field_values(item, "X") == ["1"]


def test_a_complete_asset_is_read_by_its_own_metadata_only():
    asset = {
        "asset_id": "a",
        "metadata": tree({"id": "GROUP", "metadata_element_list": [plain("X", "mine")]}),
        "inherited_metadata_collections": [tree(plain("X", "inherited"), plain("Y", "inherited"))],
    }
    assert field_value(asset, "X") == "mine"
    assert field_value(asset, "Y") is None


def test_a_flat_list_is_a_tree_too():
    assert field_value(tree(plain("X", "1"), plain("Y", "2")), "Y") == "2"


@pytest.mark.parametrize(
    "item", [{}, {"metadata": None}, {"metadata": {}}, {"metadata_element_list": None}, tree(None, "x")]
)
def test_an_item_without_metadata_has_no_elements(item):
    assert list(elements(item)) == []


def test_an_element_is_returned_exactly_as_it_is():
    element = domain("X", "GLOBAL", "Global ")
    item = tree({"id": "GROUP", "metadata_element_list": [element]})
    assert find_element(item, "X") is element
    assert find_element(item, "Z") is None
    assert display_value(item, "X") == "Global"
