"""A campaign on the terminal: what each asset waits for, and what the status machine allows."""

import io
from datetime import UTC, datetime

from rich.console import Console

from db.models import AssetEvent, DerivativeAsset, MasterAsset, RejectedAsset, StatusMove
from db.repositories.troubles import Stuck
from domain.assets import Campaign
from domain.waiting import Wait, Waiting
from entrypoints.asset_words import stands
from entrypoints.campaign_assets import AssetLine
from entrypoints.campaign_table import show_campaign
from entrypoints.campaign_view import CampaignView


def derivative(status: str, error: str | None = None, master_id: int = 1) -> DerivativeAsset:
    """Return a derivative of a master."""
    return DerivativeAsset(
        master_asset_id=master_id, derivative_filename="a.mp4", tracking_id="aB3xY9", upload_status=status,
        last_error=error,
    )  # fmt: skip


def line(*derivatives: DerivativeAsset, sentence: str = "Its first derivative.") -> AssetLine:
    """Return a master with what was made of it."""
    master = MasterAsset(id=1, original_filename="Still.png", tracking_id="aB3xY9", status="active")
    return AssetLine(master, derivatives, Waiting(Wait.AGENCY, sentence))


def test_a_derivative_says_where_it_is():
    rows = (derivative("pending"), derivative("failed", "cut"), derivative("completed"), derivative("withdrawn"))
    assert [stands(row) for row in rows] == [
        "on its way to the DAM",
        "in Box; failed: cut",
        "in the DAM",
        "taken back by whoever handed it in",
    ]


def shown(view: CampaignView) -> str:
    """What is printed of a campaign, without the widths of its columns."""
    output = io.StringIO()
    show_campaign(view, Console(file=output, width=300, emoji=False))
    return "\n".join(" ".join(line.split()) for line in output.getvalue().splitlines())


def test_a_campaign_that_nothing_is_known_of_says_so_and_what_is_planned():
    move = StatusMove(workflow="a5-to-a6", from_status="A5", to_status="A6")
    text = shown(CampaignView(Campaign("7", "", "[b]Spring[/b]", "", "A9", "C000000001"), (), (), (), move, ()))
    assert text.splitlines() == [
        "no number (folder 7) [b]Spring[/b]: without a type",
        "adapts C000000001",
        "has the status 'A9', which is none of ours",
        "a5-to-a6 has planned to move it A5 → A6",
        "the database knows no master of it",
    ]


def test_each_master_says_what_it_waits_for_and_each_derivative_where_it_is():
    stuck = Stuck("C1", "a2-to-a3", datetime(2026, 3, 1, tzinfo=UTC), "no folder\nof that name")
    made = (derivative("completed"), derivative("failed", "[b]cut[/b]"))
    text = shown(CampaignView(Campaign("7", "C1", "Spring", "", "A2"), (line(*made),), (stuck,), (), None, ()))
    said = text.splitlines()
    assert said[2] == "a2-to-a3 cannot work on it since 2026-03-01 00:00 UTC: no folder of that name"
    assert said[-5:] == [
        "master tracking id waits for",
        "Still.png aB3xY9 Its first derivative.",
        "derivative tracking id where it is",
        "a.mp4 aB3xY9 in the DAM",
        "a.mp4 aB3xY9 in Box; failed: [b]cut[/b]",
    ]


def test_what_was_rejected_is_shown_with_what_was_said_and_where_it_is():
    now, legal = datetime(2026, 3, 1, tzinfo=UTC), {"reviewer": "Legal", "comment": "[b]No[/b]"}
    approver = {"reviewer": "Approver", "comment": None}
    facts = {"tracking_id": "aB3xY9", "approval_status": "NOT APPROVED"}
    rows = (
        RejectedAsset(
            original_filename="a.png", verdicts=[legal, approver], delivered_at=now, returned_at=now, **facts
        ),
        RejectedAsset(original_filename="b.png", verdicts=[], delivered_at=now, **facts),
        RejectedAsset(original_filename="c.png", verdicts=[], last_error="Box is full", **facts),
    )
    text = shown(CampaignView(Campaign("7", "C1", "Spring", "", "A6"), (), (), rows, None, ()))
    assert text.splitlines()[-4:] == [
        "a.png aB3xY9 Legal: [b]No[/b] reworked, and home again",
        "Approver: no comment",
        "b.png aB3xY9 NOT APPROVED with the agency, to be reworked",
        "c.png aB3xY9 NOT APPROVED on its way back, which failed: Box is full",
    ]


def test_what_has_happened_is_told_with_when_who_and_why():
    when = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    detail = {"from": "B2", "to": "B1", "by": "me@desk", "reason": "[red] again", "forced": True}
    event = AssetEvent(event_type="status_changed", event_timestamp=when, detail=detail)
    text = shown(CampaignView(Campaign("7", "C1", "Spring", "Global comm", "B2"), (line(),), (), (), None, (event,)))
    assert "is B2, may move nowhere" in text
    assert "Still.png aB3xY9 Its first derivative." in text
    assert text.splitlines()[-1] == "2026-03-01 08:30:00 moved B2 → B1 by force me@desk [red] again"
