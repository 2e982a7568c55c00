"""What a run says of itself: its headline, its trouble, and what tells one failure from the next."""

import pytest

from domain.errors import (
    IntegrityError,
    MediaRefused,
    MetadataRefused,
    ScoreRefused,
    ServiceUnavailable,
    StoreUnavailable,
)
from domain.report import AssetOutcome, CampaignOutcome, Failure, MendedBy, Outcome, RunReport

REFUSED = Failure.of(MetadataRefused("Still.png: no content"))


def outcome_of(number: str, *assets: Outcome, moved: bool = False, failure: Failure | None = None) -> CampaignOutcome:
    """Return the outcome of a campaign with assets that ended like this."""
    ended = [AssetOutcome(str(place), f"{place}.png", asset) for place, asset in enumerate(assets)]
    return CampaignOutcome(number, "Name", "A1", "A2", assets=ended, moved=moved, failure=failure)


def test_the_headline_counts_assets_and_names_campaigns():
    report = RunReport(
        "a1-to-a2",
        campaigns=[
            outcome_of("C1", Outcome.DELIVERED, Outcome.DELIVERED, moved=True),
            outcome_of("C2", Outcome.ALREADY, Outcome.FAILED),
            outcome_of("C3", failure=REFUSED),
        ],
        parked=["mail x: refused"],
    )
    assert report.headline == (
        "2 delivered; 1 already there; 1 failed; moved C1 A1→A2; could not work on C3; 1 message parked"
    )


def test_a_dry_run_says_so_first():
    report = RunReport("a1-to-a2", dry_run=True, campaigns=[outcome_of("C1", Outcome.PLANNED)])
    assert report.headline == "dry run: 1 planned"


def test_campaigns_without_assets_are_counted_as_looked_at():
    report = RunReport("a1-to-a2", campaigns=[outcome_of("C1")])
    assert report.headline == "1 campaign looked at, nothing to deliver"
    assert not report.in_trouble


def test_a_run_that_carries_nothing_says_what_it_has_found():
    watched = CampaignOutcome("C1", "Name", "A4", "A4", note="announced")
    report = RunReport("a4-live", campaigns=[watched], findings=["1 campaign in A4", "1 announced"])
    assert report.headline == "1 campaign in A4; 1 announced"
    assert watched.is_watched
    assert not report.in_trouble


@pytest.mark.parametrize(
    "report",
    [
        RunReport("w", campaigns=[outcome_of("C1", Outcome.FAILED, Outcome.DELIVERED)]),
        RunReport("w", campaigns=[outcome_of("C1", Outcome.DELIVERED, moved=True), outcome_of("C2", failure=REFUSED)]),
        RunReport("w", parked=["mail x: refused"]),
    ],
    ids=["an asset failed", "a campaign failed", "a message was given up"],
)
def test_a_run_with_something_left_to_do_is_in_trouble(report: RunReport):
    assert report.in_trouble


@pytest.mark.parametrize("error", [ServiceUnavailable("busy"), StoreUnavailable("away")])
def test_what_was_only_unavailable_is_tried_again(error: Exception):
    assert Failure.of(error).will_retry


def test_a_failure_carries_reason_and_advice_of_the_error():
    failure = Failure.of(IntegrityError("Film.mp4: other bytes"))
    assert (failure.reason, failure.will_retry) == ("Film.mp4: other bytes", False)
    assert "Nothing was kept" in failure.advice


def test_two_broken_rules_of_one_kind_are_two_failures_and_one_busy_service_is_one():
    missing = [Failure.of(MetadataRefused(f"there is no folder {name!r}")).sign for name in ("Masters", "Finals")]
    busy = [Failure.of(ServiceUnavailable(f"busy (request {number})")).sign for number in (1, 2)]
    assert (len(set(missing)), len(set(busy))) == (2, 1)


def test_a_defect_shows_its_kind_and_none_of_its_text():
    failure = Failure.of(KeyError("password=hunter2"))
    assert failure.reason == "unexpected KeyError"
    assert "hunter2" not in str(failure)
    assert "defect" in failure.advice


@pytest.mark.parametrize(
    ("error", "who"),
    [
        (MediaRefused(), MendedBy.AGENCY),
        (MetadataRefused(), MendedBy.LIBRARIAN),
        (ScoreRefused(), MendedBy.OPERATIONS),
        (IntegrityError(), MendedBy.OPERATIONS),
        (KeyError("x"), MendedBy.OPERATIONS),
    ],
)
def test_a_failure_says_who_can_mend_it(error: Exception, who: MendedBy):
    assert Failure.of(error).mended_by is who
