"""Whose score it is, told from the file name on the scorecard and what is known of files and masters."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import MasterAsset
from db.repositories import derivatives
from db.repositories.masters import find_or_create_master
from db.repositories.scores import store_score
from domain.codes import Codes
from tasks.scored_assets import ScoredAsset, find_scored_asset, nearest_files
from tests.integration.db.handed_in import new

CODES = Codes(brands=("RAF",), countries=("DE",), languages=("de",), asset_types=("OLV",), social=())
STEM = "RAF_DE_de_TEST-JOB_OLV_001_6S_16x9"
NAME = f"{STEM}.mp4"

Handed = Callable[..., MasterAsset]


@pytest.fixture
def handed_in(session: Session) -> Handed:
    """Let derivatives of a master be handed in; of one that is known already, further ones."""

    def hand_in(tracking_id: str, *names: str) -> MasterAsset:
        facts: dict[str, Any] = {"opentext_id": f"asset of {tracking_id}", "campaign_number": "C000000078"}
        master = find_or_create_master(session, **facts, original_filename="Film.mp4", draw=lambda: tracking_id)
        for name in names:
            derivatives.expect(session, [new(master, name=name)])
        return master

    return hand_in


def found(session: Session, filename: str, tracking_id: str | None = None) -> ScoredAsset:
    """What a file name on a scorecard stands for."""
    return find_scored_asset(session, filename, CODES, tracking_id=tracking_id)


def full(tracking_id: str, extension: str = ".mp4") -> str:
    """The name of the file as the agency handed it in."""
    return f"1234567_{STEM}_{tracking_id}{extension}"


def test_a_file_that_was_handed_in_is_known_by_each_of_its_names(session: Session, handed_in: Handed):
    master = handed_in("AbCdEf", NAME, "other.mp4", f"{STEM}_2.mp4")
    for filename in (full("AbCdEf"), full("AbCdEf", ""), NAME, NAME.upper(), NAME.lower(), STEM, STEM.lower()):
        asset = found(session, filename)
        assert (asset.name, asset.tracking_id, asset.master, asset.is_orphan) == (NAME, "AbCdEf", master, False)
        assert asset.derivative is not None
        assert (asset.derivative.derivative_filename, asset.campaign_number) == (NAME, "C000000078")


def test_a_name_in_any_script_is_known(session: Session, handed_in: Handed):
    for name in ("RAF_GR_el_ΚΑΛΟΣ_OLV.mp4", "RAF_TR_tr_İNDİRİM_OLV.mp4", "RAF_100%_OLV.mp4"):
        handed_in("AbCdEf", name)
        in_lower_case = session.scalars(select(func.lower(name))).one()
        assert [row.derivative_filename for row in derivatives.derivatives_called(session, in_lower_case)] == [name]
        for scored in (name, name.removesuffix(".mp4")):
            assert (found(session, scored).name, found(session, scored).tracking_id) == (name, "AbCdEf")


def test_a_full_name_belongs_to_its_master_before_the_file_has_come(session: Session, handed_in: Handed):
    master = handed_in("AbCdEf")
    asset = found(session, full("AbCdEf"))
    assert (asset.name, asset.tracking_id, asset.derivative, asset.master) == (NAME, "AbCdEf", None, master)
    assert found(session, full("AbCdEf", "")).name == STEM


def test_a_tracking_id_counts_in_its_own_case_only(session: Session, handed_in: Handed):
    one, two = handed_in("AbCdEf", NAME), handed_in("aBcDeF", NAME)
    for master in (one, two):
        asset = found(session, full(master.tracking_id))
        assert (asset.master, asset.tracking_id) == (master, master.tracking_id)
        assert asset.derivative is not None
        assert asset.derivative.master_asset_id == master.id
    assert found(session, full("ABCDEF")).is_orphan


def test_a_tracking_id_that_nobody_knows_makes_an_orphan_whoever_has_the_clean_name(
    session: Session, handed_in: Handed
):
    handed_in("AbCdEf", NAME)
    asset = found(session, full("Zzzzz9"))
    assert (asset.name, asset.tracking_id, asset.derivative, asset.is_orphan) == (NAME, None, None, True)
    assert asset.campaign_number is None


def test_a_master_that_is_not_active_any_more_owns_no_score(session: Session, handed_in: Handed):
    handed_in("AbCdEf")
    session.execute(update(MasterAsset).values(status="retired"))
    assert found(session, full("AbCdEf")).is_orphan


def test_of_two_files_of_one_clean_name_the_newest_is_meant(session: Session, handed_in: Handed):
    handed_in("AbCdEf", NAME)
    newest = handed_in("Bbbbb2", NAME)
    assert (found(session, NAME).name, found(session, NAME).master) == (NAME, newest)


def test_a_tracking_id_that_is_known_from_elsewhere_decides_between_them(session: Session, handed_in: Handed):
    first = handed_in("AbCdEf", NAME)
    handed_in("Bbbbb2", NAME)
    assert found(session, NAME, "AbCdEf").master == first
    assert found(session, full("Bbbbb2"), "AbCdEf").tracking_id == "Bbbbb2"


def test_a_name_without_extension_that_two_files_have_is_kept_as_it_is(session: Session, handed_in: Handed):
    handed_in("AbCdEf", NAME, f"{STEM}.jpg")
    assert (found(session, STEM).name, found(session, STEM).tracking_id) == (STEM, "AbCdEf")
    assert found(session, full("AbCdEf", "")).name == STEM
    assert found(session, f"{STEM}.jpg").name == f"{STEM}.jpg"


def test_a_file_with_the_name_as_its_beginning_is_another_one(session: Session, handed_in: Handed):
    handed_in("AbCdEf", f"{STEM}_IGF.mp4", f"{STEM}.v2.mp4", NAME.replace("_", "x"))
    assert found(session, STEM).is_orphan
    assert found(session, NAME).is_orphan


def test_a_name_that_no_file_has_is_kept_as_it_was_scored_the_first_time(session: Session):
    assert found(session, "Holiday").name == "Holiday"
    store_score(session, filename="Holiday.mp4", score=80, url=None, status="active")
    assert [found(session, name).name for name in ("Holiday", "HOLIDAY.MP4")] == ["Holiday.mp4"] * 2
    store_score(session, filename="Holiday.jpg", score=80, url=None, status="active")
    assert found(session, "Holiday").name == "Holiday"


def test_an_orphan_is_told_with_the_nearest_names_of_files(session: Session, handed_in: Handed):
    handed_in("AbCdEf", NAME, NAME.replace("6S", "15S"), "Holiday.jpg")
    scored = NAME.replace("JOB", "JB")
    assert found(session, scored).is_orphan
    assert nearest_files(session, scored) == [NAME, NAME.replace("6S", "15S")]
    assert nearest_files(session, "nothing like it.png") == []
