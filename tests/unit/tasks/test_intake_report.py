"""The report of an intake: every file under its campaign, and only campaigns that have something to say."""

from typing import Any

import pytest

from clients.box.client import BoxFile
from domain.derivatives import KnownMaster, PlannedFile
from domain.errors import UnknownTrackingId
from domain.report import AssetOutcome, CampaignOutcome, Failure, Outcome, RunReport
from tasks.intake_report import campaign_numbers, intake_report

NUMBER = "C000000078"


def planned(file_id: str, number: str | None = NUMBER) -> PlannedFile[BoxFile]:
    """A file of a campaign, or of none."""
    file = BoxFile(file_id, f"{file_id}.mp4", 1, "a" * 40, "0", None, ("Derivatives",), None, None)
    if number is None:
        return PlannedFile(file, refusal=UnknownTrackingId())
    return PlannedFile(file, master=KnownMaster(1, "aB3xY9", "Spot.mp4", number, f"Name of {number}", "9"))


def found(number: str = NUMBER, **more: Any) -> CampaignOutcome:
    """What was found of a campaign whose files are home."""
    return CampaignOutcome(number, "Found", "A2", "A3", **more)


def report(*plan: PlannedFile[BoxFile], campaigns: tuple[CampaignOutcome, ...] = (), **more: Any) -> RunReport:
    """The report of an intake in which every file was delivered; of campaigns not given, all is home."""
    fates = {file.file.file_id: AssetOutcome(file.file.file_id, file.path, Outcome.DELIVERED) for file in plan}
    others = [found(number) for number in campaign_numbers(plan)]
    return intake_report(plan, fates, campaigns or others, **more)


def shape(made: RunReport) -> list[tuple[str, list[str]]]:
    """The files of each campaign, in the order of the report."""
    return [(campaign.number, [asset.asset_id for asset in campaign.assets]) for campaign in made.campaigns]


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_intake_goes_to_the_dam(dry_run: bool):
    made = report(dry_run=dry_run)
    assert (made.workflow, made.destination, made.dry_run) == ("a2-to-a3", "the DAM", dry_run)


def test_an_intake_without_files_did_nothing():
    made = report()
    assert (made.campaigns, made.files, made.headline) == ([], [], "nothing to do")


def test_every_file_stands_under_its_campaign_and_campaigns_stand_by_number():
    made = report(planned("3", "C2"), planned("1", "C1"), planned("2", "C2"))
    assert shape(made) == [("C1", ["1"]), ("C2", ["3", "2"])]
    assert made.files == []


def test_files_of_no_campaign_stand_apart_in_the_order_of_the_plan():
    made = report(planned("2", None), planned("1"), planned("0", None))
    assert [file.asset_id for file in made.files] == ["2", "0"]
    assert shape(made) == [(NUMBER, ["1"])]


def test_files_are_put_to_what_was_found_of_their_campaign():
    settled = found(note="1 of 2 masters have come back")
    (campaign,) = report(planned("1"), campaigns=(settled,)).campaigns
    assert campaign is settled
    assert [asset.asset_id for asset in campaign.assets] == ["1"]


def test_a_campaign_that_merely_waits_is_shown_to_whom_asked_for_it():
    waiting = found(note="1 of 2 masters have come back")
    assert report(campaigns=(waiting,), named=NUMBER).campaigns == [waiting]
    assert report(campaigns=(waiting,), named="C2").campaigns == []


@pytest.mark.parametrize("order", [1, -1], ids=["moved-first", "moved-last"])
def test_of_a_campaign_that_was_met_twice_the_move_counts(order: int):
    moved, waiting = found(moved=True), found(note="there is nothing to move")
    assert report(campaigns=(moved, waiting)[::order]).campaigns == [moved]


def test_of_a_campaign_that_was_moved_and_then_failed_the_failure_counts():
    moved, failed = found(moved=True), found(failure=Failure.of(UnknownTrackingId()))
    assert report(campaigns=(moved, failed)).campaigns == [failed]


def test_a_campaign_that_merely_waits_is_not_worth_a_place():
    assert report(campaigns=(found(note="1 of 2 masters have come back"),)).campaigns == []


@pytest.mark.parametrize(
    "campaign",
    [found(moved=True), found(failure=Failure.of(RuntimeError()))],
    ids=["moved", "failed"],
)
def test_a_campaign_without_files_that_moved_or_failed_is_worth_a_place(campaign: CampaignOutcome):
    assert report(campaigns=(campaign,)).campaigns == [campaign]


def test_the_campaigns_of_files_are_named_once_each_by_number():
    plan = [planned("1", "C2"), planned("2", None), planned("3", "C1"), planned("4", "C2")]
    assert campaign_numbers(plan) == ["C1", "C2"]
    assert campaign_numbers([]) == []
