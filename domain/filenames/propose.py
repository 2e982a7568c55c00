"""Proposes the valid names that are nearest to a broken one."""

import unicodedata
from collections.abc import Iterator
from itertools import islice, product

from domain.box_names import LONGEST_NAME
from domain.codes import Codes
from domain.filenames.alignment import Step
from domain.filenames.derivative_name import DerivativeName, read_name
from domain.filenames.grammar import split_extension
from domain.filenames.nearest import Reading, likeliest, nearest_readings
from domain.filenames.parts import EXTENSION, JOB, TRACKING
from domain.filenames.unknown import unknown_codes

PLACEHOLDER_JOB = "0000000"
"""Stands for a job number that is missing. It is no part of the name in the DAM; a tracking id is never made up."""

_MOST_PROPOSALS = 3


def propose(name: str, codes: Codes) -> tuple[str, ...]:
    """Return up to three valid names near `name`, the nearest first, those with known codes before others.

    Empty when the name is too far from any, or lacks something that nobody can guess. A valid name is its own proposal.
    """
    composed = unicodedata.normalize("NFC", name)
    if len(composed) > LONGEST_NAME:
        return ()
    stem, extension = split_extension(composed)
    valid = read_name(stem, extension)
    return (valid.full_name,) if valid else proposals(likeliest(nearest_readings(stem, codes)), extension, codes)


def proposals(readings: tuple[Reading, ...], extension: str, codes: Codes) -> tuple[str, ...]:
    """Return the names that the readings become once every slip is mended."""
    endings = (extension,) if EXTENSION.fits(extension) else EXTENSION.mended(extension)
    names = (_mended(reading, ending) for reading in readings for ending in endings)
    valid = dict.fromkeys(name for group in names for name in islice(group, _MOST_PROPOSALS))
    ranked = sorted(valid, key=lambda name: len(unknown_codes(name, codes)))
    return tuple(name.full_name for name in ranked[:_MOST_PROPOSALS])


def _mended(reading: Reading, extension: str) -> Iterator[DerivativeName]:
    """Yield the names of one reading, checked: a mend can make another part of the rule apply."""
    choices = [choice for step in reading.steps if (choice := _choices(step, reading)) is not None]
    for texts in product(*choices):
        stem = "_".join(texts)
        name = read_name(stem, extension)
        if name is not None and name.generation == reading.grammar.generation and len(name.full_name) <= LONGEST_NAME:
            yield name


def _choices(step: Step, reading: Reading) -> tuple[str, ...] | None:
    """Return what the step can become: None for nothing at all, empty when nobody can tell."""
    if step.part is None:
        # Of two texts that can be the tracking id only a person knows the right one.
        return () if step.text is None or TRACKING.fits(step.text) else None
    if step.text is None:
        if step.part in reading.grammar.optional:
            return None
        return (PLACEHOLDER_JOB,) if step.part is JOB else ()
    return (step.text,) if step.part.fits(step.text) else step.part.mended(step.text)
