"""The plan of a delivery: for each asset whether it is delivered, was delivered before, or cannot or need not be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.assets import Asset
from domain.box_names import safe_name
from domain.derivatives import rest as rest_of_content
from domain.derivatives import rest_after
from domain.errors import IntegrityError, MetadataRefused, NotFound, RuleError, ServiceRejected, StorageFull


@dataclass(frozen=True, slots=True)
class Rest:
    """What failed as it is now, and is not tried again before `until`; `sign` tells the failure from another one."""

    until: datetime
    reason: str
    sign: str


@dataclass(frozen=True, slots=True)
class KnownDelivery:
    """What the database says of an asset: its tracking id, and its file in Box where it has arrived.

    `is_replaced`: a later upload has taken the asset's place, so that nobody has to work on it any more.
    `is_read`: it was read since its campaign came to where it stands; else it is read again, though it has arrived.
    """

    tracking_id: str
    box_file_id: str | None
    box_name: str | None
    box_url: str | None
    is_replaced: bool = False
    is_read: bool = True
    rest: Rest | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A file in Box that holds an asset's content, as far as the database knows. `sha1` is hex, None where unknown."""

    box_file_id: str
    box_name: str | None
    box_url: str | None
    sha1: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An asset's row in the database, from the intent on."""

    row_id: int
    tracking_id: str


@dataclass(frozen=True, slots=True)
class PlannedAsset:
    """One asset with its fate: `refusal` set: cannot be delivered; `known` with a file in Box: nothing to do.

    `rest` set: it has failed, and is left alone for a while.
    """

    asset: Asset
    known: KnownDelivery | None = None
    refusal: RuleError | None = None
    rest: Rest | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether an earlier run has brought it to Box."""
        return self.known is not None and self.known.box_file_id is not None

    @property
    def is_replaced(self) -> bool:
        """Whether a later upload has taken its place."""
        return self.known is not None and self.known.is_replaced

    @property
    def is_to_carry(self) -> bool:
        """Whether this run has to bring it to Box, or at least to read it and to look whether it is still there."""
        is_done = self.is_delivered and self.known is not None and self.known.is_read
        return self.refusal is None and self.rest is None and not is_done and not self.is_replaced


def plan_delivery(
    assets: Sequence[Asset], known: Mapping[str, KnownDelivery], now: datetime | None = None
) -> list[PlannedAsset]:
    """Plan each asset, in the order given. `known` maps asset ids to what the database says of them.

    `now` None: what rests is tried all the same.
    """
    return [_planned(asset, known.get(asset.asset_id), now) for asset in assets]


def rest(error: BaseException, failures: int) -> timedelta:
    """Return how long an asset rests after it has failed so often, in a row and in the same way.

    As a derivative does, with exceptions. A checksum that differs once may be the line's fault. What another system
    refuses is mended where we do not see it, so it rests an hour at most, and not at first. What lacks its content
    costs no transfer.

    >>> [str(rest(IntegrityError(), failures)) for failures in (1, 2, 3)]
    ['0:00:00', '1:00:00', '2:00:00']
    """
    if isinstance(error, MetadataRefused | StorageFull):
        return timedelta(0)
    if isinstance(error, IntegrityError | ServiceRejected | NotFound):
        again = failures - 1 if isinstance(error, IntegrityError) else 1
        return rest_after(again) if failures > 1 else timedelta(0)
    return rest_of_content(error, failures)


def _planned(asset: Asset, known: KnownDelivery | None, now: datetime | None) -> PlannedAsset:
    is_resting = known is not None and known.rest is not None and now is not None and now < known.rest.until
    return PlannedAsset(asset, known, refusal(asset), known.rest if known is not None and is_resting else None)


def refusal(asset: Asset) -> RuleError | None:
    """Return why an asset cannot be delivered, or None when it can."""
    if asset.size_bytes is None:
        return MetadataRefused(f"{asset.path}: the asset has no content in the DAM")
    try:
        for name in (*asset.folder_path, asset.name):
            safe_name(name)
    except RuleError as error:
        return error
    return None
