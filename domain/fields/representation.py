"""The `asset_representation` of a derivative: what OpenText Media Management (REST v6) is told of an uploaded asset."""

from dataclasses import dataclass

from domain.assets import Json
from domain.errors import FieldRefused, ScoreRefused
from domain.fields.elements import new_element
from domain.fields.extraction import extracted
from domain.fields.model import FieldRules, FilenameUpdate


@dataclass(frozen=True, slots=True)
class DerivativeFacts:
    """What a derivative's name and its score give. `score` is 0-100 as text; None: it has not been scored."""

    clean_name: str
    subject: str
    language: str
    asset_type: str
    score: str | None = None
    score_link: str | None = None


def representation(master: Json, facts: DerivativeFacts, rules: FieldRules) -> Json:
    """Return the representation of a derivative: the master's fields, changed as the rules say, as one flat list.

    `master` is the DAM's complete asset object, or its metadata tree alone. Fields taken over come first, in the order
    of the rules; added ones follow. Raises FieldRefused when a value does not fit its field,
    MetadataRefused for a date of the master's that cannot be read.
    """
    draft = _Draft(extracted(master, rules), facts, rules)
    draft.take_from_name()
    draft.force()
    draft.fill_gaps()
    draft.score()
    draft.override()
    asset = {
        "metadata_model_id": rules.metadata_model_id,
        "security_policy_list": [{"id": policy} for policy in rules.security_policy_list],
        "metadata": {"metadata_element_list": list(draft.elements.values())},
    }
    return {"asset_resource": {"asset": asset}}


@dataclass(frozen=True, slots=True)
class _Draft:
    """The elements so far, by field id. Its methods are the steps, in the order they are to be made."""

    elements: dict[str, Json]
    facts: DerivativeFacts
    rules: FieldRules

    def take_from_name(self) -> None:
        for field_id, update in self.rules.filename_updates.items():
            if text := self._from_name(update):
                self._put(field_id, text)

    def force(self) -> None:
        for field_id, text in self.rules.forced.items():
            self._put(field_id, text)

    def fill_gaps(self) -> None:
        for field_id, text in self.rules.defaults.items():
            if field_id not in self.elements:
                self._put(field_id, text)

    def score(self) -> None:
        """Write score and link. Of an unscored asset too: the master's own would speak of other content."""
        rule = self.rules.creativex
        try:
            text = self.rules.score_text(self.facts.score or rule.unscored)
        except ValueError as error:
            raise ScoreRefused(self._told(rule.score, error)) from None
        self._put(rule.score, text, refused=ScoreRefused)
        self._put(rule.link, self.facts.score_link or rule.unscored_link)

    def override(self) -> None:
        for field_id, text in self.rules.overrides.get(self.facts.asset_type, {}).items():
            if text:
                self._put(field_id, text)
            else:
                self.elements.pop(field_id, None)

    def _put(self, field_id: str, text: str, refused: type[FieldRefused] = FieldRefused) -> None:
        """Set a field; one that is there keeps its place in the list."""
        try:
            self.elements[field_id] = new_element(field_id, text, self.rules.definitions[field_id])
        except ValueError as error:
            raise refused(self._told(field_id, error)) from None

    def _from_name(self, update: FilenameUpdate) -> str | None:
        text: str = getattr(self.facts, update.source)
        return (text.upper() if update.upper else text) or update.default

    def _told(self, field_id: str, error: ValueError) -> str:
        return f"{self.facts.clean_name}, field {field_id}: {error}"
