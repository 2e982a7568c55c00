"""Folders, assets and reference data: HTTP in and out."""

from starlette.responses import Response

from sandbox.otmm import operations
from sandbox.otmm.call import Call, as_list
from sandbox.otmm.envelopes import asset_list, folder_list, many, one, sort_key
from sandbox.otmm.errors import invalid_request, not_found
from sandbox.otmm.metadata import metadata_elements
from sandbox.otmm.nodes import Node
from sandbox.otmm.represent import POLICIES, Json, Load, node_json, policy_json

RELOADED_AFTER_EDIT = Load(metadata=True, content_info=True)


def root_folders(call: Call) -> Response:
    """GET /folders/rootfolders."""
    with call.state.lock:
        return folder_list(call, [node for node in call.state.tree if node.is_folder and not node.parents])


def folder(call: Call) -> Response:
    """GET /folders/{id}."""
    with call.state.lock:
        node = call.state.tree.folder(call.path("id"))
        return call.answer({"folder_resource": {"folder": one(call, node)}})


def asset(call: Call) -> Response:
    """GET /assets/{id}; answers for a folder too, which is an asset."""
    with call.state.lock:
        node = call.state.tree.visible(call.path("id"))
        return call.answer({"asset_resource": {"asset": one(call, node)}})


def assets(call: Call) -> Response:
    """GET /assets with a selection of ids."""
    with call.state.lock:
        found = [call.state.tree.visible(node_id) for node_id in _selected(call)]
        return asset_list(call, found)


def sub_folders(call: Call) -> Response:
    """GET /folders/{id}/folders."""
    with call.state.lock:
        return folder_list(call, [node for node in _children(call) if node.is_folder], of_folder=True)


def folder_assets(call: Call) -> Response:
    """GET /folders/{id}/assets: the only listing that gives a total."""
    with call.state.lock:
        return asset_list(call, [node for node in _children(call) if not node.is_folder], of_folder=True)


def children(call: Call) -> Response:
    """GET /folders/{id}/children: folders and assets mixed, no total."""
    with call.state.lock:
        listed = many(call, call.page.cut(_children(call)), of_folder=True)
        return call.answer({"folder_children": {"asset_list": listed}})


def parents(call: Call) -> Response:
    """GET /folders/{id}/parents and /assets/{id}/parents."""
    with call.state.lock:
        tree = call.state.tree
        return folder_list(call, [tree.visible(parent) for parent in tree.visible(call.path("id")).parents])


def patch_folder(call: Call) -> Response:
    """PATCH /folders/{id}."""
    return _patch(call, "folder")


def patch_asset(call: Call) -> Response:
    """PATCH /assets/{id}."""
    return _patch(call, "asset")


def change_state(call: Call) -> Response:
    """PUT /assets/{id}/state. The real body of the answer is not known; this one has none."""
    operations.change_state(call.state, call.path("id"), call.params.get("action", ""), call.user)
    call.wrote()
    return Response(status_code=200)


def change_states(call: Call) -> Response:
    """PUT /assets/state: 200 with the failures inside."""
    done, failed = operations.change_states(call.state, _selected(call), call.params.get("action", ""), call.user)
    if done:
        call.wrote()
    as_objects = call.state.settings.bulk_elements == "objects"
    lists = {"successful_object_list": done, "failed_object_list": failed}
    lists_shown = {key: [{"asset_id": item} if as_objects else item for item in ids] for key, ids in lists.items()}
    return call.answer({"bulk_asset_result_representation": {"bulk_asset_result": lists_shown}})


def create_folder(call: Call) -> Response:
    """POST /folders/{parent id}."""
    wanted = call.body_at("folder_resource", "folder")
    if not isinstance(wanted, dict) or not isinstance(wanted.get("name"), str) or not wanted["name"].strip():
        raise invalid_request("the folder has no name")
    node = operations.create_folder(call.state, call.path("id"), wanted["name"], metadata_elements(wanted))
    call.wrote()
    with call.state.lock:
        made = node_json(call.state, node, Load(policies=True))
    return call.answer({"folder_resource": {"folder": made}}, call.state.settings.create_folder_status)


def place_children(call: Call) -> Response:
    """PUT /folders/{id}/children: 200 with the failures inside."""
    kind = call.params.get("type")
    if kind not in {"add", "move"}:
        raise invalid_request(f"unknown type {kind}")
    source = call.params.get("parent_id") if kind == "move" else None
    valid, failed = operations.place_children(call.state, call.path("id"), _selected(call), source_id=source)
    if valid:
        call.wrote()
    result = {"valid_children": valid, "failed_children": failed}
    return call.answer({"folder_operation_resource": {"folder_operation_result": result}})


def lookup_domains(call: Call) -> Response:
    """GET /lookupdomains."""
    with call.state.lock:
        domains = [_domain(domain_id, values) for domain_id, values in call.state.domains.items()]
    return call.answer({"lookup_domains_resource": {"lookup_domains": domains}})


def lookup_domain(call: Call) -> Response:
    """GET /lookupdomains/{id}."""
    with call.state.lock:
        values = call.state.domains.get(call.path("id"))
        if values is None:
            raise not_found(call.path("id"))
        return call.answer({"lookup_domain_resource": {"lookup_domain": _domain(call.path("id"), values)}})


def security_policies(call: Call) -> Response:
    """GET /securitypolicies."""
    policies = [policy_json(policy) for policy in POLICIES]
    return call.answer({"security_policies_resource": {"security_policy_list": policies}})


def _patch(call: Call, kind: str) -> Response:
    elements = call.body_at(f"edited_{kind}", "data", "metadata")
    optimistic = call.params.get("lock_strategy") == "optimistic"
    node = operations.edit(call.state, call.path("id"), elements, call.user, optimistic=optimistic)
    call.wrote()
    if node.is_hidden:  # saved, and out of this user's sight from now on
        raise not_found(node.id)
    with call.state.lock:
        return call.answer({f"{kind}_resource": {kind: node_json(call.state, node, RELOADED_AFTER_EDIT)}})


def _children(call: Call) -> list[Node]:
    call.state.jobs.look_into(call.path("id"))
    found = call.state.tree.children(call.path("id"))
    wanted = call.json_param("asset_filter_request", "asset_filter_request_param", "asset_filter_request")
    if str(wanted.get("exclude_deleted_assets", "")).lower() == "true":
        found = [node for node in found if not node.is_deleted]
    return call.sorted(found, sort_key)


def _selected(call: Call) -> list[str]:
    """Ids of a selection_context, or of the short form `asset_ids=a,b`."""
    if "asset_ids" in call.params:
        return [part for part in call.params["asset_ids"].split(",") if part]
    chosen = call.json_param("selection_context", "selection_context_param", "selection_context")
    if not str(chosen.get("type", "")).endswith("AssetIdsSelectionContext"):
        raise invalid_request("the type of the selection_context is missing or not known")
    return [str(node_id) for node_id in as_list(chosen.get("asset_ids"))]


def _domain(domain_id: str, values: dict[str, str]) -> Json:
    listed = [
        {
            "active_from": "",
            "active_to": "",
            "description": "",
            "display_value": display,
            "expired_value": False,
            "field_value": {"type": "string", "value": value},
        }
        for value, display in values.items()
    ]
    return {"cacheable": True, "datatype": "CHAR", "domainId": domain_id, "domainValues": listed}
