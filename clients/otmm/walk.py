"""Listing what lies below a folder: `/v6/folders/{id}/folders` and `/children` of OpenText Media Management."""

from collections.abc import Iterator, Sequence

from clients.otmm import parse
from clients.otmm.http import Call, DamHttp, load_params, segment
from domain.assets import Asset, Folder, Json


def sub_folders(http: DamHttp, folder_id: str) -> list[Folder]:
    """Return the direct sub-folders, without deleted ones."""
    what = f"folder {folder_id}"
    params = {"load_type": "system", "after": "0", "limit": "0"}  # limit 0 = all
    answer = http.read(Call("GET", f"/folders/{segment(folder_id)}/folders", what, params=params))
    items = parse.listing(answer, "folders_resource", "folder_list", what)
    return [parse.folder(item) for item in items if not parse.is_deleted(item)]


def children(http: DamHttp, folder_id: str, page_size: int, fields: Sequence[str] = ()) -> list[Json]:
    """Return folders and assets of one folder, each as the DAM lists it: deleted and superseded ones too.

    They bring along the metadata `fields`, given by id, where the DAM does what it is asked for. The answer has no
    total, and the server may cap the page: only a page without anything new is the end.
    """
    found: dict[str, Json] = {}
    after = 0
    while True:
        page = _page(http, folder_id, after, page_size, fields)
        fresh = {str(item.get("asset_id", "")): item for item in page if str(item.get("asset_id", "")) not in found}
        if not fresh:
            return list(found.values())
        found |= fresh
        after += len(page)


class FolderWalk:
    """One walk down from a folder; each folder and each asset is met once, however often the DAM links it."""

    def __init__(self, http: DamHttp, page_size: int, fields: Sequence[str] = ()) -> None:
        self._http = http
        self._page_size = page_size
        self._fields = fields
        self._met: set[str] = set()

    def assets(self, folder_id: str) -> Iterator[Asset]:
        """Yield the assets depth first in the DAM's order, without deleted and superseded ones."""
        for item, path in self.items(folder_id):
            yield parse.asset(item, path)

    def items(self, folder_id: str, path: tuple[str, ...] = ()) -> Iterator[tuple[Json, tuple[str, ...]]]:
        """Yield the same as the DAM lists them, each with its sub-folder path."""
        self._met.add(folder_id)
        for item in children(self._http, folder_id, self._page_size, self._fields):
            item_id = str(item.get("asset_id", ""))
            if item_id in self._met or parse.is_deleted(item):
                continue
            if parse.is_folder(item):
                yield from self.items(item_id, (*path, str(item.get("name", ""))))
            elif not parse.is_superseded(item):
                self._met.add(item_id)
                yield item, path


def _page(http: DamHttp, folder_id: str, after: int, page_size: int, fields: Sequence[str]) -> list[Json]:
    what = f"folder {folder_id}"
    params = {
        # The content's facts bring the checksum.
        **load_params("load_asset_content_info", *(["load_metadata"] if fields else [])),
        **({"metadata_to_return": ",".join(fields)} if fields else {}),
        "sort": "asc_NAME",
        "after": str(after),
        "limit": str(page_size),
    }
    answer = http.read(Call("GET", f"/folders/{segment(folder_id)}/children", what, params=params))
    return parse.listing(answer, "folder_children", "asset_list", what)
