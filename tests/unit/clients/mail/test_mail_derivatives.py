import html

import pytest

from clients.mail.render import ROWS_SHOWN, render
from domain.errors import ConfigError

MISSING = ["Key Visual <1>.png", "Key Visual <2>.png"]


def uploaded(sample_facts, **changes):
    return render("a2_to_a3_file_uploaded", sample_facts["a2_to_a3_file_uploaded"] | changes)


def complete(sample_facts, **changes):
    return render("a2_to_a3_complete", sample_facts["a2_to_a3_complete"] | changes)


def bodies(mail):
    return mail.text, html.unescape(mail.html)


def waiting_for(number):
    waiting = [f"Key Visual {at}.png" for at in range(number)]
    return {"masters_total": number + 3, "masters_done": 3, "waiting": waiting}


def test_an_uploaded_file_is_shown_with_where_it_came_from_and_where_it_is(sample_facts):
    mail = uploaded(sample_facts)
    assert mail.subject == (
        "[staging] ✅ C000000078 Frühjahr & Sommer <2026>: RAF_DE_de_TEST_OLV_001_6S_16x9.mp4 is in the DAM"
        " (3 of 10 masters back), with 1 warning"
    )
    for body in bodies(mail):
        assert "RAF_DE_de_TEST_OLV_001_6S_16x9.mp4 has arrived in the DAM." in body
        assert "Agency Süd/Round 2/1234567_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4" in body
        assert "Spot & Cut-down Übersicht.mp4" in body
        assert "https://box.example.com/file/5" in body
        assert "4c0ffee1f9e4b2d8a7730e5d1c6b9f2a4e80042" in body
        assert "9 Mar 2026, 13:05 UTC" in body
        assert "1.4 MB" in body


def test_the_agencys_name_is_shown_once_whether_the_place_in_box_holds_it_or_not(sample_facts):
    file = sample_facts["a2_to_a3_file_uploaded"]["file"]
    for path in (file["path"], "Agency Süd/Round 2"):
        for body in bodies(uploaded(sample_facts, file=file | {"path": path})):
            assert body.count(file["handed_in_name"]) == 1
            assert "Agency Süd/Round 2" in body


@pytest.mark.parametrize(
    ("kept_in_box", "said"),
    [(False, "removed there after the upload"), (True, "left there, as asked"), (None, "no longer there")],
)
def test_what_became_of_the_file_in_box_is_said(sample_facts, kept_in_box, said):
    for body in bodies(uploaded(sample_facts, kept_in_box=kept_in_box)):
        assert f"_BJP4ho.mp4 ({said})" in body


def test_a_video_is_described_without_needless_digits(sample_facts):
    video = {"width": 1080, "height": 1920, "duration_s": 15.0, "codec": "prores", "frame_rate": 30000 / 1001}
    for body in bodies(uploaded(sample_facts, video=video)):
        assert "1080 × 1920, 15 s, prores, 29.97 frames/s" in body


def test_a_still_has_no_line_for_a_video(sample_facts):
    for body in bodies(uploaded(sample_facts, video=None)):
        assert "Video" not in body
        assert "None" not in body


def test_a_score_is_shown_with_its_source_and_its_link(sample_facts):
    for body in bodies(uploaded(sample_facts)):
        assert "87 (CreativeX scorecard)" in body
        assert "https://creativex.example.com/scorecards/1" in body


def test_a_file_without_a_score_says_that_0_was_written(sample_facts):
    for body in bodies(uploaded(sample_facts, score={"value": None, "link": None, "source": None})):
        assert "none, so 0 was written" in body
        assert "None" not in body


def test_warnings_come_before_everything_else_and_in_the_subject(sample_facts):
    warnings = ["The length is 7 s, the name says 6S.", "The score is <b>low</b>."]
    mail = uploaded(sample_facts, warnings=warnings)
    assert mail.subject.endswith("(3 of 10 masters back), with 2 warnings")
    assert "<b>low" not in mail.html
    for body in bodies(mail):
        for warning in warnings:
            assert body.index(warning) < body.index("Agency Süd")
    assert "Please check (2)" in mail.html
    assert "PLEASE CHECK (2)" in mail.text


