"""People outside the house who work in one folder of the twin's Box, as the agency user."""

from collections.abc import Callable, Sequence

from sandbox.blobs import Blob
from sandbox.box import BoxState, errors
from sandbox.box.items import File
from sandbox.box.models import AGENCY_USER_ID

Below = Sequence[str]
"""Names of sub-folders."""


class Outsider:
    """Hands in, renames and removes what lies below one folder. A name that is there already gets a new version."""

    def __init__(self, box: BoxState, folder_id: str) -> None:
        self._box = box
        self._folder_id = folder_id

    def put(
        self, name: str, content: Blob, below: Below = (), *, prepare: Callable[[File], None] | None = None
    ) -> File:
        """Hand in a file. `prepare` is done before anybody sees it; sub-folders are made where they are missing."""
        tree, folder_id = self._box.tree, self._folder(below)
        with tree.lock:
            there = tree.child(folder_id, name)
            if there is None:
                file = tree.add_file(folder_id, name, content, AGENCY_USER_ID)
            else:
                file = tree.add_version(there.id, content)
            if prepare is not None:
                prepare(file)
        return self._box.uploaded(file, AGENCY_USER_ID)

    def rename(self, file_id: str, name: str) -> File:
        """Give a file another name; nobody is told. Raises BoxError, 404 for a file that is not below the folder."""
        return self._box.tree.update_file(self._own(file_id).id, {"name": name})

    def remove(self, file_id: str) -> None:
        """Take a file back: it goes to the trash. Raises BoxError 404 for a file that is not below the folder."""
        self._box.tree.delete_file(self._own(file_id).id)

    def _own(self, file_id: str) -> File:
        file = self._box.file(file_id)
        if self._folder_id not in {folder.id for folder in self._box.tree.ancestors(file)}:
            raise errors.not_found("file", file_id)
        return file

    def _folder(self, below: Below) -> str:
        folder_id = self._folder_id
        for name in below:
            there = self._box.tree.child(folder_id, name)
            folder_id = (there or self._box.tree.add_folder(folder_id, name, AGENCY_USER_ID)).id
        return folder_id
