"""What a librarian does in the DAM: statuses, verdicts and comments; and all of it over HTTP."""

import itertools
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from sandbox.blobs import BytesBlob
from sandbox.librarian import Librarian, NotThere
from sandbox.seeds import load_seed

NUMBERS = (f"C{number:09}" for number in itertools.count(401))
VERDICT, COMMENT = "CUSTOM.FIELD.ECOMMERCE STATUS", "CUSTOM.FIELD.LEGAL COMMENT"


@dataclass
class Terminal:
    """A person with curl, who looks at one campaign."""

    url: str
    number: str

    def post(self, path: str, **body: Any) -> requests.Response:
        return requests.post(f"{self.url}/_sandbox/librarian/{path}", json={"number": self.number} | body, timeout=10)

    def look(self, **params: str) -> requests.Response:
        return requests.get(f"{self.url}/_sandbox/librarian/reviews", params=params, timeout=10)


@pytest.fixture
def number(twin) -> str:
    """Of a campaign with a film, and stills of one name in two folders."""
    number = next(NUMBERS)
    stills = [{"name": "Still.png"}]
    deep = {"name": "Social", "folders": [{"name": "Week 12", "assets": stills}]}
    folders = [{"name": "01. Master Assets", "assets": stills, "folders": [deep]}]
    folders += [{"name": "02. Final Assets", "assets": [{"name": "Film.mp4", "review": {"iacc": "Hm."}}]}]
    campaign = {"number": number, "name": f"Campaign {number}", "status": "A4", "folders": folders}
    twin.campaigns |= load_seed(twin.otmm, {"campaigns": [campaign]})
    return number


@pytest.fixture
def librarian(twin) -> Librarian:
    return Librarian(twin)


@pytest.fixture
def terminal(twin, number) -> Terminal:
    return Terminal(twin.servers["otmm"].url, number)


def asset_ids(librarian: Librarian, number: str, name: str) -> list[str]:
    return [filed.id for filed in librarian.assets(number) if filed.path.endswith(f"/{name}")]


def test_a_campaign_is_moved_to_any_status(twin, librarian, number):
    for status in ("A5", "A10", "B2"):
        librarian.set_status(number, status)
        assert twin.otmm.campaign_status(twin.campaigns[number]) == status


def test_an_asset_is_rejected_wherever_it_lies_below_the_campaign(twin, librarian, number):
    filed = librarian.review(number, "Film.mp4", "NOT APPROVED", approver="Too short.", legal={"comment": "Proof?"})

    assert filed.path == f"Campaign {number}/02. Final Assets/Film.mp4"
    assert filed.review == {
        "status": "NOT APPROVED",
        "approver": {"comment": "Too short."},
        "legal": {"comment": "Proof?"},
        "iacc": {"comment": "Hm."},
    }
    assert twin.otmm.values(filed.id)[VERDICT] == "NOT APPROVED"
    assert filed in librarian.assets(number)


def test_what_is_not_said_stays_and_an_empty_text_takes_away(librarian, number):
    librarian.review(number, "Film.mp4", "NOT APPROVED", legal={"comment": "Proof?", "certifier": "Lena"}, iacc="")
    filed = librarian.review(number, "Film.mp4", "", legal={"comment": ""})

    assert filed.review == {"legal": {"certifier": "Lena"}}


def test_a_review_dates_the_asset(twin, librarian, number):
    (film,) = asset_ids(librarian, number, "Film.mp4")
    before = twin.otmm.tree.nodes[film].updated_at
    librarian.review(number, film, "APPROVED")
    assert twin.otmm.tree.nodes[film].updated_at > before


def test_the_newest_version_is_meant_by_name_and_by_the_id_of_any_version(twin, librarian, number):
    librarian.review(number, "Film.mp4", "NOT APPROVED", legal="Proof?")
    (old,) = asset_ids(librarian, number, "Film.mp4")
    new = twin.otmm.add_version(old, BytesBlob(b"reworked"))

    assert twin.otmm.values(new)[COMMENT] == "Proof?"
    assert [librarian.review(number, asset, "APPROVED").id for asset in ("Film.mp4", old, new)] == [new] * 3
    assert twin.otmm.values(old)[VERDICT] == "NOT APPROVED"
    assert asset_ids(librarian, number, "Film.mp4") == [new]


def test_an_asset_that_is_linked_into_a_second_folder_is_one_asset(twin, librarian, number):
    (film,) = asset_ids(librarian, number, "Film.mp4")
    twin.otmm.link(twin.otmm.add_folder(twin.campaigns[number], "Selection"), film)
    assert librarian.review(number, "Film.mp4", "APPROVED").id == film


def test_a_name_that_stands_for_several_assets_is_refused_with_their_ids(librarian, number):
    first, second = asset_ids(librarian, number, "Still.png")
    with pytest.raises(ValueError, match=f"2 assets 'Still.png', say which by its id: {first} .*, {second} "):
        librarian.review(number, "Still.png", "APPROVED")
    assert librarian.review(number, second, "APPROVED").path.endswith("Social/Week 12/Still.png")


