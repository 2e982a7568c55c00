"""What reviewers said of an asset that they have rejected: the approval status, and three verdicts of three fields.

The ten fields are read from wherever they stand in the DAM's metadata tree; their ids come from `config/dam.yaml`.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from domain.assets import Asset, Json
from domain.metadata import display_value, field_value
from domain.roles import FieldRoles, ReviewerFields


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one reviewer left; each part is None where it is empty. `date` is as the DAM writes it."""

    reviewer: str
    comment: str | None
    certifier: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rejected asset's approval status as people read it, and the verdicts of those reviewers who said anything."""

    status: str
    verdicts: tuple[Verdict, ...] = ()

    def as_json(self) -> list[Json]:
        """Return the verdicts as JSON."""
        return [asdict(verdict) for verdict in self.verdicts]

    def digest(self, asset: Asset) -> str:
        """Return what tells this rejection of an asset from another: what was said, of which content, under which name.

        >>> film, said = Asset("1", "Film.mp4", 5, "0" * 32), Rejection("NOT APPROVED")
        >>> said.digest(film) == Rejection("NOT APPROVED").digest(film)
        True
        >>> said.digest(film) == Rejection("NOT APPROVED", (Verdict("Legal", "no", None, None),)).digest(film)
        False
        """
        said = [self.status, self.as_json(), asset.path, asset.md5, asset.size_bytes]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def read_rejection(representation: Json, roles: FieldRoles) -> Rejection:
    """Return what the asset object of the DAM says of its review."""
    reviewers = (("Approver", roles.approver), ("Legal", roles.legal), ("IA&CC", roles.iacc))
    verdicts = (_verdict(representation, name, fields) for name, fields in reviewers)
    status = field_value(representation, roles.ecommerce_status) or ""
    return Rejection(status, tuple(verdict for verdict in verdicts if verdict is not None))


def _verdict(representation: Json, reviewer: str, fields: ReviewerFields) -> Verdict | None:
    said = [_shown(representation, field_id) for field_id in (fields.comment, fields.certifier, fields.date)]
    return Verdict(reviewer, *said) if any(said) else None


def _shown(representation: Json, field_id: str) -> str | None:
    text = (display_value(representation, field_id) or "").strip()
    return text or None
