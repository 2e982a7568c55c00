"""The status pages in a real browser: nothing overflows, everything can be read, in light and dark.

PAGES_SCREENSHOTS names a folder in which the pictures are kept.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.integration.storybook import SPRING
from tests.integration.web.chromium import PROGRAM, Tab, chromium
from tests.integration.web.test_names_page import BROKEN, GOOD, PARTS, UNKNOWN

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here: apt-get install chromium")

NAMES = urlencode({"names": "\n".join((GOOD, BROKEN, UNKNOWN)), **PARTS, "ratio": "16:9"})
PAGES = {
    "board": "/",
    "campaign": f"/campaigns/{SPRING}",
    "passport": "/assets/Rej001",
    "names": f"/names?{NAMES}",
}
POOR_CONTRAST = """
(() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = node => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour.length && (colour.length < 4 || colour[3] > 0)) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll('body *')) {
    if (![...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim())) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.push(node.tagName + ' ' + ratio.toFixed(2) + ' ' + node.textContent.trim().slice(0, 30));
  }
  return poor;
})()
"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """One browser for all tests."""
    with chromium(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """The folder for pictures."""
    folder = Path(os.environ.get("PAGES_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_every_page_fits_and_can_be_read_on_phones_and_screens_light_and_dark(site, tab: Tab, pictures: Path):
    url, tab.problems = site().url, []
    for name, path in PAGES.items():
        for width in (375, 1280):
            for dark in (False, True):
                tab.show(url + path, width=width, dark=dark)
                picture = f"{name}-{width}-{'dark' if dark else 'light'}.png"
                tab.shoot(pictures / picture)
                assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), picture
                assert tab.evaluate(POOR_CONTRAST) == [], picture
    assert tab.problems == []
    assert len(list(pictures.glob("*.png"))) >= 16


def test_a_long_name_without_a_place_to_break_at_fits_a_phone(site, tab: Tab):
    long = "x" * 250
    for path in (f"/search?q={long}", f"/names?names={long}&generation=V2&subject={long}", f"/campaigns/{long}"):
        tab.show(site().url + path, width=375)
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_tables_stay_tables_to_whoever_listens_to_them(site, tab: Tab):
    tab.show(site().url + "/", width=375)
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    roles = {node["role"]["value"] for node in nodes if "role" in node}
    assert {"table", "rowheader", "cell", "banner", "main", "contentinfo", "search", "heading"} <= roles


def test_on_a_phone_every_row_keeps_as_many_cells_as_there_are_columns(site, tab: Tab):
    for path in ("/", f"/campaigns/{SPRING}", "/assets/aB3xY9", "/search?q=RAF_DE"):
        tab.show(site().url + path, width=375)
        nodes = {node["nodeId"]: node for node in tab.call("Accessibility.getFullAXTree")["nodes"]}
        tables = [rows_below(node, nodes) for node in nodes.values() if role(node) == "table"]
        assert tables, path
        for rows in tables:
            assert len(rows) > 1 and len(set(rows)) == 1, (path, rows)


def rows_below(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> list[int]:
    """How many cells each row below it has."""
    found = []
    for child in (nodes[each] for each in node.get("childIds", ()) if each in nodes):
        if role(child) == "row":
            found.append(sum("cell" in role(each) or "header" in role(each) for each in below(child, nodes)))
        else:
            found += rows_below(child, nodes)
    return found


def below(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What is below it, at any depth."""
    for child in (nodes[each] for each in node.get("childIds", ()) if each in nodes):
        yield child
        yield from below(child, nodes)


def role(node: dict[str, Any]) -> str:
    """What a node is, to whoever listens."""
    return str(node.get("role", {}).get("value", ""))


def test_what_is_focused_can_be_seen_and_the_content_be_skipped_to(site, tab: Tab):
    tab.show(site().url + "/", width=1280)
    for kind in ("rawKeyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_somebody_signs_in_looks_for_an_asset_and_signs_out(site, tab: Tab):
    from tests.integration.web.test_access import GUARDED, TOKEN

    made = site(**GUARDED)
    tab.show(made.url + "/assets/aB3xY9", width=375)
    tab.press(f"token.value = '{TOKEN}'; document.querySelector('.sign-in button').click()")
    assert tab.evaluate("location.pathname") == "/assets/aB3xY9"
    tab.press("q.value = 'Teaser'; document.querySelector('.search button').click()")
    assert (
        tab.evaluate("location.pathname + ' ' + document.querySelector('h1').textContent")
        == "/assets/Way001 Teaser.mp4"
    )
    assert tab.evaluate("document.cookie") == ""
    tab.press("document.querySelector('.quiet').click()")
    assert tab.evaluate("location.pathname") == "/sign-in"
