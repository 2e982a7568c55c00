"""Which failures of a task are worth another try, and how often."""

from typing import Any, ParamSpec, TypeVar

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from blocks.services import Services
from domain.errors import NotDoneYet, ServiceUnavailable

P = ParamSpec("P")
R = TypeVar("R")


def is_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether a failed try met a system that was unavailable; every other failure would only repeat.

    What a system has not done yet was waited for already.
    """
    return isinstance(state.data, ServiceUnavailable) and not isinstance(state.data, NotDoneYet)


def patient(task: Task[P, R], services: Services) -> Task[P, R]:
    """Return the task with as many tries, and such waits between them, as the settings ask for."""
    delays = list(services.settings.retry_delays_s)
    return task.with_options(retries=len(delays), retry_delay_seconds=delays)
