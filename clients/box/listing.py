"""What a Box folder holds."""

import unicodedata
from collections.abc import Iterator, Sequence

from box_sdk_gen import BoxClient

from clients.box.errors import ask
from clients.box.models import Json
from domain.errors import NotFound

_PAGE = 1000
FIELDS = ["type", "name", "size", "sha1", "etag", "file_version"]


def checked_id(box_id: str) -> str:
    """Return the id; raise NotFound unless it is all digits: anything else would become part of an address."""
    if not (box_id.isascii() and box_id.isdigit()):
        raise NotFound(f"{box_id!r} is not the id of anything in Box; check the settings", service="Box")
    return box_id


def same_name(one: str, other: str) -> bool:
    """Tell whether Box takes the two for the same name: it ignores case, and files and folders share names."""
    return _folded(one) == _folded(other)


def is_exactly(returned: str, wanted: str) -> bool:
    """Tell whether Box kept the name as it was sent; it may remove characters silently."""
    return unicodedata.normalize("NFC", returned) == unicodedata.normalize("NFC", wanted)


def items(sdk: BoxClient, folder_id: str, fields: Sequence[str] = FIELDS) -> Iterator[Json]:
    """Yield everything directly in the folder, as Box describes it."""
    folder_id, marker = checked_id(folder_id), None
    while True:
        page = ask(f"listing Box folder {folder_id}", lambda at=marker: _page(sdk, folder_id, fields, at))  # type: ignore[misc]
        yield from page["entries"]
        marker = page.get("next_marker")
        if not marker:  # None by the documents, "" in practice
            return


def item_named(sdk: BoxClient, folder_id: str, name: str) -> Json | None:
    """Return the file, folder or web link of that name, or None."""
    return next((item for item in items(sdk, folder_id) if same_name(str(item.get("name")), name)), None)


def _page(sdk: BoxClient, folder_id: str, fields: Sequence[str], marker: str | None) -> Json:
    found = sdk.folders.get_folder_items(folder_id, fields=list(fields), usemarker=True, marker=marker, limit=_PAGE)
    page: Json = found.raw_data
    if not isinstance(page.get("entries"), list):
        raise ValueError("entries")  # noqa: TRY004
    return page


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
