"""The board: every campaign where it stands, with its numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from entrypoints.board import Board, BoardLine, read_board
from tests.integration.entrypoints.test_passport import counted
from tests.integration.storybook import SPRING, Storybook, derivative_name, tell

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


def test_an_empty_database_has_an_empty_board_and_a_full_one_is_read_in_three_queries(session: Session):
    assert read_board(session, NOW).groups == []
    tell(session)
    with counted(session) as sent:
        read_board(session, NOW)
    assert len(sent) == 3
