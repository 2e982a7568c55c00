"""Uploading one file as a new asset: `POST /v6/assets` of OpenText Media Management, one multipart body.

The answer comes before the asset: it names an import job.
"""

import json
import mimetypes
import re
import uuid
from pathlib import Path
from typing import Any, BinaryIO

from requests_toolbelt import MultipartEncoder

from clients.otmm.errors import SERVICE
from clients.otmm.http import Call, DamHttp
from clients.otmm.jobs import ImportJob, job_id_in
from domain.assets import Json
from domain.errors import NotFound, ServiceUnavailable

_UNSAFE = re.compile(r'["\\/\x00-\x1f\x7f\ud800-\udfff]')


def upload(http: DamHttp, folder_id: str, path: Path, name: str, representation: Json) -> ImportJob:
    """Send the file, once, and return the job that makes an asset of it.

    ServiceUnavailable leaves open whether the DAM has taken it. Raises NotFound when the folder is not there.
    """
    what = f"upload of {name} to folder {folder_id}"
    boundary = uuid.uuid4().hex
    # Without the charset a servlet container reads file names as ISO-8859-1.
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}; charset=UTF-8"}
    with path.open("rb") as file:

        def body() -> MultipartEncoder:
            file.seek(0)
            return MultipartEncoder(_parts(folder_id, file, sent_name(name), representation), boundary=boundary)

        try:
            answer = http.submit(Call("POST", "/assets", what, headers=headers, content=body))
        except NotFound as error:
            text = f"{what}: the folder is not in the DAM, or the service user may not see it"
            raise NotFound(text, service=SERVICE, status_code=error.status_code, code=error.code) from error
    job_id = job_id_in(answer)
    if job_id is None:
        raise ServiceUnavailable(f"{what}: the DAM may have taken it, but names no import job", service=SERVICE)
    return ImportJob(job_id)


def sent_name(name: str) -> str:
    """Return the file name under which content is sent; the asset's own name stands in its metadata.

    Servers disagree on how a quotation mark is written in a multipart header: Tomcat wants a backslash before it,
    browsers and this project's libraries write %22, and the name must be the same in the manifest. Tomcat trims it.

    >>> sent_name('Käse "extra".mp4'), sent_name(" a/b.mp4")
    ('Käse _extra_.mp4', 'a_b.mp4')
    """
    return _UNSAFE.sub("_", name).strip()


def _parts(folder_id: str, file: BinaryIO, name: str, representation: Json) -> list[tuple[str, Any]]:
    described = {"file_name": name}
    if mime_type := mimetypes.guess_type(name)[0]:
        described["file_type"] = mime_type
    manifest = {"upload_manifest": {"master_files": [{"file": described}]}}
    return [
        ("parent_folder_id", folder_id),
        ("manifest", (None, json.dumps(manifest), "application/json")),
        ("asset_representation", (None, json.dumps(representation), "application/json")),
        ("files", (name, file, "application/octet-stream")),
    ]
