"""`content-scaling names check`, as a person and as a program use it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.errors import ConfigError
from entrypoints.cli import app
from entrypoints.config_folder import config_folder

GOOD = "1234567_RAF_DE_de_TEST-JOB_OLV_001_6S_16x9_BJP4ho.mp4"
UNKNOWN = "1234567_XYZ_DE_de_TEST-JOB_OLV_001_6S_16x9_BJP4ho.mp4"
BROKEN = "1234567_raf_DE_de_TEST-JOB_OLV_001_6S_16X9_BJP4ho.mp4"
SHIPPED = Path(__file__).parents[3] / "config"


@pytest.fixture(autouse=True)
def shipped_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENV_FILE", raising=False)
    monkeypatch.setenv("CONFIG_DIR", str(SHIPPED))


def check(*names: str, typed: str | bytes = "") -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["names", "check", "--", *names], input=typed)


def rows(result: Result) -> list[list[str]]:
    """The table's cells without its head."""
    return [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in result.output.splitlines()[1:]]


def test_a_good_name_is_told_with_its_generation_and_its_name_in_the_dam():
    result = check(GOOD)
    assert result.exit_code == 0
    assert rows(result) == [[GOOD, "V2", "RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4"]]


def test_a_warning_is_told_but_is_no_fault():
    result = check(UNKNOWN)
    assert result.exit_code == 0
    assert rows(result)[1][0] == "warning"


def test_every_fault_and_proposal_of_a_broken_name_has_its_row():
    result = check(GOOD, BROKEN)
    assert result.exit_code == 1
    assert [row[-2] for row in rows(result)] == ["V2", "refused", "refused", "proposal"]
    assert rows(result)[-1][-1] == GOOD


@pytest.mark.parametrize("path", [f"a/folder/{GOOD}", f"C:\\a\\folder\\{GOOD}", f"./{GOOD}", f"folder/{GOOD}/"])
def test_only_the_last_part_of_a_path_counts(path: str):
    assert rows(check(path))[0][0] == GOOD


def test_names_are_read_from_standard_input_one_a_line():
    result = check("-", UNKNOWN, typed=f"{GOOD}\r\n\n{BROKEN}\n")
    assert result.exit_code == 1
    assert [row[0] for row in rows(result) if len(row) == 3] == [GOOD, BROKEN, UNKNOWN]


def test_no_names_on_standard_input_are_no_fault():
    result = check("-")
    assert result.exit_code == 0
    assert result.output == ""


def test_bytes_and_marks_that_a_terminal_cannot_show_are_shown_as_escapes():
    result = check("-", typed=b"\xff\x1b[2J[bold]hello.mp4\n")
    assert result.exit_code == 1
    assert result.output.splitlines()[1].split()[0] == "\\udcff\\x1b[2J[bold]hello.mp4"


def test_the_config_folder_comes_from_the_environment_before_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / ".env").write_text("CONFIG_DIR=elsewhere\nDAM_CLIENT_ID=x\n")
    assert config_folder() == SHIPPED
    monkeypatch.delenv("CONFIG_DIR")
    assert config_folder() == Path("elsewhere")
    monkeypatch.setenv("ENV_FILE", "other.env")
    with pytest.raises(ConfigError, match=r"ENV_FILE: there is no file other\.env"):
        config_folder()
    (tmp_path / "other.env").write_text("\n")
    assert config_folder() == Path("config")
    (tmp_path / "other.env").write_bytes(b"CONFIG_DIR=\xff\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        config_folder()


def test_the_config_folder_is_the_one_that_the_settings_name(monkeypatch: pytest.MonkeyPatch):
    from blocks.settings import Settings

    monkeypatch.delenv("CONFIG_DIR")
    assert config_folder() == Settings.model_fields["config_dir"].default
