"""The campaign status machine (`CONTENT.SCALING.STATUS` on the campaign folder).

Local adaptation runs A1 → A2 → A3 → A4, with the rejection loop A5 → A6; global masters run B1 → B2.
"""

from enum import StrEnum

from domain.errors import MoveRefused


class Status(StrEnum):
    """Where a campaign stands."""

    A1 = "A1"  # masters ready
    A2 = "A2"  # in adaptation at the agencies
    A3 = "A3"  # delivered to the DAM
    A4 = "A4"  # live check
    A5 = "A5"  # rejected
    A6 = "A6"  # in rework
    B1 = "B1"  # global masters ready
    B2 = "B2"  # global masters delivered


MOVES: dict[Status, tuple[Status, ...]] = {
    Status.A1: (Status.A2,),
    Status.A2: (Status.A3,),  # only when every master has a derivative
    Status.A3: (Status.A4, Status.A5),  # the DAM's librarians make these two
    Status.A4: (Status.A5,),
    Status.A5: (Status.A6,),
    Status.A6: (Status.A3,),  # made by us only where REWORK_TO_A3 asks for it
    Status.B1: (Status.B2,),
    Status.B2: (),
}


def allowed_moves(origin: Status) -> tuple[Status, ...]:
    """Return the statuses that `origin` may move to."""
    return MOVES[origin]


def is_listed(origin: str, target: str) -> bool:
    """Tell whether the machine lists origin → target; statuses as read from the DAM, known or not.

    >>> is_listed("A1", "A2"), is_listed("A1", "A3"), is_listed("A10", "A2")
    (True, False, False)
    """
    return origin in MOVES and target in MOVES[Status(origin)]


def check_move(origin: Status, target: Status) -> None:
    """Raise MoveRefused, naming the moves that are allowed, unless the machine lists origin → target.

    >>> check_move(Status.A1, Status.A2)
    >>> check_move(Status.A1, Status.A3)
    Traceback (most recent call last):
    domain.errors.MoveRefused: A1 cannot move to A3; allowed: A2
    """
    if not is_listed(origin, target):
        allowed = ", ".join(MOVES[origin]) or "none"
        raise MoveRefused(f"{origin} cannot move to {target}; allowed: {allowed}")
