"""What librarians do in the DAM: move campaigns to a status, and have assets approved or not."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sandbox.otmm.nodes import Node
from sandbox.reviews import VERDICTS, Remark, Review, to_json, to_values

if TYPE_CHECKING:
    from sandbox.twin import Twin

AnyRemark = Remark | Mapping[str, str] | str | None
"""A remark, its keys and texts, or a text alone: the comment. None leaves what is there."""


class NotThere(LookupError):
    """The DAM has no such campaign, or the campaign no such asset."""


@dataclass(frozen=True, slots=True)
class Filed:
    """An asset of a campaign: where it lies, and what reviewers left on it, as in seeds."""

    id: str
    path: str
    review: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return it as it is shown at a terminal."""
        return asdict(self)


class Librarian:
    """Works in the twin's DAM past its API. A campaign goes by its number, an asset by its name or id.

    Of an asset that has several versions the newest is meant, also where the id is that of an older one. Raises
    NotThere, and ValueError when a name stands for several.
    """

    def __init__(self, twin: "Twin") -> None:
        self._dam = twin.otmm

    def set_status(self, number: str, status: str) -> None:
        """Move a campaign to a status, whatever it was; any text, as in the DAM, is one."""
        with self._dam.lock:
            self._dam.set_status(self._campaign(number).id, status)

    def assets(self, number: str) -> list[Filed]:
        """Return every asset below a campaign, oldest first."""
        with self._dam.lock:
            return [self._filed(node) for node in self._below(self._campaign(number))]

    def review(  # noqa: PLR0913 - what a review is described by
        self,
        number: str,
        asset: str,
        status: str,
        *,
        approver: AnyRemark = None,
        legal: AnyRemark = None,
        iacc: AnyRemark = None,
    ) -> Filed:
        """Put a verdict on an asset (empty: take it away) and what reviewers say; what is not said stays as it is."""
        said = {"status": status, "approver": approver, "legal": legal, "iacc": iacc}
        review = Review.model_validate(said)
        with self._dam.lock:
            return self._put(self._asset(self._campaign(number), number, asset), review)

    def approve_all(self, number: str) -> list[Filed]:
        """Approve every asset below a campaign; comments stay."""
        with self._dam.lock:
            return [self._put(node, Review(status=VERDICTS[0])) for node in self._below(self._campaign(number))]

    def _put(self, node: Node, review: Review) -> Filed:
        self._dam.change(node, to_values(review, self._dam.settings.fields))
        return self._filed(node)

    def _campaign(self, number: str) -> Node:
        key = self._dam.settings.fields.campaign_number
        found = [node for node in self._dam.tree if node.is_folder and node.values.get(key) == number]
        if not found:
            raise NotThere(f"no campaign has the number {number}")
        if len(found) > 1:
            raise ValueError(f"{len(found)} campaigns have the number {number}: {self._listed(found)}")
        return found[0]

    def _asset(self, campaign: Node, number: str, asset: str) -> Node:
        there = self._below(campaign)
        by_id = self._dam.tree.nodes.get(asset)
        original = by_id.original_id if by_id is not None else None
        found = [node for node in there if node.original_id == original or node.name == asset]
        if not found:
            raise NotThere(f"{number} has no asset {asset!r}; it has: {self._listed(there) or 'none at all'}")
        if len(found) > 1:
            raise ValueError(f"{number} has {len(found)} assets {asset!r}, say which by its id: {self._listed(found)}")
        return found[0]

    def _below(self, campaign: Node) -> list[Node]:
        tree = self._dam.tree
        assets = [node for node in tree if not node.is_folder and node.is_latest and not node.is_deleted]
        return [node for node in assets if campaign.id in tree.ancestors(node.id)]

    def _filed(self, node: Node) -> Filed:
        return Filed(node.id, self._path(node), to_json(node.values, self._dam.settings.fields))

    def _listed(self, nodes: Iterable[Node]) -> str:
        return ", ".join(f"{node.id} ({self._path(node)})" for node in nodes)

    def _path(self, node: Node) -> str:
        return "/".join([*(folder.name for folder in self._dam.tree.path(node.id)[1:]), node.name])
