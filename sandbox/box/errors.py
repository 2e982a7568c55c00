"""Box's error codes and texts: the client error envelope, the smaller one of metadata, and RFC 6749 token errors."""

from collections.abc import Mapping
from typing import Any

_HELP_URL = "http://developers.box.com/docs/#errors"


class BoxError(Exception):
    """A refusal that Box answers with its error envelope."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        context_info: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.context_info = context_info
        self.headers = dict(headers or {})

    def body(self, request_id: str) -> dict[str, Any] | None:
        """The JSON that is answered; None for an empty answer."""
        context = {} if self.context_info is None else {"context_info": dict(self.context_info)}
        return {
            "type": "error",
            "status": self.status,
            "code": self.code,
            **context,
            "help_url": _HELP_URL,
            "message": self.message,
            "request_id": request_id,
        }


class Unauthorized(BoxError):
    """No token, an unknown one or an expired one."""

    def __init__(self, *, has_body: bool) -> None:
        challenge = 'Bearer realm="Service", error="invalid_token", error_description="The access token is invalid."'
        super().__init__(401, "unauthorized", "Unauthorized", headers={"WWW-Authenticate": challenge})
        self._has_body = has_body

    def body(self, request_id: str) -> dict[str, Any] | None:
        """The envelope, or nothing."""
        return super().body(request_id) if self._has_body else None


class MetadataError(BoxError):
    """A refusal of the metadata endpoints, which leave out type and status."""

    def body(self, request_id: str) -> dict[str, Any] | None:
        """The smaller JSON."""
        return {"code": self.code, "message": self.message, "request_id": request_id}


class OAuthError(BoxError):
    """A refusal of the token endpoint (RFC 6749 section 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(status, error, description)

    def body(self, request_id: str) -> dict[str, Any] | None:
        """The JSON of the RFC."""
        return {"error": self.code, "error_description": self.message}


def invalid_claim(name: str, detail: str) -> OAuthError:
    """A claim of the assertion that does not hold."""
    return OAuthError("invalid_grant", f"Please check the '{name}' claim. {detail}")


def bad_request(message: str, field: str = "") -> BoxError:
    """A parameter or body that cannot be read."""
    reasons = [{"reason": "invalid_parameter", "name": field, "message": message}]
    return BoxError(400, "bad_request", message, context_info={"errors": reasons} if field else None)


def not_found(kind: str, item_id: str) -> BoxError:
    """Missing and not permitted look the same."""
    reasons = [{"reason": "invalid_parameter", "name": kind, "message": f"Invalid value '{item_id}'."}]
    return BoxError(404, "not_found", "Not Found", context_info={"errors": reasons})


def trashed(item_id: str) -> BoxError:
    """The item is in the trash."""
    return BoxError(404, "trashed", "Item is trashed", context_info={"item_id": item_id})


def name_in_use(conflicts: Any) -> BoxError:
    """Another item of the folder has the name; `conflicts` is one item or a list, by endpoint."""
    message = "Item with the same name already exists"
    return BoxError(409, "item_name_in_use", message, context_info={"conflicts": conflicts})


def name_reserved() -> BoxError:
    """Another request that makes an item of this name is still being worked on."""
    message = "The item name is reserved by another request in progress"
    return BoxError(409, "name_temporarily_reserved", message)


def conflict(message: str) -> BoxError:
    """Something of the same identity exists."""
    return BoxError(409, "conflict", message)


def name_invalid() -> BoxError:
    """A character or a form of name that is not taken."""
    return BoxError(400, "item_name_invalid", "Item name invalid")


def name_too_long() -> BoxError:
    """More than 255 characters."""
    return BoxError(400, "item_name_too_long", "Item name too long")


def precondition_failed() -> BoxError:
    """The etag of If-Match is not the item's."""
    message = "The resource has been modified. Please retrieve the resource again and retry"
    return BoxError(412, "precondition_failed", message)


def bad_digest(status: int) -> BoxError:
    """The content does not have the checksum that came with it."""
    code = "bad_digest" if status == 400 else "precondition_failed"
    return BoxError(status, code, "The specified content-md5 or digest did not match what was received")


def storage_limit_exceeded() -> BoxError:
    """The quota is used up."""
    return BoxError(403, "storage_limit_exceeded", "Account storage limit reached")


def file_size_limit_exceeded() -> BoxError:
    """A file larger than the plan of the folder's owner takes."""
    return BoxError(403, "file_size_limit_exceeded", "File size exceeds the folder owner's file size limit")


def insufficient_scope() -> BoxError:
    """The app's token does not cover this kind of request."""
    message = "The request requires higher privileges than provided by the access token."
    challenge = 'Bearer realm="Service", error="insufficient_scope"'
    return BoxError(403, "insufficient_scope", message, headers={"WWW-Authenticate": challenge})


def access_denied() -> BoxError:
    """The user may not do this."""
    return BoxError(403, "access_denied_insufficient_permissions", "Access denied - insufficient permission")


def rate_limited(retry_after: str | None) -> BoxError:
    """Too many requests of this user within a minute."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    message = "Request rate limit exceeded, please try again later"
    return BoxError(429, "rate_limit_exceeded", message, headers=headers)


def length_required() -> BoxError:
    """An upload without Content-Length."""
    return BoxError(411, "length_required", "Content-Length header is required")


def direct_upload_too_large() -> BoxError:
    """A direct upload of a file that should come in parts; the code is not documented."""
    return BoxError(413, "request_entity_too_large", "The file is too large for a direct upload")


def metadata_after_file() -> BoxError:
    """The attributes of a direct upload must come before the file."""
    message = "The metadata (attributes) must be sent before the file contents"
    return BoxError(400, "metadata_after_file_contents", message)


def stream_ended() -> BoxError:
    """A multipart body without its end."""
    return BoxError(400, "bad_request", "Stream ended unexpectedly")


def session_too_small() -> BoxError:
    """A file below the minimum of chunked uploads."""
    message = "The file size must be greater than the minimum for a multi-part upload"
    return BoxError(400, "file_size_too_small", message)


def session_not_found(session_id: str) -> BoxError:
    """No such upload session: never made, expired, aborted or committed."""
    return BoxError(404, "not_found", f"Upload session {session_id} not found or expired")


def part_overlaps() -> BoxError:
    """A part at an offset that is stored already; parts never change, not even for the same bytes."""
    return BoxError(409, "range_overlaps_existing_part", "The specified part overlaps a part that is already uploaded")


def part_range_wrong(message: str) -> BoxError:
    """A part that does not lie on the grid of the session."""
    return BoxError(416, "requested_range_not_satisfiable", message)


def parts_mismatch() -> BoxError:
    """The parts named in a commit are not the parts that are stored."""
    return BoxError(400, "parts_mismatch", "The list of parts in the commit does not match the uploaded parts")
