"""The report of a day as Markdown and on the terminal."""

import io
from collections import Counter
from datetime import UTC, datetime, timedelta

from rich.console import Console

from domain.daily.balance import Balance, Difference, MoveLine
from domain.daily.model import CampaignDay, DailyReport, ErrorLine, Slot, Waiting, Who, WorkflowDay, grouped
from domain.daily.window import window_until
from entrypoints.daily_table import show_day, sparkline
from tasks.daily_markdown import day_markdown

NOW = datetime(2026, 3, 2, 19, tzinfo=UTC)


def day() -> DailyReport:
    began = NOW - timedelta(hours=5)
    return DailyReport(
        window_until(NOW, "24h"),
        workflows=[
            WorkflowDay("a1-to-a2", Counter(Completed=287, Crashed=1), found=2, done=3),
            WorkflowDay("b1-to-b2"),
        ],
        campaigns=[
            CampaignDay("C1", "Spring|[x]", "A1", "A2", [MoveLine("C1", began, "A1", "A2", "ana")], 3, 3, 1, 1,
                        Counter(delivered=3)),
        ],
        errors=[ErrorLine(began, "Spot.mp4", "no\ncontent", "https://prefect.example.com/1", "a1-to-a2", "C1")],
        waiting=grouped([Waiting(Who.AGENCY, "masters", began, "C1", f"{at}.mp4", "aB3xY1") for at in range(7)]),
        activity=[Slot(began, done, 0) for done in (0, 1, 8)],
        campaign_balances=[Balance("A2", 1, 1, 0, 1)],
        differences=[Difference("A2: 1 + 1 − 0 = 2, but there are 1", "by hand")],
        names={"C1": "Spring|[x]"},
        left_out="no server",
    )  # fmt: skip


def test_the_artifact_says_all_with_links_and_names_that_break_no_table():
    text = day_markdown(day())
    assert text.startswith(
        "# Daily report: 3 assets done, 0 failed, 0 moves made, 1 error, 1 difference in the numbers"
    )
    assert "- **A2: 1 + 1 − 0 = 2, but there are 1**. It may mean: by hand." in text
    assert "**Without Prefect's run history.** no server" in text
    assert "| **a1-to-a2** | 288 runs: 287 completed, 1 crashed | 2 campaigns found, 0 worked on" in text
    assert "b1-to-b2" not in text
    assert "| no content | [open](https://prefect.example.com/1) |" in text
    assert r"C1 Spring\|\[x\] | A2 | 3 masters delivered<br>A1 → A2 by ana | 3 of 3 | 1 | 1 |" in text
    assert text.count("mp4 (aB3xY1)") == 7
    assert "| A2 | 1 | 1 | 0 | **1** | **does not add up** |" in text


def test_the_terminal_shows_the_same_and_names_a_few():
    written = io.StringIO()
    show_day(day(), Console(file=written, width=500))
    rows = [" ".join(line.split()) for line in written.getvalue().splitlines()]
    assert rows[0] == (
        "3 assets done, 0 failed, 0 moves made, 1 error, 1 difference in the numbers 2026-03-01 19:00 to 2026-03-02"
        " 19:00 UTC"
    )
    assert "does not add up: A2: 1 + 1 − 0 = 2, but there are 1. It may mean: by hand." in rows
    assert "A2 1 1 0 1 does not add up" in rows
    assert "and 2 more" in rows
    assert sum("mp4 (aB3xY1)" in row for row in rows) == 5


def test_what_is_not_nothing_is_seen():
    assert sparkline([Slot(NOW, done, 0) for done in (0, 1, 1000)]) == " ▁█"
    assert sparkline([Slot(NOW, 0, 0)]) == " "
