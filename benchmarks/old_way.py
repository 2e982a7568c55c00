"""The baselines: what a script with requests and boxsdk does, one thing at a time."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from box_sdk_gen import (
    BaseUrls,
    BoxClient,
    BoxJWTAuth,
    JWTConfig,
    NetworkSession,
    UploadFileAttributes,
    UploadFileAttributesParentField,
)

from benchmarks.child import Facts, Work
from blocks.settings import Settings, load_settings
from clients.otmm.client import EVERYTHING
from clients.otmm.http import load_params

_PIECE = 1024 * 1024


@contextmanager
def upload(path: str, name: str) -> Iterator[Work]:
    """Send a local file with boxsdk's upload_big_file."""
    settings = _settings()
    box = box_sdk(settings)

    def work() -> Facts:
        with Path(path).open("rb") as file:
            size = Path(path).stat().st_size
            sent = box.chunked_uploads.upload_big_file(file, name, size, settings.box_folder_local_masters or "")
        return {"size_bytes": sent.size}

    yield work


@contextmanager
def carry_campaign(asset_ids: dict[str, str]) -> Iterator[Work]:
    """Bring assets, given as name → id, to Box one at a time: metadata, whole file to disk, one direct upload."""
    settings = _settings()
    box = box_sdk(settings)

    def work() -> Facts:
        with requests.Session() as dam:
            dam.headers["Authorization"] = f"Bearer {dam_token(settings)}"
            for name, asset_id in asset_ids.items():
                _carry_one(dam, f"{settings.dam_base_url}/v6/assets/{asset_id}", box, settings, name)
        return {"assets": len(asset_ids)}

    yield work


def _carry_one(dam: requests.Session, url: str, box: BoxClient, settings: Settings, name: str) -> None:
    dam.get(url, params=load_params(*EVERYTHING), timeout=60).raise_for_status()
    with tempfile.TemporaryFile() as file:
        with dam.get(f"{url}/contents", params={"disposition": "attachment"}, stream=True, timeout=60) as answer:
            answer.raise_for_status()
            for piece in answer.iter_content(_PIECE):
                file.write(piece)
        file.seek(0)
        parent = UploadFileAttributesParentField(settings.box_folder_creativex or "")
        box.uploads.upload_file(UploadFileAttributes(name, parent), file, file_file_name=name)


def _settings() -> Settings:
    return load_settings("dam-oauth2", "box", "a1-to-a2")


def box_sdk(settings: Settings) -> BoxClient:
    """Return the SDK's client, signed in as the settings say."""
    api, upload_url = settings.box_api_url or "", settings.box_upload_url or ""
    addresses = BaseUrls(base_url=api, upload_url=upload_url, oauth_2_url=f"{api}/oauth2")
    auth = BoxJWTAuth(JWTConfig.from_config_file(str(settings.box_jwt_config_path)))
    return BoxClient(auth=auth, network_session=NetworkSession(base_urls=addresses))


def dam_token(settings: Settings) -> str:
    """Return a fresh token of the DAM."""
    assert settings.dam_client_secret is not None  # load_settings has seen to it
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.dam_client_id or "",
        "client_secret": settings.dam_client_secret.get_secret_value(),
    }
    answer = requests.post(settings.dam_auth_url or "", data=form, timeout=60)
    answer.raise_for_status()
    return str(answer.json()["access_token"])
