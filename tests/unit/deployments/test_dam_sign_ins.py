"""Set-up demands of the DAM what the deployments sign in with, and no more."""

from pathlib import Path

import pytest

from blocks.settings import Settings
from deployments.dam_sign_ins import dam_sign_ins, missing_dam, require_dam
from domain.errors import ConfigError

CHECKOUT = Path(__file__).parents[3]
OAUTH2 = {
    "dam_base_url": "https://dam.example.com/otmmapi",
    "dam_auth_url": "https://dam.example.com/otdsws/oauth2/token",
    "dam_client_id": "client",
    "dam_client_secret": "dam-s3cret",
}
MTLS = {
    "dam_mtls_base_url": "https://dam.example.com/otmmapi",
    "dam_mtls_cert_path": "dam.pfx",
    "dam_mtls_cert_password": "pfx-s3cret",
}
BOTH_WAYS = {"a1-to-a2": "oauth2", "a4-live": "mtls"}


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of the DAM."""
    for name in Settings.model_fields:
        if name.startswith("dam_"):
            monkeypatch.delenv(name.upper(), raising=False)


def settings(*described: dict[str, str]) -> Settings:
    """Return settings that say just this."""
    said: dict[str, str] = {name: value for each in described for name, value in each.items()}
    return Settings(_env_file=None, **said)  # type: ignore[arg-type]


def written(folder: Path, parameters: str) -> Path:
    """Write a `prefect.yaml` with one deployment that signs in, and one that does not."""
    signs_in = f"- {{name: live, entrypoint: flows.a4_live.a4_live, parameters: {parameters}}}"
    other = "- {name: post, entrypoint: flows.deliver_messages.deliver_messages}"
    gone = "- {name: gone, entrypoint: flows.gone.gone}"
    (folder / "prefect.yaml").write_text(f"deployments:\n{signs_in}\n{other}\n{gone}\n")
    return folder


def test_what_the_deployments_sign_in_with_is_enough():
    assert missing_dam(settings(OAUTH2), {"a1-to-a2": "oauth2"}) == []
    assert missing_dam(settings(MTLS), {"a1-to-a2": "mtls"}) == []
    assert missing_dam(settings(OAUTH2, MTLS), BOTH_WAYS) == []
    assert missing_dam(settings(), {}) == []


def test_where_the_dam_is_not_described_at_all_every_setting_is_named():
    assert missing_dam(settings(), {"a1-to-a2": "oauth2"}) == [
        f"{name.upper()}: not set; dam-oauth2 needs it" for name in OAUTH2
    ]
    assert missing_dam(settings(), {"a1-to-a2": "mtls"}) == [
        f"{name.upper()}: not set; dam-mtls needs it" for name in MTLS
    ]


def test_where_only_the_other_way_is_described_the_deployments_are_named_with_what_to_do():
    (fault,) = missing_dam(settings(MTLS), {"b1-to-b2": "oauth2", "a1-to-a2": "oauth2", "a4-live": "mtls"})
    assert fault == (
        "DAM_BASE_URL, DAM_AUTH_URL, DAM_CLIENT_ID, DAM_CLIENT_SECRET: not set; "
        "dam_auth is oauth2 for a1-to-a2, b1-to-b2. "
        "Set them, or give them the parameters {dam_auth: mtls} in prefect.yaml"
    )
    (fault,) = missing_dam(settings(OAUTH2), BOTH_WAYS)
    assert "dam_auth is mtls for a4-live. Set them, or give them the parameters {dam_auth: oauth2}" in fault


def test_a_way_that_does_not_exist_is_told():
    assert missing_dam(settings(OAUTH2), {"a4-live": "saml"}) == [
        "prefect.yaml: a4-live has dam_auth: saml; there are mtls, oauth2"
    ]


def test_a_deployment_signs_in_as_its_parameters_say_else_as_its_flow_does(tmp_path: Path):
    assert dam_sign_ins(written(tmp_path, "{dam_auth: mtls}")) == {"live": "mtls"}
    assert dam_sign_ins(written(tmp_path, "{}")) == {"live": "oauth2"}


def test_ours_sign_in_with_oauth2_but_for_those_that_need_no_dam():
    ours = dam_sign_ins(CHECKOUT)
    assert set(ours.values()) == {"oauth2"}
    assert {"a1-to-a2", "a2-to-a3", "a2-to-a3-on-upload", "a4-live", "a5-to-a6", "b1-to-b2"} < set(ours)
    assert not {"deliver-messages", "backup-database", "check-backup"} & set(ours)


@pytest.mark.parametrize("text", [None, "", "deployments: 7", "deployments: [7]", "a: [", "deployments: [{}]"])
def test_of_a_file_that_cannot_be_read_nothing_is_known(tmp_path: Path, text: str | None):
    if text is not None:
        (tmp_path / "prefect.yaml").write_text(text)
    assert dam_sign_ins(tmp_path) == {}


def test_a_checkout_whose_runs_would_all_fail_is_refused():
    require_dam(settings(OAUTH2), CHECKOUT)
    with pytest.raises(ConfigError, match="DAM_CLIENT_SECRET: not set"):
        require_dam(settings(), CHECKOUT)
