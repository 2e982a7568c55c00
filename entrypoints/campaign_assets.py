"""Every asset of a campaign and what it waits for: from the database alone, in few queries whatever its size."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from db.models import CampaignStatus, DerivativeAsset, MasterAsset, RejectedAsset
from db.repositories.masters import masters_of, retired_masters_of
from db.repositories.progress import derivatives_of, derivatives_of_retired
from db.repositories.rejections import rejections_of_last_round
from db.repositories.scorecards import names_scored
from db.repositories.scores import NEEDS_REVIEW, scores_called
from db.repositories.stays import open_stay
from db.repositories.troubles import Stuck, stuck_campaigns
from domain.waiting import Waiting, what_it_waits_for
from entrypoints.passport import names_of, standing_of

_OPEN = ("pending", "failed")
_Row = TypeVar("_Row", DerivativeAsset, RejectedAsset)


@dataclass(frozen=True)
class AssetLine:
    """A master of the campaign, what was made of it, and what it waits for."""

    master: MasterAsset
    derivatives: Sequence[DerivativeAsset]
    waiting: Waiting

    @property
    def home(self) -> int:
        """How many derivatives of it have arrived."""
        return sum(row.upload_status == "completed" for row in self.derivatives)


@dataclass(frozen=True)
class CampaignAssets:
    """A campaign as the database knows it. `stay` is None where nobody has seen it in a status."""

    number: str
    name: str
    stay: CampaignStatus | None
    lines: Sequence[AssetLine]
    """Those of retired masters come last, and count for nothing."""
    stuck: Sequence[Stuck]
    """The workflows that cannot work on it."""

    @property
    def status(self) -> str | None:
        """The status that it was last seen in."""
        return self.stay.status if self.stay is not None else None

    @property
    def active(self) -> Sequence[AssetLine]:
        """The lines of masters that the campaign waits for."""
        return [line for line in self.lines if line.master.status == "active"]

    @property
    def complete(self) -> int:
        """How many active masters have everything at home, and something at all."""
        return sum(_is_complete(line.derivatives) for line in self.active)


def read_campaign(session: Session, number: str, now: datetime, *, status: str | None = None) -> CampaignAssets | None:
    """Return the campaign with this number, or None where the database knows none.

    `status` is the one that the DAM shows, where it was asked; else the one it was last seen in counts.
    """
    masters, stay = masters_of(session, number), open_stay(session, number)
    retired, stuck = retired_masters_of(session, number), stuck_campaigns(session, number)
    if stay is None and not (masters or retired or stuck):
        return None
    name = stay.campaign_name if stay is not None else next((each.campaign_name for each in masters or retired), None)
    derivatives = _by_tracking_id(derivatives_of(session, number))
    rejections = _by_tracking_id(rejections_of_last_round(session, campaign_number=number))
    scored = names_scored(session, [master.tracking_id for master in masters])
    names = {
        master.tracking_id: [*names_of(master, derivatives[master.tracking_id]), *scored.get(master.tracking_id, ())]
        for master in masters
    }
    every = {name for own in names.values() for name in own}
    unsound = [row.filename for row in scores_called(session, every, status=NEEDS_REVIEW)]
    status = status or (stay.status if stay is not None else None)
    lines = _lines(masters, derivatives, rejections, names, unsound, status, now)
    return CampaignAssets(number, name or "", stay, [*lines, *_retired(session, number, retired, now)], stuck)


def _lines(  # noqa: PLR0913, PLR0917  (what is known of them)
    masters: Sequence[MasterAsset],
    derivatives: Mapping[str, Sequence[DerivativeAsset]],
    rejections: Mapping[str, Sequence[RejectedAsset]],
    names: Mapping[str, Collection[str]],
    unsound: Collection[str],
    status: str | None,
    now: datetime,
) -> list[AssetLine]:
    undelivered = sum(master.delivery_status != "delivered" for master in masters)
    unfinished = sum(not _is_complete(derivatives[master.tracking_id]) for master in masters)
    lines = []
    for master in masters:
        own = derivatives[master.tracking_id]
        others = (undelivered - (master.delivery_status != "delivered"), unfinished - (not _is_complete(own)))
        standing = standing_of(
            master,
            own,
            rejections[master.tracking_id],
            names=names[master.tracking_id],
            unsound=unsound,
            status=status,
            others=others,
        )
        lines.append(AssetLine(master, own, what_it_waits_for(standing, now)))
    return lines


def _retired(session: Session, number: str, masters: Sequence[MasterAsset], now: datetime) -> Iterator[AssetLine]:
    made = _by_tracking_id(derivatives_of_retired(session, number) if masters else ())
    for master in masters:
        own = made[master.tracking_id]
        standing = standing_of(master, own, (), names=(), unsound=(), status=None, others=(0, 0))
        yield AssetLine(master, own, what_it_waits_for(standing, now))


def _is_complete(derivatives: Sequence[DerivativeAsset]) -> bool:
    statuses = {row.upload_status for row in derivatives}
    return "completed" in statuses and not statuses.intersection(_OPEN)


def _by_tracking_id(rows: Iterable[_Row]) -> Mapping[str, list[_Row]]:
    found: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.tracking_id].append(row)
    return found
