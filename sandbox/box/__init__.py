"""A simulated Box: OAuth, API, uploads, downloads and webhooks, from the wire formats that boxsdk 10 speaks."""

from collections.abc import Sequence

from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.box.models import BoxState, BoxUrls
from sandbox.box.settings import BoxSettings
from sandbox.box.tokens import BoxApp
from sandbox.box.urls import api_app, download_app
from sandbox.faults import FaultMiddleware, Faults

__all__ = ["BoxApp", "BoxSettings", "BoxState", "BoxUrls", "create_app", "create_download_app"]


def create_app(state: BoxState, faults: Faults, more: Sequence[Route] = ()) -> ASGIApp:
    """Return the app for base URL S: `S` is the API, `S/up` the upload URL; `more` are routes besides them.

    Once its port is known, `state.urls` may be given the address of a download host in front of
    `create_download_app`; without one, downloads are redirected to S itself.
    """
    return FaultMiddleware(api_app(state, more), faults)


def create_download_app(state: BoxState, faults: Faults) -> ASGIApp:
    """Return the app of the download host."""
    return FaultMiddleware(download_app(state), faults)
