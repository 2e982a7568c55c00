"""The status machine: every pair of statuses is walked."""

import itertools

import pytest

from domain.errors import MoveRefused
from domain.routes import LOCAL_MASTERS
from domain.status import MOVES, Status, allowed_moves, check_move

ALLOWED = {"A1A2", "A2A3", "A3A4", "A3A5", "A4A5", "A5A6", "A6A3", "B1B2"}


@pytest.mark.parametrize(("origin", "target"), list(itertools.product(Status, Status)))
def test_only_the_moves_of_the_machine_are_allowed(origin: Status, target: Status):
    if origin + target in ALLOWED:
        check_move(origin, target)
    else:
        with pytest.raises(MoveRefused, match=f"{origin} cannot move to {target}; allowed: "):
            check_move(origin, target)


def test_a_refusal_lists_every_move_that_is_allowed():
    with pytest.raises(MoveRefused, match="allowed: A4, A5"):
        check_move(Status.A3, Status.A1)


def test_the_end_of_the_line_allows_none():
    assert allowed_moves(Status.B2) == ()
    with pytest.raises(MoveRefused, match="allowed: none"):
        check_move(Status.B2, Status.B1)


def test_every_status_is_in_the_machine():
    assert set(MOVES) == set(Status)


def test_a_delivery_makes_a_move_that_the_machine_knows_and_tells_it_with_its_own_mails():
    check_move(LOCAL_MASTERS.origin, LOCAL_MASTERS.target)
    assert LOCAL_MASTERS.mail("complete") == "a1_to_a2_complete"
