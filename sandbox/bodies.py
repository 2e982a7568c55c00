"""JSON bodies of control paths: read against a model, refused with a reason."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_T = TypeVar("_T")


class Body(BaseModel):
    """A body that has no other keys than these."""

    model_config = ConfigDict(extra="forbid", frozen=True)


async def read_body(request: Request, wanted: TypeAdapter[_T]) -> _T:
    """Return the body, whatever its Content-Type. Raises ValueError, which tells in one line what is wrong."""
    try:
        return wanted.validate_json(await request.body())
    except ValidationError as error:
        raise ValueError(reasons(error)) from None


def reasons(error: ValidationError) -> str:
    """Return what is wrong where, in one line."""
    return "; ".join(_reason(item["loc"], item["msg"]) for item in error.errors())


def refused(reason: str, status: int = 400) -> Response:
    """Return the answer that tells of a reason."""
    return JSONResponse({"error": reason}, status)


def _reason(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, place))}: {message}" if place else message
