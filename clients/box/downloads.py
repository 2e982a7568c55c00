"""Content of a file in Box brought to the disk, across broken connections.

Follows Box's guide "Download a file": the API redirects to an address that lives for about 15 minutes. The SDK's own
download is slow with large reads, loses an unfinished one, and checks nothing.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from box_sdk_gen import BoxClient, FetchOptions, FetchResponse, ResponseFormat

from clients.box.box_file import BoxFile
from clients.box.download_host import DownloadHost
from clients.box.errors import FOREIGN, LinkRefused, ask
from clients.box.landing import Landing, new_file
from clients.box.listing import checked_id
from clients.box.network import backoff_s
from clients.box.retry_after import CAP_S, retry_after_s
from domain.errors import ServiceRejected, ServiceUnavailable

_TRIES = 6
_PROGRESS = 1024 * 1024
"""Bytes after which a break counts as the first again: tries are bounded by the size of the file."""
_RATE_CODE = "rate_limit_exceeded"


class Downloads:
    """Downloads files; each try asks for a fresh address and goes on where the last one broke."""

    def __init__(self, sdk: BoxClient, host: DownloadHost, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sdk = sdk
        self._host = host
        self._sleep = sleep

    def download(self, file: BoxFile, to: Path, on_progress: Callable[[int], None] | None = None) -> None:
        """Bring the content to a new file, which is removed unless every byte is right."""
        checked_id(file.file_id)
        with new_file(to) as target:
            landing = Landing(file, target, to, on_progress)
            self._fill(landing, file)
            landing.check()

    def _fill(self, landing: Landing, file: BoxFile) -> None:
        failures = 0
        while landing.missing:
            before = landing.position
            try:
                self._stream(landing, file)
            except (ServiceUnavailable, LinkRefused) as error:
                if not landing.missing:
                    return  # it was only the end of the connection that went wrong
                failures = 1 if landing.position - before >= _PROGRESS else failures + 1
                if failures >= _TRIES or error.code == _RATE_CODE:  # the API has been asked again often enough
                    raise
                asked = error.retry_after_s if isinstance(error, ServiceUnavailable) else None
                self._sleep(min(CAP_S, backoff_s(failures) if asked is None else asked))

    def _stream(self, landing: Landing, file: BoxFile) -> None:
        """Take in what is missing from one connection."""
        what = f"{file.name}: content of Box file {file.file_id}"
        address = self._address(file.file_id, what)
        with self._host.open(address, landing.position, file.size_bytes, what) as stream:
            landing.begin(stream.offset)
            while block := stream.read():
                landing.take(block)
        if landing.missing:
            message = f"{what}: broke off at byte {landing.position} of {file.size_bytes}; the next run tries again"
            raise ServiceUnavailable(message, service="Box")

    def _address(self, file_id: str, what: str) -> str:
        """Return where the content is, for some minutes."""
        base_url = self._sdk.network_session.base_urls.base_url
        options = FetchOptions(
            url=f"{base_url}/2.0/files/{file_id}/content",
            method="GET",
            response_format=ResponseFormat.BINARY,  # else content that comes at once would be read into memory whole
            follow_redirects=False,
        )
        answer = ask(what, lambda: self._sdk.make_request(options))
        _let_go(answer)
        if answer.status == 202:
            message = f"{what}: Box has not made it ready yet; the next run tries again"
            wait = retry_after_s(answer.headers)
            raise ServiceUnavailable(message, service="Box", status_code=202, retry_after_s=wait)
        location = next((value for name, value in answer.headers.items() if name.lower() == "location"), "")
        if not location:
            message = f"{what}: Box does not say where it is; the next run tries again"
            raise ServiceUnavailable(message, service="Box", status_code=answer.status)
        return _checked(urljoin(base_url, location), base_url, what)


def _let_go(answer: FetchResponse) -> None:
    """Read what little body a redirect has, so that its connection can be used again."""
    with suppress(*FOREIGN):
        if answer.content is not None:
            answer.content.read(1024)


def _checked(address: str, base_url: str, what: str) -> str:
    """Return the address unless it gives up the encryption that the API has."""
    if urlsplit(base_url).scheme == "https" and urlsplit(address).scheme != "https":
        raise ServiceRejected(f"{what}: Box sends it without encryption; nothing was fetched", service="Box")
    return address
