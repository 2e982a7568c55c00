"""`/search/text`: HTTP in and out. What comes back is as old as the index, metadata too."""

from starlette.responses import Response

from sandbox.otmm.call import Call, as_list
from sandbox.otmm.envelopes import many, sort_key
from sandbox.otmm.errors import OtmmError, search_failed
from sandbox.otmm.nodes import Node
from sandbox.otmm.represent import Json
from sandbox.otmm.search import ConditionParser, InvalidConditions, Predicate, facet_predicate, keyword_predicate


def search(call: Call) -> Response:
    """GET or POST /search/text, the parameters in the query, the form or both."""
    with call.state.lock:
        try:
            fits = _predicate(call)
        except InvalidConditions as finding:
            if call.state.settings.invalid_conditions_status != 200:
                raise search_failed() from finding
            return _answer(call, [], is_invalid=True)
        found = [node for node in call.state.index.nodes() if fits(node)]
        return _answer(call, call.sorted(found, sort_key), is_invalid=False)


def _predicate(call: Call) -> Predicate:
    parser = ConditionParser(call.state.known_fields(), call.state.settings.operators)
    conditions = call.json_param("search_condition_list", "search_condition_list").get("search_condition")
    facets = call.json_param("facet_restriction_list", "facet_restriction_list").get("facet_field_restriction")
    parts = [
        parser.parse(as_list(conditions)),
        keyword_predicate(call.params.get("keyword_query", "*")),
        facet_predicate(as_list(facets)),
    ]
    if folder_id := call.params.get("folder_filter"):
        parts.append(_below(call, folder_id))
    return lambda node: all(part(node) for part in parts)


def _below(call: Call, folder_id: str) -> Predicate:
    tree = call.state.tree
    try:
        tree.folder(folder_id)
    except OtmmError:
        return lambda _: False
    if call.params.get("folder_filter_type") == "direct":
        return lambda node: folder_id in tree.nodes[node.id].parents
    return lambda node: folder_id in tree.ancestors(node.id)


def _answer(call: Call, found: list[Node], *, is_invalid: bool) -> Response:
    page = call.page
    hits = page.cut(found)
    result = {
        "asset_group_count": {"entry": []},
        "asset_id_list": [node.id for node in hits],
        "contains_invalid_conditions": is_invalid,
        "facet_field_response_list": [],
        "hit_count": len(hits),
        "offset": page.after,
        "total_hit_count": len(found),
    }
    answer: Json = {"search_result": result}
    if call.params.get("return_type") != "ids":
        answer["asset_list"] = many(call, hits)
    return call.answer({"search_result_resource": answer})
