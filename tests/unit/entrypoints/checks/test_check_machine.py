"""Room on the disks, ffprobe, and the files of CONFIG_DIR."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from blocks.settings import Settings
from clients.backup.landing import facts_of, sums_of
from clients.backup.manifest import manifest_text
from domain.backups import Backup, Contents, Kind
from entrypoints.checks.config_files import check_config_files
from entrypoints.checks.machine import check_machine
from entrypoints.checks.verdict import State, Verdict

SHIPPED = Path(__file__).parents[4] / "config"


def machine(**settings: object) -> dict[str, Verdict]:
    return {verdict.name: verdict for verdict in check_machine(Settings.model_validate(settings))}


def files(**settings: object) -> dict[str, Verdict]:
    return {verdict.name: verdict for verdict in check_config_files(Settings.model_validate(settings))}


def test_room_for_the_work_is_measured_where_the_folder_will_be(tmp_path):
    found = machine(work_dir=tmp_path / "not" / "there", work_budget_mb=16)["disk for work"]
    assert found.state is State.OK
    assert found.details["wanted_bytes"] == 16 * 1024 * 1024
    assert list(tmp_path.iterdir()) == []


def test_a_budget_larger_than_the_disk_is_a_warning(tmp_path):
    found = machine(work_dir=tmp_path, work_budget_mb=10**9)["disk for work"]
    assert found.state is State.WARNING
    assert "less than WORK_BUDGET_MB (1000000000 MB): free some, or lower WORK_BUDGET_MB" in found.text


def test_a_backup_disk_without_room_for_two_more_dumps_is_a_warning(tmp_path):
    dump = tmp_path / "dumps" / Backup(Kind.DUMP, "x", datetime(2026, 3, 1, tzinfo=UTC)).name
    dump.parent.mkdir(parents=True, mode=0o700)
    size = shutil.disk_usage(tmp_path).free // 2 + 1024**3
    dump.touch(0o600)
    os.truncate(dump, size)  # a hole: it takes no room itself
    facts_of(dump).write_text(manifest_text(Contents("x", 180004, "0001", {}), size))
    sums_of(dump).write_text("")
    found = machine(backup_dir=tmp_path)["disk for backups"]
    assert found.state is State.WARNING
    assert "let BACKUP_DIR be on another disk" in found.text


def test_ffprobe_is_named_with_its_version_and_missed_where_it_is_not(monkeypatch, tmp_path):
    assert machine()["video"].text.startswith("ffprobe ")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine()["video"].state is State.FAILED


def test_the_shipped_files_are_in_order_but_their_recipients_are_nobody_in_production():
    found = files(config_dir=SHIPPED)
    assert [verdict.state for verdict in found.values()] == [State.OK, State.OK]
    assert found["recipients"].details == {"success": 1, "errors": 2, "critical": 1, "report": 1}
    real = files(config_dir=SHIPPED, env="production")["recipients"]
    assert real.state is State.WARNING
    assert "success, errors, critical, report has addresses at example.com, where nobody reads them" in real.text


@pytest.mark.parametrize("kind", ["success", "errors", "critical", "report"])
def test_a_kind_of_mail_without_recipients_fails_by_name(tmp_path, kind):
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    kinds = {"success", "errors", "critical", "report"} - {kind}
    lines = [f"{name}: [ana@agency.example.com]" for name in kinds]
    (tmp_path / "recipients.yaml").write_text("\n".join([*lines, f"{kind}: []"]) + "\n")
    found = files(config_dir=tmp_path)
    assert found["config files"].state is State.OK
    assert found["recipients"].state is State.FAILED
    assert kind in found["recipients"].text


def test_every_file_that_is_broken_is_told(tmp_path):
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    for name in ("dam.yaml", "codes.yaml"):
        (tmp_path / name).write_text("nonsense: true\n")
    found = files(config_dir=tmp_path)["config files"]
    assert found.state is State.FAILED
    assert "dam.yaml" in found.text
    assert "codes.yaml" in found.text
