"""The deployments of `prefect.yaml`: applied to the Prefect server, and compared with what is there."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName, WorkPoolFilter, WorkPoolFilterName
from prefect.client.schemas.responses import DeploymentResponse
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

from blocks.settings import Settings
from clients.yaml_files import readable_yaml
from deployments.plan import MADE, Item, changed, moved
from domain.errors import ConfigError
from domain.work_pool import WORK_POOL

FILE = "prefect.yaml"

_UNWRAPPED = "1000"  # columns of the messages of `prefect deploy`
_VARIABLE = re.compile(r"\{\{\s*\$(\w+)\s*\}\}")
_FOLDER_STEP = "prefect.deployments.steps.set_working_directory"

_Facts = dict[str, Any]


def variables_of(settings: Settings) -> dict[str, str]:
    """Return the values of the `{{ $NAME }}` in prefect.yaml."""
    return {"SCHEDULE_TIMEZONE": settings.schedule_timezone, "HEARTBEAT_S": str(settings.heartbeat_s)}


def deploy(checkout: Path, environment: Mapping[str, str]) -> None:
    """Apply `prefect.yaml` to the Prefect server; its `{{ $NAME }}` are taken from `environment`."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=checkout, env={**os.environ, "COLUMNS": _UNWRAPPED, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise ConfigError([f"{FILE} could not be applied: {(done.stderr or done.stdout).strip()[-800:]}"])


def plan_deployments(checkout: Path, variables: Mapping[str, str]) -> list[Item]:
    """Return what `deploy` would do to each deployment, and which of ours the file does not have. Changes nothing."""
    wanted = {str(one["name"]): one for one in read_deployments(checkout, variables)}
    with get_client(sync_client=True) as client:
        named = DeploymentFilter(name=DeploymentFilterName(any_=list(wanted)))
        in_pool = WorkPoolFilter(name=WorkPoolFilterName(any_=[WORK_POOL]))
        found = {one.name: one for one in client.read_deployments(deployment_filter=named)}
        others = {one.name for one in client.read_deployments(work_pool_filter=in_pool)} - wanted.keys()
    items = [_item(one, found.get(name), checkout) for name, one in wanted.items()]
    gone = f"not in {FILE}; set-up leaves it; unless you made it yourself: prefect deployment delete"
    return [*items, *(Item(f"deployment: {name}", note=gone) for name in sorted(others))]


def read_deployments(checkout: Path, variables: Mapping[str, str]) -> list[_Facts]:
    """Return the deployments of `prefect.yaml`, with its `{{ $NAME }}` replaced. Raises ConfigError."""
    path = checkout / FILE
    with readable_yaml(path):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    found: list[_Facts] = _filled((content or {}).get("deployments") or [], variables)
    return found


def _item(wanted: _Facts, found: DeploymentResponse | None, checkout: Path) -> Item:
    name = f"deployment: {wanted['name']}"
    if found is None:
        return Item(name, MADE)
    before, after = _as_found(found), _as_wanted(wanted, checkout)
    differences = [said for what, value in after.items() for said in moved(what, before[what], value)]
    removed, left = _schedules_of_others(wanted, found)
    return Item(name, changed([*differences, *_form(wanted, found), *_schedules(wanted, found), *removed]), left)


def _as_wanted(wanted: _Facts, checkout: Path) -> _Facts:
    limit, pool = wanted.get("concurrency_limit") or {}, wanted.get("work_pool") or {}
    return {
        "entrypoint": wanted.get("entrypoint"),
        "description": wanted.get("description"),
        "tags": sorted(wanted.get("tags") or []),
        "parameters": wanted.get("parameters") or {},
        "work pool": pool.get("name"),
        "job variables": pool.get("job_variables") or {},
        "limit": limit.get("limit"),
        "a run too many": limit.get("collision_strategy"),
        "folder": str(checkout.absolute().resolve()),
    }


def _as_found(found: DeploymentResponse) -> _Facts:
    limit, options = found.global_concurrency_limit, found.concurrency_options
    return {
        "entrypoint": found.entrypoint,
        "description": found.description,
        "tags": sorted(found.tags),
        "parameters": found.parameters,
        "work pool": found.work_pool_name,
        "job variables": found.job_variables,
        "limit": limit.limit if limit is not None else None,
        "a run too many": options.collision_strategy.value if options is not None else None,
        "folder": _folder(found.pull_steps),
    }


def _folder(steps: list[dict[str, Any]] | None) -> str | None:
    return next((step[_FOLDER_STEP]["directory"] for step in steps or [] if _FOLDER_STEP in step), None)


def _form(wanted: _Facts, found: DeploymentResponse) -> list[str]:
    """Return whether the form of a run's parameters is another one in the code than on the server."""
    flow: Any = load_flow_from_entrypoint(str(wanted["entrypoint"]))
    form = parameter_schema(flow).model_dump(mode="json", exclude_unset=True)
    return [] if form == found.parameter_openapi_schema else ["form of the parameters"]


def _schedules_of_others(wanted: _Facts, found: DeploymentResponse) -> tuple[list[str], str | None]:
    """Return schedules that the file does not have: those that set-up removes, and a note about those that it leaves.

    As Prefect does: it leaves them where each schedule of the deployment has a slug, else puts the file's in place of
    all. A deployment without schedules in the file keeps what it has.
    """
    ours = {str(one["slug"]) for one in wanted.get("schedules") or []}
    others = [one.slug or "without a slug" for one in found.schedules if one.slug not in ours]
    if ours and any(one.slug is None for one in found.schedules):
        return [f"schedule {name} removed" for name in others], None
    return [], f"not in {FILE}; set-up leaves it: schedule {', '.join(others)}" if others else None


def _schedules(wanted: _Facts, found: DeploymentResponse) -> list[str]:
    """Return what differs in the schedules, which are told apart by their slugs."""
    there = {one.slug: one for one in found.schedules}
    differences: list[str] = []
    for one in wanted.get("schedules") or []:
        slug = str(one["slug"])
        if slug not in there:
            differences.append(f"schedule {slug} made")
            continue
        schedule = there[slug].schedule
        differences += moved(f"schedule {slug}", getattr(schedule, "cron", None), one["cron"])
        differences += moved(f"time zone of {slug}", getattr(schedule, "timezone", None), one.get("timezone"))
        differences += moved(f"{slug} switched on", there[slug].active, one.get("active", True))
    return differences


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: variables.get(match.group(1), ""), value)
    if isinstance(value, dict):
        return {key: _filled(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, variables) for item in value]
    return value
