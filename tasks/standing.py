"""Where campaigns stand: searched for, read by id where it is not as we know it, and written down as stays."""

from collections.abc import Iterator

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from blocks.services import Services
from db.models import CampaignStatus
from db.repositories.events import record_event
from db.repositories.moves import open_move
from db.repositories.stays import enter, leave, lock_stays, open_stay, open_stays
from domain.assets import Campaign
from domain.errors import NotFound
from domain.status import MOVES, Status
from domain.stays import Change, Doubt, KnownStay, judge
from tasks.retrying import is_transient
from tasks.trouble import forget_left_behind


def known_stays(services: Services, only: str | None = None) -> dict[str, KnownStay]:
    """Return the stays that last, by campaign number. Taken before the DAM is read: `write_down` relies on that."""
    with services.store.transaction() as session:
        return {stay.campaign_number: _known(stay) for stay in open_stays(session, only)}


@task(
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
    task_run_name="find-campaigns",
)
def find_standing(services: Services, only: str | None = None) -> list[Campaign]:
    """Return every campaign in every status, as far as the search index knows; `only` takes those of that number."""
    found = [campaign for status in Status for campaign in services.dam.campaigns(status)]
    return [campaign for campaign in found if only in (None, campaign.number)]


@task(
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
    task_run_name="look-at-{doubt.number}",
)
def look_at(doubt: Doubt, services: Services) -> Change:
    """Read a campaign by id, and say what has become of it."""
    return judge(doubt, _there(doubt, services))


def write_down(change: Change, services: Services) -> bool:
    """Write down what has become of a campaign; what somebody else did to it is an event.

    False, and nothing written, where we have moved it since, or are about to: that was no stranger, and the next run
    looks again. A move of ours is planned before the DAM is asked and ends with a new stay, both seen here.
    """
    with services.store.transaction() as session:
        lock_stays(session, change.number)
        stay = open_stay(session, change.number)
        expected = change.known.stay_id if change.known is not None else None
        if (stay.id if stay is not None else None) != expected or open_move(session, change.number) is not None:
            return False
        _write(session, change, stay)
    return True


def _write(session: Session, change: Change, stay: CampaignStatus | None) -> None:
    now = change.now
    if now is not None and now.status in MOVES:
        enter(session, number=change.number, name=now.name, folder_id=now.folder_id, status=now.status)
    elif stay is not None:  # gone, or in a status that the machine does not know
        leave(session, stay)
    if not change.is_news or change.known is None:
        return
    detail: dict[str, object] = {"from": change.known.status}
    if now is not None:
        detail |= {"to": now.status, "listed": change.is_listed}
    forget_left_behind(session, change.number, now.status if now is not None else None)
    record_event(
        session,
        tracking_id=None,
        event_type="status_changed_outside" if now is not None else "campaign_gone",
        detail=detail,
        campaign_number=change.number,
    )


def _there(doubt: Doubt, services: Services) -> Iterator[Campaign]:
    for folder_id in doubt.folder_ids:
        try:
            yield services.dam.campaign(folder_id)
        except NotFound:
            continue


def _known(stay: CampaignStatus) -> KnownStay:
    return KnownStay(stay.id, stay.campaign_number, stay.campaign_name, stay.campaign_folder_id, stay.status)
