import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from domain.errors import ConfigError
from entrypoints.prefect_api import require_server


def refusal(url: str | None) -> str:
    """What is said about a Prefect API that cannot be used."""
    with temporary_settings({PREFECT_API_URL: url}), pytest.raises(ConfigError) as caught:
        require_server()
    (told,) = caught.value.faults
    return told


def test_a_prefect_server_has_to_be_named():
    assert refusal(None) == "PREFECT_API_URL: not set; it is the address of your Prefect server, ending in /api"


@pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1:port/api", "http://127.0.0.1:1/api"])
def test_a_prefect_server_that_does_not_answer_is_told(url: str):
    told = refusal(url)
    assert told.startswith(f"PREFECT_API_URL: {url} does not answer (")
    assert told.endswith("); correct it, or start the server there")
