"""Control API of a simulated service: its rules and its record, over HTTP."""

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from sandbox.faults.rules import Fault, Faults


def create_app(faults: Faults, *, fallback: ASGIApp) -> Starlette:
    """Return the control API of `faults` below /_sandbox; what it does not know goes to `fallback`."""
    return Starlette(routes=[*routes(faults, "/_sandbox"), Mount("/", app=fallback)])


def routes(faults: Faults, prefix: str) -> list[Route]:
    """Return the control API of `faults` below `prefix`."""

    async def show_faults(_: Request) -> Response:
        return JSONResponse([fault.to_json() for fault in faults.rules])

    async def add_faults(request: Request) -> Response:
        try:
            data = json.loads(await request.body())
            added = [Fault.from_json(item) for item in (data if isinstance(data, list) else [data])]
        except (ValueError, AttributeError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse([faults.add(fault).to_json() for fault in added], 201)

    async def clear_faults(_: Request) -> Response:
        faults.clear()
        return Response(status_code=204)

    async def show_requests(request: Request) -> Response:
        shown = faults.writes() if request.query_params.get("writes") else list(faults.requests)
        return JSONResponse([seen.to_json() for seen in shown])

    async def forget_requests(_: Request) -> Response:
        faults.forget_requests()
        return Response(status_code=204)

    async def release(_: Request) -> Response:
        faults.release()
        return Response(status_code=204)

    return [
        Route(f"{prefix}/faults", show_faults, methods=["GET"]),
        Route(f"{prefix}/faults", add_faults, methods=["POST"]),
        Route(f"{prefix}/faults", clear_faults, methods=["DELETE"]),
        Route(f"{prefix}/requests", show_requests, methods=["GET"]),
        Route(f"{prefix}/requests", forget_requests, methods=["DELETE"]),
        Route(f"{prefix}/release", release, methods=["POST"]),
    ]
