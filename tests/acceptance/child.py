"""One run of a flow in a process of its own, forked from one that has the imports done already."""

import json
import os
from importlib import import_module
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.acceptance import forkserver


def start(flow: str, parameters: dict[str, Any], environment: dict[str, str], answer: Path) -> ForkServerProcess:
    """Start a run; its report is in `answer` when it ends by itself, what it prints in the file that `log_of` names."""
    return forkserver.start(_run, flow, parameters, {**os.environ, **environment}, str(answer))


def log_of(answer: Path) -> Path:
    """Return the file that takes what a run prints."""
    return answer.with_suffix(".log")


def _run(flow: str, parameters: dict[str, Any], environment: dict[str, str], answer: str) -> None:
    log = log_of(Path(answer))
    forkserver.redirect(log, log)
    os.environ.clear()
    os.environ.update(environment)
    _read_prefect_settings()
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


def _read_prefect_settings() -> None:
    """Have Prefect read its settings again, which takes a while, where they are not those it was imported with."""
    from prefect.settings import get_current_settings

    from tests.acceptance import preloaded

    if get_current_settings().api.url != os.environ.get("PREFECT_API_URL"):
        preloaded.read_settings()
        preloaded.enter_quiet_settings()


def _fate(asset: Any) -> list[str | None]:
    return [asset.outcome.value, asset.failure.reason if asset.failure else None]
