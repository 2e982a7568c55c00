"""OTDS token endpoint, OTMM's own one, and sessions: HTTP in and out."""

import base64
import binascii

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.otmm.call import Call
from sandbox.otmm.errors import OAuthError, unauthorized
from sandbox.otmm.tokens import Session


def otds_token(call: Call) -> Response:
    """POST /otdsws/oauth2/token (RFC 6749 section 4.4)."""
    try:
        issued = call.state.tokens.issue(_form_only(call), _basic(call.request))
    except OAuthError as error:
        return JSONResponse(error.body(), error.status)
    return JSONResponse(issued, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


def otmm_token(call: Call) -> Response:
    """POST /sessions/oauth2/token: camelCase, nested twice."""
    try:
        issued = call.state.tokens.issue(_form_only(call), None)
    except OAuthError as error:
        return JSONResponse(error.body(), error.status)
    return JSONResponse({"token_info": {"oauth_token": {"accessToken": issued["access_token"]}}})


def login(call: Call) -> Response:
    """POST /sessions with user and password."""
    user = call.params.get("username", "")
    if not call.state.tokens.is_password(user, call.params.get("password", "")):
        raise unauthorized()
    return _session_answer(call.state.tokens.login(user))


def show_session(call: Call) -> Response:
    """GET /sessions for a session that is alive."""
    digest, cookie = call.request.headers.get("otmmauthtoken"), call.request.cookies.get("JSESSIONID")
    session = call.state.tokens.session_of(cookie=cookie, digest=digest) if digest or cookie else None
    if session is None:
        raise unauthorized()
    return _session_answer(session)


def show_user(call: Call) -> Response:
    """GET /users/me."""
    return call.answer({"user_resource": {"user": {"login_name": call.user, "user_id": "1001", "name": call.user}}})


def _session_answer(session: Session) -> Response:
    response = JSONResponse({"session_resource": {"session": session.to_json()}})
    response.set_cookie("JSESSIONID", session.cookie, path="/otmmapi", httponly=True)
    return response


def _form_only(call: Call) -> dict[str, str]:
    """The form without the query: a secret in a URL is refused by not being seen."""
    return {key: value for key, value in call.params.items() if key not in call.request.query_params}


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ("", "")
    return client_id, secret
