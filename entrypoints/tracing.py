"""From what somebody types to the assets and campaigns that are meant, and what is near where none is."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.repositories.lookups import (
    AssetMatch,
    AssetMatches,
    CampaignMatch,
    assets_called,
    assets_once_called,
    assets_with,
    campaigns_called,
    names_like,
    tracking_ids_like,
)
from db.repositories.refusals import Refusal, refusals_called
from domain.codes import Codes
from domain.score_names import ScoredName, nearest_names, scored_name

MOST_MATCHES = 50
_MOST_NEAREST = 5
_LONGEST = 300
_SHORTEST_PART = 3
_CANDIDATES = 200
_MOST_REFUSALS = 3
_CAMPAIGN_NUMBER = re.compile(r"C\d{1,12}", re.ASCII | re.IGNORECASE)
_UNTYPED = ("Cc", "Cs")  # control characters and lone surrogates, which no name in the database holds


@dataclass(frozen=True)
class Found:
    """What was found. `is_exact`: the text is an id or a whole name of each; else it is a part of their names.

    `assets` is one page of the `total` that there are, the newest first. `other_case` are tracking ids that differ from
    the text, or from the one in it, in case only. `refusals` are of files of this name, the newest first.
    """

    text: str
    assets: Sequence[AssetMatch] = ()
    total: int = 0
    campaigns: Sequence[CampaignMatch] = ()
    is_exact: bool = True
    other_case: Sequence[str] = ()
    refusals: Sequence[Refusal] = ()

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self.assets or self.campaigns)

    @property
    def only_asset(self) -> str | None:
        """The tracking id of the one asset that is meant, None where none is or several may be."""
        return self.assets[0].tracking_id if self.total == 1 and not self.campaigns and self.is_exact else None

    @property
    def only_campaign(self) -> str | None:
        """The number of the one campaign that is meant, None where none is or several may be."""
        return self.campaigns[0].number if len(self.campaigns) == 1 and not self.assets and self.is_exact else None


@dataclass(frozen=True)
class Nearest:
    """What is like a text that nothing has."""

    tracking_ids: Sequence[str] = ()
    names: Sequence[str] = ()


def look_up(session: Session, typed: str, codes: Codes, skip: int = 0) -> Found:
    """Return the assets and campaigns that are meant: by ids and whole names, else by parts of names.

    Of assets up to MOST_MATCHES, after those to `skip`.
    """
    text = tidy(typed)
    if _CAMPAIGN_NUMBER.fullmatch(text):
        campaigns = campaigns_called(session, text, MOST_MATCHES)
        if campaigns and campaigns[0].number.lower() == text.lower():
            return Found(text, campaigns=campaigns)
    return _exact(session, text, codes, skip) or _parts(session, text, codes, skip)


def nearest(session: Session, typed: str, codes: Codes) -> Nearest:
    """Return the tracking ids and names that are most like a text."""
    text = tidy(typed)
    name = scored_name(text, codes)
    names = nearest_names(name.name, names_like(session, name.name, _CANDIDATES), _MOST_NEAREST)
    return Nearest(tracking_ids_like(session, name.tracking_id or text, _MOST_NEAREST), names)


def tidy(typed: str) -> str:
    """Return what was typed as the database may know it.

    >>> tidy(" aB3xY9\\x00\\ud800 ")
    'aB3xY9'
    """
    known = "".join(each for each in typed[:_LONGEST] if unicodedata.category(each) not in _UNTYPED)
    return unicodedata.normalize("NFC", known).strip()


def _exact(session: Session, text: str, codes: Codes, skip: int) -> Found:
    if not text:
        return Found(text)
    found = assets_called(session, text, MOST_MATCHES, skip)
    if not found.rows and (tracking_id := _of_full_name(text, codes).tracking_id) is not None:
        called = assets_called(session, tracking_id, MOST_MATCHES).rows
        named = [match for match in called if match.tracking_id == tracking_id]
        found = AssetMatches(named, len(named))
    if not found.rows and text.isalnum():
        found = assets_once_called(session, text, MOST_MATCHES, skip)
    near = campaigns_called(session, text, MOST_MATCHES)
    campaigns = [each for each in near if text.lower() in (each.number.lower(), each.name.lower())]
    return Found(text, found.rows, found.total, campaigns)


def _of_full_name(text: str, codes: Codes) -> ScoredName:
    return scored_name(text, codes) if "_" in text else ScoredName(text)


def _parts(session: Session, text: str, codes: Codes, skip: int) -> Found:
    if len(text) < _SHORTEST_PART:
        return Found(text)
    tracking_id = _of_full_name(text, codes).tracking_id or text
    other_case = [
        like for like in tracking_ids_like(session, tracking_id, _MOST_NEAREST) if like.lower() == tracking_id.lower()
    ]
    found, campaigns = assets_with(session, text, MOST_MATCHES, skip), campaigns_called(session, text, MOST_MATCHES)
    refusals = refusals_called(session, text, _MOST_REFUSALS)
    return Found(text, found.rows, found.total, campaigns, is_exact=False, other_case=other_case, refusals=refusals)
