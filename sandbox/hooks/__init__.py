"""Webhook sink: takes any webhook below /hooks/, shows all of them, and which came twice.

Not imitated: what a receiver would do with them.
"""

from starlette.types import ASGIApp

from sandbox.faults import FaultMiddleware, Faults
from sandbox.hooks import urls
from sandbox.hooks.models import Delivery, HookSettings, HookState

__all__ = ["Delivery", "HookSettings", "HookState", "create_app"]


def create_app(state: HookState, faults: Faults) -> ASGIApp:
    """Return the sink."""
    return FaultMiddleware(urls.create_app(state), faults)
