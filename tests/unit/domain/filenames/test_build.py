"""Names built from parts: every fault of the parts at once, in words for the agency."""

import pytest

from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames.build import PARTS, build
from domain.filenames.grammar import Generation

V2 = {
    "job": "1234567",
    "brand": "RAF",
    "country": "DE",
    "language": "de",
    "subject": "TEST_JOB",
    "asset_type": "OLV",
    "spot": "001",
    "seconds": "6S",
    "ratio": "16x9",
    "tracking_id": "BJP4ho",
    "extension": ".mp4",
}
V2_1 = {**V2, "spot": "REF", "social": "IGF", "country": "GL", "language": "it"}


def refused(generation: Generation, parts: dict[str, str], codes: Codes) -> FilenameRefused:
    """What is said of parts that make no name."""
    with pytest.raises(FilenameRefused) as caught:
        build(generation, parts, codes)
    return caught.value


def test_parts_stand_where_their_generation_has_them(codes: Codes):
    names = build("V2", V2, codes).name, build("V2.1", V2_1, codes).name
    assert [name.full_name for name in names] == [
        "1234567_RAF_DE_de_TEST_JOB_OLV_001_6S_16x9_BJP4ho.mp4",
        "1234567_RAF_TEST_JOB_OLV_6S_16x9_REF_GL_it_IGF_BJP4ho.mp4",
    ]


def test_what_may_be_absent_is_left_out(codes: Codes):
    assert build("V2", {**V2, "seconds": " "}, codes).name.seconds is None
    bare = build("V2.1", {**V2_1, "seconds": "", "spot": "", "social": ""}, codes).name
    assert bare.full_name == "1234567_RAF_TEST_JOB_OLV_16x9_GL_it_BJP4ho.mp4"


def test_an_unknown_code_is_a_warning(codes: Codes):
    built = build("V2", {**V2, "brand": "XYZ"}, codes)
    assert [warning.part for warning in built.warnings] == ["brand"]


def test_every_fault_is_told_at_once(codes: Codes):
    said = [fault.part for fault in refused("V2", {}, codes).faults]
    assert said == [part for part in PARTS if part not in ("seconds", "social")]


def test_slips_are_mended_in_a_proposal(codes: Codes):
    refusal = refused("V2", {**V2, "ratio": "16:9", "seconds": "6", "language": "DE"}, codes)
    assert [fault.part for fault in refusal.faults] == ["language", "seconds", "ratio"]
    assert refusal.proposals == ("1234567_RAF_DE_de_TEST_JOB_OLV_001_6S_16x9_BJP4ho.mp4",)
    assert refused("V2", {**V2, "ratio": "16:9", "job": ""}, codes).proposals == ()


@pytest.mark.parametrize(
    ("generation", "parts", "said"),
    [
        ("V2", {**V2, "spot": "15S", "seconds": ""}, "spot: '15S' would be read as the seconds; choose another, or "
                                                     "give the seconds too"),
        ("V2.1", {**V2_1, "asset_type": "15S", "seconds": ""}, "asset type: '15S' would be read as the seconds; "
                                                               "choose another, or give the seconds too"),
        ("V2", {**V2, "social": "IGF"}, "social code: names of V2 have none; found 'IGF'"),
        ("V2.1", {**V2_1, "ratio": f"{'1' * 300}x9"}, "name: expected at most 255 characters; found 355, so its parts "
                                                      "were not looked at"),
    ],
)  # fmt: skip
def test_parts_that_are_good_alone_may_not_go_together(
    generation: Generation, parts: dict[str, str], said: str, codes: Codes
):
    assert [fault.text for fault in refused(generation, parts, codes).faults] == [said]
