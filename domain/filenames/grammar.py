"""The two generations of file names, as sequences of parts, with the one rule by which both are read.

**The rule.** Parts are counted from the two ends of the name: the head from the left, the tail from the right. An
optional part is there when the text in its place has its shape. What remains in the middle is the subject, whatever it
looks like.

In V2 a ratio stands before the tracking id, in V2.1 a language or a social code. Nothing has both shapes, so no name is
good in both generations.
"""

import re
from dataclasses import dataclass
from typing import Literal

from domain.filenames.parts import (
    ASSET_TYPE,
    BRAND,
    COUNTRY,
    JOB,
    LANGUAGE,
    RATIO,
    SECONDS,
    SOCIAL,
    SPOT_V2,
    SPOT_V2_1,
    SUBJECT,
    TRACKING,
    Part,
)

Generation = Literal["V2", "V2.1"]

_LIKE_AN_EXTENSION = re.compile(r"\.[^._-]*\Z")


@dataclass(frozen=True)
class Grammar:
    """One generation: the parts before the subject, those after it, and which may be absent."""

    generation: Generation
    head: tuple[Part, ...]
    tail: tuple[Part, ...]
    optional: frozenset[Part]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part, in the order of the name."""
        return (*self.head, SUBJECT, *self.tail)

    @property
    def form(self) -> str:
        """The form in one line, optional parts in brackets."""
        words = (f"[_{part.name}]" if part in self.optional else f"_{part.name}" for part in self.parts)
        return "".join(words).removeprefix("_").upper().replace("ASSET_TYPE", "TYPE").replace("TRACKING_ID", "TRACKING")

    def read(self, stem: str) -> dict[str, str] | None:
        """Return the text of each part that is there by its name, or None when a part breaks its rule."""
        texts = stem.split("_")
        if len(texts) <= len(self.head):
            return None
        found = dict(zip(self.head, texts, strict=False))
        rest = texts[len(self.head) :]
        for part in reversed(self.tail):
            if not rest:
                return None
            if part not in self.optional or part.fits(rest[-1]):
                found[part] = rest.pop()
        found[SUBJECT] = "_".join(rest)
        if not all(part.fits(text) for part, text in found.items()):
            return None
        return {part.name: text for part, text in found.items()}


V2 = Grammar(
    "V2",
    head=(JOB, BRAND, COUNTRY, LANGUAGE),
    tail=(ASSET_TYPE, SPOT_V2, SECONDS, RATIO, TRACKING),
    optional=frozenset({SECONDS}),  # a still has none
)
V2_1 = Grammar(
    "V2.1",
    head=(JOB, BRAND),
    tail=(ASSET_TYPE, SECONDS, RATIO, SPOT_V2_1, COUNTRY, LANGUAGE, SOCIAL, TRACKING),
    optional=frozenset({SECONDS, SPOT_V2_1, SOCIAL}),
)
GRAMMARS: dict[Generation, Grammar] = {grammar.generation: grammar for grammar in (V2, V2_1)}


def split_extension(name: str) -> tuple[str, str]:
    """Split off what stands where an extension belongs, good or bad; empty when a part of the name stands there.

    >>> split_extension("a_b.MP4"), split_extension("a_b"), split_extension("v1.2_16x9_BJP4ho")
    (('a_b', '.MP4'), ('a_b', ''), ('v1.2_16x9_BJP4ho', ''))
    """
    found = _LIKE_AN_EXTENSION.search(name)
    return (name[: found.start()], found.group()) if found else (name, "")
