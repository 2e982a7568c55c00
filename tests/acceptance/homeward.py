"""A world in which the masters have gone out, and an agency hands in what it has made of them."""

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

from clients.otmm.parse import asset as read_asset
from db.engine import Store
from db.repositories.masters import find_or_create_master
from sandbox.drops import STILL, VIDEO, Drops
from sandbox.otmm.represent import Load, node_json
from sandbox.twin import Twin
from tests.acceptance.world import World

TITLE = "RAF_ME-MOMENT_DIG_1x1_REF_GL_it_IGF.png"
"""Name in the DAM of what STILL hands in."""
FILM = "RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4"
"""Name in the DAM of what VIDEO hands in."""

_EVERYTHING = Load(metadata=True, inherited=True, content_info=True, policies=True, path=True, renditions=True)


@dataclass(frozen=True)
class InDam:
    """A derivative in the DAM."""

    name: str
    sha1: str
    state: str


class Place(Protocol):
    """Where it plays."""

    @property
    def twin(self) -> Twin:
        """The simulated systems."""

    @property
    def store(self) -> Store:
        """The database."""


class HandedOut:
    """Masters that have gone out, as a delivery would have left them, and an agency that has them."""

    def __init__(self, place: Place, number: str = "") -> None:
        self._place = place
        self.number = number or next(iter(place.twin.campaigns))
        self.drops = Drops(place.twin)
        self.tracking_ids = self._hand_out()

    def of(self, master: str) -> str:
        """Return the tracking id of a master."""
        return self.tracking_ids[master]

    def _hand_out(self) -> dict[str, str]:
        """Write the masters down; tracking ids follow from the names."""
        dam, found = self._place.twin.otmm, {}
        with dam.lock, self._place.store.transaction() as session:
            for child in dam.tree.nodes[self._folder("Master Assets")].children:
                representation = node_json(dam, dam.tree.nodes[child], _EVERYTHING)
                shown = read_asset(representation)
                row = find_or_create_master(
                    session,
                    opentext_id=shown.asset_id,
                    campaign_number=self.number,
                    draw=lambda name=shown.name: hashlib.sha256(name.encode()).hexdigest()[:6],  # type: ignore[misc]
                    original_filename=shown.name,
                    asset_path=shown.path,
                    upload_directory=self._folder("Final Assets"),
                    campaign_name=dam.tree.nodes[self._place.twin.campaigns[self.number]].name,
                    campaign_folder_id=self._place.twin.campaigns[self.number],
                    full_metadata=representation,
                )
                found[shown.name] = row.tracking_id
        return found

    def _folder(self, named: str) -> str:
        dam = self._place.twin.otmm
        children = dam.tree.nodes[self._place.twin.campaigns[self.number]].children
        return next(child for child in children if named in dam.tree.nodes[child].name)


class Homeward(HandedOut):
    """The agency's side of a world, and what has come home of it."""

    def __init__(self, world: World, number: str = "") -> None:
        super().__init__(world, number)
        self.world = world

    def run(self, **parameters: Any) -> dict[str, Any]:
        """Run the flow to its end and return its report."""
        return self.world.run("a2-to-a3", **parameters)

    def in_dam(self) -> list[InDam]:
        """Return what lies in the campaign's folder of final assets, by name, the oldest of a name first."""
        dam = self.world.twin.otmm
        with dam.lock:
            nodes = [dam.tree.nodes[child] for child in dam.tree.nodes[self._folder("Final Assets")].children]
            found = [(node.name, node.content.blob.sha1, dam.values(node.id)) for node in nodes if node.content]
        return sorted((InDam(name, sha1, str(v["FERRERO.FIELD.STATE"])) for name, sha1, v in found), key=_by_name)

    def in_box(self) -> list[str]:
        """Return the names of the files that are still in Box."""
        return [file.name for file in self.world.twin.box.files_below(self.folder_id)]

    @property
    def folder_id(self) -> str:
        """The folder that agencies hand files in at."""
        return self.world.twin.box_folders["BOX_FOLDER_DERIVATIVES"]

    @property
    def status(self) -> str:
        """The campaign's status in the DAM."""
        return self.world.status()[self.number]

    def comments(self) -> dict[str, list[str]]:
        """Return the remarks beside each file that has any."""
        box = self.world.twin.box
        files = [box.file(facts.id) for facts in box.files_below(self.folder_id)]
        return {file.name: [comment.message for comment in file.comments] for file in files if file.comments}


def _by_name(found: InDam) -> str:
    return found.name


__all__ = ["FILM", "STILL", "TITLE", "VIDEO", "Homeward", "InDam"]
