"""What a simulated Box holds: folders, files, their versions, comments and metadata, as plain records."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sandbox.box.content import Content


@dataclass(slots=True)
class Folder:
    """A folder; the root has no parent."""

    id: str
    name: str
    parent_id: str | None
    owner_id: str
    created_at: dt.datetime
    modified_at: dt.datetime
    etag: int = 0

    kind: ClassVar[str] = "folder"


@dataclass(slots=True)
class Version:
    """One content of a file."""

    id: str
    name: str
    content: Content
    created_at: dt.datetime


@dataclass(slots=True)
class Comment:
    """A remark that people see beside the file."""

    id: str
    message: str
    author_id: str
    created_at: dt.datetime


@dataclass(slots=True)
class Metadata:
    """One instance of a metadata template on a file."""

    id: str
    scope: str  # enterprise_ID or global
    template: str
    values: dict[str, Any]
    version: int = 0


@dataclass(slots=True)
class File:
    """A file; the last version is the current one."""

    id: str
    name: str
    parent_id: str
    owner_id: str
    created_at: dt.datetime
    modified_at: dt.datetime
    content_created_at: str
    content_modified_at: str
    versions: list[Version]
    etag: int = 0
    description: str = ""
    is_trashed: bool = False
    downloads: int = 0
    comments: list[Comment] = field(default_factory=list)
    metadata: dict[tuple[str, str], Metadata] = field(default_factory=dict)

    kind: ClassVar[str] = "file"

    @property
    def current(self) -> Version:
        """The version that a download gives."""
        return self.versions[-1]

    @property
    def size(self) -> int:
        """Bytes of the current version."""
        return self.current.content.size

    @property
    def sha1(self) -> str:
        """Hex checksum of the current version."""
        return self.current.content.sha1


Item = File | Folder
