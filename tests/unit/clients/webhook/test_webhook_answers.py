from datetime import UTC, datetime

import pytest
import requests

from clients.webhook.answers import Refusals, retry_after_s
from domain.errors import ServiceRejected, ServiceUnavailable

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("30", 30),
        ("86400", 3600),
        ("Sun, 01 Mar 2026 08:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 07:00:00 GMT", 0),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 3600),
        ("Sun, 01 Mar 2026 08:01:00", None),
    ],
)
def test_the_wait_a_receiver_asks_for_is_read_and_capped(header, wait):
    assert retry_after_s(header, now=NOW) == wait


def every_error(base: type[requests.RequestException]) -> set[type[requests.RequestException]]:
    return {base}.union(*(every_error(child) for child in base.__subclasses__()))


def test_every_error_of_requests_is_mapped_and_none_shows_the_address():
    for kind in every_error(requests.RequestException):
        error = kind("s3cr3t", "s3cr3t", 0) if kind is requests.exceptions.JSONDecodeError else kind("s3cr3t")
        found = Refusals("status", secrets=()).of_failure(error)
        assert isinstance(found, ServiceUnavailable | ServiceRejected)
        assert str(found).startswith("webhook status: the receiver ")
        assert "s3cr3t" not in str(found)


def test_what_may_pass_by_itself_is_tried_again_and_a_wrong_address_is_not():
    refusals = Refusals("status", secrets=())
    for passing in (
        requests.ConnectionError,
        requests.ConnectTimeout,
        requests.ReadTimeout,
        requests.exceptions.SSLError,
    ):
        assert isinstance(refusals.of_failure(passing()), ServiceUnavailable)
    for final in (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidHeader):
        assert isinstance(refusals.of_failure(final()), ServiceRejected)
