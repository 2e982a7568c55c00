"""`content-scaling fields check`: the real command, against the simulated DAM."""

import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from rich.console import Console
from typer.testing import CliRunner

from domain.fields import CheckedValues, DomainFault, FieldDefinition, WrittenValues
from entrypoints.cli import app
from entrypoints.field_table import show_checks
from sandbox.environment import write_env_file
from sandbox.faults import Fault
from sandbox.twin import Twin
from tests.acceptance.command import CHECKOUT, alone, content_scaling

CLOSED = "http://127.0.0.1:1"
"""Where nobody listens."""

Check = Callable[..., "CompletedProcess[str]"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    with Twin(tmp_path_factory.mktemp("twin")) as twin:
        yield twin


@pytest.fixture
def twin(running: Twin) -> Iterator[Twin]:
    """The simulated systems, without faults and with nothing asked yet."""
    running.faults["otmm"].forget_requests()
    yield running
    running.faults["otmm"].clear()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config folder of the test's own."""
    return Path(shutil.copytree(CHECKOUT / "config", tmp_path / "rules"))


@pytest.fixture
def check(tmp_path: Path, config: Path) -> Check:
    """Runs the command in a folder without settings; those of the twin come in a file, `more` in the environment."""

    def run(*arguments: str, twin: Twin | None = None, **more: str) -> "CompletedProcess[str]":
        if twin is not None:
            write_env_file(tmp_path / "env", {**twin.env(), "CONFIG_DIR": str(config)}, also={})
            arguments = (*arguments, "--env-file", str(tmp_path / "env"))
        environment = alone(tmp_path / "home", **({"CONFIG_DIR": str(config)} if twin is None else {}), **more)
        return content_scaling("fields", "check", *arguments, environment=environment, cwd=tmp_path)

    return run


def change(config: Path, *changes: tuple[str, str]) -> None:
    """Rewrite the rules."""
    path = config / "fields.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def rows(output: str) -> dict[tuple[str, str], tuple[str, str]]:
    """The table: verdict and what to do, by field and value."""
    lines = output.splitlines()
    head = next(number for number, line in enumerate(lines) if line.split()[:1] == ["field"])
    found, field_id = {}, ""
    for line in lines[head + 1 : -1]:
        cells = [cell for cell in re.split(r" {2,}", line.strip()) if cell]
        if line[1] != " ":
            field_id, *cells = cells
        what, verdict, *advice = cells
        found[field_id, what] = (verdict, " ".join(advice))
    return found


def test_good_rules_are_counted_and_no_setting_is_needed(check: Check, config: Path):
    done = check()
    assert (done.returncode, done.stderr) == (0, "")
    head, *counts = done.stdout.splitlines()
    assert head == f"{config}/fields.yaml is well-formed; its fields:"
    assert [tuple(re.split(r" {2,}", line.strip())) for line in counts] == [
        ("defined", "19"),
        ("taken over", "19"),
        ("set from the name", "4"),
        ("forced", "1"),
        ("defaulted", "3"),
        ("overridden", "0"),
    ]


def test_every_fault_of_the_rules_is_told_with_its_line_and_nothing_is_asked_of_the_dam(
    twin: Twin, check: Check, config: Path
):
    change(config, ("  MARKETING_TAG: Tag", "  MARKETING_TAG: Tag\n  MARKETING_TAG: Two\n  MARKETING_TOG: x"))
    done = check("--dam", twin=twin)
    assert (done.returncode, done.stdout) == (2, "")
    path, line = (
        config / "fields.yaml",
        1 + (config / "fields.yaml").read_text().splitlines().index("  MARKETING_TAG: Tag"),
    )
    assert done.stderr.splitlines()[1:] == [
        f"- {path}: line {line + 1}: defaults > MARKETING_TAG: stands here twice, first in line {line}",
        f"- {path}: line {line + 2}: defaults > MARKETING_TOG: 'MARKETING_TOG' has no definition; "
        "did you mean 'MARKETING_TAG'?",
    ]
    assert twin.faults["otmm"].requests == []


def test_values_that_the_domains_hold_are_ok_and_codes_that_they_lack_are_a_warning(twin: Twin, check: Check):
    done = check("--dam", twin=twin)
    assert (done.returncode, done.stderr) == (0, "")
    found = rows(done.stdout)
    warning, advice = found.pop(("MAIN_LANGUAGES", "codes.yaml > languages (184)"))
    assert warning == "warning"
    assert advice.startswith("179 not in FERRERO.DOMAIN.MAIN LANGUAGES: AA, AB, AE, ")
    assert ", BO, and 159 more; have those that your file names use added" in advice
    assert set(found.values()) == {("ok", "")}
    assert list(found)[:3] == [
        ("MAIN_LANGUAGES", "'EN' (filename_updates > default)"),
        ("FERRERO.FIELD.ASSETCOMPLIANCE", "'-' (defaults)"),
        ("MARKETING_TAG", "'Tag' (defaults)"),
    ]
    assert ("FERRERO.FIELD.PRODUCT", "domain FERRERO.DOMAIN.PRODUCT") in found
    assert done.stdout.splitlines()[-1] == "9 fields with a lookup domain checked: 0 faults, 1 warning"
    assert twin.faults["otmm"].writes() == []


def test_a_value_or_a_domain_that_the_dam_does_not_know_is_a_fault(twin: Twin, check: Check, config: Path):
    overrides = "overrides:\n  BAN:\n    FERRERO.FIELD.FISCAL YEAR: '1999'\n    MARKETING_TAG: Hero\n"
    change(
        config,
        ("STATE: LOCAL", "STATE: LOKAL"),
        ("default: EN", "default: German"),
        ('"2026"', '"1999"'),
        ("FERRERO.DOMAIN.AGENCY", "FERRERO.DOMAIN.AGENCIES"),
        ("overrides: {}", overrides),
    )
    twin.faults["otmm"].add(Fault("status", path="SUB.BRAND", status=403, times=None))
    done = check("--dam", "--dam-auth", "mtls", twin=twin)
    assert done.returncode == 1
    found = rows(done.stdout)
    faults = {where: advice for where, (verdict, advice) in found.items() if verdict == "fault"}
    agency = faults.pop(("FERRERO.MARKETING.FIELD.AGENCY NAME", "domain FERRERO.DOMAIN.AGENCIES"))
    assert agency.startswith("lookup domain FERRERO.DOMAIN.AGENCIES is not in the DAM, or the service user")
    assert agency.endswith("; correct the field's domain under definitions, or let the service user see it")
    brand = faults.pop(("FERRERO.FIELD.SUB BRAND", "domain FERRERO.DOMAIN.SUB BRAND"))
    assert brand.startswith("lookup domain FERRERO.DOMAIN.SUB BRAND: the DAM answered 403")
    assert {where: advice.split(": ")[1].split(",")[0] for where, advice in faults.items()} == {
        ("MAIN_LANGUAGES", "'German' (filename_updates > default)"): "write 'DE' instead",
        ("FERRERO.FIELD.STATE", "'LOKAL' (forced)"): "write 'LOCAL' instead",
        ("MARKETING_TAG", "'Hero' (overrides > BAN)"): "write 'HERO' instead",
        ("FERRERO.FIELD.FISCAL YEAR", "'1999' (defaults, overrides > BAN)"): "write the id of a value that it holds",
    }
    assert found["MARKETING_TAG", "'Tag' (defaults)"] == ("ok", "")
    assert done.stdout.splitlines()[-1].endswith("6 faults, 1 warning")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"DAM_AUTH_URL": f"{CLOSED}/token"}, "the connection to the DAM failed (Connection refused)"),
        ({"DAM_CLIENT_SECRET": "hidden"}, "check DAM_CLIENT_ID and DAM_CLIENT_SECRET"),
    ],
)
def test_a_dam_that_cannot_be_asked_is_told_once_and_in_plain_words(
    twin: Twin, check: Check, settings: dict[str, str], said: str
):
    done = check("--dam", twin=twin, **settings)
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[0]
    assert len(done.stderr.splitlines()) == 2
    assert "is well-formed" in done.stdout
    assert "hidden" not in done.stderr


