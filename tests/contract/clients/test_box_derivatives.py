"""Box as the place that derivatives come from, against the simulated Box with a download host of its own."""

import hashlib
import resource
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from clients.box import comments, listing
from clients.box.client import Timeouts
from clients.box.comments import reference
from domain.errors import (
    ConfigError,
    IntegrityError,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
    StorageFull,
)
from sandbox.box import create_download_app
from sandbox.box.models import AGENCY_USER_ID
from sandbox.certificates import make_certificates
from sandbox.faults import Fault, Faults
from sandbox.serving import Server
from tests.contract.clients.box_world import BoxWorld, running_box

BLOCK = 256 * 1024
CONTENT = bytes(range(256)) * 12 * 1024  # 3 MiB
TEMPLATE = "ferrerodammetadata"
VALUES = {"creativexScore": 80.0, "creativexUrl": "https://example.com/card"}
HOOK = "https://hooks.example.com/webhooks/box"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("box-keys"))


@pytest.fixture
def box(certificates):
    with running_box(certificates) as world:
        yield world


@pytest.fixture
def client(box):
    return box.client()


@pytest.fixture
def folder(box):
    return box.state.add_folder("Derivatives").id


@pytest.fixture
def film(box, folder):
    return box.state.add_file(folder, "film.mp4", CONTENT)


def sha1(content):
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def names(files):
    return [file.name for file in files]


class TestListing:
    def test_files_of_all_sub_folders_come_with_the_folders_above_them(self, box, client, folder):
        deep = box.state.add_folder("Spain", box.state.add_folder("Films", folder).id).id
        box.state.add_file(deep, "b.mp4", b"b")
        box.state.add_file(folder, "a.mp4", b"a")
        files = client.files_below(folder)
        assert [(file.folder_path, file.name) for file in files] == [
            (("Derivatives",), "a.mp4"),
            (("Derivatives", "Films", "Spain"), "b.mp4"),
        ]
        assert files[1].folder_ids[0] == folder
        assert files[1].folder_ids[-1] == deep

    def test_a_file_is_described_as_it_is(self, box, client, folder, film):
        assert client.files_below(folder) == [client.file_facts(film.id)]
        file = client.file_facts(film.id)
        assert (file.file_id, file.name, file.size_bytes, file.sha1) == (film.id, "film.mp4", len(CONTENT), film.sha1)
        assert (file.etag, file.version_id) == ("0", film.current.id)
        assert file.created_by_id == AGENCY_USER_ID
        assert file.modified_at == film.modified_at.replace(microsecond=0)
        assert file.modified_at.tzinfo is UTC

    def test_everything_below_the_root_can_be_listed(self, client, film):
        assert names(client.files_below("0")) == ["film.mp4"]

    @pytest.mark.parametrize("end", [None, ""])
    def test_a_listing_of_many_pages_is_whole(self, box, client, folder, end, monkeypatch):
        monkeypatch.setattr(listing, "_PAGE", 2)
        box.state.settings.end_marker = end
        wanted = [f"{number}.mp4" for number in range(5)]
        for name in wanted:
            box.state.add_file(folder, name, b"a")
        assert names(client.files_below(folder)) == wanted
        assert box.count("GET", "/items") == 3

    def test_sizes_that_come_as_floats_are_whole_numbers(self, box, client, folder, film):
        box.state.settings.float_sizes = True
        size = client.files_below(folder)[0].size_bytes
        assert (type(size), size) == (int, len(CONTENT))

    def test_web_links_are_passed_over(self, box, client, folder):
        entries = [{"type": "web_link", "id": "7", "etag": "0", "name": "a.mp4", "url": "https://example.com"}]
        box.fault("status", path="/items$", status=200, body={"entries": entries, "next_marker": None})
        assert client.files_below(folder) == []

    def test_a_file_that_is_listed_twice_because_it_was_moved_counts_once(self, box, client, folder):
        moved = {"type": "file", "id": "7", "etag": "1", "name": "a.mp4"}
        sub = {"type": "folder", "id": box.state.add_folder("Films", folder).id, "etag": "0", "name": "Films"}
        box.fault("status", path="/items$", status=200, body={"entries": [moved, sub]})
        box.fault("status", path="/items$", status=200, body={"entries": [{**moved, "etag": "2"}]})
        assert [(file.file_id, file.etag, file.folder_path) for file in client.files_below(folder)] == [
            ("7", "2", ("Derivatives", "Films"))
        ]

    def test_a_sub_folder_that_vanishes_meanwhile_is_passed_over(self, box, client, folder):
        gone = box.state.add_folder("Gone", folder).id
        box.state.add_file(gone, "b.mp4", b"b")
        box.state.add_file(box.state.add_folder("Stays", folder).id, "c.mp4", b"c")
        box.fault("status", path=f"/{gone}/items$", status=404, body={"code": "not_found"})
        assert names(client.files_below(folder)) == ["c.mp4"]

    def test_the_folder_itself_must_be_there(self, client):
        with pytest.raises(NotFound):
            client.files_below("999999")

    def test_the_folder_itself_may_not_vanish_either(self, box, client, folder):
        box.fault("status", path="/items$", status=404, body={"code": "not_found"})
        with pytest.raises(NotFound):
            client.files_below(folder)

    def test_a_sub_folder_that_cannot_be_listed_is_not_taken_for_an_empty_one(self, box, client, folder):
        sub = box.state.add_folder("Films", folder).id
        box.fault("status", path=f"/{sub}/items$", status=503, times=None)
        with pytest.raises(ServiceUnavailable):
            client.files_below(folder)

    def test_an_entry_that_makes_no_sense_is_not_passed_over(self, box, client, folder):
        entries = [{"type": "file", "id": "7", "name": "a.mp4"}]  # no etag: it could not be deleted safely
        box.fault("status", path="/items$", status=200, body={"entries": entries})
        with pytest.raises(ServiceUnavailable, match="makes no sense"):
            client.files_below(folder)


