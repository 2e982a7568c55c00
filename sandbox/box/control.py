"""Control API of the simulated Box below /_sandbox/, outside of what is counted and faulted."""

from dataclasses import asdict

from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.bodies import Body, read_body, refused
from sandbox.box.errors import BoxError
from sandbox.box.models import BoxState
from sandbox.box.replays import How
from sandbox.box.roles import Role


class _Replay(Body):
    how: How
    event_id: str | None = None


class _Role(Body):
    folder_id: str
    role: Role


_REPLAY, _ROLE = TypeAdapter(_Replay), TypeAdapter(_Role)


def routes(state: BoxState) -> list[Route]:
    """What this Box holds, pushes to what would take its time, and its webhooks."""

    async def show_state(_: Request) -> Response:
        return JSONResponse(state.summary())

    async def expire_tokens(_: Request) -> Response:
        state.expire_tokens()
        return Response(status_code=204)

    async def show_webhooks(_: Request) -> Response:
        hooks = [webhook.to_json(state.users) for webhook in state.webhooks.all()]
        deliveries = [asdict(delivery) for delivery in list(state.webhooks.deliveries)]
        return JSONResponse({"webhooks": hooks, "deliveries": deliveries})

    async def replay(request: Request) -> Response:
        try:
            wish = await read_body(request, _REPLAY)
            # The receiver may ask this Box before it answers.
            delivery = await run_in_threadpool(state.webhooks.send_again, wish.how, wish.event_id)
        except ValueError as error:
            return refused(str(error))
        return JSONResponse(asdict(delivery))

    async def give_role(request: Request) -> Response:
        try:
            wish = await read_body(request, _ROLE)
            state.tree.folder(wish.folder_id)
        except (ValueError, BoxError) as error:
            return refused(str(error))
        state.roles.give(wish.folder_id, wish.role)
        return Response(status_code=204)

    return [
        Route("/_sandbox/state", show_state, methods=["GET"]),
        Route("/_sandbox/expire-tokens", expire_tokens, methods=["POST"]),
        Route("/_sandbox/roles", give_role, methods=["POST"]),
        Route("/_sandbox/webhooks", show_webhooks, methods=["GET"]),
        Route("/_sandbox/webhooks", replay, methods=["POST"]),
    ]
