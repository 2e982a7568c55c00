"""What the project carries: campaigns, folders and assets, as the DAM describes them."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign folder of the DAM. `status` and `type` are the values as read, not yet judged.

    `global_campaign` is the number of the global campaign that a local one adapts, where the DAM says so.
    """

    folder_id: str
    number: str
    name: str
    type: str
    status: str
    global_campaign: str | None = None

    @property
    def label(self) -> str:
        """What the campaign is called where one name is needed: its number, or its folder where it has none yet."""
        return self.number or self.folder_id


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the DAM."""

    folder_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Asset:
    """An item of the DAM: metadata and content.

    `folder_path` holds the names of the sub-folders between the folder that was searched and the asset.
    `size_bytes` is None when the asset has no content; `md5` is hex, None when the DAM does not say. A new version has
    an id of its own; `original_id` is that of the first one, as far as the DAM says.
    """

    asset_id: str
    name: str
    size_bytes: int | None
    md5: str | None = None
    mime_type: str = ""
    folder_path: tuple[str, ...] = ()
    original_id: str | None = None

    @property
    def path(self) -> str:
        """The asset's place below the searched folder, for people."""
        return "/".join((*self.folder_path, self.name))
