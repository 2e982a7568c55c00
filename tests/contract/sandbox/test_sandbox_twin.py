"""The twin as a whole: every service reachable with the settings it hands out, and nothing left behind."""

import json
import os
import signal
import smtplib
import socket
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from box_sdk_gen import BaseUrls, BoxClient, BoxJWTAuth, JWTConfig, NetworkSession
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from dotenv import dotenv_values

from sandbox.certificates import make_certificates
from sandbox.environment import mailgun_environment, write_env_file
from sandbox.faults import Fault
from sandbox.options import Ports, Settings
from sandbox.run import run_sandbox
from sandbox.seeds import SMALL
from sandbox.switches import change, parse
from sandbox.twin import Twin

ROOT = Path(__file__).parents[3]

PROGRAM = """
import sys
from pathlib import Path
from sandbox.run import run_sandbox

run_sandbox(Path(sys.argv[1]), env_file=Path(sys.argv[2]), switch=["otmm.token_ttl_s=7"])
"""

VARIABLES = {
    *("DAM_BASE_URL", "DAM_AUTH_URL", "DAM_CLIENT_ID", "DAM_CLIENT_SECRET", "DAM_CA_BUNDLE"),
    *("DAM_MTLS_BASE_URL", "DAM_MTLS_AUTH_URL", "DAM_MTLS_CERT_PATH", "DAM_MTLS_CERT_PASSWORD"),
    *("BOX_JWT_CONFIG_PATH", "BOX_FOLDER_LOCAL_MASTERS", "BOX_FOLDER_GLOBAL_MASTERS", "BOX_FOLDER_DERIVATIVES"),
    *("BOX_FOLDER_REVISIONS", "BOX_FOLDER_CREATIVEX", "BOX_WEBHOOK_PRIMARY_KEY", "BOX_WEBHOOK_SECONDARY_KEY"),
    *("BOX_API_URL", "BOX_UPLOAD_URL", "SMTP_HOST", "SMTP_PORT", "SMTP_USERNAME", "SMTP_PASSWORD", "SMTP_STARTTLS"),
    *("SMTP_CA_BUNDLE", "MAIL_SENDER", "WEBHOOK_CAMPAIGN_STATUS_URL", "WEBHOOK_ASSET_UPLOAD_URL", "WEBHOOK_TOKEN"),
    *("LLAMA_CLOUD_API_KEY", "LLAMA_CLOUD_BASE_URL"),
}


def sandbox_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("sandbox")]


@pytest.fixture(scope="module")
def twin(tmp_path_factory) -> Iterator[Twin]:
    with Twin(tmp_path_factory.mktemp("twin"), seed=SMALL) as running:
        yield running


@pytest.fixture(scope="module")
def env(twin: Twin) -> dict[str, str]:
    return twin.env()


@pytest.fixture
def client_pem(env, tmp_path) -> str:
    password = env["DAM_MTLS_CERT_PASSWORD"].encode()
    key, certificate, _ = pkcs12.load_key_and_certificates(Path(env["DAM_MTLS_CERT_PATH"]).read_bytes(), password)
    assert key is not None
    assert certificate is not None
    pem = tmp_path / "client.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return str(pem)


def box_client(env: dict[str, str]) -> BoxClient:
    auth = BoxJWTAuth(JWTConfig.from_config_file(env["BOX_JWT_CONFIG_PATH"]))
    urls = BaseUrls(base_url=env["BOX_API_URL"], upload_url=env["BOX_UPLOAD_URL"])
    return BoxClient(auth=auth, network_session=NetworkSession(base_urls=urls))


def token(env: dict[str, str]) -> str:
    form = {"grant_type": "client_credentials", "client_id": env["DAM_CLIENT_ID"]}
    answer = requests.post(env["DAM_AUTH_URL"], data={**form, "client_secret": env["DAM_CLIENT_SECRET"]}, timeout=10)
    return str(answer.json()["access_token"])


def test_every_setting_of_the_project_is_handed_out(env):
    assert set(env) == VARIABLES
    assert all(env.values())


