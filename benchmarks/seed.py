"""What the simulated DAM holds at the beginning, and the names under which an agency hands derivatives in."""

from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.scale import Scale

CAMPAIGN = "C000000900"
"""The campaign that the flow a1-to-a2 carries."""

FILMS = "C000000901"
"""The campaign of the large assets, named by their sizes."""

ONE_BY_ONE, SMALL_FILES, HOMEWARD = "C000000902", "C000000903", "C000000904"
"""Campaigns of the same masters that have gone out: each way to bring derivatives home finds one untouched."""

MARKETS = ("DE_de", "ES_es", "FR_fr", "IT_it", "PL_pl")
"""Each master comes back in each of them."""


def campaigns(scale: Scale) -> dict[str, Any]:
    """Return the seed of the DAM."""
    pictures = [{"name": f"Key visual {number:03}.bin", "size": scale.asset_bytes} for number in range(scale.assets)]
    films = [{"name": f"{size}.bin", "size": size} for size in (scale.large_bytes, scale.small_bytes)]
    spots = [{"name": f"Spot {number:02}.mp4", "size": scale.asset_bytes} for number in range(scale.masters)]
    gone_out = [_campaign(number, spots, status="A2") for number in (ONE_BY_ONE, SMALL_FILES, HOMEWARD)]
    return {"campaigns": [_campaign(CAMPAIGN, pictures), _campaign(FILMS, films), *gone_out]}


def campaign_name(number: str) -> str:
    """Return what the campaign's folder is called in the DAM."""
    return f"Benchmark {number}"


def names(tracking_ids: Iterable[str], extension: str) -> Iterator[tuple[str, str]]:
    """Yield tracking id and name of every derivative of a campaign's masters."""
    for number, tracking_id in enumerate(tracking_ids):
        for market in MARKETS:
            yield tracking_id, f"1234567_RAF_{market}_SPOT-{number:02}_OLV_001_6S_16x9_{tracking_id}{extension}"


def _campaign(number: str, masters: list[dict[str, Any]], *, status: str = "A1") -> dict[str, Any]:
    folders = [{"name": "01. Master Assets", "assets": masters}, {"name": "02. Final Assets"}]
    return {"number": number, "name": campaign_name(number), "status": status, "folders": folders}
