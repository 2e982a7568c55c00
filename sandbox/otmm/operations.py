"""What clients of the API do to folders and assets: edit, lock, create, move."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.otmm import locks
from sandbox.otmm.catalogue import ASSET_NAME, asset_model, folder_model
from sandbox.otmm.errors import OtmmError, not_found
from sandbox.otmm.jobs import ImportJob, Upload
from sandbox.otmm.models import OtmmState
from sandbox.otmm.nodes import Node


def edit(state: OtmmState, node_id: str, elements: Any, user: str, *, optimistic: bool) -> Node:
    """Apply the metadata elements of a PATCH. Raises 404 after having saved where the settings say so."""
    with state.lock:
        node = state.tree.visible(node_id)
        locks.check_editable(node, user, state.settings, optimistic=optimistic)
        node.is_hidden = state.settings.metadata_404_after_patch
        state.change(node, state.read_elements(elements, state.model_of(node)))
        return node


def change_state(state: OtmmState, node_id: str, action: str, user: str) -> None:
    """Lock, unlock, check out, delete one folder or asset."""
    with state.lock:
        node = state.tree.visible(node_id)
        locks.apply(action, node, user, state.settings)
        state.index.note(node)


def change_states(state: OtmmState, node_ids: Iterable[str], action: str, user: str) -> tuple[list[str], list[str]]:
    """Do it to each by itself. Returns the ids that succeeded and those that failed."""
    succeeded: list[str] = []
    failed: list[str] = []
    for node_id in node_ids:
        try:
            change_state(state, node_id, action, user)
            succeeded.append(node_id)
        except OtmmError:
            failed.append(node_id)
    return succeeded, failed


def create_folder(state: OtmmState, parent: str, name: str, elements: Any) -> Node:
    """Make a folder. Names are not unique: two of the same name may stand side by side."""
    with state.lock:
        state.tree.folder(parent)
        values = state.read_elements(elements, folder_model(state.settings))
        return state.put(state.new_node({**values, ASSET_NAME: name}, is_folder=True), parent, at_once=False)


def place_children(
    state: OtmmState, folder_id: str, node_ids: Iterable[str], *, source_id: str | None = None
) -> tuple[list[str], list[dict[str, Any]]]:
    """Show nodes in a folder; with `source_id` take them out of there. Returns the valid ids and the failures."""
    valid: list[str] = []
    failed: list[dict[str, Any]] = []
    with state.lock:
        state.tree.folder(folder_id)
        for node_id in node_ids:
            if reason := _why_not(state, folder_id, node_id, source_id):
                failed.append({"asset_id": node_id, "reasons": [reason]})
                continue
            state.tree.link(folder_id, node_id)
            if source_id is not None:
                state.tree.unlink(source_id, node_id)
            valid.append(node_id)
    return valid, failed


def start_import(state: OtmmState, upload: Upload) -> ImportJob:
    """Take an upload that is valid, and open its job."""
    with state.lock:
        state.tree.folder(upload.parent_id)
        state.read_elements(upload.elements, asset_model(state.settings))
        return state.jobs.start(upload)


def look_at_job(state: OtmmState, job_id: str) -> ImportJob:
    """Poll a job, or 404."""
    with state.lock:
        job = state.jobs.by_id.get(int(job_id)) if job_id.isdecimal() else None
        if job is None:
            raise not_found(job_id)
        return state.jobs.look(job)


def _why_not(state: OtmmState, folder_id: str, node_id: str, source_id: str | None) -> str | None:
    checks: list[tuple[str, Callable[[], bool]]] = [
        ("NOT_EXIST", lambda: node_id not in state.tree.nodes),
        ("NOT_EXIST", lambda: source_id not in {None, *state.tree.nodes[node_id].parents}),
        ("EXISTING_CHILD", lambda: folder_id in state.tree.nodes[node_id].parents),
        ("CIRCULAR", lambda: node_id == folder_id or node_id in state.tree.ancestors(folder_id)),
    ]
    return next((reason for reason, holds in checks if holds()), None)
