"""Refusals, in the words of LlamaCloud where they are known: `{"detail": ...}` as FastAPI answers."""

from typing import Any


class LlamaCloudError(Exception):
    """A refusal. `detail` is a text, or for 422 the list of what is missing."""

    def __init__(self, status: int, detail: Any) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail


def unauthorized() -> LlamaCloudError:
    """Return the refusal of a key that is wrong or missing."""
    return LlamaCloudError(401, "Invalid API Key")


def not_found(kind: str, name: str) -> LlamaCloudError:
    """Return the refusal for what is not there; the wording is ours."""
    return LlamaCloudError(404, f"{kind} {name} not found")


def missing(place: str, *names: str) -> LlamaCloudError:
    """Return the refusal of a call without fields it needs. `place` is body, query or path."""
    return LlamaCloudError(422, [{"type": "missing", "loc": [place, name], "msg": "Field required"} for name in names])


def not_json() -> LlamaCloudError:
    """Return the refusal of a body that is no JSON object."""
    return LlamaCloudError(422, [{"type": "json_invalid", "loc": ["body"], "msg": "JSON decode error"}])


NOT_A_PDF = "not a PDF that can be opened"
NO_TEXT = "the document has no readable text"
NO_SCORECARD = "the document is no CreativeX scorecard"
