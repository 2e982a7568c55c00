"""What a CreativeX scorecard says, read from what was extracted of its PDF, and whether it adds up.

Nobody has shown us the schema of the extraction agent: every name that a part goes by here is one of `_NAMES`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from domain.errors import ScorecardRefused

TOLERANCE = Decimal("0.5")
"""How far the sum of the guidelines passed may be from the score, which is a rounded one."""

_NAMES = {
    "filename": ("filename", "file_name", "asset_filename", "asset_name", "creative_name"),
    "creativex_id": ("creativex_id", "creative_id", "scorecard_id", "id"),
    "creativex_url": ("creativex_url", "scorecard_url", "creativex_link", "url", "link"),
    "quality_score": ("quality_score", "creative_quality_score", "creativex_score", "score"),
    "tier": ("tier", "quality_tier", "score_tier"),
    "guidelines": ("guidelines", "guideline_results", "criteria"),
}
_LABELS = {
    "filename": "file name of the scored asset",
    "creativex_id": "CreativeX id",
    "creativex_url": "link to the scorecard",
    "quality_score": "quality score",
}
"""The parts that a scorecard cannot be without, for people."""

_PASSED = {"passed", "pass", "met", "yes", "true", "adhered", "1"}
_MISSED = {"missed", "failed", "fail", "not met", "not passed", "no", "false", "not adhered", "0"}
_SCORE = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>%|/\s*100)?")
_SLASHES = re.compile(r"[\\/]")


def _called(part: str) -> Any:
    return AliasChoices(*_NAMES[part])


def _text(value: object) -> str | None:
    """Return a text or number as text, None for anything else and for an empty one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # an id may come as 4711.0
    return " ".join(unicodedata.normalize("NFC", str(value).replace("\0", "")).split()) or None


def _required(value: object) -> str:
    text = _text(value)
    if text is None:
        raise ValueError("missing")
    return text


def _file_name(value: object) -> str:
    name = _SLASHES.split(_required(value))[-1].strip()
    if not name:
        raise ValueError("missing")
    return name


def _address(value: object) -> str:
    address = _required(value)
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"{address!r} is no address")
    return address


def _score(value: object, info: ValidationInfo) -> Decimal:
    """Return a score from 0 to 100; one from 0 to 1 without a unit is a fraction of 100."""
    text = _required(value)
    match = _SCORE.fullmatch(text)
    score = Decimal(match["number"].replace(",", ".")) if match else Decimal(-1)
    if not 0 <= score <= 100:
        raise ValueError(f"{text!r} is not a number from 0 to 100")
    if match is None or match["unit"] or score > 1:
        return score
    return score * 100 if score < 1 else _one(_sum_of_passed(info.data.get("guidelines", ())))


def _one(total: Decimal | None) -> Decimal:
    """Return what a score of 1 means, which only the guidelines can tell."""
    for meant in (Decimal(100), Decimal(1)):
        if total is not None and abs(total - meant) <= TOLERANCE:
            return meant
    raise ValueError("1 may be 1 or 100 of 100, and the guidelines do not tell which")


def _sum_of_passed(guidelines: Sequence["Guideline"]) -> Decimal | None:
    weights = [(each.weight, each.passed) for each in guidelines]
    known = [(weight, passed) for weight, passed in weights if weight is not None and passed is not None]
    if not weights or len(known) < len(weights):
        return None
    unit = 100 if sum(weight for weight, _ in known) <= Decimal("1.5") else 1
    return sum((weight for weight, passed in known if passed), Decimal(0)) * unit


def _weight(value: object) -> Decimal | None:
    text = (_text(value) or "").removesuffix("%").strip().replace(",", ".")
    try:
        weight = Decimal(text)
    except InvalidOperation:
        return None
    return weight if weight.is_finite() and weight >= 0 else None


