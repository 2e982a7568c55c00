"""Which failures of a task are worth another try: of a system that was unavailable, and of nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Cancelled, Completed, Failed

from domain import errors
from domain.errors import (
    ConfigError,
    ContentScalingError,
    FilenameRefused,
    NotDoneYet,
    RecipientDeferred,
    ScorecardRefused,
    ServiceUnavailable,
)
from tasks.retrying import is_transient

_ARGUMENTS: dict[type, tuple[Any, ...]] = {
    FilenameRefused: ("Spot.mp4", ()),
    ConfigError: ([],),
    ScorecardRefused: ([],),
}
OURS = [
    error(*_ARGUMENTS.get(error, ()))
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, ContentScalingError)
]


@task
def carry() -> None:
    """What has failed."""


def is_tried_again(state: State[Any]) -> bool:
    """Whether Prefect is told to try once more after this state."""
    return is_transient(carry, TaskRun(task_key="carry", dynamic_key="0"), state)


def after(error: BaseException) -> State[Any]:
    """The state that Prefect asks about when a task has raised."""
    return Failed(data=error, message=f"Task run encountered unexpected exception: {error!r}")


def test_a_system_that_was_unavailable_is_asked_again():
    assert is_tried_again(after(ServiceUnavailable("busy", service="Box", status_code=503)))


def test_what_a_system_has_not_done_yet_is_left_to_the_next_run():
    assert not is_tried_again(after(NotDoneYet("Spot.mp4: the DAM does not show it yet", service="DAM")))


def test_of_all_our_errors_no_other_is_tried_again():
    assert [type(error) for error in OURS if is_tried_again(after(error))] == [
        ServiceUnavailable,
        RecipientDeferred,
    ]


@pytest.mark.parametrize("error", [RuntimeError("defect"), ConnectionError(), TimeoutError(), KeyboardInterrupt()])
def test_what_is_none_of_our_errors_is_not_tried_again(error: BaseException):
    assert not is_tried_again(after(error))


def test_an_error_that_only_comes_from_an_unavailable_system_is_not_tried_again():
    error = RuntimeError("defect")
    error.__cause__ = ServiceUnavailable("busy")
    assert not is_tried_again(after(error))


@pytest.mark.parametrize("state", [Completed, Cancelled, Failed])
def test_a_state_without_an_error_is_not_tried_again(state: Callable[[], State[Any]]):
    assert not is_tried_again(state())
