"""Sign-in of the DAM client, against the simulated OTMM and OTDS."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from clients.otmm import OtdsTokens, OtmmClient
from domain.errors import ServiceRejected


def test_the_probe_proves_token_and_api(dam, client):
    client.probe()
    assert dam.requests("/oauth2/token") == 1
    assert dam.requests("/folders/rootfolders") == 1


def test_a_wrong_secret_is_said_by_the_probe_without_the_secret(dam, roles):
    tokens = OtdsTokens(f"{dam.url}/otdsws/oauth2/token", dam.state.settings.client_id, "wrong-secret")
    client = OtmmClient(f"{dam.url}/otmmapi", roles, tokens=tokens)
    with client, pytest.raises(ServiceRejected, match="DAM_CLIENT_SECRET") as caught:
        client.probe()
    assert "wrong-secret" not in str(caught.value)


def test_a_wrong_base_url_is_not_taken_for_something_missing(dam, roles):
    client = OtmmClient(f"{dam.url}/otmm", roles, tokens=dam.tokens())
    with client, pytest.raises(ServiceRejected, match="DAM_BASE_URL"):
        client.asset("0" * 40)


@pytest.mark.parametrize("shape", ["json", "html", "login_page"])
def test_a_token_that_was_ended_is_renewed_in_the_middle_of_the_work(dam, client, campaign_id, shape):
    dam.state.settings.unauthorized_shape = shape
    client.campaign(campaign_id)
    dam.state.expire_tokens()
    assert client.campaign(campaign_id).number == "C000000078"
    dam.state.expire_tokens()
    client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.tokens.requests == 3


def test_eight_threads_share_one_token(dam, client, campaign_id):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.campaign(campaign_id), range(40)))
    assert dam.state.tokens.requests == 1


def test_eight_threads_that_are_refused_renew_once(dam, client, campaign_id):
    client.probe()
    dam.state.expire_tokens()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.campaign(campaign_id), range(8)))
    assert dam.state.tokens.requests == 2
