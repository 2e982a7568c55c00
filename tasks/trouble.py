"""Facts about campaigns and files that polls keep finding, each told by one mail for as long as it lasts."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy.orm import Session

from db.repositories.facts import forget, forget_others, mark_told, observe
from db.repositories.outbox import enqueue
from domain.routes import DERIVATIVES, ROUTES, Route
from domain.scoring import WORKFLOW as SCORES

BLIP = timedelta(minutes=15)
"""A fault that heals by itself is told only when it lasts for so long."""

_AT_ONCE = timedelta(0)

_FILE = {"refused": "upload_failed"}
_FILES = f"{DERIVATIVES.workflow}/file"
_SCORECARD = {"refused": "creativex_failed", "review": "creativex_failed"}
_SCORECARDS = f"{SCORES}/file"
_REMARK = "remark"
"""What is told beside the file in Box; it does not go by mail."""

_PASSING = "{kind}-for-now"
"""A trouble of a kind that heals by itself. It says nothing of the lasting one beneath it, which stays told."""


class Trouble:
    """What keeps one campaign from moving on, one file from going home, or one scorecard from being read."""

    def __init__(
        self, session: Session, subject: str, mails: Mapping[str, str], campaign_number: str | None = None
    ) -> None:
        """`subject` begins the keys of its facts; `mails` maps each kind of trouble to the mail that tells it."""
        self._session = session
        self._subject = subject
        self._mails = mails
        self._number = campaign_number

    @classmethod
    def of_campaign(cls, session: Session, route: Route, campaign_number: str) -> Self:
        """Return the trouble of a campaign on its way along a route; it is in one kind of it at a time."""
        mails = {
            "empty": route.mail(route.says_empty),
            "partial": route.mail("partial"),
            "stuck": "campaign_failed",
        }
        return cls(session, f"{route.workflow}/{campaign_number}", mails, campaign_number)

    @classmethod
    def of_file(cls, session: Session, file_id: str, campaign_number: str | None) -> Self:
        """Return the trouble of a file that an agency handed in; the campaign is None where nobody can tell it."""
        return cls(session, f"{_FILES}/{file_id}", _FILE, campaign_number)

    @classmethod
    def of_scorecard(cls, session: Session, file_id: str) -> Self:
        """Return the trouble of a scorecard that lies in Box."""
        return cls(session, f"{_SCORECARDS}/{file_id}", _SCORECARD)

    def tell(self, kind: str, signs: Iterable[str], facts: dict[str, Any], *, after: timedelta = _AT_ONCE) -> bool:
        """Note that it is in this trouble, and queue its mail once that has lasted for `after`.

        `signs` are what tells one trouble of a kind from the next. Returns whether this one is new.
        """
        key = self._key(kind)
        self._forget(key, self._key(_REMARK))
        return self._observe(key, kind, digest_of(signs), facts, after)

    def tell_passing(self, kind: str, facts: dict[str, Any]) -> bool:
        """Note a trouble that heals by itself, and queue its mail once it has lasted for longer than a blip."""
        return self._observe(self._key(_PASSING.format(kind=kind)), kind, digest_of(()), facts, BLIP)

    def owes_remark(self, digest: str) -> bool:
        """Note what is to be told beside the file; False once it was."""
        return observe(self._session, self._key(_REMARK), digest, datetime.now(UTC)).told_at is None

    def remark_made(self) -> None:
        """Note that it was told beside the file, or that this cannot be done."""
        mark_told(self._session, self._key(_REMARK), datetime.now(UTC))

    def clear(self) -> None:
        """Note that it is not, or no longer, in any trouble."""
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
                template=self._mails[kind],
                audience="errors",
                payload=facts | {"empty_since": since},
                campaign_number=self._number,
            )
            mark_told(self._session, key, now)
        return fact.first_seen_at == now

    def _forget(self, *but: str) -> None:
        kinds = [name for kind in self._mails for name in (kind, _PASSING.format(kind=kind))]
        forget(self._session, *{self._key(kind) for kind in (*kinds, _REMARK)}.difference(but))

    def _key(self, kind: str) -> str:
        return f"{self._subject}/{kind}"


def forget_files_but(session: Session, file_ids: Collection[str]) -> None:
    """Forget the trouble of files that are gone: these are the ids of all that are there."""
    forget_others(session, _FILES, file_ids)


def forget_scorecards_but(session: Session, file_ids: Collection[str]) -> None:
    """Forget the trouble of scorecards that are gone: these are the ids of all that are there."""
    forget_others(session, _SCORECARDS, file_ids)


def forget_left_behind(session: Session, campaign_number: str, status: str | None) -> None:
    """Forget the trouble of a campaign on every route but those that begin where it stands now; None: nowhere."""
    for route in ROUTES:
        if route.origin != status:
            Trouble.of_campaign(session, route, campaign_number).clear()


def forget_campaigns_but(session: Session, route: Route, numbers: Collection[str]) -> None:
    """Forget the trouble of campaigns along a route that has passed: these are the numbers of those still in it."""
    forget_others(session, route.workflow, numbers)


def digest_of(signs: Iterable[str]) -> str:
    """Return what tells one set of signs from another, in any order."""
    return hashlib.sha256("\n".join(sorted(signs)).encode()).hexdigest()
