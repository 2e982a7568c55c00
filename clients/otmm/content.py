"""The bytes of an asset as a stream: `GET /v6/assets/{id}/contents` of OpenText Media Management (REST v6)."""

import re
from types import TracebackType
from typing import Self

import requests

from clients.otmm.errors import FOREIGN, SERVICE, as_service_error
from clients.otmm.http import Call, DamHttp, segment
from domain.errors import ServiceRejected, ServiceUnavailable

PIECE_BYTES = 256 * 1024
"""At most this much is read at a time: urllib3 makes a copy of what it reads."""

_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class ContentStream:
    """Content on its way. A context manager: leaving it closes the connection, read to the end or not.

    `offset` is where the stream really starts, `total` the size of the whole content where the DAM says it.
    """

    def __init__(self, response: requests.Response, what: str, *, asked: int) -> None:
        """`asked` is the offset that was asked for; a body that starts after it is refused."""
        self._response = response
        self._what = what
        self.offset, self.total = _extent(response)
        if self.offset > asked:
            raise ServiceRejected(f"{what}: asked from byte {asked}, it came from {self.offset}", service=SERVICE)
        self._position = self.offset
        # Asked for unpacked; a gateway that packs it all the same is undone here.
        response.raw.decode_content = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back, or up where bytes are still on the way."""
        self._response.close()

    def readinto(self, buffer: memoryview) -> int:
        """Fill the start of `buffer` and return how many bytes that are; 0 only at the end of the content.

        Raises ServiceUnavailable when the stream breaks, or ends before `total`.
        """
        try:
            count: int = self._response.raw.readinto(buffer[:PIECE_BYTES])
        except FOREIGN as error:
            raise as_service_error(error, self._what) from error
        self._position += count
        if count == 0 and len(buffer) and self.total is not None and self._position < self.total:
            text = f"{self._what} ended after {self._position} of {self.total} bytes"
            raise ServiceUnavailable(text, service=SERVICE)
        return count


def open_content(http: DamHttp, asset_id: str, offset: int) -> ContentStream:
    """Open the content at `offset`, or at 0 where the DAM does not do ranges (see `ContentStream.offset`)."""
    what = f"content of asset {asset_id}"
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    call = Call(
        "GET",
        f"/assets/{segment(asset_id)}/contents",
        what,
        # With this the DAM names the file in the answer, which tells content that is HTML from a login page.
        params={"disposition": "attachment"},
        headers=headers,
        stream=True,
    )
    try:
        response = http.open(call)
    except ServiceRejected as error:
        if error.status_code != 416 or not offset:
            raise
        return open_content(http, asset_id, 0)  # shorter now than it was: the caller starts again and sees
    try:
        return ContentStream(response, what, asked=offset)
    except ServiceRejected:
        response.close()
        raise


def _extent(response: requests.Response) -> tuple[int, int | None]:
    """Return where the body starts in the content, and the size of the content if known."""
    is_packed = response.headers.get("Content-Encoding", "identity") != "identity"
    length = response.headers.get("Content-Length", "")
    size = int(length) if length.isdecimal() and not is_packed else None
    if response.status_code != 206:
        return 0, size
    found = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if found is None or is_packed:  # a range of packed bytes says nothing about ours
        raise ServiceRejected(
            "part of an asset's content came without saying which part", service=SERVICE, status_code=206
        )
    start, total = int(found[1]), found[2]
    if total != "*":
        return start, int(total)
    return start, None if size is None else start + size
