from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_SSL_CERT_FILE, PREFECT_API_URL, temporary_settings
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from domain.errors import ConfigError
from entrypoints.prefect_api import require_server
from sandbox.certificates import make_certificates
from sandbox.serving import Server, TlsFiles
from tests.answering import answering


def refusal(url: str | None) -> str:
    """What is said about a Prefect API that cannot be used."""
    with temporary_settings({PREFECT_API_URL: url}), pytest.raises(ConfigError) as caught:
        require_server()
    (told,) = caught.value.faults
    return told


def test_a_prefect_server_has_to_be_named():
    assert refusal(None) == "PREFECT_API_URL: not set; it is the address of your Prefect server, ending in /api"


@pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1:port/api", "http://127.0.0.1:1/api"])
def test_a_prefect_server_that_does_not_answer_is_told(url: str):
    told = refusal(url)
    assert told.startswith(f"PREFECT_API_URL: {url} does not answer (")
    assert told.endswith("); correct it, or start the server there")


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        (None, "not set, and {url} asks for a sign-in (401)"),
        ("", "not set, and {url} asks for a sign-in (401)"),
        ("robot:wrong", "{url} refuses it (401)"),
    ],
)
def test_a_sign_in_that_is_missing_or_refused_is_told_by_its_setting_and_not_shown(ours: str | None, said: str):
    with answering(401, but="/health") as url, temporary_settings({PREFECT_API_AUTH_STRING: ours}):
        told = refusal(url)
    assert told.startswith(f"PREFECT_API_AUTH_STRING: {said.format(url=url)}")
    assert "robot:wrong" not in told


def test_what_answers_and_is_no_prefect_server_is_told():
    with answering(404, but="/health") as url:
        assert refusal(url).startswith(f"PREFECT_API_URL: {url} does not answer (PrefectHTTPStatusError); ")


def test_a_server_with_a_certificate_of_the_authority_that_prefect_is_told_of_is_reached(tmp_path: Path):
    files = make_certificates(tmp_path)
    server = Starlette(routes=[Route("/admin/version", lambda _: JSONResponse("3.8.8"))])
    with Server(server, name="prefect", tls=TlsFiles(files.server_cert, files.server_key)) as running:
        trusting = {PREFECT_API_URL: running.url, PREFECT_API_SSL_CERT_FILE: str(files.ca_pem)}
        with temporary_settings(trusting):
            assert require_server() == running.url
