"""Puts the mails about scorecards into the outbox, in the transaction that makes the fact true."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from blocks.services import Services
from clients.box.client import BoxFile
from db.leases import Lease, check_fence
from db.models import CreativexScore
from db.models import Scorecard as Row
from db.repositories.outbox import enqueue
from db.repositories.scorecards import mark_scores_told, untold
from db.repositories.scores import ACTIVE
from domain.report import Failure
from domain.scorecards import Scorecard
from domain.scoring import WORKFLOW
from tasks.message_facts import about_failure, about_run
from tasks.scored_assets import find_scored_asset, nearest_files
from tasks.trouble import Trouble, digest_of, forget_scorecards_but
from tasks.work import ScoreIntake

_REVIEW_ADVICE = "Compare it with the scorecard at the link, and hand in one that adds up."


def tell_scores(intake: ScoreIntake, lease: Lease) -> None:
    """Queue one mail about every score that was read and not yet told, by this run or by one that died."""
    services = intake.services
    with services.store.transaction() as session:
        check_fence(session, lease)
        read = untold(session)
        if not read:
            return
        folder_id = services.settings.box_folder_creativex
        facts = {
            **about_run(services),
            "scores": [_score(session, row, score, services) for row, score in read],
            "kept_in_box": intake.keep_files,
            "folder_url": services.box.folder_url(folder_id) if folder_id is not None else None,
        }
        ids = [row.id for row, _ in read]
        enqueue(
            session,
            key=f"{WORKFLOW}/read/{digest_of(map(str, ids))}",
            channel="mail",
            template="creativex_complete",
            audience="success",
            payload=facts,
        )
        mark_scores_told(session, ids)


def forget_gone(pdfs: Iterable[BoxFile], intake: ScoreIntake, lease: Lease) -> None:
    """Forget the trouble of scorecards that are gone from Box; `pdfs` are all that are there."""
    with intake.services.store.transaction() as session:
        check_fence(session, lease)
        forget_scorecards_but(session, [pdf.file_id for pdf in pdfs])


def tell_review(session: Session, pdf: BoxFile, card: Scorecard, services: Services) -> None:
    """Queue the mail about a scorecard that does not add up, once for its content."""
    reason = f"The score is {_text(card.quality_score)}, and its guidelines passed add up to {_text(card.passed_sum)}"
    failure = Failure(reason, _REVIEW_ADVICE, will_retry=False, sign=pdf.sha1)
    facts = _about_pdf(pdf, failure, services) | {"needs_review": _imbalance(card)}
    Trouble.of_scorecard(session, pdf.file_id).tell("review", (pdf.sha1,), facts)


def tell_unread(session: Session, pdf: BoxFile, failure: Failure, services: Services, *, passes: bool) -> bool:
    """Queue the mail about a PDF that could not be read, once for its content and the reason; True where it is new.

    `passes`: the next run tries it again at once, as one that was replaced in Box while it was fetched.
    """
    facts = _about_pdf(pdf, failure, services) | {"needs_review": None}
    trouble = Trouble.of_scorecard(session, pdf.file_id)
    if failure.will_retry or passes:
        return trouble.tell_passing("refused", facts)
    return trouble.tell("refused", (pdf.sha1, failure.sign), facts)


def _score(session: Session, row: Row, score: CreativexScore, services: Services) -> dict[str, Any]:
    asset = find_scored_asset(session, score.filename, services.codes, tracking_id=row.tracking_id)
    master, derivative = asset.master, asset.derivative
    arrived = derivative if derivative is not None and derivative.dam_asset_id is not None else None
    return {
        "filename": score.filename,
        "score": _text(score.quality_score),
        "previous": _text(row.previous_score) if row.previous_score is not None else None,
        "version": score.version,
        "creativex_id": score.creativex_id,
        "creativex_url": score.creativex_url,
        "tier": row.tier,
        "tracking_id": asset.tracking_id,
        "master": master.original_filename if master is not None else None,
        "campaign": {"number": master.local_campaign_id, "name": master.campaign_name or ""} if master else None,
        "dam_asset_id": arrived.dam_asset_id if arrived is not None else None,
        "dam_score": arrived.creativex_score if arrived is not None else None,
        "pdf_name": row.pdf_name,
        "nearest": nearest_files(session, score.filename) if asset.is_orphan else [],
        "is_orphan": asset.is_orphan,
        "is_current": score.status == ACTIVE,
        "read_at": row.read_at.isoformat() if row.read_at is not None else None,
    }


def _imbalance(card: Scorecard) -> dict[str, Any]:
    return {
        "filename": card.filename,
        "score": _text(card.quality_score),
        "creativex_id": card.creativex_id,
        "creativex_url": card.creativex_url,
        "sum_of_passed": _text(card.passed_sum),
        "difference": f"{card.imbalance.normalize():+f}" if card.imbalance is not None else None,
        "guidelines": [
            {"name": each.name, "weight": _text(each.weight), "passed": each.passed} for each in card.guidelines
        ],
    }


def _about_pdf(pdf: BoxFile, failure: Failure, services: Services) -> dict[str, Any]:
    return {
        **about_run(services),
        "file": {
            "name": pdf.name,
            "path": "/".join((*pdf.folder_path, pdf.name)),
            "size_bytes": pdf.size_bytes,
            "box_url": services.box.file_url(pdf.file_id),
        },
        **about_failure(failure),
    }


def _text(number: Decimal | None) -> str:
    return f"{number.normalize():f}" if number is not None else ""
