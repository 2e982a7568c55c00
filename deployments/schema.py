"""The project's database: reachable, and with the schema of this program."""

from blocks.database import PostgresDatabase
from db.migrate import current, head, upgrade
from deployments.plan import MADE, Item, changed, moved

_NAME = "database"


def plan_schema(database: PostgresDatabase) -> Item:
    """Return what `bring_up` would do; an embedded database that is not there yet is not made."""
    if database.url is None and not (database.data_dir / "postgres").exists():
        return Item(f"{_NAME} (embedded, schema {head()})", MADE)
    return Item(_NAME, changed(moved("schema", current(database.address()), head())))


def bring_up(database: PostgresDatabase) -> None:
    """Start the embedded database where that is the one, and bring the schema up to date."""
    upgrade(database.address())
