"""The pages that people read, taken apart for tests: prose, code, links, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One page of Markdown."""

    path: Path

    @property
    def name(self) -> str:
        """Its path below the root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def prose(self) -> str:
        """The page without its code blocks."""
        return _FENCE.sub("", self.path.read_text(encoding="utf-8"))

    @property
    def links(self) -> list[str]:
        """The target of every link and picture."""
        return [link or picture for link, picture in _LINK.findall(self.prose)]

    @property
    def anchors(self) -> set[str]:
        """The anchors of its headings, as GitHub makes them."""
        words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(self.prose))
        return {each.strip().replace(" ", "-") for each in words}

    def blocks(self, language: str) -> list[str]:
        """The code blocks in one language, `""` for those that name none."""
        found = _FENCE.findall(self.path.read_text(encoding="utf-8"))
        return [text for named, text in found if named == language]

    def codes(self) -> Iterator[str]:
        """Yield every piece of code in the prose, in one line."""
        for code in _INLINE.findall(self.prose):
            yield " ".join(code.split())

    def words(self) -> str:
        """The prose without its code, but for code that is one word."""
        return _INLINE.sub(lambda found: "" if re.search(r"[^A-Z0-9_]", found[1]) else found[1], self.prose)

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of every row of a table."""
        for line in self.prose.splitlines():
            if line.startswith("| "):
                yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def codes_of(cell: str) -> list[str]:
    """Return the pieces of code in a cell of a table."""
    return _INLINE.findall(cell)


def pages() -> list[Page]:
    """Return the README and every page below `docs`."""
    return [Page(path) for path in PAGES]
