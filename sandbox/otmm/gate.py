"""What stands before every request: the servlet container's check of the target, then authentication."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.otmm.errors import LOGIN_PAGE, OtmmError, csrf, tomcat_page, unauthorized
from sandbox.otmm.models import OtmmState

FORBIDDEN_BYTES = frozenset(b'[]{}|"\\^`<>')
OPEN_PATHS = ("/sessions", "/sessions/oauth2/token")


class Gate:
    """Lets a request through to `app` with its user in the request's state.

    `gateway_user` is who calls without credentials of their own, where a proxy has checked a client certificate.
    """

    def __init__(self, app: ASGIApp, state: OtmmState, gateway_user: str | None = None) -> None:
        self._app = app
        self._state = state
        self._gateway_user = gateway_user

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is not None:
            await _drain(receive)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        if FORBIDDEN_BYTES.intersection(scope["raw_path"] + scope["query_string"]):
            detail = "Invalid character found in the request target"
            return HTMLResponse(tomcat_page(400, "Bad Request", detail), 400)
        path: str = scope["path"]
        if not path.startswith("/otmmapi/") or path.endswith(OPEN_PATHS):
            return None
        return self._authenticate(Request(scope))

    def _authenticate(self, request: Request) -> Response | None:
        user, by_cookie = self._caller(request)
        if user is None:
            return self._unauthorized()
        settings = self._state.settings
        guarded = by_cookie or settings.requested_by_required
        if guarded and request.method not in {"GET", "HEAD"} and "x-requested-by" not in request.headers:
            return refuse(csrf(settings.csrf_status))
        request.state.otmm_user = user
        return None

    def _caller(self, request: Request) -> tuple[str | None, bool]:
        """The user, and whether the session cookie alone says so."""
        tokens = self._state.tokens
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer" and not credentials.startswith("otmmToken "):
            return tokens.user_of(credentials), False
        digest = request.headers.get("otmmauthtoken") or credentials.removeprefix("otmmToken ") or None
        cookie = request.cookies.get("JSESSIONID")
        if digest is None and cookie is None:
            return self._gateway_user, False
        session = tokens.session_of(cookie=cookie, digest=digest)
        return (session.user if session else None), digest is None

    def _unauthorized(self) -> Response:
        shape = self._state.settings.unauthorized_shape
        if shape == "login_page":
            return HTMLResponse(LOGIN_PAGE, 200)
        return HTMLResponse(tomcat_page(401, "Unauthorized"), 401) if shape == "html" else refuse(unauthorized())


async def _drain(receive: Receive) -> None:
    """Read the body to its end: a client that is still sending would see a broken pipe instead of the refusal."""
    while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
        pass


def refuse(error: OtmmError) -> Response:
    """The answer to a refusal of OTMM."""
    return JSONResponse(error.body(), error.status)
