"""Folders and assets as OTMM's JSON, as much of them as a request loads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.otmm.metadata import Renderer
from sandbox.otmm.models import OtmmState
from sandbox.otmm.nodes import Content, Node, hex_id

Json = dict[str, Any]
RENDITIONS = "/otmmapi/v6/renditions"
PERMISSION = "text.securityPolicy.permission"
POLICIES = {1594: "Content scaling", 6: "Default", 2: "Everyone"}


@dataclass(frozen=True, slots=True)
class Load:
    """What a request wants to have loaded; see `from_params` for the rules."""

    metadata: bool = False
    inherited: bool = False
    content_info: bool = False
    policies: bool = False
    path: bool = False
    renditions: bool = False
    links: bool = False
    child_counts: bool = False
    only_fields: tuple[str, ...] = ()

    @classmethod
    def from_params(cls, params: Mapping[str, str], wanted: Json, *, single: bool) -> "Load":
        """Read load_type, metadata_to_return and data_load_request (`wanted`).

        The flags of data_load_request count with load_type custom and metadata. A single asset shows its content
        also in a system load; a list shows it only when asked.
        """
        kind = params.get("load_type", "system")
        flags = wanted if kind in {"custom", "metadata"} else {}
        fields = params.get("metadata_to_return") or wanted.get("metadata_fields_to_return") or ""
        listed = fields if isinstance(fields, list) else [part.strip() for part in fields.split(",")]

        def asked(name: str) -> bool:
            return kind == "full" or str(flags.get(name, "")).lower() == "true"

        return cls(
            metadata=kind == "metadata" or asked("load_metadata"),
            inherited=kind == "inherited_metadata" or asked("load_inherited_metadata"),
            content_info=single or asked("load_asset_content_info"),
            policies=kind == "metadata" or asked("load_security_policies"),
            path=asked("load_path"),
            renditions=single or asked("load_thumbnail_info") or asked("load_preview_info"),
            links=asked("load_destination_links"),
            child_counts=kind == "full" or "child_count_load_type" in flags,
            only_fields=tuple(part for part in listed if part),
        )


def node_json(state: OtmmState, node: Node, load: Load) -> Json:
    """A folder or an asset. The caller holds the state's lock."""
    made = _system(node) | (_folder(state, node, load) if node.is_folder else _asset(state, node, load))
    model, draw = state.model_of(node), Renderer(state.settings, state.domains)
    if load.metadata and load.only_fields:
        made["metadata"] = draw.flat(model, node.values, load.only_fields)
    elif load.metadata:
        made["metadata"] = draw.tree(model, node.values)
    if load.policies:
        made["security_policy_list"] = [policy_json(policy) for policy in node.security_policies]
    if load.path:
        parents = [{"id": parent.id, "name": parent.name} for parent in state.tree.path(node.id)]
        tree = {"tree_id": "ARTESIA.PUBLIC.TREE", "detached": False}
        made["path_list"] = [{"tree_descriptor": tree, "parents": parents}]
    if load.links:
        made["links"] = {"links": [], "source_id": node.id}
    if load.inherited:
        made["inherited_metadata_collections"] = _padding(state.settings.full_metadata_bytes, node)
    return made


def policy_json(policy_id: int) -> Json:
    """A security policy."""
    return {
        "id": policy_id,
        "name": POLICIES.get(policy_id, f"Policy {policy_id}"),
        "description": "",
        "status": "ACTIVE",
        "ownership_type": "PUBLIC",
        "create_date": "2024-01-01T00:00:00Z",
        "last_update_date": "2024-01-01T00:00:00Z",
        "last_updated_by": "tsuper",
    }


def rendition_id(node: Node, kind: str) -> str:
    """The id under which `/renditions` knows the master, thumbnail or preview of an asset."""
    return hex_id("rendition", node.id, kind)


