"""Prefect's history where Prefect does not tell it."""

from datetime import UTC, datetime

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from domain.daily.window import window_until
from domain.errors import ServiceError
from tasks.run_history import runs_in
from tests.answering import answering


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "PREFECT_API_AUTH_STRING: the Prefect server refuses it (401)"),
        (403, "PREFECT_API_AUTH_STRING: the Prefect server refuses it (403)"),
        (500, "the Prefect server did not tell of its runs (PrefectHTTPStatusError, 500)"),
    ],
)
def test_a_server_that_does_not_tell_is_an_error_of_ours_that_says_why(status: int, said: str):
    window = window_until(datetime(2026, 3, 2, 19, tzinfo=UTC), "24h")
    with answering(status) as url, temporary_settings({PREFECT_API_URL: url}), pytest.raises(ServiceError) as refusal:
        runs_in(window)
    assert str(refusal.value) == said
