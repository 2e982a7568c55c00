"""The whole state of a simulated Box: what tests look at and the HTTP side works on."""

import datetime as dt
import io
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.blobs import BytesBlob
from sandbox.box import errors
from sandbox.box.content import Content, Spool
from sandbox.box.events import EventLog
from sandbox.box.items import Comment, File, Folder, Metadata
from sandbox.box.limiter import Limiter
from sandbox.box.roles import Roles
from sandbox.box.sessions import Sessions, UploadSession
from sandbox.box.settings import BoxSettings
from sandbox.box.tickets import Tickets
from sandbox.box.tokens import BoxApp, Tokens
from sandbox.box.tree import ROOT_ID, Tree
from sandbox.box.webhooks import Webhooks

AGENCY_USER_ID = "20000002"


@dataclass
class BoxUrls:
    """Addresses as answers name them, without a trailing slash; empty: the host that was asked."""

    api: str = ""
    download: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as a test compares it; `path` is relative to the folder that was asked about."""

    id: str
    path: str
    name: str
    size: int
    sha1: str
    versions: int


class BoxState:
    """One Box with one app, a service user and an agency user. Thread-safe; refusals are BoxErrors.

    With `folder`, contents are kept there as files, else in memory. `clock` gives seconds since the epoch.
    """

    def __init__(
        self,
        app: BoxApp,
        *,
        folder: Path | None = None,
        settings: BoxSettings | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app = app
        self.settings = settings or BoxSettings()
        self.clock = clock
        self.urls = BoxUrls()
        self.scopes = set(app.scopes)
        self.users = {app.service_user_id: "service@example.com", AGENCY_USER_ID: "agency@example.com"}
        self.tokens = Tokens(app, self.users, self.settings, self._time)
        self.limiter = Limiter(self.settings, self._time)
        self.tree = Tree(self.settings, self.now)
        self.sessions = Sessions(self.settings, self.now)
        self.events = EventLog(self.users, self.now)
        self.webhooks = Webhooks(self.settings, self.now)
        self.tickets = Tickets(self.settings, self._time)
        self.roles = Roles()
        self.bytes_received: Counter[str] = Counter()  # request bodies by kind: direct, part; refused ones too
        self._folder = folder

    def now(self) -> dt.datetime:
        """Return the time by this Box's clock."""
        return dt.datetime.fromtimestamp(self.clock(), dt.UTC)

    @property
    def quota_bytes(self) -> int | None:
        """Room for all versions together, the trash included; None = unlimited."""
        return self.tree.quota_bytes

    @quota_bytes.setter
    def quota_bytes(self, size: int | None) -> None:
        self.tree.quota_bytes = size

    @property
    def upload_sessions(self) -> list[UploadSession]:
        """The sessions that are open."""
        return self.sessions.all()

    def expire_tokens(self) -> None:
        """Make every token invalid, as after an hour."""
        self.tokens.expire_all()

    def count_received(self, kind: str, size: int) -> None:
        """Count bytes of an upload's body."""
        with self.tree.lock:
            self.bytes_received[kind] += size

    def spool(self) -> Spool:
        """Return a place for content that comes in."""
        return Spool(self._folder)

    def add_folder(self, name: str, parent_id: str = ROOT_ID) -> Folder:
        """Make a folder, as the service user."""
        return self.tree.add_folder(parent_id, name, self.app.service_user_id)

    def add_file(self, folder_id: str, name: str, content: Content | bytes, *, user_id: str = AGENCY_USER_ID) -> File:
        """Store a new file, as the agency user unless told otherwise; its event and webhooks go out."""
        if isinstance(content, bytes):
            content = BytesBlob(content)
        return self.uploaded(self.tree.add_file(folder_id, name, content, user_id), user_id)

    def uploaded(self, file: File, user_id: str) -> File:
        """Tell the world of a new file or version, and return it."""
        if len(file.versions) == 1 or self.settings.versions_fire_uploaded:
            above = self.tree.ancestors(file)
            self.events.record("UPLOAD", file, above, user_id)
            self.webhooks.fire("FILE.UPLOADED", self.events.source(file, above), user_id, self.users)
        return file

    def file(self, file_id: str) -> File:
        """Return a file, or refuse with 404."""
        return self.tree.file(file_id)

    def files_below(self, folder_id: str = ROOT_ID) -> list[FileFacts]:
        """Return every file below a folder, sorted by path."""
        found: list[FileFacts] = []
        with self.tree.lock:
            self._collect(folder_id, "", found)
        return sorted(found, key=lambda facts: facts.path)

    def content_of(self, file_id: str) -> bytes:
        """Return the current content, whole."""
        content, whole = self.file(file_id).current.content, io.BytesIO()
        while data := content.read(whole.tell(), 1024 * 1024):
            whole.write(data)
        return whole.getvalue()

    def add_comment(self, file_id: str, message: str, user_id: str) -> Comment:
        """Add a remark to a file."""
        with self.tree.lock:
            comment = Comment(self.tree.new_id(), message, user_id, self.now())
            self.tree.file(file_id).comments.append(comment)
            return comment

    def scope(self, name: str) -> str:
        """Return a metadata scope in full: `enterprise` is short for the caller's own."""
        return f"enterprise_{self.app.enterprise_id}" if name == "enterprise" else name

    def set_metadata(
        self, file_id: str, template: str, values: Mapping[str, Any], scope: str = "enterprise"
    ) -> Metadata:
        """Put an instance of a template on a file. Raises BoxError 409 when there is one."""
        with self.tree.lock:
            file, key = self.tree.file(file_id), (self.scope(scope), template)
            if key in file.metadata:
                raise errors.MetadataError(409, "tuple_already_exists", f"File {file_id} has {template} already")
            file.metadata[key] = Metadata(self.tree.new_id(), *key, dict(values))
            return file.metadata[key]

    def summary(self) -> dict[str, Any]:
        """Return counts and files for the control API."""
        return {
            "files": [facts.path for facts in self.files_below()],
            "upload_sessions": len(self.upload_sessions),
            "bytes_received": dict(self.bytes_received),
            "token_requests": self.tokens.requests,
            "rate_limited": self.limiter.refused,
        }

    def _collect(self, folder_id: str, prefix: str, found: list[FileFacts]) -> None:
        for item in self.tree.children(folder_id):
            if isinstance(item, Folder):
                self._collect(item.id, f"{prefix}{item.name}/", found)
            else:
                facts = (item.name, item.size, item.sha1, len(item.versions))
                found.append(FileFacts(item.id, prefix + item.name, *facts))

    def _time(self) -> float:
        return self.clock()
