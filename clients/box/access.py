"""What the service account may do in a folder, as Box tells it who asks for `permissions`.

A folder's `can_delete` is about the folder itself, and whether files may be commented on is said of files only. So a
file that lies in the folder is asked about too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from box_sdk_gen import BoxClient

from clients.box.errors import ask
from clients.box.listing import checked_id, items
from clients.box.models import Json

_LOOKED_THROUGH = 1000  # one page of a listing


@dataclass(frozen=True, slots=True)
class FolderAccess:
    """A folder with the flags (`can_upload` ...) that the account has. `above` are the ids of the folders it lies in.

    None for flags: Box does not tell; `of_a_file` is None also where no file was asked for, or none lies directly in
    the folder.
    """

    folder_id: str
    name: str
    above: tuple[str, ...]
    flags: frozenset[str] | None
    of_a_file: frozenset[str] | None


def folder_access(sdk: BoxClient, folder_id: str, *, with_a_file: bool) -> FolderAccess:
    """Return what may be done in a folder, and with a file that lies there. Raises NotFound."""
    folder_id = checked_id(folder_id)
    wanted = ["name", "path_collection", "permissions"]
    get = sdk.folders.get_folder_by_id
    answer = ask(f"Box folder {folder_id}", lambda: get(folder_id, fields=wanted).raw_data)
    of_a_file = _flags_of_a_file(sdk, folder_id) if with_a_file else None
    return ask(f"Box folder {folder_id}", lambda: _read(answer, of_a_file))


def _read(answer: Json, of_a_file: frozenset[str] | None) -> FolderAccess:
    above: Sequence[Json] = (answer.get("path_collection") or {}).get("entries") or ()
    ids = tuple(str(folder["id"]) for folder in above)
    return FolderAccess(str(answer["id"]), str(answer.get("name") or ""), ids, _flags(answer), of_a_file)


def _flags_of_a_file(sdk: BoxClient, folder_id: str) -> frozenset[str] | None:
    listed = islice(items(sdk, folder_id, ("type", "permissions")), _LOOKED_THROUGH)
    file = next((item for item in listed if item.get("type") == "file"), None)
    return _flags(file) if file is not None else None


def _flags(item: Json) -> frozenset[str] | None:
    told = item.get("permissions")
    return frozenset(name for name, is_allowed in told.items() if is_allowed) if isinstance(told, dict) else None
