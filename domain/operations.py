"""Moves that operators make by hand: which campaigns are meant, what the machine says, and what was agreed to."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.assets import Campaign
from domain.status import Status, allowed_moves, is_listed

_NUMBER = re.compile(r"C\d{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One of the workflows for operators. It takes campaigns from `origins` to `target`.

    `target` None: the operator names it, for one campaign, and an unlisted move needs force. Else every move is forced.
    """

    workflow: str
    origins: tuple[Status, ...]
    target: Status | None = None


SET_STATUS = Operation(workflow="set-campaign-status", origins=tuple(Status))
RESET = Operation(
    workflow="reset-campaigns",
    origins=(Status.A2, Status.A3, Status.A4, Status.A5, Status.A6),
    target=Status.A1,
)
ADVANCE = Operation(workflow="advance-campaigns", origins=(Status.A1,), target=Status.A3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an operator asks for. `query`: a number, or part of a name; None or '': every campaign in `origins`."""

    operation: Operation
    query: str | None
    origins: tuple[Status, ...]
    target: Status
    force: bool = False

    @property
    def statuses(self) -> tuple[Status, ...]:
        """Where to look: who names a campaign is told of it wherever it stands."""
        return tuple(Status) if self.query else self.origins


@dataclass(frozen=True, slots=True)
class Proposal:
    """A move to be agreed to: of this campaign, from the status that it has, to `target`."""

    campaign: Campaign
    target: Status

    @property
    def is_listed(self) -> bool:
        """Whether the status machine lists the move."""
        return is_listed(self.campaign.status, self.target)

    @property
    def rule(self) -> str:
        """What the status machine says of the move."""
        return rule_of(Status(self.campaign.status), self.target)

    @property
    def token(self) -> str:
        """What is agreed to, as runs take it: the campaign and the status that it was seen in."""
        return f"{self.campaign.number} {self.campaign.status}"


@dataclass(slots=True)
class Choice:
    """What an order comes to. `left` says of campaigns why nothing is to be done, `barred` why nothing can be.

    `refusal` says why the order as a whole cannot be carried out.
    """

    proposals: list[Proposal] = field(default_factory=list)
    left: list[tuple[Campaign, str]] = field(default_factory=list)
    barred: list[tuple[Campaign, str]] = field(default_factory=list)
    refusal: str | None = None

    @property
    def needs_reason(self) -> bool:
        """Whether one of the moves is not listed, so that somebody has to say why it is made."""
        return any(not proposal.is_listed for proposal in self.proposals)


@dataclass(frozen=True, slots=True)
class Consent:
    """Who agreed to which moves (tokens of proposals), and why they are made."""

    tokens: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""

    def split(self, proposals: Sequence[Proposal]) -> tuple[list[Proposal], list[str]]:
        """Return the proposals agreed to, and the tokens of which none is left: those campaigns have changed since."""
        known = {proposal.token for proposal in proposals}
        agreed = [proposal for proposal in proposals if proposal.token in self.tokens]
        return agreed, [token for token in self.tokens if token not in known]


def matching(query: str | None, campaigns: Sequence[Campaign]) -> list[Campaign]:
    """Return the campaigns meant, in the order given: those with that number, else those with it in their names.

    >>> one, two = Campaign("1", "C1", "Spring", "", "A1"), Campaign("2", "C2", "Like C1", "", "A1")
    >>> [found.number for found in matching("c1", [one, two])], [found.number for found in matching("PRI", [one, two])]
    (['C1'], ['C1'])
    """
    wanted = (query or "").strip().casefold()
    if not wanted:
        return list(campaigns)
    numbered = [campaign for campaign in campaigns if campaign.number.casefold() == wanted]
    return numbered or [campaign for campaign in campaigns if wanted in campaign.name.casefold()]


def rule_of(origin: Status, target: Status) -> str:
    """Return what the status machine says of a move.

    >>> rule_of(Status.A1, Status.A3)
    'A1 may move to A2; A1 → A3 is not listed'
    >>> rule_of(Status.A3, Status.A5)
    'A3 may move to A4 or A5'
    """
    rule = f"{origin} {ways_from(origin)}"
    return rule if is_listed(origin, target) else f"{rule}; {origin} → {target} is not listed"


def ways_from(origin: Status) -> str:
    """Return where the status machine lets a campaign go from a status.

    >>> ways_from(Status.A3), ways_from(Status.B2)
    ('may move to A4 or A5', 'may move nowhere')
    """
    allowed = " or ".join(allowed_moves(origin))
    return f"may move to {allowed}" if allowed else "may move nowhere"


def choose(order: Order, found: Sequence[Campaign]) -> Choice:
    """Return what is to be done with the campaigns found: those that match the order, as they are now."""
    if order.query and not found:
        return Choice(refusal=f"no campaign has the number {order.query!r}, nor has one that in its name")
    if order.operation.target is None and len(found) > 1:
        text = f"{len(found)} campaigns match {order.query!r}, and none was taken: {_listed(found)}"
        return Choice(refusal=f"{text}; give the number of the one that is meant")
    choice, shared = Choice(), Counter(campaign.number for campaign in found)
    for campaign in found:
        _sort(campaign, order, choice, is_shared=shared[campaign.number] > 1)
    if order.query and not choice.proposals and not choice.barred:
        others = [campaign for campaign, _ in choice.left if campaign.status != order.target]
        if others:
            takes = f"{order.operation.workflow} takes {', '.join(order.origins)} here"
            choice.refusal = f"{takes}, and {order.query!r} matches {_listed(others)}"
    return choice


def _sort(campaign: Campaign, order: Order, choice: Choice, *, is_shared: bool) -> None:
    if campaign.status == order.target:
        choice.left.append((campaign, f"is {order.target} already"))
    elif campaign.status not in order.origins:
        choice.left.append((campaign, f"is {campaign.status or 'without a status'}: left as it is"))
    elif not _NUMBER.fullmatch(campaign.number):
        wrong = f"the number {campaign.number!r}" if campaign.number else "no campaign number"
        text = f"the campaign folder has {wrong}; give it one such as C000000078 in the DAM"
        choice.barred.append((campaign, text))
    elif is_shared:
        text = f"several campaign folders have the number {campaign.number}; correct that in the DAM"
        choice.barred.append((campaign, text))
    else:
        _propose(Proposal(campaign, order.target), order, choice)


def _propose(proposal: Proposal, order: Order, choice: Choice) -> None:
    if proposal.is_listed or order.force:
        choice.proposals.append(proposal)
    else:
        text = f"{proposal.campaign.number}: {proposal.rule}; it can be made by force, with a reason"
        choice.barred.append((proposal.campaign, text))


def _listed(campaigns: Sequence[Campaign]) -> str:
    return ", ".join(f"{campaign.label} {campaign.name} ({campaign.status or 'no status'})" for campaign in campaigns)