def test_a_file_without_warnings_has_nothing_to_check(sample_facts):
    mail = uploaded(sample_facts, warnings=[])
    assert mail.subject.endswith("(3 of 10 masters back)")
    assert "please check" not in (mail.text + mail.html).lower()


def test_a_rework_says_so_in_subject_headline_and_lead(sample_facts):
    mail = uploaded(sample_facts, is_rework=True)
    assert ": rework of RAF_DE_de_TEST_OLV_001_6S_16x9.mp4 is in the DAM" in mail.subject
    for body in bodies(mail):
        assert "A reworked file is in the DAM" in body
        assert "RAF_DE_de_TEST_OLV_001_6S_16x9.mp4 replaces an earlier upload of the same name." in body


@pytest.mark.parametrize(("kept", "said"), [(True, "left there, as asked"), (False, "removed there after the upload")])
def test_it_is_said_whether_the_file_is_still_in_box(sample_facts, kept, said):
    for body in bodies(uploaded(sample_facts, kept_in_box=kept)):
        assert f"({said})" in body


def test_what_is_still_waited_for_is_named(sample_facts):
    mail = uploaded(sample_facts, progress=waiting_for(10))
    assert "<details open" in mail.html
    for body in bodies(mail):
        assert "10 masters are still waited for. The campaign moves to A3 when each has come back." in body
        assert "Key Visual 9.png" in body


def test_of_many_masters_that_are_waited_for_ten_are_named_and_the_rest_is_counted(sample_facts):
    mail = uploaded(sample_facts, progress=waiting_for(25))
    assert "<details open" not in mail.html
    for body in bodies(mail):
        assert "Key Visual 9.png" in body
        assert "Key Visual 10.png" not in body
        assert "and 15 masters more." in body
        assert "25 masters are still waited for." in body


def test_the_last_master_that_is_waited_for_is_not_plural(sample_facts):
    for body in bodies(uploaded(sample_facts, progress=waiting_for(1))):
        assert "1 master is still waited for. The campaign moves to A3 when it has come back." in body


def test_when_nothing_is_waited_for_the_campaign_moves_on(sample_facts):
    mail = uploaded(sample_facts, progress=waiting_for(0))
    for body in bodies(mail):
        assert "Nothing is waited for any more: the campaign is checked and moves to A3." in body
        assert "still waited for" not in body.lower()


def test_a_master_without_an_address_is_shown_without_a_link(sample_facts):
    for body in bodies(uploaded(sample_facts, master={"name": "Spot.mp4", "box_url": None})):
        assert "Spot.mp4" in body
        assert "None" not in body


def test_an_address_that_is_none_of_the_web_becomes_no_link(sample_facts):
    score = {"value": "87", "link": "javascript:alert(1)", "source": None}
    assert "javascript:" not in uploaded(sample_facts, score=score).html


def test_every_derivative_is_listed_under_its_master(sample_facts):
    facts = sample_facts["a2_to_a3_complete"]
    mail = complete(sample_facts, derivatives=facts["derivatives"][::-1])
    assert mail.subject == "[staging] ✅ C000000078 Frühjahr & Sommer <2026>: 9 localized files in the DAM (A2 → A3)"
    for body in bodies(mail):
        order = []
        for number in (1, 2, 3):
            assert body.count(f"Spot & Cut-down Übersicht {number}.mp4") == 1
            order.append(body.index(f"Spot & Cut-down Übersicht {number}.mp4"))
            order += [body.index(f"RAF_{code}_TEST_OLV_00{number}_6S_16x9.mp4") for code in ("DE_de", "FR_fr", "IT_it")]
        assert order == sorted(order)
        assert "9 files of 3 masters" in body
        for derivative in facts["derivatives"]:
            assert derivative["dam_asset_id"] in body
            assert derivative["tracking_id"] in body


