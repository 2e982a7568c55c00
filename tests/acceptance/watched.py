"""A world in which campaigns are watched: where they stand, and what the live check was told."""

from typing import Any

from tests.acceptance.world import World


def standing(number: str, status: str = "A4", **more: Any) -> dict[str, Any]:
    """Return the seed of a campaign that is in this status, without folders."""
    return {"number": number, "name": f"Campaign {number[-3:]}", "status": status, "folders": [], **more}


class Watched:
    """What the project knows of the campaigns of a world, and has told of them."""

    def __init__(self, world: World) -> None:
        self.world = world

    def run(self, **parameters: Any) -> dict[str, Any]:
        """Run the flow to its end and return its report."""
        return self.world.run("a4-live", **parameters)

    def move(self, number: str, status: str) -> None:
        """Move a campaign as a librarian does."""
        self.world.twin.otmm.set_status(self.world.twin.campaigns[number], status)

    def stays(self) -> list[tuple[Any, ...]]:
        """Number and status of each stay, whether it lasts and whether it was announced, in order."""
        return self.world.sql(
            "SELECT campaign_number, status, left_at IS NULL, webhook_sent FROM campaign_status"
            " ORDER BY campaign_number, id"
        )

    def events(self) -> list[tuple[Any, ...]]:
        """Number, kind and detail of each event, in order."""
        return self.world.sql("SELECT campaign_number, event_type, detail FROM asset_events ORDER BY id")

    def told(self) -> list[tuple[str, str]]:
        """Number and status of each announcement, as a receiver sees them that knows its keys."""
        return [(body["campaign_number"], body["status"]) for body in self.announcements()]

    def announcements(self) -> list[dict[str, Any]]:
        """Body of each announcement that a receiver keeps that knows its keys; other webhooks are left out."""
        kept = [delivery.body for delivery in self.world.twin.hooks.deliveries if delivery.duplicate_of is None]
        return [body for body in kept if "live_campaign" in body]

    def make_due(self) -> None:
        """Let every message that waits be due now."""
        self.world.sql("UPDATE outbox SET next_attempt_at = now() WHERE state = 'pending'")


def moved(origin: str, target: str, *, listed: bool) -> dict[str, Any]:
    """Return the detail of the event of a move that somebody else made."""
    return {"from": origin, "to": target, "listed": listed}