def test_settings_that_the_dam_needs_are_told_when_they_are_missing(check: Check):
    done = check("--dam", "--dam-auth", "mtls")
    assert (done.returncode, done.stdout) == (2, "")
    assert "- DAM_MTLS_CERT_PATH: not set; dam-mtls needs it" in done.stderr.splitlines()


def test_a_sign_in_without_the_dam_is_a_mistake_that_is_told():
    told = CliRunner().invoke(app, ["fields", "check", "--dam-auth", "mtls"])
    assert told.exit_code == 2
    assert "--dam-auth: is of no use without --dam" in told.output


def test_on_a_narrow_terminal_nothing_is_cut_off_and_nothing_is_taken_for_markup():
    field_id, value, nearest = "A.FIELD.WITH.A.LONG.NAME", "[bold]\x1bLOCAL", "A.RATHER.LONG.VALUE"
    written = WrittenValues(field_id, FieldDefinition(kind="domain", domain="D"), {value: (("forced", field_id),)})
    told = io.StringIO()
    faults = (DomainFault(field_id, value, "D", nearest=nearest),)
    show_checks([CheckedValues(written, faults)], Console(file=told, width=60))
    lines = told.getvalue().splitlines()
    starts = [lines[0].index(heading) for heading in ("field", "value", "verdict", "what")]
    columns = zip(starts, [*starts[1:], None], strict=True)
    ids, values, _, advice = ("".join(line[start:end].strip() for line in lines[1:]) for start, end in columns)
    assert all(len(line) <= 60 for line in lines)
    assert field_id in ids
    assert "'[bold]\\x1bLOCAL'(forced)" in values.replace(" ", "")
    assert nearest in advice
