"""One-shot import (`POST /assets`, multipart) and its job: HTTP in and out."""

import json
import shutil
import tempfile
import weakref
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.blobs import FileBlob
from sandbox.faults import mark_write
from sandbox.otmm import operations
from sandbox.otmm.call import Call
from sandbox.otmm.errors import invalid_import, not_found, restricted_extension
from sandbox.otmm.jobs import Upload
from sandbox.otmm.models import OtmmState

PART_LIMIT = 16 * 1024 * 1024
TEMPLATE_ONLY = {
    "asset_resource": {"asset": {"metadata_model_id": "ECOMMERCE", "security_policy_list": [{"id": 1594}]}}
}


async def import_asset(request: Request) -> Response:
    """POST /assets: 202 with a job handle whose id is a string."""
    state: OtmmState = request.app.state.otmm
    async with request.form(max_part_size=PART_LIMIT) as form:
        upload = await run_in_threadpool(_read_upload, state, form, await _json_parts(form))
    job = await run_in_threadpool(operations.start_import, state, upload)
    mark_write(request)
    return JSONResponse({"job_handle": {"job_id": str(job.id)}}, state.settings.import_status)


def show_job(call: Call) -> Response:
    """GET /jobs/{id}, where the settings have it at all."""
    if call.state.settings.jobs_shape == "absent":
        raise not_found(call.path("id"))
    job = operations.look_at_job(call.state, call.path("id"))
    return call.answer(job.to_json(call.state.settings.jobs_shape))


async def _json_parts(form: FormData) -> dict[str, Any]:
    """The JSON parts; some clients send them with a file name."""
    parts: dict[str, Any] = {}
    for name in ("manifest", "asset_representation"):
        part = form.get(name)
        text = (await part.read()).decode("utf-8", "replace") if isinstance(part, UploadFile) else part
        if text is None:
            continue
        try:
            parts[name] = json.loads(text)
        except ValueError:
            raise invalid_import(f"the part {name} is not JSON") from None
    return parts


def _read_upload(state: OtmmState, form: FormData, parts: dict[str, Any]) -> Upload:
    parent, sent = form.get("parent_folder_id"), form.get("files")
    if not isinstance(parent, str) or not isinstance(sent, UploadFile):
        raise invalid_import("the parts parent_folder_id and files are needed")
    promised = _promised(parts.get("manifest"))
    name = str(promised.get("file_name", ""))
    if not name or sent.filename != name:
        raise invalid_import(f"the manifest says {name!r}, the part files says {sent.filename!r}")
    if PurePosixPath(name).suffix.lower().removeprefix(".") in state.settings.restricted_extensions:
        raise restricted_extension()
    representation = parts.get("asset_representation") or (TEMPLATE_ONLY if "import_template_id" in form else None)
    _check_representation(representation)
    with state.lock:
        state.tree.folder(parent)
    blob = FileBlob(_keep(state, sent))
    return Upload(parent, name, str(promised.get("file_type", "")), blob, representation or {}, parts["manifest"])


def _promised(manifest: Any) -> dict[str, Any]:
    try:
        files = manifest["upload_manifest"]["master_files"]
        promised = files[0]["file"]
    except (TypeError, KeyError, IndexError):
        raise invalid_import("the manifest names no file") from None
    if len(files) != 1 or not isinstance(promised, dict):
        raise invalid_import("the manifest must name one file")
    return promised


def _check_representation(representation: Any) -> None:
    try:
        asset = representation["asset_resource"]["asset"]
        has_model = bool(asset["metadata_model_id"])
        policies = [int(policy["id"]) for policy in asset["security_policy_list"]]
    except (TypeError, KeyError, ValueError):
        raise invalid_import("asset_representation lacks metadata_model_id or security_policy_list") from None
    if not has_model or not policies:
        raise invalid_import("metadata_model_id and security_policy_list must not be empty")


def _keep(state: OtmmState, sent: UploadFile) -> Path:
    """Copy the upload to a file of its own, block by block."""
    if state.folder is None:
        state.folder = Path(tempfile.mkdtemp(prefix="sandbox-otmm-"))
        weakref.finalize(state, shutil.rmtree, state.folder, ignore_errors=True)
    state.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=state.folder, prefix="import-", delete=False) as kept:
        shutil.copyfileobj(sent.file, kept, 1024 * 1024)
    return Path(kept.name)
