"""What the process has done that runs are forked from: imports and settings, which cost each run half a second."""

import anyio._backends._asyncio  # noqa: F401  (Prefect imports these when a flow is run)
import fastapi.applications  # noqa: F401
import prefect.concurrency.services
import prefect.engine
import prefect.flow_engine
import prefect.task_engine
import prefect.telemetry.run_telemetry
import prefect.utilities.visualization  # noqa: F401
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

import flows.a1_to_a2
import flows.a2_to_a3
import flows.a4_live
import flows.a5_to_a6
import flows.b1_to_b2
import flows.deliver_messages  # noqa: F401

# The heartbeat's thread would add a second to the end of each run. Never left: it is for all runs.
_settings = temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
_settings.__enter__()
