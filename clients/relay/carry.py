"""Carries one asset's content into Box without keeping it: small ones whole, large ones part by part.

Every byte is checked twice: against the DAM's size and MD5 before Box is told to keep it, and by SHA-1 in Box.
"""

import time
from collections.abc import Callable

from clients.box.client import BoxClient
from clients.box.models import UploadedFile
from clients.relay.buffers import BufferBudget
from clients.relay.chunked import ChunkedRelay
from clients.relay.ports import Destination, Journal, Progress, Source
from clients.relay.reading import SteadyReader
from domain.errors import ServiceRejected

_TOO_SMALL = "file_size_too_small"  # Box says 20 MB, and not whether that is 20 000 000 bytes or more


def relay(  # noqa: PLR0913 - what is moved, between whom, and how
    source: Source,
    *,
    to: Destination,
    box: BoxClient,
    journal: Journal,
    budget: BufferBudget,
    parts_in_flight: int = 4,
    chunked_above: int = 20_000_000,
    on_progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> UploadedFile:
    """Bring the content to Box and return its file; adopt the file when it is there already.

    Holds at most `parts_in_flight` + 1 parts in memory, or the whole of an asset of up to `chunked_above` bytes, within
    `budget`. A relay that was killed or raised ServiceUnavailable goes on where it was when it is called again. Raises
    IntegrityError when the content is not what the DAM promised; then Box keeps nothing of it.
    """
    progress = on_progress or _ignore
    if source.size_bytes > chunked_above:
        in_parts = ChunkedRelay(
            source=source,
            to=to,
            box=box,
            journal=journal,
            budget=budget,
            parts_in_flight=parts_in_flight,
            progress=progress,
            sleep=sleep,
        )
        try:
            return in_parts.run()
        except ServiceRejected as error:
            if error.code != _TOO_SMALL:
                raise
    file = _relay_whole(SteadyReader(source, sleep=sleep), source.size_bytes, to, box, budget)
    progress(source.size_bytes)
    return file


def _relay_whole(
    reader: SteadyReader, size_bytes: int, to: Destination, box: BoxClient, budget: BufferBudget
) -> UploadedFile:
    budget.acquire(size_bytes)
    try:
        content = memoryview(bytearray(size_bytes))
        with reader:
            reader.fill(content)
            reader.finish()
        return box.upload_small(to.folder_id, to.name, content)
    finally:
        budget.release(size_bytes)


def _ignore(size_bytes: int) -> None:
    pass