class TestOneFile:
    @pytest.mark.parametrize("file_id", ["../users/me", "", "12a", "١٢"])
    def test_what_is_no_id_is_never_asked_for(self, box, client, file_id):
        with pytest.raises(NotFound):
            client.file_facts(file_id)
        with pytest.raises(NotFound):
            client.delete_file(file_id, etag="0")
        with pytest.raises(NotFound):
            client.metadata(file_id, TEMPLATE)
        with pytest.raises(NotFound):
            client.comment(file_id, "text", once_key="a")
        assert box.faults.requests == []

    def test_a_file_in_the_trash_is_not_found(self, box, client, film):
        box.state.tree.delete_file(film.id)
        with pytest.raises(NotFound) as caught:
            client.file_facts(film.id)
        assert caught.value.code == "trashed"

    def test_facts_are_fresh(self, box, client, film):
        client.file_facts(film.id)
        box.state.tree.update_file(film.id, {"name": "renamed.mp4"})
        assert (client.file_facts(film.id).name, client.file_facts(film.id).etag) == ("renamed.mp4", "1")


class TestDeleting:
    def test_a_file_is_deleted(self, box, client, folder, film):
        assert client.delete_file(film.id, etag=client.file_facts(film.id).etag) is True
        assert box.state.files_below(folder) == []

    @pytest.mark.parametrize("trash", [True, False])
    def test_a_file_that_is_gone_already_counts_as_deleted(self, box, client, film, trash):
        box.state.settings.trash = trash
        box.state.tree.delete_file(film.id)
        assert client.delete_file(film.id, etag="0") is True

    def test_a_file_that_has_changed_meanwhile_stays(self, box, client, folder, film):
        etag = client.file_facts(film.id).etag
        box.state.tree.update_file(film.id, {"name": "other.mp4"})
        assert client.delete_file(film.id, etag=etag) is False
        assert len(box.state.files_below(folder)) == 1

    @pytest.mark.parametrize("kind", ["status", "after", "cut"])
    def test_a_lost_answer_changes_nothing_about_it(self, box, client, folder, film, kind):
        box.fault(kind, method="DELETE")
        assert client.delete_file(film.id, etag="0") is True
        assert box.state.files_below(folder) == []

    def test_a_file_that_may_not_be_deleted_is_told(self, box, client, film):
        box.fault("status", method="DELETE", status=403, body={"code": "access_denied_insufficient_permissions"})
        with pytest.raises(ServiceRejected, match="access_denied"):
            client.delete_file(film.id, etag="0")


