"""Whose score it is: the asset behind the file name on a scorecard."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset
from db.repositories.derivatives import derivative_names, derivatives_called
from db.repositories.masters import masters_by_tracking_id
from domain.codes import Codes
from domain.score_names import is_same_asset, nearest_names, scored_name


@dataclass(frozen=True, slots=True)
class ScoredAsset:
    """What a score belongs to. `name` is the one that it is kept under.

    `derivative` is the newest that has the name, None before one was handed in; `master` what it is made from.
    """

    name: str
    tracking_id: str | None
    derivative: DerivativeAsset | None
    master: MasterAsset | None

    @property
    def is_orphan(self) -> bool:
        """Whether nobody knows of a file of this name."""
        return self.master is None

    @property
    def campaign_number(self) -> str | None:
        """The campaign that it belongs to."""
        return self.master.local_campaign_id if self.master is not None else None


def find_scored_asset(session: Session, filename: str, codes: Codes) -> ScoredAsset:
    """Return what the file name on a scorecard stands for; the caller owns the transaction."""
    scored = scored_name(filename, codes)
    begun = derivatives_called(session, scored.name)
    called = [row for row in begun if is_same_asset(scored.name, row.derivative_filename)]
    own = [row for row in called if scored.tracking_id in (None, row.tracking_id)]
    newest = own[-1] if own else None
    tracking_id = newest.tracking_id if newest is not None else scored.tracking_id
    master = masters_by_tracking_id(session, [tracking_id]).get(tracking_id) if tracking_id is not None else None
    # A name without its extension may stand for several files, and is kept as it is then.
    names = {row.derivative_filename for row in called}
    name = names.pop() if len(names) == 1 else scored.name
    return ScoredAsset(name, tracking_id if master is not None else None, newest, master)


def nearest_files(session: Session, name: str) -> list[str]:
    """Return the names of files that were handed in which are most like this one."""
    return nearest_names(name, derivative_names(session))
