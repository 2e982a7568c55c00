"""What `content-scaling report` knows: from the database, and from Prefect where it is there to be asked."""

from contextlib import closing

from prefect.settings import get_current_settings

from blocks.bootstrap import block_from
from blocks.database import PostgresDatabase
from blocks.settings import load_settings
from domain.daily.model import DailyReport
from domain.errors import ConfigError
from entrypoints.prefect_api import require_server
from tasks.daily import gather
from tasks.run_history import run_url, runs_in


def read_day(since: str) -> DailyReport:
    """Return the report of the window that ends now; without a Prefect server it says so."""
    settings = load_settings()
    left_out = _why_without_history()
    with closing(block_from(settings, PostgresDatabase).get_client()) as store:
        return gather(store, since, runs_in if left_out is None else None, run_url, left_out=left_out or "")


def _why_without_history() -> str | None:
    if get_current_settings().api.url is None:
        return "PREFECT_API_URL is not set, so how runs went is left out."
    try:
        require_server()
    except ConfigError as error:
        return f"How runs went is left out: {error.faults[0]}."
    return None
