"""A world in which every secret is a marker, runs in it that log all there is, and where they leave anything."""

import atexit
import base64
import binascii
import os
import re
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from prefect import flow, task
from prefect.client.orchestration import SyncPrefectClient

from blocks.services import open_services
from db.models import Base
from sandbox.box.deliveries import Keys
from sandbox.certificates import Certificates, make_certificates
from sandbox.faults import Fault
from tests.acceptance import forkserver
from tests.acceptance.world import RUN_S, Site, World

Runs = Sequence[tuple[str, Mapping[str, Any]]]
DEFECT = "canary-defect"
NOISY = {
    "PREFECT_LOGGING_LEVEL": "DEBUG",
    "PREFECT_LOGGING_ROOT_LEVEL": "DEBUG",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "urllib3,httpx,psycopg,clients,db,blocks",
    "PREFECT_LOGGING_TO_API_ENABLED": "true",
}
"""Everything is logged, that of libraries too, and goes to Prefect as well."""

_SENT_TO = {
    "otmm": ("client secret", "PFX password"),
    "box": ("Box secret", "JWT passphrase", "JWT key"),
    "hooks": ("webhook token", "query"),
    "llamacloud": ("LlamaCloud key",),
}
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")


def marked_certificates(folder: Path) -> Certificates:
    """Return certificates whose passwords are markers."""
    return make_certificates(folder, client_pfx_password=_marker("pfx"), jwt_key_passphrase=_marker("passphrase"))


class MarkedWorld(World):
    """A world whose every secret is a marker."""

    def __init__(self, site: Site, folder: Path, database_url: str, seed: Any) -> None:
        user, _, rest = database_url.removeprefix("postgresql://").partition("@")
        assert ":" not in user, "the server asks for no password, so that any will do"
        self.markers = {name: _marker(name) for name in ("database", "pages", "query")}
        url = f"postgresql://{user}:{self.markers['database']}@{rest}"
        super().__init__(
            site, folder, url, seed, {"PAGES_TOKEN": self.markers["pages"], "BACKUP_DIR": str(folder / "b")}
        )
        self._mark()
        hooks = f"http://127.0.0.1:{site.ports.hooks}/hooks"
        for variable, name in (
            ("WEBHOOK_CAMPAIGN_STATUS_URL", "campaign_status_update"),
            ("WEBHOOK_ASSET_UPLOAD_URL", "asset_upload_complete"),
        ):
            self._settings[variable] = f"{hooks}/{name}?token={self.markers['query']}"

    def _mark(self) -> None:
        twin, files = self.twin, self.twin.certificates
        twin.settings.otmm.client_secret = self.markers["client secret"] = _marker("dam")
        twin.settings.mail.password = self.markers["SMTP password"] = _marker("smtp")
        twin.settings.hooks.token = self.markers["webhook token"] = _marker("hook")
        twin.settings.llamacloud.api_key = self.markers["LlamaCloud key"] = _marker("llama")
        self.markers["Box secret"] = _marker("box")
        object.__setattr__(twin.box_app, "client_secret", self.markers["Box secret"])
        twin.box.webhooks.keys = Keys(_marker("primary"), _marker("secondary"))
        self.markers["Box webhook key"] = twin.box.webhooks.keys.primary
        self.markers["Box webhook key 2"] = twin.box.webhooks.keys.secondary
        self.markers["PFX password"] = files.client_pfx_password
        self.markers["JWT passphrase"] = files.jwt_key_passphrase
        self.markers["JWT key"] = files.jwt_key.read_text().splitlines()[5]

    def remember_tokens(self) -> None:
        """Take the access tokens that were given out for markers too."""
        given = [*self.twin.otmm.tokens._alive, *self.twin.box.tokens._tokens]
        self.markers |= {f"token {token[:4]}": token for token in given}

    def echo(self, service: str, path: str, status: int, shape: str) -> None:
        """Let a service refuse what fits the path, and quote what we sign in to it with, also in Base64."""
        sent = [self.markers[name] for name in _SENT_TO[service]]
        said = " ".join([*sent, *(base64.b64encode(f"x:{secret}".encode()).decode() for secret in sent)])
        body = {
            "OAuth2": {"error": "invalid_client", "error_description": said},
            "OTMM": {"exception_body": {"message": said, "http_response_code": status}},
            "plain": {"detail": said},
        }[shape]
        self.twin.faults[service].add(Fault("status", path=path, status=status, body=body, times=None))

    def refuse(self) -> None:
        """Let every system refuse us, and say what it was sent."""
        self.twin.settings.mail.password = "another"
        self.echo("hooks", "", 401, "plain")
        self.echo("llamacloud", "", 401, "plain")
        self.echo("otmm", "oauth2/token", 401, "OAuth2")
        self.echo("box", "oauth2/token", 400, "OAuth2")

    def run_all(self, runs: Runs, environment: Mapping[str, str]) -> Path:
        """Have the runs made one after the other, by one process that logs all there is; return what it printed."""
        self._runs += 1
        log = self._folder / f"run-{self._runs}.log"
        process = forkserver.start(_run_all, runs, {**os.environ, **self.environment, **NOISY, **environment}, log)
        self._processes.append(process)
        process.join(RUN_S * 5)
        assert process.exitcode == 0, log.read_text()[-3000:]
        return log

    def tables(self) -> dict[str, str]:
        """Every row of every table, as text."""
        names = list(Base.metadata.tables)
        return {name: "\n".join(row for (row,) in self.sql(f"SELECT t::text FROM {name} t")) for name in names}


