import copy
import html
import re

import pytest

from clients.mail.render import SCORES_SHOWN, render
from domain.errors import ConfigError

EVIL = '"><script>alert(1)</script>'


def complete(sample_facts, **changes):
    return render("creativex_complete", sample_facts["creativex_complete"] | changes)


def failed(sample_facts, **changes):
    return render("creativex_failed", sample_facts["creativex_failed"] | changes)


def one(sample_facts, at=0, **changes):
    """One of the scores: 0 waits for its file, the file of 1 is in the DAM, 2 is an orphan."""
    return complete(sample_facts, scores=[sample_facts["creativex_complete"]["scores"][at] | changes])


def review(sample_facts, **changes):
    return failed(sample_facts, needs_review=sample_facts["creativex_failed"]["needs_review"] | changes)


def bodies(mail):
    return mail.text, " ".join(html.unescape(re.sub(r"<[^>]*>", "", mail.html)).split())


def cells(mail):
    """Return the width of each filled bar, in percent."""
    return re.findall(r'width="(\d+)%" bgcolor="#2563eb"', mail.html)


def hostile(facts):
    """Return facts in which every text is a script, but addresses, moments and numbers are as they were."""
    if isinstance(facts, dict):
        kept = ("score", "read_at", "environment")
        return {key: value if key in kept or key.endswith("url") else hostile(value) for key, value in facts.items()}
    if isinstance(facts, list):
        return [hostile(fact) for fact in facts]
    return EVIL if isinstance(facts, str) else facts


def test_every_score_is_shown_with_its_version_its_scorecard_and_where_it_belongs(sample_facts):
    mail = complete(sample_facts)
    for body in bodies(mail):
        assert "3 CreativeX scores were read" in body
        assert "2 scores of known files; 1 matches no file." in body
        assert "C000000078 Frühjahr & Sommer <2026>" in body
        assert "master Spot & Cut-down Übersicht.mp4" in body
        assert "tracking id BJP4h1" in body
        for score in sample_facts["creativex_complete"]["scores"]:
            assert body.count(score["pdf_name"]) == 1
            assert score["filename"] in body
            assert f"scorecard {score['creativex_id']}" in body
        assert body.count("9 Mar 2026, 13:05 UTC") == 3
    for body in (mail.text, mail.html):
        assert all(score["creativex_url"] in body for score in sample_facts["creativex_complete"]["scores"])
        assert "https://box.example.com/folder/12" in body


def test_the_text_keeps_what_is_said_of_a_score_beneath_its_name(sample_facts):
    rows = complete(sample_facts).text.split("SCORES OF KNOWN FILES (2)\n\n")[1].split("\n\n")[0].splitlines()
    assert rows[1] == "  C000000078 Frühjahr & Sommer <2026>, master Spot & Cut-down Übersicht.mp4, tracking id BJP4h0"
    assert [row for row in rows if not row.startswith("  ")] == [
        "- 87 (was 64)  RAF_DE_de_TEST_OLV_000_6S_16x9.mp4",
        "- 72.5  RAF_DE_de_TEST_OLV_001_6S_16x9.mp4",
    ]


def test_a_single_score_is_named_in_the_subject(sample_facts):
    mail = one(sample_facts)
    assert mail.subject == "[staging] ✅ CreativeX score read: RAF_DE_de_TEST_OLV_000_6S_16x9.mp4 (87)"
    for body in bodies(mail):
        assert "1 CreativeX score was read" in body
        assert "RAF_DE_de_TEST_OLV_000_6S_16x9.mp4 scores 87, after 64 before." in body
        assert "The PDF was removed from Box after reading" in body


def test_a_score_that_supersedes_another_shows_both(sample_facts):
    assert "87 (was 64)" in one(sample_facts).text
    assert ">was 64</div>" in one(sample_facts).html
    for body in bodies(one(sample_facts, previous=None)):
        assert "was 64" not in body
        assert "before" not in body


@pytest.mark.parametrize(("score", "filled"), [("0", []), ("0.4", []), ("72.5", ["72"]), ("100", ["100"])])
def test_a_bar_is_as_long_as_its_score(sample_facts, score, filled):
    mail = one(sample_facts, score=score)
    assert cells(mail) == filled
    assert mail.html.count('class="track"') == (score != "100")
    assert f">{score}</b>" in mail.html


def test_a_score_waits_for_its_file(sample_facts):
    for body in bodies(one(sample_facts)):
        assert "The score is written into the DAM when the file of that name comes home through Box." in body
        assert "in the DAM already" not in body
        assert "matches no file" not in body


