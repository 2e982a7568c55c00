"""A campaign is moved from status to status in the simulated OTMM."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from domain.errors import MoveRefused, NotFound, ServiceRejected, ServiceUnavailable
from sandbox.faults import Fault


def on_edit(kind: str, **more: Any) -> Fault:
    """A fault of the next edit of a campaign."""
    return Fault(kind, method="PATCH", path="/folders/", **more)


def writes(dam) -> list[str]:
    return [seen.method for seen in dam.faults.writes()]


def test_a_campaign_is_moved_and_seen_to_be_moved(dam, client, campaign_id):
    client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.campaign_status(campaign_id) == "A2"
    assert dam.faults.requests[-1].method == "GET"
    assert writes(dam) == ["PATCH"]


def test_a_campaign_that_is_there_already_is_left_alone(dam, client, campaign_id):
    dam.state.set_status(campaign_id, "A2")
    client.set_status(campaign_id, "A2", expected="A1")
    assert writes(dam) == []


def test_a_campaign_that_somebody_else_moved_is_left_alone(dam, client, campaign_id):
    dam.state.set_status(campaign_id, "A5")
    with pytest.raises(MoveRefused, match=r"C000000078 Spring Campaign .* changed by somebody else meanwhile: now A5"):
        client.set_status(campaign_id, "A2", expected="A1")
    assert writes(dam) == []
    assert dam.state.campaign_status(campaign_id) == "A5"


def test_a_status_in_a_lookup_domain_is_written_as_one(dam, client, campaign_id):
    dam.state.settings.status_is_domain = True
    client.set_status(campaign_id, "A2", expected="A1")
    assert client.campaign(campaign_id).status == "A2"


def test_with_explicit_locks_the_campaign_is_unlocked_in_the_end(dam, campaign_id):
    with dam.client(lock_strategy="explicit") as client:
        client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.campaign_status(campaign_id) == "A2"
    assert writes(dam) == ["PUT", "PATCH", "PUT"]
    assert dam.state.tree.nodes[campaign_id].locked_by is None


def test_an_edit_that_fails_leaves_no_lock(dam, campaign_id):
    refusal = {"exception_body": {"http_response_code": 500, "message": "A rule of the DAM.", "error_code": 1}}
    dam.faults.add(on_edit("status", status=500, body=refusal))
    with dam.client(lock_strategy="explicit") as client, pytest.raises(ServiceRejected, match="A rule of the DAM"):
        client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.tree.nodes[campaign_id].locked_by is None


def test_a_lock_whose_answer_is_lost_is_given_back(dam, campaign_id):
    dam.faults.add(Fault("after", method="PUT", path="/state", status=502))
    with dam.client(lock_strategy="explicit") as client, pytest.raises(ServiceUnavailable):
        client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.tree.nodes[campaign_id].locked_by is None
    assert dam.state.campaign_status(campaign_id) == "A1"


def test_an_unlock_that_fails_does_not_undo_the_move_but_is_told(dam, campaign_id, caplog):
    dam.faults.add(Fault("status", method="PUT", path="/state", skip=1))
    with dam.client(lock_strategy="explicit") as client, caplog.at_level(logging.WARNING):
        client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.campaign_status(campaign_id) == "A2"
    assert "may still be locked" in caplog.text


@pytest.mark.parametrize("strategy", ["optimistic", "explicit"])
@pytest.mark.parametrize("status", [500, 409, 423])
def test_a_lock_of_somebody_else_is_respected(dam, campaign_id, strategy, status):
    dam.state.settings.lock_conflict_status = status
    dam.state.set_lock(campaign_id, "librarian")
    with dam.client(lock_strategy=strategy) as client, pytest.raises(ServiceRejected, match="Could not lock"):
        client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.tree.nodes[campaign_id].locked_by == "librarian"
    assert writes(dam) == []


@pytest.mark.parametrize(
    "fault",
    [("cut", 0), ("after", 502), ("after", 500)],
    ids=["cut", "502", "500"],
)
def test_an_edit_whose_answer_is_lost_is_found_done(dam, client, campaign_id, fault):
    kind, status = fault
    dam.faults.add(on_edit(kind, status=status))
    client.set_status(campaign_id, "A2", expected="A1")
    assert writes(dam) == ["PATCH"]
    assert dam.state.campaign_status(campaign_id) == "A2"


def test_an_edit_that_never_arrived_is_not_taken_for_done(dam, client, campaign_id):
    dam.faults.add(on_edit("status", status=503))
    with pytest.raises(ServiceUnavailable):
        client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.campaign_status(campaign_id) == "A1"
    client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.campaign_status(campaign_id) == "A2"


def test_an_edit_that_the_dam_forgets_is_refused(dam, client, campaign_id):
    dam.faults.add(on_edit("status", status=200, body={}))
    with pytest.raises(ServiceRejected, match="took the status A2, but still shows A1"):
        client.set_status(campaign_id, "A2", expected="A1")


def test_a_campaign_that_is_out_of_sight_once_moved_is_said_to_be(dam, client, campaign_id):
    dam.state.settings.metadata_404_after_patch = True
    with pytest.raises(NotFound, match=r"can no longer see the campaign.* most likely saved"):
        client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.campaign_status(campaign_id) == "A2"


def test_a_404_after_an_edit_that_shows_is_no_failure(dam, client, campaign_id):
    dam.faults.add(on_edit("after", status=404))
    client.set_status(campaign_id, "A2", expected="A1")
    assert dam.state.campaign_status(campaign_id) == "A2"


def test_somebody_else_who_moves_the_campaign_in_between_is_noticed(dam, client, campaign_id):
    dam.faults.add(on_edit("hang", when="before"))
    dam.faults.add(on_edit("status", status=503))
    with ThreadPoolExecutor(1) as pool:
        move = pool.submit(client.set_status, campaign_id, "A2", expected="A1")
        dam.faults.wait_for_hang(5)
        dam.state.set_status(campaign_id, "A5")
        dam.faults.release()
        with pytest.raises(MoveRefused, match="now A5"):
            move.result(5)


def test_a_gateway_that_wants_x_requested_by_can_have_it(dam, campaign_id):
    dam.state.settings.requested_by_required = True
    with dam.client() as client, pytest.raises(ServiceRejected, match="X-Requested-By"):
        client.set_status(campaign_id, "A2", expected="A1")
    with dam.client(requested_by="content-scaling") as client:
        client.set_status(campaign_id, "A2", expected="A1")
