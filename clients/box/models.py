"""What Box tells of files and of uploads under way."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from domain.errors import ServiceUnavailable

Json = dict[str, Any]
Content = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file in Box. `sha1` is lower-case hex; `adopted`: it was there already and this call sent nothing."""

    box_file_id: str
    name: str
    size_bytes: int
    sha1: str
    version_id: str | None
    etag: str | None
    adopted: bool = False

    @classmethod
    def from_json(cls, entry: Json, *, adopted: bool = False) -> Self:
        """Read a file object of Box. Box sends big sizes as floats."""
        version = entry.get("file_version") or {}
        size = int(entry.get("size") or 0)
        sha1 = str(entry.get("sha1") or "").lower()
        return cls(str(entry["id"]), str(entry["name"]), size, sha1, version.get("id"), entry.get("etag"), adopted)


@dataclass(frozen=True, slots=True)
class UploadSession:
    """A chunked upload under way. The addresses are those Box gave; they are used as they are."""

    session_id: str
    name: str
    size_bytes: int
    part_size: int
    upload_url: str
    parts_url: str
    commit_url: str
    abort_url: str

    @classmethod
    def from_answer(cls, answer: Json, name: str, size_bytes: int) -> Self:
        """Read the answer to the creation of a session."""
        urls, part_size = answer["session_endpoints"], int(answer["part_size"])
        if part_size <= 0:
            raise ValueError("part_size")
        addresses = (urls["upload_part"], urls["list_parts"], urls["commit"], urls["abort"])
        return cls(str(answer["id"]), name, size_bytes, part_size, *map(str, addresses))

    def to_json(self) -> Json:
        """Return the session for a journal."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Json) -> Self:
        """Read a session from a journal."""
        return cls(**{name: saved[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a chunked upload as Box has stored it. `sha1` is lower-case hex."""

    part_id: str
    offset: int
    size: int
    sha1: str

    @classmethod
    def from_json(cls, answer: Any) -> Self:
        """Read a part; the upload's answer wraps it in `part`, Box's guide shows it bare."""
        part = answer.get("part") or answer
        return cls(str(part["part_id"]), int(part["offset"]), int(part["size"]), str(part["sha1"]).lower())

    def to_json(self) -> Json:
        """Return the part as a commit and a journal want it."""
        return asdict(self)


def only_file(answer: Any, what: str) -> UploadedFile:
    """Return the file that an upload's answer carries."""
    entries = answer.get("entries") or []
    if not entries:
        raise ServiceUnavailable(f"{what}: Box's answer names no file; the next run looks again", service="Box")
    return UploadedFile.from_json(entries[0])
