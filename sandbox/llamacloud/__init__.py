"""LlamaCloud's extraction, as `llama_cloud_services` 0.6.94 calls it: agents by name, files, jobs, runs.

Not imitated: making or changing agents, schemas and configurations (what a call overrides is kept and shown, and
changes nothing), extraction without an agent, lists, paging, presigned uploads, parsing, indexes, projects (any is
taken), quotas, webhooks of LlamaCloud, metadata of an extraction such as citations. The agent is no language model: it
reads the labels of the sandbox's own scorecards, always the same way.
"""

from starlette.types import ASGIApp

from sandbox.faults import FaultMiddleware, Faults
from sandbox.llamacloud import urls
from sandbox.llamacloud.jobs import Job, StoredFile
from sandbox.llamacloud.models import LlamaCloudState
from sandbox.llamacloud.results import Result, Status
from sandbox.llamacloud.settings import LlamaCloudSettings

__all__ = ["Job", "LlamaCloudSettings", "LlamaCloudState", "Result", "Status", "StoredFile", "create_app"]


def create_app(state: LlamaCloudState, faults: Faults) -> ASGIApp:
    """Return LlamaCloud."""
    return FaultMiddleware(urls.create_app(state), faults)
