"""What holds of every name: it is read as it was printed, or refused with reasons, and proposals are good names."""

import unicodedata
from dataclasses import asdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames.build import PARTS, build
from domain.filenames.derivative_name import DerivativeName
from domain.filenames.grammar import GRAMMARS
from domain.filenames.parse import parse
from domain.filenames.parts import SUBJECT
from domain.filenames.propose import propose

_CODES = Codes(
    brands=("RAF",), countries=("DE", "GL"), languages=("de", "it"), asset_types=("OLV", "001"), social=("IGF",)
)
_LOOKALIKES = ("RAF", "DE", "de", "OLV", "001", "MST", "6S", "15S", "16x9", "IGF", "6S16x9", "1234567", "a-b", "")


def _shaped(shape: str) -> st.SearchStrategy[str]:
    return st.from_regex(shape, fullmatch=True)


_WORDS = st.lists(st.sampled_from(_LOOKALIKES), min_size=1, max_size=5).map("_".join)
_LETTERS = st.text(st.characters(categories=("L", "M", "N", "P", "S")), min_size=1, max_size=25)
_SUBJECTS = (_WORDS | _LETTERS).map(lambda text: unicodedata.normalize("NFC", text)).filter(SUBJECT.fits)
_SECONDS = st.none() | _shaped("[0-9]{1,3}S")
_TRACKING_IDS = _shaped("[A-Za-z0-9]{6}") | st.sampled_from(("6S16x9", "123x45", "IGFIGF"))
_COMMON = {
    "job": _shaped("[0-9]{1,10}"),
    "brand": _shaped("[A-Z]{2,5}"),
    "country": _shaped("[A-Z]{2}"),
    "language": _shaped("[a-z]{2,3}"),
    "subject": _SUBJECTS,
    "asset_type": _shaped("[A-Z0-9]{3}"),
    "ratio": _shaped("[0-9]{1,4}x[0-9]{1,4}"),
    "tracking_id": _TRACKING_IDS,
    "extension": _shaped(r"\.[A-Za-z0-9]{2,5}"),
}
_V2_WITH_SECONDS = st.builds(
    DerivativeName,
    generation=st.just("V2"),
    spot=_shaped("[A-Za-z0-9]{3}"),
    seconds=_shaped("[0-9]{1,3}S"),
    social=st.none(),
    **_COMMON,
)
_V2_STILLS = st.builds(
    DerivativeName,
    generation=st.just("V2"),
    spot=_shaped("[A-Za-z0-9]{3}").filter(lambda spot: not (spot[:2].isdigit() and spot[2] == "S")),
    seconds=st.none(),
    social=st.none(),
    **_COMMON,
)
_V2_1 = st.builds(
    DerivativeName,
    generation=st.just("V2.1"),
    spot=st.sampled_from((None, "MST", "REF")),
    seconds=_SECONDS,
    social=st.none() | _shaped("[A-Z]{3}"),
    **_COMMON,
).filter(lambda name: name.seconds is not None or not (name.asset_type[:2].isdigit() and name.asset_type[2] == "S"))
_NAMES = _V2_WITH_SECONDS | _V2_STILLS | _V2_1
_NEARLY = st.lists(st.sampled_from(_LOOKALIKES) | st.text(max_size=4), max_size=14).map("_".join)
_ANYTHING = st.text(st.characters(), max_size=300) | _NEARLY | _NEARLY.map(lambda stem: f"{stem}.mp4")


@given(_NAMES)
def test_a_name_that_is_printed_is_read_as_the_same_parts(name: DerivativeName):
    assert parse(name.full_name, _CODES).name == name


@given(_NAMES)
def test_no_name_is_good_in_both_generations(name: DerivativeName):
    stem = name.full_name.removesuffix(name.extension)
    assert [grammar.generation for grammar in GRAMMARS.values() if grammar.read(stem)] == [name.generation]


@given(_NAMES)
def test_a_name_of_macos_is_read_as_the_same_parts(name: DerivativeName):
    assert parse(unicodedata.normalize("NFD", name.full_name), _CODES).name == name


@given(_NAMES)
def test_the_clean_name_is_the_name_without_job_and_tracking_id(name: DerivativeName):
    tail = f"_{name.tracking_id}{name.extension}"
    assert name.clean_name == name.full_name.removeprefix(f"{name.job}_").removesuffix(tail) + name.extension


@given(_ANYTHING)
def test_any_text_is_read_or_refused_with_at_least_one_reason(text: str):
    try:
        parsed = parse(text, _CODES)
    except FilenameRefused as refusal:
        assert refusal.faults
        assert str(refusal)
        assert refusal.proposals == propose(text, _CODES)
    else:
        assert parsed.name.full_name == unicodedata.normalize("NFC", text)


@given(_NAMES, st.data())
def test_every_proposal_for_a_broken_name_is_a_good_name_with_a_tracking_id_that_was_there(
    name: DerivativeName, data: st.DataObject
):
    full = name.full_name
    at = data.draw(st.integers(0, len(full)))
    length = data.draw(st.integers(0, 8))
    broken = full[:at] + data.draw(st.sampled_from(("", "_", "-", " ", "O", "x", "_final"))) + full[at + length :]
    proposals = propose(broken, _CODES)
    assert len(proposals) <= 3
    for proposal in proposals:
        assert parse(proposal, _CODES).name.tracking_id in unicodedata.normalize("NFC", broken)
    assert propose(broken, _CODES) == proposals


@given(_NEARLY)
def test_a_refusal_never_shows_what_a_terminal_would_obey(text: str):
    try:
        parse(f"{text}\x1b[2J\u202e", _CODES)
    except FilenameRefused as refusal:
        assert all(line.isprintable() for line in str(refusal).splitlines())


def _parts_of(name: DerivativeName) -> dict[str, str]:
    texts: dict[str, Any] = asdict(name)
    return {part: texts[part] or "" for part in PARTS}


@given(_NAMES)
def test_a_good_name_can_be_built_from_its_parts(name: DerivativeName):
    assert build(name.generation, _parts_of(name), _CODES).name == name


_SHAPED_PARTS = st.fixed_dictionaries(
    {
        **_COMMON,
        "spot": st.sampled_from(("", "MST", "REF", "001", "15S")),
        "seconds": st.sampled_from(("", "6S", "015S")),
        "social": st.sampled_from(("", "IGF")),
        "asset_type": st.sampled_from(("OLV", "15S")),
    }
)
_TYPED_PARTS = st.fixed_dictionaries({part: st.sampled_from(_LOOKALIKES) | st.text(max_size=30) for part in PARTS})


@given(st.sampled_from(tuple(GRAMMARS)), _SHAPED_PARTS | _TYPED_PARTS)
def test_what_is_built_reads_back_as_the_same_parts_and_all_else_is_refused(generation: Any, parts: dict[str, str]):
    try:
        built = build(generation, parts, _CODES).name
    except FilenameRefused as refusal:
        assert refusal.faults
        assert all(parse(proposal, _CODES).name.generation == generation for proposal in refusal.proposals)
    else:
        assert parse(built.full_name, _CODES).name == built
        assert built.generation == generation
        assert _parts_of(built) == {part: unicodedata.normalize("NFC", parts[part]).strip() for part in PARTS}
