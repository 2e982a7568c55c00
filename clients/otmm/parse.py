"""From the JSON of OpenText Media Management (REST v6) to campaigns, folders and assets.

Every answer has one envelope key per resource. A list of one may come as its element, booleans and
numbers as strings.
"""

import re
from typing import Any

from clients.otmm.errors import SERVICE
from domain.assets import Asset, Campaign, Folder, Json
from domain.errors import ServiceRejected
from domain.metadata import as_list, field_value
from domain.roles import FieldRoles

_GONE = {"DELETED", "SEL_DEL"}
_MD5 = re.compile(r"[0-9a-f]{32}")


def resource(answer: Json, envelope: str, key: str, what: str) -> Json:
    """Return the object under `envelope` and `key`; ServiceRejected when the answer is of another shape."""
    inner = answer.get(envelope)
    found = inner.get(key) if isinstance(inner, dict) else None
    if not isinstance(found, dict):
        raise ServiceRejected(f"{what}: the DAM's answer holds no {envelope}.{key}", service=SERVICE)
    return found


def listing(answer: Json, envelope: str, key: str, what: str) -> list[Json]:
    """Return the list under `envelope` and `key`; an empty list may be missing, its envelope may not."""
    if envelope not in answer:
        raise ServiceRejected(f"{what}: the DAM's answer holds no {envelope}", service=SERVICE)
    inner = answer[envelope]
    items = as_list(inner.get(key)) if isinstance(inner, dict) else []
    return [item for item in items if isinstance(item, dict)]


def is_folder(item: Json) -> bool:
    """Tell a folder from an asset: listings and search results mix them."""
    return "container_id" in item or "container_type_id" in item or str(item.get("type", "")).endswith(".Container")


def is_deleted(item: Json) -> bool:
    """Tell whether the item is deleted; listings and search results still show it."""
    return flag(item.get("deleted")) or item.get("content_state") in _GONE


def is_superseded(item: Json) -> bool:
    """Tell whether a newer version of the asset exists; each version is an item with an id of its own."""
    return "latest_version" in item and not flag(item["latest_version"])


def campaign(item: Json, fields: FieldRoles) -> Campaign:
    """Return the campaign a folder with metadata describes; what it does not say is ''."""
    return Campaign(
        folder_id=str(item.get("asset_id", "")),
        number=field_value(item, fields.campaign_number) or "",
        name=str(item.get("name", "")),
        type=field_value(item, fields.campaign_type) or "",
        status=field_value(item, fields.status) or "",
        global_campaign=field_value(item, fields.global_campaign),
    )


def folder(item: Json) -> Folder:
    """Return the folder."""
    return Folder(folder_id=str(item.get("asset_id", "")), name=str(item.get("name", "")))


def asset(item: Json, folder_path: tuple[str, ...] = ()) -> Asset:
    """Return the asset that an asset object of the DAM describes."""
    info = _content_info(item)
    return Asset(
        asset_id=str(item.get("asset_id", "")),
        name=str(item.get("name", "")),
        size_bytes=_size(item, info),
        md5=_md5(info.get("content_checksum")),
        mime_type=str(item.get("mime_type") or info.get("mime_type") or ""),
        folder_path=folder_path,
        original_id=str(item["original_asset_id"]) if item.get("original_asset_id") else None,
    )


def whole(value: Any) -> int | None:
    """Return a number of the DAM, which may be a string, or None when it is missing or below zero.

    >>> whole(3), whole("3"), whole(-1), whole(None)
    (3, 3, None, None)
    """
    try:
        number = int(value)
    except (TypeError, ValueError):
        return None
    return number if number >= 0 else None


def flag(value: Any) -> bool:
    """Return a boolean of the DAM, which may be a string."""
    return value is True or str(value).lower() == "true"


def _content_info(item: Json) -> Json:
    """Return what is known of the content itself: `master_content_info`, or the same within `asset_content_info`."""
    nested = item.get("asset_content_info")
    inner = nested.get("master_content") if isinstance(nested, dict) else None
    info = item.get("master_content_info") or inner
    return info if isinstance(info, dict) else {}


def _size(item: Json, info: Json) -> int | None:
    """Return the content's size. A size of 0 without a word about the content means that there is none."""
    size = whole(info.get("content_size"))
    if size is None:
        size = whole(item.get("content_size"))
    return None if not size and not info else size


def _md5(checksum: Any) -> str | None:
    """Return `content_checksum` if it is an MD5; the name of the algorithm is not given."""
    text = str(checksum).strip().lower()
    return text if _MD5.fullmatch(text) else None
