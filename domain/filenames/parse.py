"""Reads the name of a file that an agency handed in.

A broken shape refuses the name, an unknown code is a warning.
"""

import unicodedata
from dataclasses import dataclass

from domain.box_names import LONGEST_NAME
from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames import faults
from domain.filenames.derivative_name import DerivativeName, read_name
from domain.filenames.faults import NameFault
from domain.filenames.grammar import split_extension
from domain.filenames.nearest import Reading, likeliest, nearest_readings
from domain.filenames.parts import EXTENSION
from domain.filenames.propose import PLACEHOLDER_JOB, proposals
from domain.filenames.unknown import unknown_codes


@dataclass(frozen=True)
class ParsedName:
    """A good name, with a warning for each code in it that is not known."""

    name: DerivativeName
    warnings: tuple[NameFault, ...]


def parse(name: str, codes: Codes) -> ParsedName:
    """Return the parts of a file name, composed as Unicode NFC (macOS hands in decomposed letters).

    Raises FilenameRefused with every fault against the generation that the name is nearest to.

    >>> CODES = Codes(brands=["RAF"], countries=["CH", "DE", "GL"], languages=["de", "it"], asset_types=["OLV"],
    ...               social=["IGF"])
    >>> v2 = parse("1234567_RAF_DE_de_TEST-JOB_OLV_001_6S_16x9_BJP4ho.mp4", CODES).name
    >>> v2.generation, v2.subject, v2.seconds, v2.ratio, v2.tracking_id, v2.clean_name
    ('V2', 'TEST-JOB', '6S', '16x9', 'BJP4ho', 'RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4')

    The subject may contain underscores:

    >>> parse("1234567_RAF_CH_de_TEST_FILE_OLV_001_15S_16x9_a7K9mP.mp4", CODES).name.subject
    'TEST_FILE'

    V2.1 has country and language at the end:

    >>> v21 = parse("1234567_RAF_ME-MOMENT_OLV_6S_1x1_REF_GL_it_IGF_pOiJ9s.mp4", CODES).name
    >>> v21.generation, v21.spot, v21.country, v21.language, v21.social, v21.clean_name
    ('V2.1', 'REF', 'GL', 'it', 'IGF', 'RAF_ME-MOMENT_OLV_6S_1x1_REF_GL_it_IGF.mp4')

    What stands before the tracking id tells the generation: here `DE_de` is the subject of a V2.1, and there everything
    that looks like a V2.1 is the subject of a V2:

    >>> found = parse("1234567_RAF_DE_de_OLV_6S_1x1_GL_it_pOiJ9s.mp4", CODES).name
    >>> found.generation, found.subject, found.country
    ('V2.1', 'DE_de', 'GL')
    >>> found = parse("1234567_RAF_DE_de_OLV_1x1_GL_it_IGF_OLV_001_16x9_BJP4ho.mp4", CODES).name
    >>> found.generation, found.subject, found.country
    ('V2', 'OLV_1x1_GL_it_IGF', 'DE')

    A text of the shape of seconds before the ratio is the seconds, so the spot is missing here and present there:

    >>> parse("1234567_RAF_CH_de_TEST_OLV_15S_16x9_a7K9mP.mp4", CODES)
    Traceback (most recent call last):
    domain.errors.FilenameRefused: 1234567_RAF_CH_de_TEST_OLV_15S_16x9_a7K9mP.mp4 cannot be taken in:
    - spot: missing; expected 3 letters or digits, such as 001
    >>> found = parse("1234567_RAF_CH_de_TEST_OLV_15S_6S_16x9_a7K9mP.mp4", CODES).name
    >>> found.spot, found.seconds
    ('15S', '6S')

    The last text is the tracking id, whatever it looks like:

    >>> parse("1234567_RAF_DE_de_TEST_OLV_001_16x9_6S16x9.jpg", CODES).name.tracking_id
    '6S16x9'
    """
    composed = unicodedata.normalize("NFC", name)
    if len(composed) > LONGEST_NAME:
        raise FilenameRefused(name, (faults.too_long(composed, LONGEST_NAME),), ())
    stem, extension = split_extension(composed)
    found = read_name(stem, extension)
    if found is None:
        raise _refusal(composed, codes)
    return ParsedName(found, unknown_codes(found, codes))


def _refusal(name: str, codes: Codes) -> FilenameRefused:
    stem, extension = split_extension(name)
    nearest = nearest_readings(stem, codes)
    chosen = likeliest(nearest)
    if len(chosen) == 1:
        found = _faults(chosen[0])
    else:
        either, other = (_faults(reading) for reading in nearest)
        forms = [f"{reading.grammar.form} ({reading.grammar.generation})" for reading in nearest]
        found = [faults.undecided(name, forms), *(fault for fault in either if fault in other)]
    return FilenameRefused(name, (*found, *_extension_faults(extension)), proposals(chosen, extension, codes))


def _faults(reading: Reading) -> list[NameFault]:
    """Return every fault of a reading, from left to right."""
    left, right = reading.edges
    told = [faults.edge(left, "at the beginning of the name")] if left else []
    for number, step in enumerate(reading.steps):
        after = next((later.part.label for later in reading.steps[number:] if later.part is not None), "")
        if step.text is not None and step.separator != "_":
            told.append(faults.separator(step.separator, f"before the {after}" if after else "after the tracking id"))
        if step.part is None:
            told.append(faults.superfluous(step.text or "", after))
        elif step.text is not None and not step.part.fits(step.text):
            told.append(faults.wrong(step.part, step.text))
        elif step.text is None and step.part not in reading.grammar.optional:
            told.append(faults.missing(step.part, _HINTS.get(step.part.name, "")))
    return told + ([faults.edge(right, "between the tracking id and the extension")] if right else [])


_HINTS = {
    "job": f" (in a proposal {PLACEHOLDER_JOB} stands for it: put the real number there)",
    "tracking_id": " (copy it from the end of the master's file name in Box)",
}


def _extension_faults(extension: str) -> list[NameFault]:
    if not extension:
        return [faults.missing(EXTENSION)]
    return [] if EXTENSION.fits(extension) else [faults.wrong(EXTENSION, extension)]
