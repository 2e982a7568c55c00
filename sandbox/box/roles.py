"""What the app's service user may do in a folder of a simulated Box, by the roles that Box gives to collaborators.

Follows Box's help page on permission levels. Only told in `permissions`; nothing is refused on account of it.
"""

from collections.abc import Sequence
from typing import Literal

from sandbox.box.items import Folder, Item

Role = Literal["editor", "viewer uploader", "viewer", "uploader"]

_FOLDER_FLAGS = (
    *("can_download", "can_upload", "can_rename", "can_delete", "can_share"),
    *("can_invite_collaborator", "can_set_share_access"),
)
_FILE_FLAGS = (*_FOLDER_FLAGS, "can_preview", "can_comment", "can_annotate")
_VIEWER = frozenset({"can_download", "can_share", "can_preview", "can_comment"})
_MAY: dict[Role, frozenset[str]] = {
    "editor": frozenset(_FILE_FLAGS),
    "viewer uploader": _VIEWER | {"can_upload"},
    "viewer": _VIEWER,
    "uploader": frozenset({"can_upload"}),
}


class Roles:
    """The role in each folder where it is not `editor`; it holds for everything below."""

    def __init__(self) -> None:
        self._given: dict[str, Role] = {}

    def give(self, folder_id: str, role: Role) -> None:
        """Let the service user have this role in a folder and below it."""
        self._given[folder_id] = role

    def permissions(self, item: Item, above: Sequence[Folder]) -> dict[str, bool]:
        """Return the flags of a folder or file; the nearest folder with a role decides. `above` has the root first."""
        places = [folder.id for folder in (item, *reversed(above)) if isinstance(folder, Folder)]
        given = [self._given[place] for place in places if place in self._given]
        role: Role = given[0] if given else "editor"
        flags = _FOLDER_FLAGS if isinstance(item, Folder) else _FILE_FLAGS
        return {flag: flag in _MAY[role] for flag in flags}
