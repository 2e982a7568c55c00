"""Simulated OpenText Media Management (REST API v6 and v5) with OTDS, its token service.

Facts that are seen in public code are imitated as they are; what nobody has proven is a field of `OtmmSettings`.

Not imitated: permissions beyond "visible or not" and roles; OTDS tickets, token exchange and SAML; the three-step
import, check-in, chunked and Aspera upload, several files in one import; bulk metadata edit (`PATCH /assets`);
collections, subscriptions, export jobs, workflow; facet counts; full-text search inside files; selections other than
by ids; multilingual values; versions other than by `OtmmState.add_version`; lock time-outs; renditions are generated
pictures.
"""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.faults import FaultMiddleware, Faults
from sandbox.otmm import control
from sandbox.otmm.errors import OtmmError, tomcat_page
from sandbox.otmm.gate import Gate, refuse
from sandbox.otmm.models import OtmmState
from sandbox.otmm.nodes import PUBLIC
from sandbox.otmm.settings import FieldIds, OtmmSettings
from sandbox.otmm.tokens import SERVICE_USER
from sandbox.otmm.urls import routes

__all__ = ["PUBLIC", "SERVICE_USER", "FieldIds", "OtmmSettings", "OtmmState", "create_app"]


def create_app(
    state: OtmmState, faults: Faults, more: Sequence[Route] = (), *, gateway_user: str | None = None
) -> ASGIApp:
    """Return the app over a state, with its faults in front; `more` are routes besides. Several apps may share a state.

    `gateway_user` is the user of requests without credentials: for the app behind a proxy that asks for a client
    certificate. A Bearer token that is sent all the same must be alive.
    """
    app = Starlette(routes=[*control.routes(state), *routes(), *more])
    app.router.redirect_slashes = False
    app.state.otmm = state
    app.add_exception_handler(OtmmError, _show_refusal)
    app.add_exception_handler(HTTPException, _show_container_page)
    return FaultMiddleware(Gate(app, state, gateway_user), faults)


def _show_refusal(_: Request, error: Exception) -> Response:
    if not isinstance(error, OtmmError):
        raise error
    return refuse(error)


def _show_container_page(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return HTMLResponse(tomcat_page(error.status_code, error.detail), error.status_code, error.headers)
