"""Which campaigns an operator means, and what may be done with them."""

import pytest

from domain.assets import Campaign
from domain.operations import ADVANCE, RESET, SET_STATUS, Choice, Consent, Operation, Order, choose, matching, rule_of
from domain.routes import OPERATOR_WORKFLOWS
from domain.status import Status


def campaign(number: str, name: str = "Spring", status: str = "A1", folder: str = "") -> Campaign:
    """Return a campaign of the DAM."""
    return Campaign(folder or f"folder of {number}", number, name, "", status)


def order(operation: Operation = RESET, query: str | None = None, target: Status = Status.A1, **more: object) -> Order:
    """Return an order of an operator; resets and advances are forced."""
    facts: dict[str, object] = {"origins": operation.origins, "force": operation.target is not None, **more}
    return Order(operation=operation, query=query, target=operation.target or target, **facts)  # type: ignore[arg-type]


def proposed(choice: Choice) -> list[str]:
    """The moves that are to be agreed to."""
    return [f"{proposal.token} → {proposal.target}" for proposal in choice.proposals]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("C000000078", ["C000000078"]),
        (" c000000078 ", ["C000000078"]),
        ("C00000007", ["C000000080"]),
        ("78", ["C000000079", "C000000080"]),
        ("SPRING", ["C000000078", "C000000080"]),
        ("GRÜSSE", ["C000000079"]),
        ("", ["C000000078", "C000000079", "C000000080"]),
        (None, ["C000000078", "C000000079", "C000000080"]),
    ],
)
def test_a_query_is_a_number_or_else_part_of_a_name(query: str | None, numbers: list[str]):
    campaigns = [
        campaign("C000000078", "Spring"),
        campaign("C000000079", "Grüße 78"),
        campaign("C000000080", "After spring C000000078"),
    ]
    assert [found.number for found in matching(query, campaigns)] == numbers


def test_the_rule_says_what_is_allowed_and_whether_the_move_is():
    assert rule_of(Status.A3, Status.A1) == "A3 may move to A4 or A5; A3 → A1 is not listed"
    assert rule_of(Status.B2, Status.B1) == "B2 may move nowhere; B2 → B1 is not listed"
    assert rule_of(Status.B1, Status.B2) == "B1 may move to B2"


def test_campaigns_are_looked_for_everywhere_when_somebody_names_one():
    assert order(ADVANCE).statuses == (Status.A1,)
    assert order(ADVANCE, "").statuses == (Status.A1,)
    assert order(ADVANCE, "spring").statuses == tuple(Status)


def test_several_campaigns_are_proposed_for_a_reset_and_none_where_one_is_to_be_set():
    found = [campaign("C1", status="A2"), campaign("C2", status="A5")]
    assert proposed(choose(order(query="spring"), found)) == ["C1 A2 → A1", "C2 A5 → A1"]
    choice = choose(order(SET_STATUS, "spring", Status.A3), found)
    assert proposed(choice) == []
    assert (choice.refusal or "").endswith("C1 Spring (A2), C2 Spring (A5); give the number of the one that is meant")


def test_an_unlisted_move_is_barred_unless_it_is_forced():
    found = [campaign("C1")]
    barred = choose(order(SET_STATUS, "C1", Status.A3), found)
    assert proposed(barred) == []
    assert "C1: A1 may move to A2; A1 → A3 is not listed" in barred.barred[0][1]
    forced = choose(order(SET_STATUS, "C1", Status.A3, force=True), found)
    assert (proposed(forced), forced.needs_reason) == (["C1 A1 → A3"], True)
    listed = choose(order(SET_STATUS, "C1", Status.A2), found)
    assert (proposed(listed), listed.needs_reason) == (["C1 A1 → A2"], False)


def test_what_stands_there_already_or_elsewhere_is_left():
    choice = choose(order(query="spring"), [campaign("C1"), campaign("C2", status="B1"), campaign("C3", status="A2")])
    assert [why for _, why in choice.left] == ["is A1 already", "is B1: left as it is"]
    assert (proposed(choice), choice.refusal) == (["C3 A2 → A1"], None)
    assert choose(order(query="spring"), [campaign("C1")]).refusal is None
    nowhere = choose(order(query="spring"), [campaign("C2", status="")])
    assert nowhere.left[0][1] == "is without a status: left as it is"
    assert (nowhere.refusal or "").endswith("and 'spring' matches C2 Spring (no status)")


def test_a_query_that_matches_nothing_is_refused_and_an_empty_status_is_not():
    assert choose(order(query="spring"), []).refusal is not None
    assert choose(order(), []) == Choice()


def test_a_campaign_that_cannot_be_told_from_others_by_its_number_is_barred():
    numbers = ("", "Spring", "C1", "C1")
    choice = choose(order(), [campaign(each, folder=str(at), status="A2") for at, each in enumerate(numbers)])
    assert proposed(choice) == []
    assert [why.partition(";")[0] for _, why in choice.barred] == [
        "the campaign folder has no campaign number",
        "the campaign folder has the number 'Spring'",
        *(2 * ["several campaign folders have the number C1"]),
    ]


def test_what_was_agreed_to_is_the_campaign_in_the_status_it_was_seen_in():
    choice = choose(order(), [campaign("C1", status="A2"), campaign("C2", status="A3"), campaign("C3", status="A4")])
    agreed, changed = Consent(("C1 A2", "C2 A2", "C4 A2")).split(choice.proposals)
    assert [proposal.token for proposal in agreed] == ["C1 A2"]
    assert changed == ["C2 A2", "C4 A2"]


def test_others_know_the_workflows_whose_moves_nobody_else_finishes():
    assert tuple(each.workflow for each in (SET_STATUS, RESET, ADVANCE)) == OPERATOR_WORKFLOWS
