"""Remarks beside a file in Box, each told once however often it is tried.

A comment carries a short reference, made of what it is about, by which a later try knows it.
"""

import hashlib
import time
from collections.abc import Callable, Iterator

from box_sdk_gen import BoxClient, CreateCommentItem, CreateCommentItemTypeField

from clients.box.errors import ask
from clients.box.listing import checked_id
from clients.box.models import Json
from clients.box.network import backoff_s
from domain.errors import ServiceUnavailable

_PAGE = 1000
_TRIES = 3
_REFERENCE_LENGTH = 10


class Comments:
    """Comments of the service account, whose id `own_id` returns."""

    def __init__(
        self, sdk: BoxClient, own_id: Callable[[], str], *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._sdk = sdk
        self._own_id = own_id
        self._sleep = sleep

    def tell_once(self, file_id: str, text: str, once_key: str) -> None:
        """Write the comment unless there is one of ours for the same key, whatever its text."""
        checked_id(file_id)
        mark = reference(once_key)
        attempt = 0
        while not self._is_told(file_id, mark):
            attempt += 1
            try:
                self._post(file_id, f"{text} {mark}")
            except ServiceUnavailable as error:
                if error.status_code == 429 or attempt == _TRIES:
                    if self._is_told(file_id, mark):
                        return
                    raise
                self._sleep(backoff_s(attempt))  # it may be there all the same
            else:
                return

    def _is_told(self, file_id: str, mark: str) -> bool:
        """Tell whether there is such a comment of ours; somebody's answer may quote it."""
        own_id = self._own_id()
        return any(
            mark in str(comment.get("message")) and str((comment.get("created_by") or {}).get("id")) == own_id
            for comment in self._comments(file_id)
        )

    def _comments(self, file_id: str) -> Iterator[Json]:
        offset, is_over = 0, False
        while not is_over:
            page, total = ask(f"comments on Box file {file_id}", lambda at=offset: self._page(file_id, at))  # type: ignore[misc]
            yield from page
            offset += len(page)
            is_over = not page or offset >= total

    def _page(self, file_id: str, offset: int) -> tuple[list[Json], int]:
        list_comments = self._sdk.comments.get_file_comments
        found = list_comments(file_id, fields=["message", "created_by"], limit=_PAGE, offset=offset).raw_data
        return list(found["entries"]), int(found["total_count"])

    def _post(self, file_id: str, message: str) -> None:
        item = CreateCommentItem(file_id, CreateCommentItemTypeField.FILE)
        ask(f"comment on Box file {file_id}", lambda: self._sdk.comments.create_comment(message, item))


def reference(once_key: str) -> str:
    """Return the end of every comment about `once_key`.

    >>> reference("10000042/bad name")
    '[ref 53c6572148]'
    """
    return f"[ref {hashlib.sha256(once_key.encode()).hexdigest()[:_REFERENCE_LENGTH]}]"
