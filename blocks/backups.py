"""What is backed up, where to, and for how long it is kept."""

from dataclasses import dataclass, field

from blocks.database import PostgresDatabase
from blocks.settings import Settings
from clients.backup import BackupFolder, Server
from db.contents import tool_parameters
from domain.backups import Contents, Keep

_MAJOR = 10_000


@dataclass(frozen=True)
class BackupPlace:
    """The database at `url`, which is started, and the folder of its backups."""

    url: str = field(repr=False)  # holds the password
    folder: BackupFolder
    keep: Keep

    def server(self, contents: Contents) -> Server:
        """Return the server as PostgreSQL's tools need it."""
        return Server(tool_parameters(self.url), contents.server_version // _MAJOR)


def backup_place(settings: Settings, database: PostgresDatabase) -> BackupPlace:
    """Return the place of these settings; starts the embedded server where that one is used."""
    keep = Keep(settings.backup_keep_daily, settings.backup_keep_weekly, settings.backup_keep_safety_days)
    return BackupPlace(database.address(), BackupFolder(settings.backup_folder), keep)
