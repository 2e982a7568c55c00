"""LlamaCloud's HTTP: who may ask, what is refused, how a job goes."""

import sys

import pytest
import requests

DATA = {"filename": "film.mp4", "quality_score": 80}


def test_an_agent_is_found_by_name_and_by_id(cloud):
    by_name = cloud.get("extraction/extraction-agents/by-name/Creativex-Extract", params={"project_id": "any"}).json()
    assert by_name["name"] == "Creativex-Extract"
    assert cloud.get(f"extraction/extraction-agents/{by_name['id']}").json() == by_name


@pytest.mark.parametrize(
    "path",
    [
        "extraction/extraction-agents/by-name/Other",
        "extraction/extraction-agents/1",
        "extraction/jobs/1",
        "extraction/runs/by-job/1",
        "files/1",
        "elsewhere",
    ],
)
def test_what_is_not_there_is_told_with_a_detail(cloud, path):
    answer = cloud.get(path)
    assert answer.status_code == 404
    assert "not found" in answer.json()["detail"].lower()


def test_a_job_needs_an_agent_and_a_file_that_are_there(cloud):
    agent_id = cloud.get("extraction/extraction-agents/by-name/Creativex-Extract").json()["id"]
    ids = {"extraction_agent_id": agent_id, "file_id": cloud.upload("a.pdf")}
    for name in ids:
        assert cloud.post("extraction/jobs", json={**ids, name: "1"}).status_code == 404
        lacking = cloud.post("extraction/jobs", json={key: value for key, value in ids.items() if key != name})
        assert (lacking.status_code, lacking.json()["detail"][0]["loc"]) == (422, ["body", name])
    assert cloud.post("extraction/jobs", data=b"[]").status_code == 422
    assert cloud.post("files").json()["detail"][0]["loc"] == ["body", "upload_file"]
    assert cloud.state.jobs == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "extraction/jobs/1"), ("POST", "files"), ("POST", "extraction/jobs")]
)
def test_a_wrong_key_is_refused_everywhere(cloud, method, path):
    answer = requests.request(method, f"{cloud.url}/api/v1/{path}", headers={"Authorization": "Bearer x"}, timeout=10)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid API Key"})


def test_an_upload_keeps_its_name_and_what_its_sender_calls_it(cloud):
    upload = {"upload_file": ("Süß, Nr. 1.pdf", b"12345")}
    file = cloud.post("files", files=upload, params={"external_file_id": "/tmp/x/1.pdf"}).json()
    assert (file["name"], file["external_file_id"], file["file_size"]) == ("Süß, Nr. 1.pdf", "/tmp/x/1.pdf", 5)
    assert cloud.get(f"files/{file['id']}").json() == file


@pytest.mark.parametrize("polls", [0, 1, 3])
def test_a_job_is_finished_after_so_many_polls(cloud, polls):
    cloud.state.settings.polls_to_finish = polls
    cloud.state.script("a.pdf", data=DATA)
    job = cloud.start("a.pdf")
    statuses = [job["status"], *(cloud.job(job["id"])["status"] for _ in range(polls))]
    assert statuses == ["PENDING"] * polls + ["SUCCESS"]
    assert cloud.run(job["id"])["data"] == DATA
    assert [(done.file_name, done.polls, done.agent) for done in cloud.state.jobs] == [
        ("a.pdf", polls, "Creativex-Extract")
    ]


def test_a_job_that_never_ends_does_once_it_may(cloud):
    cloud.state.settings.polls_to_finish = None
    job_id = cloud.start("a.pdf")["id"]
    assert [cloud.job(job_id)["status"] for _ in range(5)] == ["PENDING"] * 5
    assert (cloud.run(job_id)["status"], cloud.run(job_id)["data"]) == ("PENDING", None)
    cloud.state.settings.polls_to_finish = 1
    assert cloud.job(job_id)["status"] == "ERROR"


@pytest.mark.parametrize(
    ("script", "status", "run_status"),
    [
        ({"data": DATA}, "SUCCESS", "SUCCESS"),
        ({"error": "out of credits"}, "ERROR", "ERROR"),
        ({"status": "CANCELLED"}, "CANCELLED", "ERROR"),
        ({"status": "PARTIAL_SUCCESS", "data": DATA, "error": "page 2"}, "PARTIAL_SUCCESS", "SUCCESS"),
        ({"status": "PENDING"}, "PENDING", "PENDING"),
    ],
)
def test_a_result_is_scripted_by_the_name_of_the_file(cloud, script, status, run_status):
    answer = requests.post(f"{cloud.url}/_sandbox/results", json={"file_name": "a.pdf", **script}, timeout=10)
    assert answer.status_code == 201
    job_id = cloud.start("a.pdf")["id"]
    job, run = cloud.job(job_id), cloud.run(job_id)
    assert (job["status"], run["status"]) == (status, run_status)
    assert (run["data"], run["error"]) == (script.get("data"), script.get("error"))
    assert cloud.job(cloud.start("b.pdf")["id"])["error"] == "not a PDF that can be opened"


def test_scripts_are_listed_and_forgotten(cloud):
    url = f"{cloud.url}/_sandbox/results"
    requests.post(url, json={"file_name": "a.pdf", "error": "no"}, timeout=10)
    assert requests.get(url, timeout=10).json()["a.pdf"]["status"] == "ERROR"
    requests.delete(url, timeout=10)
    assert cloud.state.scripts == {}


@pytest.mark.parametrize("script", [{}, {"status": "DONE"}, {"data": 80}, {"colour": "red"}])
def test_a_script_that_says_nothing_is_refused(cloud, script):
    answer = requests.post(f"{cloud.url}/_sandbox/results", json={"file_name": "a.pdf", **script}, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_without_its_library_it_is_said_what_to_install(cloud, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    assert cloud.start("a.pdf") == {"detail": "pypdf is missing: install the dev extras"}


def test_uploads_and_jobs_are_writes_and_polls_are_none(cloud):
    cloud.job(cloud.start("a.pdf")["id"])
    assert [seen.path for seen in cloud.faults.writes()] == ["/api/v1/files", "/api/v1/extraction/jobs"]


def test_the_page_lists_the_jobs(cloud):
    assert "No extraction yet" in requests.get(cloud.url, timeout=10).text
    cloud.state.script("<a>.pdf", data={"filename": "<b>"})
    cloud.job(cloud.start("<a>.pdf")["id"])
    page = requests.get(cloud.url, timeout=10).text
    assert "&lt;a&gt;.pdf" in page
    assert "&lt;b&gt;" in page
    [job] = requests.get(f"{cloud.url}/_sandbox/state", timeout=10).json()
    assert (job["file_name"], job["status"], job["data"]) == ("<a>.pdf", "SUCCESS", {"filename": "<b>"})
