"""The values of the DAM's lookup domains, asked for once a day for all runs."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from blocks.services import Services
from db.repositories.lookup_domains import keep_values, kept_values

KEPT = timedelta(hours=24)


def domain_values(domain_id: str, services: Services, *, keep: bool = True) -> Collection[str]:
    """Return the ids of the values of a domain. Raises the DAM's error where it does not show the domain.

    `keep` them for the runs of the next day; a dry run does not.
    """
    now = datetime.now(UTC)
    with services.store.transaction() as session:
        kept = kept_values(session, domain_id, since=now - KEPT)
    if kept is not None:
        return kept
    values = [value.value_id for value in services.dam.lookup_domain(domain_id)]
    if not keep:
        return values
    with services.store.transaction() as session:
        keep_values(session, domain_id, values, now)
    return values
