"""The board: every campaign where it stands, with its numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DerivativeAsset
from entrypoints.board import Board, BoardLine, read_board
from entrypoints.campaign_assets import read_campaign
from tests.integration.entrypoints.test_passport import counted
from tests.integration.storybook import LEGAL, SPRING, Storybook, derivative_name, tell

NOW = datetime.now(UTC)


@pytest.fixture
def book(session: Session) -> Storybook:
    """The campaigns of the tests."""
    return tell(session)


def line(board: Board, status: str, number: str) -> BoardLine:
    """The line of a campaign."""
    group = board.group(status)
    assert group is not None
    return next(line for line in group.lines if line.number == number)


def test_campaigns_stand_under_their_status_and_those_that_nobody_has_seen_at_the_end(
    session: Session, book: Storybook
):
    board = read_board(session, NOW)
    assert [(group.status, len(group.lines)) for group in board.groups] == [
        ("A6", 1), ("A1", 1), ("A2", 1), ("A4", 1), ("B2", 1), ("none", 1),
    ]  # fmt: skip
    assert line(board, "none", "C000000090").name == "Never looked at"


def test_a_campaign_has_its_numbers(session: Session, book: Storybook):
    counts = line(read_board(session, NOW), "A2", SPRING).counts
    assert (counts.masters, counts.in_box, counts.complete) == (7, 5, 1)
    assert (counts.home, counts.under_way, counts.failed) == (2, 1, 2)


def test_all_of_them_add_up(session: Session, book: Storybook):
    board = read_board(session, NOW)
    totals = {what: board.total(what) for what in ("masters", "home", "failed")}
    assert totals == {"masters": 11, "home": 4, "failed": 2}
    assert (board.campaigns("A1"), board.campaigns("A2"), board.campaigns("B1")) == (1, 1, 0)
    assert board.arrived_lately == 4
    assert read_board(session, NOW + timedelta(hours=25)).arrived_lately == 0


def test_trouble_comes_first_and_a_status_of_somebody_elses_has_its_place(session: Session, book: Storybook):
    book.campaign("C000000091", "Odd", "A9")
    for number in ("C000000092", "C000000093"):
        book.campaign(number, "More", "A2")
    book.failed(book.master("Fai001", "f.mp4", "C000000093"), derivative_name("FAI"), "cut")
    board = read_board(session, NOW)
    group = board.group("A2")
    assert group is not None
    assert [line.number for line in group.lines] == [SPRING, "C000000093", "C000000092"]
    assert [group.meaning for group in board.groups][-2:] == [
        "A status that is none of ours",
        "Not seen in a status yet",
    ]


def test_a_campaign_that_a_workflow_cannot_work_on_is_in_trouble_with_the_reason(session: Session, book: Storybook):
    number, unseen = "C000000094", "C000000095"
    book.campaign(number, "No folder", "A1")
    book.event(book.master("Old001", "o.mp4", number), "campaign_failed", workflow="b1-to-b2", reason="of another")
    for reason in ("two folders", "no folder Master Assets"):
        book.no_go(number, "a1-to-a2", reason)
    book.noted(f"a1-to-a2/{number}/stuck-for-now")
    book.no_go(unseen, "a4-live", "away")
    board = read_board(session, NOW)
    group = board.group("A1")
    assert group is not None
    assert [each.number for each in group.lines] == [number, "C000000080"]
    assert [(each.workflow, each.reason) for each in group.lines[0].stuck] == [("a1-to-a2", "no folder Master Assets")]
    assert line(board, "none", unseen).is_in_trouble
    assert board.stuck == 2
    campaign = read_campaign(session, number, NOW)
    assert campaign is not None and campaign.stuck == group.lines[0].stuck
    only = read_campaign(session, unseen, NOW)
    assert only is not None and [each.reason for each in only.stuck] == ["away"]


def test_a_rejected_asset_that_could_not_go_back_has_failed_while_it_is_wanted_there(session: Session, book: Storybook):
    for status, failed in (("A5", 1), ("A3", 0)):
        number = f"C0000009{status}"
        book.campaign(number, "Back", status)
        master = book.master(f"Bck0{status}", "b.mp4", number)
        book.stranded(book.rejected(master, None, LEGAL), "Box is full")
        board = read_board(session, NOW)
        assert line(board, status, number).counts.failed == failed
    assert board.total("failed") == 2 + 1


def test_files_in_box_that_are_refused_are_counted_once_and_not_with_derivatives_that_failed(
    session: Session, book: Storybook
):
    for key in ("7/refused", "7/refused-for-now", "8/refused", "9/remark"):
        book.noted(f"a2-to-a3/file/{key}")
    book.noted("creativex-scores/file/5/refused")
    cut = session.scalar(select(DerivativeAsset.box_file_id).where(DerivativeAsset.upload_status == "failed"))
    book.noted(f"a2-to-a3/file/{cut}/refused")
    assert read_board(session, NOW).refused_files == 2


def test_an_empty_database_has_an_empty_board_and_a_full_one_is_read_in_six_queries(session: Session):
    assert read_board(session, NOW).groups == []
    tell(session)
    with counted(session) as sent:
        read_board(session, NOW)
    assert len(sent) == 6
