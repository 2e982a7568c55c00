"""Folders in Box: found by name or made, each once, however many ask for it."""

import threading
from collections.abc import Sequence
from contextlib import suppress

from box_sdk_gen import BoxClient, CreateFolderParent

from clients.box.errors import NameTaken, ask
from clients.box.listing import checked_id, is_exactly, item_named
from clients.box.models import Json
from domain.errors import NameRefused, ServiceError, ServiceUnavailable


class Folders:
    """Find-or-create for folders. Remembers the paths it has found, for as long as the instance lives."""

    def __init__(self, sdk: BoxClient) -> None:
        self._sdk = sdk
        self._known: dict[tuple[str, str], str] = {}
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._guard = threading.Lock()

    def find_or_create(self, name: str, parent_id: str) -> str:
        """Return the id of the sub-folder of that name, ignoring case. Raises NameRefused when a file has the name."""
        what, parent = f"Box folder {name!r} in folder {parent_id}", CreateFolderParent(checked_id(parent_id))
        try:
            made = ask(what, lambda: self._sdk.folders.create_folder(name, parent, fields=["name"]).raw_data)
        except NameTaken as taken:
            return self._existing(name, parent_id, taken)
        if not is_exactly(str(made.get("name")), name):
            self._remove(str(made["id"]))
            raise NameRefused(f"Box makes {made.get('name')!r} of the folder name {name!r}; rename it in the DAM")
        return str(made["id"])

    def find_or_create_path(self, names: Sequence[str], root_id: str) -> str:
        """Return the id of the folder at the end of the path below `root_id`; the root's own for an empty path."""
        folder_id = checked_id(root_id)
        for name in names:
            folder_id = self._remembered(name, folder_id)
        return folder_id

    def _remembered(self, name: str, parent_id: str) -> str:
        key = (parent_id, name)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._known:
                self._known[key] = self.find_or_create(name, parent_id)
            return self._known[key]

    def _existing(self, name: str, parent_id: str, taken: NameTaken) -> str:
        holder: Json | None = taken.conflicts[0] if taken.conflicts else item_named(self._sdk, parent_id, name)
        if holder is None:
            message = f"Box says that folder {parent_id} has {name!r} but does not list it; the next run looks again"
            raise ServiceUnavailable(message, service="Box")
        if holder.get("type") != "folder":
            kind = holder.get("type")
            raise NameRefused(f"folder {name!r}: Box folder {parent_id} has a {kind} of that name; rename one of them")
        return str(holder["id"])

    def _remove(self, folder_id: str) -> None:
        """Take back a folder that was made a moment ago under a wrong name. Box deletes it only while it is empty."""
        with suppress(ServiceError):
            ask(f"Box folder {folder_id}", lambda: self._sdk.folders.delete_folder_by_id(folder_id))
