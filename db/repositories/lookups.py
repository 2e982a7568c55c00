"""What people mean by what they type: an asset by its tracking id, a name or an id of the DAM, or a campaign."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import AssetEvent, CampaignStatus, DerivativeAsset, MasterAsset, RejectedAsset
from db.parameters import texts

_TRACKING_ID = re.compile(r"[A-Za-z0-9]{6}")
_PIECE = 3
_MOST_PIECES = 24
_Name = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


@dataclass(frozen=True, slots=True)
class AssetMatch:
    """An asset that may be meant. `found_as` says by what it was found, for people."""

    tracking_id: str
    name: str
    campaign_number: str
    campaign_name: str
    found_as: str


@dataclass(frozen=True, slots=True)
class AssetMatches:
    """A page of the assets that may be meant, the newest first, and how many there are in all."""

    rows: Sequence[AssetMatch]
    total: int


@dataclass(frozen=True, slots=True)
class CampaignMatch:
    """A campaign that may be meant."""

    number: str
    name: str


def assets_called(session: Session, text: str, limit: int, skip: int = 0) -> AssetMatches:
    """Return the assets of which this is the tracking id, an id or a name in the DAM, or a name in Box.

    Names in the DAM, of masters and derivatives, count in whatever case and without their extension too. In those in
    Box, of masters and of what was handed in, there is a tracking id, which is another one in another case.
    """
    master, derivative = MasterAsset, DerivativeAsset
    return _matches(
        session,
        (skip, limit),
        _masters("tracking id", master.tracking_id == text),
        _masters("asset of the DAM", (master.opentext_id == text) | (master.original_asset_id == text)),
        _masters("name of the master", _is_called(master.original_filename, text)),
        _masters("name in Box", master.box_filename == text),
        _derivatives("asset of the DAM", derivative.dam_asset_id == text),
        _derivatives("name of a derivative", _is_called(derivative.derivative_filename, text)),
        _derivatives("name that was handed in", derivative.handed_in_filename == text),
        select(RejectedAsset.tracking_id, literal("rejected asset of the DAM"), RejectedAsset.original_filename).where(
            RejectedAsset.opentext_id == text
        ),
    )


def assets_once_called(session: Session, dam_asset_id: str, limit: int, skip: int = 0) -> AssetMatches:
    """Return the assets to which this one of the DAM once belonged: a rework has replaced it. Reads all arrivals."""
    arrived = AssetEvent.detail["dam_asset_id"].astext
    once = select(AssetEvent.tracking_id, literal("earlier asset of the DAM"), AssetEvent.detail["name"].astext)
    is_it = (AssetEvent.event_type == "derivative_uploaded") & (arrived == dam_asset_id)
    return _matches(session, (skip, limit), once.where(is_it))


def assets_with(session: Session, part: str, limit: int, skip: int = 0) -> AssetMatches:
    """Return the assets that have this in a name, in whatever case."""

    def has_it(name: _Name) -> ColumnElement[bool]:
        return func.strpos(func.lower(name), func.lower(part)) > 0

    return _matches(
        session,
        (skip, limit),
        _masters("part of the master's name", has_it(MasterAsset.original_filename)),
        _derivatives("part of a derivative's name", has_it(DerivativeAsset.derivative_filename)),
    )


def campaigns_called(session: Session, text: str, limit: int) -> list[CampaignMatch]:
    """Return the campaigns with this number, else those that have it in number or name, in whatever case.

    Those of just this name come first, and each lot by number.
    """
    number, name = MasterAsset.local_campaign_id, func.coalesce(MasterAsset.campaign_name, "")
    stays = select(CampaignStatus.campaign_number.label("number"), CampaignStatus.campaign_name.label("name"))
    known = union_all(stays.where(CampaignStatus.left_at.is_(None)), select(number, name).distinct()).subquery()
    rows = session.execute(
        select(known.c.number, func.max(known.c.name))
        .where(or_(*(func.lower(column).contains(text.lower(), autoescape=True) for column in known.c)))
        .group_by(known.c.number)
        .order_by(
            func.lower(known.c.number) != func.lower(text),
            func.lower(func.max(known.c.name)) != func.lower(text),
            known.c.number,
        )
        .limit(limit)
    )
    found = [CampaignMatch(number, name) for number, name in rows]
    exact = [campaign for campaign in found if campaign.number.lower() == text.lower()]
    return exact or found


def tracking_ids_like(session: Session, tracking_id: str, limit: int) -> list[str]:
    """Return the tracking ids that differ in case only, then those with one other character."""
    if not _TRACKING_ID.fullmatch(tracking_id):
        return []
    lower = tracking_id.lower()
    patterns = [f"{lower[:place]}_{lower[place + 1 :]}" for place in range(len(lower))]
    known = func.lower(MasterAsset.tracking_id)
    return list(
        session.scalars(
            select(MasterAsset.tracking_id)
            .where(known.like(any_(texts(patterns))))
            .order_by(known != lower, MasterAsset.tracking_id)
            .limit(limit)
        )
    )


def names_like(session: Session, name: str, limit: int) -> list[str]:
    """Return the names of masters and derivatives that have most in common with this one, in whatever case.

    A choice to be compared more closely: names are told apart by which pieces of this one they hold.
    """
    lower = name.lower()
    pieces = dict.fromkeys(lower[start : start + _PIECE] for start in range(0, len(lower) - _PIECE + 1, _PIECE))
    names = _both(MasterAsset.original_filename, DerivativeAsset.derivative_filename)
    held = sum(
        (cast(func.strpos(names.c.lower, piece) > 0, Integer) for piece in list(pieces)[:_MOST_PIECES]),
        start=literal(0),
    )
    # What is much longer or shorter cannot be like it.
    is_near = func.length(names.c.name).between(len(name) // 2, len(name) * 2)
    counted = select(names.c.name, held.label("held")).where(is_near).subquery()
    wanted = select(counted.c.name).where(counted.c.held > 0).order_by(counted.c.held.desc(), counted.c.name)
    return list(session.scalars(wanted.limit(limit)))


def _both(*columns: InstrumentedAttribute[str]) -> Subquery:
    """Return every name in these columns once, with its lower case."""
    names = (select(column.label("name"), func.lower(column).label("lower")) for column in columns)
    return union(*names).subquery()


def _masters(found_as: str, which: ColumnElement[bool]) -> Select[Any]:
    return select(MasterAsset.tracking_id, literal(found_as), MasterAsset.original_filename).where(which)


def _derivatives(found_as: str, which: ColumnElement[bool]) -> Select[Any]:
    return select(DerivativeAsset.tracking_id, literal(found_as), DerivativeAsset.derivative_filename).where(which)


def _is_called(name: _Name, text: str) -> ColumnElement[bool]:
    # Of Greek and Turkish names Python's lower case is not the database's.
    known, wanted = func.lower(name), func.lower(text)
    without_extension = func.regexp_replace(known, r"\.[a-z0-9]{2,5}$", "")
    begins = func.starts_with(known, func.lower(f"{text}."))  # an index answers this, not the other one
    return (known == wanted) | (begins & (without_extension == wanted))


def _matches(session: Session, page: tuple[int, int], *ways: Select[Any]) -> AssetMatches:
    """Return the masters that one of the ways leads to, each once, by the first of them, the newest first.

    `page`: how many to skip, and how many to take.
    """
    found = union_all(*(way.add_columns(literal(order)) for order, way in enumerate(ways))).subquery()
    under, found_as, called, order = found.c
    first = select(under, found_as, called).distinct(under).order_by(under, order).subquery()
    under, found_as, called = first.c
    skip, limit = page
    rows = session.execute(
        select(MasterAsset, found_as, called, func.count().over())
        .join(first, under == MasterAsset.tracking_id)
        .order_by(MasterAsset.id.desc())
        .offset(skip)
        .limit(limit)
    ).all()
    matches = [_match(master, how if name == master.original_filename else f"{how}: {name}")
               for master, how, name, _ in rows]  # fmt: skip
    return AssetMatches(matches, rows[0][3] if rows else 0)


def _match(master: MasterAsset, found_as: str) -> AssetMatch:
    name, number = master.original_filename, master.local_campaign_id
    return AssetMatch(master.tracking_id, name, number, master.campaign_name or "", found_as)
