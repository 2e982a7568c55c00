"""The DAM, by each way to sign in that is described: the sign-in, and every certificate on the way."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from blocks.config_files import load_roles
from blocks.dam import DamCertificate, DamOAuth2
from blocks.settings import Settings
from clients.otmm.session import trust
from domain.errors import ConfigError
from entrypoints.checks.expiry import check_tls, judged
from entrypoints.checks.verdict import Found, Verdict, attempt

_CA = "DAM_CA_BUNDLE"


def check_dam(block: DamOAuth2 | DamCertificate, settings: Settings) -> Iterator[Verdict]:
    """Yield the verdicts on one way to the DAM."""
    has_certificate = isinstance(block, DamCertificate)
    api, tokens = ("DAM_MTLS_BASE_URL", "DAM_MTLS_AUTH_URL") if has_certificate else ("DAM_BASE_URL", "DAM_AUTH_URL")
    ending = " (certificate)" if has_certificate else ""
    name = "DAM (certificate)" if has_certificate else "DAM (OAuth2)"
    yield attempt(name, f"{api} and {tokens}", partial(_sign_in, block, settings))
    if isinstance(block, DamCertificate):
        yield attempt("client certificate", "DAM_MTLS_CERT_PATH", partial(chain_of, block, settings))
    context = partial(_context, block)
    yield check_tls(f"TLS of the DAM{ending}", block.base_url, f"{api} and {_CA}", context, settings)
    if block.auth_url is not None:
        yield check_tls(f"TLS of OTDS{ending}", block.auth_url, f"{tokens} and {_CA}", context, settings)


def _sign_in(block: DamOAuth2 | DamCertificate, settings: Settings) -> Found:
    roles = load_roles(settings.config_dir)
    before = time.monotonic()
    with block.get_client(roles) as dam:
        dam.probe()
    took_s = round(time.monotonic() - before, 3)
    return Found(f"signed in, in {took_s:.1f} s", details={"took_s": took_s})


def chain_of(block: DamCertificate, settings: Settings) -> Found:
    """Say how long the client certificate is good, and every other that its file holds."""
    return judged(block.certificate().ends(), datetime.now(UTC), settings.expiry_warning_days)


def _context(block: DamOAuth2 | DamCertificate) -> ssl.SSLContext:
    if isinstance(block, DamCertificate):
        try:
            return block.certificate().ssl_context(block.ca_bundle)
        except ConfigError:
            pass  # that is said of the certificate itself; the server's can be seen without, where TLS 1.3 is spoken
    return trust(block.ca_bundle)
