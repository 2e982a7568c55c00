"""What an asset waits for: every case, in the sentence that people read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.waiting import Made, SentBack, Standing, Wait, what_it_waits_for

NOW = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HOME, COMING, GONE = (Made(name, status) for name, status in (("a", "completed"), ("b", "pending"), ("c", "withdrawn")))
CUT = Made("x.mp4", "failed", "the film is cut.", LATER)


def told(**facts: Any) -> tuple[str, str]:
    """Return kind and sentence of an asset of which this is known."""
    found = what_it_waits_for(Standing(**{"tracking_id": "aB3xY9", "campaign_status": "A2", **facts}), NOW)
    return found.kind.value, found.sentence


CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"is_delivered": False}, "on its way", "It is on its way to Box."),
    (
        {"is_delivered": False, "delivery_error": "Box is full"},
        "failed",
        "Its way to Box failed: Box is full; the next run tries again once that is mended.",
    ),
    (
        {"is_delivered": False, "delivery_error": "the DAM promises MD5 1", "next_delivery_at": LATER},
        "failed",
        "Its way to Box failed: the DAM promises MD5 1; with other content it is tried at once; as it is, it is tried "
        "again from 2026-03-01 10:05 UTC.",
    ),
    (
        {"is_delivered": False, "delivery_error": "the DAM promises MD5 1", "next_delivery_at": NOW},
        "failed",
        "Its way to Box failed: the DAM promises MD5 1; the next run tries again once that is mended.",
    ),
    ({}, "with the agency", "It is in Box, with the agency, and waits for its first derivative."),
    ({"made": (GONE,)}, "with the agency", "It is in Box, with the agency, and waits for its first derivative."),
    ({"made": (COMING,)}, "on its way", "0 of 1 derivatives are home; b is on its way to the DAM."),
    ({"made": (HOME, COMING)}, "on its way", "1 of 2 derivatives is home; b is on its way to the DAM."),
    (
        {"made": (HOME, HOME, GONE, COMING, COMING)},
        "on its way",
        "2 of 4 derivatives are home; 2 are on their way to the DAM.",
    ),
    (
        {"made": (HOME, CUT)},
        "failed",
        "x.mp4 could not be brought home: the film is cut; mend that and hand the file in again under the same name, "
        "which is taken at once; as it is, it is tried again from 2026-03-01 10:05 UTC.",
    ),
    (
        {"made": (Made("x.mp4", "failed", "the film is cut", NOW), CUT)},
        "failed",
        "x.mp4 and 1 other could not be brought home: the film is cut; mend that and hand the file in again under the "
        "same name, which is taken at once; as it is, it is tried again by the next run.",
    ),
    (
        {"made": (Made("x.mp4", "failed", "the DAM\ndid not answer"),)},
        "failed",
        "x.mp4 could not be brought home: the DAM did not answer; nothing has to be done, the next run tries again.",
    ),
    (
        {"sent_back": (SentBack("a.mp4", is_delivered=True),), "made": (HOME,), "campaign_status": "A6"},
        "rejected",
        "Rejected: a.mp4 is with the agency; the rework is handed in under the tracking id aB3xY9.",
    ),
    (
        {"sent_back": (SentBack("a", is_delivered=True), SentBack("b", is_delivered=True)), "campaign_status": "A6"},
        "rejected",
        "Rejected: a and 1 other are with the agency; the rework is handed in under the tracking id aB3xY9.",
    ),
    (
        {"sent_back": (SentBack("a.mp4", is_delivered=False),), "campaign_status": "A5"},
        "rejected",
        "Rejected: a.mp4 is on its way back to the agency.",
    ),
    (
        {"sent_back": (SentBack("a.mp4", is_delivered=False, error="Box is full"),), "campaign_status": "A5"},
        "failed",
        "Rejected: the way of a.mp4 back to the agency failed: Box is full; the next run tries again.",
    ),
    (
        {"sent_back": (SentBack("a.mp4", is_delivered=False, error="wrong", next_attempt_at=LATER),)},
        "failed",
        "Rejected: the way of a.mp4 back to the agency failed: wrong; with other content it is tried at once; as it "
        "is, it is tried again from 2026-03-01 10:05 UTC.",
    ),
    (
        {"made": (HOME,), "others_unfinished": 1},
        "waits for others",
        "1 derivative is home; the campaign waits for 1 other master.",
    ),
    (
        {"made": (HOME, HOME), "others_unfinished": 12},
        "waits for others",
        "2 derivatives are home; the campaign waits for 12 other masters.",
    ),
    (
        {"made": (HOME,)},
        "waits for others",
        "1 derivative is home, as all of its campaign is, which the next runs move on from A2.",
    ),
    (
        {"made": (HOME,), "campaign_status": None},
        "waits for others",
        "1 derivative is home; where its campaign stands is not known.",
    ),
    (
        {"made": (HOME,), "campaign_status": "A3"},
        "done",
        "Nothing: 1 derivative is home, and its campaign is delivered to the DAM (A3).",
    ),
    (
        {"made": (HOME, HOME), "campaign_status": "A4"},
        "done",
        "Nothing: 2 derivatives are home, and its campaign is in its live check (A4).",
    ),
    (
        {"made": (HOME,), "campaign_status": "A6"},
        "done",
        "Nothing: 1 derivative is home, and its campaign is in rework (A6).",
    ),
    (
        {"campaign_status": "A3"},
        "done",
        "Nothing: nobody has made anything of it, and its campaign is delivered to the DAM (A3).",
    ),
    (
        {"campaign_status": "B1", "others_undelivered": 2},
        "waits for others",
        "It is in Box; the campaign waits for 2 other masters on the way there.",
    ),
    (
        {"campaign_status": "B2"},
        "done",
        "Nothing: it is in Box for the agencies, and its campaign is B2.",
    ),
    ({"campaign_status": "B2", "made": (HOME,)}, "done", "Nothing: 1 derivative is home, and its campaign is B2."),
    (
        {"made": (HOME,), "unsound": ("a.mp4",), "campaign_status": "A3"},
        "score needs review",
        "1 derivative is home, and its campaign is delivered to the DAM (A3); "
        "the scorecard of a.mp4 does not add up and needs review.",
    ),
    (
        {"unsound": ("a.mp4", "b.mp4")},
        "with the agency",
        "It is in Box, with the agency, and waits for its first derivative; "
        "the scorecard of a.mp4 and 1 other does not add up and needs review.",
    ),
    ({"is_active": False, "made": (CUT,)}, "retired", "Nothing: it was retired, and is not waited for."),
]


@pytest.mark.parametrize(("facts", "kind", "sentence"), CASES)
def test_one_sentence_says_what_it_waits_for(facts: dict[str, Any], kind: str, sentence: str):
    assert told(**facts) == (kind, sentence)


def test_what_failed_goes_before_what_is_under_way_and_that_before_what_was_rejected():
    sent_back = (SentBack("a", is_delivered=True),)
    assert told(made=(COMING, CUT), sent_back=sent_back)[0] == "failed"
    assert told(made=(COMING,), sent_back=sent_back)[0] == "on its way"
    assert told(is_delivered=False, sent_back=sent_back)[0] == "rejected"


def test_a_rejection_that_a_librarian_has_moved_on_from_is_not_waited_for():
    back = (SentBack("a", is_delivered=True),)
    assert told(made=(HOME,), sent_back=back, campaign_status="A3")[0] == "done"


def test_every_kind_of_waiting_has_a_case():
    assert {kind for _, kind, _ in CASES} == {kind.value for kind in Wait}
