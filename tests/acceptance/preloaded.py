"""What the process has done that runs and commands are forked from: imports, which take seconds, and first uses."""

import gc
from contextlib import AbstractContextManager

import anyio._backends._asyncio  # noqa: F401  (Prefect imports these when a flow is run)
import fastapi.applications  # noqa: F401
import llama_cloud_services  # noqa: F401
import prefect.concurrency.services
import prefect.engine
import prefect.flow_engine
import prefect.task_engine
import prefect.telemetry.run_telemetry
import prefect.utilities.visualization  # noqa: F401
from prefect.context import refresh_global_settings_context
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from pydantic import BaseModel
from sqlalchemy.orm import configure_mappers

import deployments.setup  # noqa: F401
import entrypoints.absence
import entrypoints.backup_desk
import entrypoints.checks
import entrypoints.cli
import entrypoints.daily_view
import entrypoints.field_table
import entrypoints.prefect_api
import entrypoints.report_table
import entrypoints.web.serving  # noqa: F401
import flows.a1_to_a2
import flows.a2_to_a3
import flows.a4_live
import flows.a5_to_a6
import flows.advance_campaigns
import flows.b1_to_b2
import flows.backup_database
import flows.check_backup
import flows.clean_up
import flows.creativex_scores
import flows.daily_report
import flows.deliver_messages
import flows.reset_campaigns
import flows.set_campaign_status  # noqa: F401

_entered: list[AbstractContextManager[object]] = []


def enter_quiet_settings() -> None:
    """Let Prefect's heartbeat, whose thread would add a second to the end of each run, be off."""
    _entered.append(temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}))
    _entered[-1].__enter__()


def read_settings() -> None:
    """Have Prefect take its settings from the environment as it is now, as it does when it is imported."""
    while _entered:
        _entered.pop().__exit__(None, None, None)
    refresh_global_settings_context()


def _build_models(kind: type[BaseModel] = BaseModel) -> None:
    """Have pydantic build what Prefect's models leave to their first use."""
    for each in kind.__subclasses__():
        if each.__module__.startswith("prefect."):
            each.model_rebuild(raise_errors=False)
        _build_models(each)


configure_mappers()
_build_models()
enter_quiet_settings()  # here, since it takes a while: it is for all runs
gc.collect()
gc.freeze()  # else each run copies what its first collection walks through