def test_a_number_that_stands_for_several_campaigns_is_refused(twin, librarian, number):
    twin.otmm.add_campaign(number, "Again")
    with pytest.raises(ValueError, match="2 campaigns have the number"):
        librarian.set_status(number, "A5")


def test_what_the_dam_does_not_have_is_said_to_be_missing(twin, librarian, number):
    (film,) = asset_ids(librarian, number, "Film.mp4")
    with pytest.raises(NotThere, match=f"has no asset 'Gone.png'; it has: .*{film}"):
        librarian.review(number, "Gone.png", "APPROVED")
    elsewhere = twin.otmm.add_asset(twin.otmm.add_folder(twin.campaigns[number], "Old"), "Deleted.png", None)
    twin.otmm.set_deleted(elsewhere, deleted=True)
    with pytest.raises(NotThere):
        librarian.review(number, "Deleted.png", "APPROVED")
    with pytest.raises(NotThere, match="no campaign has the number C1"):
        librarian.approve_all("C1")


def test_everything_is_approved_at_once_and_comments_stay(librarian, number):
    librarian.review(number, "Film.mp4", "NOT APPROVED", legal="Proof?")
    done = librarian.approve_all(number)

    assert done == librarian.assets(number)
    assert [filed.review["status"] for filed in done] == ["APPROVED"] * 3
    assert done[-1].review["legal"] == {"comment": "Proof?"}


def test_over_http_a_campaign_is_moved(twin, terminal, number):
    answer = terminal.post("status", status="A5")

    assert (answer.status_code, answer.json()) == (200, {"number": number, "status": "A5"})
    assert twin.otmm.campaign_status(twin.campaigns[number]) == "A5"


def test_over_http_an_asset_is_rejected_and_looked_at(twin, terminal, number):
    remark = {"comment": "Süßer? <b>No</b>.\nProof!", "certifier": "Lena", "date": "2026-03-02T09:00:00Z"}
    answer = terminal.post("reviews", asset="Film.mp4", status="NOT APPROVED", legal=remark, iacc="No.")
    filed = answer.json()

    assert answer.status_code == 200
    assert filed["review"] == {"status": "NOT APPROVED", "legal": remark, "iacc": {"comment": "No."}}
    assert twin.otmm.values(filed["id"])[COMMENT] == remark["comment"]
    assert filed in terminal.look(number=number).json()


def test_over_http_everything_is_approved(terminal, number):
    assert terminal.post("approvals").json() == terminal.look(number=number).json()
    assert {filed["review"]["status"] for filed in terminal.look(number=number).json()} == {"APPROVED"}


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("status", {}, "status: "),
        ("status", {"status": ""}, "status: "),
        ("status", {"status": "A5", "colour": "red"}, "colour: "),
        ("reviews", {"asset": "Film.mp4"}, "status: "),
        ("reviews", {"asset": "Film.mp4", "status": "REJECTED"}, "not one of APPROVED, NOT APPROVED"),
        ("reviews", {"asset": "Film.mp4", "status": "APPROVED", "legal": {"note": "x"}}, "legal.note: "),
        ("reviews", {"asset": "Film.mp4", "status": "APPROVED", "legal": {"date": "soon"}}, "legal.date: "),
        ("reviews", {"asset": "Still.png", "status": "APPROVED"}, "say which by its id"),
        ("approvals", {"number": ""}, "number: "),
    ],
)
def test_over_http_what_cannot_be_is_refused_with_a_reason(terminal, number, path, body, reason):
    before = terminal.look(number=number).json()
    answer = terminal.post(path, **body)

    assert answer.status_code == 400
    assert reason in answer.json()["error"]
    assert terminal.look(number=number).json() == before


def test_over_http_what_is_not_there_is_404_with_a_reason(terminal):
    answers = [
        terminal.post("status", number="C1", status="A5"),
        terminal.post("approvals", number="C1"),
        terminal.look(number="C1"),
        terminal.post("reviews", asset="Gone.png", status="APPROVED"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert "Gone.png" in answers[-1].json()["error"]
    assert (terminal.look().status_code, terminal.look().json()["error"][:7]) == (400, "say of ")


def test_what_the_librarian_does_is_no_call_to_the_dam_and_the_search_follows_later(twin, terminal, number):
    before = len(twin.faults["otmm"].requests)
    twin.settings.otmm.index_delay_s = 3600
    try:
        terminal.post("status", status="A5")
        status = twin.settings.otmm.fields.status
        (indexed,) = [node for node in twin.otmm.index.nodes() if node.id == twin.campaigns[number]]
    finally:
        twin.settings.otmm.index_delay_s = 0

    assert indexed.values[status] == "A4"
    assert len(twin.faults["otmm"].requests) == before
