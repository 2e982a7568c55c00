"""The board: every campaign where it stands, with how much of it has come how far. From the database alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.models import CampaignStatus
from db.repositories.board import CampaignCounts, arrived_since, counts_of_campaigns
from db.repositories.rejections import stranded_by_campaign
from db.repositories.stays import open_stays
from db.repositories.troubles import Stuck, count_refused_files, stuck_campaigns
from domain.status import Status
from domain.waiting import ACCEPTED

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
    """One campaign. `since` is when it was first seen in its status, None where it never was.

    `stuck` holds the workflows that cannot work on it.
    """

    number: str
    name: str
    status: str | None
    since: datetime | None
    counts: CampaignCounts
    stuck: Sequence[Stuck] = ()

    @property
    def is_in_trouble(self) -> bool:
        """Whether something of it has failed, or it cannot go on as a whole."""
        return bool(self.counts.failed or self.stuck)


@dataclass(frozen=True, slots=True)
class BoardGroup:
    """The campaigns in one status: first those in trouble, then of those that wait the oldest, of others the newest."""

    status: str
    meaning: str
    lines: Sequence[BoardLine]


@dataclass(frozen=True, slots=True)
class Board:
    """All campaigns, and what they add up to."""

    groups: Sequence[BoardGroup]
    arrived_lately: int
    refused_files: int
    """Files in Box that cannot be taken in, whatever campaign they are of."""

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

    @property
    def stuck(self) -> int:
        """How many campaigns a workflow cannot work on."""
        return sum(bool(line.stuck) for group in self.groups for line in group.lines)


def read_board(session: Session, now: datetime) -> Board:
    """Return the board, in six queries."""
    counts, stays = counts_of_campaigns(session), open_stays(session)
    stuck: defaultdict[str, list[Stuck]] = defaultdict(list)
    for each in stuck_campaigns(session):
        stuck[each.campaign_number].append(each)
    lines = _with_stranded(_lines(stays, counts, stuck), stranded_by_campaign(session))
    statuses = (*_ORDER, *sorted({line.status for line in lines if line.status and line.status not in MEANINGS}))
    groups = [_group(status, [line for line in lines if line.status == status]) for status in statuses]
    groups.append(_group(UNSEEN, [line for line in lines if line.status is None]))
    lately = arrived_since(session, now - timedelta(hours=24))
    return Board([group for group in groups if group.lines], lately, count_refused_files(session))


def _lines(
    stays: Sequence[CampaignStatus], counts: Mapping[str, CampaignCounts], stuck: Mapping[str, Sequence[Stuck]]
) -> list[BoardLine]:
    seen = {stay.campaign_number: stay for stay in stays}
    return [
        _line(number, seen.get(number), counts.get(number, CampaignCounts(number)), stuck.get(number, ()))
        for number in (*seen, *(each for each in dict.fromkeys([*counts, *stuck]) if each not in seen))
    ]


def _line(number: str, stay: CampaignStatus | None, counts: CampaignCounts, stuck: Sequence[Stuck]) -> BoardLine:
    if stay is None:
        return BoardLine(number, counts.name, None, None, counts, stuck)
    return BoardLine(number, stay.campaign_name, stay.status, stay.created_at, counts, stuck)


def _with_stranded(lines: Sequence[BoardLine], stranded: Mapping[str, int]) -> list[BoardLine]:
    """Count what could not go back to the agency as failed, while it is still wanted there."""
    return [
        replace(line, counts=replace(line.counts, failed=line.counts.failed + stranded.get(line.number, 0)))
        if line.status not in ACCEPTED
        else line
        for line in lines
    ]


def _group(status: str, lines: list[BoardLine]) -> BoardGroup:
    def by_time(line: BoardLine) -> float:
        return line.since.timestamp() if line.since is not None else 0.0

    is_over = status in _OVER
    ordered = sorted(lines, key=lambda line: (-by_time(line) if is_over else by_time(line), line.number))
    ordered.sort(key=lambda line: not line.is_in_trouble)
    unknown = "Not seen in a status yet" if status == UNSEEN else "A status that is none of ours"
    return BoardGroup(status, MEANINGS.get(status, unknown), ordered)
