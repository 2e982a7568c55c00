from collections import Counter
from io import StringIO

import pytest
from rich.console import Console

from domain.errors import MetadataRefused
from domain.report import AssetOutcome, CampaignOutcome, Failure, Outcome, RunReport
from entrypoints.console import open_console
from entrypoints.report_table import _COLOURS, show_report

PATH = "Films/Cut-downs & Teasers [de]/Ein Film über Haselnüsse, der einen recht langen Namen hat, 16x9.mp4"
BOX_NAME = "Ein Film über Haselnüsse, der einen recht langen Namen hat, 16x9_Ab3dE9.mp4"
WIDE = 100_000


def report(*, dry_run: bool = False, moved: bool = False, note: str | None = None) -> RunReport:
    """A report of one campaign, with an asset that arrived and one that did not."""
    failure = Failure.of(MetadataRefused("the asset has no content"))
    assets = [
        AssetOutcome("1", PATH, Outcome.DELIVERED, tracking_id="Ab3dE9", target_name=BOX_NAME),
        AssetOutcome("2", "[bold]Storyboard.pdf", Outcome.FAILED, failure=failure),
    ]
    campaign = CampaignOutcome("C000000078", "Spring [2027]", "A1", "A2", assets, moved=moved, note=note)
    return RunReport("a1-to-a2", dry_run=dry_run, campaigns=[campaign], parked=["mail 7: [no] answer"])


def shown(found: RunReport, width: int) -> str:
    """The report as it stands on a terminal of that width, without colours."""
    out = StringIO()
    show_report(found, Console(file=out, width=width))
    return out.getvalue()


def test_a_program_that_reads_the_report_gets_every_asset_in_one_line():
    lines = shown(report(), WIDE).splitlines()
    assert any(PATH in line and "Ab3dE9" in line and BOX_NAME in line for line in lines)
    assert any("[bold]Storyboard.pdf" in line and "no content Complete it in the DAM;" in line for line in lines)
    assert "given up on: mail 7: [no] answer" in lines


def test_on_a_narrow_terminal_nothing_is_cut_off():
    narrow, wide = ("".join(shown(report(), width).split()) for width in (50, WIDE))
    assert Counter(narrow) == Counter(wide)
    assert all(len(line) <= 50 for line in shown(report(), 50).splitlines())


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (report(moved=True), "C000000078 Spring [2027]: moved A1 → A2"),
        (report(moved=True, note="finished"), "C000000078 Spring [2027]: moved A1 → A2: finished"),
        (report(note="1 asset failed"), "C000000078 Spring [2027]: does not move on to A2: 1 asset failed"),
        (report(dry_run=True, note="would stay in A1"), "C000000078 Spring [2027]: would stay in A1"),
    ],
)
def test_the_title_says_what_became_of_the_campaign(found: RunReport, title: str):
    assert shown(found, WIDE).splitlines()[0].rstrip() == title


def test_of_a_campaign_that_was_only_looked_at_no_move_is_said():
    campaign = CampaignOutcome("C000000078", "Spring [2027]", "A4", "A4", note="announced")
    found = RunReport("a4-live", campaigns=[campaign], findings=["1 campaign in A4"])
    first, last = shown(found, WIDE).splitlines()
    assert (first.rstrip(), last.rstrip()) == ("C000000078 Spring [2027]: announced", "a4-live: 1 campaign in A4")


def test_output_that_is_not_on_a_terminal_is_not_wrapped(capsys: pytest.CaptureFixture[str]):
    open_console().print(PATH * 5, markup=False)
    open_console(stderr=True).print(BOX_NAME * 5, markup=False)
    told = capsys.readouterr()
    assert told.out == PATH * 5 + "\n"
    assert told.err == BOX_NAME * 5 + "\n"


def test_every_outcome_can_be_shown():
    assert set(_COLOURS) == set(Outcome)
