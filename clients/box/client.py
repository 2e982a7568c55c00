"""The Box client that the rest of the project uses: folders, files and upload sessions as one service account."""

import time
from collections.abc import Callable, Sequence

import box_sdk_gen
from box_sdk_gen import BaseUrls, NetworkSession, TimeoutConfig

from clients.box.app_settings import read_app_settings
from clients.box.auth import SharedJwtAuth
from clients.box.commit import Commits
from clients.box.errors import NameTaken, ask
from clients.box.files import Files
from clients.box.folders import Folders
from clients.box.governor import Governor
from clients.box.models import Content, Part, UploadedFile, UploadSession
from clients.box.network import ONE_TRY, GovernedNetwork, Timeouts
from clients.box.sessions import Sessions
from domain.errors import ConfigError

__all__ = ["BoxClient", "Timeouts", "UploadedFile"]


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
        auth = SharedJwtAuth(read_app_settings(jwt_config), session, sleep=sleep)
        self._sdk = box_sdk_gen.BoxClient(auth=auth, network_session=session)
        uploads = self._sdk.with_timeouts(_timeouts(timeouts.connect_s, timeouts.upload_read_s))
        self._folders = Folders(self._sdk)
        self._files = Files(self._sdk, uploads, sleep=sleep)
        self._sessions = Sessions(uploads, sleep=sleep)
        self._commits = Commits(uploads, self._files, deadline_s=timeouts.commit_s, sleep=sleep)

    def probe(self) -> str:
        """Return the login of the service account: proves the sign-in and one call."""
        answer = ask("Box user", lambda: self._sdk.users.get_user_me(fields=["login"]).raw_data)
        return str(answer.get("login") or "")

    def folder(self, folder_id: str) -> str:
        """Return the folder's name. Raises NotFound."""
        return self._folders.name(folder_id)

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

    def close(self) -> None:
        """Close the connections."""
        self._network.close()


def _addresses(api_url: str | None, upload_url: str | None) -> BaseUrls:
    if not api_url and not upload_url:
        return BaseUrls()
    if not api_url or not upload_url:
        raise ConfigError(["BOX_API_URL and BOX_UPLOAD_URL: set both or neither"])
    api_url = api_url.rstrip("/")
    return BaseUrls(base_url=api_url, upload_url=upload_url.rstrip("/"), oauth_2_url=f"{api_url}/oauth2")


def _timeouts(connect_s: float, read_s: float) -> TimeoutConfig:
    return TimeoutConfig(connection_timeout_ms=int(connect_s * 1000), read_timeout_ms=int(read_s * 1000))
