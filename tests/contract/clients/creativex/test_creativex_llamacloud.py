"""Scorecards read by the real package from a simulated LlamaCloud: what is read, what is refused and why."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from clients.creativex import Extraction
from domain.errors import NotDoneYet, NotFound, ScorecardRefused, ServiceRejected
from sandbox.llamacloud import shapes
from tests.contract.clients.creativex.conftest import Cloud

NAME = "Süß, Nr. 1.pdf"
DATA = {"filename": "film.mp4", "quality_score": 80, "guidelines": [{"name": "Logo", "weight": 80.5, "passed": True}]}


def refusal(cloud: Cloud, **script: Any) -> str:
    """Why a PDF is refused whose job ends so."""
    cloud.state.script(NAME, **script)
    with warnings.catch_warnings(), pytest.raises(ScorecardRefused) as refused:
        warnings.simplefilter("error", UserWarning)
        cloud.extractor().extract(b"%PDF-", name=NAME)
    return str(refused.value)


def test_what_was_read_is_given_as_it_is_with_its_job(cloud: Cloud):
    cloud.state.script(NAME, data=DATA)
    found = cloud.extractor().extract(b"%PDF-1.7 bytes", name=NAME)
    (job,) = cloud.state.jobs
    assert found == Extraction(DATA, job.id)
    assert job.file.content == b"%PDF-1.7 bytes"


def test_a_file_goes_out_under_the_pdfs_name_without_folders(cloud: Cloud):
    cloud.state.script(NAME, data=DATA)
    cloud.extractor().extract(b"%PDF-", name=NAME)
    (job,) = cloud.state.jobs
    assert (job.file.name, job.file.external_id) == (NAME, NAME)


def test_a_card_of_several_pages_is_given_as_the_list_it_is(cloud: Cloud):
    cloud.state.script(NAME, data=[DATA, DATA])
    assert cloud.extractor().extract(b"%PDF-", name=NAME).data == [DATA, DATA]


def test_a_slow_job_is_waited_for(cloud: Cloud):
    cloud.state.settings.polls_to_finish = 4
    cloud.state.script(NAME, data=DATA)
    assert cloud.extractor().extract(b"%PDF-", name=NAME).data == DATA


def test_a_job_that_never_ends_is_not_done_yet(cloud: Cloud):
    cloud.state.settings.polls_to_finish = None
    with pytest.raises(NotDoneYet) as late:
        cloud.extractor(wait_s=0).extract(b"%PDF-", name=NAME)
    assert str(late.value).startswith(f"{NAME}: LlamaCloud is not done with it yet")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"error": "out of credits"}, "out of credits"),
        ({"status": "ERROR"}, "status ERROR"),
        ({"status": "ERROR", "data": DATA}, "status ERROR"),
        ({"status": "CANCELLED", "error": "stopped by Ann"}, "stopped by Ann"),
        ({"status": "CANCELLED"}, "status CANCELLED"),
        ({"status": "PARTIAL_SUCCESS", "data": DATA, "error": "page 2"}, "page 2"),
        ({"status": "PARTIAL_SUCCESS", "data": DATA}, "status PARTIAL_SUCCESS"),
        ({"status": "SUCCESS"}, "it read nothing"),
        ({"status": "SUCCESS", "data": DATA, "error": "page 2"}, "page 2"),
    ],
)
def test_a_job_that_did_not_read_all_is_refused_with_its_reason(cloud: Cloud, script: dict[str, Any], reason: str):
    assert refusal(cloud, **script).splitlines()[1:] == [f"- LlamaCloud says: {reason}"]


def test_a_run_that_does_not_say_of_which_job_it_is_counts_by_itself(cloud: Cloud):
    cloud.state.script(NAME, data=DATA)
    cloud.extractor().extract(b"%PDF-", name=NAME)
    (job,) = cloud.state.jobs
    run = shapes.run(job, cloud.state.agent_id(job.agent))
    cloud.fault("status", "/runs/", status=200, body=run | {"job_id": None})
    assert cloud.extractor().extract(b"%PDF-", name=NAME) == Extraction(DATA, None)


def test_of_a_long_reason_the_beginning_is_told(cloud: Cloud):
    assert len(refusal(cloud, error="no " * 1000)) < 500


def test_nothing_is_printed_and_nobody_is_warned(cloud: Cloud, capfd: pytest.CaptureFixture[str]):
    cloud.state.settings.polls_to_finish = 12  # after ten the package likes to print a dot
    cloud.state.script(NAME, data=DATA)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        cloud.extractor().extract(b"%PDF-", name=NAME)
        refusal(cloud, error="out of credits")  # of which the package warns
    assert (told, *capfd.readouterr()) == ([], "", "")


def test_the_agent_is_found_by_its_name(cloud: Cloud):
    assert cloud.extractor().probe() == "Creativex-Extract"
    assert cloud.state.jobs == []


def test_an_agent_that_is_not_there_is_not_found(cloud: Cloud):
    with pytest.raises(NotFound, match="extraction agent Other: LlamaCloud does not have it"):
        cloud.extractor(agent_name="Other").probe()


def test_a_wrong_key_names_the_setting_and_not_the_key(cloud: Cloud):
    with pytest.raises(ServiceRejected, match="correct LLAMA_CLOUD_API_KEY") as refused:
        cloud.extractor("llx-wr0ng").extract(b"%PDF-", name=NAME)
    assert "llx-wr0ng" not in str(refused.value)
    assert (refused.value.service, refused.value.status_code) == ("LlamaCloud", 401)


@pytest.mark.parametrize("key", ["", " ", "llx-wr0ng\n", "llx-wr0ng ", "llx wr0ng", "llx-wr0ng…"], ids=repr)
def test_a_key_that_was_pasted_badly_is_told_before_anything_is_asked(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, key: str
):
    monkeypatch.setenv("LLAMA_CLOUD_API_KEY", cloud.state.settings.api_key)  # which the package would take for none
    with pytest.raises(ServiceRejected, match="correct LLAMA_CLOUD_API_KEY") as refused:
        cloud.extractor(key).probe()
    assert "wr0ng" not in str(refused.value)
    assert cloud.faults.requests == []


@pytest.mark.parametrize("status", [400, 401])
def test_a_service_that_repeats_the_key_does_not_bring_it_into_the_error(cloud: Cloud, status: int):
    cloud.fault("status", "/by-name/", status=status, body={"detail": 290 * "x" + " key llx-wr0ng is no key"})
    with pytest.raises(ServiceRejected) as refused:
        cloud.extractor("llx-wr0ng").probe()
    assert "llx" not in str(refused.value)


def test_four_cards_are_read_at_once_by_one_extractor(cloud: Cloud):
    cloud.state.settings.polls_to_finish = 3
    names = [f"{number}.pdf" for number in range(4)]
    for name in names:
        cloud.state.script(name, data={"filename": name})
    extractor = cloud.extractor()
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda name: extractor.extract(name.encode(), name=name), names))
    assert [each.data for each in found] == [{"filename": name} for name in names]
    assert {job.file.name: job.file.content for job in cloud.state.jobs} == {name: name.encode() for name in names}
