"""Which name a score is kept under, and which names are like one that nobody knows."""

import pytest

from domain.codes import Codes
from domain.score_names import ScoredName, is_same_asset, nearest_names, scored_name

CODES = Codes(brands=("RAF",), countries=("DE", "GL"), languages=("de", "it"), asset_types=("OLV",), social=("IGF",))
CLEAN = "RAF_DE_de_TEST-JOB_OLV_001_6S_16x9"
FULL = f"1234567_{CLEAN}_BJP4ho"


@pytest.mark.parametrize(
    ("filename", "scored"),
    [
        (f"{FULL}.mp4", ScoredName(f"{CLEAN}.mp4", "BJP4ho")),
        (FULL, ScoredName(CLEAN, "BJP4ho")),
        (f"{FULL.replace('BJP4ho', 'bjp4HO')}.mp4", ScoredName(f"{CLEAN}.mp4", "bjp4HO")),
        (f"{CLEAN}.mp4", ScoredName(f"{CLEAN}.mp4")),
        (CLEAN, ScoredName(CLEAN)),
        (
            "1234567_RAF_ME-MOMENT_OLV_6S_1x1_REF_GL_it_IGF_pOiJ9s.mp4",
            ScoredName("RAF_ME-MOMENT_OLV_6S_1x1_REF_GL_it_IGF.mp4", "pOiJ9s"),
        ),
        # A master: its name is no derivative's.
        ("Spring film (final).mp4", ScoredName("Spring film (final).mp4")),
        # A broken name stays as it is; nobody guesses what was meant.
        (f"{FULL}_.mp4", ScoredName(f"{FULL}_.mp4")),
        ("", ScoredName("")),
    ],
)
def test_a_score_is_kept_under_the_clean_name(filename: str, scored: ScoredName):
    assert scored_name(filename, CODES) == scored


@pytest.mark.parametrize(
    ("scored", "name", "same"),
    [
        ("RAF_spot.mp4", "RAF_spot.mp4", True),
        ("raf_SPOT.MP4", "RAF_spot.mp4", True),
        ("RAF_spot", "RAF_spot.mp4", True),
        ("raf_spot", "RAF_spot.mp4", True),
        ("RAF_spot.jpg", "RAF_spot.mp4", False),
        ("RAF_spo", "RAF_spot.mp4", False),
        ("RAF_spot.mp4", "RAF_spot", False),
    ],
)
def test_a_scored_name_is_a_files_in_any_case_and_without_its_extension(scored: str, name: str, same: bool):
    assert is_same_asset(scored, name) is same


def test_the_nearest_names_are_the_likest_first_and_three_at_most():
    known = [f"{CLEAN.replace('JOB', job)}.mp4" for job in ("JO", "JIB", "JOBS", "JXY")] + ["holiday.jpg"]
    assert nearest_names(f"{CLEAN}.mp4".lower(), known) == [known[2], known[0], known[1]]


@pytest.mark.parametrize("name", ["holiday.jpg", "", ".mp4"])
def test_a_name_that_is_like_none_has_no_nearest(name: str):
    assert nearest_names(name, [f"{CLEAN}.mp4"]) == []
