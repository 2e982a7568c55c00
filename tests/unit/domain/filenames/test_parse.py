"""What a refusal says, beyond the parts it names."""

import pickle

import pytest

from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames import nearest, parts
from domain.filenames.grammar import GRAMMARS
from domain.filenames.parse import parse
from domain.filenames.parts import Part
from domain.filenames.propose import propose

PARTS = [part for part in vars(parts).values() if isinstance(part, Part)]


def refused(name: str, codes: Codes) -> FilenameRefused:
    """The refusal of a name."""
    with pytest.raises(FilenameRefused) as caught:
        parse(name, codes)
    return caught.value


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.name} ({part.rule})")
def test_the_examples_of_a_part_keep_its_rule(part: Part):
    assert part.examples
    assert all(part.fits(example) for example in part.examples)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.name} ({part.rule})")
def test_a_mend_leaves_a_good_part_alone(part: Part):
    for example in part.examples:
        assert set(part.mended(example)) <= {example}


def test_the_forms_are_told_as_they_are_written():
    assert [grammar.form for grammar in GRAMMARS.values()] == [
        "JOB_BRAND_COUNTRY_LANGUAGE_SUBJECT_TYPE_SPOT[_SECONDS]_RATIO_TRACKING",
        "JOB_BRAND_SUBJECT_TYPE[_SECONDS]_RATIO[_SPOT]_COUNTRY_LANGUAGE[_SOCIAL]_TRACKING",
    ]


@pytest.mark.parametrize("separator", ["_", "_-"])
def test_a_name_in_more_pieces_than_any_good_one_has_is_not_laid_out(
    codes: Codes, monkeypatch: pytest.MonkeyPatch, separator: str
):
    def lay_out(*given: object) -> None:
        raise AssertionError(given)

    monkeypatch.setattr(nearest, "align", lay_out)
    refusal = refused(separator.join("a" * 80) + ".mp4", codes)
    assert [fault.part for fault in refusal.faults] == ["name"]
    assert refusal.proposals == ()


def test_a_fault_names_the_part_what_was_expected_and_what_was_found(codes: Codes):
    (fault,) = refused("1234567_RAF_DE_de_TEST_OLV_001_6S_16X9_BJP4ho.mp4", codes).faults
    assert fault.part == "ratio"
    assert fault.expected == "digits, a small x, digits, such as 16x9"
    assert fault.found == "16X9"
    assert fault.text == "ratio: expected digits, a small x, digits, such as 16x9; found '16X9'"


def test_a_part_that_is_missing_was_not_found(codes: Codes):
    (fault,) = refused("1234567_RAF_DE_de_TEST_OLV_001_6S_16x9.mp4", codes).faults
    assert fault.found is None
    assert fault.text.startswith("tracking id: missing; expected 6 letters or digits")
    assert "copy it from the end of the master's file name" in fault.text


def test_a_refusal_tells_all_faults_and_the_nearest_name_in_its_text(codes: Codes):
    told = str(refused("1234567_raf_DE_de_TEST_OLV_001_6S_16X9_BJP4ho.mp4", codes)).splitlines()
    assert told == [
        "1234567_raf_DE_de_TEST_OLV_001_6S_16X9_BJP4ho.mp4 cannot be taken in:",
        "- brand: expected 2-5 upper-case letters, such as RAF; found 'raf'",
        "- ratio: expected digits, a small x, digits, such as 16x9; found '16X9'",
        "Nearest valid name: 1234567_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4",
    ]


def test_a_job_number_that_stands_for_a_missing_one_is_said_to_do_so(codes: Codes):
    refusal = refused("RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4", codes)
    assert refusal.proposals == ("0000000_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4",)
    assert "in a proposal 0000000 stands for it" in refusal.faults[0].text


def test_a_wrong_separator_is_told_with_its_place(codes: Codes):
    (fault,) = refused("1234567_RAF_DE_de_TEST_OLV_001_6S_16x9-BJP4ho.mp4", codes).faults
    assert fault.text == "separator: expected one underscore before the tracking id; found '-'"


def test_a_text_too_many_is_told_with_its_place(codes: Codes):
    (fault,) = refused("1234567_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho_final.mp4", codes).faults
    assert fault.text == "extra part: nothing belongs after the tracking id; found 'final'"


def test_a_name_that_is_nothing_is_told_both_forms(codes: Codes):
    fault = refused("hello.mp4", codes).faults[0]
    assert all(grammar.form in fault.expected for grammar in GRAMMARS.values())


def test_a_name_of_ten_thousand_characters_is_not_looked_at(codes: Codes):
    name = "1234567_RAF_DE_de_" + "A_" * 5000 + "OLV_001_6S_16x9_BJP4ho.mp4"
    (fault,) = refused(name, codes).faults
    assert fault.part == "name"
    assert fault.expected == "at most 255 characters"
    assert propose(name, codes) == ()


def test_the_longest_name_is_looked_at(codes: Codes):
    head, tail = "1234567_RAF_DE_de_TEST_OLV_001_6S_1x", "_BJP4ho.mp4"
    longest = head + "1" * (255 - len(head + tail)) + tail
    assert parse(longest, codes).name.full_name == longest
    assert refused(longest + "4", codes).faults[0].part == "name"


def test_an_unknown_code_is_a_warning_that_names_the_nearest(codes: Codes):
    (warning,) = parse("1234567_RAFF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4", codes).warnings
    assert warning.text == "brand: RAFF is not among the known codes (did you mean RAF?); it is used as it is"


def test_an_unknown_code_with_no_neighbour_is_a_warning_alone(codes: Codes):
    (warning,) = parse("1234567_ZZZZZ_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4", codes).warnings
    assert warning.text == "brand: ZZZZZ is not among the known codes; it is used as it is"


def test_a_good_name_is_its_own_proposal(codes: Codes):
    name = "1234567_RAF_ME-MOMENT_OLV_6S_1x1_REF_GL_it_IGF_pOiJ9s.mp4"
    assert propose(name, codes) == (name,)


def test_a_refusal_survives_pickling(codes: Codes):
    refusal = refused("RAF_DE_de_TEST_OLV_001_6S_16X9_BJP4ho.mp4", codes)
    again = pickle.loads(pickle.dumps(refusal))
    assert (again.name, again.faults, again.proposals) == (refusal.name, refusal.faults, refusal.proposals)
    assert str(again) == str(refusal)
