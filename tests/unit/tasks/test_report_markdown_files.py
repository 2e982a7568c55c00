"""The report of an intake as Markdown: files go to the DAM, some belong to no campaign, and no name can break it."""

import json
import re
from typing import Any

import pytest

from domain.codes import Codes
from domain.errors import FilenameRefused, UnknownTrackingId
from domain.filenames.parse import parse
from domain.report import AssetOutcome, CampaignOutcome, Failure, Outcome, RunReport
from tasks.report_markdown import as_markdown

URL = "https://box.example.com/file/7"
PATH = "Derivatives/1234567_RAF_TEST_aB3xY9.mp4"
UNKNOWN = Failure.of(UnknownTrackingId("x.mp4: no master carries the tracking id 'aB3xY9'"))
NASTY = [
    "a|b.png",
    "[x](https://example.com).png",
    "<b>.png",
    "**a**\n# b.png",
    "`a`.png",
    "```\n.png",
    "a\\|b_c.png",
    "~~a~~.png",
    "a\rb.png",
]
REPRESENTATION = {"asset_resource": {"metadata": {"name": "Haselnüsse", "values": [1, None, True]}}}


def fate(path: str = PATH, outcome: Outcome = Outcome.DELIVERED, **more: Any) -> AssetOutcome:
    """What became of one file."""
    return AssetOutcome("7", path, outcome, **more)


def campaign(*assets: AssetOutcome, **more: Any) -> CampaignOutcome:
    """What became of a campaign."""
    return CampaignOutcome("C000000078", "Spring", "A2", "A3", assets=list(assets), **more)


def markdown(*campaigns: CampaignOutcome, files: tuple[AssetOutcome, ...] = (), dry_run: bool = False) -> str:
    """The report of an intake."""
    report = RunReport("a2-to-a3", dry_run=dry_run, destination="the DAM", campaigns=list(campaigns))
    report.files = list(files)
    return as_markdown(report)


def cells(line: str) -> list[str]:
    """The cells of a table's row, as they are shown."""
    inner = re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]
    return [re.sub(r"\\([\\|*_`~\[\]<>])", r"\1", cell.strip()) for cell in inner]


def row(text: str) -> list[str]:
    """The cells of the only row of the only table."""
    (found,) = [line for line in text.split("\n") if line.startswith("| ") and not line.startswith("| asset |")]
    return cells(found)


