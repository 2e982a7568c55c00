"""What has failed on its way to Box for good, and is left alone for a while: each try is a whole transfer."""

from db.models import MasterAsset, RejectedAsset
from db.repositories.masters import Failed
from domain.assets import Asset
from domain.delivery import PlannedAsset, Rest, rest
from domain.report import AssetOutcome, Failure, Outcome
from domain.waiting import moment


def rest_of(row: MasterAsset | RejectedAsset, asset: Asset) -> Rest | None:
    """Return how long the asset rests, which has the content that the row tells of; none under another name."""
    is_renamed = (row.original_filename, row.asset_path) != (asset.name, asset.path)
    if row.next_attempt_at is None or is_renamed:
        return None
    return Rest(row.next_attempt_at, row.last_error or "it has failed", row.last_error_sign or "")


def failed_now(row: MasterAsset | RejectedAsset, error: BaseException) -> Failed:
    """Return what is written down of a failure beside its reason; one of another kind than the last begins anew."""
    sign = Failure.of(error).sign
    failures = row.failure_count + 1 if row.last_error_sign == sign else 1
    return {"sign": sign, "failures": failures, "rest": rest(error, failures)}


def resting(planned: PlannedAsset, found: Rest) -> AssetOutcome:
    """Return the outcome of an asset that is left alone: it has failed, and keeps its campaign where it is."""
    advice = f"It is tried again after {moment(found.until)}, or at once when its campaign is given to a run."
    known = planned.known
    return AssetOutcome(
        asset_id=planned.asset.asset_id,
        path=planned.asset.path,
        outcome=Outcome.FAILED,
        size_bytes=planned.asset.size_bytes,
        tracking_id=known.tracking_id if known else None,
        failure=Failure(found.reason, advice, will_retry=False, sign=found.sign, is_old=True),
    )
