"""What the DAM is told of a derivative: its master's metadata, changed by the rules, checked against lookup domains."""

from dataclasses import dataclass, replace

from blocks.services import Services
from db.repositories.masters import full_metadata
from domain.assets import Json
from domain.derivatives import File, PlannedFile
from domain.errors import MetadataRefused
from domain.fields import DerivativeFacts, domain_faults, representation
from tasks.lookup_domains import domain_values
from tasks.scores import Score, find_score


@dataclass(frozen=True, slots=True)
class Description:
    """The representation, the score in it, and what people should look at."""

    representation: Json
    score: Score
    warnings: tuple[str, ...]


def describe(planned: PlannedFile[File], services: Services, *, keep: bool = True) -> Description:
    """Return what the DAM is to be told of a file that can be taken; `keep` the lookup domains that were asked for.

    Raises MetadataRefused when the master lacks something, or, where the rules are strict, for a value that its lookup
    domain lacks; FieldRefused for a value that its field cannot hold.
    """
    assert planned.name is not None and planned.master is not None  # noqa: S101  (else it cannot be taken)
    name, master = planned.name.name, planned.master
    with services.store.transaction() as session:
        stored = full_metadata(session, master.master_id)
    if stored is None:
        text = f"{planned.path}: the metadata of its master {master.name} was never read"
        raise MetadataRefused(f"{text}; deliver {master.campaign_number} once more")
    score = find_score(planned, services)
    facts = DerivativeFacts(
        clean_name=name.clean_name,
        subject=name.subject,
        language=name.language,
        asset_type=name.asset_type,
        score=score.value,
        score_link=score.link,
    )
    described = representation(stored, facts, services.field_rules)
    lacking = _lacking(described, planned, services, keep=keep)
    warnings = [warning.text for warning in planned.name.warnings] + lacking
    return Description(described, score, tuple(warnings + ([score.warning] if score.warning else [])))


def as_it_is_in_dam(description: Description, held: str | None, newest: str | None) -> Description:
    """Return a description with the score that the DAM holds, and a warning where the newest is another one."""
    score, warnings = description.score, description.warnings
    if score.value is None and held is not None:  # then it does not lack one
        warnings = tuple(text for text in warnings if text != score.warning)
    if newest not in {None, held}:
        warnings = (*warnings, f"the score {newest} was found after it was sent, and is not in the DAM")
    return replace(description, score=score if score.value == held else Score(held), warnings=warnings)


def _lacking(described: Json, planned: PlannedFile[File], services: Services, *, keep: bool) -> list[str]:
    """Return a sentence for each value that its lookup domain lacks; refuse the file where the rules are strict."""
    rules = services.field_rules
    faults = domain_faults(described, rules, lambda domain_id: domain_values(domain_id, services, keep=keep))
    if faults and rules.strict:
        raise MetadataRefused(f"{planned.path}: " + "; ".join(map(str, faults)))
    return [f"{fault}; it was used all the same" for fault in faults]
