"""Opening + movements = closing: counted from different places, so that what was lost or added by the way shows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.daily.window import Window
from domain.status import MOVES


@dataclass(frozen=True, slots=True)
class Balance:
    """One kind of thing: how many there were, how many came and went in the window, and how many there are."""

    name: str
    opening: int
    came: int
    went: int
    closing: int

    @property
    def expected(self) -> int:
        """How many there should be."""
        return self.opening + self.came - self.went

    @property
    def difference(self) -> int:
        """How many more there are than there should be; 0 where all is well."""
        return self.closing - self.expected


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not add up: what, and what it may mean."""

    what: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay of a campaign in a status. `follows`: the campaign left another one in the same moment."""

    number: str
    name: str
    status: str
    began_at: datetime
    left_at: datetime | None
    follows: bool

    def lasts_at(self, moment: datetime) -> bool:
        """Whether the campaign was there just before that moment."""
        return self.began_at < moment and (self.left_at is None or self.left_at >= moment)


def campaign_balances(stays: Sequence[Stay], window: Window) -> list[Balance]:
    """Return one balance a status, in the order of the status machine, of those that saw any campaign."""
    opening = Counter(stay.status for stay in stays if stay.lasts_at(window.since))
    closing = Counter(stay.status for stay in stays if stay.lasts_at(window.until))
    came = Counter(stay.status for stay in stays if stay.began_at in window)
    went = Counter(stay.status for stay in stays if stay.left_at is not None and stay.left_at in window)
    known = [str(status) for status in MOVES]
    others = sorted({stay.status for stay in stays} - set(known))
    found = [Balance(name, opening[name], came[name], went[name], closing[name]) for name in (*known, *others)]
    return [each for each in found if each.opening or each.came or each.went or each.closing]


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A campaign went from one status to another. `by`: a workflow, a person, or somebody in the DAM."""

    campaign_number: str
    at: datetime
    origin: str
    target: str
    """Empty where the campaign is gone."""
    by: str


@dataclass(frozen=True, slots=True)
class Transition:
    """So many derivatives: as the audit trail has them before and after the window, and as their rows have them now.

    None: not there yet, or not there any more.
    """

    before: str | None
    after: str | None
    now: str | None
    number: int


def derivative_balances(transitions: Sequence[Transition]) -> list[Balance]:
    """Return one balance a state: how derivatives stood, how the audit trail moved them, and what their rows say."""

    def count(chosen: Iterable[Transition]) -> int:
        return sum(each.number for each in chosen)

    names = {"under way": "derivatives under way", "in the DAM": "derivatives in the DAM", "withdrawn": "taken back"}
    return [
        Balance(
            name,
            count(each for each in transitions if each.before == state),
            count(each for each in transitions if each.after == state != each.before),
            count(each for each in transitions if each.before == state != each.after),
            count(each for each in transitions if each.now == state),
        )
        for state, name in names.items()
    ]


def differences(balances: Iterable[Balance], meaning: str) -> list[Difference]:
    """Return what does not add up, in words."""
    return [
        Difference(
            f"{each.name}: {each.opening} + {each.came} − {each.went} = {each.expected}, but there are {each.closing}",
            meaning,
        )
        for each in balances
        if each.difference
    ]


def overlaps(stays: Sequence[Stay], window: Window) -> list[Difference]:
    """Return the campaigns that stand in several statuses at once."""
    at_once = Counter(stay.number for stay in stays if stay.lasts_at(window.until))
    several = sorted(number for number, times in at_once.items() if times > 1)
    what = f"in several statuses at once: {', '.join(several)}"
    return [Difference(what, _BY_HAND)] if several else []


def misplaced(stays: Sequence[Stay], moves: Iterable[MoveLine], window: Window) -> list[Difference]:
    """Return the campaigns that are not where the audit trail has last moved them to; moves in their order."""
    now = {stay.number: stay.status for stay in stays if stay.lasts_at(window.until)}
    last = {move.campaign_number: move.target if move.target in MOVES else "" for move in moves}
    elsewhere = [
        f"{number} is {now.get(number, 'nowhere')}, moved to {target or 'nowhere'} last"
        for number, target in sorted(last.items())
        if now.get(number, "") != target
    ]
    return [Difference("; ".join(elsewhere), _BY_HAND)] if elsewhere else []


def unexplained(stays: Sequence[Stay], moves: Sequence[MoveLine], window: Window) -> list[Difference]:
    """Hold the stays against the moves of the audit trail: each move leads to a stay, and each next stay has a move.

    A move to where the campaign was known to be begins no stay: somebody had moved it away unseen.
    """
    known = [move for move in moves if move.target in MOVES]
    homeless = [
        f"{move.campaign_number} → {move.target}" for move in known if not any(_leads_to(move, stay) for stay in stays)
    ]
    motherless = [
        f"{stay.number} → {stay.status}"
        for stay in stays
        if stay.follows and stay.began_at in window and not any(_leads_to(move, stay) for move in known)
    ]
    told = [("moves in the audit trail without a stay", homeless), ("stays that no move began", motherless)]
    return [Difference(f"{what}: {', '.join(sorted(found))}", _BY_HAND) for what, found in told if found]


_BY_HAND = "a row of campaign_status was changed by hand"


def _leads_to(move: MoveLine, stay: Stay) -> bool:
    # A stay begins with its transaction, in which the move is noted a little later.
    is_there = stay.began_at <= move.at and (stay.left_at is None or stay.left_at >= move.at)
    return is_there and (move.campaign_number, move.target) == (stay.number, stay.status)
