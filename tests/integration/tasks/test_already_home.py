"""Content that is in the DAM already is not uploaded again, wherever librarians have put it since."""

from collections.abc import Callable

import pytest

from domain.report import Outcome
from sandbox.blobs import GeneratedBlob
from sandbox.otmm.catalogue import ASSET_NAME
from tests.integration.tasks.coming_home import ComingHome


def sort_away(home: ComingHome, asset_id: str) -> None:
    """Move the asset into a sub-folder."""
    dam = home.twin.otmm
    with dam.lock:
        (folder,) = dam.tree.nodes[asset_id].parents
        dam.tree.unlink(folder, asset_id)
        dam.tree.link(dam.add_folder(folder, "Germany"), asset_id)


def rename(home: ComingHome, asset_id: str) -> None:
    """Give the asset another name."""
    dam = home.twin.otmm
    with dam.lock:
        dam.change(dam.tree.nodes[asset_id], {ASSET_NAME: "Key visual, final.png"})


def revise(home: ComingHome, asset_id: str) -> None:
    """Check in a newer version of the asset, and sort it away with the older one."""
    newer = home.twin.otmm.add_version(asset_id, GeneratedBlob("newer", 900, "png"))
    for version in (asset_id, newer):
        sort_away(home, version)


@pytest.mark.parametrize("meanwhile", [sort_away, rename, revise])
def test_content_that_a_librarian_has_moved_renamed_or_revised_is_at_home_when_it_is_handed_in_again(
    home: ComingHome, meanwhile: Callable[[ComingHome, str], None]
):
    sha1 = home.hand_in().sha1
    home.bring()
    ((asset_id,),) = home.sql("SELECT dam_asset_id FROM derivative_assets")
    meanwhile(home, asset_id)
    home.hand_in(below=["Once more"])

    (again,) = home.bring()
    assert (again.outcome, home.in_box()) == (Outcome.ALREADY, [])
    assert home.in_dam().count(sha1) == 1
    assert home.mails() == ["a2_to_a3_file_uploaded"]


def test_a_moved_asset_whose_checksum_the_dam_does_not_tell_is_at_home_by_its_size(home: ComingHome):
    home.hand_in()
    home.bring()
    ((asset_id,),) = home.sql("SELECT dam_asset_id FROM derivative_assets")
    sort_away(home, asset_id)
    home.twin.settings.otmm.checksum_missing = True
    home.hand_in()

    assert [fate.outcome for fate in home.bring()] == [Outcome.ALREADY]
    assert len(home.in_dam()) == 1


def test_an_asset_that_is_deleted_is_not_at_home_and_its_content_is_uploaded_again(home: ComingHome):
    home.hand_in()
    home.bring()
    ((lost,),) = home.sql("SELECT dam_asset_id FROM derivative_assets")
    home.twin.otmm.tree.nodes[lost].is_deleted = True
    home.hand_in()

    assert [fate.outcome for fate in home.bring()] == [Outcome.DELIVERED]
    assert home.sql("SELECT dam_asset_id FROM derivative_assets") != [(lost,)]


def test_an_asset_that_was_deleted_while_a_copy_lies_in_its_folder_is_at_home(home: ComingHome):
    file = home.hand_in()
    home.bring()
    ((lost,),) = home.sql("SELECT dam_asset_id FROM derivative_assets")
    dam = home.twin.otmm
    node = dam.tree.nodes[lost]
    assert node.content is not None
    dam.add_asset(node.parents[0], node.name, node.content.blob)
    node.is_deleted = True
    home.hand_in()

    assert [fate.outcome for fate in home.bring()] == [Outcome.ALREADY]
    assert home.in_dam() == [file.sha1]
