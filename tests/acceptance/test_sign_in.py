"""Ways to sign in, what is missing for them, and where their secrets must not turn up."""

from collections.abc import Callable
from typing import Any

import pytest
from prefect.client.orchestration import get_client

from sandbox.seeds import SMALL
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.world import World

MakeWorld = Callable[..., World]


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


@pytest.mark.parametrize("dam_auth", ["oauth2", "mtls"])
def test_no_secret_turns_up_in_what_people_see(make_world: MakeWorld, dam_auth: str) -> None:
    campaigns = seed(campaign("C000001101", asset("Key Visual.png")), campaign("C000001102", folders=[]))
    world = make_world(campaigns, DAM_CLIENT_ID="our-client")  # the twin's own is its PFX password too
    twin = world.twin
    twin.settings.otmm.client_id = "our-client"
    secrets = {
        "client secret": twin.settings.otmm.client_secret,
        "PFX password": twin.certificates.client_pfx_password,
        "JWT passphrase": twin.certificates.jwt_key_passphrase,
        "SMTP password": twin.settings.mail.password,
        "webhook token": twin.settings.hooks.token or "",
        "Box webhook key": twin.box.webhooks.keys.primary,
    }
    twin.settings.hooks.token = "another"
    world.run(dam_auth=dam_auth)
    twin.settings.mail.password = twin.settings.otmm.client_secret = "another"
    twin.otmm.expire_tokens()
    world.sql("UPDATE outbox SET state = 'pending', next_attempt_at = now()")
    world.failure(dam_auth=dam_auth)
    for place, text in places(world).items():
        assert text
        for name, secret in secrets.items():
            assert len(secret) > 5
            assert secret not in text, f"the {name} is in {place}"


def places(world: World) -> dict[str, str]:
    """Everything that people or other systems get to see of the runs."""
    with get_client(sync_client=True) as client:
        runs: list[Any] = [run.model_dump_json() for run in client.read_flow_runs(limit=20)]
        artifacts = client.request("POST", "/artifacts/filter", json={"limit": 20}).text
    tables = ("outbox", "asset_events", "master_assets", "status_moves", "facts", "workflow_state")
    return {
        "the log": world.printed(),
        "the database": "\n".join(str(world.sql(f"SELECT * FROM {table}")) for table in tables),
        "a mail": "\n".join(f"{mail.text}\n{mail.html}\n{mail.headers}" for mail in world.twin.mail.mails),
        "the run in Prefect": "\n".join(runs),
        "an artifact": artifacts,
    }
