"""A day in plain words, the same in the mail, in Prefect and in the terminal."""

from domain.daily.model import CampaignDay, DailyReport, WorkflowDay
from domain.report import counted

_HAPPENED = {
    "delivered": ("master delivered", "masters delivered"),
    "derivative_uploaded": ("file came home", "files came home"),
    "rejection_delivered": ("rejected asset went back", "rejected assets went back"),
    "rework_returned": ("rework came home", "reworks came home"),
    "derivative_withdrawn": ("file was taken back", "files were taken back"),
    "delivery_failed": ("delivery failed", "deliveries failed"),
    "derivative_failed": ("file was refused", "files were refused"),
    "score_read": ("score was read", "scores were read"),
    "score_needs_review": ("score needs review", "scores need review"),
}
"""What is said of one event and of several, by type, in the order in which it is said."""


def done_to(day: CampaignDay) -> list[str]:
    """Return what happened to a campaign's assets, one phrase for each kind.

    >>> from collections import Counter
    >>> done_to(CampaignDay("C1", "Spring", events=Counter(derivative_uploaded=2, delivered=1)))
    ['1 master delivered', '2 files came home']
    """
    return [
        f"{day.events[kind]} {one if day.events[kind] == 1 else several}"
        for kind, (one, several) in _HAPPENED.items()
        if day.events[kind]
    ]


def runs_of(day: WorkflowDay) -> str:
    """Return how the runs of a workflow went.

    >>> from collections import Counter
    >>> runs_of(WorkflowDay("a1-to-a2", states=Counter(Completed=286, Partial=1, Crashed=1)))
    '288 runs: 286 completed, 1 crashed, 1 partial'
    """
    states = ", ".join(f"{number} {name.lower()}" for name, number in states_of(day).items())
    return counted(day.runs, "run") + (f": {states}" if len(day.states) > 1 else f", {_only(day)}" if states else "")


def states_of(day: WorkflowDay) -> dict[str, int]:
    """Return how many runs ended how, the most frequent first."""
    return dict(sorted(day.states.items(), key=_most_frequent))


def campaigns_of(day: WorkflowDay) -> str | None:
    """Return what became of the campaigns that a workflow has looked at."""
    if not (day.found or day.completed):
        return None
    parts = [f"{day.processed} worked on", f"{day.completed} moved on", f"{day.partial} left in trouble"]
    return f"{counted(day.found, 'campaign')} found, {', '.join(parts)}"


def assets_of(day: WorkflowDay) -> str | None:
    """Return what became of a workflow's assets."""
    if not (day.done or day.failed or day.skipped or day.not_approved):
        return None
    parts = [f"{day.done} done", f"{day.failed} failed", f"{day.skipped} skipped"]
    return ", ".join([*parts, *([f"{day.not_approved} not approved"] if day.not_approved else [])])


def campaign_label(number: str | None, report: DailyReport) -> str | None:
    """Return number and name of a campaign, None where there is none."""
    return f"{number} {report.names.get(number, '')}".rstrip() if number else None


def _only(day: WorkflowDay) -> str:
    (state,) = day.states
    return f"all {state.lower()}" if day.runs > 1 else state.lower()


def _most_frequent(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
