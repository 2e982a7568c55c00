"""The automations of the Prefect server, as they should be: what it watches for in runs of ours, and what it then does.

Runs of ours are those whose deployment has the tag `content-scaling`: they have it too, and so do their events and
their signs of life. The type of a state is looked at, not its name, since runs of ours name their states themselves.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.events.actions import ActionTypes, ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

from blocks.settings import Settings

TAG = "content-scaling"
PREFIX = "content-scaling: "

_STILL_PENDING = timedelta(minutes=10)
_SILENT_BEATS = 4
"""Fewer have raised false alarms: one sign of life that is lost or late says nothing."""
_ANY = "prefect.flow-run.*"
_STATES = [state.value for state in StateType]
"""Of every event by which a run changes its state; a sign of life has none."""
_RUN = {"prefect.resource.id": _ANY}
_OURS = {"prefect.resource.id": f"prefect.tag.{TAG}", "prefect.resource.role": "tag"}

# The run is read when the message is made: by then it has the name and tags that it has given itself.
_ABOUT_A_RUN = """{
"event": "%(event)s",
"flow": {{ flow.name | default(none) | tojson }},
"deployment": {{ deployment.name | default(none) | tojson }},
"run_name": {{ flow_run.name | default(none) | tojson }},
"run_id": {{ flow_run.id | string | tojson if flow_run else "null" }},
"tags": {{ flow_run.tags | default(none) | tojson }},
"campaign": {{ flow_run.parameters.campaign | default(none) | tojson }},
"state": {{ flow_run.state.name | default(none) | tojson }},
"reason": %(reason)s,
"url": {{ flow_run | ui_url | tojson if flow_run else "null" }},
"timestamp": {{ %(at)s.isoformat() | tojson }}
}"""
_RUN_FAILED = {
    "event": "run_failed",
    "reason": "{{ flow_run.state.message | default(none) | tojson }}",
    "at": "event.occurred",
}

_NO_RUNS = """{
"event": "no_runs",
"minutes": %(minutes)d,
"reason": "no run has gone through for %(minutes)d minutes",
"timestamp": {{ firing.triggered.isoformat() | tojson }}
}"""


def rules(settings: Settings, alarms: Sequence[UUID]) -> list[AutomationCore]:
    """Return every automation; `alarms` are the blocks that tell people. Without one, nothing is there to tell."""
    return [*(_telling(settings, alarms) if alarms else ()), no_heartbeat(settings.heartbeat_s), stuck_pending()]


def _telling(settings: Settings, alarms: Sequence[UUID]) -> list[AutomationCore]:
    return [
        run_failed(alarms),
        run_long(settings.alarm_long_run_h, alarms),
        no_runs(settings.alarm_no_run_min, alarms),
    ]


def run_failed(alarms: Sequence[UUID]) -> AutomationCore:
    """Tell people of a run that failed or crashed."""
    trigger = EventTrigger(
        match={**_RUN, "prefect.state-type": [StateType.FAILED.value, StateType.CRASHED.value]},
        match_related=_OURS,
        expect={_ANY},
        for_each={"prefect.resource.id"},
        posture=Posture.Reactive,
        threshold=1,
        within=timedelta(0),
    )
    described = "Tells people of a run that is Failed or Crashed, once for each reason."
    return _rule("a run did not go through", described, trigger, _tell(alarms, _ABOUT_A_RUN % _RUN_FAILED))


def run_long(hours: float, alarms: Sequence[UUID]) -> AutomationCore:
    """Tell people of a run that shows signs of life and does not end: those that come due meanwhile are dropped."""
    trigger = EventTrigger(
        match={**_RUN, "prefect.state-type": _STATES},
        match_related=_OURS,
        after={"prefect.flow-run.Running", "prefect.flow-run.Retrying"},
        expect={_ANY},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(hours=hours),
    )
    said = f"it has been going on for more than {hours:g} hours"
    body = _ABOUT_A_RUN % {"event": "run_long", "reason": f'"{said}"', "at": "firing.triggered"}
    described = f"Tells people of a run that goes on for more than {hours:g} hours. It is left running."
    return _rule("a run does not end", described, trigger, _tell(alarms, body))


def no_runs(minutes: int, alarms: Sequence[UUID]) -> AutomationCore:
    """Tell people that no run has gone through for a while: no worker, a paused pool, or every run fails."""
    trigger = EventTrigger(
        match={**_RUN, "prefect.state-type": StateType.COMPLETED.value},
        match_related=_OURS,
        expect={_ANY},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(minutes=minutes),
    )
    actions = _tell(alarms, _NO_RUNS % {"minutes": minutes})
    described = f"Tells people that no run has been Completed for {minutes} minutes."
    return _rule("no run goes through", described, trigger, actions)


def no_heartbeat(heartbeat_s: int) -> AutomationCore:
    """Give up a run that says it is running and has shown no sign of life: its process or machine is gone."""
    silent_s = _SILENT_BEATS * heartbeat_s
    return _crash(
        "no sign of life",
        # Running itself, which the server notes: a run that is killed at once has had no time for a sign of life.
        after={"prefect.flow-run.Running", "prefect.flow-run.Retrying", "prefect.flow-run.heartbeat"},
        within=timedelta(seconds=silent_s),
        message=f"The run has shown no sign of life for {silent_s} seconds: its process or its machine is gone.",
    )


def stuck_pending() -> AutomationCore:
    """Give up a run that a worker took and never started; it holds the place of the ones that come after."""
    minutes = int(_STILL_PENDING.total_seconds()) // 60
    return _crash(
        "stuck before its start",
        after={"prefect.flow-run.Pending", "prefect.flow-run.Submitting", "prefect.flow-run.InfrastructurePending"},
        within=_STILL_PENDING,
        message=f"A worker took the run and did not start it within {minutes} minutes: the worker is gone.",
    )


def _crash(name: str, *, after: set[str], within: timedelta, message: str) -> AutomationCore:
    trigger = EventTrigger(
        match=_RUN,
        match_related=_OURS,
        after=after,
        expect={_ANY},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=within,
    )
    # Not forced: of a run that has ended meanwhile the server refuses this.
    crash = ChangeFlowRunState(state=StateType.CRASHED, name="Crashed", message=message)
    return _rule(name, "Marks such a run as Crashed, which people are then told.", trigger, [crash])


def _rule(name: str, description: str, trigger: EventTrigger, actions: Sequence[Any]) -> AutomationCore:
    return AutomationCore(
        name=f"{PREFIX}{name}", description=description, tags=[TAG], trigger=trigger, actions=list(actions)
    )


def _tell(alarms: Sequence[UUID], body: str) -> list[ActionTypes]:
    return [SendNotification(block_document_id=block, subject="content-scaling", body=body) for block in alarms]
