"""Paths of the mail sink."""

from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.faults import Faults, control
from sandbox.mail.models import MailState
from sandbox.mail.responses import MailResponses


def create_app(state: MailState, smtp_faults: Faults) -> Starlette:
    """Return the app, without its own faults."""
    answer = MailResponses(state)
    return Starlette(
        routes=[
            Route("/", answer.index, methods=["GET"]),
            Route("/{number:int}", answer.html, methods=["GET"]),
            Route("/{number:int}/text", answer.text, methods=["GET"]),
            Route("/{number:int}/source", answer.source, methods=["GET"]),
            Route("/v3/{domain}/messages", answer.mailgun, methods=["POST"]),
            Route("/_sandbox/state", answer.state, methods=["GET"]),
            *control.routes(smtp_faults, "/_sandbox/smtp"),
        ]
    )
