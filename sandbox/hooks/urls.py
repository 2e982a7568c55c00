"""Paths of the webhook sink."""

from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.hooks.models import HookState
from sandbox.hooks.responses import HookResponses


def create_app(state: HookState) -> Starlette:
    """Return the app, without its faults."""
    answer = HookResponses(state)
    return Starlette(
        routes=[
            Route("/", answer.index, methods=["GET"]),
            Route("/hooks/{name}", answer.take, methods=["POST", "PUT"]),
            Route("/_sandbox/state", answer.state, methods=["GET"]),
        ]
    )
