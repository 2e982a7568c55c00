"""What the database is told of assets on their way to Box, whatever a route takes: masters, or rejected assets."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy.orm import Session

from db.repositories.masters import BoxArrival
from domain.assets import Asset, Json
from domain.delivery import Entry, Held, KnownDelivery
from domain.routes import DeliveryRoute
from tasks.master_ledger import MasterLedger
from tasks.message_facts import Told
from tasks.rejection_ledger import RejectionLedger
from tasks.work import CampaignWork, Survey


class DeliveryLedger(Protocol):
    """The entries of one kind of delivery. The caller owns the transactions, and has checked the fence."""

    def known(self, session: Session, survey: Survey) -> dict[str, KnownDelivery]:
        """Return what is known of the surveyed assets, by asset id."""

    def is_wanted(self, representation: Json, work: CampaignWork) -> bool:
        """Tell whether the asset, as the DAM describes it now, is still to go out."""

    def held(self, session: Session, asset: Asset, work: CampaignWork) -> Held | None:
        """Return the file in Box that holds the asset's content, None where it has to be carried in any case."""

    def begin(
        self, session: Session, asset: Asset, representation: Json, work: CampaignWork, *, is_there: bool
    ) -> Entry:
        """Write down what is about to be delivered; its tracking id exists from here on.

        `is_there`: Box has its content, so that this is all there is to do.
        """

    def arrived(  # noqa: PLR0913  (what arrived, and of what)
        self,
        session: Session,
        entry: Entry,
        arrival: BoxArrival,
        representation: Json,
        work: CampaignWork,
        *,
        adopted: bool,
    ) -> None:
        """Write down where it has arrived; `adopted`: it lay there already."""

    def failed(self, session: Session, asset: Asset, error: BaseException, work: CampaignWork) -> None:
        """Write down why it did not arrive, and how long it rests, where it is known at all."""

    def told(self, session: Session, campaign_number: str, asset_ids: Collection[str]) -> list[Told]:
        """Return what mails say of these assets of the DAM, as far as they were begun."""


def ledger_of(route: DeliveryRoute) -> DeliveryLedger:
    """Return the ledger of what a route takes."""
    return _LEDGERS[route.takes]


_LEDGERS: dict[str, DeliveryLedger] = {"masters": MasterLedger(), "rejections": RejectionLedger()}
