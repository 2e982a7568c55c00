"""The project's database: reachable, and with the schema of this program."""

from blocks.database import PostgresDatabase
from db.migrate import current, head, upgrade
from deployments.plan import MADE, Item, changed, moved
from domain.errors import ConfigError, StoreUnavailable

_NAME = "database"


def plan_schema(database: PostgresDatabase) -> Item:
    """Return what `bring_up` would do; an embedded database that is not there yet is not made.

    Raises ConfigError where the database cannot be reached: that is no answer to what would change.
    """
    if database.url is None and not (database.data_dir / "postgres").exists():
        return Item(f"{_NAME} (embedded, schema {head()})", MADE)
    try:
        found = current(database.address())
    except StoreUnavailable as error:
        raise ConfigError([f"DATABASE_URL: {error}"]) from None
    return Item(_NAME, changed(moved("schema", found, head())))


def bring_up(database: PostgresDatabase) -> None:
    """Start the embedded database where that is the one, and bring the schema up to date."""
    upgrade(database.address())
