"""The arithmetic of a day: what was, what came and went, what is, and runs that find the same again."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.daily.balance import (
    Balance,
    MoveLine,
    Stay,
    Transition,
    campaign_balances,
    derivative_balances,
    differences,
    misplaced,
    overlaps,
    unexplained,
)
from domain.daily.model import DailyReport, Waiting, Who, WorkflowDay, grouped, rate
from domain.daily.run_counts import Result, counts_of
from domain.daily.tally import Kept, tallied
from domain.daily.window import Window, window_until
from domain.daily.words import assets_of, campaigns_of, runs_of
from domain.report import AssetOutcome, CampaignOutcome, Failure, Outcome, RunReport

NOW = datetime(2026, 3, 2, 19, tzinfo=UTC)
DAY = window_until(NOW, "24h")


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def stay(status: str, began: float, left: float | None = None, number: str = "C1", follows: bool = False) -> Stay:
    return Stay(number, "Spring", status, ago(began), ago(left) if left is not None else None, follows)


def shown(balances: list[Balance]) -> dict[str, tuple[int, int, int, int]]:
    return {each.name: (each.opening, each.came, each.went, each.closing) for each in balances}


def test_a_window_takes_its_beginning_and_leaves_its_end_to_the_next():
    assert ago(24) in DAY
    assert NOW not in DAY
    assert ago(24.01) not in DAY


@pytest.mark.parametrize(
    ("since", "hours"),
    [("1h", 1), ("7d", 168), ("2026-03-02T19:00+01:00", 1), ("2026-03-02T17:00", 2), (" 24h ", 24)],
)
def test_a_window_is_asked_for_by_its_length_or_its_beginning(since: str, hours: int):
    assert window_until(NOW, since).since == ago(hours)


def test_every_campaign_is_counted_where_it_was_where_it_is_and_on_its_way():
    stays = [
        stay("A1", 90, 50),
        stay("A2", 50, 5, follows=True),
        stay("A3", 5, 2, follows=True),
        stay("A4", 2, follows=True),
        stay("A2", 80, number="C2"),
        stay("A1", 3, number="C3"),
        stay("A10", 3, 1, number="C4"),
    ]
    found = campaign_balances(stays, DAY)
    assert shown(found) == {
        "A1": (0, 1, 0, 1),
        "A2": (2, 0, 1, 1),
        "A3": (0, 1, 1, 0),
        "A4": (0, 1, 0, 1),
        "A10": (0, 1, 1, 0),
    }
    assert differences(found, "why") == []


@pytest.mark.parametrize(("began", "left"), [(24, 0), (24, None), (30, 24), (0, None), (24, 24)])
def test_what_happens_on_the_edge_of_a_window_is_counted_once(began: float, left: float | None):
    assert differences(campaign_balances([stay("A2", began, left)], DAY), "why") == []


def test_a_stay_that_ended_before_it_began_does_not_add_up_and_is_told_in_numbers():
    (found,) = differences(campaign_balances([stay("A2", 5, 30), stay("A2", 70, number="C2")], DAY), "by hand")
    assert found.what == "A2: 1 + 1 − 0 = 2, but there are 1"
    assert found.meaning == "by hand"


def test_a_campaign_in_two_statuses_at_once_is_told():
    (found,) = overlaps([stay("A1", 90), stay("A2", 50)], DAY)
    assert found.what == "in several statuses at once: C1"


def move(target: str, hours: float, number: str = "C1") -> MoveLine:
    return MoveLine(number, ago(hours), "A1", target, "a1-to-a2")


def test_stays_and_moves_explain_each_other():
    stays = [stay("A2", 5, follows=True), stay("A1", 5, number="C2"), stay("A2", 70, 60, number="C3", follows=True)]
    noted = [move("A2", 4.99), move("A10", 3, "C9"), move("", 3, "C8")]
    assert unexplained(stays, noted, DAY) == []
    assert unexplained(stays, [*noted, move("A1", 4.99, "C2")], DAY) == [], "the first sight of a campaign is no move"
    (motherless,) = unexplained(stays, [], DAY)
    assert motherless.what == "stays that no move began: C1 → A2"
    (homeless,) = unexplained(stays, [*noted, move("A3", 2)], DAY)
    assert homeless.what == "moves in the audit trail without a stay: C1 → A3"


def test_a_move_to_where_a_campaign_was_known_to_be_needs_no_stay_of_its_own():
    assert unexplained([stay("A2", 70)], [move("A2", 5)], DAY) == []


def test_a_campaign_is_where_it_was_moved_to_last():
    stays = [stay("A2", 5), stay("A4", 5, 1, number="C2")]
    assert misplaced(stays, [move("A3", 4), move("A2", 3), move("", 1, "C2"), move("A10", 1, "C3")], DAY) == []
    (found,) = misplaced(stays, [move("A3", 4), move("A4", 4, "C2")], DAY)
    assert found.what == "C1 is A2, moved to A3 last; C2 is nowhere, moved to A4 last"


def test_derivatives_go_from_one_state_to_another():
    balances = derivative_balances(
        [
            Transition("in the DAM", "in the DAM", "in the DAM", 40),
            Transition(None, "in the DAM", "in the DAM", 3),
            Transition("under way", "in the DAM", "in the DAM", 2),
            Transition("in the DAM", "under way", "under way", 1),
            Transition("under way", "withdrawn", "withdrawn", 1),
        ]
    )
    assert shown(balances) == {
        "derivatives under way": (3, 1, 3, 1),
        "derivatives in the DAM": (41, 5, 1, 45),
        "taken back": (0, 1, 0, 1),
    }
    assert differences(balances, "why") == []


def test_a_derivative_whose_row_says_otherwise_than_the_audit_trail_is_missed_in_one_state_and_too_many_in_the_other():
    balances = derivative_balances([Transition("under way", "under way", "in the DAM", 1)])
    assert [each.difference for each in balances] == [-1, 1, 0]


def outcome(asset_id: str, what: Outcome) -> AssetOutcome:
    return AssetOutcome(asset_id, f"{asset_id}.mp4", what)


def campaign(*assets: AssetOutcome, number: str = "C1", **more: Any) -> CampaignOutcome:
    return CampaignOutcome(number, "Spring", "A1", "A2", assets=list(assets), **more)


def ran(*campaigns: CampaignOutcome, files: tuple[AssetOutcome, ...] = ()) -> Kept:
    report = RunReport("a1-to-a2", campaigns=list(campaigns), files=list(files))
    return Kept("1", "a1-to-a2", report.in_trouble, counts_of(report))


@pytest.mark.parametrize(
    ("of", "result"),
    [
        (campaign(moved=True), Result.MOVED),
        (campaign(failure=Failure("r", "a", will_retry=False, sign="s")), Result.STUCK),
        (campaign(outcome("x", Outcome.FAILED)), Result.PARTIAL),
        (campaign(outcome("x", Outcome.ALREADY)), Result.WORKED_ON),
        (campaign(note="left to another run"), Result.LOOKED_AT),
    ],
)
def test_what_a_run_has_made_of_a_campaign(of: CampaignOutcome, result: Result):
    assert ran(of).counts["campaigns"]["C1"]["result"] == result


def test_a_campaign_whose_open_move_was_finished_first_counts_as_moved():
    assert ran(campaign(moved=True), campaign(note="nothing to do")).counts["campaigns"]["C1"]["result"] == Result.MOVED


def test_a_thousand_assets_that_are_there_already_leave_a_number_and_no_ids():
    counts = ran(campaign(*(outcome(str(at), Outcome.ALREADY) for at in range(1000)))).counts
    assert counts["campaigns"]["C1"]["assets"] == {"already there": 1000}
    assert counts["done"] == counts["failed"] == []


def test_an_asset_that_failed_in_every_poll_has_failed_once_and_not_at_all_once_it_is_done():
    fails = campaign(outcome("x", Outcome.FAILED), outcome("y", Outcome.FAILED), outcome("z", Outcome.ALREADY))
    mended = campaign(outcome("x", Outcome.DELIVERED), outcome("y", Outcome.FAILED))
    tally = tallied([ran(fails), ran(fails), ran(mended, campaign(number="C2", note="no assets yet"))])["a1-to-a2"]
    assert (tally.failed, set(tally.found), tally.processed, tally.partial) == ({"y"}, {"C1", "C2"}, {"C1"}, {"C1"})
    assert (tally.skipped, tally.runs, tally.troubled) == ({"C1": 1, "C2": 0, "": 0}, 3, 3)


def test_a_scorecard_to_be_reviewed_is_not_done():
    tally = tallied([ran(files=(outcome("x", Outcome.REVIEW), outcome("y", Outcome.READ)))])["a1-to-a2"]
    assert tally.failed == {"x"}


def test_what_waits_for_the_same_is_told_together_those_who_wait_longest_first():
    waiting = [
        Waiting(Who.OPERATIONS, "stuck", ago(9), "C1"),
        Waiting(Who.AGENCY, "masters", ago(1), "C2", "b.mp4"),
        Waiting(Who.AGENCY, "masters", ago(2), "C1", "c.mp4"),
        Waiting(Who.AGENCY, "masters", ago(3), "C2", "a.mp4"),
    ]
    found = [(group.who, group.campaign_number, [item.asset for item in group.items]) for group in grouped(waiting)]
    assert found == [
        (Who.AGENCY, "C2", ["a.mp4", "b.mp4"]),
        (Who.AGENCY, "C1", ["c.mp4"]),
        (Who.OPERATIONS, "C1", [None]),
    ]


def test_a_day_in_one_sentence():
    day = DailyReport(Window(ago(24), NOW, "24h"), workflows=[WorkflowDay("w", done=3, failed=1, completed=1)])
    assert day.headline == "3 assets done, 1 failed, 1 move made"
    assert day.success_rate == rate(3, 4) == "75 %"


def test_a_workflow_in_words():
    day = WorkflowDay("w", states=Counter(Completed=2), found=2, processed=1, completed=1, done=3, not_approved=1)
    assert runs_of(day) == "2 runs, all completed"
    assert campaigns_of(day) == "2 campaigns found, 1 worked on, 1 moved on, 0 left in trouble"
    assert assets_of(day) == "3 done, 0 failed, 0 skipped, 1 not approved"
    idle = WorkflowDay("w", reports=1)
    assert (runs_of(idle), campaigns_of(idle), assets_of(idle)) == ("1 run", None, None)