def _system(node: Node) -> Json:
    created, changed = _date(node.created_at), _date(node.updated_at)
    shown: Json = {
        "access_control_descriptor": {
            "permissions_map": {"entry": [{"key": f"{PERMISSION}.ContentEditPermission", "value": True}]}
        },
        "asset_content_info": {"master_content": {}},
        "asset_id": node.id,
        "asset_state": "LOCKED" if node.locked_by else "NORMAL",
        "asset_state_last_update_date": changed,
        "asset_state_user_id": "1001",
        "checked_out": node.checked_out_by is not None,
        "content_editable": True,
        "content_state": "DELETED" if node.is_deleted else "NORMAL",
        "content_type": node.content_type,
        "creator_id": "1001",
        "date_imported": created,
        "date_last_updated": changed,
        "deleted": node.is_deleted,
        "expired": False,
        "import_job_id": node.import_job_id,
        "import_user_name": "content.scaling",
        "latest_version": node.is_latest,
        "legacy_model_id": 101 if node.is_folder else 104,
        "locked": node.locked_by is not None,
        "metadata_model_id": node.model_id,
        "metadata_state_user_name": "Content Scaling",
        "name": node.name,
        "original_asset_id": node.original_id,
        "product_associations": False,
        "subscribed_to": False,
        "version": node.version,
    }
    if node.last_lock_user is not None:  # the name outlives the lock: only `locked` says locked
        shown["metadata_lock_state_user_name"] = node.last_lock_user
    return shown


def _folder(state: OtmmState, node: Node, load: Load) -> Json:
    shown: Json = {
        "type": "com.artesia.container.Container",
        "data_type": "CONTAINER",
        "container_id": node.id,
        "container_type_id": "ARTESIA.BASIC.FOLDER",
        "container_type_name": "Folder",
        "in_review": False,
    }
    if load.child_counts:
        children = state.tree.children(node.id)
        folders = sum(child.is_folder for child in children)
        counts = {"container_count": folders, "asset_count": len(children) - folders}
        shown["container_child_counts"] = {"total_child_count": len(children)} | counts
    return shown


def _asset(state: OtmmState, node: Node, load: Load) -> Json:
    shown: Json = {"mime_type": node.mime_type}
    content = node.content
    if content is None:
        if state.settings.empty_content_size == "zero":
            shown["content_size"] = 0
        return shown
    shown["content_size"] = content.blob.size
    # present in the real one, and not to be trusted there
    shown["delivery_service_url"] = f"https://delivery.example.com/adaptivemedia/rendition?id={node.original_id}"
    if load.content_info:
        shown["master_content_info"] = _content_info(state, node, content)
    if load.renditions:
        thumbnail, preview = rendition_id(node, "thumbnail"), rendition_id(node, "preview")
        shown["thumbnail_content_id"] = thumbnail
        shown["rendition_content"] = {
            "thumbnail_content": {"id": thumbnail, "content_kind": "THUMBNAIL", "url": f"{RENDITIONS}/{thumbnail}"},
            "preview_content": {"id": preview, "content_kind": "PREVIEW", "url": f"{RENDITIONS}/{preview}"},
        }
    return shown


def _content_info(state: OtmmState, node: Node, content: Content) -> Json:
    rendition = rendition_id(node, "master")
    info: Json = {
        "content_data": {"data_source": "NO_CONTENT", "temp_file": False},
        "content_kind": "MASTER",
        "content_manager_id": "ARTESIA.CONTENT.SANDBOX",
        "content_size": content.blob.size,
        "height": -1,
        "id": rendition,
        "mime_type": content.mime_type,
        "name": node.name,
        "unit_of_size": "BYTES",
        "url": f"{RENDITIONS}/{rendition}",
        "width": -1,
    }
    return info if state.settings.checksum_missing else {"content_checksum": content.reported_md5} | info


def _padding(size_bytes: int, node: Node) -> list[Json]:
    """Collections that make the object about as large as a real one; their field ids occur nowhere else."""
    made: list[Json] = []
    for number in range(size_bytes // 400):
        value = {"type": "string", "value": hex_id(node.id, number) * 4}
        field = {
            "id": f"INHERITED.FIELD.{number}",
            "type": "com.artesia.metadata.MetadataField",
            "value": {"value": value},
        }
        made.append({"container_id": hex_id("inherited", number), "metadata_element_list": [field]})
    return made


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
