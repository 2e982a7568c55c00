"""Which hosts get the token."""

import pytest
from box_sdk_gen import BaseUrls, FetchOptions

from clients.box.governor import NoGovernor
from clients.box.network import GovernedNetwork
from domain.errors import ServiceRejected

REAL = BaseUrls()
OTHER = BaseUrls(base_url="http://127.0.0.1:9", upload_url="http://127.0.0.1:9/up")


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        (REAL, "https://box.example.com/part"),
        (REAL, "https://notbox.com/part"),
        (REAL, "https://box.com.example.com/part"),
        (REAL, "http://127.0.0.1:9/part"),
        (OTHER, "https://upload.box.com/part"),
        (OTHER, "http://localhost:9/part"),
    ],
)
def test_an_address_elsewhere_is_refused(addresses, url):
    network = GovernedNetwork(NoGovernor(), addresses)
    with pytest.raises(ServiceRejected, match="not a host of the Box"):
        network.fetch(FetchOptions(url=url, method="PUT"))
    network.close()


@pytest.mark.parametrize("host", ["api.box.com", "upload.box.com", "fupload-eu.app.box.com"])
def test_the_hosts_of_box_are_known(host):
    network = GovernedNetwork(NoGovernor(), REAL)
    network._check_host(f"https://{host}/2.0/files/upload_sessions/1")
    network.close()
