"""The rules of `fields.yaml`: which metadata a derivative gets, field by field.

Ids, kinds and types are those of the DAM's metadata model (OpenText Media Management); none of them stands in code.
"""

import difflib
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain.assets import Json
from domain.fields.scalars import Datatype, formatted_date, keeps_the_day, scalar

Kind = Literal["plain", "domain", "cascading"]
Place = tuple[str | int, ...]
"""Keys and indexes on the way to a part of the rules."""

Text = Annotated[str, Field(min_length=1)]
FieldId = Text
_STRICT = ConfigDict(frozen=True, extra="forbid")


class RuleFaults(ValueError):
    """Parts of the rules do not fit together. `faults` holds (place, reason); places are relative to the part."""

    def __init__(self, faults: Sequence[tuple[Place, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{' > '.join(map(str, place))}: {reason}" for place, reason in faults))


class FieldDefinition(BaseModel):
    """How one field is written."""

    model_config = _STRICT

    kind: Kind = Field(
        default="plain",
        description="plain: a value as it is. domain: the id of a value of a lookup domain. "
        "cascading: ids of a hierarchy of values, joined with ^.",
    )
    datatype: Datatype = Field(default="string", description="Type of the value inside.")
    table: Text | None = Field(default=None, description="Id of the table that the field is a column of.")
    domain: Text | None = Field(default=None, description="Lookup domain that values are checked against.")
    date_format: str | None = Field(default=None, description="Form of a date, as strftime writes it: %m/%d/%Y.")
    time_zone: ZoneInfo | None = Field(default=None, description="Zone that dates are meant in; UTC without it.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind == "plain" and self.domain:
            raise ValueError("a plain field has no domain; set kind to domain or cascading")
        if self.kind == "cascading" and self.datatype != "string":
            raise ValueError("a cascading value is text; set datatype to string")
        if self.date_format is not None and self.kind != "plain":
            raise ValueError("date_format is for plain fields")
        if self.date_format is not None and not keeps_the_day(self.date_format):
            raise ValueError("date_format must name day, month and year as strftime does, such as %m/%d/%Y")
        if self.time_zone is not None and self.date_format is None:
            raise ValueError("time_zone needs a date_format")
        return self

    def typed(self, text: str) -> Json:
        """Return `text` as the typed scalar of this field. Raises ValueError with a reason when it is none."""
        if self.date_format is not None:
            return {"type": self.datatype, "value": formatted_date(text, self.date_format, self.time_zone)}
        return {"type": self.datatype, "value": scalar(text, self.datatype)}


class FilenameUpdate(BaseModel):
    """What a field takes from the derivative's name."""

    model_config = _STRICT

    source: Literal["clean_name", "subject", "language", "asset_type"] = Field(
        alias="from", description="The part of the name; clean_name is all of it but job number and tracking id."
    )
    upper: bool = Field(default=False, strict=True, description="Write it in capital letters.")
    default: Text | None = Field(default=None, description="Value where the name has no such part.")


class BoxTemplate(BaseModel):
    """The metadata template of Box in which a score may stand beside a file, and its fields."""

    model_config = _STRICT

    key: Text = Field(description="Key of the template, as Box's admin console shows it.")
    score: Text = Field(description="Its field that holds the score.")
    link: Text = Field(description="Its field that holds the link to the scorecard.")


class CreativeX(BaseModel):
    """Where the creative quality score goes, and what stands there until an asset is scored."""

    model_config = _STRICT

    score: FieldId = Field(description="Field of the score. Of kind cascading it is written as Platform^Score.")
    link: FieldId = Field(description="Field of the link to the scorecard.")
    platform: Text | None = Field(default=None, description="First part of a cascading score.")
    unscored: Text = Field(default="0", description="Score of an asset that has none.")
    unscored_link: Text = Field(description="Link of an asset that has none.")
    box_template: BoxTemplate | None = Field(
        default=None, description="Where a score is looked for in Box when no scorecard was read for the file."
    )


def _each_once(ids: tuple[str, ...]) -> tuple[str, ...]:
    faults = [((index,), f"{ids[index]!r} stands here twice") for index in range(len(ids)) if ids[index] in ids[:index]]
    if faults:
        raise RuleFaults(faults)
    return ids


class FieldRules(BaseModel):
    """The whole of `fields.yaml`. Sections are applied in the order they have here; later ones win."""

    model_config = _STRICT

    metadata_model_id: Text = Field(description="Metadata model of every derivative.")
    security_policy_list: tuple[Annotated[int, Field(strict=True)], ...] = Field(
        min_length=1, description="Ids of the security policies of every derivative."
    )
    strict: bool = Field(
        default=False, strict=True, description="A value that its lookup domain lacks: true refuses, false warns."
    )
    definitions: dict[FieldId, FieldDefinition] = Field(description="How each field is written, by its id.")
    fields: Annotated[tuple[FieldId, ...], AfterValidator(_each_once)] = Field(
        description="Ids of the fields that are taken over from the master."
    )
    filename_updates: dict[FieldId, FilenameUpdate] = Field(default={}, description="Fields set from the name.")
    forced: dict[FieldId, Text] = Field(default={}, description="Fields that always have this value.")
    defaults: dict[FieldId, Text] = Field(default={}, description="Values of fields that are empty or missing.")
    creativex: CreativeX = Field(description="The creative quality score.")
    overrides: dict[Text, dict[FieldId, str | None]] = Field(
        default={}, description="Per asset type (as in the name): values of fields; an empty one removes the field."
    )

    def score_text(self, score: str) -> str:
        """Return a score as its field holds it, 80.0 as 80. Raises ValueError when it is no number."""
        number = str(scalar(score, "number"))
        is_cascading = self.definitions[self.creativex.score].kind == "cascading"
        return f"{self.creativex.platform}^{number}" if is_cascading else number

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        faults = [*self._undefined(), *self._unwritable()]
        score = self.definitions.get(self.creativex.score)
        if score is not None and score.kind == "cascading" and not self.creativex.platform:
            faults.append((("creativex", "platform"), "is missing; a cascading score is written as Platform^Score"))
        if faults:
            raise RuleFaults(faults)
        return self

    def _undefined(self) -> Iterator[tuple[Place, str]]:
        """Yield every use of an id that has no definition."""
        uses: list[tuple[Place, str]] = [(("fields", index), used) for index, used in enumerate(self.fields)]
        uses += [(("filename_updates", used), used) for used in self.filename_updates]
        uses += [(place, str(place[-1])) for place, _ in self._texts()]
        uses += [(("creativex", "score"), self.creativex.score), (("creativex", "link"), self.creativex.link)]
        for place, used in uses:
            if used not in self.definitions:
                yield place, f"{used!r} has no definition{_nearest(used, self.definitions)}"

    def _unwritable(self) -> Iterator[tuple[Place, str]]:
        """Yield every value that its field cannot hold."""
        texts = [(place, str(place[-1]), text) for place, text in self._texts()]
        for used, update in self.filename_updates.items():
            texts += [(("filename_updates", used, "default"), used, update.default)]
        for place, used, text in texts:
            definition = self.definitions.get(used)
            try:
                if definition and text:
                    definition.typed(text)
            except ValueError as error:
                yield place, str(error)
        score = self.definitions.get(self.creativex.score)
        try:
            if score:
                score.typed(self.score_text(self.creativex.unscored))
        except ValueError as error:
            yield ("creativex", "unscored"), str(error)

    def _texts(self) -> Iterator[tuple[Place, str | None]]:
        """Yield every value written out in the rules; the last part of its place is the field's id."""
        for section, texts in (("forced", self.forced), ("defaults", self.defaults)):
            yield from (((section, used), text) for used, text in texts.items())
        for asset_type, overrides in self.overrides.items():
            yield from ((("overrides", asset_type, used), text) for used, text in overrides.items())


def _nearest(used: str, known: Collection[str]) -> str:
    return "".join(f"; did you mean {near!r}?" for near in difflib.get_close_matches(used, known, n=1, cutoff=0.8))
