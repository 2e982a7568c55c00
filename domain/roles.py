"""Which field of the DAM plays which role, the values searched for, and how the folders are named.

Filled from `config/dam.yaml`; no field id stands in code.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.metadata import FieldIs


class ReviewerFields(BaseModel):
    """The three fields of one reviewer's verdict."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    comment: str = Field(description="Field id of the reviewer's comment.")
    certifier: str = Field(description="Field id of who certified.")
    date: str = Field(description="Field id of when.")


class FieldRoles(BaseModel):
    """Field id of each role."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: str = Field(description="Campaign status, on the campaign folder.")
    campaign_number: str = Field(description="Campaign number, such as C000000078.")
    campaign_type: str = Field(description="Campaign type, on the campaign folder.")
    global_campaign: str = Field(description="Reference of a local campaign to its global one.")
    ecommerce_status: str = Field(description="Approval status of an asset.")
    creativex_score: str = Field(description="Creative quality score of an asset.")
    creativex_link: str = Field(description="Link to the scorecard.")
    asset_description: str | None = Field(default=None, description="Description of an asset; kept in the database.")
    asset_type: str | None = Field(default=None, description="Marketing type of an asset; kept in the database.")
    main_language: str | None = Field(default=None, description="Language of an asset; kept in the database.")
    approver: ReviewerFields
    legal: ReviewerFields
    iacc: ReviewerFields


class CampaignTypes(BaseModel):
    """Values of the campaign type that are searched for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    local: str = "Local Adaptation"
    global_: str = Field(default="Global comm", alias="global")

    def named(self, key: Literal["local", "global_"] | None) -> str | None:
        """Return the value of a type, None where none is named."""
        return {"local": self.local, "global_": self.global_}[key] if key is not None else None


class ReviewValues(BaseModel):
    """Values of the approval status that are looked for, ignoring case; the value's id or the label that people see."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rejected: str = "NOT APPROVED"


class FolderNames(BaseModel):
    """Names looked for inside the names of a campaign's folders, ignoring case ("01. Master Assets" matches)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    masters: str = "Master Assets"
    finals: str = "Final Assets"


class SearchSettings(BaseModel):
    """How the DAM is searched and edited where deployments differ."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operator: str = "ARTESIA.OPERATOR.CHAR.CONTAINS"
    root_folder: str | None = Field(default=None, description="Search only below this folder id.")
    page_size: int = Field(default=200, ge=1, le=200)
    lock_strategy: str = Field(default="optimistic", pattern="^(optimistic|explicit)$")
    requested_by: str | None = Field(default=None, description="X-Requested-By header, where a gateway wants one.")


class DamRoles(BaseModel):
    """The whole of `config/dam.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: FieldRoles
    campaign_types: CampaignTypes = CampaignTypes()
    review: ReviewValues = ReviewValues()
    folders: FolderNames = FolderNames()
    search: SearchSettings = SearchSettings()

    @property
    def rejected(self) -> FieldIs:
        """What an asset that was rejected says of itself."""
        return FieldIs(self.fields.ecommerce_status, self.review.rejected)
