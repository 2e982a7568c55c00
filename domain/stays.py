"""Where campaigns stand, compared with where they stood: what has to be read again, and what has changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.assets import Campaign
from domain.errors import MetadataRefused
from domain.status import MOVES, is_listed


@dataclass(frozen=True, slots=True)
class KnownStay:
    """A stay that lasts, as far as we know. `folder_id` is None where nobody wrote it down."""

    stay_id: int
    number: str
    name: str
    folder_id: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A campaign that may have changed; its folders, by id, have to be read before anything is believed."""

    number: str
    name: str
    folder_ids: tuple[str, ...]
    known: KnownStay | None


class Sight(StrEnum):
    """What a look at one campaign shows."""

    FIRST = "seen for the first time"
    SAME = "as before"
    MOVED = "moved by somebody else"
    GONE = "gone"
    NOTHING = "not there, and never was"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a campaign since we last knew: `now` is how the DAM shows it, None when it does not."""

    sight: Sight
    number: str
    known: KnownStay | None
    now: Campaign | None

    @property
    def is_listed(self) -> bool:
        """Whether the status machine lists the move that was made."""
        return self.known is not None and self.now is not None and is_listed(self.known.status, self.now.status)

    @property
    def is_news(self) -> bool:
        """Whether somebody has done something that is written down as an event."""
        return self.sight in (Sight.MOVED, Sight.GONE)


def find_doubts(shown: Iterable[Campaign], known: Mapping[str, KnownStay]) -> list[Doubt]:
    """Return the campaigns of which the search shows something new, and those that it no longer shows, by number.

    `known` is by campaign number. The search lags behind: what it shows is a reason to look, no more. Campaigns
    without a number are left out.
    """
    hits: dict[str, dict[str, list[Campaign]]] = {}
    for campaign in shown:
        if campaign.number:
            hits.setdefault(campaign.number, {}).setdefault(campaign.folder_id, []).append(campaign)
    doubts = []
    for number in sorted({*hits, *known}):
        stay, folders = known.get(number), hits.get(number, {})
        seen = [campaign for found in folders.values() for campaign in found]
        if stay is not None and [(c.folder_id, c.name, c.status) for c in seen] == [_facts(stay)]:
            continue
        folder_ids = tuple(folders) or ((stay.folder_id,) if stay is not None and stay.folder_id else ())
        name = seen[0].name if seen else stay.name if stay is not None else ""
        if folder_ids:
            doubts.append(Doubt(number, name, folder_ids, stay))
    return doubts


def judge(doubt: Doubt, read: Iterable[Campaign]) -> Change:
    """Say what has become of a campaign; `read` are those of its folders that are there, read by id.

    Raises MetadataRefused when several of them carry its number: one of them would be taken for the other.
    """
    found = [campaign for campaign in read if campaign.number == doubt.number]
    if len(found) > 1:
        folders = " and ".join(f"{campaign.name!r} (folder {campaign.folder_id})" for campaign in found)
        raise MetadataRefused(f"{doubt.number}: {folders} carry the same campaign number; correct one of them")
    now = found[0] if found else None
    return Change(_sight(doubt.known, now), doubt.number, doubt.known, now)


def _sight(known: KnownStay | None, now: Campaign | None) -> Sight:
    if now is None:
        return Sight.GONE if known is not None else Sight.NOTHING
    if known is None:
        return Sight.FIRST if now.status in MOVES else Sight.NOTHING
    return Sight.SAME if now.status == known.status else Sight.MOVED


def _facts(stay: KnownStay) -> tuple[str | None, str, str]:
    return stay.folder_id, stay.name, stay.status
