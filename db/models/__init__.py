"""The tables, as SQLAlchemy classes; the migrations make them, a test compares the two."""

from db.models.assets import AssetEvent, DerivativeAsset, MasterAsset
from db.models.base import Base
from db.models.campaigns import CampaignStatus, StatusMove, WorkflowState
from db.models.coordination import BoxEvent, Lease, LookupDomain, RateBucket, UploadSession
from db.models.messages import Fact, OutboxMessage
from db.models.rejections import RejectedAsset
from db.models.runs import RunSummary
from db.models.scores import CreativexScore, Scorecard

__all__ = [
    "AssetEvent",
    "Base",
    "BoxEvent",
    "CampaignStatus",
    "CreativexScore",
    "DerivativeAsset",
    "Fact",
    "Lease",
    "LookupDomain",
    "MasterAsset",
    "OutboxMessage",
    "RateBucket",
    "RejectedAsset",
    "RunSummary",
    "Scorecard",
    "StatusMove",
    "UploadSession",
    "WorkflowState",
]
