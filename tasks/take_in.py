"""Takes in what agencies have handed in: plans it against the database, then brings several files at a time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from prefect.logging import get_run_logger
from prefect.task_runners import ThreadPoolTaskRunner

from clients.box.client import BoxFile
from db.repositories.derivatives import derivatives_by_key, expect, record_failed
from db.repositories.masters import masters_by_tracking_id
from db.repositories.retiring import retirements
from domain.derivatives import PlannedFile, in_rounds, plan_intake, read_names, rest, tracking_ids
from domain.errors import ContentScalingError
from domain.report import AssetOutcome, Outcome
from domain.waiting import was_retired
from tasks.derivative_ledger import known_derivative, known_master, new_row
from tasks.descriptions import describe
from tasks.file_outcomes import about_file, failed, outcome_of, resting
from tasks.ingest import ingest_derivative
from tasks.retrying import patient
from tasks.work import Intake

Plan = list[PlannedFile[BoxFile]]
Fates = dict[str, AssetOutcome]
"""What became of each file, by its id in Box."""


def plan_files(files: Iterable[BoxFile], intake: Intake) -> Plan:
    """Return the plan for the files, those of the wanted campaign only where one is named."""
    services = intake.services
    named = read_names(files, services.codes)
    with services.store.transaction() as session:
        masters = masters_by_tracking_id(session, tracking_ids(named))
        keys = {
            (name.tracking_id, name.clean_name)
            for file in named
            if file.name is not None and (name := file.name.name).tracking_id in masters
        }
        known = {key: known_derivative(row) for key, row in derivatives_by_key(session, keys).items()}
        retired = retirements(session, tracking_ids(named) - masters.keys())
    by_id = {tracking_id: known_master(master) for tracking_id, master in masters.items()}
    plan = plan_intake(
        named, by_id, known, {each: was_retired(found.name, found.at, found.reason) for each, found in retired.items()}
    )
    if intake.campaign is None:
        return plan
    return [file for file in plan if file.master is not None and file.master.campaign_number == intake.campaign]


def foresee(plan: Plan, intake: Intake) -> Fates:
    """Say what would become of each file, and what the DAM would be told of it, without doing anything."""
    return {planned.file.file_id: _foreseen(planned, intake) for planned in plan}


def take_in(plan: Plan, intake: Intake) -> Fates:
    """Bring every file of the plan to the DAM that can be; return what became of each, in the plan's order."""
    fates = {planned.file.file_id: fate for planned in plan if (fate := _settled(planned, intake)) is not None}
    waiting = [planned for planned in plan if planned.file.file_id not in fates]
    with intake.services.store.transaction() as session:
        # Written down before the first one is taken up: no campaign is complete while its files are on their way.
        expect(session, [new_row(planned) for planned in waiting])
    for batch in in_rounds(waiting):
        fates |= _carry(batch, intake)
    return {planned.file.file_id: fates[planned.file.file_id] for planned in plan}


def _carry(batch: Sequence[PlannedFile[BoxFile]], intake: Intake) -> Fates:
    ingest = patient(ingest_derivative, intake.services)
    with ThreadPoolTaskRunner[AssetOutcome](max_workers=intake.services.settings.assets_in_parallel) as runner:
        futures = []
        for planned in batch:
            with about_file(planned):  # the thread that takes it knows it too
                futures.append(runner.submit(ingest, parameters={"planned": planned, "intake": intake}))
        results = [future.result(raise_on_failure=False) for future in futures]
    return {
        planned.file.file_id: result if isinstance(result, AssetOutcome) else _record_failure(planned, result, intake)
        for planned, result in zip(batch, results, strict=True)
    }


def _settled(planned: PlannedFile[BoxFile], intake: Intake) -> AssetOutcome | None:
    """Return what became of a file with which nothing is done: refused, or resting after a failure."""
    if planned.refusal is not None:
        return failed(planned, planned.refusal, intake.services)
    known, is_asked_for = planned.known, bool(intake.file_ids)
    if known is not None and not is_asked_for and known.rests(planned.file.sha1, datetime.now(UTC)):
        return resting(planned, intake.services)
    return None


def _foreseen(planned: PlannedFile[BoxFile], intake: Intake) -> AssetOutcome:
    fate = _settled(planned, intake)
    if fate is not None:
        return fate
    if planned.known is not None and planned.known.is_home(planned.file.sha1):
        return outcome_of(planned, Outcome.ALREADY, intake.services)
    try:
        described = describe(planned, intake.services, keep=False)
    except ContentScalingError as error:
        return failed(planned, error, intake.services)
    return outcome_of(planned, Outcome.PLANNED, intake.services, described.warnings, described.representation)


def _record_failure(planned: PlannedFile[BoxFile], error: BaseException, intake: Intake) -> AssetOutcome:
    """Write down why a file did not arrive, and how long its content rests."""
    outcome = failed(planned, error, intake.services)
    failures = 1 + (planned.known.failures_of(planned.file.sha1) if planned.known is not None else 0)
    with about_file(planned):
        get_run_logger().warning("%s: %s", planned.path, outcome.failure)
    if planned.key is not None and outcome.failure is not None:
        with intake.services.store.transaction() as session:
            record_failed(session, planned.key, planned.file.sha1, outcome.failure.reason, rest(error, failures))
    return outcome
