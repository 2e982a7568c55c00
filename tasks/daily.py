"""Puts the report of a day together: from the database what was done and what waits, from Prefect how runs went."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from db.engine import Store
from db.models import AssetEvent
from db.repositories import daily
from db.repositories.daily_balance import derivative_transitions, master_balance
from db.repositories.daily_waiting import waiting_now
from db.repositories.run_summaries import summaries_between, without_summary
from domain.daily.balance import (
    Difference,
    campaign_balances,
    derivative_balances,
    differences,
    misplaced,
    overlaps,
    unexplained,
)
from domain.daily.model import (
    COMPLETED,
    PARTIAL,
    WORKFLOWS,
    CampaignDay,
    DailyReport,
    ErrorLine,
    SeenRun,
    Slot,
    WorkflowDay,
    grouped,
)
from domain.daily.tally import Kept, Tally, tallied
from domain.daily.window import Window, window_until
from domain.errors import ServiceError
from domain.report import counted

History = Callable[[Window], Sequence[SeenRun]]
"""Gives the runs of a window; raises ServiceError where they cannot be had."""
RunUrl = Callable[[str | None], str | None]


def gather(store: Store, since: str, history: History | None, run_url: RunUrl, *, left_out: str = "") -> DailyReport:
    """Return the report of the window that ends now; without `history` it says why that is `left_out`.

    What cannot be had of Prefect is left out too: the database alone says what was done, and that is to be told.

    Raises ConfigError where `since` is no time.
    """
    with store.transaction() as session:  # Prefect is asked after, so that nothing is open meanwhile
        gathering = Gathering(session, window_until(daily.snapshot(session), since), run_url)
        report = gathering.report()
        untold = daily.untold(session, report.window.since, report.window.until)
    runs, report.left_out = _history(history, report.window) if history is not None else ([], left_out)
    _add_runs(report, runs)
    with store.transaction() as session:
        report.differences += _silent(runs, untold, session)
    return report


class Gathering:
    """One look at the database, from one snapshot."""

    def __init__(self, session: Session, window: Window, run_url: RunUrl) -> None:
        self._session = session
        self._window = window
        self._bounds = (window.since, window.until)
        self._run_url = run_url
        summaries = summaries_between(session, *self._bounds)
        self._tallies = tallied(Kept(row.run_id, row.workflow, row.in_trouble, row.counts) for row in summaries)
        self._stays = daily.stays_in(session, *self._bounds)
        self._moves = daily.moves_in(session, *self._bounds)
        self._happened = daily.happened(session, *self._bounds)

    def report(self) -> DailyReport:
        """Return all that the database says."""
        session, waiting = self._session, grouped(waiting_now(self._session))
        report = DailyReport(
            self._window,
            workflows=self._workflows(),
            errors=[self._error(event) for event in daily.failures_in(session, *self._bounds)],
            waiting=waiting,
            scores=daily.scores_in(session, *self._bounds),
            activity=self._activity(),
            campaign_balances=campaign_balances(self._stays, self._window),
            asset_balances=[
                master_balance(session, *self._bounds),
                *derivative_balances(derivative_transitions(session, *self._bounds)),
            ],
        )
        report.differences = self._differences(report)
        report.campaigns = self._campaigns()
        report.names = self._names([group.campaign_number for group in waiting], report.campaigns)
        return report

    def _workflows(self) -> list[WorkflowDay]:
        moved = daily.moved_on(self._session, *self._bounds)
        done = self._done()
        names = list(dict.fromkeys((*WORKFLOWS, *sorted({*self._tallies, *moved, *done}))))
        days = [_day(name, self._tallies.get(name, Tally()), moved[name], done[name]) for name in names]
        for day in days:
            if day.workflow == "a5-to-a6":
                day.not_approved = daily.rejected_in(self._session, *self._bounds)
        return days

    def _done(self) -> Counter[str]:
        done: Counter[str] = Counter()
        for each in self._happened:
            if each.workflow is not None:
                done[each.workflow] += each.number
        return done

    def _activity(self) -> list[Slot]:
        length = (self._window.until - self._window.since) / daily.SLOTS
        done, failed = Counter[int](), Counter[int]()
        for each in self._happened:
            if each.workflow is not None:
                done[each.slot] += each.number
            elif each.event_type in daily.FAILED:
                failed[each.slot] += each.number
        return [Slot(self._window.since + slot * length, done[slot], failed[slot]) for slot in range(daily.SLOTS)]

    def _campaigns(self) -> list[CampaignDay]:
        """Return the campaigns to which something has happened, by number."""
        worked_on = {number for tally in self._tallies.values() for number in tally.processed}
        moved = {move.campaign_number for move in self._moves}
        events = {each.campaign_number for each in self._happened if each.campaign_number}
        numbers = sorted({*worked_on, *moved, *events})
        names, assets = self._names(numbers, ()), daily.assets_of(self._session, numbers)
        found = []
        for number in numbers:
            day = CampaignDay(number, names.get(number, ""))
            day.before = self._status_at(number, self._window.since)
            day.now = self._status_at(number, self._window.until)
            day.moves = [move for move in self._moves if move.campaign_number == number]
            if number in assets:
                known = assets[number]
                day.name = day.name or known.name
                day.masters, day.masters_delivered = known.masters, known.masters_delivered
                day.derivatives_home, day.derivatives_open = known.derivatives_home, known.derivatives_open
            for each in self._happened:
                if each.campaign_number == number:
                    day.events[each.event_type] += each.number
            found.append(day)
        return found

    def _status_at(self, number: str, moment: datetime) -> str | None:
        return next((stay.status for stay in self._stays if stay.number == number and stay.lasts_at(moment)), None)

    def _names(self, numbers: Sequence[str | None], days: Sequence[CampaignDay]) -> dict[str, str]:
        wanted = {number for number in numbers if number}
        names = {number: name for tally in self._tallies.values() for number, name in tally.found.items()}
        names |= {stay.number: stay.name for stay in self._stays} | {day.number: day.name for day in days}
        return {number: names[number] for number in {*wanted, *(day.number for day in days)} if number in names}

    def _differences(self, report: DailyReport) -> list[Difference]:
        return [
            *differences(report.campaign_balances, "a row of campaign_status was changed by hand"),
            *overlaps(self._stays, self._window),
            *unexplained(self._stays, self._moves, self._window),
            *misplaced(self._stays, self._moves, self._window),
            *differences(report.asset_balances, _ROWS),
        ]

    def _error(self, event: AssetEvent) -> ErrorLine:
        detail = event.detail
        subject = detail.get("path") or detail.get("name") or detail.get("pdf") or event.campaign_number or "?"
        reason = detail.get("reason") or _REASONS.get(event.event_type, "")
        return ErrorLine(
            event.event_timestamp,
            str(subject),
            " ".join(str(reason).split()),
            self._run_url(event.run_id),
            workflow=str(detail.get("workflow") or ("a2-to-a3" if event.event_type in _INTAKE else "")),
            campaign_number=event.campaign_number,
        )


_ROWS = "rows were changed by hand, or are new to the audit trail, or a file is about to be taken up again just now"
_REASONS = {"score_needs_review": "the guidelines of the scorecard do not add up to its score"}
_INTAKE = ("derivative_failed", "file_refused")


def _history(history: History, window: Window) -> tuple[Sequence[SeenRun], str | None]:
    try:
        return history(window), None
    except ServiceError as error:
        return [], f"How runs went is left out: {error}."


def _day(workflow: str, tally: Tally, moved: int, done: int) -> WorkflowDay:
    return WorkflowDay(
        workflow,
        reports=tally.runs,
        found=len(tally.found),
        processed=len(tally.processed),
        completed=moved,
        partial=len(tally.partial),
        done=done,
        failed=len(tally.failed),
        skipped=sum(tally.skipped.values()),
    )


def _add_runs(report: DailyReport, runs: Sequence[SeenRun]) -> None:
    """Add how the runs went."""
    days = {day.workflow: day for day in report.workflows}
    for run in runs:
        day = days.get(run.workflow)
        if day is None:
            day = days[run.workflow] = WorkflowDay(run.workflow)
            report.workflows.append(day)
        day.states[run.state] += 1
        day.failed_runs += run.has_failed
    failed = [run for run in runs if run.has_failed]
    lines = [ErrorLine(run.at, run.name, f"{run.state}: {run.message}", run.url, run.workflow) for run in failed]
    report.errors = sorted([*lines, *report.errors], key=_newest_first, reverse=True)


def _silent(runs: Sequence[SeenRun], untold: Mapping[str, int], session: Session) -> Iterator[Difference]:
    """Say which runs have left no summary: what they found and left out is missing from the numbers."""
    going = {run.run_id for run in runs if run.state not in (COMPLETED, PARTIAL) and not run.is_over}
    killed = {run_id: number for run_id, number in untold.items() if run_id not in going}
    if killed:
        what = f"{counted(sum(killed.values()), 'asset')} done by {counted(len(killed), 'run')} without a summary"
        yield Difference(what, "killed before the end, or still going on: what they left out is not counted")
    silent = without_summary(session, [run.run_id for run in runs if run.state in (COMPLETED, PARTIAL)]) - set(killed)
    if silent:
        what = f"{counted(len(silent), 'run')} that went through left no summary"
        yield Difference(what, "the database could not be reached at their end, or they are of an older version")


def _newest_first(error: ErrorLine) -> datetime:
    return error.at
