"""The relay of a large asset: an upload session in Box, resumed after a break and started over once if it is spoilt."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from clients.box.client import BoxClient
from clients.box.errors import NameTaken
from clients.box.models import Part, UploadedFile, UploadSession
from clients.relay.buffers import BufferBudget
from clients.relay.ports import Destination, Journal, Progress, Source
from clients.relay.pump import Pump
from clients.relay.reading import SteadyReader
from domain.errors import IntegrityError, NotFound, RuleError, ServiceError, ServiceRejected, ServiceUnavailable

_HASH_BUFFER = 1024 * 1024
_FINAL = (RuleError, ServiceRejected, NotFound, IntegrityError)


class _Spoilt(Exception):
    """The session can no longer become the file; another one can."""

    def __init__(self, reason: ServiceError) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(kw_only=True)
class ChunkedRelay:
    """One large asset on its way to Box. Used once."""

    source: Source
    to: Destination
    box: BoxClient
    journal: Journal
    budget: BufferBudget
    parts_in_flight: int
    progress: Progress
    sleep: Callable[[float], None]
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _listed: dict[int, Part] = field(default_factory=dict, init=False)
    _arrived: int = field(default=0, init=False)

    @property
    def _key(self) -> str:
        return f"{self.to.folder_id}/{self.to.name}/{self.source.size_bytes}/{self.source.md5}"

    def run(self) -> UploadedFile:
        """Resume or begin, send what Box lacks, and return the file."""
        session = self._resumed() or self._begun()
        if isinstance(session, UploadSession):
            try:
                file = self._sent(session)
            except _Spoilt as spoilt:
                file = self._second_try(session, spoilt)
        else:
            file = session
        self.journal.forget(self._key)
        return file

    def _second_try(self, session: UploadSession, spoilt: _Spoilt) -> UploadedFile:
        self._drop(session)
        fresh = self._begun()
        if not isinstance(fresh, UploadSession):
            return fresh
        try:
            return self._sent(fresh)
        except _Spoilt as again:
            self._drop(fresh)
            message = f"{self.to.name}: Box lost or spoilt the upload twice ({again}); the next run tries again"
            raise ServiceUnavailable(message, service="Box") from spoilt

    def _resumed(self) -> UploadSession | None:
        """Return the session of an earlier run with what Box holds of it, or None when it cannot be used."""
        saved = self.journal.load(self._key)
        if saved is None:
            return None
        try:
            session = UploadSession.from_json(saved["session"])
            parts = self.box.list_parts(session)
        except (NotFound, ServiceRejected):  # expired or another user's; or committed: the file is found by its name
            return None
        except (KeyError, TypeError):  # written by another version of this program
            return None
        self._listed = {part.offset: part for part in parts}
        return session

    def _begun(self) -> UploadSession | UploadedFile:
        """Open a session; return the file instead when Box has this very content under the name."""
        self._listed, self._arrived = {}, 0
        size, name = self.source.size_bytes, self.to.name
        session: UploadSession | UploadedFile | None = self.box.find_file(self.to.folder_id, name)
        if session is None:
            session = self.box.open_session(self.to.folder_id, name, size)
        if isinstance(session, UploadedFile):
            if self._is_content_of(session):
                return session
            session = self.box.open_version_session(session.box_file_id, name, size)
        self.journal.save(self._key, session.to_json())
        return session

    def _is_content_of(self, file: UploadedFile) -> bool:
        """Tell whether a file in Box has the source's content. Reads the whole source, and sends nothing."""
        if file.size_bytes != self.source.size_bytes:
            return False
        buffer, left = memoryview(bytearray(_HASH_BUFFER)), self.source.size_bytes
        with SteadyReader(self.source, sleep=self.sleep) as reader:
            while left > 0:
                reader.fill(buffer[: min(left, _HASH_BUFFER)])
                left -= min(left, _HASH_BUFFER)
            return reader.finish() == file.sha1

    def _sent(self, session: UploadSession) -> UploadedFile:
        """Send and commit. Throws the session away on a final error and keeps it for the next run on any other."""
        try:
            pump = Pump(lambda offset, content: self._put(session, offset, content), self.budget, self.parts_in_flight)
            with SteadyReader(self.source, is_cancelled=lambda: pump.has_failed, sleep=self.sleep) as reader:
                parts = pump.run(reader, _ranges(session))
                sha1 = reader.finish()
            return self._committed(session, parts, sha1)
        except _FINAL:
            self._drop(session)
            raise

    def _put(self, session: UploadSession, offset: int, content: memoryview) -> Part:
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        part = self._listed.get(offset)
        if part is None:
            try:
                part = self.box.put_part(session, offset, content, sha1)
            except (NotFound, IntegrityError) as error:
                raise _Spoilt(error) from None
            self.journal.add_part(self._key, part.to_json())
        elif (part.size, part.sha1) != (len(content), sha1):
            message = f"{self.to.name}: Box holds other bytes at {offset} than the DAM sends now"
            raise _Spoilt(IntegrityError(message, service="Box"))
        with self._lock:
            self._arrived += part.size
            self.progress(self._arrived)
        return part

    def _committed(self, session: UploadSession, parts: list[Part], sha1: str) -> UploadedFile:
        place = {"folder_id": self.to.folder_id, "name": self.to.name}
        try:
            return self.box.commit(session, parts, sha1, **place)
        except NotFound as error:
            raise _Spoilt(error) from None
        except NameTaken as error:  # somebody else has brought the same asset meanwhile, or another one
            found = self.box.find_file(**place)
            if found is None or (found.size_bytes, found.sha1) != (session.size_bytes, sha1):
                raise _Spoilt(error) from None
            self.box.abort(session)
            return found

    def _drop(self, session: UploadSession) -> None:
        self.box.abort(session)
        self.journal.forget(self._key)


def _ranges(session: UploadSession) -> Iterator[tuple[int, int]]:
    """Yield offset and size of each part, in order."""
    for offset in range(0, session.size_bytes, session.part_size):
        yield offset, min(session.part_size, session.size_bytes - offset)
