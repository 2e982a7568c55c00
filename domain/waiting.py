"""What an asset waits for, in one sentence: said of a master, with everything that was made of it.

What went wrong goes before what is under way, and that before what only has to be waited for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from domain.status import Status

ACCEPTED = (Status.A3, Status.A4)
"""In these nobody waits for what was rejected."""
_BEFORE_HOME = (Status.A1, Status.A2)
_GLOBAL = (Status.B1, Status.B2)
_IN_WORDS = {
    Status.A3: "delivered to the DAM (A3)",
    Status.A4: "in its live check (A4)",
    Status.A5: "rejected (A5)",
    Status.A6: "in rework (A6)",
}


class Wait(StrEnum):
    """Who has to act, at a glance."""

    MOVING = "on its way"
    FAILED = "failed"
    REJECTED = "rejected"
    AGENCY = "with the agency"
    REVIEW = "score needs review"
    OTHERS = "waits for others"
    DONE = "done"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is waited for: its kind, and the sentence."""

    kind: Wait
    sentence: str


@dataclass(frozen=True, slots=True)
class Made:
    """A derivative: its name in the DAM, its status as the database has it, why it failed, and when it is tried again.

    `next_attempt_at` is None where the next run tries.
    """

    name: str
    status: str
    error: str | None = None
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SentBack:
    """A rejected asset that is not reworked yet: on its way to the agency, or with it."""

    name: str
    is_delivered: bool
    error: str | None = None
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that the answer depends on. `others_*` count the campaign's other active masters.

    `unsound` names what has a scorecard that does not add up. `campaign_status` is None where nobody has seen it.
    """

    tracking_id: str
    is_active: bool = True
    is_delivered: bool = True
    delivery_error: str | None = None
    next_delivery_at: datetime | None = None
    made: tuple[Made, ...] = ()
    sent_back: tuple[SentBack, ...] = ()
    unsound: tuple[str, ...] = ()
    campaign_status: str | None = None
    others_undelivered: int = 0
    others_unfinished: int = 0

    @property
    def wanted(self) -> tuple[Made, ...]:
        """The derivatives that count: not those that were taken back."""
        return tuple(made for made in self.made if made.status != "withdrawn")

    @property
    def failed(self) -> tuple[Made, ...]:
        """The derivatives that could not be brought home."""
        return tuple(made for made in self.made if made.status == "failed")

    @property
    def under_way(self) -> tuple[Made, ...]:
        """The derivatives that are being brought home."""
        return tuple(made for made in self.made if made.status == "pending")


def what_it_waits_for(standing: Standing, now: datetime) -> Waiting:
    """Return what the asset waits for."""
    if not standing.is_active:
        return Waiting(Wait.RETIRED, "Nothing: it was retired, and is not waited for.")
    if standing.failed:
        return _failed(standing, now)
    if standing.under_way:
        return _under_way(standing)
    if standing.sent_back and standing.campaign_status not in ACCEPTED:
        return _sent_back(standing, now)
    if not standing.is_delivered:
        return _undelivered(standing, now)
    return _with_review(_delivered(standing), standing)


def _failed(standing: Standing, now: datetime) -> Waiting:
    first = standing.failed[0]
    names, reason = _listed([made.name for made in standing.failed]), _in_line(first.error) or "nobody knows why"
    start = f"{names} could not be brought home: {reason}; "
    if first.next_attempt_at is None:
        return Waiting(Wait.FAILED, f"{start}nothing has to be done, the next run tries again.")
    again = f"from {moment(first.next_attempt_at)}" if first.next_attempt_at > now else "by the next run"
    mend = "mend that and hand the file in again under the same name, which is taken at once"
    return Waiting(Wait.FAILED, f"{start}{mend}; as it is, it is tried again {again}.")


def _under_way(standing: Standing) -> Waiting:
    names = [made.name for made in standing.under_way]
    home, wanted = len(standing.wanted) - len(names), len(standing.wanted)
    so_far = f"{home} of {wanted} derivatives {'is' if home == 1 else 'are'} home"
    one = f"{names[0]} is on its way" if len(names) == 1 else f"{len(names)} are on their way"
    return Waiting(Wait.MOVING, f"{so_far}; {one} to the DAM.")


def _sent_back(standing: Standing, now: datetime) -> Waiting:
    stuck = next((each for each in standing.sent_back if not each.is_delivered), None)
    if stuck is None:
        names = [each.name for each in standing.sent_back]
        where = f"{_listed(names)} {_be(names)} with the agency"
        rework = f"the rework is handed in under the tracking id {standing.tracking_id}"
        return Waiting(Wait.REJECTED, f"Rejected: {where}; {rework}.")
    if stuck.error:
        again = _resting(stuck.next_attempt_at, now) or "the next run tries again"
        reason = f"failed: {_in_line(stuck.error)}; {again}"
        return Waiting(Wait.FAILED, f"Rejected: the way of {stuck.name} back to the agency {reason}.")
    return Waiting(Wait.REJECTED, f"Rejected: {stuck.name} is on its way back to the agency.")


def _undelivered(standing: Standing, now: datetime) -> Waiting:
    if standing.delivery_error:
        again = _resting(standing.next_delivery_at, now) or "the next run tries again once that is mended"
        return Waiting(Wait.FAILED, f"Its way to Box failed: {_in_line(standing.delivery_error)}; {again}.")
    return Waiting(Wait.MOVING, "It is on its way to Box.")


def _resting(until: datetime | None, now: datetime) -> str | None:
    if until is None or until <= now:
        return None
    return f"with other content it is tried at once; as it is, it is tried again from {moment(until)}"


def _delivered(standing: Standing) -> Waiting:
    status = standing.campaign_status
    if standing.wanted:
        return _all_home(standing)
    if status in _GLOBAL:
        if status == Status.B2 or not standing.others_undelivered:
            return Waiting(Wait.DONE, f"Nothing: it is in Box for the agencies, and its campaign is {status}.")
        others = _counted(standing.others_undelivered, "other master")
        return Waiting(Wait.OTHERS, f"It is in Box; the campaign waits for {others} on the way there.")
    if status in _IN_WORDS:
        words = _IN_WORDS[Status(status)]
        return Waiting(Wait.DONE, f"Nothing: nobody has made anything of it, and its campaign is {words}.")
    return Waiting(Wait.AGENCY, "It is in Box, with the agency, and waits for its first derivative.")


def _all_home(standing: Standing) -> Waiting:
    status, others = standing.campaign_status, standing.others_unfinished
    start = f"{_counted(len(standing.wanted), 'derivative')} {_be(standing.wanted)} home"
    if status in _IN_WORDS:
        return Waiting(Wait.DONE, f"Nothing: {start}, and its campaign is {_IN_WORDS[Status(status)]}.")
    if status in _GLOBAL:
        return Waiting(Wait.DONE, f"Nothing: {start}, and its campaign is {status}.")
    if others:
        return Waiting(Wait.OTHERS, f"{start}; the campaign waits for {_counted(others, 'other master')}.")
    if status in _BEFORE_HOME:
        return Waiting(Wait.OTHERS, f"{start}, as all of its campaign is, which the next runs move on from {status}.")
    return Waiting(Wait.OTHERS, f"{start}; where its campaign stands is not known.")


def _with_review(waiting: Waiting, standing: Standing) -> Waiting:
    """Add that a person has to look at a score: it holds nothing up, so it goes before nothing that does."""
    if not standing.unsound:
        return waiting
    kind = Wait.REVIEW if waiting.kind in (Wait.DONE, Wait.OTHERS) else waiting.kind
    review = f"the scorecard of {_listed(standing.unsound)} does not add up and needs review"
    rest = waiting.sentence.removeprefix("Nothing: ").removesuffix(".")
    return Waiting(kind, f"{rest[0].upper()}{rest[1:]}; {review}.")


def was_retired(name: str, at: datetime | None, reason: str | None) -> str:
    """Return that a master was retired, with when and why as far as that is known.

    >>> was_retired("Spot.mp4", datetime(2026, 3, 1, 9, 5, tzinfo=UTC), "the market has dropped it")
    'its master Spot.mp4 was retired 2026-03-01 09:05 UTC: the market has dropped it'
    >>> was_retired("Spot.mp4", None, None)
    'its master Spot.mp4 was retired'
    """
    when = f" {moment(at)}" if at is not None else ""
    return f"its master {name} was retired{when}" + (f": {_in_line(reason)}" if reason else "")


def moment(at: datetime) -> str:
    """Return a moment for people.

    >>> from datetime import timedelta, timezone
    >>> moment(datetime(2026, 3, 1, 9, 5, tzinfo=timezone(timedelta(hours=1))))
    '2026-03-01 08:05 UTC'
    """
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {_counted(len(names) - 1, 'other')}"


def _be(things: Sequence[object]) -> str:
    return "is" if len(things) == 1 else "are"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _in_line(text: str | None) -> str:
    return " ".join((text or "").split()).removesuffix(".")
