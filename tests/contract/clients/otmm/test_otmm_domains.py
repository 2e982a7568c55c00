"""Lookup domains are read and kept for a day, against the simulated OTMM."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from clients.otmm import OtmmClient
from clients.otmm.domains import KEPT_S
from domain.errors import NotFound, ServiceUnavailable
from domain.fields.domains import DomainValue
from sandbox.faults import Fault

LANGUAGES = "FERRERO.DOMAIN.MAIN LANGUAGES"


class Clock:
    """The client's own: the simulated DAM's would end its tokens as well."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def client(dam, roles, clock):
    with OtmmClient(
        f"{dam.url}/otmmapi", roles, tokens=dam.tokens(), timeouts=(5, 5), sleep=dam.waits.append, clock=clock
    ) as client:
        yield client


def answer_with(dam, *items):
    """Let the next answer show these values; one alone comes as the bare object, as lists of one may."""
    listed = items[0] if len(items) == 1 else list(items)
    domain = {"cacheable": True, "datatype": "CHAR", "domainId": "X", **({"domainValues": listed} if items else {})}
    body = {"lookup_domain_resource": {"lookup_domain": domain}}
    dam.faults.add(Fault("status", path="/lookupdomains/", status=200, body=body))


def item(value, label="", **more):
    return {"field_value": {"type": "string", "value": value}, "display_value": label, **more}


def test_a_domain_whose_id_has_blanks_is_read_with_ids_and_tidy_labels(dam, client):
    values = client.lookup_domain(LANGUAGES)
    assert values[:2] == [DomainValue("EN", "English"), DomainValue("DE", "German")]


def test_expired_values_and_values_without_an_id_are_left_out(dam, client):
    gone = [item("OLD", expired_value=True), item("OLDER", expired_value="true"), item(None), {"display_value": "?"}]
    answer_with(dam, item("NEW", "New", expired_value=False), item(213, "", expired_value="false"), *gone)
    assert client.lookup_domain("X") == [DomainValue("NEW", "New"), DomainValue("213", "213")]


def test_a_domain_of_one_value_and_a_domain_of_none_are_read(dam, client):
    answer_with(dam, item("ONE", "One"))
    assert client.lookup_domain("X") == [DomainValue("ONE", "One")]
    answer_with(dam)
    assert client.lookup_domain("Y") == []


def test_a_domain_is_asked_for_once_a_day(dam, client, clock):
    client.lookup_domain(LANGUAGES)
    dam.state.domains[LANGUAGES]["XX"] = "New one"
    clock.now += KEPT_S - 1
    assert DomainValue("XX", "New one") not in client.lookup_domain(LANGUAGES)
    assert dam.requests("/lookupdomains/") == 1
    clock.now += 1
    assert DomainValue("XX", "New one") in client.lookup_domain(LANGUAGES)
    assert dam.requests("/lookupdomains/") == 2


def test_what_a_caller_does_to_its_list_is_not_kept(client):
    client.lookup_domain(LANGUAGES).clear()
    assert client.lookup_domain(LANGUAGES)


def test_threads_that_ask_at_once_share_one_call(dam, client):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(client.lookup_domain, [LANGUAGES] * 8))
    assert all(answer == answers[0] for answer in answers)
    assert dam.requests("/lookupdomains/") == 1


def test_a_domain_that_is_not_there_is_told_from_one_that_could_not_be_read(dam, client):
    with pytest.raises(NotFound, match=r"NO\.SUCH DOMAIN"):
        client.lookup_domain("NO.SUCH DOMAIN")
    dam.faults.add(Fault("status", path="/lookupdomains/", status=503, times=3))
    with pytest.raises(ServiceUnavailable, match="MAIN LANGUAGES"):
        client.lookup_domain(LANGUAGES)
    assert client.lookup_domain(LANGUAGES), "an error must not be kept"
