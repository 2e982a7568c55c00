"""Assets at the two ends of a window, and what the audit trail says has happened to them between."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from db.models import AssetEvent, MasterAsset, RejectedAsset
from domain.daily.balance import Balance, Transition

# The audit trail gives where each derivative stood at both ends, its row where it stands. One whose row was written
# and which was not taken up yet has no entry. Rows that are older than the audit trail, as those of another system,
# count as they stand.
_TRANSITIONS = """
WITH trail AS (
    SELECT tracking_id, detail->>'name' AS name,
        (array_agg(event_type ORDER BY id DESC) FILTER (WHERE event_timestamp < :since))[1] AS before,
        (array_agg(event_type ORDER BY id DESC))[1] AS after,
        bool_or(event_type = 'derivative_uploaded' AND event_timestamp < :since) AS was_home,
        bool_or(event_type = 'derivative_uploaded') AS is_home
    FROM asset_events
    WHERE event_type IN ('derivative_started', 'derivative_uploaded', 'derivative_withdrawn')
        AND event_timestamp < :until
    GROUP BY tracking_id, detail->>'name'
), stands AS (
    SELECT tracking_id, derivative_filename AS name, created_at < :since AS is_old,
        CASE upload_status WHEN 'completed' THEN 'in the DAM' WHEN 'withdrawn' THEN 'withdrawn' ELSE 'under way' END
            AS now
    FROM derivative_assets WHERE created_at < :until
), both_ends AS (
    SELECT now, trail.tracking_id IS NULL AS is_unheard_of, is_old,
        CASE before WHEN 'derivative_started' THEN 'under way' WHEN 'derivative_uploaded' THEN 'in the DAM'
            WHEN 'derivative_withdrawn' THEN CASE WHEN was_home THEN 'in the DAM' ELSE 'withdrawn' END END AS before,
        CASE after WHEN 'derivative_started' THEN 'under way' WHEN 'derivative_uploaded' THEN 'in the DAM'
            WHEN 'derivative_withdrawn' THEN CASE WHEN is_home THEN 'in the DAM' ELSE 'withdrawn' END END AS after
    FROM trail FULL JOIN stands USING (tracking_id, name)
)
SELECT
    CASE WHEN is_unheard_of AND is_old THEN now WHEN before IS NULL AND is_old THEN 'under way' ELSE before END,
    CASE WHEN is_unheard_of AND is_old THEN now WHEN is_unheard_of THEN 'under way' ELSE after END,
    now, count(*)
FROM both_ends GROUP BY 1, 2, 3
"""


def derivative_transitions(session: Session, since: datetime, until: datetime) -> list[Transition]:
    """Return how derivatives stood before and after the window, and how their rows stand now, with how many did so."""
    rows = session.execute(text(_TRANSITIONS), {"since": since, "until": until})
    return [Transition(before, after, now, number) for before, after, now, number in rows]


def master_balance(session: Session, since: datetime, until: datetime) -> Balance:
    """Return the masters in Box: by their rows at both ends, and by the audit trail between."""
    in_box = MasterAsset.box_file_id.is_not(None)  # also while a new version of it is on its way there
    at = MasterAsset.delivered_at
    opening, closing = session.execute(
        select(func.count().filter(at < since), func.count().filter(at < until)).select_from(MasterAsset).where(in_box)
    ).one()
    came = session.scalars(
        select(func.count(AssetEvent.tracking_id.distinct())).where(
            (AssetEvent.event_type == "delivered") | _is_rejected_master(),
            AssetEvent.event_timestamp >= since,
            AssetEvent.event_timestamp < until,
            ~_in_box_before(since),
        )
    ).one()
    return Balance("masters in Box", opening, came, 0, closing)


def _is_rejected_master() -> ColumnElement[bool]:
    """A rejected asset that nobody knew becomes a master, and its way back is its first into Box."""
    of_master = select(RejectedAsset.id).where(
        RejectedAsset.tracking_id == AssetEvent.tracking_id,
        RejectedAsset.opentext_id == AssetEvent.detail["asset_id"].astext,
        RejectedAsset.derivative_asset_id.is_(None),
    )
    return (AssetEvent.event_type == "rejection_delivered") & of_master.exists()


def _in_box_before(since: datetime) -> ColumnElement[bool]:
    before = select(MasterAsset.id).where(
        MasterAsset.tracking_id == AssetEvent.tracking_id,
        MasterAsset.box_file_id.is_not(None),
        MasterAsset.delivered_at < since,
    )
    return before.exists()
