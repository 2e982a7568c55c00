"""What `content-scaling scores show` knows: from the database alone, without Prefect."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from blocks.bootstrap import block_from
from blocks.config_files import load_codes
from blocks.database import PostgresDatabase
from blocks.settings import load_settings
from db.engine import Store
from db.models import CreativexScore, DerivativeAsset
from db.repositories.derivatives import derivative_names, derivatives_called, derivatives_under
from db.repositories.scores import master_of, scored_names, scores_of
from domain.codes import Codes
from domain.score_names import is_same_asset, nearest_names, scored_name
from entrypoints.passport import master_under, names_of, scored_names_under


@dataclass(frozen=True)
class History:
    """Every score of one name, oldest first, and the derivatives that have this name."""

    name: str
    scores: Sequence[CreativexScore]
    derivatives: Sequence[DerivativeAsset]


class ScoreArchive:
    """The database, to be read."""

    def __init__(self, store: Store, codes: Codes) -> None:
        self._store = store
        self._codes = codes

    def histories(self, named: str) -> list[History]:
        """Return the history of each name that is meant, by a file name or by a tracking id; empty where none is."""
        with self._store.transaction() as session:
            master = master_under(session, named)
            own = names_of(master, derivatives_under(session, named)) if master is not None else []
            under = scored_names_under(session, named, own)
            asked_for = under or [scored_name(named, self._codes).name]
            scores = {row.id: row for name in asked_for for row in scores_of(session, name)}
            if under:
                scores = {key: row for key, row in scores.items() if master_of(row) in (None, named)}
            rows = {row.id: row for name in asked_for for row in derivatives_called(session, name)}
        names = {row.filename.lower(): row.filename for row in scores.values()}
        return [
            History(
                name,
                [row for row in scores.values() if row.filename.lower() == name.lower()],
                [row for row in rows.values() if is_same_asset(name, row.derivative_filename)],
            )
            for name in names.values()
        ]

    def nearest(self, named: str) -> list[str]:
        """Return the names of scores and of files that are most like this one."""
        with self._store.transaction() as session:
            known = {*scored_names(session), *derivative_names(session)}
        return nearest_names(scored_name(named, self._codes).name, known)


@contextmanager
def open_scores() -> Iterator[ScoreArchive]:
    """Give the archive of the settings; Prefect need not run for this."""
    settings = load_settings()
    with closing(block_from(settings, PostgresDatabase).get_client()) as store:
        yield ScoreArchive(store, load_codes(settings.config_dir))
