"""The board: every campaign where it stands, with how much of it has come how far. From the database alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.models import CampaignStatus
from db.repositories.board import CampaignCounts, arrived_since, counts_of_campaigns
from db.repositories.stays import open_stays
from domain.status import Status

MEANINGS: dict[str, str] = {
    Status.A1: "Masters ready",
    Status.A2: "In adaptation",
    Status.A3: "Delivered to the DAM",
    Status.A4: "Live check",
    Status.A5: "Rejected",
    Status.A6: "In rework",
    Status.B1: "Global masters ready",
    Status.B2: "Global masters delivered",
}
UNSEEN = "none"
"""Stands for campaigns that nobody has seen in a status of ours."""

_ORDER = (Status.A5, Status.A6, Status.A1, Status.A2, Status.A3, Status.A4, Status.B1, Status.B2)
_OVER = (Status.A3, Status.A4, Status.B2)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One campaign. `since` is when it was first seen in its status, None where it never was."""

    number: str
    name: str
    status: str | None
    since: datetime | None
    counts: CampaignCounts


@dataclass(frozen=True, slots=True)
class BoardGroup:
    """The campaigns in one status; of those that wait, the ones in trouble and then the oldest first."""

    status: str
    meaning: str
    lines: Sequence[BoardLine]


@dataclass(frozen=True, slots=True)
class Board:
    """All campaigns, and what they add up to."""

    groups: Sequence[BoardGroup]
    arrived_lately: int

    def group(self, status: str) -> BoardGroup | None:
        """Return the campaigns in one status, None where there is none in it."""
        return next((group for group in self.groups if group.status == status), None)

    def campaigns(self, status: str) -> int:
        """Return how many campaigns are in a status."""
        group = self.group(status)
        return len(group.lines) if group is not None else 0

    def total(self, what: str) -> int:
        """Return the sum of one of the counts."""
        return sum(getattr(line.counts, what) for group in self.groups for line in group.lines)


def read_board(session: Session, now: datetime) -> Board:
    """Return the board, in three queries."""
    counts, stays = counts_of_campaigns(session), open_stays(session)
    lines = _lines(stays, counts)
    statuses = (*_ORDER, *sorted({line.status for line in lines if line.status and line.status not in MEANINGS}))
    groups = [_group(status, [line for line in lines if line.status == status]) for status in statuses]
    groups.append(_group(UNSEEN, [line for line in lines if line.status is None]))
    return Board([group for group in groups if group.lines], arrived_since(session, now - timedelta(hours=24)))


def _lines(stays: Sequence[CampaignStatus], counts: Mapping[str, CampaignCounts]) -> list[BoardLine]:
    seen = {stay.campaign_number for stay in stays}
    return [
        *(
            BoardLine(
                stay.campaign_number,
                stay.campaign_name,
                stay.status,
                stay.created_at,
                counts.get(stay.campaign_number, CampaignCounts(stay.campaign_number)),
            )
            for stay in stays
        ),
        *(BoardLine(number, each.name, None, None, each) for number, each in counts.items() if number not in seen),
    ]


def _group(status: str, lines: list[BoardLine]) -> BoardGroup:
    def by_time(line: BoardLine) -> float:
        return line.since.timestamp() if line.since is not None else 0.0

    is_over = status in _OVER
    ordered = sorted(lines, key=lambda line: (-by_time(line) if is_over else by_time(line), line.number))
    if not is_over:
        ordered.sort(key=lambda line: line.counts.failed == 0)
    unknown = "Not seen in a status yet" if status == UNSEEN else "A status that is none of ours"
    return BoardGroup(status, MEANINGS.get(status, unknown), ordered)