@pytest.mark.parametrize(
    ("dam_score", "said"),
    [
        ("55", "In the DAM already, with score 55; the score there does not change by itself."),
        (None, "In the DAM already, without a score; the score there does not change by itself."),
        ("72.5", "In the DAM already with this score."),
    ],
)
def test_of_a_file_in_the_dam_it_is_said_that_the_score_there_stays(sample_facts, dam_score, said):
    for body in bodies(one(sample_facts, 1, dam_score=dam_score)):
        assert said in body
        assert "DAM asset id 4c0ffee1f9e4b2d8a7730e5d1c6b9f2a4e80042" in body
        assert "a rework of the file takes the new score along" in body
        assert "The score is written into the DAM when" not in body


def test_orphans_come_first_with_the_nearest_names_and_what_to_do(sample_facts):
    mail = complete(sample_facts)
    assert mail.subject == "[staging] ✅ 3 CreativeX scores read, 1 matches no file"
    assert "#b45309" in mail.html
    for body in bodies(mail):
        assert "without a matching file (1)" in body.lower()
        assert "Nothing, if the file is still to come: the score waits for it under this name." in body
        assert "Else mend the name in CreativeX and hand the scorecard in again." in body
        assert body.index("RAF_DE_de_TSET_OLV_001_6S_16x9.mp4") < body.index("Nearest names:")
        assert body.index("RAF_DE_de_TEST_OLV_001_15S_16x9.mp4") < body.index("RAF_DE_de_TEST_OLV_000_6S_16x9.mp4")


def test_an_orphan_alone_says_so_in_subject_and_lead(sample_facts):
    mail = one(sample_facts, 2, nearest=[])
    assert mail.subject.endswith(": RAF_DE_de_TSET_OLV_001_6S_16x9.mp4 (40), matches no file")
    for body in bodies(mail):
        assert "scores 40, but the name matches no file." in body
        assert "No known name is near it." in body
        assert "scores of known files" not in body.lower()


def test_several_orphans_are_plural(sample_facts):
    orphan = sample_facts["creativex_complete"]["scores"][2]
    mail = complete(sample_facts, scores=[orphan, orphan])
    assert mail.subject.endswith("2 CreativeX scores read, 2 match no file")
    for body in bodies(mail):
        assert "0 scores of known files; 2 match no file." in body


def test_without_orphans_nothing_asks_for_attention(sample_facts):
    mail = one(sample_facts)
    assert "#b45309" not in mail.html
    assert "What to do" not in mail.text + mail.html


def test_pdfs_left_in_box_are_said_to_be(sample_facts):
    for body in bodies(complete(sample_facts, kept_in_box=True)):
        assert "The PDFs were left in Box, as asked." in body
        assert "removed from Box" not in body


def test_what_is_null_of_a_score_is_left_out(sample_facts):
    unknown = dict.fromkeys(("creativex_id", "creativex_url", "tier", "tracking_id", "master", "campaign"))
    mail = complete(
        sample_facts, scores=[sample_facts["creativex_complete"]["scores"][0] | unknown] * 2, folder_url=None
    )
    assert "None" not in mail.text + mail.html
    assert "Open the scorecards" not in mail.html
    for body in bodies(mail):
        assert "tracking id" not in body
        assert "master" not in body


def test_many_scores_are_collapsed_and_few_are_open(sample_facts):
    score = sample_facts["creativex_complete"]["scores"][0]
    assert "<details open" in complete(sample_facts, scores=[score] * 12).html
    assert "<details open" not in complete(sample_facts, scores=[score] * 13).html


def test_a_mail_of_a_thousand_scores_is_not_cut_off_by_mail_programs(sample_facts):
    _, home, orphan = sample_facts["creativex_complete"]["scores"]
    name = "RAF_ME-MOMENT-WITHOUT-END-AND-LONG_OLV_6S_1x1_REF_GL_it_IGF.mp4"
    homes, orphans = [home | {"filename": name}] * 900, [orphan | {"filename": name, "nearest": [name] * 3}] * 100
    mail = complete(sample_facts, scores=homes + orphans)
    assert len(mail.html.encode()) < 100_000
    for body in bodies(mail):
        assert body.count("9 Mar 2026, 13:05 UTC") == SCORES_SHOWN
        assert "and 870 scores more: see the run." in body
        assert "and 70 scores more: see the run." in body
    assert complete(sample_facts, scores=homes).text.count("9 Mar 2026, 13:05 UTC") == SCORES_SHOWN


@pytest.mark.parametrize("template", ["creativex_complete", "creativex_failed"])
def test_names_bring_no_html_of_their_own(template, sample_facts):
    mail = render(template, hostile(sample_facts[template]))
    assert "<script" not in mail.html
    assert EVIL in html.unescape(mail.html)


