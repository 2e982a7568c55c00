"""A run's report as Markdown: complete, and no name of an asset can break it."""

import pytest

from domain.errors import MetadataRefused, ServiceUnavailable
from domain.report import AssetOutcome, CampaignOutcome, Failure, Outcome, RunReport
from tasks.report_markdown import as_markdown


def campaign(*assets: AssetOutcome, **more: object) -> CampaignOutcome:
    """Return the outcome of one campaign."""
    return CampaignOutcome("C000000078", "Spring", "A1", "A2", assets=list(assets), **more)  # type: ignore[arg-type]


def markdown_of(*campaigns: CampaignOutcome, dry_run: bool = False) -> str:
    """Return the report of a run over these campaigns."""
    return as_markdown(RunReport("a1-to-a2", dry_run=dry_run, campaigns=list(campaigns)))


def test_an_asset_is_shown_with_its_size_tracking_id_and_link_into_box():
    url = "https://box.example.com/file/7"
    asset = AssetOutcome("1", "Films/Spot.mp4", Outcome.DELIVERED, 24_000_000, "aB3xY9", "Spot_aB3xY9.mp4", url)
    text = markdown_of(campaign(asset, moved=True))
    assert "**Moved A1 → A2.**" in text
    row = next(line for line in text.splitlines() if "Spot" in line)
    assert [cell.strip().replace("\N{NO-BREAK SPACE}", " ") for cell in row.strip("|").split("|")] == [
        "Films/Spot.mp4",
        "24.0 MB",
        "delivered",
        "aB3xY9",
        f"Spot\\_aB3xY9.mp4 ([open]({url}))",
    ]


def test_a_failed_asset_is_shown_with_reason_and_advice():
    failure = Failure.of(MetadataRefused("Still.png: no content"))
    text = markdown_of(campaign(AssetOutcome("1", "Still.png", Outcome.FAILED, failure=failure)))
    assert "**Does not move on to A2**: 1 of 1 assets failed." in text
    assert f"failed: Still.png: no content. {failure.advice}" in text


@pytest.mark.parametrize(
    ("error", "told"),
    [(ServiceUnavailable("busy"), "It is tried again by itself."), (MetadataRefused("none"), "It waits for a person.")],
)
def test_a_campaign_that_failed_says_whom_it_waits_for(error: Exception, told: str):
    text = markdown_of(campaign(failure=Failure.of(error)))
    assert f"**Not worked on**: {error}." in text
    assert told in text


def test_a_campaign_that_was_left_alone_says_why_and_not_that_it_stays():
    assert "\nIs A3 now, no longer A1.\n" in markdown_of(campaign(note="is A3 now, no longer A1"))
    assert "\nWould move to A2.\n" in markdown_of(campaign(note="would move to A2"), dry_run=True)


def test_a_run_without_campaigns_is_one_sentence():
    assert markdown_of().strip() == "# a1-to-a2\n\nNothing to do."
    assert markdown_of(dry_run=True).startswith("# a1-to-a2 (dry run)")


def test_messages_given_up_are_listed():
    assert "- mail x: refused" in as_markdown(RunReport("deliver-messages", parked=["mail x: refused"]))


@pytest.mark.parametrize("name", ["a|b.png", "[x](https://example.com).png", "<b>.png", "**a**\n# b.png", "`a`.png"])
def test_no_name_breaks_out_of_its_cell(name: str):
    text = markdown_of(campaign(AssetOutcome("1", name, Outcome.PLANNED)))
    row = text.splitlines()[-1] if text.splitlines()[-1] else text.splitlines()[-2]
    assert row.count("|") - row.count("\\|") == 6
    for character in "[*`<":
        assert row.count(character) == row.count(f"\\{character}")
