"""The tree of folders and files of a simulated Box, with its rules about names, etags and room."""

import datetime as dt
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sandbox.box import errors, names
from sandbox.box.content import Content, discard
from sandbox.box.items import File, Folder, Item, Version
from sandbox.box.settings import BoxSettings
from sandbox.box.shapes import mini

ROOT_ID = "0"


class Tree:
    """Folders and files. Every method is thread-safe; refusals are BoxErrors."""

    def __init__(self, settings: BoxSettings, now: Callable[[], dt.datetime]) -> None:
        self.lock = threading.RLock()
        self.quota_bytes: int | None = None
        self._settings = settings
        self._now = now
        self._ids = itertools.count(10_000_001)
        self._folders = {ROOT_ID: Folder(ROOT_ID, "All Files", None, "", now(), now())}
        self._files: dict[str, File] = {}
        self._names: dict[str, dict[str, Item]] = {ROOT_ID: {}}
        self._reserved: set[tuple[str, str]] = set()

    def new_id(self) -> str:
        """Return an id that nothing else has."""
        with self.lock:
            return str(next(self._ids))

    def folder(self, folder_id: str) -> Folder:
        """Return a folder, or refuse with 404."""
        with self.lock:
            if folder_id not in self._folders:
                raise errors.not_found("folder", folder_id)
            return self._folders[folder_id]

    def file(self, file_id: str, *, in_trash: bool = False) -> File:
        """Return a file, or refuse with 404; `in_trash` looks in the trash instead."""
        with self.lock:
            file = self._files.get(file_id)
            if file is None or (in_trash and not file.is_trashed):
                raise errors.not_found("file", file_id)
            if file.is_trashed and not in_trash:
                raise errors.trashed(file_id)
            return file

    def children(self, folder_id: str) -> list[Item]:
        """Return what is directly in a folder: folders first, each kind by name."""
        with self.lock:
            self.folder(folder_id)
            return sorted(self._names[folder_id].values(), key=sort_key)

    def child(self, folder_id: str, name: str) -> Item | None:
        """Return the item of a name, upper and lower case being equal."""
        with self.lock:
            return self._names.get(folder_id, {}).get(names.folded(name))

    def ancestors(self, item: Item) -> list[Folder]:
        """Return the folders above an item, the root first."""
        with self.lock:
            above: list[Folder] = []
            parent_id = item.parent_id
            while parent_id is not None:
                above.insert(0, self._folders[parent_id])
                parent_id = above[0].parent_id
            return above

    def files(self) -> list[File]:
        """Return every file, those in the trash too."""
        with self.lock:
            return list(self._files.values())

    def used_bytes(self) -> int:
        """Return what all versions take together, the trash included."""
        with self.lock:
            return sum(version.content.size for file in self._files.values() for version in file.versions)

    def add_folder(self, parent_id: str, name: str, owner_id: str) -> Folder:
        """Make a folder; 409 with a list of conflicts when the name is taken."""
        with self.lock:
            self.folder(parent_id)
            name = names.accepted(name, self._settings)
            taken = self.child(parent_id, name)
            if taken is not None:
                raise errors.name_in_use([mini(taken)])
            folder = Folder(self.new_id(), name, parent_id, owner_id, self._now(), self._now())
            self._folders[folder.id] = folder
            self._names[folder.id] = {}
            self._names[parent_id][names.folded(name)] = folder
            return folder

    def check_upload(self, parent_id: str, name: str, size: int | None) -> str:
        """Return the name a new file would get; refuse what Box refuses before the first byte."""
        with self.lock:
            self.folder(parent_id)
            name = names.accepted(name, self._settings)
            self.check_free(parent_id, name)
            self.check_room(size or 0)
            return name

    def check_free(self, parent_id: str, name: str, except_id: str | None = None) -> None:
        """Refuse with 409 when another item has the name; one conflict as an object, by switch as a list."""
        taken = self.child(parent_id, name)
        if taken is not None and taken.id != except_id:
            facts = mini(taken)
            raise errors.name_in_use([facts] if self._settings.upload_conflicts_as_list else facts)

    def check_room(self, size: int) -> None:
        """Refuse with 403 when so many more bytes are too many for a file or for the quota."""
        if size > self._settings.max_upload_bytes:
            raise errors.file_size_limit_exceeded()
        if self.quota_bytes is not None and self.used_bytes() + size > self.quota_bytes:
            raise errors.storage_limit_exceeded()

    @contextmanager
    def reserved(self, parent_id: str, name: str) -> Iterator[None]:
        """Hold a name while its content comes in; a second upload of that name is refused with 409 meanwhile."""
        key = (parent_id, names.folded(name))
        with self.lock:
            if key in self._reserved:
                raise errors.name_reserved()
            self._reserved.add(key)
        try:
            yield
        finally:
            with self.lock:
                self._reserved.discard(key)

    def add_file(
        self, parent_id: str, name: str, content: Content, owner_id: str, attributes: Mapping[str, Any] | None = None
    ) -> File:
        """Store a new file."""
        with self.lock:
            name = self.check_upload(parent_id, name, content.size)
            now = self._now()
            dates = _content_dates(attributes or {}, now)
            version = Version(self.new_id(), name, content, now)
            file = File(self.new_id(), name, parent_id, owner_id, now, now, *dates, [version])
            self._files[file.id] = file
            self._names[parent_id][names.folded(name)] = file
            return file

    def add_version(
        self, file_id: str, content: Content, attributes: Mapping[str, Any] | None = None, if_match: str | None = None
    ) -> File:
        """Store a new version of a file, by `name` in the attributes under a new name."""
        with self.lock:
            file = self.file(file_id)
            check_etag(file, if_match)
            self.check_room(content.size)
            self._rename(file, str((attributes or {}).get("name") or file.name), file.parent_id)
            now = self._now()
            _, file.content_modified_at = _content_dates(attributes or {}, now)
            file.versions.append(Version(self.new_id(), file.name, content, now))
            self._touch(file)
            return file

    def check_version(self, file_id: str, if_match: str | None) -> None:
        """Refuse a new version before its first byte."""
        with self.lock:
            check_etag(self.file(file_id), if_match)

    def update_file(self, file_id: str, changes: Mapping[str, Any], if_match: str | None = None) -> File:
        """Change name, parent, description or content_modified_at."""
        with self.lock:
            file = self.file(file_id)
            check_etag(file, if_match)
            parent_id = str((changes.get("parent") or {}).get("id") or file.parent_id)
            self.folder(parent_id)
            self._rename(file, str(changes.get("name") or file.name), parent_id)
            file.description = str(changes.get("description", file.description))
            file.content_modified_at = str(changes.get("content_modified_at", file.content_modified_at))
            self._touch(file)
            return file

    def delete_file(self, file_id: str, if_match: str | None = None) -> None:
        """Move a file to the trash; where there is none, delete it for good."""
        with self.lock:
            file = self.file(file_id)
            check_etag(file, if_match)
            del self._names[file.parent_id][names.folded(file.name)]
            file.is_trashed = True
            if not self._settings.trash:
                self.purge_file(file_id)

    def purge_file(self, file_id: str) -> None:
        """Delete a file that is in the trash."""
        with self.lock:
            file = self.file(file_id, in_trash=True)
            del self._files[file_id]
            for version in file.versions:
                discard(version.content)

    def delete_folder(self, folder_id: str, *, recursive: bool, if_match: str | None = None) -> None:
        """Delete a folder; with `recursive` also when something is in it."""
        with self.lock:
            folder = self.folder(folder_id)
            check_etag(folder, if_match)
            if folder.parent_id is None:
                raise errors.access_denied()
            if self._names[folder_id] and not recursive:
                raise errors.BoxError(400, "folder_not_empty", "Cannot delete - folder not empty")
            for item in self.children(folder_id):
                if isinstance(item, File):
                    self.delete_file(item.id)
                else:
                    self.delete_folder(item.id, recursive=True)
            del self._names[folder.parent_id][names.folded(folder.name)], self._names[folder_id]
            del self._folders[folder_id]

    def _rename(self, file: File, name: str, parent_id: str) -> None:
        name = names.accepted(name, self._settings)
        self.check_free(parent_id, name, except_id=file.id)
        del self._names[file.parent_id][names.folded(file.name)]
        file.name, file.parent_id = name, parent_id
        self._names[parent_id][names.folded(name)] = file

    def _touch(self, file: File) -> None:
        file.etag += 1
        file.modified_at = self._now()


def sort_key(item: Item) -> tuple[bool, str, str]:
    """Return what a listing is sorted by."""
    return isinstance(item, File), names.folded(item.name), item.id


def check_etag(item: Item, if_match: str | None) -> None:
    """Refuse with 412 when If-Match was given and is not the item's etag."""
    if if_match is not None and if_match.strip('"') != str(item.etag):
        raise errors.precondition_failed()


def _content_dates(attributes: Mapping[str, Any], now: dt.datetime) -> tuple[str, str]:
    default = now.isoformat(timespec="seconds")
    return str(attributes.get("content_created_at") or default), str(attributes.get("content_modified_at") or default)
