"""Puts the mails and webhooks about a campaign into the outbox, in the transaction that makes the fact true."""

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect.runtime import flow_run
from sqlalchemy.orm import Session

from blocks.services import Services
from db.leases import check_fence
from db.models import StatusMove
from db.repositories.events import record_event
from db.repositories.outbox import enqueue
from domain.report import AssetOutcome, CampaignOutcome, Failure, Outcome
from domain.routes import DeliveryRoute, Route
from tasks.box_folders import campaign_folder
from tasks.delivery_ledger import ledger_of
from tasks.message_facts import about_campaign, about_delivery, about_failure, status_update
from tasks.trouble import Trouble
from tasks.work import CampaignWork


def tell_delivered(session: Session, move: StatusMove, route: Route, services: Services) -> None:
    """Queue the webhook and the mail of a finished move. The caller owns the transaction."""
    assert isinstance(route, DeliveryRoute)  # noqa: S101  (no other has delivered anything)
    number = move.campaign_number
    delivered = ledger_of(route).told(session, number, set(move.detail["asset_ids"]))
    folder_url = services.box.folder_url(move.detail["box_folder_id"])
    began = min((asset.since for asset in delivered), default=move.planned_at)
    facts = about_campaign(number, move.campaign_name, route, services)
    facts |= about_delivery(
        [asset.facts for asset in delivered], folder_url, started_at=began, finished_at=move.done_at or began
    )
    facts["skipped"] = move.detail.get("skipped", [])
    tell_moved(session, move, route, assets=len(delivered), facts=facts)


def tell_moved(session: Session, move: StatusMove, route: Route, *, assets: int, facts: dict[str, Any]) -> None:
    """Queue the webhook and the mail of a finished move; nothing troubles the campaign any more."""
    number = move.campaign_number
    key = f"{route.workflow}/{number}/move-{move.id}"
    for name in (number, move.campaign_folder_id):  # it goes by its folder's id while it has no number
        Trouble.of_campaign(session, route, name).clear()
    if route.webhook is not None:
        enqueue(
            session,
            key=f"{key}/webhook",
            channel="webhook",
            template=route.webhook,
            audience=None,
            payload=status_update(move, assets),
            campaign_number=number,
        )
    enqueue(
        session,
        key=f"{key}/mail",
        channel="mail",
        template=route.mail(route.says_complete),
        audience="success",
        payload=facts,
        campaign_number=number,
    )


def tell_partial(work: CampaignWork, outcome: CampaignOutcome) -> None:
    """Say which assets failed and why, once for each set of failures."""
    services, number = work.services, outcome.number
    failures = [(asset, asset.failure) for asset in outcome.assets if asset.failure is not None]
    arrived = {asset.asset_id for asset in outcome.arrived}
    folder_url = services.box.folder_url(campaign_folder(work)) if arrived else None
    outcome.box_url = folder_url
    with services.store.transaction() as session:
        check_fence(session, work.lease)
        told = [asset.facts for asset in ledger_of(work.route).told(session, number, arrived)]
        facts = about_campaign(number, outcome.name, work.route, services)
        facts |= about_delivery(told, folder_url, started_at=services.opened_at, finished_at=datetime.now(UTC))
        facts["failed"] = [_not_delivered(asset, failure, work) for asset, failure in failures]
        facts["skipped"] = skipped(outcome)
        # A disturbance beside them does not make the lasting failures new ones.
        signs = [f"{asset.asset_id} {failure.sign}" for asset, failure in failures if not failure.will_retry]
        trouble = Trouble.of_campaign(session, work.route, number)
        is_new = trouble.tell("partial", signs, facts) if signs else trouble.tell_passing("partial", facts)
        if is_new:
            _record_failures(session, failures, work)


def tell_empty(work: CampaignWork, outcome: CampaignOutcome) -> None:
    """Say that the campaign has nothing to carry, once it has been so for as long as the settings allow."""
    outcome.note = "no rejected asset" if work.route.takes == "rejections" else "no assets yet"
    facts = about_campaign(outcome.number, outcome.name, work.route, work.services)
    patience = timedelta(minutes=work.services.settings.empty_campaign_after_min)
    with work.services.store.transaction() as session:
        check_fence(session, work.lease)
        Trouble.of_campaign(session, work.route, outcome.number).tell("empty", (), facts, after=patience)


def tell_stuck(outcome: CampaignOutcome, route: Route, services: Services) -> None:
    """Say why a campaign could not be worked on, once for each reason."""
    failure = outcome.failure
    if failure is None:
        return
    facts = about_campaign(outcome.number, outcome.name, route, services) | about_failure(failure)
    with services.store.transaction() as session:
        trouble = Trouble.of_campaign(session, route, outcome.number)
        if failure.will_retry:
            is_new = trouble.tell_passing("stuck", facts)
        else:
            is_new = trouble.tell("stuck", (failure.sign,), facts)
        if is_new:
            detail = {"workflow": route.workflow, "reason": failure.reason, "mended_by": failure.mended_by}
            record_event(
                session,
                tracking_id=None,
                event_type="campaign_failed",
                detail=detail,
                campaign_number=outcome.number,
                run_id=flow_run.id,
            )


def skipped(outcome: CampaignOutcome) -> list[dict[str, str]]:
    """Return which assets were left out, and why, as mails take it."""
    replaced = [asset.path for asset in outcome.assets if asset.outcome is Outcome.REPLACED]
    gone = [asset for asset in outcome.assets if asset.outcome is Outcome.GONE and asset.warnings]
    return [
        *({"name": path, "reason": "a later upload has taken its place"} for path in replaced),
        *({"name": asset.path, "reason": "; ".join(asset.warnings)} for asset in gone),
    ]


def _not_delivered(asset: AssetOutcome, failure: Failure, work: CampaignWork) -> dict[str, object]:
    verdict = work.survey.rejections.get(asset.asset_id)
    said = {"status": verdict.status, "verdicts": verdict.as_json()} if verdict is not None else {}
    return {"name": asset.path.rpartition("/")[2], "path": asset.path, **said} | about_failure(failure)


def _record_failures(session: Session, failures: list[tuple[AssetOutcome, Failure]], work: CampaignWork) -> None:
    for asset, failure in failures:
        detail = {"asset_id": asset.asset_id, "path": asset.path, "reason": failure.reason}
        detail |= {"workflow": work.route.workflow, "mended_by": failure.mended_by}
        record_event(
            session,
            tracking_id=asset.tracking_id,
            event_type="delivery_failed",
            detail=detail,
            campaign_number=work.campaign.number,
            run_id=flow_run.id,
        )
