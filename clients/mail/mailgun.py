"""Mail by Mailgun's HTTP API: "Send an email", POST /v3/{domain}/messages, as documented by Mailgun."""

from dataclasses import KW_ONLY, dataclass, field

import requests
import urllib3
from requests.auth import HTTPBasicAuth

from clients.mail.message import OutgoingMail
from domain.errors import ServiceError, ServiceRejected, ServiceUnavailable
from domain.masking import mask

_SHOWN = 200
"""Characters of Mailgun's own text that an error repeats."""
_LONGEST_WAIT_S = 3600.0


@dataclass(frozen=True, slots=True)
class MailgunMailer:
    """Sends each mail with one call; threads may share one mailer. Mailgun does not recognize a mail sent twice."""

    base_url: str
    """Address of the domain, such as https://api.example.com/v3/mg.example.com."""
    api_key: str = field(repr=False)
    _: KW_ONLY
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 30.0

    def send(self, mail: OutgoingMail) -> None:
        """Send `mail`. Mailgun takes it for all recipients at once and tells of refusing servers only later."""
        try:
            answer = self._post(_form(mail))
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _unreachable(error, mail.label) from None
        if not answer.ok or answer.is_redirect:
            raise self._refusal(answer, mail.label)

    def _post(self, form: dict[str, str | list[str]]) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False  # a .netrc or a proxy of the environment would get the key
            return session.post(
                f"{self.base_url.rstrip('/')}/messages",
                data=form,
                auth=HTTPBasicAuth(b"api", self.api_key.encode()),  # requests would take text only in Latin-1
                timeout=(self.connect_timeout_s, self.read_timeout_s),
                allow_redirects=False,
            )

    def _refusal(self, answer: requests.Response, label: str) -> ServiceError:
        code = answer.status_code
        if code in (401, 403):
            what = f"refused the key ({code}); correct MAILGUN_API_KEY and MAILGUN_BASE_URL"
            return ServiceRejected(f"{label}: Mailgun {what}", service="mail", status_code=code)
        said = " ".join(mask(answer.text.replace(self.api_key, "***")).split())[:_SHOWN]
        message = f"{label}: Mailgun answered {code} {said}"
        if code in (408, 429) or code >= 500:
            wait = _retry_after_s(answer)
            return ServiceUnavailable(message, service="mail", status_code=code, retry_after_s=wait)
        if answer.is_redirect or code == 404:
            message += "; correct MAILGUN_BASE_URL"
        return ServiceRejected(message, service="mail", status_code=code)


def _form(mail: OutgoingMail) -> dict[str, str | list[str]]:
    return {
        "from": mail.sender,
        "to": list(mail.recipients),
        "subject": mail.rendered.subject,
        "text": mail.rendered.text,
        "html": mail.rendered.html,
        "o:tracking": "no",  # else links to Box are rewritten to go through Mailgun
        **{f"h:{name}": value for name, value in mail.headers.items()},
    }


def _unreachable(error: requests.RequestException | urllib3.exceptions.HTTPError, label: str) -> ServiceError:
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return ServiceRejected(f"{label}: Mailgun's certificate is not trusted; see MAILGUN_BASE_URL", service="mail")
    if isinstance(error, ValueError):  # errors of malformed addresses, requests' and urllib3's, are ValueErrors too
        return ServiceRejected(f"{label}: MAILGUN_BASE_URL is not an address", service="mail")
    what = "did not answer in time" if isinstance(error, requests.Timeout) else "could not be reached"
    return ServiceUnavailable(f"{label}: Mailgun {what} ({type(error).__name__})", service="mail")


def _retry_after_s(answer: requests.Response) -> float | None:
    header = answer.headers.get("Retry-After", "")
    return min(float(header), _LONGEST_WAIT_S) if header.isdecimal() else None
