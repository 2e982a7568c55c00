"""The DAM as the project uses it: OpenText Media Management, REST API v6."""

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from clients.otmm import parse
from clients.otmm.arrival import Arrival, Sent
from clients.otmm.content import ContentStream, open_content
from clients.otmm.domains import LookupDomains
from clients.otmm.errors import SERVICE
from clients.otmm.http import Call, DamHttp, load_params, segment
from clients.otmm.jobs import ImportJob
from clients.otmm.move import StatusMove
from clients.otmm.search import hits
from clients.otmm.session import Connection
from clients.otmm.tokens import OtdsTokens
from clients.otmm.upload import upload
from clients.otmm.walk import FolderWalk, sub_folders
from domain.assets import Asset, Campaign, Folder, Json
from domain.errors import MetadataRefused, NotFound
from domain.fields.domains import DomainValue
from domain.metadata import FieldIs, display_value, field_value, find_element
from domain.roles import DamRoles

EVERYTHING = (
    "load_metadata",
    "load_inherited_metadata",
    "load_multilingual_field_values",
    "load_asset_content_info",
    "load_security_policies",
    "load_path",
    "load_thumbnail_info",
    "load_preview_info",
    "load_pdf_preview_info",
    "load_3d_preview_info",
    "load_destination_links",
    "load_subscribed_to",
    "load_deep_zoom_info",
)


