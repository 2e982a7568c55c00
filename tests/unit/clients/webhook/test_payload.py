import json

import pytest

from clients.webhook.payload import render_payload
from domain.errors import ConfigError

FACTS = {
    "campaign_id": "4711",
    "campaign_name": "Frühjahr",
    "asset_count": 10,
    "campaign": {"number": "C000000078", "assets": [{"id": 1}, {"id": 2}]},
    "note": None,
}


def body(template):
    return json.loads(render_payload(template, FACTS, hook="status"))


def test_a_list_takes_facts_as_they_are():
    assert body(["campaign_name", "asset_count", "note"]) == {
        "campaign_name": "Frühjahr",
        "asset_count": 10,
        "note": None,
    }


def test_a_mapping_computes_values_and_keeps_their_types():
    template = {
        "title": "campaign.number ~ ' ' ~ campaign_name",
        "live": "'NO'",
        "left": "asset_count - 3",
        "done": "asset_count > 3",
        "ids": "campaign.assets | map(attribute='id') | list",
    }
    assert body(template) == {"title": "C000000078 Frühjahr", "live": "NO", "left": 7, "done": True, "ids": [1, 2]}


def test_every_field_without_a_value_is_named_at_once():
    with pytest.raises(ConfigError) as refusal:
        body({"a": "missing", "b": "campaign.colour", "c": "asset_count / 0", "d": "[missing]", "e": "campaign_id"})
    assert [fault.partition("(")[0] for fault in refusal.value.faults] == [
        f"webhook status: the field {key!r} " for key in "abcd"
    ]


@pytest.mark.parametrize(
    "expression",
    ["campaign.__class__.__mro__", "campaign.update({'number': 1})", "''.join.__globals__", "campaign.items"],
)
def test_an_expression_reaches_nothing_but_the_facts(expression):
    with pytest.raises(ConfigError):
        body({"x": expression})
    assert body({"number": "campaign.number"}) == {"number": "C000000078"}