class TestMetadata:
    def test_values_are_read_without_boxs_own_keys(self, box, client, film):
        box.state.set_metadata(film.id, TEMPLATE, VALUES)
        assert client.metadata(film.id, TEMPLATE) == VALUES

    def test_fields_called_like_boxs_own_are_kept(self, box, client, film):
        values = dict.fromkeys(["id", "type", "scope", "template", "parent", "version", "raw_data"], "ours")
        box.state.set_metadata(film.id, TEMPLATE, values)
        assert client.metadata(film.id, TEMPLATE) == values

    @pytest.mark.parametrize("code", ["instance_not_found", "instance_tuple_not_found"])
    def test_a_template_that_is_not_on_the_file_is_none(self, box, client, film, code):
        box.state.settings.metadata_missing_code = code
        assert client.metadata(film.id, TEMPLATE) is None

    def test_a_missing_file_is_not_taken_for_a_missing_template(self, client):
        with pytest.raises(NotFound):
            client.metadata("999999", TEMPLATE)

    def test_a_web_page_is_not_taken_for_values(self, box, client, film):
        box.fault("html", path="/metadata/", status=200, times=None)
        with pytest.raises(ServiceUnavailable):
            client.metadata(film.id, TEMPLATE)

    @pytest.mark.parametrize("template", ["", "../x", "a/b", "ä", "a b"])
    def test_what_is_no_template_key_is_never_asked_for(self, box, client, folder, film, template):
        with pytest.raises(ConfigError):
            client.metadata(film.id, template)
        with pytest.raises(ConfigError):
            client.files_below(folder, template=template)
        assert box.count("GET", "/items") == 0

    def test_a_listing_carries_the_values(self, box, client, folder, film):
        box.state.set_metadata(film.id, TEMPLATE, VALUES)
        box.state.add_file(folder, "none.mp4", b"a")
        assert [(file.name, file.metadata) for file in client.files_below(folder, template=TEMPLATE)] == [
            ("film.mp4", VALUES),
            ("none.mp4", None),
        ]

    def test_metadata_that_was_not_asked_for_is_none(self, box, client, folder, film):
        box.state.set_metadata(film.id, TEMPLATE, VALUES)
        assert client.files_below(folder)[0].metadata is None

    def test_a_box_that_gives_no_metadata_in_listings_lists_without(self, box, client, folder, film):
        box.state.add_folder("Films", folder)
        box.fault("status", path="/items$", status=400, body={"code": "bad_request"})
        assert [(file.name, file.metadata) for file in client.files_below(folder, template=TEMPLATE)] == [
            ("film.mp4", None)
        ]
        assert box.count("GET", "/items") == 3  # asked for once only


