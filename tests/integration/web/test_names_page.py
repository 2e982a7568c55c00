"""The page about file names: verdicts as in the terminal, and a builder."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import pytest
from pydantic import SecretStr
from starlette.datastructures import QueryParams

from blocks.config_files import load_codes
from entrypoints.web import names_page
from entrypoints.web.names_page import check
from tests.integration.web.conftest import CONFIG
from tests.waiting import until

GOOD = "1234567_RAF_DE_de_TEST-JOB_OLV_001_6S_16x9_BJP4ho.mp4"
BROKEN = "1234567_raf_DE_de_TEST-JOB_OLV_001_6S_16X9_BJP4ho.mp4"
UNKNOWN = GOOD.replace("RAF", "XYZ")
PARTS = {
    "generation": "V2",
    "job": "1234567",
    "brand": "RAF",
    "country": "DE",
    "language": "de",
    "subject": "TEST-JOB",
    "asset_type": "OLV",
    "spot": "001",
    "seconds": "6S",
    "ratio": "16x9",
    "social": "",
    "tracking_id": "BJP4ho",
    "extension": ".mp4",
}


@pytest.fixture(scope="module")
def codes():
    return load_codes(CONFIG)


def test_names_that_are_pasted_get_every_fault_and_proposal_at_once(site):
    said = site().text("/names?names=" + quote(f"C:\\films\\{GOOD}\r\n\r\n{BROKEN}\n {UNKNOWN} "))
    assert f"good, V2 {GOOD} Name in the DAM RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4" in said
    assert "brand: expected 2-5 upper-case letters, such as RAF; found 'raf' ratio: expected" in said
    assert f"Nearest good name: {GOOD}" in said
    assert "Look at this: brand: XYZ is not among the known codes" in said


def test_parts_that_are_chosen_become_a_name(site):
    said = site().text("/names?" + urlencode(PARTS))
    assert f"good, V2 {GOOD}" in said


def test_parts_with_slips_are_told_beside_their_fields_and_stay_as_they_were_typed(site):
    made = site()
    text = made.get("/names?" + urlencode({**PARTS, "ratio": "16:9", "brand": "xyz", "job": ""})).text
    for part in ("ratio", "brand", "job"):
        assert f'aria-describedby="part-{part}-help part-{part}-fault" aria-invalid="true"' in text
    assert 'value="16:9"' in text and "<option selected>xyz</option>" in text
    assert f"Nearest good name: {GOOD}" in made.text("/names?" + urlencode({**PARTS, "ratio": "16:9"}))


def test_an_untouched_form_says_nothing_and_offers_what_there_is_to_choose(site):
    text = site().get("/names").text
    assert "not yet a name" not in text and "aria-invalid" not in text
    assert "<option selected>RAF</option>" in text and "<option>GL</option>" in text


def test_a_tracking_id_is_picked_from_those_of_a_campaign(site):
    text = site().get("/names?campaign=C000000078&tracking_id=aB3xY9").text
    assert '<option value="Cut001">' in text and 'value="aB3xY9"' in text
    assert '<input type="hidden" name="campaign" value="C000000078">' in text


@pytest.mark.parametrize(
    "query", ["generation=V9&subject=x", "generation=V2&subject=%00", "names=%00%ff", "tracking_id=%22%3E"]
)
def test_whatever_is_typed_is_answered(site, query):
    assert site().get(f"/names?{query}").status_code == 200


def test_names_that_would_take_long_are_left_for_another_go(codes):
    clock = itertools.count()
    checked = check(QueryParams({"names": "\n".join([GOOD] * 9)}), codes, clock=lambda: next(clock))
    assert (len(checked.verdicts), checked.left_out) == (1, 8)


def test_of_a_long_list_that_is_pasted_every_name_gets_its_verdict_whole(site):
    pasted = "\r\n".join([GOOD] * 198 + [BROKEN, UNKNOWN])
    answer = site().ask("POST", "/names", data={"names": pasted})
    assert answer.status_code == 200
    assert answer.text.count('<li class="good">') == 199
    assert "199 good, 1 refused</b>" in answer.text
    assert "not looked at" not in answer.text and "maxlength" not in answer.text


def test_what_is_posted_is_bounded_and_not_for_everybody(site):
    assert site().ask("POST", "/names", data=b"names=" + b"x" * 256 * 1024).status_code == 413
    guarded = site(token=SecretStr("a token that is long")).ask("POST", "/names", data={"names": GOOD})
    assert guarded.status_code == 401


def test_of_many_who_ask_at_once_most_are_sent_away_so_that_webhooks_get_their_answer(site, monkeypatch):
    made, go_on, answers = site(names_open=True, on_loopback=False), threading.Event(), []
    facts_of = names_page.facts_of

    def slow(*given):
        assert go_on.wait(20)
        return facts_of(*given)

    monkeypatch.setattr(names_page, "facts_of", slow)
    with ThreadPoolExecutor(30) as threads:
        for _ in range(30):
            threads.submit(lambda: answers.append(made.get("/names").status_code))
        try:
            until(lambda: len(answers) == 30 - 9, what="the answers to those who are one too many")
            assert set(answers) == {503}
            assert made.ask("POST", "/webhooks/box", data=b"x").status_code == 403
            busy = made.get("/names")
            assert busy.headers["Retry-After"] == "5" and "Too many look at once" in busy.text
        finally:
            go_on.set()
    assert answers.count(200) == 9


def test_names_that_were_left_out_are_counted_above_the_list(site, monkeypatch):
    monkeypatch.setattr(names_page, "_MOST_S", -1.0)
    said = site().text("/names?names=" + quote("\n".join([GOOD] * 3)))
    assert "0 good, 0 refused, 3 not looked at" in said