def _run_all(runs: Runs, environment: dict[str, str], log: Path) -> None:
    forkserver.redirect(log, log)
    os.environ.clear()
    os.environ.update(environment)
    from prefect.logging.configuration import setup_logging

    from tests.acceptance import preloaded

    preloaded.read_settings()
    preloaded.enter_quiet_settings()
    setup_logging(incremental=False)
    for name, parameters in runs:
        module = import_module(f"flows.{name.replace('-', '_')}") if name != DEFECT else import_module(__name__)
        state = getattr(module, name.replace("-", "_"))(**parameters, return_state=True)
        print(f"{name}: {state.name}, {state.message}", flush=True)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()  # a fork ends without


@task
def break_down() -> None:
    """Fail as a library does that quotes what it was given."""
    with open_services("webhooks") as services:
        raise RuntimeError(f"cannot send header 'Bearer {services.webhooks.token}', {services.webhooks.token!r}")


@flow(name=DEFECT)
def canary_defect() -> None:
    """Stands for a flow with a defect."""
    break_down()


def kept_by_prefect(client: SyncPrefectClient) -> dict[str, str]:
    """Everything that Prefect's API tells anybody who asks."""
    kinds = ("flow_runs", "task_runs", "artifacts", "logs", "flows", "deployments", "block_documents", "variables")
    pages = {kind: "\n".join(_pages(client, kind)) for kind in kinds}
    runs = client.request("POST", "/flow_runs/filter", json={"limit": 200}).json()
    states = (client.request("GET", "/flow_run_states/", params={"flow_run_id": run["id"]}).text for run in runs)
    events = client.request("POST", "/events/filter", json={"limit": 50})
    return {**pages, "states": "\n".join(states), "events": events.text}


def task_runs(client: SyncPrefectClient) -> str:
    """What Prefect has kept of tasks, some seconds after they ended."""
    return "\n".join(_pages(client, "task_runs"))


def _pages(client: SyncPrefectClient, kind: str) -> Iterator[str]:
    offset = 0
    while True:
        path: Any = f"/{kind}/filter"
        answer = client.request("POST", path, json={"limit": 200, "offset": offset})
        yield answer.text
        found = len(answer.json())
        offset += found
        if found < 200:
            return


def found_in(text: str, markers: Mapping[str, str]) -> set[str]:
    """Return the names of the markers that the text holds, also in an address or in Base64."""
    shown = [text, unquote_plus(text), *map(_decoded, _BASE64.findall(text))]
    return {name for name, secret in markers.items() if any(secret in each for each in shown)}


def _decoded(text: str) -> str:
    whole = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(whole + "=" * (-len(whole) % 4)).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _marker(name: str) -> str:
    return f"canary-{name}-{secrets.token_hex(8)}"
