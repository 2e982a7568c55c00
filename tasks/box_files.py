"""What lies in Box for us: the files that agencies have handed in, and the events by which Box told of them."""

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from blocks.services import Services
from blocks.settings import missing
from clients.box.client import BoxFile
from db.repositories.inbox import mark_handled, unhandled_events
from domain.errors import ConfigError, NotFound
from domain.routes import DERIVATIVES
from tasks.retrying import is_transient
from tasks.work import Intake


def check_derivatives_folder(services: Services) -> None:
    """Raise ConfigError when the settings do not say where agencies hand their files in."""
    if faults := missing(services.settings, DERIVATIVES.workflow):
        raise ConfigError(faults)


@task(retry_condition_fn=is_transient, cache_policy=NO_CACHE, task_run_name="find-files")
def find_files(intake: Intake) -> list[BoxFile]:
    """Return the files handed in: all below the folder, or those asked for that lie there."""
    root = intake.services.settings.box_folder_derivatives or ""
    if not intake.file_ids:
        return intake.services.box.files_below(root, template=_template(intake))
    asked_for = (file_below(file_id, root, intake.services, of_what="derivatives") for file_id in intake.file_ids)
    return [file for file in asked_for if file is not None]


def waiting_events(intake: Intake) -> list[str]:
    """Return the ids of Box's events about these files that nobody has handled; to be read before the files.

    None for a single campaign: of whose file an event tells is not known before the file is looked at.
    """
    if intake.campaign is not None:
        return []
    with intake.services.store.transaction() as session:
        events = unhandled_events(session, file_ids=intake.file_ids or None)
        return [event.event_id for event in events]


def close_events(event_ids: list[str], intake: Intake) -> None:
    """Note that the files of these events were looked at, well or badly."""
    with intake.services.store.transaction() as session:
        mark_handled(session, event_ids)


def file_below(file_id: str, root: str, services: Services, *, of_what: str) -> BoxFile | None:
    """Return a file that somebody asked for, None where it is gone or lies elsewhere; `of_what` names the folder."""
    logger = get_run_logger()
    try:
        file = services.box.file_facts(file_id)
    except NotFound:  # taken in by another run, or taken back by whoever handed it in
        logger.info("file %s is not in Box any more", file_id)
        return None
    if root in file.folder_ids:
        return file
    logger.warning("file %s (%s) does not lie below the folder of %s: left alone", file_id, file.name, of_what)
    return None


def _template(intake: Intake) -> str | None:
    template = intake.services.field_rules.creativex.box_template
    return template.key if template is not None else None