def test_names_cannot_pass_for_a_part_of_the_text_or_a_header(sample_facts):
    name = "Spot.mp4\r\nBcc: eve@example.com\n\nWHAT HAPPENS NEXT\n\nNothing."
    texts = dict.fromkeys(("filename", "master", "pdf_name", "tier", "creativex_id"), name)
    scored = one(sample_facts, 2, **texts, nearest=[name])
    guidelines = [{"name": name, "weight": "10", "passed": True}]
    unread = sample_facts["creativex_failed"]["file"] | {"name": name, "path": None}
    reviewed = review(sample_facts, filename=name, creativex_id=name, guidelines=guidelines)
    for mail in (scored, reviewed, failed(sample_facts, file=unread, needs_review=None)):
        assert "\n" not in mail.subject
        assert mail.text.count("\nWHAT HAPPENS NEXT") == 1
        assert "\nBcc" not in mail.text


def test_an_address_that_is_none_of_the_web_becomes_no_link(sample_facts):
    address = "javascript:alert(1)"
    mails = (
        one(sample_facts, creativex_url=address),
        complete(sample_facts, folder_url=address),
        review(sample_facts, creativex_url=address),
    )
    assert not any("javascript:" in mail.html for mail in mails)


@pytest.mark.parametrize("fact", ["is_orphan", "dam_asset_id", "nearest", "tier"])
def test_a_fact_missing_inside_a_score_names_the_template(sample_facts, fact):
    scores = copy.deepcopy(sample_facts["creativex_complete"]["scores"])
    del scores[2][fact]
    with pytest.raises(ConfigError, match=rf"creativex_complete: .*{fact}"):
        complete(sample_facts, scores=scores)


def test_a_scorecard_for_review_shows_the_score_against_the_sum_of_its_guidelines(sample_facts):
    mail = failed(sample_facts)
    assert mail.subject == "[staging] ❌ Scorecard Süd 7.pdf: CreativeX scorecard needs review"
    for body in bodies(mail):
        assert "A CreativeX scorecard needs review" in body
        assert (
            "The scorecard gives RAF_DE_de_TEST_OLV_001_6S_16x9.mp4 a score of 80, but the guidelines it passed add up"
            " to 70." in body
        )
        assert "70 (sum of those passed)" in body
        assert "guidelines (2 of 3 passed)" in body.lower()
        assert "The score is kept for review and does not reach the DAM." in body
        assert "Compare the guidelines with the scorecard at the link, and hand in a corrected or new" in body
        assert "stays in Box until one of the same file adds up, or someone removes it." in body
    for body in (mail.text, mail.html):
        assert "https://creativex.example.com/scorecards/5000007" in body
        assert "https://box.example.com/file/88" in body
    assert "Difference: 10\n" in mail.text


def test_each_guideline_says_whether_it_was_passed(sample_facts):
    mail = failed(sample_facts)
    assert "- passed  Brand in the first 3 seconds (weight 30)\n- missed  Sound & Voice-over (weight 20)\n" in mail.text
    assert re.findall(r">(passed|missed)</span>", mail.html) == ["passed", "missed", "passed"]


@pytest.mark.parametrize(("number", "opened"), [(0, True), (20, True), (21, False)])
def test_many_guidelines_are_folded(sample_facts, number, opened):
    guidelines = [{"name": f"Guideline {at}", "weight": "5", "passed": True} for at in range(number)]
    assert ("<details open" in review(sample_facts, guidelines=guidelines).html) == opened


def test_a_scorecard_for_review_without_an_address_has_no_link(sample_facts):
    mail = review(sample_facts, creativex_id=None, creativex_url=None)
    assert "Open the scorecard" not in mail.html
    assert "None" not in mail.text + mail.html


@pytest.mark.parametrize(
    ("will_retry", "next_step"),
    [
        (True, "The PDF stays in Box; the next run tries it again."),
        (False, "The PDF stays in Box. A corrected one is taken up by itself."),
    ],
)
def test_an_unreadable_scorecard_says_why_and_what_follows(sample_facts, will_retry, next_step):
    mail = failed(sample_facts, needs_review=None, reason="It has no score.", will_retry=will_retry)
    assert mail.subject == "[staging] ❌ Scorecard Süd 7.pdf: CreativeX scorecard could not be read"
    for body in bodies(mail):
        assert "A CreativeX scorecard could not be read" in body
        assert "Scorecard Süd 7.pdf gave no score. Other PDFs are not held up." in body
        assert "It has no score." in body
        assert next_step in body
        assert "uideline" not in body.replace("Compare the guidelines with the scorecard in CreativeX.", "")


def test_what_is_not_known_of_a_pdf_is_left_out(sample_facts):
    file = {"name": "Scorecard Süd 7.pdf", "path": None, "size_bytes": None, "box_url": None}
    mail = failed(sample_facts, file=file, needs_review=None)
    assert "None" not in mail.text + mail.html
    assert "Open the PDF" not in mail.html
    assert "PDF: Scorecard Süd 7.pdf\n" in mail.text


def test_a_score_whose_place_a_later_one_has_taken_says_so_and_promises_nothing(sample_facts):
    for body in bodies(one(sample_facts, is_current=False)):
        assert "A later scorecard of this name counts." in body
        assert "is written into the DAM when" not in body