class OtmmClient:
    """Reads campaigns, folders, assets and content, uploads files, moves campaigns. Safe to share between threads.

    Sign-in is by `tokens`, by the client certificate in `tls`, or by both. Every method raises the errors of
    `domain.errors`: ServiceUnavailable after some tries, NotFound, ServiceRejected.
    """

    def __init__(  # noqa: PLR0913  (all but two have defaults)
        self,
        base_url: str,
        roles: DamRoles,
        *,
        tokens: OtdsTokens | None,
        tls: ssl.SSLContext | None = None,
        ca_bundle: Path | None = None,
        timeouts: tuple[float, float] = (10.0, 60.0),
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._roles = roles
        self._http = DamHttp(
            base_url,
            tokens=tokens,
            connection=Connection(tls, ca_bundle, timeouts),
            requested_by=roles.search.requested_by,
            sleep=sleep,
        )
        self._clock = clock
        self._domains = LookupDomains(self._http, clock=clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def probe(self) -> None:
        """Prove with one light call that the sign-in is accepted and the REST API is up."""
        params = {"load_type": "system", "limit": "0"}
        answer = self._http.read(Call("GET", "/folders/rootfolders", "list of root folders", params=params))
        parse.listing(answer, "folders_resource", "folder_list", "list of root folders")

    def campaigns(self, status: str, campaign_type: str | None = None) -> list[Campaign]:
        """Return the campaigns of this status and type (None: any), each once, as far as the search index knows them.

        The index lags: read a campaign again by id before acting on it. A number the DAM does not say is ''.
        """
        fields = self._roles.fields
        wanted = {fields.status: status} | ({fields.campaign_type: campaign_type} if campaign_type is not None else {})
        found: dict[str, Campaign] = {}
        for hit in hits(self._http, self._roles, wanted):
            if not parse.is_folder(hit) or parse.is_deleted(hit):
                continue
            item = self._with_metadata(hit)
            types_shown = (field_value(item, fields.campaign_type), display_value(item, fields.campaign_type))
            if field_value(item, fields.status) == status and campaign_type in (None, *types_shown):
                campaign = parse.campaign(item, fields)
                found.setdefault(campaign.folder_id, campaign)
        return list(found.values())

    def campaign(self, folder_id: str) -> Campaign:
        """Return the campaign as it is now. Raises NotFound when it is not there, deleted, or not visible to us."""
        return self._campaign(folder_id)[0]

    def folder(self, folder_id: str) -> Folder:
        """Return the folder. Raises NotFound when it is not there, deleted, or not visible to the service user."""
        what = f"folder {folder_id}"
        answer = self._http.read(Call("GET", f"/folders/{segment(folder_id)}", what, params={"load_type": "system"}))
        return parse.folder(_present(parse.resource(answer, "folder_resource", "folder", what), what))

    def folder_named(self, folder_id: str, wanted: str) -> Folder | None:
        """Return the direct sub-folder whose name contains `wanted`, ignoring case, or None.

        Raises MetadataRefused when several do: which one is meant is for a person to say.
        """
        matches = [found for found in sub_folders(self._http, folder_id) if wanted.casefold() in found.name.casefold()]
        if len(matches) > 1:
            names = ", ".join(f"{match.name!r}" for match in matches)
            raise MetadataRefused(
                f"folder {folder_id} has several sub-folders named like {wanted!r}: {names}; keep one"
            )
        return matches[0] if matches else None

    def assets_below(self, folder_id: str, *, holding: FieldIs | None = None) -> list[Asset]:
        """Return every asset below a folder, depth first in the DAM's order, with its sub-folder path.

        Each asset once, in its latest version, without deleted ones; with `holding` those only whose field is like it.
        """
        page_size = self._roles.search.page_size
        if holding is None:
            return list(FolderWalk(self._http, page_size).assets(folder_id))
        walk = FolderWalk(self._http, page_size, (holding.field_id,))
        return [parse.asset(item, path) for item, path in walk.items(folder_id) if self._holds(item, holding)]

    def asset(self, asset_id: str) -> dict[str, Any]:
        """Return the complete asset object of the DAM with all its metadata (about 200 KB), exactly as it is.

        Raises NotFound when it is not there, deleted, or not visible to the service user.
        """
        return self._asset(asset_id, *EVERYTHING)

    def lookup_domain(self, domain_id: str) -> list[DomainValue]:
        """Return the values of a lookup domain that may be used, in the DAM's order; at most a day old."""
        return self._domains.values(domain_id)

    def open_content(self, asset_id: str, *, offset: int = 0) -> ContentStream:
        """Open the content from `offset` on; look at the stream's own `offset`, it is 0 where ranges are not done.

        A stream that breaks raises ServiceUnavailable from its `readinto`; it is not reopened here.
        """
        return open_content(self._http, asset_id, offset)

    def upload(self, folder_id: str, path: Path, name: str, representation: Json) -> ImportJob:
        """Upload a file as a new asset, once; `representation` names it `name` too, by which it is found later.

        ServiceUnavailable leaves open whether the DAM has taken it: look with `uploaded_asset` before sending it again.
        """
        return upload(self._http, folder_id, path, name, representation)

    def still_holds(self, asset_id: str, *, md5: str, size_bytes: int) -> bool:
        """Tell whether an asset is there with this content, wherever it lies by now and whatever its name is.

        A superseded version keeps its id, and counts; a deleted one does not. Without a checksum the size must do.
        """
        try:
            item = self._asset(asset_id, "load_asset_content_info")
        except NotFound:
            return False
        shown = parse.asset(item)
        is_same = shown.size_bytes == size_bytes if shown.md5 is None else shown.md5 == md5.lower()
        return is_same and not parse.is_deleted(item)

    def uploaded_asset(self, folder_id: str, name: str, *, md5: str, size_bytes: int, job_id: str | None) -> str | None:
        """Return the id of the asset that has this name and content in a folder, or None.

        Where the DAM gives no checksum, its size and `job_id` decide; without a `job_id` there is then no telling.
        Superseded versions count, since they did arrive; deleted ones do not.
        """
        return self._arrival(Sent(folder_id, name, md5, size_bytes, job_id)).asset_id()

    def finish_import(  # noqa: PLR0913  (all but five have defaults)
        self,
        job: ImportJob | None,
        folder_id: str,
        name: str,
        *,
        md5: str,
        size_bytes: int,
        deadline_s: float = 900.0,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> str:
        """Wait until the DAM shows the uploaded asset, and return its id; `job` is None where the answer was lost.

        Raises ServiceRejected when the job has failed, NotDoneYet after `deadline_s`: the asset may still come.
        `sleep` and `clock` (monotonic, in seconds) default to the client's own.
        """
        arrival = self._arrival(Sent(folder_id, name, md5, size_bytes, job.job_id if job else None))
        return arrival.wait(deadline_s=deadline_s, sleep=sleep or self._http.pause, clock=clock or self._clock)

    def set_status(self, folder_id: str, target: str, *, expected: str) -> None:
        """Move a campaign from the status `expected` to `target`, and see that the DAM shows it.

        A campaign that shows the target already is left alone. Raises MoveRefused when somebody else has changed it,
        ServiceUnavailable when it is open whether the DAM saved it: doing it again is safe.
        """
        StatusMove(
            self._http,
            lambda: self._campaign(folder_id),
            field_id=self._roles.fields.status,
            lock_strategy=self._roles.search.lock_strategy,
        ).make(target, expected=expected)

    def _arrival(self, sent: Sent) -> Arrival:
        return Arrival(self._http, sent, self._roles.search.page_size)

    def _holds(self, item: Json, holding: FieldIs) -> bool:
        """Tell whether a listed asset's field has the value; it is read by id where the listing left the field out."""
        if find_element(item, holding.field_id) is not None:
            return holding.fits(item)
        try:
            return holding.fits(self._asset(str(item.get("asset_id", "")), "load_metadata"))
        except NotFound:  # gone meanwhile
            return False

    def _with_metadata(self, hit: Json) -> Json:
        """Return the hit, read by id where the search left its metadata out; {} when it is gone meanwhile."""
        if find_element(hit, self._roles.fields.status) is not None:
            return hit
        try:
            return self._folder(str(hit.get("asset_id", "")))
        except NotFound:
            return {}

    def _asset(self, asset_id: str, *load: str) -> Json:
        what = f"asset {asset_id}"
        answer = self._http.read(Call("GET", f"/assets/{segment(asset_id)}", what, params=load_params(*load)))
        return _present(parse.resource(answer, "asset_resource", "asset", what), what)

    def _folder(self, folder_id: str) -> Json:
        what = f"campaign folder {folder_id}"
        params = load_params("load_metadata")
        answer = self._http.read(Call("GET", f"/folders/{segment(folder_id)}", what, params=params))
        return _present(parse.resource(answer, "folder_resource", "folder", what), what)

    def _campaign(self, folder_id: str) -> tuple[Campaign, Json]:
        """Return the campaign, with the element of its status as the DAM wrote it ({} when it has none)."""
        item = self._folder(folder_id)
        return parse.campaign(item, self._roles.fields), find_element(item, self._roles.fields.status) or {}


def _present(found: Json, what: str) -> Json:
    """Return what was read by id. Raises NotFound when it is deleted: the DAM still shows it then."""
    if parse.is_deleted(found):
        raise NotFound(f"{what} ({found.get('name')}) is deleted in the DAM", service=SERVICE)
    return found
