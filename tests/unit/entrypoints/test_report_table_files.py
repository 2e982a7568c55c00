"""The report of an intake on the terminal: files of no campaign, warnings, what a dry run would tell the DAM."""

import json
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from domain.errors import UnknownTrackingId
from domain.report import AssetOutcome, CampaignOutcome, Failure, Outcome, RunReport
from entrypoints.report_table import show_report

PATH = "Derivatives/Agency [de]/1234567_RAF_TEST_aB3xY9.mp4"
UNKNOWN = Failure.of(UnknownTrackingId("x.mp4: no master carries the tracking id 'aB3xY9'"))
REPRESENTATION = {"asset_resource": {"name": "Haselnüsse [bold].mp4", "values": [1, None, True]}}
WIDE = 100_000
HEADINGS = ["asset", "outcome", "tracking id", "in the DAM or why not"]


def fate(path: str = PATH, outcome: Outcome = Outcome.DELIVERED, **more: Any) -> AssetOutcome:
    """What became of one file."""
    return AssetOutcome("7", path, outcome, **more)


def campaign(*assets: AssetOutcome, **more: Any) -> CampaignOutcome:
    """What became of a campaign."""
    return CampaignOutcome("C000000078", "Spring", "A2", "A3", assets=list(assets), **more)


def shown(
    *campaigns: CampaignOutcome, files: tuple[AssetOutcome, ...] = (), dry_run: bool = False, width: int = WIDE
) -> str:
    """The report of an intake as it stands on a terminal of that width, without colours."""
    report = RunReport("a2-to-a3", dry_run=dry_run, destination="the DAM", campaigns=list(campaigns))
    report.files = list(files)
    out = StringIO()
    show_report(report, Console(file=out, width=width))
    return out.getvalue()


def rows(text: str) -> list[list[str]]:
    """The cells of every line, without those that are empty."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()]


def test_a_file_is_shown_with_its_name_in_the_dam():
    text = shown(campaign(fate(tracking_id="aB3xY9", target_name="RAF_TEST.mp4")))
    assert rows(text)[1:3] == [HEADINGS, [PATH, "delivered", "aB3xY9", "RAF_TEST.mp4"]]


def test_files_of_no_campaign_are_shown_after_the_campaigns_with_what_is_wrong():
    text = shown(campaign(fate()), files=(fate("x.mp4", Outcome.FAILED, failure=UNKNOWN),))
    before, files = text.split("Files of no campaign\n")
    assert before.startswith("C000000078 Spring: does not move on to A3")
    assert rows(files) == [
        HEADINGS,
        ["x.mp4", "failed", f"{UNKNOWN.reason} {UNKNOWN.advice}"],
        ["a2-to-a3: 1 delivered; 1 failed"],
    ]


def test_without_files_of_no_campaign_there_is_no_place_for_them():
    assert "Files of no campaign" not in shown(campaign(fate()))


def test_every_warning_has_a_line_of_its_own_below_the_name():
    text = shown(campaign(fate(target_name="RAF.mp4", warnings=("no score [yet]", "brand: NUT is not known"))))
    lines = [line.strip() for line in text.splitlines()]
    place = lines.index("look at this: no score [yet]")
    assert lines[place - 1].endswith("RAF.mp4")
    assert lines[place + 1] == "look at this: brand: NUT is not known"


def test_a_failure_is_shown_before_the_warnings():
    lines = shown(campaign(fate(outcome=Outcome.FAILED, failure=UNKNOWN, warnings=("no score",)))).splitlines()
    place = lines.index(next(line for line in lines if line.strip() == "look at this: no score"))
    assert lines[place - 1].rstrip().endswith(UNKNOWN.advice)


def test_a_dry_run_shows_what_the_dam_would_be_told_before_everything_else():
    planned = fate(outcome=Outcome.PLANNED, representation=REPRESENTATION)
    text = shown(campaign(planned, note="would still wait for Spot.mp4"), dry_run=True)
    head, body = text.split("\n", 1)
    representation, rest = body.split("C000000078 Spring: would still wait for Spot.mp4")
    assert head == f"{PATH} would be described so:"
    assert json.loads(representation) == REPRESENTATION
    assert "Haselnüsse" in representation
    assert PATH in rest


def test_files_of_no_campaign_are_described_too():
    text = shown(files=(fate("x.mp4", Outcome.PLANNED, representation={"name": "x"}),), dry_run=True)
    assert text.startswith('x.mp4 would be described so:\n{\n  "name": "x"\n}\nFiles of no campaign\n')


def test_of_a_file_without_representation_nothing_would_be_told():
    assert "would be described so" not in shown(campaign(fate(outcome=Outcome.ALREADY)), dry_run=True)


@pytest.mark.parametrize("name", ["[bold]a.png", "[/]a.png", "a|b.png", "[link=https://example.com]a.png", "\\[a].png"])
def test_a_name_is_shown_as_it_is(name: str):
    planned = fate(name, Outcome.PLANNED, target_name=name, warnings=(name,), representation={name: name})
    text = shown(files=(planned,), dry_run=True)
    assert text.startswith(f"{name} would be described so:\n")
    _head, table = text.split("Files of no campaign\n")
    assert rows(table)[1] == [name, "planned", name]
    assert f"look at this: {name}" in table
    assert json.dumps(name) in text


def test_on_a_narrow_terminal_no_file_is_cut_off():
    files = (fate(PATH * 3, Outcome.FAILED, failure=UNKNOWN, warnings=("no score",) * 2),)
    narrow, wide = ("".join(sorted(shown(files=files, width=width).replace(" ", ""))) for width in (50, WIDE))
    assert narrow.strip() == wide.strip()