def _passed(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    word = (_text(value) or "").lower()
    return True if word in _PASSED else False if word in _MISSED else None


def _guidelines(value: object) -> list[Any]:
    """Return the guidelines, an empty one for each that cannot be read: a sum without it would be a wrong one."""
    return [item if isinstance(item, Mapping) else {} for item in value] if isinstance(value, list | tuple) else []


class Guideline(BaseModel):
    """One rule of good creative work. `weight` is its share of the score; what could not be read is None."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Annotated[str, BeforeValidator(lambda value: _text(value) or "")] = Field(
        default="", validation_alias=AliasChoices("name", "guideline", "title")
    )
    weight: Annotated[Decimal | None, BeforeValidator(_weight)] = None
    passed: Annotated[bool | None, BeforeValidator(_passed)] = Field(
        default=None, validation_alias=AliasChoices("passed", "result", "status", "met")
    )


class Scorecard(BaseModel):
    """A scorecard. `quality_score` is from 0 to 100; `filename` as it was scored, without folders."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    filename: Annotated[str, BeforeValidator(_file_name)] = Field(validation_alias=_called("filename"))
    creativex_id: Annotated[str, BeforeValidator(_required)] = Field(validation_alias=_called("creativex_id"))
    creativex_url: Annotated[str, BeforeValidator(_address)] = Field(validation_alias=_called("creativex_url"))
    guidelines: Annotated[tuple[Guideline, ...], BeforeValidator(_guidelines)] = Field(
        default=(), validation_alias=_called("guidelines")
    )
    quality_score: Annotated[Decimal, BeforeValidator(_score)] = Field(validation_alias=_called("quality_score"))
    tier: Annotated[str | None, BeforeValidator(_text)] = Field(default=None, validation_alias=_called("tier"))

    @property
    def passed_sum(self) -> Decimal | None:
        """Sum of the weights of the guidelines passed, None unless every guideline has a weight and a result.

        Weights that are fractions of 1 count a hundredfold.
        """
        return _sum_of_passed(self.guidelines)

    @property
    def imbalance(self) -> Decimal | None:
        """How far the score is from the sum of the guidelines passed; None where it is near enough, or cannot be told.

        >>> card = {"filename": "a.mp4", "creativex_id": 7, "creativex_url": "https://example.com/7"}
        >>> half = [{"name": "Brand early", "weight": 60, "passed": True}, {"weight": "40 %", "passed": "missed"}]
        >>> read_scorecard(card | {"quality_score": "60.4", "guidelines": half}).imbalance
        >>> read_scorecard(card | {"quality_score": "0.8", "guidelines": half}).imbalance
        Decimal('20.0')
        >>> read_scorecard(card | {"quality_score": 80}).imbalance
        """
        total = self.passed_sum
        if total is None or abs(self.quality_score - total) <= TOLERANCE:
            return None
        return self.quality_score - total


def read_scorecard(extracted: object) -> Scorecard:
    """Return the scorecard. Raises ScorecardRefused with every part that is missing or wrong.

    >>> read_scorecard({"file_name": "C:/cut/RAF_spot.mp4", "id": 4711, "url": "example.com", "score": "80.0"})
    Traceback (most recent call last):
    domain.errors.ScorecardRefused: what was read of the scorecard cannot be used:
    - link to the scorecard: 'example.com' is no address
    """
    if isinstance(extracted, list) and len(extracted) == 1:
        extracted = extracted[0]
    if not isinstance(extracted, Mapping):
        raise ScorecardRefused(["nothing was read that belongs to one scorecard"])
    try:
        return Scorecard.model_validate(dict(extracted))
    except ValidationError as error:
        raise ScorecardRefused([_fault(each["loc"], each["msg"]) for each in error.errors()]) from None


def stem_of(name: str) -> str:
    """Return a file name without its extension.

    >>> stem_of("RAF_spot_16x9.mp4"), stem_of("RAF_spot_16x9"), stem_of("v1.final cut")
    ('RAF_spot_16x9', 'RAF_spot_16x9', 'v1.final cut')
    """
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix) if re.fullmatch(r"\.[A-Za-z0-9]{2,5}", suffix) else name


def _fault(place: tuple[int | str, ...], message: str) -> str:
    part = next((part for part, names in _NAMES.items() if place and place[0] in names), str(place[0] if place else ""))
    text = "missing" if message == "Field required" else message.removeprefix("Value error, ")
    return f"{_LABELS.get(part, part)}: {text}"
