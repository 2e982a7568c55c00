"""Values that people keep on a file in Box by a metadata template of the enterprise.

Follows Box's guide "Metadata instances". A template may have fields called `type` or `id`, which the SDK's objects
mix up with Box's own: only the JSON itself is read here.
"""

import re
from collections.abc import Mapping

from box_sdk_gen import BoxClient, FetchOptions

from clients.box.errors import ask
from clients.box.listing import checked_id
from clients.box.models import Json
from domain.errors import ConfigError, NotFound

_TEMPLATE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_NOT_ON_FILE = frozenset({"instance_not_found", "instance_tuple_not_found"})  # documented; seen


class Metadata:
    """Reads instances of the enterprise's templates. Without its id, Box takes the enterprise of the account."""

    def __init__(self, sdk: BoxClient, enterprise_id: str | None) -> None:
        self._sdk = sdk
        self._scope = f"enterprise_{enterprise_id}" if enterprise_id else "enterprise"

    def on_file(self, file_id: str, template: str) -> Mapping[str, object] | None:
        """Return the values on the file, None when the template is not on it. Raises NotFound for a missing file."""
        checked_id(file_id)
        base_url = self._sdk.network_session.base_urls.base_url
        path = f"/2.0/files/{file_id}/metadata/{self._scope}/{_checked(template)}"
        options = FetchOptions(url=f"{base_url}{path}", method="GET")
        try:
            return ask(
                f"metadata {template} of Box file {file_id}", lambda: _values(self._sdk.make_request(options).data)
            )
        except NotFound as error:
            if error.code not in _NOT_ON_FILE:
                raise
            return None

    def listing_field(self, template: str) -> str:
        """Return the field to ask for so that a listing carries the values."""
        return f"metadata.{self._scope}.{_checked(template)}"

    def in_listing(self, entry: Json, template: str) -> Mapping[str, object] | None:
        """Return the values that came with an entry of a listing, None when none came."""
        scopes = entry.get("metadata")
        for scope, templates in scopes.items() if isinstance(scopes, dict) else ():
            if scope.startswith("enterprise") and isinstance(templates, dict) and template in templates:
                return _values(templates[template])
        return None


def _values(instance: object) -> Mapping[str, object]:
    """Return the values without Box's own keys, which begin with $; an instance is never without those."""
    if not isinstance(instance, dict) or not any(key.startswith("$") for key in instance):
        raise ValueError("instance")
    return {key: value for key, value in instance.items() if not key.startswith("$")}


def _checked(template: str) -> str:
    """Return the key; raise ConfigError unless it is one: anything else would become part of an address."""
    if not _TEMPLATE.fullmatch(template):
        raise ConfigError([f"{template!r} is not the key of a Box metadata template: letters, digits, _ and - only"])
    return template
