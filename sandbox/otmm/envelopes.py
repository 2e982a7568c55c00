"""Folders and assets of a request in the envelopes that its resource has."""

from dataclasses import replace

from starlette.responses import Response

from sandbox.otmm.call import Call
from sandbox.otmm.nodes import Node
from sandbox.otmm.represent import Json, Load, node_json
from sandbox.otmm.search import texts


def one(call: Call, node: Node) -> Json:
    """A folder or asset as a resource of its own, as much of it as the request loads."""
    return node_json(call.state, node, _load(call, single=True))


def many(call: Call, nodes: list[Node], *, of_folder: bool = False) -> list[Json]:
    """Folders or assets as a list, as much of them as the request loads and, `of_folder`, a folder's listing gives."""
    load = _load(call, single=False)
    if of_folder and not call.state.settings.listing_metadata:
        load = replace(load, metadata=False, inherited=False)
    made = [node_json(call.state, node, load) for node in nodes]
    if of_folder and not call.state.settings.listing_checksums:
        for item in made:
            item.get("master_content_info", {}).pop("content_checksum", None)
    return made


def folder_list(call: Call, nodes: list[Node], *, of_folder: bool = False) -> Response:
    """A page of folders, without a total."""
    made = many(call, call.page.cut(nodes), of_folder=of_folder)
    return call.answer({"folders_resource": {"folder_list": made}})


def asset_list(call: Call, nodes: list[Node], *, of_folder: bool = False) -> Response:
    """A page of assets, with totals."""
    page = call.page
    made = many(call, page.cut(nodes), of_folder=of_folder)
    summary = {
        "after_index": page.after,
        "limit": page.limit,
        "actual_count_of_items": len(made),
        "total_number_of_items": len(nodes),
        "group_to_count_map": {"entry": [{"key": "ASSET", "value": len(nodes)}]},
    }
    return call.answer({"assets_resource": {"collection_summary": summary, "asset_list": made}})


def sort_key(node: Node, field_id: str) -> str:
    """What a list is sorted by: the first value of the field."""
    return next(iter(texts(node, field_id)), "")


def _load(call: Call, *, single: bool) -> Load:
    wanted = call.json_param("data_load_request", "data_load_request")
    return Load.from_params(call.params, wanted, single=single)
