"""What reviewers said is read by field id, and one rejection is told from the next."""

from pathlib import Path

import pytest

from blocks.config_files import load_roles
from domain.assets import Asset
from domain.metadata import FieldIs
from domain.rejections import Rejection, Verdict, read_rejection

ROLES = load_roles(Path(__file__).parents[3] / "config").fields
FILM = Asset("1", "Film.mp4", 30, "0" * 32, folder_path=("Films",))


def plain(field_id, value):
    return {"id": field_id, "value": {"domain_value": False, "value": {"type": "string", "value": value}}}


def status(value, label):
    inner = {"field_value": {"type": "string", "value": value}, "display_value": label}
    return {"id": ROLES.ecommerce_status, "value": {"domain_value": True, "value": inner}}


def asset_object(*elements):
    """The fields in groups of their own, one within the other."""
    tree: list[dict[str, object]] = []
    for number, element in enumerate(elements):
        tree = [{"id": f"GROUP {number}", "metadata_element_list": [element, *tree]}]
    return {"asset_id": "1", "metadata": {"metadata_element_list": tree}}


def test_the_ten_fields_are_found_wherever_they_stand():
    found = read_rejection(
        asset_object(
            status("NOT APPROVED", "Not approved"),
            *(
                plain(field_id, f"{reviewer} {part}")
                for reviewer, fields in (("a", ROLES.approver), ("l", ROLES.legal), ("i", ROLES.iacc))
                for part, field_id in (
                    ("says", fields.comment),
                    ("is", fields.certifier),
                    ("on", fields.date),
                )
            ),
        ),
        ROLES,
    )
    assert found.status == "NOT APPROVED"
    assert found.verdicts == (
        Verdict("Approver", "a says", "a is", "a on"),
        Verdict("Legal", "l says", "l is", "l on"),
        Verdict("IA&CC", "i says", "i is", "i on"),
    )


def test_only_reviewers_who_said_anything_are_there_and_blanks_are_nothing():
    found = read_rejection(
        asset_object(plain(ROLES.legal.comment, "  No.\nNever. "), plain(ROLES.iacc.comment, "  ")), ROLES
    )
    assert found.verdicts == (Verdict("Legal", "No.\nNever.", None, None),)
    assert read_rejection(asset_object(), ROLES) == Rejection("")


@pytest.mark.parametrize(
    "other",
    [
        Asset("1", "Film.mp4", 30, "1" * 32, folder_path=("Films",)),
        Asset("1", "Film.mp4", 31, None, folder_path=("Films",)),
        Asset("1", "Film 2.mp4", 30, "0" * 32, folder_path=("Films",)),
        Asset("1", "Film.mp4", 30, "0" * 32),
    ],
    ids=["content", "size", "name", "place"],
)
def test_another_content_name_or_place_is_another_rejection(other: Asset):
    said = Rejection("NOT APPROVED", (Verdict("Legal", "No", None, None),))
    assert said.digest(FILM) != said.digest(other)


@pytest.mark.parametrize("part", ["comment", "certifier", "date"])
def test_anything_else_that_a_reviewer_leaves_is_another_rejection(part: str):
    before = {"reviewer": "Legal", "comment": "No", "certifier": "L", "date": "2026-03-02"}
    after = before | {part: "other"}
    first, second = (Rejection("NOT APPROVED", (Verdict(**said),)) for said in (before, after))
    assert first.digest(FILM) != second.digest(FILM)


@pytest.mark.parametrize(
    ("value", "label", "fits"),
    [
        ("NOT APPROVED", "Not approved", True),
        ("3", "Not approved ", True),
        ("not approved", "Rejected", True),
        ("APPROVED", "Approved", False),
        ("4", "Not approved yet", False),
    ],
)
def test_a_status_is_known_by_its_id_or_its_label_and_never_by_a_part_of_it(value: str, label: str, fits: bool):
    assert FieldIs(ROLES.ecommerce_status, "NOT APPROVED").fits(asset_object(status(value, label))) is fits
