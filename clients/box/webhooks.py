"""Webhooks (v2) by which Box tells of files that are uploaded to a folder or below it.

Follows Box's guide "Webhooks v2": an app and user may have one for each folder.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from box_sdk_gen import BoxClient, CreateWebhookTarget, CreateWebhookTargetTypeField, CreateWebhookTriggers

from clients.box.errors import ask
from clients.box.listing import checked_id
from clients.box.models import Json
from domain.errors import NotFound, ServiceRejected

UPLOADED = "FILE.UPLOADED"
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook of this app. `target_id` is the folder or file it watches; None for `made_at`: Box does not tell."""

    webhook_id: str
    target_id: str
    address: str
    triggers: tuple[str, ...]
    made_at: datetime | None = None

    @classmethod
    def from_json(cls, answer: Json) -> Self:
        """Read a webhook object of Box."""
        triggers = tuple(str(trigger) for trigger in answer.get("triggers") or ())
        made_at = datetime.fromisoformat(str(answer["created_at"])) if answer.get("created_at") else None
        return cls(str(answer["id"]), str(answer["target"]["id"]), str(answer["address"]), triggers, made_at)


class Webhooks:
    """Makes, lists and deletes them."""

    def __init__(self, sdk: BoxClient) -> None:
        self._sdk = sdk

    def create(self, folder_id: str, address: str) -> Webhook:
        """Have uploads below the folder told to `address`; adopts the webhook that does so already.

        Raises ServiceRejected when the folder has one for another address or other events.
        """
        target = CreateWebhookTarget(id=checked_id(folder_id), type=CreateWebhookTargetTypeField.FOLDER)
        create = self._sdk.webhooks.create_webhook
        try:
            return ask(
                f"webhook on Box folder {folder_id}",
                lambda: Webhook.from_json(create(target, address, [CreateWebhookTriggers.FILE_UPLOADED]).raw_data),
            )
        except ServiceRejected as error:
            if error.status_code != 409:
                raise
            existing = next((hook for hook in self.all() if hook.target_id == folder_id), None)
            if existing is None:
                raise
        return _adopted(existing, address)

    def all(self) -> Iterator[Webhook]:
        """Yield the webhooks of this app and user."""
        marker = None
        while True:
            page = ask("listing Box webhooks", lambda at=marker: self._page(at))  # type: ignore[misc]
            for entry in page["entries"]:
                with suppress(NotFound):  # deleted meanwhile
                    yield self._whole(entry)
            marker = page.get("next_marker")
            if not marker:
                return

    def delete(self, webhook_id: str) -> None:
        """Delete it. Raises NotFound when there is no such webhook."""
        self._get(checked_id(webhook_id))
        with suppress(NotFound):  # an earlier try did it
            ask(f"deleting Box webhook {webhook_id}", lambda: self._sdk.webhooks.delete_webhook_by_id(webhook_id))

    def _whole(self, entry: Json) -> Webhook:
        """Return the webhook of a listing, which by Box's OpenAPI document leaves out the address."""
        if entry.get("address") and entry.get("triggers"):
            return ask("listing Box webhooks", lambda: Webhook.from_json(entry))
        return self._get(checked_id(str(entry.get("id"))))

    def _get(self, webhook_id: str) -> Webhook:
        get = self._sdk.webhooks.get_webhook_by_id
        return ask(f"Box webhook {webhook_id}", lambda: Webhook.from_json(get(webhook_id).raw_data))

    def _page(self, marker: str | None) -> Json:
        page: Json = self._sdk.webhooks.get_webhooks(marker=marker, limit=_PAGE).raw_data
        if not isinstance(page.get("entries"), list):
            raise ValueError("entries")  # noqa: TRY004
        return page


def _adopted(existing: Webhook, address: str) -> Webhook:
    if existing.address == address and UPLOADED in existing.triggers:
        return existing
    differs = "another address" if existing.address != address else "other events than uploads"
    raise ServiceRejected(
        f"Box folder {existing.target_id} has webhook {existing.webhook_id} for {differs}; delete that one first",
        service="Box",
        status_code=409,
    )
