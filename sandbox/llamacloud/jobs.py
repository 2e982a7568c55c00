"""Records of a simulated LlamaCloud: uploaded files, and the jobs that read them."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from sandbox.llamacloud.results import PENDING, Result


def now() -> dt.datetime:
    """Return the time."""
    return dt.datetime.now(dt.UTC)


def new_id() -> str:
    """Return an id as LlamaCloud makes them."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An upload; `external_id` is what the caller named it by, of a path the whole path."""

    name: str
    content: bytes = field(repr=False)
    external_id: str | None = None
    id: str = field(default_factory=new_id)
    created_at: dt.datetime = field(default_factory=now)


@dataclass(slots=True)
class Job:
    """One extraction. `overrides` are the agent's schema and configuration as the call gave them."""

    number: int
    agent: str
    file: StoredFile
    overrides: dict[str, Any]
    outcome: Result  # what it comes to once it is finished
    polls: int = 0
    is_finished: bool = False
    id: str = field(default_factory=new_id)
    run_id: str = field(default_factory=new_id)
    created_at: dt.datetime = field(default_factory=now)
    updated_at: dt.datetime = field(default_factory=now)

    @property
    def file_name(self) -> str:
        """Name of the uploaded file."""
        return self.file.name

    @property
    def result(self) -> Result:
        """What a caller sees now."""
        return self.outcome if self.is_finished else PENDING

    @property
    def status(self) -> str:
        """Status as a caller sees it now."""
        return self.result.status

    def to_json(self) -> dict[str, Any]:
        """Return it as the control API shows it."""
        return {
            "number": self.number,
            "id": self.id,
            "agent": self.agent,
            "file_id": self.file.id,
            "file_name": self.file_name,
            "size": len(self.file.content),
            "polls": self.polls,
            **self.result.to_json(),
            "created_at": self.created_at.isoformat(),
        }
