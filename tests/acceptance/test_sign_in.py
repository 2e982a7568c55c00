"""Ways to sign in, and what is missing for them."""

from collections.abc import Callable

import pytest

from sandbox.seeds import SMALL
from tests.acceptance.world import World

MakeWorld = Callable[..., World]


@pytest.mark.sweep
def test_the_client_certificate_alone_is_enough_where_the_gateway_says_so(make_world: MakeWorld) -> None:
    world = make_world(SMALL, DAM_MTLS_AUTH_URL="")
    assert world.run(dam_auth="mtls")["headline"] == "3 delivered; moved C000000201 A1→A2"
    assert world.twin.otmm.tokens.requests == 0


def test_every_system_that_is_not_set_up_is_named_before_anything_is_done(make_world: MakeWorld) -> None:
    world = make_world(SMALL, BOX_JWT_CONFIG_PATH="", SMTP_HOST="")
    reason = world.failure()
    for block in ("box-jwt", "smtp-server"):
        assert f"Prefect block {block}/{world.environment['BLOCKS_NAME']}: not there" in reason
    assert world.twin.faults["otmm"].requests == []


def test_a_run_without_a_folder_to_deliver_to_says_so_before_anything_is_done(make_world: MakeWorld) -> None:
    world = make_world(SMALL, BOX_FOLDER_LOCAL_MASTERS="")
    assert "BOX_FOLDER_LOCAL_MASTERS: not set" in world.failure()
    assert world.writes() == 0
