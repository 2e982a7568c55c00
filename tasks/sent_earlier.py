"""Content that was sent to the DAM under a derivative, and whose file is not there any more or has other content."""

from datetime import UTC, datetime, timedelta

from blocks.services import Services
from clients.otmm import ImportJob
from db.models import DerivativeAsset
from domain.derivatives import KnownMaster
from domain.errors import NotDoneYet, ServiceRejected
from tasks.descriptions import Description
from tasks.scores import Score, none_found
from tasks.telling_home import Arrived


def asset_of_sent(row: DerivativeAsset, master: KnownMaster, services: Services) -> str | None:
    """Return the asset that what was sent has become; None where nothing was, or it was refused or is lost.

    Raises NotDoneYet while the DAM may still show it. An import that does not end is waited for no longer than an
    upload without an answer: nobody would hand it in again.
    """
    if row.sent_at is None or row.content_md5 is None or not master.upload_directory:
        return None
    job = ImportJob(row.import_job_id) if row.import_job_id else None
    folder_id, name = master.upload_directory, row.derivative_filename
    md5, size_bytes = row.content_md5, row.file_size_bytes or 0
    dam = services.dam
    try:
        return dam.finish_import(job, folder_id, name, md5=md5, size_bytes=size_bytes, deadline_s=0)
    except ServiceRejected:  # the import, or the look: then it raises again
        return dam.uploaded_asset(folder_id, name, md5=md5, size_bytes=size_bytes, job_id=row.import_job_id)
    except NotDoneYet:
        lost_after = timedelta(seconds=services.settings.import_lost_after_s)
        if datetime.now(UTC) - row.sent_at >= lost_after:
            return None
        raise


def as_it_was_sent(row: DerivativeAsset, master: KnownMaster, warning: str, services: Services) -> Arrived:
    """Return what is told of an arrival of which there is no file: what was sent says how it is described."""
    unscored = () if row.sent_score is not None else (none_found(services),)
    description = Description({}, Score(row.sent_score), (warning, *unscored))
    path = row.handed_in_filename or row.derivative_filename
    return Arrived(master, path, description, row.sent_score, is_kept=None)
