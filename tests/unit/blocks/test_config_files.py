import shutil
from pathlib import Path

import pytest
import yaml

from blocks.config_files import load_hooks, load_recipients, load_roles
from domain.errors import ConfigError
from domain.masking import MASK, mask

SHIPPED = Path(__file__).parents[3] / "config"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the files that are shipped."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "config"))


def faults(config: Path) -> tuple[str, ...]:
    """What is said about `dam.yaml`."""
    with pytest.raises(ConfigError) as caught:
        load_roles(config)
    return caught.value.faults


def change(config: Path, **values: object) -> None:
    """Put values into `dam.yaml`; None takes a key out."""
    path = config / "dam.yaml"
    data = yaml.safe_load(path.read_text()) | values
    path.write_text(yaml.safe_dump({key: value for key, value in data.items() if value is not None}))


def test_the_files_that_are_shipped_are_good(config: Path):
    assert load_roles(config).fields.status == "CONTENT.SCALING.STATUS"
    assert load_recipients(config)
    assert load_hooks(config, {})


def test_every_fault_of_a_file_is_told_with_its_place(config: Path):
    change(config, fields={"status": 5}, colour="red", search={"page_size": 1000})
    told = faults(config)
    path = config / "dam.yaml"
    assert f"{path}: fields.status: Input should be a valid string" in told
    assert f"{path}: fields.legal: Field required" in told
    assert f"{path}: colour: Extra inputs are not permitted" in told
    assert f"{path}: search.page_size: Input should be less than or equal to 200" in told


def test_a_file_that_is_empty_lacks_everything(config: Path):
    (config / "dam.yaml").write_text("")
    assert faults(config) == (f"{config / 'dam.yaml'}: fields: Field required",)


def test_a_file_that_is_a_list_is_no_config(config: Path):
    (config / "dam.yaml").write_text("- a\n- b\n")
    (told,) = faults(config)
    assert told.startswith(f"{config / 'dam.yaml'}: whole file: ")


def test_the_line_is_named_where_a_file_is_not_yaml(config: Path):
    (config / "dam.yaml").write_text("fields:\n  status: [1\nfolders: x\n")
    (told,) = faults(config)
    assert told.startswith(f"{config / 'dam.yaml'}: line 3: not YAML: ")
    assert "\n" not in told


def test_a_character_that_yaml_forbids_is_told(config: Path):
    (config / "dam.yaml").write_text("fields: \x00\n")
    (told,) = faults(config)
    assert told.startswith(f"{config / 'dam.yaml'}: not YAML: ")


def test_a_file_that_is_not_text_is_told(config: Path):
    (config / "dam.yaml").write_bytes(b"fields: \xff\n")
    assert faults(config) == (f"{config / 'dam.yaml'}: is not UTF-8 text",)


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    told = faults(tmp_path / "nowhere")
    assert told == (f"{tmp_path / 'nowhere' / 'dam.yaml'}: there is no such file; CONFIG_DIR names its folder",)


def test_a_config_folder_that_is_a_file_is_told(tmp_path: Path):
    (tmp_path / "config").write_text("")
    (told,) = faults(tmp_path / "config")
    assert "cannot be read (Not a directory); CONFIG_DIR names its folder" in told


def test_the_address_of_a_hook_comes_from_the_settings(config: Path):
    addresses = {"WEBHOOK_CAMPAIGN_STATUS_URL": "https://hooks.example.com/status"}
    hooks = load_hooks(config, addresses)
    assert hooks.hooks[0].url == "https://hooks.example.com/status"
    assert not load_hooks(config, {}).hooks[0].url


def test_a_key_among_the_headers_of_a_webhook_is_struck_out_of_what_is_said_from_then_on(config: Path):
    path = config / "webhooks.yaml"
    path.write_text(path.read_text().replace("headers: {}", "headers: {X-Api-Key: key-0123, Accept: text/plain}"))
    load_hooks(config, {})
    assert mask("key-0123, text/plain") == f"{MASK}, text/plain"
