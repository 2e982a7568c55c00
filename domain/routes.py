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
    says_complete: str = "complete"
    """Last part of the name of the mail that tells of the move."""
    says_empty: str = "no_assets"
    """Last part of the name of the mail that tells that there is nothing to carry."""

    def mail(self, says: str) -> str:
        """Return the name of this route's mail that says so."""
        return f"{self.workflow.replace('-', '_')}_{says}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRoute(Route):
    """A transition that delivers assets from the DAM to Box: where it looks, what it takes, where it delivers to."""

    campaign_type: Literal["local", "global_"] | None
    """Key of the value in the DAM's role settings; None: campaigns of any type."""
    assets_folder: Literal["masters", "finals"]
    """Key of the folder name in the DAM's role settings."""
    takes: Literal["masters", "rejections"] = "masters"
    """Every asset of the folder as a master, or those that reviewers have rejected."""
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

GLOBAL_MASTERS = DeliveryRoute(
    workflow="b1-to-b2",
    origin=Status.B1,
    target=Status.B2,
    campaign_type="global_",
    assets_folder="finals",
    box_folder="box_folder_global_masters",
    folder_prefix="MASTERS_",
)

REJECTIONS = DeliveryRoute(
    workflow="a5-to-a6",
    origin=Status.A5,
    target=Status.A6,
    campaign_type=None,
    assets_folder="finals",
    takes="rejections",
    box_folder="box_folder_revisions",
    folder_suffix="-Revisions",
    says_complete="rejections",
    says_empty="no_rejections",
)

DERIVATIVES = Route(workflow="a2-to-a3", origin=Status.A2, target=Status.A3, webhook="campaign_status_update")
"""The way home: taken by a campaign whose derivatives are all in the DAM."""

LIVE_CHECK = Route(workflow="a4-live", origin=Status.A4, target=Status.A4, webhook="campaign_live")
"""Moves nothing: announces each stay in A4."""

ROUTES: tuple[Route, ...] = (LOCAL_MASTERS, GLOBAL_MASTERS, DERIVATIVES, REJECTIONS)
"""Every route that workflows take campaigns along by themselves."""

OPERATOR_WORKFLOWS = ("set-campaign-status", "reset-campaigns", "advance-campaigns")
"""Started by people, so that no later run of the same workflow is sure to finish what a killed one had begun."""
