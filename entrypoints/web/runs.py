"""Starts runs of `a2-to-a3` through Prefect's API."""

from collections.abc import Sequence
from typing import cast

from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from domain.errors import ConfigError

DEPLOYMENT = "a2-to-a3/a2-to-a3-on-upload"
"""Apart from the schedule's, which drops a run while another one goes on."""


def start_run(file_ids: Sequence[str], key: str) -> str:
    """Have a worker run `a2-to-a3` for these files; return the run's id without waiting for it.

    A second call with the same `key` returns the run of the first. Raises ConfigError where the Prefect server has no
    deployment to start.
    """
    try:
        run = run_deployment(
            DEPLOYMENT,
            parameters={"file_ids": list(file_ids)},
            timeout=0,
            tags=["webhook"],
            idempotency_key=f"box-event-{key}",
            as_subflow=False,
        )
    except ObjectNotFound:
        advice = "the program that brings it applies it by content-scaling setup"
        raise ConfigError([f"Prefect deployment {DEPLOYMENT}: not there; {advice}"]) from None
    return str(cast(FlowRun, run).id)  # a coroutine only for callers in an event loop
