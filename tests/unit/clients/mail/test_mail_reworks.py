import html

import pytest

from clients.mail.render import render

NAMES = ["RAF_DE_de_TEST_OLV_001_6S_16x9.mp4", "RAF_<b>_de_TEST_OLV_002_6S_16x9.mp4"]


def uploaded(sample_facts, reworks, **changes):
    facts = {"reworks": reworks, "is_rework": True, "warnings": []} | changes
    return render("a2_to_a3_file_uploaded", sample_facts["a2_to_a3_file_uploaded"] | facts)


def complete(sample_facts, reworked, **changes):
    facts = {"from_status": "A6", "reworked": reworked} | changes
    return render("a2_to_a3_complete", sample_facts["a2_to_a3_complete"] | facts)


def reworks(total=4, waiting=(), moves_to="A3"):
    return {"total": total, "done": total - len(waiting), "waiting": list(waiting), "moves_to": moves_to}


def bodies(mail):
    return mail.text, html.unescape(mail.html)


def test_a_rework_that_comes_home_counts_among_the_reworks(sample_facts):
    mail = uploaded(sample_facts, reworks(waiting=NAMES[:1]))
    assert mail.subject.endswith(
        ": rework of RAF_DE_de_TEST_OLV_001_6S_16x9.mp4 is in the DAM (3 of 4 reworked files back)"
    )
    for body in bodies(mail):
        assert "3 of 4 reworked files of C000000078 Frühjahr & Sommer <2026> are back." in body
        assert "1 reworked file is still waited for. The campaign moves to A3 when it has come back." in body
        assert "still waited for (1)" in body.lower()
        assert "a3 by itself" not in body.lower()


def test_the_reworks_that_are_waited_for_are_named_and_not_the_masters(sample_facts):
    mail = uploaded(sample_facts, reworks(waiting=NAMES))
    assert "<b>_de" not in mail.html
    for body in bodies(mail):
        assert all(name in body for name in NAMES)
        assert "Key Visual Übersicht 0.png" not in body
        assert "2 reworked files are still waited for." in body


def test_the_masters_progress_is_shown_beside_the_reworks(sample_facts):
    mail = uploaded(sample_facts, reworks(waiting=NAMES))
    assert "Masters: 3 of 10 back" in mail.text
    assert ">3 of 10 back</td>" in mail.html
    assert "3 of 10 back" not in uploaded(sample_facts, None).html


def test_of_many_reworks_ten_are_named_and_the_rest_is_counted(sample_facts):
    names = [f"Rework {number}.mp4" for number in range(25)]
    for body in bodies(uploaded(sample_facts, reworks(30, names))):
        assert "Rework 9.mp4" in body
        assert "Rework 10.mp4" not in body
        assert "and 15 reworked files more." in body


def test_a_librarian_who_is_to_move_the_campaign_is_announced_while_reworks_are_out(sample_facts):
    for body in bodies(uploaded(sample_facts, reworks(waiting=NAMES, moves_to=None))):
        assert "When each has come back, a mail says so, and a librarian of the DAM moves the campaign on." in body
        assert "A3" not in body


def test_the_last_rework_says_that_all_are_back_and_that_the_campaign_moves_by_itself(sample_facts):
    mail = uploaded(sample_facts, reworks())
    assert mail.subject.endswith(" is in the DAM (all 4 reworked files are back)")
    assert "#b45309" not in mail.html
    for body in bodies(mail):
        assert "All 4 reworked files are back" in body
        assert "the campaign moves to a3 by itself" in body.lower()
        assert "still waited for" not in body.lower()
        assert "the campaign is checked and moves to A3. A mail tells when it has moved." in body


def test_the_last_rework_says_that_a_librarian_moves_the_campaign_where_nothing_else_does(sample_facts):
    mail = uploaded(sample_facts, reworks(moves_to=None))
    assert "#b45309" in mail.html
    for body in bodies(mail):
        assert "All 4 reworked files are back" in body
        assert "a librarian moves the campaign on" in body.lower()
        assert "this campaign is not moved by itself" in body
        assert "moves to" not in body.lower()


def test_what_follows_stands_before_the_facts_and_warnings_stand_beside_it(sample_facts):
    mail = uploaded(sample_facts, reworks(), warnings=["The length is 7 s, the name says 6S."])
    assert mail.subject.endswith("(all 4 reworked files are back), with 1 warning")
    for body in bodies(mail):
        assert body.lower().index("by itself") < body.index("The length is 7 s") < body.index("Agency Süd")


def test_the_only_rework_of_a_campaign_is_not_plural(sample_facts):
    mail = uploaded(sample_facts, reworks(1))
    assert mail.subject.endswith("(the reworked file is back)")
    for body in bodies(mail):
        assert "The reworked file is back" in body
        assert "1 of 1 reworked file of C000000078 Frühjahr & Sommer <2026> is back." in body


def test_a_campaign_that_moved_after_its_rework_names_what_was_reworked(sample_facts):
    mail = complete(sample_facts, NAMES)
    assert mail.subject.endswith(": 2 reworked files back in the DAM (A6 → A3)")
    assert "<b>_de" not in mail.html
    for body in bodies(mail):
        assert "All 2 reworked files are back" in body
        assert "Every reworked file of C000000078 Frühjahr & Sommer <2026> is back, and the campaign has moved" in body
        assert "from A6 to A3." in body
        assert "reworked (2)" in body.lower()
        assert all(name in body for name in NAMES)
        assert "9 files of 3 masters" in body


def test_a_single_reworked_file_is_not_plural(sample_facts):
    mail = complete(sample_facts, NAMES[:1])
    assert mail.subject.endswith(": 1 reworked file back in the DAM (A6 → A3)")
    assert "The 1 reworked file is back" in mail.text


def test_masters_missing_since_an_earlier_move_are_named_after_a_rework_too(sample_facts):
    for body in bodies(complete(sample_facts, NAMES, missing=["Key Visual.png"])):
        assert "All 2 reworked files are back" in body
        assert "without a localized file (1)" in body.lower()
        assert "Key Visual.png" in body


def test_a_campaign_moved_by_hand_out_of_its_rework_claims_nothing_of_the_rest(sample_facts):
    mail = complete(sample_facts, NAMES, forced=True)
    assert mail.subject.endswith(": moved to A3 by hand")
    for body in bodies(mail):
        assert "9 localized files are in the DAM, 2 of them reworked." in body
        assert "Every reworked file" not in body
        assert "reworked files are back" not in body


@pytest.mark.parametrize(("number", "opened"), [(12, True), (13, False)])
def test_many_reworked_files_are_folded(sample_facts, number, opened):
    mail = complete(sample_facts, [f"Rework {at}.mp4" for at in range(number)], derivatives=[])
    assert ("<details open" in mail.html) == opened


def test_without_a_rework_nothing_speaks_of_one(sample_facts):
    for template in ("a2_to_a3_file_uploaded", "a2_to_a3_complete"):
        for body in bodies(render(template, sample_facts[template])):
            assert "rework" not in body.lower()
