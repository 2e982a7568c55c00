"""The multipart body of a direct upload: attributes first, then the file, taken in as it streams."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from sandbox.box import errors
from sandbox.box.content import Spool

Attributes = dict[str, Any]


async def read_upload(
    body: AsyncIterator[bytes], content_type: str, spool: Spool, check: Callable[[Attributes], None], limit: int | None
) -> Attributes:
    """Put the file into `spool` and return the attributes; `check` sees them before the first byte of the file.

    `limit` is the largest file. Raises BoxError.
    """
    form = _Form(_boundary(content_type))
    attributes: Attributes | None = None
    async for data in body:
        form.feed(data)
        if form.has_attributes and attributes is None:
            attributes = form.attributes()
            check(attributes)
        await spool.write(form.take_file_data())
        if limit is not None and spool.size > limit:
            raise errors.direct_upload_too_large()
    if attributes is None or not form.is_complete:
        raise errors.stream_ended()
    return attributes


class _Form:
    """Collects what the parser calls back with."""

    def __init__(self, boundary: bytes) -> None:
        self.has_attributes = False
        self.is_complete = False
        self._attributes = bytearray()
        self._file = bytearray()
        self._headers: dict[str, str] = {}
        self._header = (bytearray(), bytearray())
        self._part = ""
        self._parser = MultipartParser(
            boundary,
            {
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._begin_part,
                "on_part_data": self._take,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def feed(self, data: bytes) -> None:
        """Parse the next bytes. Raises BoxError."""
        try:
            if data:
                self._parser.write(data)
        except MultipartParseError as error:
            raise errors.bad_request("The multipart body cannot be read") from error

    def attributes(self) -> Attributes:
        """Return the attributes. Raises BoxError when they are not a JSON object."""
        try:
            found = json.loads(self._attributes)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise errors.bad_request("attributes must be a JSON object", "attributes")
        return found

    def take_file_data(self) -> bytes:
        """Return the bytes of the file since the last call."""
        data = bytes(self._file)
        self._file.clear()
        return data

    def _end_header(self) -> None:
        name, value = (bytes(text).decode("latin-1") for text in self._header)
        self._headers[name.lower()] = value
        self._header = (bytearray(), bytearray())

    def _begin_part(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", ""))
        self._part = options.get(b"name", b"").decode()
        self._headers = {}
        if self._part == "file" and not self.has_attributes:
            raise errors.metadata_after_file()

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._part == "attributes":
            self._attributes += data[start:end]
        elif self._part == "file":
            self._file += data[start:end]

    def _end_part(self) -> None:
        self.has_attributes = self.has_attributes or self._part == "attributes"

    def _end(self) -> None:
        self.is_complete = True


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise errors.bad_request("The body must be multipart/form-data")
    return boundary
