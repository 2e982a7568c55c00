"""Files that are no longer in Box: taken out by a run that died over it, or taken back before they arrived."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from prefect.logging import get_run_logger
from sqlalchemy.orm import Session

from clients.box.client import BoxFile
from clients.logs import about
from db.leases import Lease, check_fence
from db.models import DerivativeAsset, MasterAsset
from db.repositories.derivatives import (
    Key,
    open_elsewhere,
    record_not_removing,
    removing_elsewhere,
    withdraw,
)
from domain.errors import LeaseLost, NotDoneYet, ServiceError
from tasks.arrivals import Arrival, note_arrival, record_about
from tasks.derivative_ledger import known_master, lease_key
from tasks.sent_earlier import as_it_was_sent, asset_of_sent
from tasks.trouble import forget_files_but
from tasks.work import Intake

Step = Callable[[DerivativeAsset, Intake, Lease], None]

_TAKEN_OUT = "its file was taken out of Box after it had been sent; see whether it is wanted in the DAM"


def note_removals(files: list[BoxFile], intake: Intake) -> None:
    """Note of files that a run was deleting when it died that they are gone; `files` are all that are there."""
    seen = [file.file_id for file in files]
    with intake.services.store.transaction() as session:
        rows = removing_elsewhere(session, seen)
    _each(rows, _note_removal, intake)


def let_go(files: list[BoxFile], intake: Intake) -> None:
    """Forget what is known of files that are gone from Box; `files` are all that are there."""
    seen = [file.file_id for file in files]
    with intake.services.store.transaction() as session:
        forget_files_but(session, seen)
        gone = open_elsewhere(session, seen, intake.began_at)
    _each(gone, _let_go, intake)


def _each(rows: Iterable[DerivativeAsset], do: Step, intake: Intake) -> None:
    """Do it with each row that no other run works on, or has taken over meanwhile: that one sees to it."""
    for row in rows:
        with intake.services.leases.holding(lease_key(_key(row))) as lease, suppress(LeaseLost):
            if lease is None:
                continue
            try:
                do(row, intake, lease)
            except ServiceError as error:  # the next one is not to suffer; this one is looked at again
                get_run_logger().warning("%s (%s): %s", row.derivative_filename, row.tracking_id, error)


def _note_removal(row: DerivativeAsset, intake: Intake, lease: Lease) -> None:
    with intake.services.store.transaction() as session:
        check_fence(session, lease)
        now = session.get_one(DerivativeAsset, row.id, populate_existing=True)
        if now.removing_file_id == row.removing_file_id:  # else the run that was deleting it is alive, and noted it
            record_not_removing(session, _key(row))
            _record(session, row, "removed_from_box", box_file_id=row.removing_file_id)


def _let_go(row: DerivativeAsset, intake: Intake, lease: Lease) -> None:
    """Withdraw the derivative; one of which something was sent only once the DAM has not shown it for long enough."""
    services = intake.services
    with services.store.transaction() as session:
        master = known_master(session.get_one(MasterAsset, row.master_asset_id))
    try:
        found = asset_of_sent(row, master, services)
    except NotDoneYet:
        return
    with services.store.transaction() as session:
        check_fence(session, lease)
        if not _is_as_it_was(session, row):
            return
        if found is not None:
            arrival = Arrival(found, row.content_md5 or "", adopted=True)
            note_arrival(session, row, arrival, as_it_was_sent(row, master, _TAKEN_OUT, services), services)
        elif withdraw(session, row.id):
            _record(session, row, "derivative_withdrawn", box_file_id=row.box_file_id)
    fate = f"it is asset {found} in the DAM" if found is not None else "it is not waited for any more"
    with about(tracking_id=row.tracking_id):
        get_run_logger().info("%s (%s): its file is gone from Box; %s", row.derivative_filename, row.tracking_id, fate)


def _is_as_it_was(session: Session, row: DerivativeAsset) -> bool:
    """Whether no other run has taken up or written down newer content; until this transaction ends none does.

    A run takes up content under the lease, but writes down without it what it is going to take up.
    """
    now = session.get_one(DerivativeAsset, row.id, populate_existing=True, with_for_update=True)
    return all(getattr(now, name) == getattr(row, name) for name in ("upload_status", "box_sha1", "last_attempt_at"))


def _key(row: DerivativeAsset) -> Key:
    return row.tracking_id, row.derivative_filename


def _record(session: Session, row: DerivativeAsset, event_type: str, **detail: object) -> None:
    number = session.get_one(MasterAsset, row.master_asset_id).local_campaign_id
    record_about(session, row, number, event_type, **detail)
