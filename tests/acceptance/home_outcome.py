"""The state of a world that derivatives came home to, in a form in which two worlds that went the same way are equal.

Left out is what is random, what tells the time, and how often something was tried.
"""

from collections import Counter
from typing import Any

from sqlalchemy import select

from db.models import (
    AssetEvent,
    BoxEvent,
    DerivativeAsset,
    Fact,
    Lease,
    LookupDomain,
    OutboxMessage,
    StatusMove,
    UploadSession,
    WorkflowState,
)
from tests.acceptance.homeward import Homeward
from tests.acceptance.world import World

_COLUMNS = (
    "tracking_id", "derivative_filename", "upload_status", "handed_in_filename", "box_file_id", "box_file_version_id",
    "box_sha1", "content_md5", "file_size_bytes", "sent_at", "retry_count", "last_error", "next_attempt_at",
    "creativex_score", "width", "height", "duration_s", "video_codec", "frame_rate",
)  # fmt: skip
_TRIED = ("derivative_started",)
"""Events of which there is one for each try."""
_PASSING = {
    "dam_asset_id",
    "empty_since",
    "finished_at",
    "read_at",
    "run_url",
    "started_at",
    "timestamp",
    "uploaded_at",
}
"""What messages hold that is another one in each world."""


def home_outcome(home: Homeward) -> dict[str, Any]:
    """Return what is in the DAM, Box, the database, the mailbox and the webhook receiver."""
    world = home.world
    return {
        "dam": world.status(),
        "final assets": [(asset.name, asset.sha1, asset.state) for asset in home.in_dam()],
        "assets": _assets(world),
        "box": home.in_box(),
        "comments": home.comments(),
        **_database(world),
        "mails": Counter(subject for _, subject in {(m.message_id, m.subject) for m in world.twin.mail.mails}),
        "webhooks": _webhooks(world),
    }


def _assets(world: World) -> list[dict[str, Any]]:
    """Return the metadata of everything with content, wherever in the DAM, every version."""
    with world.twin.otmm.lock:
        return [dict(node.values) for node in world.twin.otmm.tree if node.content is not None]


def _database(world: World) -> dict[str, Any]:
    with world.store.transaction() as session:
        derivatives = session.scalars(select(DerivativeAsset).order_by(DerivativeAsset.id))
        moves = session.scalars(select(StatusMove))
        visits = session.scalars(select(WorkflowState))
        return {
            "derivatives": [_derivative(world, row) for row in derivatives],
            "events": _events(list(session.scalars(select(AssetEvent)))),
            "moves": [(m.campaign_number, m.workflow, m.from_status, m.to_status, m.state, m.detail) for m in moves],
            "visits": [(visit.workflow_name, visit.campaign_id, visit.last_status) for visit in visits],
            "outbox": sorted((_message(row) for row in session.scalars(select(OutboxMessage))), key=str),
            "facts": sorted((f.key, f.digest, f.told_at is not None) for f in session.scalars(select(Fact))),
            "box events": sorted((e.event_id, e.handled_at is not None) for e in session.scalars(select(BoxEvent))),
            "lookup domains": sorted((d.domain_id, d.value_ids) for d in session.scalars(select(LookupDomain))),
            "left over": [len(session.scalars(select(table)).all()) for table in (UploadSession, Lease)],
        }


def _derivative(world: World, row: DerivativeAsset) -> dict[str, Any]:
    asset = world.twin.otmm.tree.nodes.get(row.dam_asset_id or "")
    return {name: getattr(row, name) for name in _COLUMNS} | {"asset": asset.name if asset is not None else None}


def _events(events: list[AssetEvent]) -> Counter[tuple[str | None, str | None, str]]:
    return Counter((e.tracking_id, e.campaign_number, e.event_type) for e in events if e.event_type not in _TRIED)


def _message(row: OutboxMessage) -> dict[str, Any]:
    columns = ("channel", "template", "audience", "campaign_number", "state", "last_error")
    return {name: getattr(row, name) for name in columns} | {"payload": _lasting(row.payload)}


def _webhooks(world: World) -> list[Any]:
    by_key = {delivery.idempotency_key: delivery.body for delivery in world.twin.hooks.deliveries}
    return [_lasting(body) for body in by_key.values()]


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lasting(item) for key, item in value.items() if key not in _PASSING}
    return [_lasting(item) for item in value] if isinstance(value, list) else value
