"""The state of the simulated DAM: what it holds, who may call, what was imported. No HTTP."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.blobs import Blob
from sandbox.otmm.catalogue import ASSET_NAME, DOMAINS, Model, Value, asset_model, folder_model
from sandbox.otmm.jobs import ImportJob, ImportJobs
from sandbox.otmm.metadata import check_domains, parse_elements
from sandbox.otmm.nodes import PUBLIC, Content, Node, Tree, guess_mime_type
from sandbox.otmm.search import Index
from sandbox.otmm.settings import OtmmSettings
from sandbox.otmm.tokens import Tokens


class OtmmState:
    """One simulated DAM. Every method with an id in its signature is thread-safe; the others want `lock` held.

    `folder` is where imported content is kept; `clock` gives seconds since 1970 and drives tokens, dates and the index.
    """

    def __init__(
        self,
        settings: OtmmSettings | None = None,
        *,
        clock: Callable[[], float] = time.time,
        folder: Path | None = None,
    ) -> None:
        self.settings = settings or OtmmSettings()
        self.clock = clock
        self.folder = folder
        self.lock = threading.RLock()
        self.tokens = Tokens(self.settings, clock)
        self.tree = Tree()
        self.index = Index(self.settings, clock)
        self.jobs = ImportJobs(self.settings, self._deliver)
        self.domains: dict[str, dict[str, str]] = {key: dict(values) for key, values in DOMAINS.items()}
        for root_id, name in ((PUBLIC, "Public Folders"), ("1001N", "My Folders")):
            self.put(Node(root_id, True, {ASSET_NAME: name}, clock(), clock()), None)

    def add_campaign(  # noqa: PLR0913 - what a campaign is described by
        self,
        number: str,
        name: str,
        *,
        type: str = "Local Adaptation",
        status: str = "A1",
        global_campaign: str = "",
        parent: str = PUBLIC,
    ) -> str:
        """Make a campaign folder and return its id; `global_campaign` is the number of the one that it adapts."""
        ids = self.settings.fields
        values: dict[str, Value] = {ids.campaign_number: number, ids.campaign_type: type, ids.status: status}
        return self.add_folder(parent, name, values | {ids.global_campaign: global_campaign})

    def add_folder(self, parent: str, name: str, metadata: Mapping[str, Value] | None = None) -> str:
        """Make a folder and return its id."""
        with self.lock:
            return self.put(self.new_node({**(metadata or {}), ASSET_NAME: name}, is_folder=True), parent).id

    def add_asset(
        self,
        folder: str,
        name: str,
        blob: Blob | None,
        metadata: Mapping[str, Value] | None = None,
        *,
        wrong_md5: bool = False,
    ) -> str:
        """Put an asset into a folder and return its id; without a blob it is metadata only."""
        with self.lock:
            categories = asset_model(self.settings).categories
            initial = {f.id: f.initial for c in categories for f in c.fields if f.initial is not None}
            node = self.new_node({**initial, **(metadata or {}), ASSET_NAME: name}, is_folder=False)
            if blob is not None:
                node.content = Content(blob, guess_mime_type(name), wrong_md5)
            return self.put(node, folder).id

    def add_version(self, asset_id: str, blob: Blob) -> str:
        """Check in new content and return its id: in OTMM a new version is a new asset id in the same folder."""
        with self.lock:
            old = self.tree.nodes[asset_id]
            node = self.new_node(dict(old.values), is_folder=False)
            node.original_id, node.version = old.original_id, old.version + 1
            node.content = Content(blob, guess_mime_type(old.name))
            old.is_latest = False
            self.index.note(old, at_once=True)
            return self.put(node, old.parents[0]).id

    def link(self, folder: str, child: str) -> None:
        """Show a folder or asset in one more folder; a loop is possible, as in the real one."""
        with self.lock:
            self.tree.link(folder, child)

    def remove_from(self, folder: str, child: str) -> None:
        """Take a folder or asset out of a folder."""
        with self.lock:
            self.tree.unlink(folder, child)

    def values(self, node_id: str) -> dict[str, Value]:
        """A copy of the field values of a folder or asset."""
        with self.lock:
            return dict(self.tree.nodes[node_id].values)

    def campaign_status(self, folder_id: str) -> str:
        """The status of a campaign as the database holds it, whatever the search still says."""
        return str(self.values(folder_id).get(self.settings.fields.status, ""))

    def set_status(self, folder_id: str, status: str) -> None:
        """Set a campaign's status as a librarian would."""
        self.set_values(folder_id, {self.settings.fields.status: status})

    def set_values(self, node_id: str, values: Mapping[str, Value]) -> None:
        """Change field values as a librarian would; an empty value clears the field."""
        with self.lock:
            self.change(self.tree.nodes[node_id], values)

    def set_lock(self, node_id: str, user: str | None) -> None:
        """Let somebody hold the lock of a folder or asset, or nobody."""
        with self.lock:
            node = self.tree.nodes[node_id]
            node.locked_by, node.last_lock_user = user, user or node.last_lock_user

    def set_hidden(self, node_id: str, *, hidden: bool) -> None:
        """Take a folder or asset out of what the service user may see, or give it back."""
        with self.lock:
            self.tree.nodes[node_id].is_hidden = hidden
            self.index.note(self.tree.nodes[node_id])

    def set_deleted(self, node_id: str, *, deleted: bool) -> None:
        """Delete an asset softly, or take it back."""
        with self.lock:
            self.tree.nodes[node_id].is_deleted = deleted
            self.index.note(self.tree.nodes[node_id])

    def reindex(self) -> None:
        """Let the search see everything that was written up to now."""
        with self.lock:
            self.index.catch_up()

    def expire_tokens(self) -> None:
        """End every token and session at once."""
        self.tokens.revoke()

    @property
    def imports(self) -> list[ImportJob]:
        """Every import that was accepted, oldest first."""
        with self.lock:
            return list(self.jobs.by_id.values())

    def finish_imports(self) -> None:
        """Let every running import end now."""
        with self.lock:
            self.jobs.finish_all()

    def summary(self) -> dict[str, Any]:
        """Numbers for the control API."""
        with self.lock:
            folders = sum(node.is_folder for node in self.tree)
            status = self.settings.fields.status
            campaigns = {node.name: node.values[status] for node in self.tree if node.values.get(status)}
            counts = {"folders": folders, "assets": len(self.tree.nodes) - folders, "imports": len(self.jobs.by_id)}
            return counts | {"token_requests": self.tokens.requests, "campaigns": campaigns}

    def model_of(self, node: Node) -> Model:
        """The metadata model of a folder or asset."""
        return folder_model(self.settings) if node.is_folder else asset_model(self.settings)

    def known_fields(self) -> frozenset[str]:
        """Ids of every field of the models, and of every field that has a value somewhere."""
        models = (asset_model(self.settings), folder_model(self.settings))
        defined = {f.id for model in models for category in model.categories for f in category.fields}
        return frozenset(defined.union(*(node.values for node in self.tree)))

    def read_elements(self, elements: Any, model: Model) -> dict[str, Value]:
        """Field values from a client's metadata elements, validated as far as the settings ask."""
        values = parse_elements(elements)
        if self.settings.reject_unknown_domain_values:
            check_domains(values, model, self.domains)
        return values

    def new_node(self, values: dict[str, Value], *, is_folder: bool) -> Node:
        """A node that is nowhere yet."""
        now = self.clock()
        return Node(self.tree.new_id(str(values[ASSET_NAME])), is_folder, values, now, now)

    def put(self, node: Node, parent: str | None, *, at_once: bool = True) -> Node:
        """Add a node to the tree; `at_once` says whether the search knows it without delay."""
        node.model_id = node.model_id or self.model_of(node).id
        self.tree.put(node, parent)
        self.index.note(node, at_once=at_once)
        return node

    def change(self, node: Node, values: Mapping[str, Value]) -> None:
        """Change field values; the search follows after its delay."""
        node.values.update(values)
        node.updated_at = self.clock()
        self.index.note(node)

    def _deliver(self, job: ImportJob) -> str:
        upload = job.upload
        read = self.read_elements(upload.elements, asset_model(self.settings))
        node = self.new_node({ASSET_NAME: upload.file_name, **read}, is_folder=False)
        node.content = Content(upload.blob, upload.mime_type or guess_mime_type(upload.file_name))
        node.import_job_id = job.id if self.settings.import_job_id_matches else job.id + 100_000
        node.security_policies, node.model_id = upload.security_policies, upload.model_id
        return self.put(node, upload.parent_id, at_once=False).id
