"""The report of a day, from a real database: what it counts, and that what does not add up is shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from db.engine import Store
from db.repositories.run_summaries import keep_summary, summaries_between
from domain.daily.balance import Balance
from domain.daily.model import DailyReport, SeenRun, Who
from domain.daily.window import Window
from domain.errors import ConfigError, ServiceUnavailable
from tasks.daily import gather
from tests.integration.a_day import RUN, SPRING, SUMMER, Day, spring

Write = Callable[[Day], object]


def report(store: Store, *writes: Write, since: str = "24h", **more: Any) -> DailyReport:
    """Write a day, and report of it."""
    with store.transaction() as session:
        day = Day(session)
        for write in writes:
            write(day)
    return gather(store, since, more.pop("history", None), str, **more)


def shown(balances: list[Balance]) -> dict[str, tuple[int, int, int, int]]:
    return {each.name: (each.opening, each.came, each.went, each.closing) for each in balances}


def test_opening_and_movements_are_the_closing_of_an_ordinary_day(store: Store):
    day = report(store, spring)
    assert shown(day.campaign_balances) == {"A1": (1, 0, 1, 0), "A2": (1, 1, 0, 2)}
    assert shown(day.asset_balances) == {
        "masters in Box": (2, 1, 0, 3),
        "derivatives under way": (0, 1, 0, 1),
        "derivatives in the DAM": (1, 1, 0, 2),
        "taken back": (0, 0, 0, 0),
    }
    assert day.differences == []


SUMMER_NOW = "WHERE campaign_number = 'C000000102' AND status = 'A2'"
DOCTORED = [
    (
        f"UPDATE campaign_status SET left_at = created_at - interval '1 day' {SUMMER_NOW}",
        "A2: 1 + 1 − 0 = 2, but there are 1",
    ),
    (f"UPDATE campaign_status SET left_at = now() {SUMMER_NOW}", "C000000102 is nowhere, moved to A2 last"),
    (f"UPDATE campaign_status SET status = 'A5' {SUMMER_NOW}", "stays that no move began: C000000102 → A5"),
    (f"DELETE FROM campaign_status {SUMMER_NOW}", "moves in the audit trail without a stay: C000000102 → A2"),
    (
        "UPDATE campaign_status SET left_at = now() + interval '1 h' WHERE left_at < now() - interval '40 h'",
        "in several statuses at once: C000000101",
    ),
    (
        "UPDATE derivative_assets SET upload_status = 'withdrawn' WHERE derivative_filename = 'Open.mp4'",
        "derivatives under way: 0 + 1 − 0 = 1, but there are 0",
    ),
    (
        "UPDATE derivative_assets SET upload_status = 'pending' WHERE derivative_filename = 'Early.mp4'",
        "derivatives in the DAM: 1 + 1 − 0 = 2, but there are 1",
    ),
    ("DELETE FROM derivative_assets WHERE derivative_filename = 'Open.mp4'", "derivatives under way"),
    (
        "INSERT INTO derivative_assets (tracking_id, master_asset_id, derivative_filename, upload_status, dam_asset_id)"
        " SELECT tracking_id, id, 'Smuggled.mp4', 'completed', 'x' FROM master_assets LIMIT 1",
        "derivatives in the DAM: 1 + 1 − 0 = 2, but there are 3",
    ),
    (
        "UPDATE master_assets SET delivery_status = 'failed', box_file_id = NULL WHERE tracking_id = 'bbbbb1'",
        "masters in Box: 2 + 1 − 0 = 3, but there are 2",
    ),
    ("DELETE FROM run_summaries", "4 assets done by 4 runs without a summary"),
]


@pytest.mark.parametrize(("statement", "said"), DOCTORED)
def test_a_database_that_was_changed_by_hand_shows_it(store: Store, statement: str, said: str):
    day = report(store, spring, lambda day: day.sql(statement))
    assert any(said in found.what for found in day.differences), day.differences
    assert all(found.meaning for found in day.differences)


def test_rows_that_are_older_than_the_audit_trail_are_no_difference(store: Store):
    def write(day: Day) -> None:
        master = day.master("ccccc1", 90)
        day.sql(
            "INSERT INTO derivative_assets (tracking_id, master_asset_id, derivative_filename, upload_status,"
            " dam_asset_id, created_at) VALUES ('ccccc1', :id, 'Old.mp4', 'completed', 'x', :at)",
            id=master.id, at=day.ago(80),
        )  # fmt: skip

    day = report(store, write)
    assert shown(day.asset_balances)["derivatives in the DAM"] == (1, 0, 0, 1)
    assert day.differences == []


def test_a_rework_that_is_under_way_and_one_that_was_taken_back_are_counted_where_they_are(store: Store):
    def write(day: Day) -> None:
        master = day.master("ccccc1", 90)
        day.derivative(master, "Again.mp4", 80, 70, box_file_id="1")
        day.event("derivative_started", 2, SPRING, "ccccc1", name="Again.mp4")
        day.sql("UPDATE derivative_assets SET upload_status = 'pending'")
        day.derivative(master, "Gone.mp4", 60)
        day.event("derivative_withdrawn", 1, SPRING, "ccccc1", name="Gone.mp4")
        day.sql("UPDATE derivative_assets SET upload_status = 'withdrawn' WHERE derivative_filename = 'Gone.mp4'")
        day.told_all()

    day = report(store, write)
    assert shown(day.asset_balances) == {
        "masters in Box": (1, 0, 0, 1),
        "derivatives under way": (1, 1, 1, 1),
        "derivatives in the DAM": (1, 0, 1, 0),
        "taken back": (0, 1, 0, 1),
    }
    assert day.differences == []


def test_a_master_whose_new_version_does_not_get_to_box_is_in_box_as_before(store: Store):
    def write(day: Day) -> None:
        day.master("ccccc1", 90)
        day.master("ccccc2", 5)
        day.sql("UPDATE master_assets SET delivery_status = 'failed'")
        day.told_all()

    day = report(store, write)
    assert shown(day.asset_balances)["masters in Box"] == (1, 1, 0, 2)
    assert day.differences == []


def test_a_master_that_never_came_to_box_is_named_where_its_campaign_waits_for_it(store: Store):
    day = report(store, spring, lambda day: day.master("ccccc1", None))
    (group,) = [group for group in day.waiting_for(Who.OPERATIONS) if group.what.startswith("masters that never")]
    assert [item.tracking_id for item in group.items] == ["ccccc1"]


def campaign(result: str, **assets: int) -> dict[str, Any]:
    return {"name": "Spring", "result": result, "assets": {name.replace("_", " "): n for name, n in assets.items()}}


def test_polls_that_find_the_same_count_it_once(store: Store):
    def write(day: Day) -> None:
        spring(day)
        looks = (SPRING, campaign("partial", already_there=4, failed=2)), (SUMMER, campaign("looked at"))
        for hours in (30, 8, 7):
            day.ran("a1-to-a2", hours, campaigns=dict(looks), failed=["x", "y"])
        day.ran(
            "a1-to-a2", 6, campaigns={SPRING: campaign("partial", already_there=5, failed=1)}, failed=["y"], done=["x"]
        )

    found = {each.workflow: each for each in report(store, write).workflows}
    out = found["a1-to-a2"]
    assert (out.reports, out.found, out.processed, out.completed, out.partial) == (3, 2, 1, 1, 1)
    assert (out.done, out.failed, out.skipped) == (1, 1, 5)
    assert [(found[name].done, found[name].not_approved) for name in ("a2-to-a3", "a5-to-a6", "creativex-scores")] == [
        (1, 0),
        (1, 1),
        (1, 0),
    ]


def test_each_campaign_is_told_with_its_way_and_what_happened_to_its_assets(store: Store):
    day = report(store, spring)
    first, second = day.campaigns
    assert (first.number, first.name, first.before, first.now, first.moves) == (SPRING, "Spring", "A2", "A2", [])
    assert (first.masters, first.masters_delivered, first.derivatives_home, first.derivatives_open) == (2, 2, 2, 1)
    assert first.events == {"derivative_uploaded": 1}
    assert [(move.origin, move.target, move.by) for move in second.moves] == [("A1", "A2", "a1-to-a2")]
    assert (second.before, second.now, second.events["rejection_delivered"]) == ("A1", "A2", 1)
    assert sum(slot.done for slot in day.activity) == day.done == 4
    assert [(score.filename, score.score, score.state) for score in day.scores] == [("Early.mp4", "80", "active")]


def troubles(day: Day) -> None:
    """Something of everything that can wait."""
    spring(day)
    day.stay("C000000103", "A6", 20)
    back = day.master("ddddd1", 90, "C000000101", original_filename="Back.mp4")
    day.sql("UPDATE master_assets SET local_campaign_id = 'C000000103' WHERE tracking_id = 'ddddd1'")
    day.sql("UPDATE campaign_status SET status = 'A6' WHERE campaign_number = 'C000000102' AND left_at IS NULL")
    row = day.rejection(back, "Back.mp4", 20, 2)
    row.campaign_number = "C000000103"
    day.fact("b1-to-b2/C000000104/empty", 9)
    day.fact("a1-to-a2/C000000105/partial", 8)
    failing = {"workflow": "a1-to-a2", "mended_by": "librarian", "reason": "no content"}
    day.event("delivery_failed", 30, "C000000105", path="Old.mp4", asset_id="o", **failing)
    for name in ("New.mp4", "Newer.mp4"):
        reason = {"reason": f"{name}: no content"}
        day.event("delivery_failed", 7.9, "C000000105", path=name, asset_id=name, **(failing | reason))
    day.fact("a1-to-a2/C000000106/stuck", 7)
    day.event("campaign_failed", 6.9, "C000000106", workflow="a1-to-a2", reason="DAM refused", mended_by="operations")
    day.fact("a2-to-a3/file/77/refused", 6)
    day.fact("a2-to-a3/file/77/remark", 6)
    day.event("file_refused", 5.9, box_file_id="77", name="bad.mp4", reason="bad\nname", mended_by="agency")
    day.fact("creativex-scores/file/box Sum.mp4/review", 5)
    day.card("Sum.mp4", 5, "60", state="needs review")
    day.fact("creativex-scores/file/88/refused", 4)
    day.message("parked", 3, state="parked", last_error="no such user")
    day.sql("UPDATE status_moves SET state = 'planned' WHERE campaign_number = 'C000000102'")


def test_what_waits_is_told_by_whom_it_waits_for_and_how_long(store: Store):
    day = report(store, troubles)

    def waits(who: Who) -> list[tuple[object, ...]]:
        groups = day.waiting_for(who)
        hours = [round((day.window.until - group.since) / timedelta(hours=1)) for group in groups]
        return [
            (group.what, group.campaign_number, [item.asset for item in group.items], age)
            for group, age in zip(groups, hours, strict=True)
        ]

    assert waits(Who.AGENCY) == [
        ("bad name", None, ["bad.mp4"], 6),
        ("rejected assets not reworked yet", SUMMER, ["Wrong.png"], 1),
    ]
    assert waits(Who.LIBRARIAN) == [
        ("ready to go out, but it has no assets", "C000000104", [None], 9),
        ("no content", "C000000105", ["New.mp4", "Newer.mp4"], 8),
        ("every reworked file is back: to be moved on from A6", "C000000103", [None], 2),
    ]
    assert waits(Who.CREATIVEX) == [
        ("scorecards that do not add up", None, ["Sum.mp4.pdf"], 5),
        ("unread: it could not be read", None, ["file 88 in Box"], 4),
    ]
    assert waits(Who.OPERATIONS) == [
        ("DAM refused", "C000000106", [None], 7),
        ("its move A1 → A2 by a1-to-a2 is not finished", SUMMER, [None], 5),
        ("messages given up on", None, ["mail a1_to_a2_complete: no such user"], 3),
        ("localized files to be taken in", SPRING, ["Open.mp4"], 2),
    ]


def test_messages_given_up_are_one_line_whatever_their_campaigns(store: Store):
    def write(day: Day) -> None:
        for age, number in enumerate((SPRING, SUMMER, None), 100):
            day.message(f"parked-{age}", age, state="parked", last_error="no such user", campaign_number=number)
        day.message("dropped", 200, state="dropped", campaign_number=SPRING)

    (group,) = report(store, write).waiting_for(Who.OPERATIONS)
    assert (group.what, group.campaign_number, len(group.items)) == ("messages given up on", None, 3)


def test_masters_wait_for_the_agency_while_their_campaign_is_in_adaptation(store: Store):
    day = report(store, spring, lambda day: day.master("aaaaa3", 49))
    (spring_waits, summer_waits) = day.waiting_for(Who.AGENCY)[:2]
    assert [item.tracking_id for item in spring_waits.items] == ["aaaaa3"]
    assert [item.tracking_id for item in summer_waits.items] == ["bbbbb1"]


def seen(run_id: str, state: str = "Completed", *, workflow: str = "a1-to-a2", has_failed: bool = False) -> SeenRun:
    url = f"https://prefect.example.com/{run_id}"
    is_over = state != "Running"
    return SeenRun(run_id, workflow, f"{workflow} x", state, has_failed, is_over, "why", datetime.now(UTC), None, url)


def test_runs_are_counted_by_state_and_those_that_failed_are_errors_with_a_link(store: Store):
    runs = [seen("one"), seen("two", "Crashed", has_failed=True), seen("three", workflow="deliver-messages")]

    def write(day: Day) -> None:
        day.ran("a1-to-a2", 1, "one")
        day.ran("deliver-messages", 1, "three")

    day = report(store, write, history=lambda _: runs)
    assert {each.workflow: dict(each.states) for each in day.workflows if each.states} == {
        "a1-to-a2": {"Completed": 1, "Crashed": 1},
        "deliver-messages": {"Completed": 1},
    }
    (error,) = day.errors
    assert (error.subject, error.reason, error.url) == ("a1-to-a2 x", "Crashed: why", "https://prefect.example.com/two")
    assert day.differences == []


def test_a_run_that_left_no_summary_is_a_difference_unless_it_is_still_going_on(store: Store):
    def write(day: Day) -> None:
        day.master("aaaaa1", 1)

    (found,) = report(store, write, history=lambda _: [seen("one")]).differences[1:]
    assert found.what == "1 run that went through left no summary"
    going = gather(store, "24h", lambda _: [seen(f"{RUN}delivered", "Running")], str)
    assert going.differences == []


def test_without_prefect_the_report_says_what_is_missing(store: Store):
    day = report(store, spring, left_out="no server")
    assert (day.left_out, [each.states for each in day.workflows if each.states]) == ("no server", [])


@pytest.mark.parametrize("since", ["yesterday", "0h", "", "2999-01-01", "24"])
def test_what_is_no_past_time_is_refused_with_what_was_expected(store: Store, since: str):
    with pytest.raises(ConfigError, match="expected a length such as 24h or 7d"):
        report(store, since=since)


def test_the_number_of_statements_does_not_grow_with_the_day(store: Store):
    def statements() -> int:
        counted: list[str] = []
        listen = lambda *call: counted.append(call[2])  # noqa: E731
        event.listen(store.engine, "before_cursor_execute", listen)
        report(store)
        event.remove(store.engine, "before_cursor_execute", listen)
        return len(counted)

    few = statements()
    with store.transaction() as session:
        troubles(Day(session))
    assert few <= statements() <= 35


def test_a_run_that_is_run_again_leaves_one_summary(store: Store):
    for headline in ("first", "second"):
        with store.transaction() as session:
            keep_summary(
                session, run_id="1", workflow="w", started_at=datetime.now(UTC), in_trouble=False, headline=headline,
                counts={},
            )  # fmt: skip
    with store.transaction() as session:
        now = datetime.now(UTC)
        (kept,) = summaries_between(session, now - timedelta(hours=1), now)
        assert kept.headline == "second"
        assert summaries_between(session, now, now + timedelta(hours=1)) == []


def test_a_report_without_prefects_history_says_why_and_counts_all_the_same(store: Store):
    def broken(_: Window) -> list[SeenRun]:
        raise ServiceUnavailable("the Prefect server did not tell of its runs (ReadTimeout)", service="Prefect")

    day = report(store, spring, history=broken)
    assert day.left_out == "How runs went is left out: the Prefect server did not tell of its runs (ReadTimeout)."
    assert shown(day.campaign_balances) == {"A1": (1, 0, 1, 0), "A2": (1, 1, 0, 2)}
    assert day.differences == []
