"""Which failures of a task are worth another try."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from domain.errors import ServiceUnavailable


def is_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether a failed try met a system that was unavailable; every other failure would only repeat."""
    return isinstance(state.data, ServiceUnavailable)
