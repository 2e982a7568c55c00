"""The passport of an asset: a master, all that was made of it and said of it, and what it waits for.

From the database alone, for the terminal and the status pages alike.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CampaignStatus, CreativexScore, DerivativeAsset, MasterAsset, RejectedAsset
from db.repositories.derivatives import derivatives_under
from db.repositories.progress import others_open
from db.repositories.rejections import rejections_of_last_round, rejections_under
from db.repositories.scorecards import names_scored
from db.repositories.scores import NEEDS_REVIEW, scores_called
from db.repositories.stays import open_stay
from domain.score_names import is_same_asset
from domain.waiting import Made, SentBack, Standing, Waiting, what_it_waits_for


@dataclass(frozen=True)
class Passport:
    """What the database knows of one master. `stay` is None where nobody has seen its campaign in a status.

    All lists are oldest first; `rejections` holds those that another one took the place of too.
    """

    master: MasterAsset
    stay: CampaignStatus | None
    derivatives: Sequence[DerivativeAsset]
    scores: Sequence[CreativexScore]
    rejections: Sequence[RejectedAsset]
    waiting: Waiting


def read_passport(session: Session, tracking_id: str, now: datetime) -> Passport | None:
    """Return the passport of the master with this tracking id (case-sensitive), active or not, or None."""
    master = master_under(session, tracking_id)
    if master is None:
        return None
    derivatives, rejections = derivatives_under(session, tracking_id), rejections_under(session, tracking_id)
    names = scored_names_under(session, tracking_id, names_of(master, derivatives))
    scores = scores_called(session, names, master=tracking_id)
    stay = open_stay(session, master.local_campaign_id)
    standing = standing_of(
        master,
        derivatives,
        rejections_of_last_round(session, tracking_id=tracking_id),
        names=names,
        unsound=[row.filename for row in scores if row.status == NEEDS_REVIEW],
        status=stay.status if stay is not None else None,
        others=others_open(session, master.local_campaign_id, master.id),
    )
    return Passport(master, stay, derivatives, scores, rejections, what_it_waits_for(standing, now))


def standing_of(  # noqa: PLR0913  (what is known of it)
    master: MasterAsset,
    derivatives: Sequence[DerivativeAsset],
    rejections: Sequence[RejectedAsset],
    *,
    names: Collection[str],
    unsound: Collection[str],
    status: str | None,
    others: tuple[int, int],
) -> Standing:
    """Return what the rows of one master say. `rejections` are of the last round.

    `names` are those that scores of it are kept under, `unsound` some that are in review, of other assets too.
    `others` counts the campaign's other masters: those not in Box, those not complete.
    """
    return Standing(
        tracking_id=master.tracking_id,
        is_active=master.status == "active",
        is_delivered=master.delivery_status == "delivered",
        delivery_error=master.last_error,
        next_delivery_at=master.next_attempt_at,
        made=tuple(
            Made(row.derivative_filename, row.upload_status, row.last_error, row.next_attempt_at) for row in derivatives
        ),
        sent_back=tuple(
            SentBack(row.original_filename, row.delivered_at is not None, row.last_error, row.next_attempt_at)
            for row in rejections
            if row.returned_at is None
        ),
        unsound=tuple(name for name in unsound if any(is_same_asset(name, own) for own in names)),
        campaign_status=status,
        others_undelivered=others[0],
        others_unfinished=others[1],
    )


def master_under(session: Session, tracking_id: str) -> MasterAsset | None:
    """Return the master with this tracking id (case-sensitive), active or not, or None."""
    return session.scalar(select(MasterAsset).where(MasterAsset.tracking_id == tracking_id))


def scored_names_under(session: Session, tracking_id: str, own: Sequence[str]) -> list[str]:
    """Return the names that scores under a tracking id are kept under: its assets' `own`, and those on scorecards."""
    return list(dict.fromkeys([*own, *sorted(names_scored(session, [tracking_id]).get(tracking_id, ()))]))


def names_of(master: MasterAsset, derivatives: Sequence[DerivativeAsset]) -> list[str]:
    """Return the names of a master and of what was made of it: scores of them are kept under these."""
    return [master.original_filename, *(row.derivative_filename for row in derivatives)]
