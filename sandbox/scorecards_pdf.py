"""The PDF of a CreativeX scorecard: one A4 page, more where there are many guidelines.

Its title and labels are what the simulated agent of LlamaCloud reads (`sandbox.llamacloud.reading`), so each value
stands on one line with its label; what is long is set smaller, never broken.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.extras import dev_extras
from sandbox.llamacloud.reading import LABELS, TITLE

if TYPE_CHECKING:
    from fpdf import FPDF

Guideline = tuple[str, float, bool]
"""Name, weight, passed."""

_Colour = tuple[int, int, int]
_INK: _Colour = (28, 32, 44)
_GREY: _Colour = (118, 124, 138)
_LINE: _Colour = (222, 225, 232)
_BAND: _Colour = (38, 44, 84)
_WHITE: _Colour = (255, 255, 255)
_GREEN: _Colour = (46, 150, 92)
_AMBER: _Colour = (226, 150, 36)
_RED: _Colour = (204, 66, 58)

_LEFT, _WIDTH = 18.0, 174.0  # mm
_BOTTOM = 275.0
_LABEL_WIDTH, _WEIGHT_WIDTH, _VERDICT_WIDTH = 34.0, 22.0, 26.0
_FIRST_DAY = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a scorecard; None is left out. `seed` changes the printed date, and with it the bytes."""

    filename: str
    score: str | None
    creativex_id: str | None
    url: str | None
    tier: str | None
    guidelines: Sequence[Guideline] | None
    seed: str = ""


def percent(score: str | None) -> float | None:
    """Return a score as a number from 0 to 100, or None where it is none.

    >>> percent("80"), percent("82.5"), percent("0.8"), percent("80%"), percent("n/a"), percent("120")
    (80.0, 82.5, 80.0, 80.0, None, None)
    """
    text = (score or "").removesuffix("%").strip()
    try:
        value = float(json.loads(text))
    except (ValueError, TypeError):
        return None
    if "." in text and value <= 1:
        value *= 100
    return value if 0 <= value <= 100 else None


def draw(card: Card) -> bytes:
    """Return the PDF, the same for the same card. Raises ValueError for letters that its font lacks, NotInstalled."""
    pdf = _blank_page()
    try:
        _head(pdf, card)
        _score(pdf, card)
        _facts(pdf, card)
        _table(pdf, card.guidelines or ())
    except UnicodeError as error:
        raise ValueError(f"a scorecard is printed in Latin letters only: {error}") from None
    return bytes(pdf.output())


def draw_note(text: str) -> bytes:
    """Return a PDF that is no scorecard; without text an empty page."""
    pdf = _blank_page()
    if text:
        _write(pdf, _LEFT, 30, text, 12)
    return bytes(pdf.output())


def _blank_page() -> "FPDF":
    with dev_extras():
        from fpdf import FPDF
    pdf = FPDF(format="A4")
    pdf.set_creation_date(_FIRST_DAY)  # else the bytes differ from second to second
    pdf.set_auto_page_break(False)
    pdf.add_page()
    return pdf


def _head(pdf: "FPDF", card: Card) -> None:
    pdf.set_fill_color(*_BAND)
    pdf.rect(0, 0, 210, 34, style="F")
    _write(pdf, _LEFT, 9, TITLE, 22, bold=True, colour=_WHITE)
    _write(pdf, _LEFT, 21, f"Printed {_printed_at(card):%Y-%m-%d %H:%M:%S}", 9, colour=(198, 203, 226))


def _score(pdf: "FPDF", card: Card) -> None:
    if card.score is None:
        return
    value = percent(card.score)
    colour = _GREY if value is None else _GREEN if value >= 75 else _AMBER if value >= 50 else _RED
    _write(pdf, _LEFT, 44, LABELS["quality_score"], 10, colour=_GREY)
    _write(pdf, _LEFT + _LABEL_WIDTH, 42, card.score, 40, bold=True, colour=colour, width=48)
    left, width = _LEFT + 86, _WIDTH - 86
    pdf.set_fill_color(*_LINE)
    pdf.rect(left, 48, width, 6, style="F", round_corners=True, corner_radius=3)
    if value:
        pdf.set_fill_color(*colour)
        pdf.rect(left, 48, max(width * value / 100, 6), 6, style="F", round_corners=True, corner_radius=3)


def _facts(pdf: "FPDF", card: Card) -> None:
    pdf.set_y(66)
    values = {
        "tier": card.tier,
        "filename": card.filename,
        "creativex_id": card.creativex_id,
        "creativex_url": card.url,
    }
    for key, value in values.items():
        if value is None:
            continue
        y = pdf.get_y()
        _write(pdf, _LEFT, y + 1.5, LABELS[key], 10, colour=_GREY)
        link = value if key == "creativex_url" else ""
        width = _WIDTH - _LABEL_WIDTH
        _write(pdf, _LEFT + _LABEL_WIDTH, y + 1.5, value, 11, bold=key == "tier", width=width, link=link)
        _rule(pdf, y + 9)
        pdf.set_y(y + 9)


def _table(pdf: "FPDF", guidelines: Sequence[Guideline]) -> None:
    if not guidelines:
        return
    pdf.set_y(pdf.get_y() + 10)
    _row(pdf, ("Guideline", "Weight", "Result"), _GREY, _GREY, size=9)
    for name, weight, passed in guidelines:
        verdict, colour = ("passed", _GREEN) if passed else ("missed", _RED)
        _row(pdf, (name, f"{weight:g}", verdict), _INK, colour, size=11)


def _row(pdf: "FPDF", cells: tuple[str, str, str], colour: _Colour, last_colour: _Colour, *, size: float) -> None:
    if pdf.get_y() > _BOTTOM:
        pdf.add_page()
        pdf.set_y(20)
    y = pdf.get_y()
    name_width = _WIDTH - _WEIGHT_WIDTH - _VERDICT_WIDTH
    _write(pdf, _LEFT, y + 1.5, cells[0], size, colour=colour, width=name_width - 4)
    _write(pdf, _LEFT + name_width, y + 1.5, cells[1], size, colour=colour)
    _write(pdf, _LEFT + name_width + _WEIGHT_WIDTH, y + 1.5, cells[2], size, bold=True, colour=last_colour)
    _rule(pdf, y + 9)
    pdf.set_y(y + 9)


def _write(  # noqa: PLR0913 - how a line of text is set
    pdf: "FPDF",
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    bold: bool = False,
    colour: _Colour = _INK,
    width: float = _WIDTH,
    link: str = "",
) -> None:
    text.encode("latin-1")  # all that the font has
    pdf.set_font("Helvetica", "B" if bold else "", size)
    wanted = pdf.get_string_width(text)
    if wanted > width:
        pdf.set_font_size(size * width / wanted)
    pdf.set_text_color(*colour)
    pdf.set_xy(x - pdf.c_margin, y)
    pdf.cell(text=text, h=size * 0.45, link=link)


def _rule(pdf: "FPDF", y: float) -> None:
    pdf.set_draw_color(*_LINE)
    pdf.line(_LEFT, y, _LEFT + _WIDTH, y)


def _printed_at(card: Card) -> dt.datetime:
    digest = hashlib.sha256(f"{card.seed}\0{card.filename}".encode()).digest()
    return _FIRST_DAY + dt.timedelta(seconds=int.from_bytes(digest[:4]) % (200 * 86_400))
