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

_AT_ONCE = timedelta(0)

TEMPLATES = {"empty": "{prefix}_no_assets", "partial": "{prefix}_partial", "stuck": "campaign_failed"}
"""The mail that tells each kind of trouble a campaign can be in; it is in one of them at a time."""

_PASSING = "{kind}-for-now"
"""A trouble of a kind that heals by itself. It says nothing of the lasting one beneath it, which stays told."""


class Trouble:
    """What keeps one campaign from moving on."""

    def __init__(self, session: Session, route: DeliveryRoute, campaign_number: str) -> None:
        self._session = session
        self._route = route
        self._number = campaign_number

    def tell(self, kind: str, signs: Iterable[str], facts: dict[str, Any], *, after: timedelta = _AT_ONCE) -> bool:
        """Note that the campaign is in this trouble, and queue its mail once it has lasted for `after`.

        `signs` are what tells one trouble of a kind from the next. Returns whether this one is new.
        """
        key = self._key(kind)
        self._forget(key)
        return self._observe(key, kind, _digest(signs), facts, after)

    def tell_passing(self, kind: str, facts: dict[str, Any]) -> bool:
        """Note a trouble that heals by itself, and queue its mail once it has lasted for longer than a blip."""
        return self._observe(self._key(_PASSING.format(kind=kind)), kind, _digest(()), facts, BLIP)

    def clear(self) -> None:
        """Note that the campaign is not, or no longer, in any trouble."""
        self._forget()

    def _observe(self, key: str, kind: str, digest: str, facts: dict[str, Any], after: timedelta) -> bool:
        now = datetime.now(UTC)
        fact = observe(self._session, key, digest, now)
        since = fact.first_seen_at.isoformat()
        if fact.told_at is None and now - fact.first_seen_at >= after:
            enqueue(
                self._session,
                key=f"{key}/{since}",
                channel="mail",
                template=TEMPLATES[kind].format(prefix=self._route.mail_prefix),
                audience="errors",
                payload=facts | {"empty_since": since},
                campaign_number=self._number,
            )
            mark_told(self._session, key, now)
        return fact.first_seen_at == now

    def _forget(self, *but: str) -> None:
        keys = (self._key(name) for kind in TEMPLATES for name in (kind, _PASSING.format(kind=kind)))
        for key in keys:
            if key not in but:
                forget(self._session, key)

    def _key(self, kind: str) -> str:
        return f"{self._route.workflow}/{self._number}/{kind}"


def _digest(signs: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(signs)).encode()).hexdigest()
