"""How the simulated agent reads a scorecard: by its labels, one line of text after the other."""

import io
import json
import logging
import re
from typing import Any

from sandbox.extras import dev_extras
from sandbox.llamacloud.errors import NO_SCORECARD, NO_TEXT, NOT_A_PDF

TITLE = "CreativeX scorecard"
LABELS = {
    "filename": "File name",
    "creativex_id": "CreativeX id",
    "creativex_url": "Link",
    "quality_score": "Quality score",
    "tier": "Tier",
}
"""Keys of the answer, and the labels of the card that are meant."""
VERDICTS = {"passed": True, "missed": False}

_GUIDELINE = re.compile(rf"^(?P<name>\S.*?)\s+(?P<weight>\d+(?:\.\d+)?)\s+(?P<verdict>{'|'.join(VERDICTS)})$", re.M)

# pypdf tells of every repair it tries; the answer says enough.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class Unreadable(Exception):
    """There is no scorecard in the file; the text says why."""


def read_scorecard(content: bytes) -> dict[str, Any]:
    """Return what a scorecard says, None for what it leaves out. Raises Unreadable, NotInstalled."""
    text = _text(content)
    if not text.strip():
        raise Unreadable(NO_TEXT)
    if TITLE not in map(str.strip, text.splitlines()):
        raise Unreadable(NO_SCORECARD)
    found = {key: _value(text, label) for key, label in LABELS.items()}
    if found["tier"] is None:
        del found["tier"]
    found["quality_score"] = _number_or_text(found["quality_score"])
    guidelines = _guidelines(text)
    return {**found, "guidelines": guidelines} if guidelines else found


def _text(content: bytes) -> str:
    with dev_extras():
        from pypdf import PdfReader
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    except Exception as error:  # of a broken file pypdf raises nearly anything
        raise Unreadable(NOT_A_PDF) from error


def _value(text: str, label: str) -> Any:
    found = re.search(rf"^{re.escape(label)}\s+(\S.*?)\s*$", text, re.M)
    return found[1] if found else None


def _number_or_text(text: str | None) -> Any:
    try:
        value = json.loads(text or "")
    except ValueError:
        return text
    return value if isinstance(value, int | float) and not isinstance(value, bool) else text


def _guidelines(text: str) -> list[dict[str, Any]]:
    return [
        {
            "name": row["name"],
            "weight": _number_or_text(row["weight"]),
            "passed": VERDICTS[row["verdict"]],
        }
        for row in _GUIDELINE.finditer(text)
    ]
