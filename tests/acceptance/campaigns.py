"""Seeds of small campaigns, written short."""

from typing import Any

FINALS = {"name": "02. Final Assets"}


def asset(name: str, size: int = 2_000, **more: Any) -> dict[str, Any]:
    """Return an asset of so many bytes."""
    return {"name": name, "size": size, **more}


def masters(*assets: dict[str, Any]) -> dict[str, Any]:
    """Return a folder of masters."""
    return {"name": "01. Master Assets", "assets": list(assets)}


def campaign(number: str, *assets: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a local campaign in A1 with these masters; `folders` replaces both of its folders."""
    return {"number": number, "name": f"Campaign {number[-3:]}", "folders": [masters(*assets), FINALS], **more}


def seed(*campaigns: dict[str, Any]) -> dict[str, Any]:
    """Return a whole seed."""
    return {"campaigns": list(campaigns)}