def test_every_file_with_a_secret_is_for_its_owner_only(env):
    for name in ("BOX_JWT_CONFIG_PATH", "DAM_MTLS_CERT_PATH"):
        assert stat.S_IMODE(Path(env[name]).stat().st_mode) == 0o600
    key = json.loads(Path(env["BOX_JWT_CONFIG_PATH"]).read_text())["boxAppSettings"]["appAuth"]["privateKey"]
    assert "ENCRYPTED" in key


def test_the_dam_answers_with_a_token(env):
    url = f"{env['DAM_BASE_URL']}/v6/folders/rootfolders"
    assert requests.get(url, timeout=10).status_code == 401
    answer = requests.get(url, headers={"Authorization": f"Bearer {token(env)}"}, timeout=10)
    assert "folders_resource" in answer.json()


def test_the_same_dam_answers_behind_a_client_certificate(twin, env, client_pem):
    folder_id = twin.campaigns["C000000201"]
    url, ca = f"{env['DAM_MTLS_BASE_URL']}/v6/folders/{folder_id}", env["DAM_CA_BUNDLE"]
    answer = requests.get(url, cert=client_pem, verify=ca, timeout=10)
    assert answer.json()["folder_resource"]["folder"]["name"] == "Small Campaign"
    with pytest.raises(requests.ConnectionError):
        requests.get(url, verify=ca, timeout=10)


def test_box_knows_its_app_and_its_folders(env):
    client = box_client(env)
    assert client.folders.get_folder_by_id(env["BOX_FOLDER_LOCAL_MASTERS"]).name == "Local Masters"


def test_box_sends_downloads_to_another_port(twin, env):
    file = twin.box.add_file(env["BOX_FOLDER_DERIVATIVES"], "file.bin", b"0123456789")
    url = box_client(env).downloads.get_download_file_url(file.id)
    assert urlsplit(url).port == twin.servers["box_download"].port != twin.servers["box"].port
    assert requests.get(url, timeout=10).content == b"0123456789"


def test_mail_and_webhooks_arrive(twin, env):
    with smtplib.SMTP(env["SMTP_HOST"], int(env["SMTP_PORT"]), timeout=10) as client:
        client.starttls(context=ssl.create_default_context(cafile=env["SMTP_CA_BUNDLE"]))
        client.login(env["SMTP_USERNAME"], env["SMTP_PASSWORD"])
        client.sendmail(env["MAIL_SENDER"], ["pm@example.com"], b"Subject: hello\r\n\r\nhello")
    assert twin.mail.with_subject("hello")
    headers = {"Authorization": f"Bearer {env['WEBHOOK_TOKEN']}"}
    assert requests.post(env["WEBHOOK_CAMPAIGN_STATUS_URL"], json={}, headers=headers, timeout=10).ok
    assert twin.hooks.received("campaign_status_update")


def test_mail_can_go_by_the_mailgun_api_instead(twin):
    settings = mailgun_environment(twin)
    mail = {"from": settings["MAIL_SENDER"], "to": "pm@example.com", "subject": "by api", "text": "hello"}
    url = f"{settings['MAILGUN_BASE_URL']}/messages"
    assert requests.post(url, data=mail, auth=("api", settings["MAILGUN_API_KEY"]), timeout=10).ok
    assert twin.mail.with_subject("by api")[0].via == "mailgun"


def test_each_service_has_its_own_faults(twin, env):
    twin.faults["otmm"].add(Fault("status", status=503))
    assert requests.get(twin.servers["hooks"].url, timeout=10).status_code == 200
    assert requests.get(env["DAM_BASE_URL"], timeout=10).status_code == 503


def test_switches_are_turned_over_http(twin):
    url = f"{twin.servers['otmm'].url}/_sandbox/settings"
    assert requests.get(url, timeout=10).json()["range_supported"] is False
    assert requests.patch(url, json={"range_supported": True}, timeout=10).json()["range_supported"] is True
    assert twin.settings.otmm.range_supported is True
    refused = requests.patch(url, json={"range_supported": "perhaps"}, timeout=10)
    assert (refused.status_code, twin.settings.otmm.range_supported) == (400, True)
    assert "range_supported" in refused.json()["error"]
    assert requests.patch(url, json={"typo": 1}, timeout=10).status_code == 400
    change(twin.settings.otmm, {"range_supported": False})


