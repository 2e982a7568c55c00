"""Error codes and texts of OTMM (`exception_body`), of OTDS (RFC 6749) and of the servlet container (HTML)."""

from typing import Any

LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form id='otds-login'></form></body></html>"


class OtmmError(Exception):
    """A refusal that OTMM answers with an `exception_body`. Business rules are 500, as the real one does it."""

    def __init__(self, status: int, message: str, debug_message: str = "", error_code: int = 1000) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.debug_message = debug_message
        self.error_code = error_code

    def body(self) -> dict[str, Any]:
        """The JSON that is answered."""
        facts = {
            "http_response_code": self.status,
            "message": self.message,
            "debug_message": self.debug_message or self.message,
            "error_code": self.error_code,
        }
        return {"exception_body": facts}


class OAuthError(Exception):
    """A refusal of a token endpoint (RFC 6749 section 5.2)."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description

    def body(self) -> dict[str, str]:
        """The JSON that is answered."""
        return {"error": self.error, "error_description": self.description}


def not_found(node_id: str) -> OtmmError:
    """Missing and not permitted look the same."""
    return OtmmError(404, "The requested object does not exist or you do not have permission.", f"No object {node_id}")


def no_content(name: str, status: int) -> OtmmError:
    """An asset that is metadata only."""
    return OtmmError(status, f"The asset {name} has no content.", "No master content")


def unauthorized() -> OtmmError:
    """No token or session, or one that has expired."""
    return OtmmError(401, "User is not authenticated or the session has expired.", "No security session", 1401)


def csrf(status: int) -> OtmmError:
    """A write without X-Requested-By."""
    return OtmmError(status, "The request is missing the X-Requested-By header.", "CSRF check failed", 1403)


def locked_by_other(name: str, user: str, status: int) -> OtmmError:
    """Somebody else holds the lock."""
    return OtmmError(status, "Could not lock this asset.", f"{name} is locked by {user}", 1423)


def not_locked(name: str) -> OtmmError:
    """An edit, or an unlock, without holding the lock."""
    return OtmmError(
        500, "The asset must be locked before it can be edited.", f"{name} is not locked by this user", 1424
    )


def restricted_extension() -> OtmmError:
    """A file whose extension the server's configuration does not allow."""
    message = "Cannot import asset having restricted file extension."
    return OtmmError(500, message, "Asset creation failed due to restricted file extension")


def invalid_import(detail: str) -> OtmmError:
    """A multipart import whose parts do not fit together."""
    return OtmmError(500, "Asset creation failed.", detail, 1001)


def invalid_metadata(detail: str) -> OtmmError:
    """A metadata element that cannot be read."""
    return OtmmError(500, "Metadata validation failed.", detail, 1002)


def invalid_request(detail: str) -> OtmmError:
    """A parameter that cannot be read."""
    return OtmmError(500, "The request could not be processed.", detail, 1003)


def search_failed() -> OtmmError:
    """The other way an invalid search condition shows."""
    return OtmmError(500, "The search could not be executed.", "Invalid search condition", 1004)


def tomcat_page(status: int, reason: str, detail: str = "") -> str:
    """An error page of the servlet container, which answers before OTMM sees the request."""
    head = f"<!doctype html><html lang='en'><head><title>HTTP Status {status} - {reason}</title></head>"
    return f"{head}<body><h1>HTTP Status {status} - {reason}</h1><p><b>Message</b> {detail}</p></body></html>"
