"""Seeds of small campaigns, written short."""

from typing import Any

FINALS = {"name": "02. Final Assets"}


def asset(name: str, size: int = 2_000, **more: Any) -> dict[str, Any]:
    """Return an asset of so many bytes."""
    return {"name": name, "size": size, **more}


def masters(*assets: dict[str, Any]) -> dict[str, Any]:
    """Return a folder of masters."""
    return {"name": "01. Master Assets", "assets": list(assets)}


def finals(*assets: dict[str, Any], **folders: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a folder of final assets, with sub-folders by name."""
    below = [{"name": name.capitalize(), "assets": inside} for name, inside in folders.items()]
    return {**FINALS, "assets": list(assets), "folders": below}


def campaign(number: str, *assets: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a local campaign in A1 with these masters; `folders` replaces both of its folders."""
    return {"number": number, "name": f"Campaign {number[-3:]}", "folders": [masters(*assets), FINALS], **more}


def rejected(name: str, size: int = 2_000, status: str = "NOT APPROVED", **comments: str) -> dict[str, Any]:
    """Return an asset that was reviewed; `comments` by reviewer: approver, legal, iacc."""
    review: dict[str, Any] = {"status": status}
    for reviewer, comment in comments.items():
        review[reviewer] = {"comment": comment, "certifier": f"{reviewer}@example.com", "date": "2026-03-02T09:00:00Z"}
    return {**asset(name, size), "review": review}


def seed(*campaigns: dict[str, Any]) -> dict[str, Any]:
    """Return a whole seed."""
    return {"campaigns": list(campaigns)}
