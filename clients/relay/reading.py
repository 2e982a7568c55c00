"""Reading a source to its end, each byte once, across broken connections."""

import hashlib
import time
from collections.abc import Callable
from contextlib import ExitStack

from clients.relay.ports import ByteStream, Source
from domain.errors import IntegrityError, ServiceError, ServiceUnavailable

_SLICE = 1024 * 1024
_TRIES = 5
_LONGEST_WAIT_S = 60.0


class Cancelled(Exception):
    """Reading was given up because nobody wants the bytes any more."""


class SteadyReader:
    """A source read in order, digested on the way and reopened where it broke. Used by one thread."""

    def __init__(
        self,
        source: Source,
        *,
        is_cancelled: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._source = source
        self._is_cancelled = is_cancelled
        self._sleep = sleep
        self._position = 0
        self._ended_at = -1
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._stream: ByteStream | None = None
        self._connection = ExitStack()

    def __enter__(self) -> "SteadyReader":
        return self

    def __exit__(self, *exc: object) -> None:
        self._close()

    def fill(self, buffer: memoryview) -> None:
        """Fill the whole buffer with the next bytes.

        Raises ServiceUnavailable when the source keeps breaking, IntegrityError when it ends too early, Cancelled.
        """
        filled, breaks = 0, 0
        while filled < len(buffer):
            if self._is_cancelled():
                raise Cancelled
            try:
                filled += self._read(buffer[filled : filled + _SLICE])
            except ServiceUnavailable as error:
                self._close()
                breaks += 1
                if breaks >= _TRIES:
                    raise
                self._sleep(min(error.retry_after_s or 2.0 ** (breaks - 1), _LONGEST_WAIT_S))

    def finish(self) -> str:
        """Check that the whole is what was promised, nothing more and nothing less; return its SHA-1 in hex."""
        if self._more_follows():
            raise IntegrityError(
                f"{self._source.name}: the DAM sends more than the {self._source.size_bytes} bytes it promises; "
                "check the content in the DAM",
                service="DAM",
            )
        promised, found = (self._source.md5 or "").lower(), self._md5.hexdigest()
        if promised and promised != found:
            message = f"{self._source.name}: the DAM promises MD5 {promised} but sends content with {found}"
            raise IntegrityError(f"{message}; check the content in the DAM", service="DAM")
        return self._sha1.hexdigest()

    def _read(self, view: memoryview) -> int:
        count = self._stream_here().readinto(view)
        if count == 0:
            self._early_end()
        self._md5.update(view[:count])
        self._sha1.update(view[:count])
        self._position += count
        return count

    def _stream_here(self) -> ByteStream:
        """Return a stream that stands at the position."""
        if self._stream is None:
            try:
                stream = self._connection.enter_context(self._source.open(self._position))
            except ServiceError as error:
                if error.status_code == 416:  # there is no such byte
                    raise self._too_short() from None
                raise
            self._skip(stream, self._position - stream.offset)
            self._stream = stream
        return self._stream

    def _skip(self, stream: ByteStream, size_bytes: int) -> None:
        """Throw away what was read before; a server without ranges starts from the beginning again."""
        if size_bytes < 0:
            raise IntegrityError(f"{self._source.name}: the DAM leaves out bytes when resumed", service="DAM")
        scratch = memoryview(bytearray(min(size_bytes, _SLICE)))
        while size_bytes > 0:
            if self._is_cancelled():
                raise Cancelled
            count = stream.readinto(scratch[: min(size_bytes, _SLICE)])
            if count == 0:
                raise self._broken()
            size_bytes -= count

    def _early_end(self) -> None:
        """A cut connection can look like an end: only an end that repeats at the same byte is one."""
        if self._ended_at == self._position:
            raise self._too_short()
        self._ended_at = self._position
        raise self._broken()

    def _more_follows(self) -> bool:
        if self._stream is None and self._position > 0:  # broken off after the last byte: the checksum decides
            return False
        try:
            return self._stream_here().readinto(memoryview(bytearray(1))) > 0
        except ServiceUnavailable:
            return False

    def _close(self) -> None:
        self._stream = None
        self._connection.close()

    def _broken(self) -> ServiceUnavailable:
        message = f"{self._source.name}: the DAM's content broke off at byte {self._position}; the next run goes on"
        return ServiceUnavailable(message, service="DAM")

    def _too_short(self) -> IntegrityError:
        promised = f"{self._position} of the {self._source.size_bytes} bytes that the DAM promises"
        message = f"{self._source.name}: the content ends after {promised}; check it in the DAM"
        return IntegrityError(message, service="DAM")
