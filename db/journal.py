"""The journal of unfinished uploads, each entry in a transaction of its own."""

from collections.abc import Mapping
from typing import Any

from db.engine import Store
from db.repositories import uploads


class DatabaseJournal:
    """Remembers uploads across runs, under a key that names target and content. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self, key: str) -> dict[str, Any] | None:
        """Return `{"session": {...}, "parts": [...]}`, parts in the order they arrived, or None."""
        with self._store.transaction() as session:
            found = uploads.load(session, key)
            return None if found is None else {"session": found.session, "parts": found.parts}

    def save(self, key: str, session: Mapping[str, Any]) -> None:
        """Start the upload's entry, or start it over without parts."""
        with self._store.transaction() as transaction:
            uploads.save(transaction, key, session)

    def add_part(self, key: str, part: Mapping[str, Any]) -> None:
        """Add the receipt of a part that arrived, once."""
        with self._store.transaction() as session:
            uploads.add_part(session, key, part)

    def forget(self, key: str) -> None:
        """Remove the entry."""
        with self._store.transaction() as session:
            uploads.forget(session, key)
