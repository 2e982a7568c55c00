"""Folders and assets of the simulated DAM, as one tree; in OTMM a folder is an asset too."""

import copy
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.blobs import Blob
from sandbox.otmm.catalogue import ASSET_NAME, Value
from sandbox.otmm.errors import not_found

PUBLIC = "ARTESIA.PUBLIC.TREEN"

CONTENT_TYPES = {"image": "BITMAP", "video": "VIDEO", "audio": "AUDIO"}


@dataclass
class Content:
    """The bytes of an asset."""

    blob: Blob
    mime_type: str
    wrong_md5: bool = False

    @property
    def reported_md5(self) -> str:
        """The checksum shown to clients, which the DAM may have wrong."""
        return self.blob.md5[::-1] if self.wrong_md5 else self.blob.md5


@dataclass
class Node:
    """A folder, an asset, or one version of an asset. Times are seconds since 1970."""

    id: str
    is_folder: bool
    values: dict[str, Value]
    created_at: float
    updated_at: float
    parents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    content: Content | None = None
    model_id: str = ""
    original_id: str = ""
    version: int = 1
    is_latest: bool = True
    is_deleted: bool = False
    is_hidden: bool = False  # the service user may not see it
    locked_by: str | None = None
    last_lock_user: str | None = None  # stays after the unlock, as in the real one
    checked_out_by: str | None = None
    import_job_id: int = 0
    security_policies: list[int] = field(default_factory=lambda: [1594])

    @property
    def name(self) -> str:
        """The name is a metadata field; renaming is editing it."""
        value = self.values.get(ASSET_NAME, "")
        return value if isinstance(value, str) else ""

    @property
    def mime_type(self) -> str:
        """MIME type of the content, or what the name suggests."""
        return self.content.mime_type if self.content else guess_mime_type(self.name)

    @property
    def content_type(self) -> str:
        """OTMM's own classes of content."""
        if self.content is None:
            return "NONE"
        return (
            "ACROBAT"
            if self.mime_type == "application/pdf"
            else CONTENT_TYPES.get(self.mime_type.split("/")[0], "NONE")
        )

    def snapshot(self) -> "Node":
        """A copy that later edits do not reach."""
        twin = copy.copy(self)
        twin.values = {key: list(value) if isinstance(value, list) else value for key, value in self.values.items()}
        return twin


def guess_mime_type(name: str) -> str:
    """MIME type by extension."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def hex_id(*parts: object) -> str:
    """A 40-hex id that is the same in every run for the same parts."""
    return hashlib.sha1("/".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


class Tree:
    """All nodes by id, and their order in the folders. The caller holds the state's lock."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self._made = 0

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def new_id(self, name: str) -> str:
        """The id for the next node."""
        self._made += 1
        return hex_id("node", self._made, name)

    def put(self, node: Node, parent_id: str | None) -> Node:
        """Add a node below a folder, or as a root."""
        self.nodes[node.id] = node
        node.original_id = node.original_id or node.id
        if parent_id is not None:
            self.link(parent_id, node.id)
        return node

    def link(self, folder_id: str, child_id: str) -> None:
        """Show a node in one more folder. Nothing keeps a folder from ending up below itself."""
        self.nodes[folder_id].children.append(child_id)
        self.nodes[child_id].parents.append(folder_id)

    def unlink(self, folder_id: str, child_id: str) -> None:
        """Take a node out of a folder."""
        self.nodes[folder_id].children.remove(child_id)
        self.nodes[child_id].parents.remove(folder_id)

    def visible(self, node_id: str) -> Node:
        """The node, or OTMM's 404 for one that is missing or hidden."""
        node = self.nodes.get(node_id)
        if node is None or node.is_hidden:
            raise not_found(node_id)
        return node

    def folder(self, folder_id: str) -> Node:
        """The folder, or 404 also for an asset."""
        node = self.visible(folder_id)
        if not node.is_folder:
            raise not_found(folder_id)
        return node

    def children(self, folder_id: str) -> list[Node]:
        """Visible children in DAM order."""
        return [node for node in map(self.nodes.__getitem__, self.folder(folder_id).children) if not node.is_hidden]

    def ancestors(self, node_id: str) -> set[str]:
        """Ids of every folder above a node, by any of its places."""
        above: set[str] = set()
        waiting = list(self.nodes[node_id].parents)
        while waiting:
            folder_id = waiting.pop()
            if folder_id not in above:
                above.add(folder_id)
                waiting.extend(self.nodes[folder_id].parents)
        return above

    def path(self, node_id: str) -> list[Node]:
        """Folders from a root down to the node's first parent."""
        above: list[Node] = []
        parents = self.nodes[node_id].parents
        while parents and self.nodes[parents[0]] not in above:
            above.insert(0, self.nodes[parents[0]])
            parents = above[0].parents
        return above
