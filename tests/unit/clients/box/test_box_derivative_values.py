"""Files as Box describes them, metadata in listings, references of comments, what is posted once."""

from datetime import UTC, datetime

import pytest
from box_sdk_gen import BaseUrls, BoxAPIError, BoxClient, BoxDeveloperTokenAuth, FetchOptions
from box_sdk_gen.box.errors import RequestInfo, ResponseInfo

from clients.box.box_file import BoxFile, Place
from clients.box.comments import reference
from clients.box.downloads import _checked
from clients.box.errors import LinkRefused, from_download_host
from clients.box.metadata import Metadata
from clients.box.network import _tries
from clients.box.webhooks import Webhook
from domain.errors import IntegrityError, ServiceError, ServiceRejected, ServiceUnavailable

ENTRY = {"type": "file", "id": "7", "etag": "3", "name": "a.mp4", "size": 1.5e10, "sha1": "AB12"}
ROOT = {"type": "folder", "id": "0", "name": "All Files"}
FILMS = {"type": "folder", "id": "5", "name": "Films"}


class TestFiles:
    def test_a_file_of_which_box_tells_little_can_be_read(self):
        file = BoxFile.from_json({**ENTRY, "file_version": None, "created_by": None, "modified_at": None}, Place())
        assert file == BoxFile("7", "a.mp4", 15_000_000_000, "ab12", "3", None, (), None, None)

    def test_a_file_without_an_etag_is_none(self):
        with pytest.raises(KeyError):
            BoxFile.from_json({"id": "7", "name": "a.mp4"}, Place())

    @pytest.mark.parametrize(
        ("text", "hour"), [("2026-01-01T10:00:00-08:00", 18), ("2026-01-01T10:00:00Z", 10), ("2026-01-01T10:00:00", 10)]
    )
    def test_times_are_in_utc(self, text, hour):
        file = BoxFile.from_json({**ENTRY, "modified_at": text}, Place())
        assert file.modified_at == datetime(2026, 1, 1, hour, tzinfo=UTC)

    def test_a_time_that_is_none_is_not_told(self):
        assert BoxFile.from_json({**ENTRY, "modified_at": "yesterday"}, Place()).modified_at is None

    def test_a_file_with_metadata_can_be_a_key(self):
        assert len({BoxFile.from_json(ENTRY, Place(), {"a": [1]}), BoxFile.from_json(ENTRY, Place(), {"a": [1]})}) == 1

    def test_everybodys_root_is_no_part_of_a_path(self):
        place = Place.from_entries([ROOT, FILMS]).below({"id": "6", "name": "Spain"})
        assert place == Place(("Films", "Spain"), ("5", "6"))


class TestMetadata:
    @pytest.fixture
    def metadata(self):
        return Metadata(BoxClient(auth=BoxDeveloperTokenAuth(token="none")), "123")

    def test_the_field_of_a_listing_names_the_enterprise(self, metadata):
        assert metadata.listing_field("card") == "metadata.enterprise_123.card"

    def test_without_an_enterprise_it_is_that_of_the_account(self):
        metadata = Metadata(BoxClient(auth=BoxDeveloperTokenAuth(token="none")), None)
        assert metadata.listing_field("card") == "metadata.enterprise.card"

    @pytest.mark.parametrize(
        "scopes",
        [None, {}, [], {"enterprise_123": None}, {"enterprise_123": {"other": {"$id": "1"}}}, {"global": {"card": {}}}],
    )
    def test_a_listing_without_the_template_tells_nothing(self, metadata, scopes):
        assert metadata.in_listing({"metadata": scopes}, "card") is None

    @pytest.mark.parametrize("scope", ["enterprise_123", "enterprise"])
    def test_values_are_found_under_either_name_of_the_enterprise(self, metadata, scope):
        entry = {"metadata": {scope: {"card": {"$id": "1", "score": 80.0}}}}
        assert metadata.in_listing(entry, "card") == {"score": 80.0}

    def test_an_instance_without_values_is_there_all_the_same(self, metadata):
        assert metadata.in_listing({"metadata": {"enterprise": {"card": {"$id": "1"}}}}, "card") == {}


class TestComments:
    def test_keys_that_differ_have_references_that_differ(self):
        assert len({reference(str(number)) for number in range(1000)}) == 1000

    @pytest.mark.parametrize("key", ["", "a b]", "ä" * 1000])
    def test_a_reference_is_short_and_plain_whatever_the_key(self, key):
        assert len(reference(key)) == 16
        assert reference(key).isascii()


def test_a_webhook_without_an_address_is_none():
    with pytest.raises(KeyError):
        Webhook.from_json({"id": "1", "target": {"id": "5"}})


@pytest.mark.parametrize(
    ("method", "path", "tries"),
    [
        ("POST", "/2.0/comments", 1),
        ("GET", "/2.0/files/7/comments", 3),
        ("GET", "/2.0/files/7/content", 3),
        ("DELETE", "/2.0/files/7", 3),
        ("POST", "/2.0/webhooks", 3),
    ],
)
def test_what_would_be_there_twice_is_not_posted_again_blindly(method, path, tries):
    error = BoxAPIError(RequestInfo(method, path, {}, {}, None), ResponseInfo(503, {}, {}, "", None, None, None), "503")
    assert _tries(FetchOptions(url=f"{BaseUrls().base_url}{path}", method=method), error) == tries


class TestTheDownloadHost:
    @pytest.mark.parametrize("status", [*range(201, 206), *range(300, 600)])
    def test_every_status_has_an_error(self, status):
        error = from_download_host(status, {}, "a.mp4")
        assert isinstance(error, ServiceError)
        assert str(error).startswith("a.mp4: ")

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (403, LinkRefused),
            (404, LinkRefused),
            (408, ServiceUnavailable),
            (416, IntegrityError),
            (429, ServiceUnavailable),
            (502, ServiceUnavailable),
        ],
    )
    def test_a_refusal_becomes_the_error_that_says_what_to_do(self, status, kind):
        assert type(from_download_host(status, {}, "a.mp4")) is kind

    def test_the_wait_it_asks_for_is_told(self):
        error = from_download_host(503, {"retry-after": "7"}, "a.mp4")
        assert isinstance(error, ServiceUnavailable)
        assert error.retry_after_s == 7.0

    def test_a_redirect_that_gives_up_encryption_is_not_followed(self):
        with pytest.raises(ServiceRejected, match="without encryption"):
            _checked("http://dl.example.com/d/secret", "https://api.box.com", "a.mp4")

    def test_a_redirect_that_keeps_it_is_followed(self):
        assert _checked("https://dl.example.com/d/1", "https://api.box.com", "a.mp4") == "https://dl.example.com/d/1"
