"""Certificates are judged by when they end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from blocks.dam import DamCertificate
from blocks.settings import Settings
from clients.otmm.session import trust
from entrypoints.checks.dam import chain_of
from entrypoints.checks.expiry import check_tls, judged
from entrypoints.checks.verdict import State, Verdict, attempt
from sandbox.certificates import make_certificates
from sandbox.serving import Server, TlsFiles

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_one_that_ends_first_says_how_long_all_are_good():
    found = judged([("client", NOW + 300 * DAY), ("issuer", NOW + 60 * DAY)], NOW, 30)
    assert (found.state, found.text) == (State.OK, "good until 2026-07-31 (issuer)")
    assert found.details["ends_at"] == "2026-07-31T00:00:00+00:00"


@pytest.mark.parametrize(
    ("left", "state", "said"),
    [
        (30 * DAY, State.OK, "good until 2026-07-01 (client)"),
        (20 * DAY, State.WARNING, "the certificate of client ends in 20 days, on 2026-06-21: have it renewed"),
        (DAY, State.WARNING, "ends in 1 day, on 2026-06-02"),
        (timedelta(0), State.FAILED, "the certificate of client ended on 2026-06-01: have it renewed"),
    ],
)
def test_the_grade_follows_the_days_that_are_left(left, state, said):
    found = judged([("client", NOW + left)], NOW, 30)
    assert found.state is state
    assert any(said in line for line in (*found.faults, *found.warnings, found.text))


def test_every_one_that_needs_somebody_is_named():
    found = judged([("client", NOW + 5 * DAY), ("issuer", NOW - DAY), ("root", NOW + 300 * DAY)], NOW, 30)
    assert (len(found.faults), len(found.warnings), found.text) == (1, 1, "")


@pytest.mark.parametrize(
    ("ends_in", "state", "said"),
    [
        (60 * DAY, State.OK, "good until "),
        (20 * DAY + timedelta(minutes=5), State.WARNING, " ends in 20 days, on "),
        (-DAY, State.FAILED, " ended on "),
    ],
)
def test_what_a_server_presents_is_judged_too(tmp_path, ends_in, state, said):
    files = make_certificates(tmp_path / "made", server_ends_in=ends_in)
    with Server(Starlette(), name="dam", tls=TlsFiles(files.server_cert, files.server_key)) as server:
        url = f"{server.url}/otmmapi"
        found = check_tls("TLS of the DAM", url, "DAM_BASE_URL", lambda: trust(files.ca_pem), Settings())
    assert found.state is state
    assert said in found.text
    assert f"localhost:{urlsplit(url).port}" in found.text


def test_plain_http_has_no_certificate_and_is_told_without_a_password_in_its_address():
    found = check_tls(
        "TLS of the DAM", "http://me:hidden@dam.example.com/otmmapi", "X", lambda: trust(None), Settings()
    )
    assert (found.state, found.text) == (State.OK, "not applicable: http://dam.example.com is plain HTTP")


def verdict_on_file(folder: Path, ends_in: timedelta) -> Verdict:
    files = make_certificates(folder / "made", client_ends_in=ends_in)
    block = DamCertificate(
        base_url="https://dam.example.com/otmmapi",
        certificate_path=files.client_pfx,
        certificate_password=SecretStr(files.client_pfx_password),
        ca_bundle=files.ca_pem,
    )
    return attempt("client certificate", "DAM_MTLS_CERT_PATH", lambda: chain_of(block, Settings()))


def test_the_file_of_the_client_certificate_is_judged_with_its_issuers(tmp_path):
    good = verdict_on_file(tmp_path, 60 * DAY)
    assert good.state is State.OK
    assert [each["subject"] for each in good.details["certificates"]] == ["Sandbox client", "Sandbox CA"]


def test_a_client_certificate_that_ends_in_twenty_days_is_a_warning(tmp_path):
    soon = verdict_on_file(tmp_path, 20 * DAY + timedelta(minutes=5))
    assert soon.state is State.WARNING
    assert "the certificate of Sandbox client ends in 20 days" in soon.text


def test_one_that_has_ended_has_failed(tmp_path):
    ended = verdict_on_file(tmp_path, -DAY)
    assert ended.state is State.FAILED
    assert "not today; ask for a new one" in ended.text
