"""The transitions that workflows make, each as a description of where they differ."""

from dataclasses import dataclass
from typing import Literal

from domain.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One transition of campaigns, and whom it tells."""

    workflow: str
    origin: Status
    target: Status
    webhook: str | None = None
    """Hook that announces the move, or None."""

    @property
    def mail_prefix(self) -> str:
        """First part of this route's mail template names."""
        return self.workflow.replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRoute(Route):
    """A transition that delivers masters from the DAM to Box: where it looks, and where it delivers to."""

    campaign_type: Literal["local", "global_"]
    """Key of the value in the DAM's role settings."""
    assets_folder: Literal["masters", "finals"]
    """Key of the folder name in the DAM's role settings."""
    box_folder: str
    """Setting that holds the id of the Box folder delivered to."""
    folder_prefix: str = ""
    folder_suffix: str = ""


LOCAL_MASTERS = DeliveryRoute(
    workflow="a1-to-a2",
    origin=Status.A1,
    target=Status.A2,
    campaign_type="local",
    assets_folder="masters",
    box_folder="box_folder_local_masters",
    webhook="campaign_status_update",
)

DERIVATIVES = Route(workflow="a2-to-a3", origin=Status.A2, target=Status.A3, webhook="campaign_status_update")
"""The way home: taken by a campaign whose derivatives are all in the DAM."""
