"""Content from one system to another, streamed, checked and resumable."""

from clients.box.models import UploadedFile
from clients.relay.buffers import BufferBudget
from clients.relay.carry import relay
from clients.relay.ports import ByteStream, Destination, Journal, Progress, Source

__all__ = ["BufferBudget", "ByteStream", "Destination", "Journal", "Progress", "Source", "UploadedFile", "relay"]
