"""The webhook by which Box tells of files handed in: whether there is one, and whether it still tells of anything.

Box deletes a webhook itself whose deliveries fail for two weeks, and shows nothing of it before: the API has neither
state nor last delivery. What can be known is when the last event came to us, and whether files came meanwhile.
"""

from datetime import UTC, datetime, timedelta

from blocks.database import PostgresDatabase
from clients.box.client import BoxClient, Webhook
from clients.box.webhooks import UPLOADED
from db.engine import Store
from db.repositories.derivatives import last_arrival_at
from db.repositories.inbox import last_event_at
from db.server_facts import server_facts
from domain.errors import ConfigError, StoreError
from entrypoints.checks.database import address_of
from entrypoints.checks.verdict import Found

_SILENT = timedelta(days=30)
_MAKE = "content-scaling box-webhook create ADDRESS"


def find_webhook(box: BoxClient, folder_id: str, database: PostgresDatabase) -> Found:
    """Return what is to be said of the webhook on the folder of derivatives."""
    hook = next((each for each in box.list_webhooks() if each.target_id == folder_id), None)
    if hook is None:
        warning = f"none on folder {folder_id}, so that files wait for the schedule; make one with: {_MAKE}"
        return Found("", warnings=[warning])
    details: dict[str, object] = {"id": hook.webhook_id, "address": hook.address, "triggers": list(hook.triggers)}
    text = f"tells {hook.address} of files in folder {folder_id}"
    if UPLOADED not in hook.triggers:
        remake = f"content-scaling box-webhook delete {hook.webhook_id}, then {_MAKE}"
        return Found(text, warnings=[f"it does not tell of {UPLOADED}: {remake}"], details=details)
    try:
        last_event, last_file = _last_times(database)
    except (StoreError, ConfigError):
        return Found(f"{text}; when it last did is in the database, which cannot be read", details=details)
    silence = silent(hook, last_event, last_file, datetime.now(UTC))
    since = f"last on {last_event:%Y-%m-%d %H:%M} UTC" if last_event is not None else "nothing has come yet"
    details["last_event_at"] = last_event.isoformat() if last_event is not None else None
    return Found(f"{text}; {since}", warnings=silence, details=details)


def silent(hook: Webhook, last_event: datetime | None, last_file: datetime | None, now: datetime) -> list[str]:
    """Return a warning where the webhook tells of nothing any more, while files are found without it."""
    begin = max((at for at in (last_event, hook.made_at) if at is not None), default=None)
    if begin is None or last_file is None or now - begin <= _SILENT or last_file <= begin:
        return []
    days = (now - begin).days
    return [f"Box has told of nothing for {days} days, while files came: look whether {hook.address} can be reached"]


def _last_times(database: PostgresDatabase) -> tuple[datetime | None, datetime | None]:
    """Return when Box last told of a file, and when one last came to the DAM."""
    url = address_of(database)
    server_facts(url)  # raises at once where there is no server, which a pool would wait for
    store = Store(url, pool_size=1)
    try:
        with store.transaction() as session:
            return last_event_at(session), last_arrival_at(session)
    finally:
        store.close()
