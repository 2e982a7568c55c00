"""Campaigns that a simulated DAM starts with, written as JSON; the README lists the keys."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.blobs import GeneratedBlob
from sandbox.media import KINDS
from sandbox.otmm import FieldIds, OtmmState
from sandbox.otmm.catalogue import Value
from sandbox.reviews import Review, to_values

CAMPAIGNS = Path(__file__).parent / "campaigns.json"
"""Eleven campaigns for the demo, at every step of their life; the README tells what each is for."""

SMALL = Path(__file__).parent / "small.json"
"""One campaign with three assets, for tests."""

CREATIVEX_SCORE = "FERRERO.TAB.FIELD.CREATIVEX"
CREATIVEX_LINK = "FERRERO.FIELD.CREATIVEX LINK"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CreativeX(_Entry):
    """A quality score that the asset has already."""

    score: int = Field(ge=0, le=100)
    link: str = "https://creativex.example.com/scorecard"


class SeedAsset(_Entry):
    """An asset. `kind` is taken from the name's extension where it is left out."""

    name: str
    size: int = Field(default=200_000, ge=0, description="Bytes.")
    kind: Literal["bin", "jpg", "mp4", "pdf", "png", "zip"] | None = None
    content: Literal["whole", "none", "wrong checksum"] = "whole"
    metadata: dict[str, str | list[str]] = Field(default={}, description="Values by field id; a list for a table.")
    creativex: CreativeX | None = None
    review: Review | None = None


class SeedFolder(_Entry):
    """A folder below a campaign."""

    name: str
    assets: tuple[SeedAsset, ...] = ()
    folders: tuple["SeedFolder", ...] = ()


class SeedCampaign(_Entry):
    """A campaign folder."""

    number: str
    name: str
    type: str = "Local Adaptation"
    status: str = "A1"
    global_campaign: str = Field(default="", description="Number of the campaign that this one adapts.")
    folders: tuple[SeedFolder, ...] = ()


class Seed(_Entry):
    """A whole seed file."""

    campaigns: tuple[SeedCampaign, ...]


def read_seed(path: Path) -> Seed:
    """Return the seed in a file. Raises pydantic.ValidationError naming every key that is wrong."""
    return Seed.model_validate_json(path.read_bytes())


def load_seed(state: OtmmState, seed: Seed | Mapping[str, Any] | Path) -> dict[str, str]:
    """Put the campaigns into `state`; return campaign number → folder id."""
    if isinstance(seed, Path):
        seed = read_seed(seed)
    elif not isinstance(seed, Seed):
        seed = Seed.model_validate_json(json.dumps(seed))
    return {campaign.number: _load_campaign(state, campaign) for campaign in seed.campaigns}


def _load_campaign(state: OtmmState, campaign: SeedCampaign) -> str:
    folder_id = state.add_campaign(**campaign.model_dump(exclude={"folders"}))
    for folder in campaign.folders:
        _load_folder(state, folder_id, folder, PurePosixPath(campaign.number))
    return folder_id


def _load_folder(state: OtmmState, parent_id: str, folder: SeedFolder, path: PurePosixPath) -> None:
    folder_id, path = state.add_folder(parent_id, folder.name), path / folder.name
    for asset in folder.assets:
        state.add_asset(
            folder_id,
            asset.name,
            None if asset.content == "none" else GeneratedBlob(str(path / asset.name), asset.size, _kind(asset)),
            _metadata(asset, state.settings.fields),
            wrong_md5=asset.content == "wrong checksum",
        )
    for below in folder.folders:
        _load_folder(state, folder_id, below, path)


def _kind(asset: SeedAsset) -> str:
    extension = PurePosixPath(asset.name).suffix.lstrip(".").lower()
    return asset.kind or (extension if extension in KINDS else "bin")


def _metadata(asset: SeedAsset, ids: FieldIds) -> dict[str, Value]:
    scores: dict[str, Value] = {}
    if asset.creativex is not None:
        scores = {CREATIVEX_SCORE: [str(asset.creativex.score)], CREATIVEX_LINK: asset.creativex.link}
    review = to_values(asset.review, ids) if asset.review is not None else {}
    return {**scores, **review, **asset.metadata}
