"""Calls to the REST API v6 of OpenText Media Management, with sign-in, timeouts and repeats."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import requests

from clients.otmm.errors import FOREIGN, SERVICE, as_service_error, is_page
from clients.otmm.session import DEFAULT_CONNECTION, Connection, open_session
from clients.otmm.tokens import OtdsTokens
from domain.assets import Json
from domain.errors import ConfigError, ServiceUnavailable

WAITS_S = (0.5, 2.0)
"""Pauses before the second and the third try of a call that changes nothing."""
LONGEST_WAIT_S = 5.0
"""A server that asks for more is left to the caller's own schedule."""

UPLOAD_PATIENCE = 5
"""An upload is answered after the DAM has taken all of it apart: it gets so many times the usual time."""

T = TypeVar("T")


class Readable(Protocol):
    """A body that is read as it is sent."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, b"" at the end."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `what` names for people what is asked for; `form`, `body` (JSON) and `content` exclude each other.

    `content` makes a body that is streamed, from its start each time; its Content-Type stands in `headers`.
    """

    method: str
    path: str
    what: str
    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    body: Json | None = None
    content: Callable[[], Readable] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False


class DamHttp:
    """The REST API below `base_url`, which ends in `/otmmapi`; a slash or `/v6` after it is tolerated.

    Without `tokens` the client certificate of the connection is the only sign-in. Safe to share between threads.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tokens: OtdsTokens | None,
        connection: Connection = DEFAULT_CONNECTION,
        requested_by: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = api_root(base_url)
        self._tokens = tokens
        self._timeouts = connection.timeouts
        self._common = {"X-Requested-By": requested_by} if requested_by else {}
        self._sleep = sleep
        self._session = open_session(self._base, connection)

    def __repr__(self) -> str:
        return f"DamHttp({self._base!r})"

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def pause(self, seconds: float) -> None:
        """Wait, with the clock this object was given."""
        self._sleep(seconds)

    def read(self, call: Call) -> Json:
        """Return the JSON object that answers a call which changes nothing; repeated while the DAM is unavailable."""
        return self._repeat(lambda: _json(self._answer(call), call.what))

    def open(self, call: Call) -> requests.Response:
        """Return the answer with its body still on the wire; the caller closes it. Redirects are followed.

        A redirect may lead to a cloud store: the Authorization header stays with the DAM's own origin.
        """
        return self._repeat(lambda: self._answer(call))

    def change(self, call: Call) -> None:
        """Do a call that changes state, once: where its answer is lost, the caller looks what came of it."""
        self._answer(call).close()

    def submit(self, call: Call) -> Json:
        """Do a call that makes something new, and return its JSON answer.

        Only a 401 has it sent again, with another token: that says nothing was done. ServiceUnavailable says it may
        have been done all the same.
        """
        return _json(self._answer(call), call.what)

    def _repeat(self, attempt: Callable[[], T]) -> T:
        for pause in WAITS_S:
            try:
                return attempt()
            except ServiceUnavailable as error:
                wanted = max(pause, error.retry_after_s or 0.0)
                if wanted > LONGEST_WAIT_S:
                    raise
                self._sleep(wanted)
        return attempt()

    def _answer(self, call: Call) -> requests.Response:
        """Return an answer that is neither an error nor a page; a token that is refused is renewed once."""
        token = self._tokens.bearer() if self._tokens else None
        response = self._send(call, token)
        if self._tokens and token and _refuses_token(response, call):
            response.close()
            self._session.cookies.clear()  # a session cookie that has ended may be why
            response = self._send(call, self._tokens.renew(token))
        if 200 <= response.status_code < 300 and not is_page(response):
            return response
        with response:
            error = as_service_error(response, call.what)
        if call.content and response.status_code < 400:
            text = f"{error}. Whether the DAM has done it is open"
            raise ServiceUnavailable(text, service=SERVICE, status_code=response.status_code)
        raise error

    def _send(self, call: Call, token: str | None) -> requests.Response:
        headers = {"Accept": "application/json", **self._common, **call.headers}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connect_s, read_s = self._timeouts
        if call.content:
            # While a body is sent, the time to connect is also the longest time the other end may not read on.
            connect_s, read_s = max(connect_s, read_s), UPLOAD_PATIENCE * read_s
        try:
            return self._session.request(
                call.method,
                self._base + call.path,
                params=call.params,
                data=call.content() if call.content else call.form,
                json=call.body,
                headers=headers,
                timeout=(connect_s, read_s),
                stream=call.stream,
                # Only content may lie elsewhere. A redirected PATCH would arrive as a GET and look like a success.
                allow_redirects=call.stream,
            )
        except FOREIGN as error:
            raise as_service_error(error, call.what) from error


def api_root(base_url: str) -> str:
    """Return the root of the REST API v6.

    >>> api_root("https://dam.example.com/otmmapi/"), api_root("https://dam.example.com/otmmapi/v6")
    ('https://dam.example.com/otmmapi/v6', 'https://dam.example.com/otmmapi/v6')
    """
    if not base_url.lower().startswith(("http://", "https://")):
        raise ConfigError([f"DAM_BASE_URL: {base_url!r} is no web address; it looks like https://HOST/otmmapi"])
    return base_url.rstrip("/").removesuffix("/v6").rstrip("/") + "/v6"


def segment(name: str) -> str:
    """Return an id for use in a path; ids of the DAM may hold blanks.

    >>> segment("ARTESIA.PUBLIC TREEN")
    'ARTESIA.PUBLIC%20TREEN'
    """
    return quote(name, safe="")


def json_param(value: Json) -> str:
    """Return a complex argument as the DAM takes it in a query or form: compact JSON."""
    return json.dumps(value, separators=(",", ":"))


def load_params(*wanted: str) -> dict[str, str]:
    """Return the query that says what to load of an asset or folder besides its system keys."""
    request = {"data_load_request": dict.fromkeys(wanted, True)}
    return {"load_type": "custom", "level_of_detail": "full", "data_load_request": json_param(request)}


def _refuses_token(response: requests.Response, call: Call) -> bool:
    """Tell whether the answer says that the token has ended.

    Unproven for this DAM: OTMM itself should say 401; a proxy before it may redirect to its login page, or show one.
    After an upload that is not enough: a proxy may also answer so when the work was done.
    """
    if response.status_code == 401:
        return True
    if call.content:
        return False
    redirected = 300 <= response.status_code < 400
    return redirected or (response.ok and is_page(response))


def _json(response: requests.Response, what: str) -> Json:
    try:
        answer: Any = response.json()
    except ValueError as error:
        raise as_service_error(response, what) from error
    if not isinstance(answer, dict):
        raise as_service_error(response, what)
    return answer
