"""The project's own ways from DAM to Box, as works to be measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.child import Facts, Work
from benchmarks.clients import Clients, open_clients
from benchmarks.local_source import LocalFile
from clients.otmm.parse import asset as read_asset
from clients.relay import Destination, Source, relay
from domain.assets import Asset
from tasks.deliver import DamContent

_PIECE = 1024 * 1024


@contextmanager
def survey(campaign: str) -> Iterator[Work]:
    """Return the masters of an A1 campaign, name → id. Each is read, so that the DAM has worked out its checksum."""
    with open_clients() as clients:

        def work() -> Facts:
            found = {item.number: item for item in clients.dam.campaigns("A1", clients.roles.campaign_types.local)}
            below = clients.dam.folder_named(found[campaign].folder_id, clients.roles.folders.masters)
            assert below is not None
            assets = clients.dam.assets_below(below.folder_id)
            return {asset.name: _fresh(clients, asset.asset_id).asset_id for asset in assets}

        yield work


@contextmanager
def download(asset_id: str) -> Iterator[Work]:
    """Read an asset's content to nowhere."""
    with open_clients() as clients:

        def work() -> Facts:
            buffer, size = memoryview(bytearray(_PIECE)), 0
            with clients.dam.open_content(asset_id) as stream:
                while count := stream.readinto(buffer):
                    size += count
            return {"size_bytes": size}

        yield work


@contextmanager
def upload(path: str, name: str, parts_in_flight: int) -> Iterator[Work]:
    """Send a local file to Box."""
    with open_clients(parts_in_flight) as clients:
        yield lambda: _relayed(clients, LocalFile(Path(path)), name, parts_in_flight)


@contextmanager
def carry(asset_id: str, name: str, parts_in_flight: int) -> Iterator[Work]:
    """Relay an asset from the DAM to Box."""
    with open_clients(parts_in_flight) as clients:

        def work() -> Facts:
            source = DamContent(clients.dam, _fresh(clients, asset_id))
            return _relayed(clients, source, name, parts_in_flight)

        yield work


def _relayed(clients: Clients, source: Source, name: str, parts_in_flight: int) -> Facts:
    file = relay(
        source,
        to=Destination(clients.folder_id, name),
        box=clients.box,
        journal=clients.journal,
        budget=clients.budget,
        parts_in_flight=parts_in_flight,
    )
    return {"size_bytes": file.size_bytes, "buffers_peak_bytes": clients.budget.peak_bytes}


def _fresh(clients: Clients, asset_id: str) -> Asset:
    return read_asset(clients.dam.asset(asset_id), ())
