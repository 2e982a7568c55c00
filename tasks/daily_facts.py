"""The report of a day as the JSON that its mail takes."""

from typing import Any

from domain.daily.balance import Balance
from domain.daily.model import CampaignDay, DailyReport, ErrorLine, ScoreLine, WaitingGroup, Who, WorkflowDay
from domain.daily.window import lasted
from domain.daily.words import assets_of, campaign_label, campaigns_of, done_to, runs_of

_NAMED = 3
"""Assets that one line about waiting names."""


def facts_of(report: DailyReport) -> dict[str, Any]:
    """Return what the mail says, but for which installation and which run."""
    window = report.window
    return {
        "since": window.since.isoformat(),
        "until": window.until.isoformat(),
        "headline": report.headline,
        "totals": {
            "done": report.done,
            "failed": report.failed,
            "success_rate": report.success_rate,
            "moved": report.moved,
            "not_approved": report.not_approved,
        },
        "workflows": [_workflow(day) for day in report.workflows if not day.is_idle],
        "activity": [
            {"begins_at": slot.begins_at.isoformat(), "done": slot.done, "failed": slot.failed}
            for slot in report.activity
        ],
        "balances": {
            "campaigns": [_balance(each) for each in report.campaign_balances],
            "assets": [_balance(each) for each in report.asset_balances],
        },
        "differences": [{"what": each.what, "meaning": each.meaning} for each in report.differences],
        "errors": [_error(each, report) for each in report.errors],
        "waiting": [
            {"who": who, "groups": [_group(group, report) for group in report.waiting_for(who)]}
            for who in Who
            if report.waiting_for(who)
        ],
        "campaigns": [_campaign(day) for day in report.campaigns],
        "scores": [_score(score) for score in report.scores],
        "left_out": report.left_out,
    }


def _workflow(day: WorkflowDay) -> dict[str, Any]:
    return {
        "name": day.workflow,
        "runs": runs_of(day),
        "failed_runs": day.failed_runs,
        "campaigns": campaigns_of(day),
        "assets": assets_of(day),
        "done": day.done,
        "failed": day.failed,
        "success_rate": day.success_rate,
    }


def _balance(each: Balance) -> dict[str, Any]:
    return {
        "name": each.name,
        "opening": each.opening,
        "came": each.came,
        "went": each.went,
        "closing": each.closing,
        "difference": each.difference,
    }


def _error(error: ErrorLine, report: DailyReport) -> dict[str, Any]:
    return {
        "subject": error.subject,
        "reason": error.reason,
        "workflow": error.workflow,
        "campaign": campaign_label(error.campaign_number, report),
        "at": error.at.isoformat(),
        "run_url": error.url,
    }


def _group(group: WaitingGroup, report: DailyReport) -> dict[str, Any]:
    named = [item for item in group.items if item.asset]
    return {
        "what": group.what,
        "campaign": campaign_label(group.campaign_number, report),
        "lasted": lasted(group.since, report.window.until),
        "number": len(group.items),
        "assets": [{"name": item.asset, "tracking_id": item.tracking_id} for item in named[:_NAMED]],
        "unnamed": max(0, len(named) - _NAMED),
    }


def _campaign(day: CampaignDay) -> dict[str, Any]:
    return {
        "number": day.number,
        "name": day.name,
        "before": day.before,
        "now": day.now,
        "moves": [
            {"at": move.at.isoformat(), "from": move.origin, "to": move.target, "by": move.by} for move in day.moves
        ],
        "masters": day.masters,
        "masters_delivered": day.masters_delivered,
        "derivatives_home": day.derivatives_home,
        "derivatives_open": day.derivatives_open,
        "happened": done_to(day),
    }


def _score(score: ScoreLine) -> dict[str, Any]:
    return {
        "filename": score.filename,
        "score": score.score,
        "previous": score.previous,
        "state": score.state,
        "url": score.url,
        "read_at": score.read_at.isoformat(),
    }
