"""The baseline of the way home: what a script with boxsdk and requests does, one file at a time."""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, Any

import requests
from box_sdk_gen import BoxClient
from requests_toolbelt import MultipartEncoder

from benchmarks.child import Facts, Work
from benchmarks.old_way import box_sdk, dam_token
from blocks.config_files import load_codes
from blocks.field_rules import load_field_rules
from blocks.settings import Settings, load_settings
from db.engine import Store
from db.repositories.masters import full_metadata, master_by_tracking_id
from domain.assets import Json
from domain.fields import DerivativeFacts, representation
from domain.filenames.derivative_name import DerivativeName
from domain.filenames.parse import parse

_PAUSE_S = 1.0
_MOST_FILES = 1000
_MOST_ASSETS = "200"


@contextmanager
def bring_home(finals_folder_id: str) -> Iterator[Work]:
    """Bring every file handed in to one folder of the DAM: whole file to disk, sent, waited for, deleted in Box."""
    settings = load_settings("dam-oauth2", "box", "a2-to-a3")
    box = box_sdk(settings)
    assert settings.database_url is not None  # the environment sets it
    with closing(Store(settings.database_url.get_secret_value())) as store, requests.Session() as session:

        def work() -> Facts:
            session.headers["Authorization"] = f"Bearer {dam_token(settings)}"
            dam = _Dam(session, f"{settings.dam_base_url}/v6", finals_folder_id)
            listed = box.folders.get_folder_items(settings.box_folder_derivatives or "", limit=_MOST_FILES)
            for file in listed.entries or ():
                _bring_one(file.id, file.name or "", box, dam, _Metadata(settings, store))
            return {"files": len(listed.entries or ())}

        yield work


def _bring_one(file_id: str, file_name: str, box: BoxClient, dam: "_Dam", metadata: "_Metadata") -> None:
    name, described = metadata.of(file_name)
    with tempfile.TemporaryFile() as file:
        box.downloads.download_file_to_output_stream(file_id, file)
        file.seek(0)
        job_id = dam.send(name, file, described)
    dam.wait(job_id, name)
    box.files.delete_file_by_id(file_id)


class _Metadata:
    """What the DAM is to be told, made of the master's metadata in the database and the file's name."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._codes = load_codes(settings.config_dir)
        self._rules = load_field_rules(settings.config_dir)
        self._store = store

    def of(self, file_name: str) -> tuple[str, Json]:
        """Return the name in the DAM, and the representation."""
        name = parse(file_name, self._codes).name
        facts = DerivativeFacts(name.clean_name, name.subject, name.language, name.asset_type)
        return name.clean_name, representation(self._master(name), facts, self._rules)

    def _master(self, name: DerivativeName) -> Json:
        with self._store.transaction() as session:
            master = master_by_tracking_id(session, name.tracking_id)
            found = full_metadata(session, master.id) if master is not None else None
        assert found is not None
        return found


class _Dam:
    """The folder of the DAM that everything goes to."""

    def __init__(self, session: requests.Session, address: str, folder_id: str) -> None:
        self._session = session
        self._address = address
        self._folder_id = folder_id

    def send(self, name: str, file: IO[bytes], described: Json) -> str:
        """Upload the file as one streamed multipart body; return the id of the import job."""
        manifest = {"upload_manifest": {"master_files": [{"file": {"file_name": name}}]}}
        parts: list[tuple[str, Any]] = [
            ("parent_folder_id", self._folder_id),
            ("manifest", (None, json.dumps(manifest), "application/json")),
            ("asset_representation", (None, json.dumps(described), "application/json")),
            ("files", (name, file, "application/octet-stream")),
        ]
        body = MultipartEncoder(parts)
        headers = {"Content-Type": body.content_type}
        answer = self._session.post(f"{self._address}/assets", data=body, headers=headers, timeout=600)
        answer.raise_for_status()
        return str(answer.json()["job_handle"]["job_id"])

    def wait(self, job_id: str, name: str) -> None:
        """Ask for the job and look into the folder until the asset shows."""
        while True:
            self._session.get(f"{self._address}/jobs/{job_id}", timeout=60).raise_for_status()
            if name in self._names():
                return
            time.sleep(_PAUSE_S)

    def _names(self) -> set[str]:
        params = {"load_type": "system", "after": "0", "limit": _MOST_ASSETS}
        answer = self._session.get(f"{self._address}/folders/{self._folder_id}/children", params=params, timeout=60)
        answer.raise_for_status()
        return {item["name"] for item in answer.json()["folder_children"]["asset_list"]}
