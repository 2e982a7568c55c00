"""The end of a chunked upload: the commit, which Box may answer late, twice or not at all."""

import base64
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from box_sdk_gen import BoxClient, FetchOptions

from clients.box.errors import NameTaken, ask
from clients.box.files import Files, verified
from clients.box.models import Part, UploadedFile, UploadSession, only_file
from clients.box.retry_after import CAP_S, retry_after_s
from clients.box.sessions import digest_refused
from domain.errors import IntegrityError, NotFound, ServiceRejected, ServiceUnavailable

_WAIT_S = 10.0  # Box leaves Retry-After out of some 202s
_MISMATCH_WAIT_S = 2.0
_MISMATCHES = 5


class Commits:
    """Commits sessions and waits until the file is there, at most `deadline_s`."""

    def __init__(  # noqa: PLR0913  (all but three have defaults)
        self,
        uploads: BoxClient,
        files: Files,
        *,
        abort: Callable[[UploadSession], None],
        deadline_s: float = 600.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._uploads = uploads
        self._files = files
        self._abort = abort
        self._deadline_s = deadline_s
        self._sleep = sleep
        self._clock = clock

    def commit(
        self, session: UploadSession, parts: Sequence[Part], sha1: str, *, folder_id: str, name: str
    ) -> UploadedFile:
        """Make a file of the parts and return it. `sha1` is that of the whole content, in hex.

        A commit whose answer was lost is resolved by looking for the file. Raises NotFound when the session is gone
        without a file, NameTaken when another file has got the name, ServiceUnavailable while Box is not done.
        """
        deadline, mismatches = self._clock() + self._deadline_s, 0
        while True:
            trouble: ServiceUnavailable | IntegrityError
            try:
                outcome = self._post(session, parts, sha1, name)
                if isinstance(outcome, UploadedFile):
                    return self._checked(outcome, session, sha1, name)
                trouble, wait = _not_done(name), outcome
            except NameTaken:
                raise
            except (ServiceUnavailable, NotFound) as error:
                found = self._files.find(folder_id, name)
                if found is not None and (found.size_bytes, found.sha1) == (session.size_bytes, sha1):
                    self._abort(session)  # still there where the file is somebody else's, who was quicker
                    return replace(found, adopted=False)
                if not isinstance(error, ServiceUnavailable):
                    raise
                trouble, wait = error, _WAIT_S if error.retry_after_s is None else error.retry_after_s
            except ServiceRejected as error:
                mismatches += 1
                trouble, wait = _mismatch(error, mismatches), _MISMATCH_WAIT_S
            if self._clock() + wait > deadline:
                raise trouble
            self._sleep(wait)

    def _post(self, session: UploadSession, parts: Sequence[Part], sha1: str, name: str) -> UploadedFile | float:
        """Send the commit; return the file, or the seconds to wait while Box still works on it."""
        digest = base64.b64encode(bytes.fromhex(sha1)).decode()
        options = FetchOptions(
            url=session.commit_url,
            method="POST",
            headers={"digest": f"sha={digest}"},
            data={"parts": [part.to_json() for part in parts]},
        )

        def post() -> UploadedFile | float:
            answer = self._uploads.make_request(options)
            if answer.status == 202:
                asked = retry_after_s(answer.headers)
                return _WAIT_S if asked is None else min(CAP_S, asked)
            return only_file(answer.data, name)

        return ask(f"{name}: commit of upload session {session.session_id}", post)

    def _checked(self, file: UploadedFile, session: UploadSession, sha1: str, name: str) -> UploadedFile:
        self._files.check_name(file, name)
        return verified(file, session.size_bytes, sha1)


def _not_done(name: str) -> ServiceUnavailable:
    message = f"{name}: Box has every part but has not put them together in time; the next run looks again"
    return ServiceUnavailable(message, service="Box")


def _mismatch(error: ServiceRejected, times: int) -> IntegrityError:
    """Return what to say if the refusal stays; raise at once unless waiting can help.

    Box answers parts_mismatch for a moment after the last part although every part is there.
    """
    refused = digest_refused(error)
    if refused is not None:
        raise refused
    if error.code != "parts_mismatch":
        raise error
    trouble = IntegrityError(str(error), service="Box", status_code=error.status_code, code=error.code)
    if times >= _MISMATCHES:
        raise trouble
    return trouble
