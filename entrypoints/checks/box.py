"""Box: signed in as whom, what that account may do in the folders of the settings, the webhook that tells of files."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import NamedTuple

from blocks.box import BoxJwt
from blocks.database import PostgresDatabase
from blocks.settings import Settings
from clients.box.client import BoxClient, FolderAccess
from clients.box.governor import NoGovernor
from clients.otmm.session import trust
from domain.errors import ConfigError, NotFound, ServiceRejected
from entrypoints.checks.box_webhook import find_webhook
from entrypoints.checks.expiry import check_tls
from entrypoints.checks.verdict import Found, Verdict, attempt

_SOURCE = "BOX_JWT_CONFIG_PATH and BOX_API_URL"


class _Folder(NamedTuple):
    """Setting of a folder in Box, the workflow that needs it, what that does there, and the flags it needs for it."""

    variable: str
    workflow: str
    use: str
    needs: tuple[str, ...]


FOLDERS = (
    _Folder("BOX_FOLDER_LOCAL_MASTERS", "a1-to-a2", "delivers to folder", ("can_upload",)),
    _Folder(
        *("BOX_FOLDER_DERIVATIVES", "a2-to-a3", "takes in from folder"), ("can_download", "can_delete", "can_comment")
    ),
    _Folder("BOX_FOLDER_REVISIONS", "a5-to-a6", "sends back to folder", ("can_upload",)),
    _Folder("BOX_FOLDER_GLOBAL_MASTERS", "b1-to-b2", "delivers to folder", ("can_upload",)),
    _Folder(
        *("BOX_FOLDER_CREATIVEX", "creativex-scores", "reads scorecards in folder"), ("can_download", "can_delete")
    ),
)


def check_box(block: BoxJwt, database: PostgresDatabase, settings: Settings) -> Iterator[Verdict]:
    """Yield the verdicts on Box."""
    verdict = attempt("Box", _SOURCE, partial(_folders, block, settings))
    yield verdict
    has_keys = settings.box_webhook_primary_key or settings.box_webhook_secondary_key
    # Without a sign-in there is no use in waiting for the second one to fail.
    if has_keys and settings.box_folder_derivatives is not None and "login" in verdict.details:
        yield attempt("Box webhook", _SOURCE, partial(_webhook, block, database, settings.box_folder_derivatives))
    try:
        api, uploads = block.addresses()
    except ConfigError:  # said above
        return
    yield check_tls("TLS of Box", api, "BOX_API_URL", lambda: trust(None), settings)
    yield check_tls("TLS of Box uploads", uploads, "BOX_UPLOAD_URL", lambda: trust(None), settings)


def _folders(block: BoxJwt, settings: Settings) -> Found:
    faults: list[str] = []
    warnings: list[str] = []
    found: dict[str, FolderAccess] = {}
    with closing(block.get_client(NoGovernor())) as box:
        login = box.probe()
        for folder in FOLDERS:
            access, lacks = _access(folder, getattr(settings, folder.variable.lower()), box, login)
            faults += lacks
            if access is not None:
                found[folder.variable] = access
                lacks, doubts = lacking(folder, access, login)
                faults += lacks
                warnings += doubts
    uses = [f"{each.use} {found[each.variable].name!r}" for each in FOLDERS if each.variable in found]
    text = "; ".join((f"signed in as {login}", *uses))
    return Found(text, faults, [*warnings, *_overlapping(found)], {"login": login, "folders": _told(found)})


def _access(
    folder: _Folder, folder_id: str | None, box: BoxClient, login: str
) -> tuple[FolderAccess | None, list[str]]:
    """Return what Box tells of a folder, or None and why not."""
    if folder_id is None:
        return None, [f"{folder.variable} is not set: {folder.workflow} needs it"]
    try:
        return box.folder_access(folder_id, with_a_file="can_download" in folder.needs), []
    except NotFound:
        return None, [f"{folder.variable}: {login} sees no such folder; correct it, or invite {login} to it"]
    except ServiceRejected as error:
        return None, [f"{folder.variable}: {error}"]


def lacking(folder: _Folder, access: FolderAccess, login: str) -> tuple[list[str], list[str]]:
    """Return what the account surely may not do that is needed there, and what it perhaps may not."""
    place = f"{folder.variable}: in folder {access.name!r} {login}"
    if access.flags is None:
        return [], [f"{place} has permissions that Box does not tell; whether {folder.workflow} can work shows itself"]
    lacks = [flag for flag in folder.needs if not _holds(flag, access, access.flags)]
    # About files to come, a folder's own `can_delete` tells only together with the rest: whoever may only see the
    # folder has none of them, whoever may add files could still be kept from deleting the shared folder alone.
    is_open = access.of_a_file is None and "can_upload" in access.flags
    doubtful = [flag for flag in lacks if flag == "can_delete" and is_open]
    sure = [_verb(flag) for flag in lacks if flag not in doubtful]
    advice = f"{folder.workflow} needs it; have it made an Editor there"
    faults = [f"{place} may not {' or '.join(sure)}: {advice}"] if sure else []
    warnings = [f"{place} may not delete the folder, and perhaps no file either: {advice}"] if doubtful else []
    return faults, warnings


def _holds(flag: str, access: FolderAccess, flags: frozenset[str]) -> bool:
    if flag == "can_upload":
        return flag in flags
    if access.of_a_file is not None:
        return flag in access.of_a_file
    return flag in flags or flag == "can_comment"  # which is said of files only


def _verb(flag: str) -> str:
    return flag.removeprefix("can_")


def _overlapping(found: Mapping[str, FolderAccess]) -> list[str]:
    """Return a line for each two settings of which one workflow would meet the other's files."""
    warnings = []
    for one, inner in found.items():
        for other, outer in found.items():
            if one < other and inner.folder_id == outer.folder_id:
                warnings.append(f"{one} and {other} are the same folder: each workflow needs its own")
            elif outer.folder_id in inner.above:
                warnings.append(f"{one} lies inside {other}: each workflow needs a folder of its own")
    return warnings


def _told(found: Mapping[str, FolderAccess]) -> dict[str, object]:
    return {
        variable: {
            "id": access.folder_id,
            "name": access.name,
            "permissions": sorted(access.flags) if access.flags is not None else None,
            "permissions_of_a_file": sorted(access.of_a_file) if access.of_a_file is not None else None,
        }
        for variable, access in found.items()
    }


def _webhook(block: BoxJwt, database: PostgresDatabase, folder_id: str) -> Found:
    with closing(block.get_client(NoGovernor())) as box:
        return find_webhook(box, folder_id, database)
