"""A campaign on the terminal: what each asset waits for, and what the status machine allows."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from db.models import AssetEvent, DerivativeAsset, MasterAsset, RejectedAsset, StatusMove
from domain.assets import Campaign
from entrypoints.asset_words import stands
from entrypoints.campaign_table import show_campaign, waits_for
from entrypoints.campaign_view import CampaignView


def derivative(status: str, error: str | None = None, master_id: int = 1) -> DerivativeAsset:
    """Return a derivative of a master."""
    return DerivativeAsset(
        master_asset_id=master_id, derivative_filename="a.mp4", tracking_id="aB3xY9", upload_status=status,
        last_error=error,
    )  # fmt: skip


def master(delivery: str = "delivered", error: str | None = None, *, status: str = "active") -> MasterAsset:
    """Return a master."""
    return MasterAsset(
        id=1, original_filename="Still.png", tracking_id="aB3xY9", delivery_status=delivery, last_error=error,
        status=status,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "derivatives", "said"),
    [
        (master("pending"), (), "its way to Box"),
        (master("failed", "Box is full"), (), "its way to Box, which failed: Box is full"),
        (master(), (), "its first derivative from the agency"),
        (master(), (derivative("withdrawn"),), "its first derivative from the agency"),
        (master(), (derivative("completed", master_id=2),), "its first derivative from the agency"),
        (master(), (derivative("completed"), derivative("failed")), "1 of 2 derivatives"),
        (master(), (derivative("completed"), derivative("completed")), "nothing: 2 in the DAM"),
        (master(status="retired"), (derivative("failed"),), "nothing: it was retired"),
    ],
)
def test_a_master_waits_for_box_then_for_its_derivatives(
    row: MasterAsset, derivatives: tuple[DerivativeAsset, ...], said: str
):
    assert waits_for(row, derivatives) == said


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
    text = shown(CampaignView(Campaign("7", "C1", "Spring", "Global comm", "B2"), (master(),), (), (), None, (event,)))
    assert "is B2, may move nowhere" in text
    assert "Still.png aB3xY9 its first derivative from the agency" in text
    assert text.splitlines()[-1] == "2026-03-01 08:30:00 moved B2 → B1 by force me@desk [red] again"
