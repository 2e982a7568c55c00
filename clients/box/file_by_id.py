"""One file of Box, reached by its id: looked at afresh, or removed."""

from box_sdk_gen import BoxClient

from clients.box.box_file import FILE_FIELDS, BoxFile, Place
from clients.box.errors import ask
from clients.box.listing import checked_id
from domain.errors import NotFound, ServiceRejected


def facts(sdk: BoxClient, file_id: str) -> BoxFile:
    """Return the file as it is now. Raises NotFound, also for a file in the trash (code `trashed`)."""
    checked_id(file_id)

    def get() -> BoxFile:
        entry = sdk.files.get_file_by_id(file_id, fields=[*FILE_FIELDS, "path_collection"]).raw_data
        return BoxFile.from_json(entry, Place.from_entries(entry["path_collection"]["entries"]))

    return ask(f"Box file {file_id}", get)


def delete(sdk: BoxClient, file_id: str, etag: str) -> bool:
    """Delete the file unless it has changed; True when it is gone, also when it was gone before."""
    checked_id(file_id)
    try:
        ask(f"deleting Box file {file_id}", lambda: sdk.files.delete_file_by_id(file_id, if_match=etag))
    except NotFound:
        return True
    except ServiceRejected as error:
        if error.status_code != 412:
            raise
        return False
    return True
