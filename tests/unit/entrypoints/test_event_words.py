"""Entries of the audit trail in plain words."""

import pytest

from db.models import AssetEvent
from entrypoints.event_words import what_happened, who_did_it, why


def event(event_type: str, **detail: object) -> AssetEvent:
    """Return an entry."""
    return AssetEvent(event_type=event_type, detail=detail)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (event("status_changed", **{"from": "A1", "to": "A2"}), "moved A1 → A2"),
        (event("status_changed", **{"from": "A1", "to": "A3", "forced": True}), "moved A1 → A3 by force"),
        (event("derivative_failed", name="a.mp4"), "a.mp4 could not be brought home"),
        (event("file_refused"), "? was refused"),
        (
            event("message_dropped", channel="mail", name="a1_to_a2_complete", number=7),
            "the mail a1_to_a2_complete, number 7, was given up and dropped: nobody gets it",
        ),
        (event("stay_noticed"), "stay noticed"),
    ],
)
def test_every_entry_is_a_sentence_whatever_it_lacks(entry: AssetEvent, said: str):
    assert what_happened(entry) == said


def test_a_person_goes_before_the_workflow():
    moved = event("status_changed", by="me@desk", reason="late", workflow="advance-campaigns")
    assert (who_did_it(moved), why(moved)) == ("me@desk", "late")
    assert (who_did_it(event("delivered", workflow="a1-to-a2")), why(event("delivered"))) == ("a1-to-a2", "")