def told(text: str) -> list[Any]:
    """What the DAM would be told, from every code block."""
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)\n```$", text, re.DOTALL | re.MULTILINE)]


def test_a_file_is_shown_with_its_name_in_the_dam():
    text = markdown(campaign(fate(size_bytes=24_000_000, tracking_id="aB3xY9", target_name="RAF_TEST.mp4"), moved=True))
    assert "| asset | size | outcome | tracking id | in the DAM |" in text
    assert row(text) == [PATH, "24.0\N{NO-BREAK SPACE}MB", "delivered", "aB3xY9", "RAF_TEST.mp4"]


def test_the_link_into_box_is_on_the_file_and_not_on_its_name_in_the_dam():
    path, *_others, name = row(markdown(campaign(fate(box_url=URL, target_name="RAF.mp4", outcome=Outcome.PLANNED))))
    assert (path, name) == (f"{PATH} ([open]({URL}))", "RAF.mp4")


def test_a_file_that_has_left_box_has_no_link():
    assert "](" not in markdown(campaign(fate(target_name="RAF.mp4")))


def test_files_of_no_campaign_are_shown_after_the_campaigns_with_what_is_wrong():
    text = markdown(campaign(fate()), files=(fate("x.mp4", Outcome.FAILED, failure=UNKNOWN, box_url=URL),))
    campaigns, files = text.split("## Files of no campaign\n")
    assert "C000000078" in campaigns
    assert row(files) == [f"x.mp4 ([open]({URL}))", "", f"failed: {UNKNOWN.reason}. {UNKNOWN.advice}", "", ""]


def test_without_files_of_no_campaign_there_is_no_place_for_them():
    assert "Files of no campaign" not in markdown(campaign(fate()))


def test_a_run_that_met_only_files_of_no_campaign_does_not_say_that_there_was_nothing_to_do():
    text = markdown(files=(fate("x.mp4", Outcome.FAILED, failure=UNKNOWN),))
    assert text.startswith("# a2-to-a3\n\n1 failed.\n")


def test_all_faults_of_a_name_stand_in_one_row():
    codes = Codes(brands=(), countries=(), languages=(), asset_types=(), social=())
    with pytest.raises(FilenameRefused) as caught:
        parse("1234567_raf_DE_de_TEST_OLV_001_6S_16X9_BJP4ho.mp4", codes)
    outcome = row(markdown(files=(fate("x.mp4", Outcome.FAILED, failure=Failure.of(caught.value)),)))[2]
    for text in (*(fault.text for fault in caught.value.faults), *caught.value.proposals, caught.value.advice):
        assert text in outcome


def test_every_warning_is_shown_below_the_outcome():
    warnings = ("no CreativeX score was found; - was written", "brand: NUT is not among the known codes")
    outcome = row(markdown(campaign(fate(warnings=warnings))))[2]
    assert outcome.split("<br>") == ["delivered", *(f"Look at this: {warning}" for warning in warnings)]


def test_a_failure_is_shown_before_the_warnings():
    failed = fate(outcome=Outcome.FAILED, failure=UNKNOWN, warnings=("a",))
    assert row(markdown(campaign(failed)))[2] == f"failed: {UNKNOWN.reason}. {UNKNOWN.advice}<br>Look at this: a"


def test_a_campaign_that_waits_says_for_what():
    text = markdown(campaign(fate(), note="1 of 2 masters have come back; waiting for Spot.mp4"))
    assert "\n1 of 2 masters have come back; waiting for Spot.mp4.\n" in text


def test_a_campaign_with_failures_says_where_it_does_not_move_and_for_what_it_waits():
    failed = fate(outcome=Outcome.FAILED, failure=UNKNOWN)
    text = markdown(campaign(fate(), failed, note="1 of 2 masters have come back"))
    assert "**Does not move on to A3**: 1 of 2 assets failed; 1 of 2 masters have come back." in text


def test_a_dry_run_shows_what_the_dam_would_be_told_of_each_file():
    planned = fate(outcome=Outcome.PLANNED, representation=REPRESENTATION)
    other = fate("b.mp4", Outcome.PLANNED, representation={"name": "b.mp4"})
    text = markdown(campaign(planned, other), dry_run=True)
    assert told(text) == [REPRESENTATION, {"name": "b.mp4"}]
    headings = [line for line in text.split("\n") if line.startswith("## What the DAM would be told of ")]
    assert [heading.replace("\\", "").rpartition(" ")[2] for heading in headings] == [PATH, "b.mp4"]


def test_letters_are_shown_as_they_are_sent():
    assert '"Haselnüsse"' in markdown(campaign(fate(representation=REPRESENTATION)), dry_run=True)


def test_of_a_file_without_representation_nothing_would_be_told():
    text = markdown(campaign(fate(outcome=Outcome.ALREADY)), dry_run=True)
    assert "What the DAM would be told" not in text
    assert "```" not in text


@pytest.mark.parametrize("name", NASTY)
def test_no_name_breaks_out_of_its_cell(name: str):
    planned = fate(name, Outcome.PLANNED, target_name=name, warnings=(name,), box_url=URL)
    found = row(markdown(files=(planned,)))
    shown = " ".join(name.splitlines())
    assert found == [f"{shown} ([open]({URL}))", "", f"planned<br>Look at this: {shown}", "", shown]


@pytest.mark.parametrize("name", NASTY)
def test_no_name_becomes_markup(name: str):
    text = markdown(files=(fate(name, Outcome.PLANNED, target_name=name, warnings=(name,)),)).replace("<br>", "")
    for character in "[]*`~<>":
        assert text.count(character) == text.count(f"\\{character}")


@pytest.mark.parametrize("name", NASTY)
def test_no_name_breaks_out_of_the_heading_of_a_code_block(name: str):
    lines = markdown(files=(fate(name, Outcome.PLANNED, representation={}),), dry_run=True).split("\n")
    heading = lines[lines.index("```json") - 2]
    assert heading.startswith("## What the DAM would be told of ")
    assert re.sub(r"\\(.)", r"\1", heading).endswith(" ".join(name.splitlines()))
    assert not re.search(r"(?<!\\)[`\[<*~]", heading)


@pytest.mark.parametrize("text", ["```", "```\n# b", "\n```\n", "\r```\r", "a\u2028```"])
def test_nothing_that_the_dam_would_be_told_breaks_out_of_its_code_block(text: str):
    representation = {text: [text, {"value": text}]}
    shown = markdown(files=(fate(outcome=Outcome.PLANNED, representation=representation),), dry_run=True)
    assert told(shown) == [representation]
    assert [line for line in re.split(r"\r\n|\r|\n", shown) if line.lstrip().startswith("```")] == ["```json", "```"]
