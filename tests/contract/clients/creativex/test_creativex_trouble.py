"""LlamaCloud in trouble: each step of reading a scorecard meets each trouble, and every end is an error of ours."""

import pytest

from clients.creativex import Extraction
from domain.errors import NotFound, ServiceError, ServiceRejected, ServiceUnavailable
from tests.contract.clients.creativex.conftest import Cloud

NAME = "card.pdf"
STEPS = {
    "agent": "/extraction-agents/by-name/",
    "upload": "/files$",
    "job": "/jobs$",
    "poll": "/jobs/",
    "result": "/runs/by-job/",
}


def extract(cloud: Cloud) -> Extraction:
    """Read a card that can be read."""
    cloud.state.script(NAME, data={"quality_score": 80})
    return cloud.extractor().extract(b"%PDF-", name=NAME)


def trouble(cloud: Cloud) -> ServiceError:
    """The error of reading a card that could be read, having checked that it says what it is about."""
    with pytest.raises(ServiceError) as met:
        extract(cloud)
    assert met.value.service == "LlamaCloud"
    assert str(met.value).startswith((f"{NAME}: LlamaCloud", "extraction agent Creativex-Extract: LlamaCloud"))
    return met.value


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_unavailable_at_every_step(cloud: Cloud, step: str, status: int):
    cloud.fault("status", STEPS[step], status=status, body={"detail": "Come back later"})
    error = trouble(cloud)
    assert isinstance(error, ServiceUnavailable)
    assert error.status_code == status
    assert "Come back later" in str(error)


@pytest.mark.parametrize("step", STEPS)
def test_a_connection_that_is_cut_is_unavailable_at_every_step(cloud: Cloud, step: str):
    cloud.fault("cut", STEPS[step], at_byte=10 if step in {"upload", "result"} else 0)
    assert isinstance(trouble(cloud), ServiceUnavailable)


@pytest.mark.parametrize("step", STEPS)
def test_a_page_of_a_gateway_is_no_answer_at_any_step(cloud: Cloud, step: str):
    cloud.fault("html", STEPS[step], status=200)
    assert isinstance(trouble(cloud), ServiceRejected)


@pytest.mark.parametrize("step", ["upload", "poll"])
def test_json_that_means_nothing_is_no_answer(cloud: Cloud, step: str):
    cloud.fault("status", STEPS[step], status=200, body=[{"id": 1}])
    assert isinstance(trouble(cloud), ServiceRejected)


@pytest.mark.parametrize(
    ("status", "kind"), [(400, ServiceRejected), (403, ServiceRejected), (404, NotFound), (422, ServiceRejected)]
)
def test_a_refusal_is_final(cloud: Cloud, status: int, kind: type[ServiceError]):
    cloud.fault(
        "status",
        STEPS["job"],
        status=status,
        body={"detail": [{"loc": ["body"], "msg": "Field required", "type": "missing"}]},
    )
    error = trouble(cloud)
    assert type(error) is kind
    assert "Field required" in str(error)


def test_what_went_wrong_once_goes_right_the_next_time_with_the_same_extractor(cloud: Cloud):
    extractor = cloud.extractor()
    cloud.state.script(NAME, data={"quality_score": 80})
    cloud.fault("status", STEPS["upload"], status=503, times=1)
    with pytest.raises(ServiceUnavailable):
        extractor.extract(b"%PDF-", name=NAME)
    assert extractor.extract(b"%PDF-", name=NAME).data == {"quality_score": 80}
    assert len(cloud.state.jobs) == 1


@pytest.mark.parametrize("step", ["agent", "poll", "result"])
def test_what_passes_while_the_package_tries_again_is_not_noticed(cloud: Cloud, step: str):
    cloud.fault("status", STEPS[step], status=503, times=2)
    assert extract(cloud).data == {"quality_score": 80}


def test_a_server_that_is_down_is_unavailable(cloud: Cloud, closed_port: int):
    with pytest.raises(ServiceUnavailable, match="LlamaCloud could not be reached"):
        cloud.extractor(base_url=f"http://127.0.0.1:{closed_port}").probe()
