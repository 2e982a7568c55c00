"""What the mails about rejected assets tell of each: among it the one name under which a rework is taken."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from domain.box_names import tracked_name
from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames.parse import parse
from tasks.rejection_ledger import RejectionLedger
from tests.integration.storybook import LEGAL, Storybook, derivative_name

CODES = Codes(brands=["RAF"], countries=["DE"], languages=["de"], asset_types=["OLV"], social=[])
NUMBER, TRACKING_ID = "C000000081", "Rej001"


def told(session: Session, *, of_master: bool) -> dict[str, Any]:
    """Return what is told of a rejected derivative, or of a rejected master."""
    book = Storybook(session)
    master = book.master(TRACKING_ID, "Autumn.mp4", NUMBER)
    row = book.rejected(master, None if of_master else book.home(master, derivative_name("AUTUMN")), LEGAL)
    (asset,) = RejectionLedger().told(session, NUMBER, [row.opentext_id])
    return asset.facts


def test_a_rejected_derivative_is_told_with_a_name_that_is_taken_where_its_name_in_box_is_refused(session: Session):
    facts = told(session, of_master=False)
    with pytest.raises(FilenameRefused, match="job number: missing"):
        parse(tracked_name(facts["name"], TRACKING_ID), CODES)
    read = parse(facts["hand_in_name"], CODES).name
    assert (read.clean_name, read.tracking_id) == (facts["name"], TRACKING_ID)
    assert facts["master"] == "Autumn.mp4"


def test_a_rejected_master_is_told_without_a_name_as_any_file_with_its_tracking_id_counts(session: Session):
    facts = told(session, of_master=True)
    assert (facts["hand_in_name"], facts["master"]) == (None, None)
