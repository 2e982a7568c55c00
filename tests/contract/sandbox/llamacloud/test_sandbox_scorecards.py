"""Scorecards: what is on them is what is read from them, the same call gives the same bytes, and over HTTP."""

import sys

import pytest
import requests

from sandbox.box.errors import BoxError
from sandbox.box.models import AGENCY_USER_ID
from sandbox.extras import NotInstalled
from sandbox.llamacloud.reading import Unreadable, read_scorecard
from sandbox.scorecards import default_guidelines

FILM = "RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4"
LONG = "1234567_FERRERO-ROCHER_DE_de_" + 8 * "Part Of-A-Long-Subject_" + "30S_16x9_Süß (1).mp4"


@pytest.fixture
def read(twin):
    return lambda file: read_scorecard(twin.box.content_of(file.id))


def passed_weight(data) -> float:
    return float(sum(row["weight"] for row in data["guidelines"] if row["passed"]))


@pytest.mark.parametrize(
    ("score", "found"),
    [(80, 80), (0, 0), (100, 100), ("80.0", 80.0), ("0.8", 0.8), (82.5, 82.5), ("80%", "80%"), ("n/a", "n/a")],
)
def test_a_score_is_printed_and_read_as_it_is_given(cards, read, score, found):
    data = read(cards.whole(FILM, score))
    assert (data["quality_score"], type(data["quality_score"])) == (found, type(found))


@pytest.mark.parametrize("score", [0, 1, 37, 82.5, 99, 100, "0.8", "80%"])
def test_made_up_guidelines_add_up(cards, read, score):
    wanted = 80 if isinstance(score, str) else score
    data = read(cards.whole(FILM, score))
    assert (passed_weight(data), sum(row["weight"] for row in data["guidelines"])) == (wanted, 100)
    assert len(data["guidelines"]) == len(default_guidelines(0))


@pytest.mark.parametrize("score", [0, 80, 95])
def test_a_wrong_sum_is_wrong(cards, read, score):
    data = read(cards.wrong_sum(FILM, score))
    assert data["quality_score"] == score != passed_weight(data)


def test_long_values_and_many_guidelines_come_back_whole(cards, read):
    guidelines = [
        (f"{place} {'Shown from the first to the last second, ' * 4}", 2.5, place % 2 == 0) for place in range(40)
    ]
    url = "https://example.com/" + 200 * "x"
    data = read(cards.whole(LONG, url=url, tier="Best of all", guidelines=guidelines))
    assert (data["filename"], data["creativex_url"], data["tier"]) == (LONG, url, "Best of all")
    assert [(row["name"], row["weight"], row["passed"]) for row in data["guidelines"]] == [
        (name.strip(), weight, passed) for name, weight, passed in guidelines
    ]


def test_what_is_left_out_is_not_read(cards, read):
    data = read(cards.whole(FILM, None, creativex_id=None, url=None, tier=None, guidelines=None))
    assert data == {"filename": FILM, "creativex_id": None, "creativex_url": None, "quality_score": None}


def test_what_is_no_scorecard_says_why(cards, read):
    for file, reason in (
        (cards.damaged("a.mp4"), "not a PDF"),
        (cards.blank("b.mp4"), "no CreativeX scorecard"),
        (cards.blank("c.mp4", text=""), "no readable text"),
        (cards.other("d.pdf", b"PK"), "not a PDF"),
    ):
        with pytest.raises(Unreadable, match=reason):
            read(file)


def test_the_same_call_gives_the_same_bytes_and_another_seed_others_that_say_the_same(twin, cards, read):
    first = cards.whole(FILM, below=["Week 12"])
    again = cards.whole(FILM, below=["Week 12"])
    other = cards.whole(FILM, below=["Week 12"], seed="2")
    assert first.id == again.id == other.id
    shas = [version.content.sha1 for version in other.versions]
    assert shas[0] == shas[1] != shas[2]
    assert first.name == "RAF_DE_de_TEST-JOB_OLV_001_6S_16x9_scorecard.pdf"
    assert (first.owner_id, first.size < 10_000) == (AGENCY_USER_ID, True)
    assert read(other) == read(cards.whole(FILM))


def test_cards_lie_below_their_folder_and_are_renamed_and_removed_there(twin, cards):
    card = cards.whole(FILM, name="a.pdf")
    assert [facts.path for facts in twin.box.files_below(twin.box_folders["BOX_FOLDER_CREATIVEX"])] == ["a.pdf"]
    assert cards.rename(card.id, "b.pdf").name == "b.pdf"
    cards.remove(card.id)
    with pytest.raises(BoxError):
        cards.remove(card.id)


def test_letters_that_cannot_be_printed_are_refused(cards):
    with pytest.raises(ValueError, match="Latin"):
        cards.whole("Łódź.mp4")


def test_without_the_libraries_it_is_said_what_to_install(twin, cards, monkeypatch):
    monkeypatch.setitem(sys.modules, "fpdf", None)
    with pytest.raises(NotInstalled, match="install the dev extras"):
        cards.whole(FILM)
    url = f"{twin.servers['box'].url}/_sandbox/scorecards"
    answer = requests.post(url, json={"kind": "blank", "filename": FILM}, timeout=10)
    assert (answer.status_code, answer.json()) == (500, {"error": "fpdf is missing: install the dev extras"})


def test_over_http_cards_are_as_in_code(twin, cards, read):
    url = f"{twin.servers['box'].url}/_sandbox/scorecards"
    facts = {"creativex_id": "4711", "url": "https://example.com", "guidelines": [["Logo", 80, True]]}
    answer = requests.post(url, json={"kind": "whole", "filename": FILM, "score": "80%", **facts}, timeout=10)
    assert (answer.status_code, answer.json()["path"][:10]) == (201, "CreativeX/")
    file_id = answer.json()["id"]
    guidelines = [("Logo", 80, True)]
    sha1 = twin.box.file(file_id).sha1
    assert cards.whole(FILM, "80%", creativex_id="4711", url="https://example.com", guidelines=guidelines).sha1 == sha1
    for kind in ("wrong_sum", "damaged", "blank"):
        handed_in = requests.post(url, json={"kind": kind, "filename": FILM}, timeout=10).json()
        assert twin.box.file(handed_in["id"]).sha1 == getattr(cards, kind)(FILM).sha1
    assert requests.patch(f"{url}/{file_id}", json={"name": "x.pdf"}, timeout=10).json()["name"] == "x.pdf"
    assert requests.delete(f"{url}/{file_id}", timeout=10).status_code == 204


@pytest.mark.parametrize(
    "card",
    [{"kind": "other"}, {"kind": "whole"}, {"kind": "whole", "filename": "Łódź.mp4"}, {"kind": "blank", "score": 1}],
)
def test_over_http_what_nobody_knows_is_refused(twin, cards, card):
    answer = requests.post(f"{twin.servers['box'].url}/_sandbox/scorecards", json=card, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]
