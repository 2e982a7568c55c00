import html
import re

import pytest

from clients.mail.catalogue import REVIEWERS
from clients.mail.render import CUT_OFF_BYTES, REJECTIONS_SHOWN, render
from domain.errors import ConfigError

LONG = "\n".join(f"{number}. The pack shot on page {number} is last year's; use the new one." for number in range(40))
NOBODY = "No reviewer left a comment. Ask the librarians of the DAM what is to be changed."


def rejections(sample_facts, **changes):
    return render("a5_to_a6_rejections", sample_facts["a5_to_a6_rejections"] | changes)


def partial(sample_facts, **changes):
    return render("a5_to_a6_partial", sample_facts["a5_to_a6_partial"] | changes)


def one(sample_facts, *verdicts, **changes):
    """One rejected asset, of which `verdicts` were given."""
    asset = sample_facts["a5_to_a6_rejections"]["assets"][0]
    return rejections(sample_facts, assets=[asset | {"verdicts": list(verdicts)} | changes])


def verdict(comment, reviewer="Legal", certifier="Bo Ek", date="2026-03-02"):
    return {"reviewer": reviewer, "comment": comment, "certifier": certifier, "date": date}


def bodies(mail):
    return mail.text, html.unescape(mail.html)


def shown(mail):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", mail.html)).split())


def test_all_reviewers_comments_of_all_assets_stand_in_the_mail(sample_facts):
    mail = rejections(sample_facts)
    assert mail.subject.endswith(": 5 rejected assets in Box for rework (A5 → A6)")
    assert "Approver Ana Lopez · 2 Mar 2026, 09:05 UTC The pack shot is last year's. Please use" in shown(mail)
    assert "Legal Bo Ek · 03/02/2026 No comment." in shown(mail)
    assert "  Legal, Bo Ek, 03/02/2026:\n    No comment." in mail.text
    for body in bodies(mail):
        assert body.count("The claim needs its footnote.") == 2
        for asset in sample_facts["a5_to_a6_rejections"]["assets"]:
            for fact in (asset["box_url"], asset["tracking_id"], asset["name"], asset["status"], asset["master"]):
                assert fact in body


def test_the_mail_says_what_agencies_do_and_what_follows(sample_facts):
    for body in bodies(rejections(sample_facts)):
        assert "hand them in again, each with the same tracking id at the end of its filename." in body
        assert "When all are back, a mail says so." in body


def test_the_mail_says_that_a_name_without_job_number_is_refused(sample_facts):
    for mail in (rejections(sample_facts), partial(sample_facts)):
        for body in (" ".join(mail.text.split()), shown(mail)):
            assert (
                "a file without one is refused: hand each in under its full name, with the job number in front." in body
            )


def test_each_rejected_derivative_is_shown_with_the_full_name_to_hand_it_in_under(sample_facts):
    for mail in (rejections(sample_facts), partial(sample_facts)):
        for number in range(5):
            name = f"1234567_RAF_DE_de_T{number}_OLV_001_16x9_BJP4ho.mp4"
            assert f"  Hand in again as {name}\n" in mail.text
            assert f"Hand in again as {name} " in shown(mail)


def test_of_a_master_and_in_mails_queued_by_an_older_version_no_name_is_shown(sample_facts):
    older = dict(sample_facts["a5_to_a6_rejections"]["assets"][0])
    del older["hand_in_name"]
    for body in bodies(rejections(sample_facts, assets=[older, older | {"hand_in_name": None}])):
        assert "Hand in again as" not in body


def test_each_reviewer_has_a_name_and_a_colour_of_its_own(sample_facts):
    mail = one(sample_facts, *(verdict("Change it.", reviewer) for reviewer in REVIEWERS))
    assert len(set(REVIEWERS.values())) == len(REVIEWERS) == 3
    for reviewer, colour in REVIEWERS.items():
        chip = rf"<span style=\"[^\"]*background:{colour};color:#ffffff[^\"]*\">{html.escape(reviewer)}</span>"
        assert re.search(chip, mail.html)


def test_a_reviewer_without_a_colour_of_its_own_is_shown_all_the_same(sample_facts):
    for body in bodies(one(sample_facts, verdict("Change it.", "Packaging"))):
        assert "Packaging" in body
        assert "Change it." in body


def test_the_lines_of_a_comment_are_kept(sample_facts):
    mail = one(sample_facts, verdict("\nFirst.\r\n\r\nSecond.\n"))
    assert ">First.<br><br>Second.</div>" in mail.html
    assert "    First.\n\n    Second.\n" in mail.text


def test_a_comment_brings_no_html_of_its_own(sample_facts):
    evil = '</div><script>alert(1)</script><b title="x">'
    mail = one(sample_facts, verdict(evil, evil, evil, evil), status=evil, master=evil, path=f"{evil}/x.png")
    assert "<script" not in mail.html
    assert "<b title" not in mail.html
    for body in bodies(mail):
        assert body.count(evil) >= 5


