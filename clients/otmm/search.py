"""Finding campaign folders by metadata: `POST /v6/search/text` of OpenText Media Management.

The search engine's index lags behind the DAM, and its CONTAINS operator finds A10 for A1: a hit is a hint, no more.
"""

from collections.abc import Iterator

from clients.otmm.errors import SERVICE
from clients.otmm.http import Call, DamHttp, json_param
from clients.otmm.parse import flag, listing, resource, whole
from domain.assets import Json
from domain.errors import ServiceRejected
from domain.roles import DamRoles

_ENVELOPE = "search_result_resource"


def search_form(roles: DamRoles, wanted: dict[str, str], *, after: int) -> dict[str, str]:
    """Return the form that asks for items whose fields (by id) hold the wanted values, from position `after` on.

    Sorted by asset id, which never changes and is unique: pages then neither overlap nor leave gaps.
    """
    settings, fields = roles.search, roles.fields
    form = {
        "keyword_query": "*",
        "search_config_id": "3",
        "search_condition_list": json_param(_conditions(wanted, settings.operator)),
        "load_type": "metadata",
        "level_of_detail": "slim",
        "metadata_to_return": ",".join((fields.campaign_number, fields.campaign_type, fields.status)),
        "sort": "asc_ARTESIA.FIELD.ASSET ID",
        "after": str(after),
        "limit": str(settings.page_size),
    }
    if settings.root_folder:
        form |= {"folder_filter": settings.root_folder, "folder_filter_type": "all"}
    return form


def hits(http: DamHttp, roles: DamRoles, wanted: dict[str, str]) -> Iterator[Json]:
    """Yield every item the search finds, page by page; one may come twice where the index changes meanwhile."""
    what = "search for " + ", ".join(f"{field_id} = {value}" for field_id, value in wanted.items())
    after, total = 0, 1
    while after < total:
        form = search_form(roles, wanted, after=after)
        answer = http.read(Call("POST", "/search/text", what, form=form))
        result = resource(answer, _ENVELOPE, "search_result", what)
        if flag(result.get("contains_invalid_conditions")):
            text = (
                f"{what}: the DAM does not know a field or the operator {roles.search.operator}; mend config/dam.yaml"
            )
            raise ServiceRejected(text, service=SERVICE)
        page = listing(answer, _ENVELOPE, "asset_list", what)
        yield from page
        count = whole(result.get("hit_count")) or len(page)
        if not count:
            return
        after, total = after + count, whole(result.get("total_hit_count")) or 0


def _conditions(wanted: dict[str, str], operator: str) -> Json:
    """Return the conditions, all of which must hold; the joining `and` stands on every one but the first."""
    conditions: list[Json] = []
    for field_id, value in wanted.items():
        condition = {
            "type": "com.artesia.search.SearchScalarCondition",
            "metadata_field_id": field_id,
            "relational_operator_id": operator,
            "value": value,
        }
        conditions.append(condition | ({"relational_operator": "and"} if conditions else {}))
    return {"search_condition_list": {"search_condition": conditions}}