class TestComments:
    def told(self, box, file_id):
        return [comment.message for comment in box.state.file(file_id).comments]

    def test_a_comment_is_told_once(self, box, client, film):
        client.comment(film.id, "The ratio is missing.", once_key="1/bad name")
        client.comment(film.id, "Worded otherwise.", once_key="1/bad name")
        assert self.told(box, film.id) == [f"The ratio is missing. {reference('1/bad name')}"]

    def test_another_fact_is_another_comment(self, box, client, film):
        client.comment(film.id, "one", once_key="1")
        client.comment(film.id, "two", once_key="2")
        assert len(self.told(box, film.id)) == 2

    def test_a_quotation_by_somebody_else_does_not_count(self, box, client, film):
        box.state.add_comment(film.id, f"What is {reference('1')}?", AGENCY_USER_ID)
        client.comment(film.id, "text", once_key="1")
        assert len(self.told(box, film.id)) == 2

    @pytest.mark.parametrize("kind", ["status", "after", "cut", "html"])
    def test_a_lost_answer_does_not_tell_it_twice(self, box, client, film, kind):
        box.fault(kind, method="POST", path="/2.0/comments$")
        client.comment(film.id, "text", once_key="1")
        assert len(self.told(box, film.id)) == 1

    def test_an_answer_that_is_lost_every_time_does_not_either(self, box, client, film):
        box.fault("after", method="POST", path="/2.0/comments$", times=None)
        client.comment(film.id, "text", once_key="1")
        assert len(self.told(box, film.id)) == 1

    def test_a_box_that_takes_no_comment_is_given_up(self, box, client, film):
        box.fault("status", method="POST", path="/2.0/comments$", times=None)
        with pytest.raises(ServiceUnavailable):
            client.comment(film.id, "text", once_key="1")
        assert box.count("POST", "/2.0/comments") == 3

    def test_it_is_looked_for_on_every_page(self, box, client, film, monkeypatch):
        monkeypatch.setattr(comments, "_PAGE", 2)
        for number in range(4):
            box.state.add_comment(film.id, str(number), AGENCY_USER_ID)
        client.comment(film.id, "text", once_key="1")
        client.comment(film.id, "text", once_key="1")
        assert len(self.told(box, film.id)) == 5

    def test_a_missing_file_is_not_found(self, client):
        with pytest.raises(NotFound):
            client.comment("999999", "text", once_key="1")


class TestWebhooks:
    def test_a_webhook_is_made_listed_and_deleted(self, box, client, folder):
        made = client.create_webhook(folder, HOOK)
        assert (made.target_id, made.address, made.triggers) == (folder, HOOK, ("FILE.UPLOADED",))
        assert client.list_webhooks() == [made]
        client.delete_webhook(made.webhook_id)
        assert client.list_webhooks() == []

    def test_the_same_webhook_is_adopted(self, client, folder):
        made = client.create_webhook(folder, HOOK)
        assert client.create_webhook(folder, HOOK) == made
        assert client.list_webhooks() == [made]

    @pytest.mark.parametrize("kind", ["status", "after", "cut"])
    def test_a_lost_answer_makes_no_second_one(self, box, client, folder, kind):
        box.fault(kind, method="POST", path="/2.0/webhooks$")
        made = client.create_webhook(folder, HOOK)
        assert client.list_webhooks() == [made]

    def test_one_for_another_address_is_named_and_left_alone(self, client, folder):
        made = client.create_webhook(folder, HOOK)
        with pytest.raises(ServiceRejected, match=f"{made.webhook_id} for another address; delete"):
            client.create_webhook(folder, "https://other.example.com/")
        assert client.list_webhooks() == [made]

    def test_one_for_other_events_is_not_adopted(self, box, client, folder):
        data = {"target": {"id": folder, "type": "folder"}, "address": HOOK, "triggers": ["FILE.DELETED"]}
        box.state.webhooks.create(box.state.app.service_user_id, data)
        with pytest.raises(ServiceRejected, match="other events"):
            client.create_webhook(folder, HOOK)

    def test_a_listing_without_addresses_is_completed(self, box, client, folder):
        made = client.create_webhook(folder, HOOK)
        entry = {"type": "webhook", "id": made.webhook_id, "target": {"type": "folder", "id": folder}}
        gone = {**entry, "id": "1"}
        box.fault("status", path="/webhooks$", status=200, body={"entries": [gone, entry], "next_marker": ""})
        assert client.list_webhooks() == [made]

    def test_deleting_what_is_not_there_is_told(self, client):
        with pytest.raises(NotFound):
            client.delete_webhook("123")

    @pytest.mark.parametrize("kind", ["after", "cut"])
    def test_a_deletion_whose_answer_is_lost_is_done(self, box, client, folder, kind):
        made = client.create_webhook(folder, HOOK)
        box.fault(kind, method="DELETE")
        client.delete_webhook(made.webhook_id)
        assert client.list_webhooks() == []


