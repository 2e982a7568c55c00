"""The Box client that the rest of the project uses: folders, files and upload sessions as one service account."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import box_sdk_gen
from box_sdk_gen import BaseUrls, NetworkSession, TimeoutConfig

from clients.box import file_by_id
from clients.box.access import FolderAccess, folder_access
from clients.box.app_settings import read_app_settings
from clients.box.auth import SharedJwtAuth
from clients.box.box_file import BoxFile
from clients.box.comments import Comments
from clients.box.commit import Commits
from clients.box.download_host import DownloadHost
from clients.box.downloads import Downloads
from clients.box.errors import NameTaken, ask
from clients.box.files import Files
from clients.box.folders import Folders
from clients.box.governor import Governor
from clients.box.metadata import Metadata
from clients.box.models import Content, Part, UploadedFile, UploadSession
from clients.box.network import ONE_TRY, GovernedNetwork, Timeouts
from clients.box.sessions import Sessions
from clients.box.walk import Walk
from clients.box.webhooks import Webhook, Webhooks
from domain.errors import ConfigError

__all__ = ["BoxClient", "BoxFile", "FolderAccess", "Timeouts", "UploadedFile", "Webhook"]


class BoxClient:
    """Box as the service account of a JWT app; one instance is shared by all threads of a process.

    `jwt_config` is the text of the app's JSON. `api_url` and `upload_url` are given together or not at all: a token
    never goes to another Box than the one it came from.
    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own
        self,
        jwt_config: str,
        *,
        api_url: str | None = None,
        upload_url: str | None = None,
        governor: Governor,
        timeouts: Timeouts = Timeouts(),  # noqa: B008
        web_url: str = "https://app.box.com",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        addresses = _addresses(api_url, upload_url)
        self._network = GovernedNetwork(governor, addresses, sleep=sleep)
        self._web_url = web_url.rstrip("/")
        session = NetworkSession(
            network_client=self._network, base_urls=addresses, retry_strategy=ONE_TRY
        ).with_timeout_config(_timeouts(timeouts.connect_s, timeouts.read_s))
        settings = read_app_settings(jwt_config)
        auth = SharedJwtAuth(settings, session, sleep=sleep)
        self._sdk = box_sdk_gen.BoxClient(auth=auth, network_session=session)
        uploads = self._sdk.with_timeouts(_timeouts(timeouts.connect_s, timeouts.upload_read_s))
        self._folders = Folders(self._sdk)
        self._files = Files(self._sdk, uploads, sleep=sleep)
        self._sessions = Sessions(uploads, sleep=sleep)
        self._commits = Commits(
            uploads, self._files, abort=self._sessions.abort, deadline_s=timeouts.commit_s, sleep=sleep
        )
        self._host = DownloadHost(governor, connect_s=timeouts.connect_s, read_s=timeouts.read_s)
        self._downloads = Downloads(self._sdk, self._host, sleep=sleep)
        self._metadata = Metadata(self._sdk, settings.enterprise_id)
        self._comments = Comments(self._sdk, self.user_id, sleep=sleep)
        self._webhooks = Webhooks(self._sdk)
        self._user_id = ""

    def probe(self) -> str:
        """Return the login of the service account: proves the sign-in and one call."""
        answer = ask("Box user", lambda: self._sdk.users.get_user_me(fields=["login"]).raw_data)
        return str(answer.get("login") or "")

    def user_id(self) -> str:
        """Return the id of the service account; asked once."""
        if not self._user_id:
            self._user_id = ask("Box user", lambda: str(self._sdk.users.get_user_me(fields=["login"]).raw_data["id"]))
        return self._user_id

    def folder_access(self, folder_id: str, *, with_a_file: bool = False) -> FolderAccess:
        """Return what the service account may do in a folder, and with a file that lies there. Raises NotFound."""
        return folder_access(self._sdk, folder_id, with_a_file=with_a_file)

    def find_or_create_folder(self, name: str, parent_id: str) -> str:
        """Return the id of the sub-folder of that name, ignoring case. Raises NameRefused when a file has the name."""
        return self._folders.find_or_create(name, parent_id)

    def find_or_create_path(self, names: Sequence[str], root_id: str) -> str:
        """Return the id of the folder at the end of the path below `root_id`; found paths are remembered."""
        return self._folders.find_or_create_path(names, root_id)

    def find_file(self, folder_id: str, name: str) -> UploadedFile | None:
        """Return the file of that name in the folder, ignoring case, or None."""
        return self._files.find(folder_id, name)

    def upload_small(self, folder_id: str, name: str, content: Content) -> UploadedFile:
        """Place the content, up to 50 MB, under that name: adopts a file that has it, else adds a new version to it."""
        return self._files.upload(folder_id, name, content)

    def file_url(self, file_id: str) -> str:
        """Return the address of a file for people."""
        return f"{self._web_url}/file/{file_id}"

    def folder_url(self, folder_id: str) -> str:
        """Return the address of a folder for people."""
        return f"{self._web_url}/folder/{folder_id}"

    def open_session(self, folder_id: str, name: str, size_bytes: int) -> UploadSession | UploadedFile:
        """Open a chunked upload, or return the file that has the name. Raises NameRefused when a folder has it."""
        try:
            return self._sessions.open(folder_id, name, size_bytes)
        except NameTaken as taken:
            return self._files.existing(folder_id, name, taken)

    def open_version_session(self, file_id: str, name: str, size_bytes: int) -> UploadSession:
        """Open a chunked upload of a new version of a file."""
        return self._sessions.open_version(file_id, name, size_bytes)

    def put_part(self, session: UploadSession, offset: int, content: memoryview, sha1: str) -> Part:
        """Send a part, or adopt the one that is there. `sha1` is that of the part, in hex.

        Raises IntegrityError when Box holds other bytes at that place, NotFound when the session is gone.
        """
        return self._sessions.put_part(session, offset, content, sha1)

    def list_parts(self, session: UploadSession) -> list[Part]:
        """Return the parts that Box has stored. Raises NotFound when the session is gone."""
        return self._sessions.list_parts(session)

    def commit(
        self, session: UploadSession, parts: Sequence[Part], sha1: str, *, folder_id: str, name: str
    ) -> UploadedFile:
        """Make a file of the parts and return it; see Commits.commit."""
        return self._commits.commit(session, parts, sha1, folder_id=folder_id, name=name)

    def abort(self, session: UploadSession) -> None:
        """Throw a chunked upload away."""
        self._sessions.abort(session)

    def files_below(self, folder_id: str, *, template: str | None = None) -> list[BoxFile]:
        """Return every file below a folder, those of a folder before those of its sub-folders; see Walk.files.

        `template` is the key of a metadata template whose values are wanted, where a listing carries them.
        """
        return Walk(self._sdk, self._metadata, template).files(folder_id)

    def file_facts(self, file_id: str) -> BoxFile:
        """Return the file as it is now, without metadata. Raises NotFound, also for a file in the trash."""
        return file_by_id.facts(self._sdk, file_id)

    def metadata(self, file_id: str, template: str) -> Mapping[str, object] | None:
        """Return the template's values on the file, None when it is not on it. Raises NotFound for a missing file."""
        return self._metadata.on_file(file_id, template)

    def download(self, file: BoxFile, to: Path, *, on_progress: Callable[[int], None] | None = None) -> None:
        """Bring the content to a new file of mode 600; `on_progress` is told how many bytes are there.

        When anything fails, no file is left. Raises IntegrityError for content other than `file` tells of,
        ServiceUnavailable when the connection keeps breaking, ServiceRejected when `to` is there already.
        """
        self._downloads.download(file, to, on_progress)

    def comment(self, file_id: str, text: str, *, once_key: str) -> None:
        """Put a remark beside the file, once for each `once_key`. Raises NotFound for a missing file."""
        self._comments.tell_once(file_id, text, once_key)

    def delete_file(self, file_id: str, *, etag: str) -> bool:
        """Delete the file: True when it is gone, now or before; False when it has changed since `etag`."""
        return file_by_id.delete(self._sdk, file_id, etag)

    def create_webhook(self, folder_id: str, address: str) -> Webhook:
        """Have uploads below the folder told to `address`, or adopt the webhook that does so; see Webhooks.create."""
        return self._webhooks.create(folder_id, address)

    def list_webhooks(self) -> list[Webhook]:
        """Return the webhooks of this app."""
        return list(self._webhooks.all())

    def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook. Raises NotFound."""
        self._webhooks.delete(webhook_id)

    def close(self) -> None:
        """Close the connections."""
        self._network.close()
        self._host.close()


def addresses(api_url: str | None, upload_url: str | None) -> tuple[str, str]:
    """Return where calls and where uploads go."""
    found = _addresses(api_url, upload_url)
    return found.base_url, found.upload_url


def _addresses(api_url: str | None, upload_url: str | None) -> BaseUrls:
    if not api_url and not upload_url:
        return BaseUrls()
    if not api_url or not upload_url:
        raise ConfigError(["BOX_API_URL and BOX_UPLOAD_URL: set both or neither"])
    api_url = api_url.rstrip("/")
    return BaseUrls(base_url=api_url, upload_url=upload_url.rstrip("/"), oauth_2_url=f"{api_url}/oauth2")


def _timeouts(connect_s: float, read_s: float) -> TimeoutConfig:
    return TimeoutConfig(connection_timeout_ms=int(connect_s * 1000), read_timeout_ms=int(read_s * 1000))
