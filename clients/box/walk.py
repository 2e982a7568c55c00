"""Every file below a folder of Box, with the template's values where a listing carries them."""

from collections.abc import Mapping

from box_sdk_gen import BoxClient

from clients.box.box_file import FILE_FIELDS, ROOT_ID, BoxFile, Place
from clients.box.errors import ask
from clients.box.listing import checked_id, items
from clients.box.metadata import Metadata
from clients.box.models import Json
from domain.errors import NotFound, ServiceRejected


class Walk:
    """One walk through a folder and all folders below it. Good for a single call of `files`."""

    def __init__(self, sdk: BoxClient, metadata: Metadata, template: str | None) -> None:
        self._sdk = sdk
        self._metadata = metadata
        self._template = template
        self._found: dict[str, BoxFile] = {}  # a file that is moved meanwhile can be listed twice

    def files(self, folder_id: str) -> list[BoxFile]:
        """Return the files in Box's order, those of a folder before those of its sub-folders.

        Web links are left out; so is a sub-folder that is deleted meanwhile. Raises NotFound for the folder itself.
        """
        waiting, seen = [(checked_id(folder_id), self._place(folder_id))], set[str]()
        while waiting:
            at_id, place = waiting.pop()
            if at_id in seen:
                continue
            seen.add(at_id)
            try:
                below = ask(f"listing Box folder {at_id}", lambda at=at_id, where=place: self._take(at, where))  # type: ignore[misc]
            except NotFound:
                if at_id == folder_id:
                    raise
                continue
            waiting.extend(reversed(below))
        return list(self._found.values())

    def _place(self, folder_id: str) -> Place:
        if folder_id == ROOT_ID:
            return Place()

        def get() -> Place:
            folder = self._sdk.folders.get_folder_by_id(folder_id, fields=["name", "path_collection"]).raw_data
            return Place.from_entries([*folder["path_collection"]["entries"], folder])

        return ask(f"Box folder {folder_id}", get)

    def _take(self, folder_id: str, place: Place) -> list[tuple[str, Place]]:
        """Keep the files of one folder and return its sub-folders."""
        entries = self._entries(folder_id)
        for entry in entries:
            if entry.get("type") == "file":
                file = BoxFile.from_json(entry, place, self._values(entry))
                self._found[file.file_id] = file
        return [(str(entry["id"]), place.below(entry)) for entry in entries if entry.get("type") == "folder"]

    def _entries(self, folder_id: str) -> list[Json]:
        if self._template is None:
            return list(items(self._sdk, folder_id, FILE_FIELDS))
        fields = [*FILE_FIELDS, self._metadata.listing_field(self._template)]
        try:
            return list(items(self._sdk, folder_id, fields))
        except ServiceRejected as error:
            if error.status_code != 400:
                raise
        self._template = None  # this Box does not give metadata in listings
        return list(items(self._sdk, folder_id, FILE_FIELDS))

    def _values(self, entry: Json) -> Mapping[str, object] | None:
        return None if self._template is None else self._metadata.in_listing(entry, self._template)
