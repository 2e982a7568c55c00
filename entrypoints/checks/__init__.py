"""What operations look at every morning: each connection of the settings tried, without changing anything."""

from entrypoints.checks.every import check_all
from entrypoints.checks.verdict import State, Verdict, as_document, overall

__all__ = ["State", "Verdict", "as_document", "check_all", "overall"]
