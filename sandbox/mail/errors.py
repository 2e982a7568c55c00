"""The answers' texts: SMTP's, and those of Mailgun's HTTP API."""

OK = "250 2.1.0 OK"
TAKEN = "250 2.0.0 OK: queued"
FAULT_TEXT = "fault asked for in the sandbox"

MAILGUN_QUEUED = "Queued. Thank you."
MAILGUN_FORBIDDEN = "Forbidden"
MAILGUN_NO_BODY = "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified"


def mailgun_missing(parameter: str) -> str:
    """Return the text for a parameter that is not there."""
    return f"{parameter} parameter is missing"


def mailgun_unknown_domain(domain: str) -> str:
    """Return the text for a domain that is not the account's."""
    return f"Domain not found: {domain}"
