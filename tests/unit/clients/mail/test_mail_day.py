import html
import re

import pytest

from clients.mail.render import CUT_OFF_BYTES, DAY_SHOWN, render
from domain.daily.model import Who
from tests.unit.clients.mail.a_day import balance, campaign, error, group, score, workflow
from tests.unit.clients.mail.test_mail_scores import EVIL


def mail(sample_facts, **changes):
    return render("daily_summary_report", sample_facts["daily_summary_report"] | changes)


def bodies(mail):
    return " ".join(mail.text.split()), " ".join(html.unescape(re.sub(r"<[^>]*>", "", mail.html)).split())


def test_the_headline_numbers_stand_in_subject_and_both_bodies(sample_facts):
    sent = mail(sample_facts)
    assert sent.subject == "[staging] 📊 Daily report: 25 done, 3 failed, 2 errors"
    for body in bodies(sent):
        assert "1 Mar 2026, 18:00 UTC to 2 Mar 2026, 18:00 UTC." in body
        assert "89 %" in body


def test_each_workflow_says_how_its_runs_went_and_what_became_of_its_campaigns_and_assets(sample_facts):
    for body in bodies(mail(sample_facts)):
        assert body.count("288 runs: 286 completed, 1 partial, 1 crashed") == 4
        assert body.count("3 campaigns found, 2 worked on, 1 moved on, 1 left in trouble") == 3
        assert "Assets: 4 done, 0 failed, 0 skipped, 4 not approved" in body


def test_bars_are_cells_of_tables_and_never_longer_than_their_track(sample_facts):
    busy = [workflow("a1-to-a2", 997, 3), workflow("a2-to-a3", 1, 0)]
    sent = mail(sample_facts, workflows=busy).html
    shares = [int(share) for share in re.findall(r'<td width="(\d+)%" bgcolor="#(?:2e9e62|dc2626)"', sent)]
    assert shares == [100, 1, 1]
    assert "<img" not in sent
    assert "<svg" not in sent


def test_columns_show_what_failed_on_top_of_what_was_done(sample_facts):
    slots = [{"begins_at": "x", "done": 30, "failed": 20}, {"begins_at": "x", "done": 0, "failed": 0}]
    sent = mail(sample_facts, activity=slots).html
    assert re.findall(r"height:(\d+)px;background:#(dc2626|2e9e62)", sent)[:2] == [("20", "dc2626"), ("30", "2e9e62")]


def test_errors_lead_to_their_runs(sample_facts):
    sent = mail(sample_facts)
    assert 'href="https://prefect.example.com/runs/flow-run/1"' in sent.html
    assert "https://prefect.example.com/runs/flow-run/1\n" in sent.text
    for body in bodies(sent):
        assert "02. Film/Spot 1.mp4: the asset has no content in the DAM" in body
        assert "None" not in body


def test_what_waits_is_told_by_whom_for_which_campaign_and_how_long(sample_facts):
    for body in bodies(mail(sample_facts)):
        assert "masters without a localized file (7)" in body
        assert "Key Visual Übersicht 0.png (aB3xY0)" in body
        assert "and 4 more" in body
        assert body.count("3 d 4 h") == 4
        assert body.lower().index("waiting for: agencies") < body.lower().index("waiting for: operations")


def test_a_difference_is_said_on_top_with_what_it_may_mean_and_beside_its_number(sample_facts):
    found = [{"what": "A2: 1 + 1 − 0 = 2, but there are 1", "meaning": "a row was changed by hand"}]
    balances = {"campaigns": [balance("A2", 1, 1, 0, 1)], "assets": []}
    sent = mail(sample_facts, differences=found, balances=balances)
    assert sent.subject.endswith(", 1 difference in the numbers")
    for body in bodies(sent):
        assert "A2: 1 + 1 − 0 = 2, but there are 1" in body
        assert "It may mean: a row was changed by hand" in body
        assert "does not add up" in body
        assert body.index("there are 1") < body.lower().index("workflows")


def test_without_a_difference_nothing_asks_for_attention(sample_facts):
    assert "#b45309" not in mail(sample_facts).html


def test_that_the_run_history_is_missing_is_said(sample_facts):
    for body in bodies(mail(sample_facts, left_out="PREFECT_API_URL is not set")):
        assert "PREFECT_API_URL is not set" in body


def test_a_day_on_which_nothing_happened_says_so(sample_facts):
    nothing = {
        "totals": {"done": 0, "failed": 0, "success_rate": None, "moved": 0, "not_approved": 0},
        "balances": {"campaigns": [], "assets": [balance("masters in Box", 0, 0, 0)]},
    }
    empty: dict[str, list[object]] = {name: [] for name in ("workflows", "errors", "waiting", "campaigns", "scores")}
    sent = mail(sample_facts, **nothing, **empty)
    assert sent.subject.endswith("Daily report: 0 done, 0 failed")
    for body in bodies(sent):
        assert "No workflow has run." in body
        assert "Nothing waits for anybody." in body
        assert "None" not in body


@pytest.mark.parametrize(("name", "number", "opened"), [("campaigns", 3, True), ("campaigns", 4, False)])
def test_many_campaigns_are_folded(sample_facts, name, number, opened):
    assert ("<details open" in mail(sample_facts, campaigns=[campaign()] * number, scores=[]).html) == opened


def test_the_mail_of_the_worst_day_is_not_cut_off_by_mail_programs(sample_facts):
    name = "RAF_ME-MOMENT-WITHOUT-END-AND-LONG_OLV_6S_1x1_REF_GL_it_IGF.mp4"
    waiting = group("x" * 500) | {"assets": [{"name": name, "tracking_id": "aB3xY1"}] * 3}
    sent = mail(
        sample_facts,
        workflows=[workflow("a1-to-a2", 7, 3)] * 12,
        errors=[error() | {"reason": "why " * 300}] * 400,
        waiting=[{"who": who, "groups": [waiting] * 60} for who in Who],
        campaigns=[campaign() | {"moves": campaign()["moves"] * 9}] * 300,
        scores=[score() | {"filename": name}] * 300,
        differences=[{"what": "w" * 200, "meaning": "m" * 100}] * 20,
    )
    assert len(sent.html.encode()) < CUT_OFF_BYTES
    for body in bodies(sent):
        assert f"and {400 - DAY_SHOWN} errors more: see the run." in body
        assert body.count(f"and {60 - DAY_SHOWN} lines more: see the run.") == 4


def test_names_bring_no_html_of_their_own_and_no_address_but_of_the_web(sample_facts):
    evil = [error() | {"subject": EVIL, "reason": EVIL, "run_url": "javascript:alert(1)"}]
    waiting = [{"who": "Agencies", "groups": [group(EVIL, campaign=EVIL)]}]
    named = [campaign() | {"name": EVIL, "happened": [EVIL]}]
    sent = mail(sample_facts, errors=evil, waiting=waiting, campaigns=named, scores=[score(filename=EVIL)])
    assert "<script" not in sent.html
    assert "javascript:" not in sent.html


def test_names_cannot_pass_for_a_part_of_the_text(sample_facts):
    name = "Spot.mp4\n\nWHAT HAPPENS NEXT\n\nNothing."
    sent = mail(
        sample_facts,
        errors=[error() | {"subject": name, "reason": name}],
        waiting=[{"who": "Agencies", "groups": [group(name, campaign=name)]}],
        campaigns=[campaign() | {"name": name}],
        scores=[score(filename=name)],
    )
    assert sent.text.count("\nWHAT HAPPENS NEXT") == 1
