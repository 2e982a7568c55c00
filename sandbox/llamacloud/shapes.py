"""Records as LlamaCloud's JSON gives them; what it may leave out and nobody needs is left out."""

from pathlib import PurePosixPath
from typing import Any

from sandbox.llamacloud.jobs import Job, StoredFile
from sandbox.llamacloud.models import PROJECT_ID
from sandbox.llamacloud.reading import LABELS

_TEXT = {"type": "string"}
_GUIDELINE = {
    "type": "object",
    "properties": {"name": _TEXT, "weight": {"type": "number"}, "passed": {"type": "boolean"}},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(LABELS, _TEXT),
        "quality_score": {"anyOf": [{"type": "number"}, _TEXT]},
        "guidelines": {"type": "array", "items": _GUIDELINE},
    },
}
CONFIG = {"extraction_mode": "MULTIMODAL", "extraction_target": "PER_DOC"}


def agent(name: str, agent_id: str) -> dict[str, Any]:
    """Return an extraction agent."""
    return {
        "id": agent_id,
        "name": name,
        "project_id": PROJECT_ID,
        "data_schema": SCHEMA,
        "config": CONFIG,
    }


def file(stored: StoredFile) -> dict[str, Any]:
    """Return a file without its content."""
    return {
        "id": stored.id,
        "name": stored.name,
        "external_file_id": stored.external_id or stored.name,
        "file_size": len(stored.content),
        "file_type": PurePosixPath(stored.name).suffix.lstrip(".").lower() or None,
        "project_id": PROJECT_ID,
        "created_at": stored.created_at.isoformat(),
        "updated_at": stored.created_at.isoformat(),
    }


def job(found: Job, agent_id: str) -> dict[str, Any]:
    """Return an extraction job."""
    return {
        "id": found.id,
        "extraction_agent": agent(found.agent, agent_id),
        "file": file(found.file),
        "file_id": found.file.id,
        "status": found.result.status,
        "error": found.result.error,
    }


def run(found: Job, agent_id: str) -> dict[str, Any]:
    """Return the run of a job; without data until it is finished."""
    return {
        "id": found.run_id,
        "job_id": found.id,
        "extraction_agent_id": agent_id,
        "project_id": PROJECT_ID,
        "file": file(found.file),
        "file_id": found.file.id,
        "data_schema": found.overrides.get("data_schema_override") or SCHEMA,
        "config": found.overrides.get("config_override") or CONFIG,
        "data": found.result.data,
        "error": found.result.error,
        "extraction_metadata": None,
        "status": found.result.run_status,
        "from_ui": False,
        "created_at": found.created_at.isoformat(),
        "updated_at": found.updated_at.isoformat(),
    }
