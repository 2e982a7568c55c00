"""The package that talks to LlamaCloud, against the twin: what it sends is known and what it gets it can read."""

import io
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from llama_cloud.core.api_error import ApiError
from llama_cloud_services import LlamaExtract
from llama_cloud_services.extract import SourceText

from sandbox.faults import Fault

FILM = "RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4"


@pytest.fixture(scope="module")
def extractor(twin) -> Iterator[LlamaExtract]:
    env = twin.env()
    yield LlamaExtract(api_key=env["LLAMA_CLOUD_API_KEY"], base_url=env["LLAMA_CLOUD_BASE_URL"], show_progress=False)


@pytest.fixture
def agent(extractor, cards) -> Any:
    found = extractor.get_agent(name="Creativex-Extract")
    found.check_interval = 0.01
    return found


def source(twin, file) -> SourceText:
    return SourceText(file=twin.box.content_of(file.id), filename=file.name)


def test_a_whole_card_gives_its_facts(twin, agent, cards):
    card = cards.whole(FILM, 80, creativex_id="4711", url="https://example.com/4711", guidelines=None)
    run = agent.extract(source(twin, card))
    assert run.status == "SUCCESS"
    assert run.data == {
        "filename": FILM,
        "creativex_id": "4711",
        "creativex_url": "https://example.com/4711",
        "quality_score": 80,
        "tier": "Excellent",
    }
    assert (run.file.name, run.error, run.config.extraction_mode) == (card.name, None, "MULTIMODAL")


def test_a_path_and_a_file_object_are_uploaded_by_their_names(twin, agent, cards, tmp_path):
    path = tmp_path / "card.pdf"
    path.write_bytes(twin.box.content_of(cards.whole(FILM).id))
    opened = io.BytesIO(path.read_bytes())
    opened.name = "/elsewhere/other.pdf"
    agent.extract(path)
    agent.extract(opened)
    assert [(job.file_name, job.status) for job in twin.llamacloud.jobs] == [
        ("card.pdf", "SUCCESS"),
        ("other.pdf", "SUCCESS"),
    ]


def test_a_card_that_cannot_be_read_is_no_exception_but_a_run_without_data(twin, agent, cards):
    for card in (cards.damaged(FILM), cards.blank("other.mp4")):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            run = agent.extract(source(twin, card))
        assert (run.status, run.data, bool(run.error)) == ("ERROR", None, True)
        assert "Failure in job" in str(told[0].message)


def test_a_slow_job_is_waited_for_and_one_that_never_ends_is_given_up(twin, agent, cards):
    card = source(twin, cards.whole(FILM))
    twin.settings.llamacloud.polls_to_finish = 4
    try:
        assert agent.extract(card).status == "SUCCESS"
        twin.settings.llamacloud.polls_to_finish = None
        agent.max_timeout = 0.03
        with pytest.raises(Exception, match="Timeout while extracting"):
            agent.extract(card)
    finally:
        twin.settings.llamacloud.polls_to_finish = 1
    assert [job.polls for job in twin.llamacloud.jobs][:1] == [4]


@pytest.mark.parametrize("status", ["CANCELLED", "PARTIAL_SUCCESS"])
def test_every_status_of_a_job_leads_to_a_run_that_the_package_can_read(twin, agent, cards, status):
    card = cards.whole(FILM)
    twin.llamacloud.script(card.name, status=status, data={"quality_score": None}, error="page 2")
    with pytest.warns(UserWarning, match=status):
        run = agent.extract(source(twin, card))
    assert (run.data, run.error) == ({"quality_score": None}, "page 2")


def test_too_many_calls_at_an_upload_are_an_error_and_the_next_one_goes_through(twin, agent, cards):
    card, faults = source(twin, cards.whole(FILM)), twin.faults["llamacloud"]
    faults.add(Fault("status", method="POST", path="/files$", status=429, body={"detail": "Too many requests"}))
    with pytest.raises(ApiError) as refused:
        agent.extract(card)
    assert (refused.value.status_code, refused.value.body) == (429, {"detail": "Too many requests"})
    assert agent.extract(card).status == "SUCCESS"
    assert len(twin.llamacloud.jobs) == 1


def test_an_unknown_agent_and_a_wrong_key_are_errors_with_a_detail(twin, extractor):
    with pytest.raises(ApiError) as unknown:
        extractor.get_agent(name="Other")
    assert (unknown.value.status_code, unknown.value.body) == (404, {"detail": "Extraction agent Other not found"})
    stranger = LlamaExtract(api_key="wrong", base_url=twin.servers["llamacloud"].url)
    with pytest.raises(ApiError) as refused:
        stranger.get_agent(name="Creativex-Extract")
    assert (refused.value.status_code, refused.value.body) == (401, {"detail": "Invalid API Key"})
