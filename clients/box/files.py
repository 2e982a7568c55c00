"""Files in Box by direct upload, up to 50 MB: placed once, whatever becomes of the answer.

Box checks the content against the header `content-md5`, which carries the SHA-1 in hex despite its name.
"""

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress

from box_sdk_gen import (
    BoxClient,
    UploadFileAttributes,
    UploadFileAttributesParentField,
    UploadFileVersionAttributes,
)

from clients.box.errors import NameTaken, ask
from clients.box.listing import FIELDS, checked_id, is_exactly, item_named
from clients.box.models import Content, UploadedFile, only_file
from clients.box.network import backoff_s
from clients.box.streams import BufferStream
from domain.errors import IntegrityError, NameRefused, ServiceError, ServiceRejected, ServiceUnavailable

_TRIES = 3


class Files:
    """Direct uploads, and finding files by name. `uploads` is the SDK with the long timeouts of uploads."""

    def __init__(self, sdk: BoxClient, uploads: BoxClient, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sdk = sdk
        self._uploads = uploads
        self._sleep = sleep

    def find(self, folder_id: str, name: str) -> UploadedFile | None:
        """Return the file of that name in the folder, ignoring case, or None."""
        item = item_named(self._sdk, folder_id, name)
        return UploadedFile.from_json(item, adopted=True) if item and item.get("type") == "file" else None

    def upload(self, folder_id: str, name: str, content: Content) -> UploadedFile:
        """Place the content under that name: adopt a file that has it, else make a file or a new version of one."""
        checked_id(folder_id)
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        for attempt in range(1, _TRIES):
            try:
                return self._place(folder_id, name, content, sha1)
            except (ServiceUnavailable, ServiceRejected) as error:
                if not _may_look_again(error):
                    raise
            found = self.find(folder_id, name)
            if found is not None and found.sha1 == sha1:
                return found  # it was the answer that got lost
            self._sleep(backoff_s(attempt))
        return self._place(folder_id, name, content, sha1)

    def existing(self, folder_id: str, name: str, taken: NameTaken) -> UploadedFile:
        """Return the file that has the name, which Box's refusal tells only in part. Raises NameRefused for others."""
        holder = taken.conflicts[0] if taken.conflicts else item_named(self._sdk, folder_id, name)
        if holder is None or holder.get("type") != "file":
            kind = (holder or {}).get("type", "something that is not listed")
            raise NameRefused(f"{name}: Box folder {folder_id} has a {kind} of that name; rename one of them")
        return self._by_id(checked_id(str(holder["id"])), name)

    def _by_id(self, file_id: str, name: str) -> UploadedFile:
        def get() -> UploadedFile:
            entry = self._sdk.files.get_file_by_id(file_id, fields=FIELDS).raw_data
            return UploadedFile.from_json(entry, adopted=True)

        return ask(f"{name}: Box file {file_id}", get)

    def _place(self, folder_id: str, name: str, content: Content, sha1: str) -> UploadedFile:
        try:
            file = self._post_new(folder_id, name, content, sha1)
        except NameTaken as taken:
            existing = self.existing(folder_id, name, taken)
            if existing.sha1 == sha1:
                return existing
            return verified(self._post_version(existing, name, content, sha1), len(content), sha1)
        self.check_name(file, name)
        return verified(file, len(content), sha1)

    def check_name(self, file: UploadedFile, wanted: str) -> None:
        """Take a new file back and raise NameRefused when Box changed its name."""
        if not is_exactly(file.name, wanted):
            self._remove(file)
            raise NameRefused(f"Box makes {file.name!r} of the file name {wanted!r}; rename it in the DAM")

    def _post_new(self, folder_id: str, name: str, content: Content, sha1: str) -> UploadedFile:
        attributes = UploadFileAttributes(name, UploadFileAttributesParentField(folder_id))

        def post() -> UploadedFile:
            body = BufferStream(content)
            answer = self._uploads.uploads.upload_file(attributes, body, file_file_name=name, content_md_5=sha1)
            return only_file(answer.raw_data, name)

        return ask(f"{name}: upload to Box folder {folder_id}", post)

    def _post_version(self, file: UploadedFile, name: str, content: Content, sha1: str) -> UploadedFile:
        attributes = UploadFileVersionAttributes(name)

        def post() -> UploadedFile:
            answer = self._uploads.uploads.upload_file_version(
                file.box_file_id,
                attributes,
                BufferStream(content),
                file_file_name=name,
                if_match=file.etag,
                content_md_5=sha1,
            )
            return only_file(answer.raw_data, name)

        return ask(f"{name}: new version of Box file {file.box_file_id}", post)

    def _remove(self, file: UploadedFile) -> None:
        """Take back a file that was uploaded a moment ago, unless somebody has changed it since."""
        with suppress(ServiceError):
            ask(file.name, lambda: self._sdk.files.delete_file_by_id(file.box_file_id, if_match=file.etag))


def _may_look_again(error: ServiceError) -> bool:
    """Tell whether the upload may have been stored after all, or was overtaken by somebody else's."""
    return error.status_code == 412 or (isinstance(error, ServiceUnavailable) and error.status_code != 429)


def verified(file: UploadedFile, size_bytes: int, sha1: str) -> UploadedFile:
    """Return the file when Box has stored what was sent, else raise IntegrityError."""
    if (file.size_bytes, file.sha1) != (size_bytes, sha1):
        message = f"{file.name}: Box file {file.box_file_id} has {file.size_bytes} bytes, other than what was sent"
        raise IntegrityError(message, service="Box")
    return file
