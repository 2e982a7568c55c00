"""The live check: each stay of a campaign in A4 is announced by one webhook."""

from datetime import UTC

from blocks.services import Services
from clients.webhook.hooks import Hook
from db.models import CampaignStatus, OutboxMessage
from db.repositories.outbox import enqueue
from db.repositories.stays import lock_stays, open_stay, stays_with_messages
from domain.assets import Campaign
from domain.report import CampaignOutcome
from domain.routes import LIVE_CHECK
from domain.stays import Change
from tasks.trouble import forget_campaigns_but

_TOLD = "NO"
"""What the receiver is told of a campaign that has come to its live check."""


class Watch:
    """One look at where campaigns stand, and what came of it. `only`: at this campaign alone.

    `outcomes` are those of campaigns in trouble and of moves that were settled, `queued` the numbers of those whose
    webhook was put into the outbox.
    """

    def __init__(self, services: Services, *, only: str | None = None, dry_run: bool = False) -> None:
        self.services = services
        self.only = only
        self.dry_run = dry_run
        self.shown: list[Campaign] = []
        self.changes: list[Change] = []
        self.outcomes: list[CampaignOutcome] = []
        self.queued: list[str] = []

    @property
    def in_trouble(self) -> list[str]:
        """Numbers of the campaigns that could not be worked on."""
        return [outcome.number for outcome in self.outcomes if outcome.failure is not None]


def live_hook(services: Services) -> Hook:
    """Return the hook that announces stays. Raises ConfigError where webhooks.yaml does not have it."""
    return services.hooks.named(LIVE_CHECK.webhook or "")


def live_stays(watch: Watch) -> list[tuple[CampaignStatus, OutboxMessage | None]]:
    """Return the stays in A4 that last, each with its message."""
    with watch.services.store.transaction() as session:
        return list(stays_with_messages(session, LIVE_CHECK.origin, watch.only))


def unannounced_stays(watch: Watch) -> list[CampaignStatus]:
    """Return the stays that are to be announced now; none where the hook is off."""
    if not live_hook(watch.services).is_on:
        return []
    return [stay for stay, _ in live_stays(watch) if stay.webhook_key is None]


def announce(stay: CampaignStatus, services: Services) -> bool:
    """Queue the webhook of a stay, unless it is over or another run has just done that."""
    number = stay.campaign_number
    with services.store.transaction() as session:
        lock_stays(session, number)
        fresh = open_stay(session, number)
        if fresh is None or fresh.id != stay.id or fresh.webhook_key is not None:
            return False
        fresh.live_campaign = _TOLD
        fresh.webhook_key = f"{LIVE_CHECK.workflow}/{number}/stay-{fresh.id}/webhook"
        enqueue(
            session,
            key=fresh.webhook_key,
            channel="webhook",
            template=LIVE_CHECK.webhook or "",
            audience=None,
            payload=_payload(fresh),
            campaign_number=number,
        )
    return True


def forget_recovered(watch: Watch) -> None:
    """Forget what campaigns suffered from that suffer no more, where all were looked at."""
    if watch.only is None:
        with watch.services.store.transaction() as session:
            forget_campaigns_but(session, LIVE_CHECK, watch.in_trouble)


def _payload(stay: CampaignStatus) -> dict[str, str | None]:
    return {
        "campaign_id": stay.campaign_folder_id,
        "campaign_number": stay.campaign_number,
        "campaign_name": stay.campaign_name,
        "status": stay.status,
        "live_campaign": stay.live_campaign,
        "timestamp": stay.created_at.astimezone(UTC).isoformat(),
    }
