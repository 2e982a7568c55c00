"""HTTP of the mail sink: the pages, and Mailgun's `POST /v3/{domain}/messages`."""

import base64
import binascii
import hmac
from email.message import EmailMessage
from email.utils import getaddresses, make_msgid

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from sandbox.faults import mark_write
from sandbox.mail import errors
from sandbox.mail.models import Mail, MailState
from sandbox.pages import link, table_page

_NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"}


class MailResponses:
    """The answers, over one state."""

    def __init__(self, state: MailState) -> None:
        self._state = state

    async def index(self, _: Request) -> Response:
        """List the mails, newest first."""
        columns = ("#", "received", "from", "to", "subject", "")
        rows = [_row(mail) for mail in reversed(self._state.mails)]
        return table_page("Mails", columns, rows, empty="No mail yet.")

    async def html(self, request: Request) -> Response:
        """Show a mail as a mail program would; as text where it has no HTML."""
        mail = self._find(request)
        if mail is None or not mail.html:
            return await self.text(request)
        return HTMLResponse(mail.html, headers=_NO_SCRIPTS)

    async def text(self, request: Request) -> Response:
        """Show the plain text of a mail."""
        mail = self._find(request)
        return PlainTextResponse("no such mail", 404) if mail is None else PlainTextResponse(mail.text)

    async def source(self, request: Request) -> Response:
        """Show a mail as it came over the wire."""
        mail = self._find(request)
        return PlainTextResponse("no such mail", 404) if mail is None else PlainTextResponse(mail.raw)

    async def state(self, _: Request) -> Response:
        """Return every mail as JSON."""
        return JSONResponse([mail.to_json() for mail in self._state.mails])

    async def mailgun(self, request: Request) -> Response:
        """Take a mail as Mailgun does."""
        if not self._is_authorized(request):
            return PlainTextResponse(errors.MAILGUN_FORBIDDEN, 401, {"WWW-Authenticate": 'Basic realm="MG API"'})
        domain = request.path_params["domain"]
        if domain != self._state.settings.mailgun_domain:
            return JSONResponse({"message": errors.mailgun_unknown_domain(domain)}, 404)
        async with request.form() as form:
            fault = _fault_of(form)
            if fault is not None:
                return JSONResponse({"message": fault}, 400)
            message = _message_of(form, domain)
            recipients = [address for _, address in getaddresses(_texts(form, "to", "cc", "bcc"))]
        self._state.take(message.as_bytes(), recipients=tuple(recipients), via="mailgun")
        mark_write(request)
        return JSONResponse({"id": message["Message-Id"], "message": errors.MAILGUN_QUEUED})

    def _find(self, request: Request) -> Mail | None:
        return self._state.number(request.path_params["number"])

    def _is_authorized(self, request: Request) -> bool:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(value)
        except binascii.Error:
            return False
        wanted = f"api:{self._state.settings.mailgun_key}".encode()
        return scheme.lower() == "basic" and hmac.compare_digest(given, wanted)


def _row(mail: Mail) -> tuple[str, ...]:
    when = mail.received_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    subject = link(f"/{mail.number}", mail.subject or "(no subject)")
    return (str(mail.number), when, mail.sender, mail.to, subject, link(f"/{mail.number}/text", "text"))


def _texts(form: FormData, *names: str) -> list[str]:
    return [value for name in names for value in form.getlist(name) if isinstance(value, str)]


def _fault_of(form: FormData) -> str | None:
    for name in ("from", "to"):
        if not "".join(_texts(form, name)).strip():
            return errors.mailgun_missing(name)
    return None if _texts(form, "text", "html") else errors.MAILGUN_NO_BODY


def _message_of(form: FormData, domain: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = _texts(form, "from")[0], ", ".join(_texts(form, "to"))
    message["Subject"] = "".join(_texts(form, "subject"))
    for name in form:
        if name.startswith("h:"):
            del message[name[2:]]  # a header of one's own replaces the one Mailgun makes
            message[name[2:]] = _texts(form, name)[0]
    if "Message-Id" not in message:
        message["Message-Id"] = make_msgid(domain=domain)
    text, html = "".join(_texts(form, "text")), "".join(_texts(form, "html"))
    if text or not html:
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
    else:
        message.set_content(html, subtype="html")
    return message
