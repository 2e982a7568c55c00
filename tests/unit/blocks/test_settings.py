from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from pydantic import ValidationError

from blocks.settings import NEEDS, Settings, load_settings
from domain.errors import ConfigError
from domain.masking import MASK, mask

DAM = {
    "DAM_BASE_URL": "https://dam.example.com/otmmapi",
    "DAM_AUTH_URL": "https://dam.example.com/otdsws/oauth2/token",
    "DAM_CLIENT_ID": "client",
    "DAM_CLIENT_SECRET": "dam-s3cret",
}
Private = Callable[..., Path]
Set = Callable[..., None]


@pytest.fixture
def set_(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Set variables of the environment."""

    def to(**variables: object) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))

    return to


def faults(*needs: str) -> list[str]:
    """What is said about the settings as they are."""
    with pytest.raises(ConfigError) as caught:
        load_settings(*needs)
    return list(caught.value.faults)


def test_an_empty_environment_is_a_development_one_with_the_embedded_database():
    settings = load_settings()
    assert (settings.env, settings.block_name, settings.database_url) == ("staging", "staging", None)


def test_every_fault_is_told_at_once(set_: Set, private: Private):
    env = private(".env", "SMTP_PORT=99999\nMAIL_SENDER=nobody\n", mode=0o644)
    key = private("box.json", mode=0o640)
    set_(DAM_BASE_URL="dam.example.com", BOX_FOLDER_LOCAL_MASTERS="12a", LEASE_S="soon", ENV="test")
    set_(BOX_JWT_CONFIG_PATH=key, DAM_MTLS_CERT_PATH="gone.pfx", SMTP_CA_BUNDLE=".")
    told = faults("dam-oauth2", "box", "mail", "a1-to-a2")
    assert sorted(told) == sorted(
        [
            f".env: others can read {env.name}; run: chmod 600 {env.name}",
            "ENV: Input should be 'staging' or 'production'",
            "DAM_BASE_URL: must be an address such as https://host:8443/path",
            "BOX_FOLDER_LOCAL_MASTERS: must be the id of a Box folder: digits only, as in the folder's address"
            " in the browser",
            "SMTP_PORT: Input should be less than or equal to 65535",
            "MAIL_SENDER: String should match pattern '^[^@\\s]+@[^@\\s]+$'",
            "LEASE_S: Input should be a valid integer, unable to parse string as an integer",
            f"BOX_JWT_CONFIG_PATH: others can read {key}; run: chmod 600 {key}",
            "DAM_MTLS_CERT_PATH: there is no file gone.pfx",
            "SMTP_CA_BUNDLE: there is no file .",
            "DAM_AUTH_URL: not set; dam-oauth2 needs it",
            "DAM_CLIENT_ID: not set; dam-oauth2 needs it",
            "DAM_CLIENT_SECRET: not set; dam-oauth2 needs it",
            "SMTP_HOST or MAILGUN_BASE_URL: neither is set; mail needs one",
        ]
    )


@pytest.mark.parametrize("need", NEEDS)
def test_what_a_connection_cannot_do_without_is_named(need: str):
    told = faults(need)
    for name in NEEDS[need]:
        assert f"{name.upper()}: not set; {need} needs it" in told


@pytest.mark.parametrize(
    ("variables", "lacking"),
    [
        ({"DAM_BASE_URL": "https://dam.example.com"}, ["DAM_AUTH_URL", "DAM_CLIENT_ID", "DAM_CLIENT_SECRET"]),
        ({"DAM_MTLS_BASE_URL": "https://dam.example.com"}, ["DAM_MTLS_CERT_PATH", "DAM_MTLS_CERT_PASSWORD"]),
        ({"SMTP_HOST": "mail.example.com"}, ["MAIL_SENDER"]),
        ({"MAILGUN_BASE_URL": "https://api.example.com", "MAIL_SENDER": "a@example.com"}, ["MAILGUN_API_KEY"]),
    ],
)
def test_a_system_that_is_half_described_is_a_fault_even_where_it_is_not_needed(
    set_: Set, variables: dict[str, str], lacking: list[str]
):
    set_(**variables)
    first = next(iter(variables))
    assert faults() == [f"{name}: not set; {first} needs it" for name in lacking]


@pytest.mark.parametrize(
    "address",
    ["dam.example.com", "ftp://dam.example.com", "https://", "https://dam.example.com:port", "http://h:0", "http://[x"],
)
def test_an_address_is_one_of_http_with_a_host_and_a_good_port(set_: Set, address: str):
    set_(BOX_API_URL=address)
    assert faults() == ["BOX_API_URL: must be an address such as https://host:8443/path"]


def test_the_slash_at_the_end_of_an_address_does_not_matter(set_: Set):
    set_(BOX_API_URL="https://box.example.com/api/")
    assert load_settings().box_api_url == "https://box.example.com/api"


def test_an_env_file_that_is_named_has_to_be_there(set_: Set):
    set_(ENV_FILE="nowhere/env", SMTP_PORT="x")
    told = faults("box")
    assert told == [
        "ENV_FILE: there is no file nowhere/env",
        "SMTP_PORT: Input should be a valid integer, unable to parse string as an integer",
    ]


def test_a_folder_is_no_env_file(set_: Set, tmp_path: Path):
    set_(ENV_FILE=tmp_path)
    assert faults() == [f"ENV_FILE: there is no file {tmp_path}"]


def test_an_env_file_that_is_not_text_is_told(tmp_path: Path):
    (tmp_path / ".env").write_bytes(b"DAM_CLIENT_SECRET=\xff\xfe")
    (tmp_path / ".env").chmod(0o600)
    assert faults("box") == [".env: .env is not UTF-8 text"]


def test_files_that_this_user_may_not_read_are_told(
    set_: Set, private: Private, tmp_path: Path, as_somebody: Callable[[], AbstractContextManager[None]]
):
    locked = tmp_path / "locked"
    locked.mkdir()
    for name in ("env", "box.json", "ca.pem"):
        (locked / name).write_text("x")
    locked.chmod(0)
    set_(ENV_FILE=locked / "env", BOX_JWT_CONFIG_PATH=locked / "box.json", DAM_CA_BUNDLE=locked / "ca.pem")
    with as_somebody():
        told = faults()
    locked.chmod(0o700)
    assert told == [
        f"ENV_FILE: {locked / 'env'} cannot be read (Permission denied)",
        f"BOX_JWT_CONFIG_PATH: {locked / 'box.json'} cannot be read (Permission denied)",
        f"DAM_CA_BUNDLE: {locked / 'ca.pem'} cannot be read (Permission denied)",
    ]


def test_an_empty_variable_counts_as_not_set(set_: Set, private: Private):
    private(".env", "SMTP_PORT=\nBLOCKS_NAME=\nMAIL_SENDER=\n")
    set_(ENV_FILE="", SMTP_HOST="", DAM_CA_BUNDLE="", MAX_CAMPAIGNS="")
    settings = load_settings()
    assert (settings.smtp_port, settings.smtp_host, settings.max_campaigns) == (587, None, 10)
    assert (settings.mail_sender, settings.dam_ca_bundle) == (None, None)


def test_the_environment_wins_over_the_file(set_: Set, private: Private):
    private(".env", "MAX_CAMPAIGNS=3\nLEASE_S=30\n")
    set_(MAX_CAMPAIGNS="4")
    settings = load_settings()
    assert (settings.max_campaigns, settings.lease_s) == (4, 30)


def test_the_file_in_use_is_the_one_that_the_environment_names(set_: Set, private: Private):
    private(".env", "MAX_CAMPAIGNS=3\n")
    set_(ENV_FILE=private("other", "MAX_CAMPAIGNS=5\n"))
    assert load_settings().max_campaigns == 5


def test_no_secret_is_shown(set_: Set):
    hidden = {name: f"hidden-{name}" for name in ("SMTP_PASSWORD", "WEBHOOK_TOKEN", "LLAMA_CLOUD_API_KEY")}
    set_(**hidden, **DAM, DATABASE_URL="postgresql://me:hidden-password@db.example.com/x")
    shown = repr(load_settings()) + str(load_settings())
    set_(SMTP_PORT="hidden-port", BOX_API_URL="http://me:hidden-port@example.com:x", RETRY_DELAYS_S="hidden-delay")
    shown += "".join(faults("mail"))
    assert "hidden" not in shown
    assert "s3cret" not in shown


def test_the_waits_between_tries_are_numbers_with_commas_between(set_: Set):
    assert load_settings().retry_delays_s == (5, 15, 45)
    set_(RETRY_DELAYS_S=" 1, 2.5,30 ,")
    assert load_settings().retry_delays_s == (1, 2.5, 30)


@pytest.mark.parametrize("delays", ["1;2", "-1", "inf", "soon"])
def test_a_wait_that_is_no_time_is_refused(set_: Set, delays: str):
    set_(RETRY_DELAYS_S=delays)
    (told,) = faults()
    assert told.startswith("RETRY_DELAYS_S: Input should be")


@pytest.mark.parametrize("token", ["short", "ä" * 20, "with\na break in it"])
def test_a_token_that_is_guessed_or_cannot_be_sent_is_refused(set_: Set, token: str):
    set_(PAGES_TOKEN=token)
    told = "PAGES_TOKEN: must be 16 or more characters of ASCII, such as those of: openssl rand -hex 24"
    assert faults() == [told]


def test_settings_do_not_change():
    settings = load_settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.max_campaigns = 3  # type: ignore[misc]


def test_blocks_are_called_after_the_environment_unless_they_have_a_name_of_their_own():
    assert Settings(env="production").block_name == "production"
    assert Settings(env="production", blocks_name="mine").block_name == "mine"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SCHEDULE_TIMEZONE", "Mars/Olympus", "must be a time zone of the IANA database, such as Europe/Berlin"),
        ("SCHEDULE_TIMEZONE", "Europe", "must be a time zone of the IANA database, such as Europe/Berlin"),
        ("HEARTBEAT_S", 29, "Input should be greater than or equal to 30"),
        ("RUNS_AT_ONCE", 0, "Input should be greater than or equal to 1"),
        ("ALARM_QUIET_H", "inf", "Input should be a finite number"),
        (
            "ALARM_WEBHOOK_URL",
            "https://u:s3cret@example.com",
            "must not hold a user or a password; use ALARM_WEBHOOK_TOKEN",
        ),
    ],
)
def test_what_watches_over_runs_has_its_bounds(set_: Set, variable: str, value: object, said: str):
    set_(**{variable: value})
    told = [fault for fault in faults() if fault.startswith(variable)]
    assert told == [f"{variable}: {said}"]


def test_a_time_zone_is_taken_by_its_name(set_: Set):
    set_(SCHEDULE_TIMEZONE="Europe/Berlin")
    assert load_settings().schedule_timezone == "Europe/Berlin"


def test_a_token_of_alarms_needs_their_address(set_: Set):
    set_(ALARM_WEBHOOK_TOKEN="s3cr3t")
    assert faults() == ["ALARM_WEBHOOK_URL: not set; ALARM_WEBHOOK_TOKEN needs it"]


def test_every_secret_among_the_settings_is_struck_out_of_what_is_said_from_then_on(set_: Set):
    secrets = {
        name: f"secret of {name}"
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation) and name != "database_url"
    }
    assert len(secrets) >= 9
    set_(**{name.upper(): value for name, value in secrets.items()})
    set_(DATABASE_URL="postgresql://u:secret-of-database@db.example.com/x", SMTP_USERNAME="smtp", MAIL_SENDER="a@b.c")
    set_(
        MAILGUN_BASE_URL="https://mail.example.com",
        WEBHOOK_CAMPAIGN_STATUS_URL="https://hooks.example.com/?key=of-hook-1",
        ALARM_WEBHOOK_URL="https://hooks.example.com/?key=of-alarms",
    )
    set_(**DAM | {"DAM_CLIENT_SECRET": secrets["dam_client_secret"]})
    load_settings()
    for secret in (*secrets.values(), "secret-of-database", "of-hook-1", "of-alarms"):
        assert mask(f"said {secret}") == f"said {MASK}"
    assert (
        mask("db.example.com hooks.example.com smtp a@b.c client")
        == "db.example.com hooks.example.com smtp a@b.c client"
    )


def test_secrets_are_known_although_other_settings_are_wrong(set_: Set):
    set_(WEBHOOK_TOKEN="secret-0123", MAX_CAMPAIGNS="none")
    assert faults() == ["MAX_CAMPAIGNS: Input should be a valid integer, unable to parse string as an integer"]
    assert mask("secret-0123") == MASK
