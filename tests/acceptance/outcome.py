"""The state of a whole world, in a form in which two worlds that went the same way are equal."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from db.models import (
    CampaignStatus,
    Fact,
    Lease,
    MasterAsset,
    OutboxMessage,
    RejectedAsset,
    StatusMove,
    UploadSession,
)
from tests.acceptance.world import World


def outcome(world: World) -> dict[str, Any]:
    """Return what is in the DAM, Box, the database, the mailbox and the webhook receiver.

    Tracking ids are random: names in Box are given without them, after checking that they match.
    """
    with world.store.transaction() as session:
        masters = list(session.scalars(select(MasterAsset).order_by(MasterAsset.asset_path)))
        rejections = list(session.scalars(select(RejectedAsset).order_by(RejectedAsset.opentext_id, RejectedAsset.id)))
        moves = [(m.campaign_number, m.from_status, m.to_status, m.state) for m in session.scalars(select(StatusMove))]
        stays = [(s.campaign_number, s.status, s.left_at is None) for s in session.scalars(select(CampaignStatus))]
        outbox = sorted((m.channel, m.template, m.state) for m in session.scalars(select(OutboxMessage)))
        left_over = [session.scalars(select(table)).all() for table in (UploadSession, Lease, Fact)]
    ids = {master.tracking_id: master for master in masters}
    assert len(ids) == len(masters)
    return {
        "dam": world.status(),
        "box": sorted(_in_box(world, ids, rejections)),
        # A session whose id never reached us ends at Box by itself, after a week; it must only hold nothing.
        "parts left at Box": sum(len(session.parts) for session in world.twin.box.upload_sessions),
        "masters": [_master(world, master) for master in masters],
        "rejections": [_rejection(row) for row in rejections],
        "moves": moves,
        "stays": stays,
        "outbox": outbox,
        "left over": [len(rows) for rows in left_over],
        "mails": Counter(subject for _, subject in {(m.message_id, m.subject) for m in world.twin.mail.mails}),
        "webhooks": _webhooks(world),
    }


def _in_box(world: World, ids: dict[str, MasterAsset], rejections: list[RejectedAsset]) -> list[tuple[str, str, int]]:
    found, sent_back = [], {(row.tracking_id, row.box_file_id) for row in rejections}
    for file in world.twin.box.files_below("0"):
        stem = file.name.rpartition(".")[0]
        master = ids[stem[-6:]]
        assert file.id == master.box_file_id or (master.tracking_id, file.id) in sent_back
        found.append((file.path.replace(f"_{master.tracking_id}", ""), file.sha1, file.versions))
    return found


def _master(world: World, master: MasterAsset) -> dict[str, Any]:
    columns = ("opentext_id", "asset_path", "box_sha1", "delivery_status", "upload_directory", "last_error")
    return {name: getattr(master, name) for name in columns}


def _rejection(row: RejectedAsset) -> dict[str, Any]:
    columns = ("opentext_id", "asset_path", "digest", "verdicts", "box_sha1", "derivative_asset_id", "last_error")
    moments = {name: getattr(row, name) is not None for name in ("delivered_at", "returned_at", "superseded_at")}
    return {name: getattr(row, name) for name in columns} | moments


def _webhooks(world: World) -> list[dict[str, Any]]:
    by_key = {delivery.idempotency_key: delivery.body for delivery in world.twin.hooks.deliveries}
    return [{**body, "timestamp": ""} for body in by_key.values()]