@dataclass
class DownloadWorld:
    """The host that downloads are redirected to, and every header that came to it."""

    faults: Faults
    headers: list[dict[str, str]]

    def fault(self, kind, **rule):
        return self.faults.add(Fault(kind, **rule))

    def ranges(self):
        return [seen.headers.get("range") for seen in self.faults.requests]


@pytest.fixture
def host(box):
    faults, headers = Faults(), []
    app = create_download_app(box.state, faults)

    async def listening(scope, receive, send):
        headers.append({name.decode().lower(): value.decode() for name, value in scope["headers"]})
        await app(scope, receive, send)

    with Server(listening, name="box-downloads") as server:
        box.state.urls.download = server.url
        yield DownloadWorld(faults, headers)
        faults.clear()


@pytest.fixture
def file(client, film):
    return client.file_facts(film.id)


class TestDownloads:
    def test_the_content_arrives_in_a_file_only_its_owner_can_read(self, client, host, file, tmp_path):
        client.download(file, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == CONTENT
        assert stat.S_IMODE((tmp_path / "film.mp4").stat().st_mode) == 0o600

    def test_an_empty_file_arrives_too(self, box, client, host, folder, tmp_path):
        empty = client.file_facts(box.state.add_file(folder, "empty.txt", b"").id)
        client.download(empty, tmp_path / "empty.txt")
        assert (tmp_path / "empty.txt").read_bytes() == b""

    def test_the_download_host_never_sees_the_token(self, client, host, file, tmp_path, monkeypatch):
        (tmp_path / "netrc").write_text("default login somebody password else\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        host.fault("cut", at_byte=BLOCK)
        client.download(file, tmp_path / "film.mp4")
        assert len(host.headers) == 2
        assert all("authorization" not in headers and "cookie" not in headers for headers in host.headers)

    def test_every_try_takes_a_slot_at_the_download_host_too(self, box, client, host, file, tmp_path):
        before = box.governor.calls - len(box.faults.requests)
        host.fault("cut", at_byte=BLOCK, times=2)
        client.download(file, tmp_path / "film.mp4")
        assert box.governor.calls - before == len(box.faults.requests) + len(host.faults.requests)
        assert len(host.faults.requests) == 3
        assert box.governor.uploads == 0

    def test_a_cut_download_goes_on_where_it_broke(self, client, host, file, tmp_path):
        host.fault("cut", at_byte=2 * BLOCK + 1000)
        client.download(file, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == CONTENT
        assert host.ranges() == [None, f"bytes={2 * BLOCK}-"]

    def test_a_host_that_ignores_ranges_is_read_from_the_start_again(self, box, client, host, file, tmp_path):
        box.state.settings.range_supported = False
        host.fault("cut", at_byte=2 * BLOCK)
        seen: list[int] = []
        client.download(file, tmp_path / "film.mp4", on_progress=seen.append)
        assert (tmp_path / "film.mp4").read_bytes() == CONTENT
        assert seen == sorted(set(seen))
        assert seen[-1] == len(CONTENT)

    def test_breaks_that_let_something_through_are_no_end_in_themselves(self, box, client, host, folder, tmp_path):
        content = CONTENT * 4
        file = client.file_facts(box.state.add_file(folder, "long.mp4", content).id)
        host.fault("cut", at_byte=4 * BLOCK + 1, times=9)
        client.download(file, tmp_path / "long.mp4")
        assert (tmp_path / "long.mp4").read_bytes() == content
        assert len(host.faults.requests) == 10

    @pytest.mark.parametrize("at_byte", [0, 1000])
    def test_a_download_that_keeps_breaking_is_given_up(self, client, host, file, tmp_path, at_byte):
        host.fault("cut", at_byte=at_byte, times=None)
        with pytest.raises(ServiceUnavailable, match=r"film\.mp4"):
            client.download(file, tmp_path / "film.mp4")
        assert len(host.faults.requests) == 6
        assert list(tmp_path.iterdir()) == []

    def test_a_host_that_is_silent_is_not_waited_for_for_ever(self, box, host, film, tmp_path):
        client = box.client(timeouts=Timeouts(connect_s=5, read_s=0.2))
        file = client.file_facts(film.id)
        host.fault("hang")
        client.download(file, tmp_path / "film.mp4")
        assert len(host.faults.requests) == 2

    def test_a_file_that_is_not_ready_is_waited_for(self, box, client, host, file, tmp_path):
        box.state.settings.download_waits = 3
        box.state.settings.download_retry_after = "7"
        client.download(file, tmp_path / "film.mp4")
        assert box.naps == [7.0, 7.0, 7.0]

    def test_a_file_that_is_not_ready_and_says_no_time_is_waited_for_too(self, box, client, host, file, tmp_path):
        box.state.settings.download_waits = 2
        box.state.settings.download_retry_after = None
        client.download(file, tmp_path / "film.mp4")
        assert len(box.naps) == 2

    def test_a_file_that_never_gets_ready_is_left_to_the_next_run(self, box, client, host, file, tmp_path):
        box.state.settings.download_waits = 10**6
        with pytest.raises(ServiceUnavailable, match="not made it ready"):
            client.download(file, tmp_path / "film.mp4")
        assert list(tmp_path.iterdir()) == []

    def test_an_address_that_has_expired_is_asked_for_again(self, box, client, host, file, tmp_path):
        box.state.settings.download_ttl_s = -1
        client._downloads._sleep = lambda _: setattr(box.state.settings, "download_ttl_s", 900)
        client.download(file, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == CONTENT
        assert [seen.status for seen in host.faults.requests] == [403, 200]

    def test_a_host_that_refuses_fresh_addresses_is_told_without_the_address(self, box, client, host, file, tmp_path):
        box.state.settings.download_ttl_s = -1
        with pytest.raises(ServiceRejected, match="firewall") as caught:
            client.download(file, tmp_path / "film.mp4")
        assert "/d/" not in str(caught.value)

    def test_a_429_of_the_download_host_slows_everybody_down(self, box, client, host, file, tmp_path):
        host.fault("status", status=429, retry_after="7")
        client.download(file, tmp_path / "film.mp4")
        assert (box.governor.back_offs, box.naps) == ([7.0], [7.0])

    def test_a_refused_token_is_renewed_once(self, box, client, host, file, tmp_path):
        box.state.expire_tokens()
        client.download(file, tmp_path / "film.mp4")
        assert box.state.tokens.requests == 2

    def test_trouble_of_the_api_in_the_middle_is_sat_out(self, box, client, host, file, tmp_path):
        host.fault("cut", at_byte=BLOCK)
        box.fault("status", method="GET", path="/content$", skip=1, times=5)
        client.download(file, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == CONTENT

    def test_many_files_are_downloaded_at_once(self, client, host, file, tmp_path):
        host.fault("cut", at_byte=BLOCK, times=8)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: client.download(file, tmp_path / f"{number}.mp4"), range(16)))
        assert {path.read_bytes() == CONTENT for path in tmp_path.iterdir()} == {True}
        assert len(list(tmp_path.iterdir())) == 16

    def test_a_missing_file_is_not_found_and_leaves_nothing(self, box, client, host, file, tmp_path):
        box.state.tree.delete_file(file.file_id)
        with pytest.raises(NotFound):
            client.download(file, tmp_path / "film.mp4")
        assert list(tmp_path.iterdir()) == []

    def test_a_download_host_that_is_not_there_is_unavailable(self, box, client, file, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            box.state.urls.download = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(ServiceUnavailable, match="connection to Box failed"):
            client.download(file, tmp_path / "film.mp4")


@dataclass
class Replacing:
    """Puts a new version in the place of the film."""

    box: BoxWorld
    host: DownloadWorld
    file_id: str

    def __call__(self, content):
        self.box.state.tree.add_version(self.file_id, self.box.state.add_file("0", "other", content).current.content)


@pytest.fixture
def replaced(box, host, film):
    return Replacing(box, host, film.id)


class TestChecks:
    def test_a_wrong_bit_is_noticed_and_nothing_is_kept(self, client, host, file, tmp_path):
        host.fault("flip", at_byte=1_000_000)
        with pytest.raises(IntegrityError, match=r"film\.mp4.*SHA-1"):
            client.download(file, tmp_path / "film.mp4")
        assert list(tmp_path.iterdir()) == []

    def test_a_wrong_bit_before_a_break_is_noticed_too(self, client, host, file, tmp_path):
        host.fault("flip", at_byte=10)
        host.fault("cut", skip=1, at_byte=BLOCK)
        with pytest.raises(IntegrityError):
            client.download(file, tmp_path / "film.mp4")

    @pytest.mark.parametrize("content", [b"new" + CONTENT, CONTENT[:-1], b"x" + CONTENT[1:]])
    def test_content_that_was_replaced_since_it_was_listed_is_refused(self, client, replaced, file, tmp_path, content):
        replaced(content)
        with pytest.raises(IntegrityError, match="looks at it afresh"):
            client.download(file, tmp_path / "film.mp4")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("content", [b"new" + CONTENT, CONTENT[:-1], CONTENT[: BLOCK // 2]])
    def test_content_that_is_replaced_in_the_middle_is_refused(self, client, replaced, file, tmp_path, content):
        client._downloads._sleep = lambda _: replaced(content)
        replaced.host.fault("cut", at_byte=BLOCK)
        with pytest.raises(IntegrityError, match="looks at it afresh"):
            client.download(file, tmp_path / "film.mp4")

    def test_an_end_that_comes_early_but_in_order_is_noticed(self, box, client, host, file, tmp_path):
        box.state.settings.short_by_bytes = 1
        with pytest.raises(IntegrityError, match="not the"):
            client.download(file, tmp_path / "film.mp4")
        assert list(tmp_path.iterdir()) == []

    def test_a_web_page_is_not_taken_for_the_content(self, client, host, file, tmp_path):
        host.fault("html", status=200)
        client.download(file, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == CONTENT

    def test_content_whose_checksum_box_does_not_tell_is_refused(self, client, host, file, tmp_path):
        with pytest.raises(IntegrityError):
            client.download(replace(file, sha1=""), tmp_path / "film.mp4")


class TestTheDisk:
    def test_what_is_there_already_is_not_touched(self, client, host, file, tmp_path):
        (tmp_path / "film.mp4").write_text("mine")
        with pytest.raises(ServiceRejected, match="File exists"):
            client.download(file, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_text() == "mine"
        assert host.faults.requests == []

    def test_a_link_is_not_followed(self, client, host, file, tmp_path):
        (tmp_path / "film.mp4").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(ServiceRejected):
            client.download(file, tmp_path / "film.mp4")
        assert not (tmp_path / "elsewhere").exists()

    def test_a_full_disk_is_not_taken_for_a_broken_connection(self, client, host, file, tmp_path):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (BLOCK + 10, hard))
        try:
            with pytest.raises(StorageFull, match="no room"):
                client.download(file, tmp_path / "film.mp4")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert len(host.faults.requests) == 1
        assert list(tmp_path.iterdir()) == []

    def test_a_download_that_is_broken_off_by_its_caller_leaves_nothing(self, client, host, file, tmp_path):
        def stop(_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            client.download(file, tmp_path / "film.mp4", on_progress=stop)
        assert list(tmp_path.iterdir()) == []


def test_the_time_of_a_file_is_that_of_its_last_change(box, client, film):
    box.state.clock = lambda: datetime(2027, 1, 1, tzinfo=UTC).timestamp()
    client._sdk.auth._clock = box.state.clock
    box.state.tree.update_file(film.id, {"name": "b.mp4"})
    assert client.file_facts(film.id).modified_at == datetime(2027, 1, 1, tzinfo=UTC)


def test_the_service_account_is_asked_for_its_id_once(box, client):
    assert client.user_id() == client.user_id() == box.state.app.service_user_id
    assert box.count("GET", "/users/me") == 1
