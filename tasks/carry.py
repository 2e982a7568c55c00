"""Carries the planned assets of one campaign, several at a time, and says what became of each."""

from collections.abc import Mapping, Sequence

from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger
from prefect.task_runners import ThreadPoolTaskRunner

from clients.logs import about
from db.leases import check_fence
from domain.delivery import PlannedAsset
from domain.errors import LeaseLost
from domain.report import AssetOutcome, Failure, Outcome
from tasks.deliver import deliver_asset
from tasks.delivery_ledger import ledger_of
from tasks.resting import resting
from tasks.retrying import patient
from tasks.work import CampaignWork


def carry(plan: Sequence[PlannedAsset], work: CampaignWork) -> list[AssetOutcome]:
    """Deliver what the plan asks for; return one outcome per asset, in the plan's order.

    Raises LeaseLost when another run took the campaign over meanwhile.
    """
    settings = work.services.settings
    deliver = patient(deliver_asset, work.services)
    with ThreadPoolTaskRunner[AssetOutcome](max_workers=settings.assets_in_parallel) as runner:
        futures: dict[str, PrefectFuture[AssetOutcome]] = {
            planned.asset.asset_id: runner.submit(deliver, parameters={"asset": planned.asset, "work": work})
            for planned in plan
            if planned.is_to_carry
        }
        results = {asset_id: _result(future) for asset_id, future in futures.items()}
    outcomes = [_outcome(planned, results.get(planned.asset.asset_id)) for planned in plan]
    _record_failures(plan, results, outcomes, work)
    return outcomes


def foresee(planned: PlannedAsset) -> AssetOutcome:
    """Say what would become of an asset, without doing it."""
    asset, known = planned.asset, planned.known
    if planned.refusal is not None and not planned.is_replaced:
        return _failed(planned, planned.refusal)
    if planned.rest is not None:
        return resting(planned, planned.rest)
    return AssetOutcome(
        asset_id=asset.asset_id,
        path=asset.path,
        outcome=_foreseen(planned),
        size_bytes=asset.size_bytes,
        tracking_id=known.tracking_id if known else None,
        target_name=known.box_name if known else None,
        box_url=known.box_url if known else None,
    )


def _foreseen(planned: PlannedAsset) -> Outcome:
    if planned.is_replaced:
        return Outcome.REPLACED
    return Outcome.ALREADY if planned.is_delivered else Outcome.PLANNED


def _result(future: PrefectFuture[AssetOutcome]) -> AssetOutcome | BaseException:
    result: AssetOutcome | BaseException = future.result(raise_on_failure=False)
    if isinstance(result, LeaseLost):
        raise result
    return result


def _outcome(planned: PlannedAsset, result: AssetOutcome | BaseException | None) -> AssetOutcome:
    if result is None:
        return foresee(planned)
    if isinstance(result, BaseException):
        return _failed(planned, result)
    with about(tracking_id=result.tracking_id):
        if result.outcome is Outcome.DELIVERED:
            get_run_logger().info("%s: delivered as %s", result.path, result.target_name)
        else:
            get_run_logger().info("%s: %s", result.path, result.outcome)
    return result


def _failed(planned: PlannedAsset, error: BaseException) -> AssetOutcome:
    asset, known = planned.asset, planned.known
    return AssetOutcome(
        asset_id=asset.asset_id,
        path=asset.path,
        outcome=Outcome.FAILED,
        size_bytes=asset.size_bytes,
        tracking_id=known.tracking_id if known else None,
        failure=Failure.of(error),
    )


def _record_failures(
    plan: Sequence[PlannedAsset],
    results: Mapping[str, AssetOutcome | BaseException],
    outcomes: Sequence[AssetOutcome],
    work: CampaignWork,
) -> None:
    failed = [(planned.asset, outcome) for planned, outcome in zip(plan, outcomes, strict=True) if outcome.failure]
    errors: dict[str, object] = {planned.asset.asset_id: planned.refusal for planned in plan} | dict(results)
    if not failed:
        return
    with work.services.store.transaction() as session:
        check_fence(session, work.lease)
        for asset, outcome in failed:
            with about(tracking_id=outcome.tracking_id):
                get_run_logger().warning("%s: %s", outcome.path, outcome.failure)
            error = errors.get(asset.asset_id)
            if isinstance(error, BaseException):  # else it rests, and nothing was tried
                ledger_of(work.route).failed(session, asset, error, work)
