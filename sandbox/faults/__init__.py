"""Faults on demand for a simulated service, as ASGI middleware; knows nothing of the service behind it."""

from sandbox.faults.log import Seen, mark_write
from sandbox.faults.middleware import FaultMiddleware
from sandbox.faults.rules import Fault, Faults

__all__ = ["Fault", "FaultMiddleware", "Faults", "Seen", "mark_write"]
