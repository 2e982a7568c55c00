"""Every HTTP try that goes to Box: each takes a slot of the rate limit, and what may be repeated is repeated.

Takes the place of the SDK's own repeating, which resends uploads that may have been stored, honours a Retry-After of
any length and does not rewind after every kind of failure.
"""

import io
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from box_sdk_gen import (
    BaseUrls,
    BoxAPIError,
    BoxNetworkClient,
    BoxRetryStrategy,
    FetchOptions,
    FetchResponse,
    ResponseFormat,
)
from requests.adapters import HTTPAdapter

from clients.box.errors import BUSY_CODES, FOREIGN
from clients.box.governor import Governor
from clients.box.retry_after import CAP_S, retry_after_s
from domain.errors import ServiceRejected

ONE_TRY = BoxRetryStrategy(max_attempts=1, max_retries_on_exception=0)
"""For the SDK: repeating is done here."""
_TRIES = 3
_TRIES_WHEN_BUSY = 6
_POOL = 64
_HOME = ".box.com"
_SEND_BLOCK = 256 * 1024
_TOKEN_PATH = "/oauth2/token"  # noqa: S105
_ONCE = ("/content", "/commit", "/comments")  # posted twice, these may be there twice
_BODY_TYPES = ("multipart/form-data", "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Longest waits. `connect_s` holds for sending a body too; the others are seconds without a byte of an answer."""

    connect_s: float = 30.0
    read_s: float = 60.0
    upload_read_s: float = 300.0  # Box answers an upload once it is stored
    commit_s: float = 600.0  # for Box to put the parts of a chunked upload together


class _WideAdapter(HTTPAdapter):
    """An adapter that sends bodies in blocks of 256 KiB; http.client's own are 16 KiB."""

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, blocksize=_SEND_BLOCK, **kwargs)  # type: ignore[arg-type]


class GovernedNetwork(BoxNetworkClient):
    """The SDK's network client with a rate limit before each try and a bounded, rewinding repeat."""

    def __init__(self, governor: Governor, addresses: BaseUrls, *, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__(requests_session=new_session())
        self._governor = governor
        self._hosts = {urlsplit(addresses.base_url).hostname, urlsplit(addresses.upload_url).hostname}
        self._sleep = sleep

    def fetch(self, options: FetchOptions) -> FetchResponse:
        """Send the request until it succeeds, is refused for good, or has used its tries. Raises the SDK's errors."""
        self._check_host(options.url)
        rewind = _rewinder(options)
        attempt, renewed = 1, False
        while True:
            self._governor.take(upload=options.content_type in _BODY_TYPES)
            try:
                return _checked(super().fetch(options), options)
            except FOREIGN as error:
                if not renewed and self._renew(options, error):
                    renewed = True
                else:
                    self._wait(options, error, attempt)
                    attempt += 1
            rewind()

    def _check_host(self, url: str) -> None:
        """Refuse an address elsewhere: upload sessions bring their own, out of an answer or an old journal."""
        host = urlsplit(url).hostname or ""
        if host not in self._hosts and not all(str(name).endswith(_HOME) for name in (host, *self._hosts)):
            raise ServiceRejected(f"{host} is not a host of the Box that the settings name; nothing was sent there")

    def _renew(self, options: FetchOptions, error: Exception) -> bool:
        """Have the token replaced that Box refused; tells whether there is a newer one to try."""
        refused = isinstance(error, BoxAPIError) and error.response_info.status_code == 401
        if not refused or options.auth is None:
            return False
        options.auth.refresh_token(network_session=options.network_session)
        return True

    def _wait(self, options: FetchOptions, error: Exception, attempt: int) -> None:
        """Wait before the next try, or raise the error when there is to be none."""
        info = error.response_info if isinstance(error, BoxAPIError) else None
        asked = retry_after_s(info.headers) if info is not None else None
        if info is not None and info.status_code == 429:
            self._governor.back_off(min(CAP_S, asked if asked is not None else 1.0))
        if attempt >= _tries(options, error):
            raise error
        self._sleep(min(CAP_S, asked if asked is not None else backoff_s(attempt)))

    def close(self) -> None:
        """Close the connections."""
        self.requests_session.close()


def backoff_s(attempt: int) -> float:
    """Return the wait after try number `attempt`: 1, 2, 4 ... seconds, spread so that a herd comes apart."""
    return float(2 ** (attempt - 1)) * random.uniform(0.5, 1.5)  # noqa: S311


def _tries(options: FetchOptions, error: Exception) -> int:
    """Return how often a request is sent when it fails like this."""
    if options.url.endswith(_TOKEN_PATH):
        return 1  # Box takes a signed assertion only once: whoever signed it tries again with a new one
    if isinstance(error, BoxAPIError):
        status, code = error.response_info.status_code, error.response_info.code
        if status == 429 or code in BUSY_CODES:
            return _TRIES_WHEN_BUSY
        if status != 408 and status < 500:
            return 1
    return _TRIES if _may_repeat(options) else 1


def _may_repeat(options: FetchOptions) -> bool:
    """Tell whether a request that may have been carried out can be sent again without looking first."""
    return not (options.method.upper() == "POST" and options.url.rstrip("/").endswith(_ONCE))


def _rewinder(options: FetchOptions) -> Callable[[], None]:
    streams = [options.file_stream, *(part.file_stream for part in options.multipart_data or [])]
    positions = [(stream, stream.tell()) for stream in streams if stream is not None]

    def rewind() -> None:
        for stream, position in positions:
            stream.seek(position)

    return rewind


def _checked(response: FetchResponse, options: FetchOptions) -> FetchResponse:
    """Refuse a success that is a web page: the SDK takes what is no JSON for an empty object."""
    if (
        options.response_format == ResponseFormat.JSON
        and not response.data
        and isinstance(response.content, io.BytesIO)
    ):
        body = response.content.getvalue().strip()
        if body not in (b"", b"{}"):
            raise requests.exceptions.InvalidJSONError
    return response


def new_session() -> requests.Session:
    """Return a session for many threads, untouched by the environment."""
    session = requests.Session()
    session.trust_env = False  # a .netrc entry would replace the bearer token
    adapter = _WideAdapter(pool_maxsize=_POOL)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
