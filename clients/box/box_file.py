"""A file in Box as somebody handed it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from clients.box.models import Json

ROOT_ID = "0"
FILE_FIELDS = ["type", "name", "size", "sha1", "etag", "file_version", "created_by", "modified_at"]
"""What Box has to be asked for, besides the folders above."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder: the names and ids from the topmost folder that the service account sees down to itself."""

    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    @classmethod
    def from_entries(cls, entries: Sequence[Json]) -> Self:
        """Read folders of Box, the topmost first. Everybody's root, "All Files", is left out."""
        kept = [entry for entry in entries if str(entry["id"]) != ROOT_ID]
        return cls(tuple(str(entry["name"]) for entry in kept), tuple(str(entry["id"]) for entry in kept))

    def below(self, entry: Json) -> "Place":
        """Return the place of a sub-folder."""
        return Place((*self.names, str(entry["name"])), (*self.ids, str(entry["id"])))


@dataclass(frozen=True, slots=True)
class BoxFile:
    """A file and its current version. `sha1` is lower-case hex; `etag` changes with every change to the file.

    `folder_path` and `folder_ids` are the folders above it, the topmost that the service account sees first.
    `created_by_id` and `modified_at` are None where Box does not tell. `metadata` holds the values of the template
    that was asked for; None does not mean that there are none: ask `BoxClient.metadata`.
    """

    file_id: str
    name: str
    size_bytes: int
    sha1: str
    etag: str
    version_id: str | None
    folder_path: tuple[str, ...]
    created_by_id: str | None
    modified_at: datetime | None
    metadata: Mapping[str, object] | None = field(default=None, hash=False)
    folder_ids: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, entry: Json, place: Place, metadata: Mapping[str, object] | None = None) -> Self:
        """Read a file object of Box. Box sends big sizes as floats."""
        version = entry.get("file_version") or {}
        creator = entry.get("created_by") or {}
        return cls(
            file_id=str(entry["id"]),
            name=str(entry["name"]),
            size_bytes=int(entry.get("size") or 0),
            sha1=str(entry.get("sha1") or "").lower(),
            etag=str(entry["etag"]),
            version_id=_text(version.get("id")),
            folder_path=place.names,
            created_by_id=_text(creator.get("id")),
            modified_at=_time(entry.get("modified_at")),
            metadata=metadata,
            folder_ids=place.ids,
        )


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
