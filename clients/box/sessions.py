"""The primitives of Box's chunked upload: a session, its parts, its end. The loop over them is the caller's."""

import base64
import time
from collections.abc import Callable
from contextlib import suppress

from box_sdk_gen import BoxClient, FetchOptions

from clients.box.errors import ask
from clients.box.listing import checked_id
from clients.box.models import Part, UploadSession
from clients.box.network import backoff_s
from clients.box.streams import BufferStream
from domain.errors import IntegrityError, NotFound, ServiceError, ServiceRejected

_PAGE = 1000
_TRIES = 3


class Sessions:
    """Opens sessions, puts and lists parts. Commit has a room of its own."""

    def __init__(self, uploads: BoxClient, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._uploads = uploads
        self._sleep = sleep

    def open(self, folder_id: str, name: str, size_bytes: int) -> UploadSession:
        """Open a session for a new file. Raises clients.box.errors.NameTaken when the name is in use."""
        checked_id(folder_id)
        create = self._uploads.chunked_uploads.create_file_upload_session
        return ask(
            f"{name}: upload session in Box folder {folder_id}",
            lambda: UploadSession.from_answer(create(folder_id, size_bytes, name).raw_data, name, size_bytes),
        )

    def open_version(self, file_id: str, name: str, size_bytes: int) -> UploadSession:
        """Open a session for a new version of a file."""
        checked_id(file_id)
        create = self._uploads.chunked_uploads.create_file_upload_session_for_existing_file
        return ask(
            f"{name}: upload session for Box file {file_id}",
            lambda: UploadSession.from_answer(create(file_id, size_bytes, file_name=name).raw_data, name, size_bytes),
        )

    def put_part(self, session: UploadSession, offset: int, content: memoryview, sha1: str) -> Part:
        """Send one part and return it as Box has stored it; a part that Box has already is adopted.

        `sha1` is that of `content`, in hex. Raises IntegrityError when Box holds other bytes at that place, NotFound
        when the session is gone.
        """
        for attempt in range(1, _TRIES):
            try:
                return self._put(session, offset, content, sha1)
            except IntegrityError:
                self._sleep(backoff_s(attempt))  # damaged on its way: the buffer is still whole
            except ServiceRejected as error:
                if error.status_code != 409:
                    raise
                return self._adopted(session, offset, len(content), sha1)
        return self._put(session, offset, content, sha1)

    def list_parts(self, session: UploadSession) -> list[Part]:
        """Return the parts that Box has stored. Raises NotFound when the session is gone."""
        parts: dict[int, Part] = {}
        while True:
            page = ask(f"{session.name}: upload session {session.session_id}", lambda: self._page(session, len(parts)))
            known = len(parts)
            parts.update((part.offset, part) for part in page)
            if len(parts) == known:  # not by total_count: it may mean the parts there will be
                return list(parts.values())

    def abort(self, session: UploadSession) -> None:
        """Throw the session away; one that is gone or cannot be reached expires by itself."""
        delete = self._uploads.chunked_uploads.delete_file_upload_session_by_url
        with suppress(ServiceError):
            ask(f"{session.name}: upload session {session.session_id}", lambda: delete(session.abort_url))

    def _put(self, session: UploadSession, offset: int, content: memoryview, sha1: str) -> Part:
        end = offset + len(content) - 1
        options = FetchOptions(
            url=session.upload_url,
            method="PUT",
            headers={
                "digest": f"sha={base64.b64encode(bytes.fromhex(sha1)).decode()}",
                "content-range": f"bytes {offset}-{end}/{session.size_bytes}",
            },
            file_stream=BufferStream(content),
            content_type="application/octet-stream",
        )
        what = f"{session.name}: bytes {offset}-{end} of upload session {session.session_id}"
        try:
            part = ask(what, lambda: Part.from_json(self._uploads.make_request(options).data))
        except ServiceRejected as error:
            raise digest_refused(error) or error from None
        if (part.offset, part.size, part.sha1) != (offset, len(content), sha1):
            raise IntegrityError(f"{what}: Box has stored other bytes than were sent", service="Box")
        return part

    def _adopted(self, session: UploadSession, offset: int, size: int, sha1: str) -> Part:
        """Return the part that stands where ours should go: an earlier try was stored though its answer failed."""
        for attempt in range(1, _TRIES + 1):
            for part in self.list_parts(session):
                if (part.offset, part.size, part.sha1) == (offset, size, sha1):
                    return part
                if part.offset < offset + size and offset < part.offset + part.size:
                    message = f"{session.name}: upload session {session.session_id} holds other bytes at {offset}"
                    raise IntegrityError(message, service="Box")
            if attempt < _TRIES:
                self._sleep(backoff_s(attempt))  # the list lags behind
        message = f"{session.name}: Box refuses bytes at {offset} without listing any there"
        raise NotFound(message, service="Box")

    def _page(self, session: UploadSession, offset: int) -> list[Part]:
        listing = self._uploads.chunked_uploads.get_file_upload_session_parts_by_url
        answer = listing(session.parts_url, offset=offset, limit=_PAGE).raw_data
        return [Part.from_json(entry) for entry in answer["entries"]]


def digest_refused(error: ServiceRejected) -> IntegrityError | None:
    """Return the error for content that does not match the digest sent with it, None for any other refusal.

    Box's documents name 400 bad_digest for direct uploads and 412 for parts and commits.
    """
    if error.status_code != 412:
        return None
    return IntegrityError(str(error), service="Box", status_code=412, code=error.code)
