"""What reviewers leave on an asset: a verdict, and from each of them a comment, who it was and when."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from sandbox.otmm import FieldIds
from sandbox.otmm.catalogue import DOMAINS, Value

VERDICTS = tuple(DOMAINS["CUSTOM.DOMAIN.ECOMMERCE STATUS"])
REVIEWERS = ("approver", "legal", "iacc")
PARTS = ("comment", "certifier", "date")


def _known_verdict(value: str) -> str:
    if value and value not in VERDICTS:
        raise ValueError(f"{value!r} is not one of {', '.join(VERDICTS)}")
    return value


def _moment(value: str) -> str:
    if value and dt.datetime.fromisoformat(value).tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; write it as 2026-03-02T09:00:00Z")
    return value


def _comment_alone(value: Any) -> Any:
    return {"comment": value} if isinstance(value, str) else value


Verdict = Annotated[str, AfterValidator(_known_verdict)]
"""A value id of the domain, or empty: the asset has none."""


class Remark(BaseModel):
    """What one reviewer left; None is not said, an empty text clears the field."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    comment: str | None = None
    certifier: str | None = None
    date: Annotated[str, AfterValidator(_moment)] | None = None


AnyRemark = Annotated[Remark, BeforeValidator(_comment_alone)]
"""A remark, or a plain text: the comment alone."""


class Review(BaseModel):
    """The ten fields of a review; None is not said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Verdict | None = None
    approver: AnyRemark | None = None
    legal: AnyRemark | None = None
    iacc: AnyRemark | None = None


def to_values(review: Review, ids: FieldIds) -> dict[str, Value]:
    """Return field id → value of what the review says."""
    said = {ids.ecommerce_status: review.status}
    for reviewer in REVIEWERS:
        remark = getattr(review, reviewer) or Remark()
        said |= {_field_id(ids, reviewer, part): getattr(remark, part) for part in PARTS}
    return {field_id: value for field_id, value in said.items() if value is not None}


def to_json(values: Mapping[str, Value], ids: FieldIds) -> dict[str, Any]:
    """Return what the fields of an asset say, in the shape of a Review, whoever wrote them; empty ones are left out."""
    remarks = {
        reviewer: {part: said for part in PARTS if (said := values.get(_field_id(ids, reviewer, part)))}
        for reviewer in REVIEWERS
    }
    status = values.get(ids.ecommerce_status)
    return ({"status": status} if status else {}) | {name: remark for name, remark in remarks.items() if remark}


def _field_id(ids: FieldIds, reviewer: str, part: str) -> str:
    return f"{getattr(ids, reviewer)} {part.upper()}"
