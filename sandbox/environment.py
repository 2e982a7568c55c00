"""The project's settings as they are for a running twin, and the file that carries them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.certificates import write_private

if TYPE_CHECKING:
    from sandbox.twin import Twin

MAIL_SENDER = "content-scaling@example.com"

_NEEDS_NO_QUOTES = re.compile(r"[\w@%+=:,./~-]*", re.ASCII)


def environment(twin: "Twin") -> dict[str, str]:
    """Return the settings by their names in the environment; mail goes by SMTP.

    Writes the Box app's settings file, which one of them names, readable by its owner only.
    """
    box_config = twin.folder / "certificates" / "box-app.json"
    box_config.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(box_config, twin.box_app.config_json(twin.certificates).encode())
    return {
        **_dam(twin),
        "BOX_JWT_CONFIG_PATH": str(box_config),
        "BOX_API_URL": twin.servers["box"].url,
        "BOX_UPLOAD_URL": twin.servers["box"].url + "/up",
        "BOX_WEBHOOK_PRIMARY_KEY": twin.box.webhooks.keys.primary,
        "BOX_WEBHOOK_SECONDARY_KEY": twin.box.webhooks.keys.secondary,
        **twin.box_folders,
        **_messages(twin),
        "LLAMA_CLOUD_API_KEY": twin.settings.llamacloud.api_key,
        "LLAMA_CLOUD_BASE_URL": twin.servers["llamacloud"].url,
    }


def apart(folder: Path) -> dict[str, str]:
    """Return settings by which what is done with the twin stays out of a real installation beside it.

    Its database and its Prefect blocks are its own: with the real ones' names, a command would act on the real DAM, or
    the twin's campaigns would turn up on the real board.
    """
    return {"BLOCKS_NAME": "sandbox", "DATA_DIR": str(folder.absolute() / "data")}


def mailgun_environment(twin: "Twin") -> dict[str, str]:
    """Return the settings that let mail go by the Mailgun API: in place of the SMTP ones, of which none may be set."""
    return {
        "MAILGUN_BASE_URL": f"{twin.servers['mail'].url}/v3/{twin.settings.mail.mailgun_domain}",
        "MAILGUN_API_KEY": twin.settings.mail.mailgun_key,
        "MAIL_SENDER": MAIL_SENDER,
    }


def write_env_file(path: Path, values: Mapping[str, str], *, also: Mapping[str, str]) -> None:
    """Write a `.env` file that only its owner can read; `also` follows as comments, to be switched on by hand."""
    lines = [f"{name}={_quoted(value)}" for name, value in values.items()]
    lines += [f"# {name}={_quoted(value)}" for name, value in also.items() if name not in values]
    write_private(path, ("\n".join(lines) + "\n").encode())


def _dam(twin: "Twin") -> dict[str, str]:
    plain, mtls = twin.servers["otmm"].url, twin.servers["otmm_mtls"].url
    return {
        "DAM_BASE_URL": f"{plain}/otmmapi",
        "DAM_AUTH_URL": f"{plain}/otdsws/oauth2/token",
        "DAM_CLIENT_ID": twin.settings.otmm.client_id,
        "DAM_CLIENT_SECRET": twin.settings.otmm.client_secret,
        "DAM_CA_BUNDLE": str(twin.certificates.ca_pem),
        "DAM_MTLS_BASE_URL": f"{mtls}/otmmapi",
        "DAM_MTLS_AUTH_URL": f"{mtls}/otdsws/oauth2/token",
        "DAM_MTLS_CERT_PATH": str(twin.certificates.client_pfx),
        "DAM_MTLS_CERT_PASSWORD": twin.certificates.client_pfx_password,
    }


def _messages(twin: "Twin") -> dict[str, str]:
    hooks = twin.servers["hooks"].url
    return {
        "SMTP_HOST": "localhost",
        "SMTP_PORT": str(twin.smtp.port),
        "SMTP_USERNAME": twin.settings.mail.username,
        "SMTP_PASSWORD": twin.settings.mail.password,
        "SMTP_STARTTLS": str(twin.settings.mail.require_starttls).lower(),
        "SMTP_CA_BUNDLE": str(twin.certificates.ca_pem),
        "MAIL_SENDER": MAIL_SENDER,
        "WEBHOOK_CAMPAIGN_STATUS_URL": f"{hooks}/hooks/campaign_status_update",
        "WEBHOOK_ASSET_UPLOAD_URL": f"{hooks}/hooks/asset_upload_complete",
        "WEBHOOK_TOKEN": twin.settings.hooks.token or "",
    }


def _quoted(value: str) -> str:
    if _NEEDS_NO_QUOTES.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
