"""Whose score it is: the asset behind the file name on a scorecard."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset
from db.repositories.derivatives import derivative_names, derivatives_called
from db.repositories.masters import masters_by_tracking_id
from db.repositories.scores import scores_of
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


def find_scored_asset(session: Session, filename: str, codes: Codes, *, tracking_id: str | None = None) -> ScoredAsset:
    """Return what the file name on a scorecard stands for, `tracking_id` where it is known from elsewhere.

    The caller owns the transaction.
    """
    scored = scored_name(filename, codes)
    named = scored.tracking_id or tracking_id
    begun = derivatives_called(session, scored.name)
    called = [row for row in begun if is_same_asset(scored.name, row.derivative_filename)]
    own = [row for row in called if named in (None, row.tracking_id)]
    newest = own[-1] if own else None
    found = newest.tracking_id if newest is not None else named
    master = masters_by_tracking_id(session, [found]).get(found) if found is not None else None
    names = {row.derivative_filename for row in called} or _scored_before(session, scored.name)
    # A name without its extension may stand for several files, and is kept as it is then.
    name = names.pop() if len(names) == 1 else scored.name
    return ScoredAsset(name, found if master is not None else None, newest, master)


def _scored_before(session: Session, name: str) -> set[str]:
    return {row.filename for row in scores_of(session, name) if is_same_asset(name, row.filename)}


def nearest_files(session: Session, name: str) -> list[str]:
    """Return the names of files that were handed in which are most like this one."""
    return nearest_names(name, derivative_names(session))
