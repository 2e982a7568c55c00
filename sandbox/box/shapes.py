"""The JSON of Box's resources: mini and full representations, and the choice of fields."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sandbox.box.items import Comment, File, Folder, Item, Metadata, Version


def mini(item: Item) -> dict[str, Any]:
    """Return what listings and conflicts show; a file's size is not among it."""
    if isinstance(item, Folder):
        etag = None if item.parent_id is None else str(item.etag)
        return {"type": "folder", "id": item.id, "sequence_id": etag, "etag": etag, "name": item.name}
    facts = {"type": "file", "id": item.id, "file_version": _version(item.current)}
    return {**facts, "sequence_id": str(item.etag), "etag": str(item.etag), "sha1": item.sha1, "name": item.name}


def full(item: Item, above: Sequence[Folder], users: Mapping[str, str], *, float_sizes: bool = False) -> dict[str, Any]:
    """Return what a single item shows. `above` are its ancestors, the root first."""
    owner = user_mini(item.owner_id, users) if item.owner_id else None
    size = item.size if isinstance(item, File) else 0
    facts = {
        **mini(item),
        "size": float(size) if float_sizes else size,
        "path_collection": {"total_count": len(above), "entries": [mini(folder) for folder in above]},
        "created_at": item.created_at.isoformat(timespec="seconds"),
        "modified_at": item.modified_at.isoformat(timespec="seconds"),
        "created_by": owner,
        "modified_by": owner,
        "owned_by": owner,
        "shared_link": None,
        "parent": mini(above[-1]) if above else None,
        "item_status": "active",
    }
    return {**facts, **_file_facts(item)} if isinstance(item, File) else facts


def chosen(facts: dict[str, Any], fields: str | None, item: Item, enterprise_id: str) -> dict[str, Any]:
    """Return the fields that were asked for, besides type, id and etag; everything where none were named."""
    if fields is None:
        return facts
    names = [name.strip() for name in fields.split(",") if name.strip()]
    kept = {name: facts[name] for name in ("type", "id", "etag")}
    kept.update({name: facts[name] for name in names if name in facts})
    wanted = [name.split(".") for name in names if name.startswith("metadata.")]
    if wanted:
        kept["metadata"] = _metadata_of(item, wanted, enterprise_id)
    return kept


def metadata(instance: Metadata, file_id: str) -> dict[str, Any]:
    """Return a metadata instance: flat, Box's own keys beginning with $."""
    own = {
        "$id": instance.id,
        "$type": f"{instance.template}-{instance.id}",
        "$parent": f"file_{file_id}",
        "$template": instance.template,
        "$scope": instance.scope,
        "$version": instance.version,
        "$typeVersion": 0,
        "$canEdit": True,
    }
    return {**own, **instance.values}


def comment(item: Comment, file_id: str, users: Mapping[str, str]) -> dict[str, Any]:
    """Return a comment on a file."""
    return {
        "type": "comment",
        "id": item.id,
        "is_reply_comment": False,
        "message": item.message,
        "created_by": user_mini(item.author_id, users),
        "created_at": item.created_at.isoformat(timespec="seconds"),
        "item": {"type": "file", "id": file_id},
    }


def user_mini(user_id: str, users: Mapping[str, str]) -> dict[str, Any]:
    """Return a user; its name is the part of the login before the @."""
    login = users.get(user_id, "")
    return {"type": "user", "id": user_id, "name": login.partition("@")[0], "login": login}


def page(entries: Iterable[Any], **more: Any) -> dict[str, Any]:
    """Return a listing."""
    return {"entries": list(entries), **more}


def _version(version: Version) -> dict[str, Any]:
    return {"type": "file_version", "id": version.id, "sha1": version.content.sha1}


def _file_facts(file: File) -> dict[str, Any]:
    return {
        "description": file.description,
        "version_number": str(len(file.versions)),
        "content_created_at": file.content_created_at,
        "content_modified_at": file.content_modified_at,
        "trashed_at": None,
        "purged_at": None,
    }


def _metadata_of(item: Item, wanted: Iterable[Sequence[str]], enterprise_id: str) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for _, scope, template in (path for path in wanted if len(path) == 3):
        real_scope = f"enterprise_{enterprise_id}" if scope == "enterprise" else scope
        instance = item.metadata.get((real_scope, template)) if isinstance(item, File) else None
        if instance is not None:
            found.setdefault(real_scope, {})[template] = metadata(instance, item.id)
    return found or None
