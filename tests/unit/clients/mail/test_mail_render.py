import copy
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from clients.mail import render as render_module
from clients.mail.catalogue import KINDS, LOOKS, OTHER_REVIEWER, REVIEWERS
from clients.mail.render import ROWS_SHOWN, render, severity_of, template_names
from domain.errors import ConfigError

VOID = {"meta", "br"}


class OpenTags(HTMLParser):
    """Finds elements that are closed in the wrong order or never, and collects what is visible."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def visible(html: str) -> str:
    parser = OpenTags()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return " ".join(" ".join(parser.text).split())


@pytest.mark.parametrize("template", template_names())
def test_every_mail_says_in_both_bodies_what_it_is_about(template, sample_facts):
    facts = sample_facts[template]
    mail = render(template, facts)
    about = {
        "upload_failed": "1234567_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4",
        "creativex_failed": "Scorecard Süd 7.pdf",
        "messages_parked": "gone@example.com",
        "run_failed": "the DAM did not answer <in time>",
        "run_long": "it has been going on for more than 6 hours",
        "no_runs": "No run has gone through for 30 minutes",
    }.get(template, "C000000078 Frühjahr & Sommer <2026>")
    assert about in mail.text
    assert about in visible(mail.html)
    assert "what happens next" in mail.text.lower()
    assert "What happens next" in visible(mail.html)
    assert facts["run_url"] in mail.text
    assert facts["run_url"] in mail.html


@pytest.mark.parametrize("template", template_names())
def test_every_mail_shows_its_severity_by_colour_and_word(template, sample_facts):
    look = LOOKS[severity_of(template)]
    mail = render(template, sample_facts[template])
    assert mail.subject.startswith(f"[staging] {look.emoji} ")
    assert f'bgcolor="{look.colour}"' in mail.html
    assert look.label in visible(mail.html)
    assert look.label.upper() in mail.text


@pytest.mark.parametrize("template", template_names())
def test_every_fact_of_the_catalogue_is_used_and_missed_by_name(template, sample_facts):
    assert KINDS[template].facts == sample_facts[template].keys()
    source = Path(render_module.__file__).parent / "templates"
    everything = "".join(path.read_text(encoding="utf-8") for path in source.rglob("*.*"))
    for fact in KINDS[template].facts:
        assert re.search(rf"\b{fact}\b", everything)
        facts = {name: value for name, value in sample_facts[template].items() if name != fact}
        with pytest.raises(ConfigError, match=f"mail template {template}: the fact '{fact}' is missing"):
            render(template, facts)


def test_all_missing_facts_are_named_at_once(sample_facts):
    with pytest.raises(ConfigError) as refusal:
        render("campaign_failed", {"environment": "staging"})
    assert len(refusal.value.faults) == 5


def test_a_fact_missing_inside_another_names_the_template(sample_facts):
    facts = copy.deepcopy(sample_facts["a1_to_a2_complete"])
    del facts["assets"][3]["tracking_id"]
    with pytest.raises(ConfigError, match=r"a1_to_a2_complete: .*tracking_id"):
        render("a1_to_a2_complete", facts)


def test_a_moment_that_is_not_one_names_the_template(sample_facts):
    with pytest.raises(ConfigError, match=r"a1_to_a2_no_assets: .*yesterday"):
        render("a1_to_a2_no_assets", sample_facts["a1_to_a2_no_assets"] | {"empty_since": "yesterday"})


def test_an_unknown_mail_is_refused_with_the_names_that_exist():
    with pytest.raises(ConfigError, match="there are a1_to_a2_complete"):
        render("a9_to_a0", {})


def test_the_folders_on_disk_are_the_catalogue():
    source = Path(render_module.__file__).parent / "templates"
    assert {path.name for path in source.iterdir() if path.is_dir()} == set(template_names())
    for name in template_names():
        assert {path.name for path in (source / name).iterdir()} == {"subject.txt", "body.txt", "body.html"}


def test_production_mails_carry_no_environment(sample_facts):
    mail = render("a1_to_a2_complete", sample_facts["a1_to_a2_complete"] | {"environment": "production"})
    assert mail.subject.startswith("✅ C000000078")
    assert "production" not in mail.text + mail.html


def test_names_cannot_bring_html_of_their_own(sample_facts):
    facts = copy.deepcopy(sample_facts["a1_to_a2_partial"])
    evil = '"><script>alert(1)</script>'
    for thing in (*facts["assets"], *facts["failed"], *facts["skipped"]):
        for key, value in thing.items():
            if isinstance(value, str) and not key.endswith("url"):
                thing[key] = evil
    facts["campaign"] = facts["campaign"] | {"name": evil}
    html = render("a1_to_a2_partial", facts).html
    assert "<script" not in html
    assert evil in visible(html)


def test_only_web_addresses_become_links(sample_facts):
    facts = copy.deepcopy(sample_facts["a1_to_a2_complete"])
    facts["box_folder_url"] = facts["run_url"] = facts["assets"][0]["box_url"] = "javascript:alert(1)"
    facts["campaign"] = facts["campaign"] | {"folder_url": 'https://dam.example.com/"onclick="x'}
    html = render("a1_to_a2_complete", facts).html
    assert "javascript:" not in html
    assert '"onclick="' not in html


def test_a_line_break_in_a_name_stays_out_of_the_subject(sample_facts):
    facts = sample_facts["campaign_failed"]
    facts["campaign"] = facts["campaign"] | {"name": "Summer\r\nBcc: eve@example.com"}
    subject = render("campaign_failed", facts).subject
    assert subject == "[staging] ❌ C000000078 Summer Bcc: eve@example.com: could not be worked on"


def test_what_is_null_is_left_out(sample_facts):
    facts = copy.deepcopy(sample_facts["a1_to_a2_complete"]) | {"run_url": None, "box_folder_url": None}
    facts["campaign"]["folder_url"] = None
    facts["assets"][0] |= {"box_url": None, "tracking_id": None, "size_bytes": None}
    mail = render("a1_to_a2_complete", facts)
    assert "None" not in mail.text + mail.html
    assert "Open the" not in mail.html


def test_a_failed_asset_is_shown_with_reason_advice_and_whether_it_is_tried_again(sample_facts):
    mail = render("a1_to_a2_partial", sample_facts["a1_to_a2_partial"])
    for body in (mail.text, visible(mail.html)):
        assert "02. Film/Spot.mp4" in body
        assert "the asset has no content in the DAM; upload its file there" in body
        assert "Complete it in the DAM; the next run takes it." in body
        assert "Stays as it is until a person has acted." in body
        assert "Tried again automatically." in body
    assert "2 of 22 masters not delivered, stays A1" in mail.subject


def test_every_asset_is_listed_with_tracking_id_and_link_to_box(sample_facts):
    facts = sample_facts["a1_to_a2_complete"]
    mail = render("a1_to_a2_complete", facts)
    for asset in facts["assets"]:
        for body in (mail.text, mail.html):
            assert asset["tracking_id"] in body
            assert asset["box_url"] in body
        assert asset["name"] in visible(mail.html)


def test_a_mail_of_a_thousand_assets_is_not_cut_off_by_mail_programs(sample_facts):
    facts = sample_facts["a1_to_a2_complete"]
    facts["assets"] = facts["assets"] * 200
    mail = render("a1_to_a2_complete", facts)
    assert len(mail.html.encode()) < 100_000
    assert mail.html.count("https://box.example.com/file/") == ROWS_SHOWN
    for body in (mail.text, visible(mail.html)):
        assert "and 900 masters more: see the folder in Box" in body
    assert "1000 masters delivered" in mail.subject


def test_many_assets_are_collapsed_and_few_are_open(sample_facts):
    assert "<details open" in render("a1_to_a2_complete", sample_facts["a1_to_a2_complete"]).html
    assert "<details open" not in render("a1_to_a2_partial", sample_facts["a1_to_a2_partial"]).html


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("complete", "Local campaigns can now be adapted from these global masters."),
        ("partial", "When all global masters are in Box, the campaign moves to B2"),
        ("no_assets", "its Final Assets folder has been empty since"),
    ],
)
def test_mails_of_global_masters_ask_no_agency_for_anything(sample_facts, kind, said):
    mail = render(f"b1_to_b2_{kind}", sample_facts[f"b1_to_b2_{kind}"])
    assert "global masters" in mail.subject
    for body in (mail.text, visible(mail.html)):
        assert said in body
        assert "agencies" not in body.lower()
        assert "A2" not in body


def test_one_master_is_not_plural(sample_facts):
    facts = sample_facts["a1_to_a2_complete"]
    mail = render("a1_to_a2_complete", facts | {"assets": facts["assets"][:1]})
    assert "The 1 master is in Box" in mail.text
    assert "1 master delivered to Box (A1 → A2)" in mail.subject


def test_both_bodies_stay_without_scripts_pictures_and_emoji(sample_facts):
    emoji = [look.emoji for look in LOOKS.values()]
    for template, facts in sample_facts.items():
        mail = render(template, facts)
        assert not any(sign in mail.text + mail.html for sign in emoji)
        assert not re.search(r"<(script|img|link|iframe)\b", mail.html)


@pytest.mark.parametrize("colour", [*(look.colour for look in LOOKS.values()), *REVIEWERS.values(), OTHER_REVIEWER])
def test_white_is_readable_on_every_colour(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5


@pytest.mark.parametrize("template", template_names())
def test_every_mail_fits_a_phone_and_follows_its_dark_colours(template, sample_facts):
    html = render(template, sample_facts[template]).html
    assert 'name="viewport"' in html
    assert "prefers-color-scheme: dark" in html
    fixed = re.findall(r"(?<![-\w])width[:=]\"?(\d+)(?:px)?[\";]", html)
    assert all(int(width) <= 100 for width in fixed)
    for tag, style in re.findall(r'<(\w+ [^>]*)style="([^"]*)"', html):
        if re.search(r"(?<![-\w])color:#(1f2328|5b6470|1d4ed8)", style):
            assert re.search(r'class="[^"]*(ink|soft|link)', tag)
        if "background:#f6f7f9" in style:
            assert "box" in tag


def test_the_mail_about_parked_messages_names_each_and_the_command_that_sends_it_again(sample_facts):
    mail = render("messages_parked", sample_facts["messages_parked"])
    assert "- a1_to_a2_complete (number 41)\n" in mail.text
    assert "Number 41 By mail" in visible(mail.html)
    for body in (mail.text, visible(mail.html)):
        for command in ("send --all-parked", "send NUMBER", "list --parked"):
            assert f"content-scaling messages {command}" in body


def test_a_mail_about_parked_messages_that_was_queued_by_an_older_version_goes_out_too(sample_facts):
    (message,) = sample_facts["messages_parked"]["messages"]
    unnumbered = {name: fact for name, fact in message.items() if name != "number"}
    mail = render("messages_parked", sample_facts["messages_parked"] | {"messages": [unnumbered]})
    assert "- a1_to_a2_complete\n" in mail.text
    assert "Number" not in visible(mail.html).replace("NUMBER", "")
