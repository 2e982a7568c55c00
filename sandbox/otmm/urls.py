"""Routes of the simulated OTMM and OTDS."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.otmm import contents, logins, responses, search_responses, uploads
from sandbox.otmm.call import Call, endpoint

PLAIN: list[tuple[str, str, Callable[[Call], Response]]] = [
    ("POST", "/sessions", logins.login),
    ("GET", "/sessions", logins.show_session),
    ("POST", "/sessions/oauth2/token", logins.otmm_token),
    ("GET", "/users/me", logins.show_user),
    ("GET", "/folders/rootfolders", responses.root_folders),
    ("GET", "/folders/{id}", responses.folder),
    ("POST", "/folders/{id}", responses.create_folder),
    ("PATCH", "/folders/{id}", responses.patch_folder),
    ("GET", "/folders/{id}/folders", responses.sub_folders),
    ("GET", "/folders/{id}/assets", responses.folder_assets),
    ("GET", "/folders/{id}/children", responses.children),
    ("GET", "/folders/{id}/children/", responses.children),
    ("PUT", "/folders/{id}/children", responses.place_children),
    ("PUT", "/folders/{id}/children/", responses.place_children),
    ("GET", "/folders/{id}/parents", responses.parents),
    ("GET", "/assets", responses.assets),
    ("PUT", "/assets/state", responses.change_states),
    ("GET", "/assets/{id}", responses.asset),
    ("PATCH", "/assets/{id}", responses.patch_asset),
    ("PUT", "/assets/{id}/state", responses.change_state),
    ("GET", "/assets/{id}/parents", responses.parents),
    ("GET", "/search/text", search_responses.search),
    ("POST", "/search/text", search_responses.search),
    ("GET", "/lookupdomains", responses.lookup_domains),
    ("GET", "/lookupdomains/{id}", responses.lookup_domain),
    ("GET", "/securitypolicies", responses.security_policies),
    ("GET", "/jobs/{id}", uploads.show_job),
]

STREAMED: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
    ("POST", "/assets", uploads.import_asset),
    ("GET", "/assets/{id}/contents", contents.contents),
    ("GET", "/renditions/{id}", contents.rendition),
]


def routes() -> list[Route]:
    """Every route; v5 and v6 are the same resources."""
    made = [
        Route("/otdsws/oauth2/token", endpoint(logins.otds_token), methods=["POST"]),
        Route("/content-store/{id}", contents.content_store, methods=["GET"]),
    ]
    for version in ("v6", "v5"):
        base = f"/otmmapi/{version}"
        made += [Route(base + path, endpoint(work), methods=[method]) for method, path, work in PLAIN]
        made += [Route(base + path, work, methods=[method]) for method, path, work in STREAMED]
    return made
