"""The way to the project's database: an engine on a pool, and transactions on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from db.errors import translated
from db.pool import checked_out, open_pool


def make_engine(url: str, *, pool_size: int = 8, timeout_s: float = 10) -> Engine:
    """Return an engine for a plain postgresql:// address. `dispose` closes its pool for good.

    `timeout_s` is how long a transaction waits for a free connection.
    """
    pool = open_pool(url, size=pool_size, timeout_s=timeout_s)
    engine = create_engine(
        "postgresql+psycopg://",
        poolclass=NullPool,
        creator=partial(checked_out, pool),
        hide_parameters=True,
    )

    @event.listens_for(engine, "engine_disposed")
    def close_pool(_: Engine) -> None:
        pool.close()

    return engine


class Store:
    """The project's database. Make one per process and share it between threads."""

    def __init__(self, url: str, *, pool_size: int = 8, timeout_s: float = 10) -> None:
        self.url = url
        self.engine = make_engine(url, pool_size=pool_size, timeout_s=timeout_s)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that is committed at the end, or rolled back when the block raises.

        Objects read inside stay readable afterwards. Raises StoreUnavailable when the server cannot be reached or
        gives up waiting, StoreError when it refuses.
        """
        with translated(), self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
