"""Builds the name of a file from its parts, by the grammar that reads it."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames import faults
from domain.filenames.faults import NameFault
from domain.filenames.grammar import GRAMMARS, Generation, Grammar
from domain.filenames.parse import ParsedName, parse
from domain.filenames.parts import EXTENSION, SOCIAL, Part

PARTS = (*dict.fromkeys(part.name for grammar in GRAMMARS.values() for part in grammar.parts), EXTENSION.name)
"""The names of all parts that a name can be built from."""


def build(generation: Generation, parts: Mapping[str, str], codes: Codes) -> ParsedName:
    """Return the name that these parts make, which reads back as just these parts. An empty part is an absent one.

    Raises FilenameRefused with every fault of the parts; it proposes a name where each slip can be mended.

    >>> CODES = Codes(brands=["RAF"], countries=["DE"], languages=["de"], asset_types=["OLV"], social=[])
    >>> parts = {"job": "1", "brand": "RAF", "country": "DE", "language": "de", "subject": "SPRING", "spot": "001",
    ...          "asset_type": "OLV", "ratio": "16x9", "tracking_id": "aB3xY9", "extension": ".mp4"}
    >>> build("V2", parts, CODES).name.full_name
    '1_RAF_DE_de_SPRING_OLV_001_16x9_aB3xY9.mp4'
    >>> build("V2", {**parts, "ratio": "16:9"}, CODES)
    Traceback (most recent call last):
    domain.errors.FilenameRefused: 1_RAF_DE_de_SPRING_OLV_001_16:9_aB3xY9.mp4 cannot be taken in:
    - ratio: expected digits, a small x, digits, such as 16x9; found '16:9'
    Nearest valid name: 1_RAF_DE_de_SPRING_OLV_001_16x9_aB3xY9.mp4
    """
    grammar = GRAMMARS[generation]
    texts = {name: unicodedata.normalize("NFC", parts.get(name, "")).strip() for name in PARTS}
    found = [*_faults(grammar, texts), *_taken_for_others(grammar, texts)]
    name = _joined(grammar, texts)
    if found:
        raise FilenameRefused(name, found, _mended(grammar, texts, codes))
    read = parse(name, codes)
    if {key: text or "" for key, text in asdict(read.name).items()} != {**texts, "generation": generation}:
        raise FilenameRefused(name, [faults.undecided(name, [grammar.form])])
    return read


def _faults(grammar: Grammar, texts: Mapping[str, str]) -> Iterator[NameFault]:
    for part in (*grammar.parts, EXTENSION):
        text = texts[part.name]
        if text and not part.fits(text):
            yield faults.wrong(part, text)
        elif not text and part not in grammar.optional:
            yield faults.missing(part)
    if SOCIAL not in grammar.parts and texts[SOCIAL.name]:
        yield faults.not_in(grammar.generation, SOCIAL, texts[SOCIAL.name])


def _taken_for_others(grammar: Grammar, texts: Mapping[str, str]) -> Iterator[NameFault]:
    """Yield a fault for each part that would be read as the one after it, which is absent: `15S` left of the ratio."""
    there: Part | None = None
    for part in grammar.parts:
        if texts[part.name]:
            there = part
        elif there is not None and part in grammar.optional and part.fits(texts[there.name]):
            yield faults.taken_for(there, texts[there.name], part)


def _mended(grammar: Grammar, texts: Mapping[str, str], codes: Codes) -> tuple[str, ...]:
    """Return the name with every slip mended, none where one cannot be."""
    better = dict(texts)
    for part in (*grammar.parts, EXTENSION):
        text = texts[part.name]
        if text and not part.fits(text):
            better[part.name] = next(iter(part.mended(text)), text)
    if better == texts:
        return ()
    try:
        return (build(grammar.generation, better, codes).name.full_name,)
    except FilenameRefused:
        return ()


def _joined(grammar: Grammar, texts: Mapping[str, str]) -> str:
    stem = "_".join(text for part in grammar.parts if (text := texts[part.name]))
    return stem + texts[EXTENSION.name]
