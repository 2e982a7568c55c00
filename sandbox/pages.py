"""Plain HTML pages on which a person looks at what the sandbox has received."""

from collections.abc import Iterable, Sequence
from html import escape

from starlette.responses import HTMLResponse

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #ddd; padding: .4rem; text-align: left; vertical-align: top }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
"""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def link(address: str, text: str) -> Markup:
    """Return a link."""
    return Markup(f'<a href="{escape(address)}">{escape(text)}</a>')


def preformatted(text: str) -> Markup:
    """Return text whose line breaks are kept."""
    return Markup(f"<pre>{escape(text)}</pre>")


def table_page(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> HTMLResponse:
    """Return a page with one table, or the sentence `empty`."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    lines = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    body = f"<table><tr>{head}</tr>{lines}</table>" if lines else f"<p>{escape(empty)}</p>"
    return HTMLResponse(
        f"<!DOCTYPE html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )


def _cell(text: str) -> str:
    return text if isinstance(text, Markup) else escape(text)
