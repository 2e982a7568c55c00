"""What all log lines have in common: which campaign and asset they are about, no secret, and one JSON object a line."""

from clients.logs.context import about
from clients.logs.install import watch_handlers

__all__ = ["about", "watch_handlers"]
