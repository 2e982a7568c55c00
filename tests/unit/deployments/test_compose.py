"""The compose file fits the project around it. That Docker takes it is for Docker to say; there is none here."""

import re
from pathlib import Path
from typing import Any

import prefect.settings
import pytest
import yaml

from blocks.settings import Settings
from domain.work_pool import WORK_POOL
from tests.documents import ROOT

FOLDER = ROOT / "deployments" / "compose"
TEXT = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("prefect", "setup", "worker", "receiver")
EXAMPLE = (FOLDER / "env.example").read_text(encoding="utf-8")
OF_COMPOSE = {"POSTGRES_PASSWORD", "PREFECT_AUTH", "PREFECT_ENCRYPTION_KEY", "PREFECT_PAGES_URL", "WORKERS"} | {
    *("RECEIVER_PORT", "PREFECT_PORT", "PROXY_ADDRESS", "VERSION"),
}
"""Variables that only the compose file reads."""


READ_BESIDE = {"PREFECT_SERVER_ENCRYPTION_KEY"}
"""Read by Prefect's server from the environment, and not among its settings."""


def known(name: str) -> bool:
    """Whether somebody reads a variable of that name: our settings, or Prefect's."""
    if name.startswith("PREFECT_"):
        return hasattr(prefect.settings, name) or name in READ_BESIDE
    return name.lower() in Settings.model_fields


@pytest.mark.parametrize("service", OURS)
def test_every_variable_that_is_set_is_read_by_somebody(service: str) -> None:
    assert [name for name in SERVICES[service].get("environment", {}) if not known(name)] == []


def test_every_line_of_the_example_is_a_setting_or_is_used_in_the_file() -> None:
    names = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE)
    assert len(names) > 5
    assert [name for name in names if name not in OF_COMPOSE and not known(name)] == []


def test_every_variable_that_the_file_takes_from_the_example_is_explained_there_or_has_a_default() -> None:
    used = re.findall(r"\$\{([A-Z_]+)(:?[-?][^}]*)?\}", TEXT)
    assert {name for name, _ in used} <= OF_COMPOSE
    without = {name for name, rest in used if not rest} - {name for name, rest in used if rest}
    assert without == set()
    demanded = {name for name, rest in used if rest.startswith(":?")}
    assert all(re.search(rf"^{name}=$", EXAMPLE, re.MULTILINE) for name in demanded)


def test_no_line_of_the_example_ends_in_a_comment_which_older_compose_takes_for_the_value() -> None:
    assert [line for line in EXAMPLE.splitlines() if "#" in line.lstrip("#")] == []


def test_every_file_that_is_mounted_or_built_from_is_there() -> None:
    sources = [str(volume).split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    files = {source for source in sources if source.startswith(".") and source != "./secrets"}
    assert files == {"./database.sh", "../../config"}
    build = SERVICES["worker"]["build"]
    context = (FOLDER / build["context"]).resolve()
    assert context == ROOT
    assert all((FOLDER / source).exists() for source in [*files, context / build["dockerfile"]])
    named = {source for source in sources if not source.startswith(".")}
    assert named == set(COMPOSE["volumes"])


def test_the_image_gets_every_package_and_file_that_it_runs_on() -> None:
    let_in = {line[1:] for line in _lines("Dockerfile.dockerignore") if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages <= let_in
    assert {"config", "prefect.yaml", "pyproject.toml", "README.md", "requirements.lock"} <= let_in
    assert all((ROOT / name).exists() for name in let_in)


def test_neither_the_image_nor_git_gets_the_key_files_and_the_filled_in_example() -> None:
    ignored = _lines("Dockerfile.dockerignore")
    last_let_in = max(number for number, line in enumerate(ignored) if line.startswith("!"))
    assert {"deployments/compose/secrets", "**/.env"} <= set(ignored[last_let_in:])
    assert {"/deployments/compose/secrets/", ".env"} <= set((ROOT / ".gitignore").read_text().splitlines())


def test_links_of_every_service_lead_to_where_browsers_find_the_pages() -> None:
    found = {service: SERVICES[service]["environment"].get("PREFECT_UI_URL") for service in OURS}
    assert set(found.values()) == {"${PREFECT_PAGES_URL:-http://localhost:4200}"}


def test_every_service_that_sends_mail_sees_the_folder_of_the_certificates() -> None:
    for service in OURS:
        assert any(str(volume).startswith("./secrets:/run/secrets/") for volume in SERVICES[service]["volumes"])


def test_workers_and_receiver_wait_for_a_set_up_that_went_well() -> None:
    for service in ("worker", "receiver"):
        assert SERVICES[service]["depends_on"] == {"setup": {"condition": "service_completed_successfully"}}
    assert SERVICES["worker"]["command"][:5] == ["prefect", "worker", "start", "--pool", WORK_POOL]
    assert SERVICES["setup"]["restart"] == "no"


def test_nothing_is_published_to_other_machines_and_no_secret_stands_in_the_file() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    values = [value for service in SERVICES.values() for value in service.get("environment", {}).items()]
    secret = [(name, value) for name, value in values if re.search(r"PASSWORD|AUTH_STRING|KEY", name)]
    assert secret
    assert all(value.startswith("${") for _, value in secret)


def test_the_script_of_the_database_is_one_that_a_shell_takes() -> None:
    script = (FOLDER / "database.sh").read_text(encoding="utf-8")
    assert script.startswith("#!/bin/sh\n")
    assert "CREATE DATABASE prefect;" in script
    assert "\r" not in script


def _lines(name: str) -> list[str]:
    return [line for line in Path(FOLDER / name).read_text(encoding="utf-8").splitlines() if line]