@pytest.mark.parametrize("name", ["otmm", "box", "mail", "hooks", "llamacloud"])
def test_each_service_shows_its_state(twin, name):
    assert requests.get(f"{twin.servers[name].url}/_sandbox/state", timeout=10).status_code == 200


def test_a_switch_is_written_as_name_and_value():
    assert parse("otmm.token_ttl_s=60") == ("otmm.token_ttl_s", 60)
    assert parse("box.bad_characters=remove") == ("box.bad_characters", "remove")
    with pytest.raises(ValueError, match="name=value"):
        parse("token_ttl_s")


def test_a_stopped_twin_leaves_no_thread_and_no_content(tmp_path):
    before = sandbox_threads()
    twin = Twin(tmp_path, seed=SMALL)
    twin.faults["otmm"].add(Fault("hang"))
    with twin:
        twin.box.add_file(twin.box_folders["BOX_FOLDER_DERIVATIVES"], "file.bin", b"0")
        client = threading.Thread(target=lambda: requests.get(twin.servers["otmm"].url, timeout=10))
        client.start()
        twin.faults["otmm"].wait_for_hang(5)
    client.join(5)
    assert sandbox_threads() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["certificates", "mails"]


def test_a_taken_port_stops_the_whole_twin_before_it_starts(tmp_path):
    before = sandbox_threads()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = Ports(hooks=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            Twin(tmp_path, ports=ports).start()
    assert sandbox_threads() == before


def test_twins_share_certificates_but_nothing_else(tmp_path):
    certificates = make_certificates(tmp_path / "certificates")
    with (
        Twin(tmp_path / "one", seed=SMALL, certificates=certificates) as one,
        Twin(tmp_path / "two", certificates=certificates) as two,
    ):
        assert one.campaigns
        assert not two.campaigns
        assert box_client(two.env()).users.get_user_me().id is not None
        assert one.box.tokens.requests == 0


def test_the_settings_file_reads_back_as_it_was_written(twin, env, tmp_path):
    path = tmp_path / "twin.env"
    values = {**env, "ODD": "blank, 'quote' and \\ slash"}
    write_env_file(path, values, also=mailgun_environment(twin))
    assert dotenv_values(path) == values
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "# MAILGUN_BASE_URL=" in path.read_text()


def test_the_clock_is_the_dams_and_the_boxes(tmp_path):
    settings = Settings(clock=lambda: 1_700_000_000.0)
    twin = Twin(tmp_path, settings=settings)
    assert twin.otmm.clock() == twin.box.clock() == 1_700_000_000.0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_runs_as_a_program_until_a_signal(tmp_path, number):
    env_file = tmp_path / "twin.env"
    arguments = [sys.executable, "-c", PROGRAM, str(tmp_path / "data"), str(env_file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert "Ctrl-C" in process.stdout.readline()
        env = dotenv_values(env_file)
        form = {"grant_type": "client_credentials", "client_id": env["DAM_CLIENT_ID"]}
        form["client_secret"] = env["DAM_CLIENT_SECRET"]
        assert requests.post(str(env["DAM_AUTH_URL"]), data=form, timeout=10).json()["expires_in"] == 7
        # Neither rows nor blocks of a real installation in the same folder are touched.
        assert (env["BLOCKS_NAME"], env["DATA_DIR"]) == ("sandbox", str(tmp_path / "data" / "data"))
        os.kill(process.pid, number)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_a_switch_that_is_not_there_is_refused_before_anything_starts(tmp_path):
    for text in ("otmm.typo=1", "dam.range_supported=true", "range_supported=true"):
        with pytest.raises(ValueError, match="switch"):
            run_sandbox(tmp_path, switch=[text])