def test_a_comment_cannot_pass_for_a_part_of_the_text(sample_facts):
    mail = one(sample_facts, verdict("Fine.\n\nWHAT HAPPENS NEXT\n\nNothing."))
    assert mail.text.count("\nWHAT HAPPENS NEXT") == 1


def test_a_long_comment_is_not_cut(sample_facts):
    for body in bodies(one(sample_facts, verdict(LONG))):
        assert all(line in body for line in LONG.splitlines())


def test_an_asset_without_any_comment_says_so(sample_facts):
    for body in bodies(one(sample_facts)):
        assert NOBODY in body


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_a_reviewer_who_gave_nothing_but_the_name_left_no_comment(sample_facts, nothing):
    mail = one(sample_facts, verdict(nothing, certifier=None, date=None))
    assert "  Legal:\n    No comment.\n" in mail.text
    assert "Legal No comment." in shown(mail)
    assert "None" not in mail.text + mail.html


def test_few_assets_are_unfolded_and_many_say_who_spoke_before_they_are_unfolded(sample_facts):
    assets = sample_facts["a5_to_a6_partial"]["assets"]
    few, many = rejections(sample_facts, assets=assets[:12]), rejections(sample_facts, assets=assets[:13])
    assert "<details" not in few.html
    assert many.html.count("<details") == 13
    for number, summary in enumerate(re.findall(r"<summary.*?</summary>", many.html, re.DOTALL)):
        said = html.unescape(summary)
        assert assets[number]["tracking_id"] in said
        assert all(verdict["reviewer"] in said for verdict in assets[number]["verdicts"])
        assert ("No comments" in said) == (not assets[number]["verdicts"])


def test_a_mail_that_programs_may_cut_off_says_so_before_the_comments(sample_facts):
    assets = [asset | {"verdicts": [verdict(LONG)]} for asset in sample_facts["a5_to_a6_partial"]["assets"] * 4]
    mail = rejections(sample_facts, assets=assets)
    assert len(mail.html.encode()) > CUT_OFF_BYTES
    assert mail.html.index("Open the whole message to read all comments.") < mail.html.index("39. The pack shot")
    for body in bodies(mail):
        assert body.count("39. The pack shot") == 80
    assert "Open the whole message" not in rejections(sample_facts).html


def test_beyond_what_a_mail_can_carry_the_assets_are_counted(sample_facts):
    assets = sample_facts["a5_to_a6_rejections"]["assets"] * 120
    mail = rejections(sample_facts, assets=assets)
    assert "600 rejected assets in Box" in mail.subject
    for body in bodies(mail):
        assert body.count("https://box.example.com/file/") == REJECTIONS_SHOWN
        assert "and 100 rejected assets more: what was said of them stands in the DAM." in body


def test_one_rejected_asset_is_not_plural(sample_facts):
    mail = one(sample_facts, verdict("Change it."))
    assert "1 rejected asset is in Box for rework" in mail.text
    assert "1 rejected asset in Box for rework (A5 → A6)" in mail.subject
    assert "Legal on 1 asset " in shown(mail)


def test_a_partial_delivery_shows_the_comments_and_what_is_missing(sample_facts):
    mail = partial(sample_facts)
    assert mail.subject.endswith(": 2 of 22 rejected assets not delivered, stays A5")
    for body in bodies(mail):
        assert "the asset has no content in the DAM; upload its file there" in body
        assert body.count("The claim needs its footnote.") == 5
        assert body.index("BJP4ho") < body.index("The pack shot is last year's.") < body.index("Cut-down.mp4")
        assert "the campaign moves to A6 and a mail with all comments says so." in body


def test_what_is_not_known_of_a_failed_asset_is_left_out(sample_facts):
    failed = sample_facts["a5_to_a6_partial"]["failed"][1:]
    mail = partial(sample_facts, failed=failed, assets=[])
    for body in bodies(mail):
        assert "Cut-down.mp4" in body
        assert "Tracking id" not in body
        assert "Agencies rework" not in body
        assert NOBODY not in body


def test_a_campaign_with_nothing_to_rework_says_what_to_do(sample_facts):
    mail = render("a5_to_a6_no_rejections", sample_facts["a5_to_a6_no_rejections"])
    assert mail.subject.endswith(": is A5 but nothing is marked NOT APPROVED")
    for body in bodies(mail):
        assert "No rejected assets found" in body
        assert "no asset is marked NOT APPROVED, or each that is has been replaced by a later upload." in body
        assert "Mark the rejected assets NOT APPROVED" in body
        assert "or move the campaign back" in body


def test_a_fact_missing_inside_a_verdict_names_the_template(sample_facts):
    with pytest.raises(ConfigError, match=r"a5_to_a6_rejections: .*date"):
        one(sample_facts, {"reviewer": "Legal", "comment": "Change it."})
