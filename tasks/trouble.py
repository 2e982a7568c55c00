"""Facts about campaigns that polls keep finding, each told by one mail for as long as it lasts."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from db.repositories.facts import forget, mark_told, observe
from db.repositories.outbox import enqueue
from domain.routes import DeliveryRoute

BLIP = timedelta(minutes=15)
"""A fault that heals by itself is told only when it lasts for so long."""

TEMPLATES = {"empty": "{prefix}_no_assets", "partial": "{prefix}_partial", "stuck": "campaign_failed"}
"""The mail that tells each kind of trouble a campaign can be in; it is in one of them at a time."""


class Trouble:
    """What keeps one campaign from moving on."""

    def __init__(self, session: Session, route: DeliveryRoute, campaign_number: str) -> None:
        self._session = session
        self._route = route
        self._number = campaign_number

    def tell(self, kind: str, signs: Iterable[str], facts: dict[str, Any], *, after: timedelta) -> bool:
        """Note that the campaign is in this trouble, and queue its mail once it has lasted for `after`.

        `signs` are what tells one trouble of a kind from the next. Returns whether this one is new.
        """
        now = datetime.now(UTC)
        self.clear(*(other for other in TEMPLATES if other != kind))
        fact = observe(self._session, self._key(kind), _digest(signs), now)
        since = fact.first_seen_at.isoformat()
        if fact.told_at is None and now - fact.first_seen_at >= after:
            enqueue(
                self._session,
                key=f"{self._key(kind)}/{since}",
                channel="mail",
                template=TEMPLATES[kind].format(prefix=self._route.mail_prefix),
                audience="errors",
                payload=facts | {"empty_since": since},
                campaign_number=self._number,
            )
            mark_told(self._session, self._key(kind), now)
        return fact.first_seen_at == now

    def clear(self, *kinds: str) -> None:
        """Note that the campaign is not, or no longer, in these troubles; none given means all."""
        for kind in kinds or TEMPLATES:
            forget(self._session, self._key(kind))

    def _key(self, kind: str) -> str:
        return f"{self._route.workflow}/{self._number}/{kind}"


def _digest(signs: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(signs)).encode()).hexdigest()
