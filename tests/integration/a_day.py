"""A day in the database, written as runs would have written it, with times of the test's choice."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from db.models import (
    AssetEvent,
    CampaignStatus,
    CreativexScore,
    DerivativeAsset,
    Fact,
    MasterAsset,
    OutboxMessage,
    RejectedAsset,
    Scorecard,
    StatusMove,
)
from db.models.base import Base
from db.repositories.run_summaries import keep_summary

SPRING, SUMMER = "C000000101", "C000000102"
NAMES = {SPRING: "Spring", SUMMER: "Summer"}
RUN = "run of "
"""Begins the id of the run that an event is of."""


Row = TypeVar("Row", bound=Base)


class Day:
    """Writes rows; times are given as hours before now."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.now: datetime = session.scalars(select(func.now())).one()

    def ago(self, hours: float) -> datetime:
        """The moment so many hours ago."""
        return self.now - timedelta(hours=hours)

    def event(self, kind: str, hours: float, number: str | None = None, tracking_id: str | None = None, **detail: Any):
        """Add to the audit trail."""
        run_id = f"{RUN}{detail.get('workflow', kind)}"
        row = {"event_type": kind, "event_timestamp": self.ago(hours), "campaign_number": number}
        self._session.execute(insert(AssetEvent).values(**row, tracking_id=tracking_id, detail=detail, run_id=run_id))

    def stay(self, number: str, status: str, began: float, left: float | None = None) -> None:
        """Let a campaign be in a status."""
        left_at = self.ago(left) if left is not None else None
        self._add(
            CampaignStatus(
                campaign_number=number,
                campaign_name=NAMES.get(number, number),
                campaign_folder_id=f"folder of {number}",
                status=status,
                created_at=self.ago(began),
                left_at=left_at,
            )
        )

    def move(self, number: str, origin: str, target: str, hours: float, workflow: str = "a1-to-a2", **more: Any):
        """Let a workflow move a campaign, with all that it writes down; the stay that it ends is written before."""
        self.stay(number, target, hours, more.pop("left", None))
        self._add(
            StatusMove(
                campaign_number=number,
                campaign_folder_id=f"folder of {number}",
                campaign_name=NAMES.get(number, number),
                workflow=workflow,
                from_status=origin,
                to_status=target,
                state=more.pop("state", "done"),
                detail=more,
                planned_at=self.ago(hours),
                done_at=self.ago(hours),
            )
        )
        self.event("status_changed", hours, number, **{"from": origin, "to": target, "workflow": workflow})

    def master(self, tracking_id: str, hours: float | None, number: str = SPRING, **more: Any) -> MasterAsset:
        """Let a master be in Box, or on its way where no time is given."""
        facts = {"original_filename": f"{tracking_id}.mp4", "workflow_name": "a1-to-a2", "campaign_name": NAMES[number]}
        row = MasterAsset(
            tracking_id=tracking_id, opentext_id=f"dam {tracking_id}", local_campaign_id=number, **(facts | more)
        )
        if hours is not None:
            row.delivery_status, row.box_file_id = "delivered", f"box {tracking_id}"
            row.delivered_at = row.created_at = self.ago(hours)
            self.event("delivered", hours, number, tracking_id)
        return self._add(row)

    def derivative(self, master: MasterAsset, name: str, hours: float, home: float | None = None, **more: Any):
        """Let an agency hand a file in, which may come home."""
        row = DerivativeAsset(
            tracking_id=master.tracking_id,
            master_asset_id=master.id,
            derivative_filename=name,
            created_at=self.ago(hours),
            last_attempt_at=self.ago(hours),
            **more,
        )
        self.event("derivative_started", hours, master.local_campaign_id, master.tracking_id, name=name)
        if home is not None:
            row.upload_status, row.dam_asset_id, row.uploaded_at = "completed", f"dam {name}", self.ago(home)
            self.event("derivative_uploaded", home, master.local_campaign_id, master.tracking_id, name=name)
        return self._add(row)

    def rejection(self, master: MasterAsset, name: str, hours: float, home: float | None = None) -> RejectedAsset:
        """Let a reviewer reject an asset, which goes back to the agency and may have come home."""
        number = master.local_campaign_id
        self.event("rejection_delivered", hours, number, master.tracking_id, name=name, asset_id=f"dam {name}")
        return self._add(
            RejectedAsset(
                campaign_number=number,
                opentext_id=f"dam {name}",
                tracking_id=master.tracking_id,
                master_asset_id=master.id,
                original_filename=name,
                asset_path=name,
                digest=name,
                approval_status="NOT APPROVED",
                verdicts=[],
                delivered_at=self.ago(hours),
                created_at=self.ago(hours),
                returned_at=self.ago(home) if home is not None else None,
            )
        )

    def fact(self, key: str, hours: float) -> None:
        """Let polls find something."""
        seen = self.ago(hours)
        self._add(Fact(key=key, digest="", first_seen_at=seen, last_seen_at=self.now, told_at=seen))

    def card(self, name: str, hours: float, score: str = "80", *, state: str = "read", **more: Any) -> Scorecard:
        """Let a scorecard be read."""
        status = {"read": "active"}.get(state, state)
        row = CreativexScore(
            filename=name, quality_score=score, version=more.pop("version", 1), status=status,
            extracted_at=self.ago(hours), creativex_url=f"https://creativex.example.com/{name}",
        )  # fmt: skip
        self._add(row)
        self.event("score_read" if state == "read" else "score_needs_review", hours, pdf=f"{name}.pdf", name=name)
        return self._add(
            Scorecard(
                sha1=f"{name} {hours}", state=state, pdf_name=f"{name}.pdf", box_file_id=f"box {name}",
                score_id=row.id, read_at=self.ago(hours), **more,
            )
        )  # fmt: skip

    def message(self, key: str, hours: float, **more: Any) -> None:
        """Put a message into the outbox."""
        facts = {"channel": "mail", "template": "a1_to_a2_complete", "audience": "success", "payload": {}}
        self._add(OutboxMessage(key=key, created_at=self.ago(hours), **(facts | more)))

    def ran(self, workflow: str, hours: float, run_id: str = "", **counts: Any) -> None:
        """Let a run have left its summary."""
        counts = {"campaigns": {}, "files": {}, "done": [], "failed": [], **counts}
        run_id = run_id or f"{workflow} {hours}"
        keep_summary(
            self._session,
            run_id=run_id,
            workflow=workflow,
            started_at=self.ago(hours + 0.01),
            in_trouble=bool(counts["failed"]),
            headline="did something",
            counts=counts,
        )
        self.sql("UPDATE run_summaries SET ended_at = :at WHERE run_id = :run", at=self.ago(hours), run=run_id)

    def told_all(self) -> None:
        """Let every run of which there are events have left its summary, too."""
        self.sql(
            "INSERT INTO run_summaries SELECT DISTINCT run_id, 'x', now(), now() + interval '1 day', false, '', '{}'"
            "::jsonb FROM asset_events WHERE run_id IS NOT NULL ON CONFLICT DO NOTHING"
        )

    def sql(self, statement: str, **values: object) -> None:
        """Change the database by hand."""
        self._session.flush()
        self._session.execute(text(statement), values)

    def _add(self, row: Row) -> Row:
        self._session.add(row)
        self._session.flush()
        return row


def spring(day: Day) -> None:
    """Spring went out two days ago, half of it came home today; Summer went out today; one file was rejected."""
    day.stay(SPRING, "A1", 60, 50)
    day.move(SPRING, "A1", "A2", 50)
    day.stay(SUMMER, "A1", 30, 5)
    day.move(SUMMER, "A1", "A2", 5)
    first, second = day.master("aaaaa1", 50.5), day.master("aaaaa2", 50.5)
    summer = day.master("bbbbb1", 5.5, SUMMER)
    day.derivative(first, "Early.mp4", 40, 39)
    day.derivative(first, "Late.mp4", 4, 3)
    day.derivative(second, "Open.mp4", 2)
    day.rejection(summer, "Wrong.png", 1)
    day.card("Early.mp4", 3)
    day.told_all()
