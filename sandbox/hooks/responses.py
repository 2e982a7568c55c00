"""HTTP of the webhook sink."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.faults import mark_write
from sandbox.hooks.errors import UNAUTHORIZED
from sandbox.hooks.models import Delivery, HookState
from sandbox.pages import preformatted, table_page


class HookResponses:
    """The answers, over one state."""

    def __init__(self, state: HookState) -> None:
        self._state = state

    async def take(self, request: Request) -> Response:
        """Take a webhook."""
        content = await request.body()
        if not self._state.may_deliver(request.headers.get("authorization", "")):
            return JSONResponse(UNAUTHORIZED, 401, {"WWW-Authenticate": "Bearer"})
        delivery = self._state.take(request.path_params["name"], request.method, dict(request.headers), content)
        mark_write(request)
        return JSONResponse({"received": delivery.number, "duplicate_of": delivery.duplicate_of})

    async def index(self, _: Request) -> Response:
        """List the webhooks, newest first."""
        columns = ("#", "received", "hook", "idempotency key", "duplicate of", "body")
        rows = [_row(delivery) for delivery in reversed(self._state.deliveries)]
        return table_page("Webhooks", columns, rows, empty="No webhook yet.")

    async def state(self, _: Request) -> Response:
        """Return every delivery as JSON."""
        return JSONResponse([delivery.to_json() for delivery in self._state.deliveries])


def _row(delivery: Delivery) -> tuple[str, ...]:
    body = json.dumps(delivery.body, indent=2, ensure_ascii=False) if delivery.body is not None else delivery.text
    return (
        str(delivery.number),
        delivery.received_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        f"{delivery.method} {delivery.name}",
        delivery.idempotency_key or "",
        "" if delivery.duplicate_of is None else str(delivery.duplicate_of),
        preformatted(body),
    )
