"""The host that Box redirects downloads to: no part of the API, its addresses are signed and live for minutes.

It is never shown the token, and its requests take slots of the same rate limit: whether Box counts them is not
documented.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from clients.box.errors import ask, from_download_host
from clients.box.governor import Governor
from clients.box.network import new_session
from clients.box.retry_after import CAP_S, retry_after_s
from domain.errors import IntegrityError, ServiceUnavailable

_BLOCK = 256 * 1024  # a cut loses what has come of a block
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Stream:
    """Content on its way. `offset` is where it really starts, 0 where the host ignores ranges.

    `read` returns the next bytes, none at the end, and raises ServiceUnavailable when the connection breaks.
    """

    offset: int
    read: Callable[[], bytes]


class DownloadHost:
    """Opens signed addresses, each once."""

    def __init__(self, governor: Governor, *, connect_s: float, read_s: float) -> None:
        self._governor = governor
        self._timeout = (connect_s, read_s)
        self._session = new_session()

    @contextmanager
    def open(self, address: str, offset: int, size_bytes: int, what: str) -> Iterator[Stream]:
        """Open content of `size_bytes` at `offset`; leaving the block closes the connection.

        Raises ServiceUnavailable, LinkRefused, or IntegrityError when the content has another size.
        """
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        self._governor.take()
        answer = ask(what, lambda: self._session.get(address, headers=headers, stream=True, timeout=self._timeout))
        with answer:
            self._check_status(answer, what)
            start = _start(answer, size_bytes, what)
            if start > offset:
                raise _unfit(what, f"asked from byte {offset}, it came from {start}")
            blocks = answer.iter_content(_BLOCK)
            yield Stream(start, lambda: ask(what, lambda: next(blocks, b"")))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _check_status(self, answer: requests.Response, what: str) -> None:
        status = answer.status_code
        if status == 429:
            asked = retry_after_s(answer.headers)
            self._governor.back_off(min(CAP_S, asked if asked is not None else 1.0))
        if status not in (200, 206):
            raise from_download_host(status, answer.headers, what)


def _start(answer: requests.Response, size_bytes: int, what: str) -> int:
    """Return where the body starts in the content, after comparing the size of the whole with what it should be."""
    if answer.status_code == 206:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
        if found is None:
            raise _unfit(what, "a part of it came without saying which")
        start, total = int(found[1]), found[2]
    else:
        start, total = 0, "*" if "Content-Encoding" in answer.headers else answer.headers.get("Content-Length", "*")
    if total.isdecimal() and int(total) != size_bytes:
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            message = f"{what}: a web page came instead (a proxy's?); check the way to Box if it repeats"
            raise ServiceUnavailable(message, service="Box")
        raise _unfit(what, f"it has {total} bytes now, not the {size_bytes} that Box told of")
    return start


def _unfit(what: str, reason: str) -> IntegrityError:
    return IntegrityError(f"{what}: {reason}; the next run looks at it afresh", service="Box")
