"""One run of a flow in a process of its own, forked from one that has the imports done already."""

import json
import multiprocessing
import os
from importlib import import_module
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

_CONTEXT: ForkServerContext = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.acceptance.preloaded"])


def start(flow: str, parameters: dict[str, Any], environment: dict[str, str], answer: Path) -> ForkServerProcess:
    """Start a run; its report is in `answer` when it ends by itself, what it prints in the file that `log_of` names."""
    process = _CONTEXT.Process(target=_run, args=(flow, parameters, environment, str(answer)))
    process.start()
    return process


def log_of(answer: Path) -> Path:
    """Return the file that takes what a run prints."""
    return answer.with_suffix(".log")


def _run(flow: str, parameters: dict[str, Any], environment: dict[str, str], answer: str) -> None:
    with log_of(Path(answer)).open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.update(environment)
    name = flow.replace("-", "_")
    state = getattr(import_module(f"flows.{name}"), name)(**parameters, return_state=True)
    facts: dict[str, Any] = {"state": state.name, "message": state.message}
    if state.is_completed():
        report = state.result()
        facts |= {"headline": report.headline, "parked": report.parked}
        facts["representations"] = {
            asset.path: asset.representation for asset in report.assets if asset.representation is not None
        }
        facts["files"] = {file.path: _fate(file) for file in report.files}
        facts["campaigns"] = [
            {
                "number": campaign.number,
                "moved": campaign.moved,
                "note": campaign.note,
                "reason": campaign.failure.reason if campaign.failure else None,
                "assets": {asset.path: _fate(asset) for asset in campaign.assets},
                "warnings": {asset.path: asset.warnings for asset in campaign.assets if asset.warnings},
            }
            for campaign in report.campaigns
        ]
    Path(answer).write_text(json.dumps(facts))


def _fate(asset: Any) -> list[str | None]:
    return [asset.outcome.value, asset.failure.reason if asset.failure else None]
