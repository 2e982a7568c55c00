"""Moving one campaign to another status: `PATCH /v6/folders/{id}` of OpenText Media Management, then reading back."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clients.otmm.errors import SERVICE
from clients.otmm.http import Call, DamHttp, segment
from domain.assets import Campaign, Json
from domain.errors import MoveRefused, NotFound, ServiceError, ServiceRejected, ServiceUnavailable

READ_BACK_WAITS_S = (0.2, 0.5, 1.0, 2.0)

logger = logging.getLogger(__name__)


class StatusMove:
    """A move of one campaign from the status `expected` to `target`."""

    def __init__(
        self, http: DamHttp, read: Callable[[], tuple[Campaign, Json]], *, field_id: str, lock_strategy: str
    ) -> None:
        """`read` returns the campaign as it is now, by id, with the element of its status ({} when it has none)."""
        self._http = http
        self._read = read
        self._field_id = field_id
        self._lock_strategy = lock_strategy

    def make(self, target: str, *, expected: str) -> None:
        """Do it, unless it is done already. Raises MoveRefused when the campaign is in neither of the two statuses."""
        campaign, element = self._read()
        if self._is_done(campaign, target, expected=expected):
            return
        with self._lock(campaign):
            refusal = self._patch(campaign, edit_body(self._field_id, target, element))
        self._confirm(campaign, target, expected=expected, refusal=refusal)

    def _is_done(self, campaign: Campaign, target: str, *, expected: str) -> bool:
        if campaign.status == target:
            return True
        if campaign.status != expected:
            now = f"now {campaign.status}" if campaign.status else "now without a status"
            text = f"{_named(campaign)} was to move from {expected} to {target}, but was changed by somebody else"
            raise MoveRefused(f"{text} meanwhile: {now}. It was left as it is.")
        return False

    def _patch(self, campaign: Campaign, body: Json) -> ServiceError | None:
        """Send the edit. Return the error that leaves open whether it was saved; raise one that says it was not."""
        params = {"lock_strategy": "optimistic"} if self._lock_strategy == "optimistic" else {}
        path = f"/folders/{segment(campaign.folder_id)}"
        try:
            self._http.change(Call("PATCH", path, _named(campaign), params=params, body=body))
        except (ServiceUnavailable, NotFound) as error:  # 404: saved, but no longer visible to this user
            return error
        return None

    def _confirm(self, before: Campaign, target: str, *, expected: str, refusal: ServiceError | None) -> None:
        """Read the campaign by id until it shows the target; the search index would show it too late."""
        for pause in (*READ_BACK_WAITS_S, None):
            try:
                campaign, _ = self._read()
            except NotFound as error:
                raise _no_longer_visible(before, target, error) from error
            if self._is_done(campaign, target, expected=expected):
                return
            if pause is not None:
                self._http.pause(pause)
        if isinstance(refusal, ServiceUnavailable):
            raise refusal
        text = f"{_named(before)}: the DAM took the status {target}, but still shows {expected}"
        raise ServiceRejected(text, service=SERVICE) from refusal

    @contextmanager
    def _lock(self, campaign: Campaign) -> Iterator[None]:
        """Hold the DAM's lock where edits need one; folders are locked as the assets they also are."""
        if self._lock_strategy == "optimistic":
            yield
            return
        try:
            self._set_lock(campaign, "lock")
        except ServiceUnavailable:
            self._unlock(campaign)  # the answer is lost, the lock may be held
            raise
        try:
            yield
        finally:
            self._unlock(campaign)

    def _unlock(self, campaign: Campaign) -> None:
        try:
            self._set_lock(campaign, "unlock")
        except ServiceError as error:
            logger.warning("%s may still be locked by us: %s", _named(campaign), error)

    def _set_lock(self, campaign: Campaign, action: str) -> None:
        path = f"/assets/{segment(campaign.folder_id)}/state"
        self._http.change(Call("PUT", path, f"{action} of {_named(campaign)}", form={"action": action}))


def edit_body(field_id: str, value: str, element: Json) -> Json:
    """Return the edit of one field, in the kind of value its present `element` has: plain, or of a lookup domain."""
    inner: Json = {"type": "string", "value": value}
    held = element.get("value")
    if isinstance(held, dict) and str(held.get("domain_value")).lower() == "true":
        inner = {"type": "com.artesia.metadata.DomainValue", "field_value": inner}
        holder: Json = {"domain_value": True, "cascading_domain_value": False, "value": inner}
    else:
        holder = {"value": inner}
    field = {"id": field_id, "type": "com.artesia.metadata.MetadataField", "value": holder}
    return {"edited_folder": {"data": {"metadata": [field]}}}


def _named(campaign: Campaign) -> str:
    return f"campaign {campaign.number} {campaign.name} (folder {campaign.folder_id})"


def _no_longer_visible(campaign: Campaign, target: str, error: NotFound) -> NotFound:
    text = f"{_named(campaign)}: the service user can no longer see the campaign since status {target} was sent"
    advice = "it was most likely saved; check the user's rights on campaigns in that status"
    return NotFound(f"{text}; {advice}", service=SERVICE, status_code=error.status_code)