def test_a_derivative_without_a_score_says_so(sample_facts):
    derivative = sample_facts["a2_to_a3_complete"]["derivatives"][0]
    for body in bodies(complete(sample_facts, derivatives=[derivative, derivative | {"score": None}])):
        assert "score 87" in body
        assert "no score" in body
        assert "None" not in body


def test_a_campaign_moved_by_hand_says_so_and_names_what_is_missing(sample_facts):
    mail = complete(sample_facts, forced=True, missing=MISSING, masters_total=5)
    assert mail.subject.endswith(": moved to A3 by hand, 2 of 5 masters missing")
    for body in bodies(mail):
        assert "Moved to A3 by hand: 2 of 5 masters have no localized file" in body
        assert "A person moved C000000078 Frühjahr & Sommer <2026> from A2 to A3 although something is missing." in body
        assert "9 files of 3 masters" in body
        assert "What is missing is no longer waited for." in body
        for name in MISSING:
            assert name in body


def test_a_campaign_that_moved_by_itself_speaks_of_nothing_missing(sample_facts):
    for body in bodies(complete(sample_facts)):
        assert "All 9 localized files are in the DAM" in body
        assert "has come back, and the campaign has moved from A2 to A3." in body
        assert "missing" not in body.lower()
        assert "by hand" not in body


def test_a_campaign_may_be_moved_by_hand_before_anything_has_arrived(sample_facts):
    mail = complete(sample_facts, forced=True, missing=MISSING, masters_total=2, derivatives=[], started_at=None)
    for body in bodies(mail):
        assert "2 of 2 masters have no localized file" in body
        assert "0 localized files are in the DAM." in body
        assert "First arrived" not in body
        assert "by master" not in body.lower()
        assert "None" not in body


def test_a_mail_of_a_thousand_derivatives_is_not_cut_off_by_mail_programs(sample_facts):
    derivative = sample_facts["a2_to_a3_complete"]["derivatives"][0]
    masters = [f"{number:04} Spot & Cut-down Übersicht with a name of some length.mp4" for number in range(2000)]
    derivatives = [
        derivative | {"name": f"{number:04}_RAF_DE_de_TEST_OLV_001_6S_16x9.mp4", "master": masters[number]}
        for number in range(1000)
    ]
    facts = {"derivatives": derivatives, "forced": True, "missing": masters[1000:], "masters_total": 2000}
    mail = complete(sample_facts, **facts)
    assert len(mail.html.encode()) < 100_000
    assert mail.html.count("_RAF_DE_de_TEST") == ROWS_SHOWN
    for body in bodies(mail):
        assert "and 900 localized files more: see the campaign in the DAM." in body
        assert "and 900 masters more." in body


def test_many_derivatives_are_collapsed_and_few_are_open(sample_facts):
    derivatives = sample_facts["a2_to_a3_complete"]["derivatives"]
    assert "<details open" in complete(sample_facts).html
    assert "<details open" not in complete(sample_facts, derivatives=derivatives * 2).html


def test_one_localized_file_is_not_plural(sample_facts):
    mail = complete(sample_facts, derivatives=sample_facts["a2_to_a3_complete"]["derivatives"][:1], masters_total=1)
    assert "The 1 localized file is in the DAM" in mail.text
    assert "1 file of 1 master" in mail.text
    assert "1 localized file in the DAM (A2 → A3)" in mail.subject


def test_a_fact_missing_inside_a_derivative_names_the_template(sample_facts):
    derivatives = [{"name": "x.mp4", "tracking_id": "BJP4ho"}]
    with pytest.raises(ConfigError, match=r"a2_to_a3_complete: .*master"):
        complete(sample_facts, derivatives=derivatives)
