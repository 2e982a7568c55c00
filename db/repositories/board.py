"""Numbers about all campaigns at once, in queries whose count does not grow with them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset


@dataclass(frozen=True, slots=True)
class CampaignCounts:
    """How much of a campaign is where; of active masters, and of what was made of them.

    `complete` are masters that have something at home and nothing open; `failed` counts masters and derivatives.
    """

    number: str
    name: str = ""
    masters: int = 0
    in_box: int = 0
    complete: int = 0
    home: int = 0
    under_way: int = 0
    failed: int = 0


def counts_of_campaigns(session: Session) -> dict[str, CampaignCounts]:
    """Return the counts of every campaign that has active masters, by number."""
    made = (
        select(
            DerivativeAsset.master_asset_id.label("master_id"),
            *(
                func.count().filter(DerivativeAsset.upload_status == status).label(status)
                for status in ("completed", "pending", "failed")
            ),
        )
        .group_by(DerivativeAsset.master_asset_id)
        .subquery()
    )
    is_open = or_(made.c.pending > 0, made.c.failed > 0)
    stuck = func.count().filter(MasterAsset.delivery_status == "failed")
    rows = session.execute(
        select(
            MasterAsset.local_campaign_id,
            func.coalesce(func.max(MasterAsset.campaign_name), ""),
            func.count(),
            func.count().filter(MasterAsset.delivery_status == "delivered"),
            func.count().filter(made.c.completed > 0, ~is_open),
            *(func.coalesce(func.sum(made.c[status]), 0) for status in ("completed", "pending")),
            func.coalesce(func.sum(made.c.failed), 0) + stuck,
        )
        .outerjoin(made, made.c.master_id == MasterAsset.id)
        .where(MasterAsset.status == "active")
        .group_by(MasterAsset.local_campaign_id)
    )
    return {row[0]: CampaignCounts(*row[:2], *map(int, row[2:])) for row in rows.tuples()}


def arrived_since(session: Session, moment: datetime) -> int:
    """Return how many derivatives have arrived in the DAM since then."""
    return session.scalars(select(func.count()).where(DerivativeAsset.uploaded_at >= moment)).one()
