"""The Box client against the simulated Box: whatever goes wrong on the way, the end is as if nothing had."""

import hashlib
import json
import socket
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest

from clients.box.client import BoxClient, Timeouts
from clients.box.governor import NoGovernor
from clients.box.models import UploadedFile, UploadSession
from domain.errors import (
    ConfigError,
    IntegrityError,
    NameRefused,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
    StorageFull,
)
from sandbox.certificates import make_certificates
from tests.contract.clients.box_world import PART, running_box

TOKEN = "/oauth2/token"
UPLOAD = "/up/2.0/files/content"


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
    return box.state.add_folder("Masters").id


def sha1(content):
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def paths(box):
    return [(file.path, file.versions) for file in box.state.files_below()]


class TestSigningIn:
    def test_the_service_account_says_who_it_is(self, client):
        assert client.probe() == "service@example.com"

    def test_threads_that_start_together_sign_in_once(self, box, client):
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: client.probe(), range(32)))
        assert box.state.tokens.requests == 1

    def test_threads_whose_token_is_refused_together_renew_it_once(self, box, client):
        client.probe()
        box.state.expire_tokens()
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: client.probe(), range(32)))
        assert box.state.tokens.requests == 2
        assert box.naps == []

    @pytest.mark.parametrize(("minutes", "sign_ins"), [(50, 1), (56, 2)])
    def test_a_token_is_renewed_five_minutes_before_it_expires(self, box, client, minutes, sign_ins):
        client.probe()
        later = time.time() + minutes * 60
        box.state.clock = client._sdk.auth._clock = lambda: later
        client.probe()
        assert box.state.tokens.requests == sign_ins
        assert [seen.status for seen in box.faults.requests if seen.path == "/2.0/users/me"] == [200, 200]

    def test_each_try_to_sign_in_has_an_assertion_of_its_own(self, box, client):
        box.fault("after", path=TOKEN, status=503, times=2)  # Box has seen these assertions and takes none twice
        assert client.probe() == "service@example.com"
        assert len(box.naps) == 2

    def test_a_cut_answer_to_the_sign_in_is_tried_again(self, box, client):
        box.fault("cut", path=TOKEN, at_byte=10)
        assert client.probe() == "service@example.com"

    def test_a_wait_that_box_asks_for_is_kept_but_not_for_hours(self, box, client):
        box.fault("status", path=TOKEN, status=429, retry_after="100000")
        client.probe()
        assert box.naps == [120.0]

    @pytest.mark.parametrize("minutes", [-30, 30])
    def test_a_clock_that_is_wrong_is_put_right_by_the_date_of_the_answer(self, box, client, minutes):
        client._sdk.auth._clock = lambda: time.time() + minutes * 60
        assert client.probe() == "service@example.com"
        assert box.state.tokens.requests == 2

    def test_a_refused_app_is_told_with_boxs_reason_and_no_secret(self, box):
        config = json.loads(box.config)
        config["boxAppSettings"]["clientSecret"] = "not-the-secret"
        client = BoxClient(json.dumps(config), api_url=box.url, upload_url=f"{box.url}/up", governor=NoGovernor())
        with pytest.raises(ServiceRejected, match="invalid_client") as caught:
            client.probe()
        client.close()
        shown = "".join(traceback.format_exception(caught.value))
        assert "not-the-secret" not in shown
        assert "eyJ" not in shown

    def test_a_token_that_is_refused_for_ever_is_given_up_after_one_renewal(self, box, client):
        box.fault("status", path="/2.0/users/me", status=401, times=None)
        with pytest.raises(ServiceRejected):
            client.probe()
        assert box.state.tokens.requests == 2

    def test_only_one_address_of_two_is_refused(self, box):
        with pytest.raises(ConfigError, match="BOX_UPLOAD_URL"):
            BoxClient(box.config, api_url=box.url, governor=NoGovernor())


class TestCalls:
    @pytest.mark.parametrize("kind", ["status", "after", "cut"])
    def test_a_call_that_reads_is_repeated(self, box, client, kind):
        box.fault(kind, path="/users/me", times=2)
        assert client.probe() == "service@example.com"
        assert len(box.naps) == 2

    def test_a_call_that_keeps_failing_is_given_up_after_three_tries(self, box, client):
        box.fault("status", path="/users/me", times=None)
        with pytest.raises(ServiceUnavailable, match="503"):
            client.probe()
        assert box.count("GET", "/users/me") == 3

    def test_a_web_page_in_the_place_of_an_answer_is_not_taken_for_one(self, box, client):
        box.fault("html", path="/users/me", status=200, times=None)
        with pytest.raises(ServiceUnavailable, match="makes no sense"):
            client.probe()

    def test_a_held_answer_is_not_waited_for_longer_than_the_timeout(self, box):
        client = box.client(timeouts=Timeouts(connect_s=5, read_s=0.2))
        box.fault("hang", path="/users/me", times=None)
        with pytest.raises(ServiceUnavailable, match="in time"):
            client.probe()

    def test_an_answer_that_is_cut_in_the_middle_is_asked_for_again(self, box, client):
        box.fault("cut", path="/users/me", at_byte=20)
        assert client.probe() == "service@example.com"

    def test_a_box_that_is_not_there_is_unavailable(self, box):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        client = box.client(api_url=url, upload_url=url)
        with pytest.raises(ServiceUnavailable, match="connection to Box failed"):
            client.probe()

    def test_every_try_takes_a_slot_and_uploads_count_as_such(self, box, client, folder):
        box.fault("status", path="/users/me")
        client.probe()
        client.upload_small(folder, "a.tif", b"a")
        session = client.open_session(folder, "b.tif", 3)
        client.put_part(session, 0, memoryview(b"abc"), sha1(b"abc"))
        assert box.governor.calls == len(box.faults.requests)
        assert box.governor.uploads == 2

    def test_a_429_slows_everybody_down_for_as_long_as_box_asks(self, box, client):
        box.fault("status", path="/users/me", status=429, retry_after="7", times=2)
        client.probe()
        assert box.governor.back_offs == [7.0, 7.0]
        assert box.naps == [7.0, 7.0]

    def test_a_429_that_stays_says_how_long_box_wants_to_be_left_alone(self, box, client):
        box.fault("status", path="/users/me", status=429, retry_after="7", times=None)
        with pytest.raises(ServiceUnavailable) as caught:
            client.probe()
        assert caught.value.retry_after_s == 7.0

    def test_a_netrc_does_not_replace_the_token(self, box, client, tmp_path, monkeypatch):
        netrc = tmp_path / "netrc"
        netrc.write_text("default login somebody password else\n")
        monkeypatch.setenv("NETRC", str(netrc))
        assert client.probe() == "service@example.com"


class TestFolders:
    def test_a_folder_says_its_name(self, client, folder):
        assert client.folder_access(folder).name == "Masters"

    def test_a_folder_says_what_may_be_done_in_it_and_with_a_file_there(self, box, client, folder):
        inner = client.find_or_create_folder("Week 12", folder)
        assert client.folder_access(inner, with_a_file=True).of_a_file is None
        box.state.add_file(inner, "a.txt", b"a")
        box.state.roles.give(folder, "viewer")
        found = client.folder_access(inner, with_a_file=True)
        assert found.above == ("0", folder)
        assert found.flags == {"can_download", "can_share"}
        assert found.of_a_file is not None
        assert "can_comment" in found.of_a_file
        assert client.folder_access(inner).of_a_file is None

    def test_a_folder_that_is_not_there_is_not_found(self, client):
        with pytest.raises(NotFound):
            client.folder_access("999999")

    def test_an_id_out_of_a_path_is_never_asked_for(self, box, client):
        with pytest.raises(NotFound):
            client.folder_access("../users/me")
        assert box.faults.requests == []

    def test_a_folder_is_made_once_whatever_its_case(self, client, folder):
        made = client.find_or_create_folder("Summer", folder)
        assert client.find_or_create_folder("SUMMER", folder) == made

    def test_a_folder_that_two_runs_make_at_once_is_made_once(self, box, folder):
        clients = [box.client() for _ in range(6)]
        with ThreadPoolExecutor(6) as pool:
            found = set(pool.map(lambda one: one.find_or_create_path(["A", "B", "C"], folder), clients))
        assert len(found) == 1

    def test_a_path_is_asked_for_once_by_all_threads_of_a_client(self, box, client, folder):
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(lambda _: client.find_or_create_path(["A", "B"], folder), range(24)))
        assert len(found) == 1
        assert box.count("POST", "/2.0/folders") == 2

    def test_an_empty_path_is_the_root_itself(self, client, folder):
        assert client.find_or_create_path([], folder) == folder

    def test_a_folder_whose_answer_was_lost_is_not_made_twice(self, box, client, folder):
        box.fault("cut", method="POST", path="/2.0/folders")
        made = client.find_or_create_folder("Summer", folder)
        assert client.folder_access(made).name == "Summer"

    def test_a_file_of_that_name_stands_in_the_way(self, box, client, folder):
        box.state.add_file(folder, "Summer", b"x")
        with pytest.raises(NameRefused, match="file of that name"):
            client.find_or_create_folder("summer", folder)

    def test_a_name_that_box_changes_is_refused_and_leaves_nothing(self, box, client, folder):
        box.state.settings.bad_characters = "remove"
        box.state.settings.more_bad_characters = "?"
        with pytest.raises(NameRefused, match="Why"):
            client.find_or_create_folder("Why?", folder)
        assert [child.name for child in box.state.tree.children(folder)] == []

    def test_a_conflict_without_an_id_is_looked_up(self, box, client, folder):
        made = client.find_or_create_folder("Summer", folder)
        conflict = {"type": "error", "status": 409, "code": "item_name_in_use", "context_info": {}}
        box.fault("status", method="POST", path="/2.0/folders", status=409, body=conflict)
        assert client.find_or_create_folder("summer", folder) == made

    def test_a_name_that_another_request_holds_is_waited_for(self, box, client, folder):
        reserved = {"type": "error", "status": 409, "code": "name_temporarily_reserved"}
        box.fault("status", method="POST", path="/2.0/folders", status=409, body=reserved, times=3)
        assert client.folder_access(client.find_or_create_folder("Summer", folder)).name == "Summer"
        assert len(box.naps) == 3


class TestListing:
    @pytest.mark.parametrize("end", [None, ""])
    def test_a_file_is_found_behind_a_thousand_others(self, box, client, folder, end):
        box.state.settings.end_marker = end
        for number in range(1005):
            box.state.add_file(folder, f"{number:04}.tif", b"%d" % number)
        found = client.find_file(folder, "1004.TIF")
        assert found is not None
        assert (found.name, found.size_bytes, found.sha1, found.adopted) == ("1004.tif", 4, sha1(b"1004"), True)
        assert client.find_file(folder, "2000.tif") is None

    def test_sizes_may_be_floats(self, box, client, folder):
        box.state.settings.float_sizes = True
        box.state.add_file(folder, "a.tif", b"abc")
        assert client.find_file(folder, "a.tif").size_bytes == 3

    def test_a_folder_is_not_a_file(self, box, client, folder):
        box.state.add_folder("a.tif", folder)
        assert client.find_file(folder, "a.tif") is None

    def test_a_file_has_an_address_for_people(self, client):
        assert client.file_url("12") == "https://app.box.com/file/12"


class TestDirectUpload:
    @pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 5000], ids=["empty", "byte", "megabyte"])
    def test_what_arrives_is_what_was_sent(self, box, client, folder, content):
        file = client.upload_small(folder, "Bloom - é?.tif", memoryview(content))
        assert box.state.content_of(file.box_file_id) == content
        assert (file.size_bytes, file.sha1, file.adopted) == (len(content), sha1(content), False)

    def test_the_same_content_is_adopted(self, box, client, folder):
        first = client.upload_small(folder, "a.tif", b"abc")
        again = client.upload_small(folder, "a.tif", b"abc")
        assert (again.box_file_id, again.size_bytes, again.adopted) == (first.box_file_id, 3, True)
        assert paths(box) == [("Masters/a.tif", 1)]

    @pytest.mark.parametrize("as_list", [True, False])
    @pytest.mark.parametrize("status", [200, 201])
    def test_other_content_becomes_a_new_version(self, box, client, folder, as_list, status):
        box.state.settings.upload_conflicts_as_list = as_list
        box.state.settings.version_status = status
        first = client.upload_small(folder, "a.tif", b"abc")
        second = client.upload_small(folder, "a.tif", b"other")
        assert second.box_file_id == first.box_file_id
        assert second.version_id != first.version_id
        assert box.state.content_of(second.box_file_id) == b"other"
        assert paths(box) == [("Masters/a.tif", 2)]

    def test_a_folder_of_that_name_stands_in_the_way(self, box, client, folder):
        box.state.add_folder("a.tif", folder)
        with pytest.raises(NameRefused, match="folder of that name"):
            client.upload_small(folder, "a.tif", b"abc")

    @pytest.mark.parametrize("kind", ["cut", "after"])
    def test_a_file_whose_answer_was_lost_is_found_and_not_sent_again(self, box, client, folder, kind):
        box.fault(kind, method="POST", path=UPLOAD)
        file = client.upload_small(folder, "a.tif", b"abc")
        assert file.sha1 == sha1(b"abc")
        assert box.count("POST", UPLOAD) == 1
        assert paths(box) == [("Masters/a.tif", 1)]

    def test_a_new_version_whose_answer_was_lost_is_found(self, box, client, folder):
        client.upload_small(folder, "a.tif", b"abc")
        box.fault("cut", method="POST", path=r"/up/2.0/files/\d+/content")
        client.upload_small(folder, "a.tif", b"other")
        assert paths(box) == [("Masters/a.tif", 2)]

    def test_an_upload_that_was_not_stored_is_sent_again(self, box, client, folder):
        box.fault("status", method="POST", path=UPLOAD, times=2)
        client.upload_small(folder, "a.tif", b"abc")
        assert box.count("POST", UPLOAD) == 3

    def test_an_upload_that_keeps_failing_is_unavailable(self, box, client, folder):
        box.fault("status", method="POST", path=UPLOAD, times=None)
        with pytest.raises(ServiceUnavailable, match=r"a\.tif"):
            client.upload_small(folder, "a.tif", b"abc")
        assert box.count("POST", UPLOAD) == 3

    def test_a_token_that_expires_in_between_costs_no_empty_file(self, box, client, folder):
        client.probe()
        box.state.expire_tokens()
        file = client.upload_small(folder, "a.tif", b"abc")
        assert box.state.content_of(file.box_file_id) == b"abc"

    def test_somebody_elses_version_in_between_is_not_overwritten_blindly(self, box, client, folder):
        client.upload_small(folder, "a.tif", b"abc")
        changed = {"type": "error", "status": 412, "code": "precondition_failed"}
        box.fault("status", method="POST", path=r"/up/2.0/files/\d+/content", status=412, body=changed)
        client.upload_small(folder, "a.tif", b"other")
        assert paths(box) == [("Masters/a.tif", 2)]
        versions = [
            seen for seen in box.faults.requests if seen.path.endswith("/content") and "if-match" in seen.headers
        ]
        assert len(versions) == 2

    def test_an_answer_with_another_checksum_is_an_integrity_error(self, box, client, folder):
        box.state.settings.wrong_sha1_answered = True
        with pytest.raises(IntegrityError, match=r"a\.tif"):
            client.upload_small(folder, "a.tif", b"abc")

    def test_a_full_box_says_so(self, box, client, folder):
        box.state.quota_bytes = 2
        with pytest.raises(StorageFull, match="storage_limit_exceeded"):
            client.upload_small(folder, "a.tif", b"abc")

    def test_a_folder_that_is_gone_is_not_found(self, client):
        with pytest.raises(NotFound):
            client.upload_small("999999", "a.tif", b"abc")

    def test_a_name_that_box_refuses_is_refused(self, client, folder):
        with pytest.raises(NameRefused, match="item_name_invalid"):
            client.upload_small(folder, "a\\b.tif", b"abc")

    def test_a_name_that_box_changes_is_refused_and_leaves_nothing(self, box, client, folder):
        box.state.settings.bad_characters = "remove"
        with pytest.raises(NameRefused, match=r"ab\.tif"):
            client.upload_small(folder, "a\\b.tif", b"abc")
        assert paths(box) == []

    def test_two_that_upload_the_same_at_once_make_one_file(self, box, folder):
        clients = [box.client() for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            files = list(pool.map(lambda one: one.upload_small(folder, "a.tif", b"abc" * 50_000), clients))
        assert len({file.box_file_id for file in files}) == 1
        assert paths(box) == [("Masters/a.tif", 1)]


CONTENT = bytes(range(251)) * (3 * PART // 251)


def put_all(client, session, content=CONTENT):
    parts = []
    for offset in range(0, len(content), session.part_size):
        part = memoryview(content)[offset : offset + session.part_size]
        parts.append(client.put_part(session, offset, part, sha1(part)))
    return parts


@pytest.fixture
def session(client, folder):
    opened = client.open_session(folder, "big.mov", len(CONTENT))
    assert isinstance(opened, UploadSession)
    return opened


class TestChunkedUpload:
    def commit(self, client, session, folder, parts, content=CONTENT):
        return client.commit(session, parts, sha1(content), folder_id=folder, name="big.mov")

    @pytest.mark.parametrize("is_wrapped", [True, False])
    def test_parts_become_the_file(self, box, client, folder, session, is_wrapped):
        box.state.settings.part_wrapped = is_wrapped
        file = self.commit(client, session, folder, put_all(client, session))
        assert box.state.content_of(file.box_file_id) == CONTENT
        assert (file.size_bytes, file.sha1, file.adopted) == (len(CONTENT), sha1(CONTENT), False)

    def test_a_name_in_use_gives_the_file_that_has_it(self, box, client, folder):
        box.state.add_file(folder, "BIG.mov", b"abc")
        found = client.open_session(folder, "big.mov", len(CONTENT))
        assert isinstance(found, UploadedFile)
        assert (found.name, found.size_bytes) == ("BIG.mov", 3)

    def test_a_folder_in_the_way_is_refused(self, box, client, folder):
        box.state.add_folder("big.mov", folder)
        with pytest.raises(NameRefused, match="folder of that name"):
            client.open_session(folder, "big.mov", len(CONTENT))

    def test_a_new_version_is_uploaded_in_parts(self, box, client, folder):
        old = box.state.add_file(folder, "big.mov", b"abc")
        session = client.open_version_session(old.id, "big.mov", len(CONTENT))
        self.commit(client, session, folder, put_all(client, session))
        assert paths(box) == [("Masters/big.mov", 2)]

    def test_a_part_that_was_stored_without_an_answer_is_adopted(self, box, client, folder, session):
        box.fault("cut", method="PUT")
        parts = put_all(client, session)
        assert self.commit(client, session, folder, parts).sha1 == sha1(CONTENT)
        assert box.parts_sent() == len(parts) + 1

    def test_a_part_that_is_not_listed_yet_is_looked_for_again(self, box, client, folder, session):
        put_all(client, session)
        box.state.settings.unlisted_parts = 1

        def show_it(seconds):
            box.state.settings.unlisted_parts = 0

        other = box.client(sleep=show_it)
        assert other.put_part(session, 2 * PART, *last_part()).offset == 2 * PART

    def test_a_part_is_sent_three_times_before_it_is_given_up(self, box, client, session):
        box.fault("status", method="PUT", times=None)
        with pytest.raises(ServiceUnavailable, match="bytes 0-"):
            put_all(client, session)
        assert box.parts_sent() == 3

    @pytest.mark.parametrize("status", [400, 412])
    def test_a_part_that_was_damaged_on_its_way_is_sent_again(self, box, client, session, status):
        box.state.settings.digest_mismatch_status = status
        code = {400: "bad_digest", 412: "precondition_failed"}[status]
        box.fault("status", method="PUT", status=status, body={"type": "error", "status": status, "code": code})
        put_all(client, session)
        assert len(box.naps) == 1

    def test_other_bytes_at_the_same_place_are_an_integrity_error(self, client, session):
        put_all(client, session)
        other = bytearray(CONTENT[:PART])
        other[5] ^= 1
        with pytest.raises(IntegrityError, match="other bytes"):
            client.put_part(session, 0, memoryview(other), sha1(other))

    def test_a_token_that_expires_between_parts_is_renewed(self, box, client, folder, session):
        box.state.expire_tokens()
        parts = put_all(client, session)
        box.state.expire_tokens()
        assert self.commit(client, session, folder, parts).sha1 == sha1(CONTENT)

    def test_parts_are_listed_over_many_pages(self, box, client, session, monkeypatch):
        monkeypatch.setattr("clients.box.sessions._PAGE", 2)
        parts = put_all(client, session)
        assert client.list_parts(session) == parts

    def test_an_aborted_session_is_gone_and_aborting_it_again_is_no_error(self, box, client, session):
        client.abort(session)
        client.abort(session)
        assert box.state.upload_sessions == []
        with pytest.raises(NotFound):
            client.list_parts(session)

    def test_a_commit_is_waited_for(self, box, client, folder, session):
        box.state.settings.commit_waits = 3
        box.state.settings.commit_retry_after = "4"
        assert self.commit(client, session, folder, put_all(client, session)).sha1 == sha1(CONTENT)
        assert box.naps == [4.0] * 3

    def test_a_commit_without_a_wait_in_its_answer_is_asked_for_every_ten_seconds(self, box, client, folder, session):
        box.state.settings.commit_waits = 2
        box.state.settings.commit_retry_after = None
        self.commit(client, session, folder, put_all(client, session))
        assert box.naps == [10.0] * 2

    def test_a_commit_that_never_ends_is_given_up_at_the_deadline(self, box, folder, session):
        client = box.client(timeouts=Timeouts(commit_s=5))
        box.state.settings.commit_waits = 100
        box.state.settings.commit_retry_after = "60"
        with pytest.raises(ServiceUnavailable, match="put them together"):
            self.commit(client, session, folder, put_all(client, session))

    def test_a_mismatch_right_after_the_last_part_passes(self, box, client, folder, session):
        box.state.settings.commit_mismatches = 3
        assert self.commit(client, session, folder, put_all(client, session)).sha1 == sha1(CONTENT)

    def test_a_mismatch_that_stays_is_an_integrity_error(self, box, client, folder, session):
        box.state.settings.commit_mismatches = 100
        with pytest.raises(IntegrityError, match="parts_mismatch"):
            self.commit(client, session, folder, put_all(client, session))
        assert box.count("POST", "/commit") == 5

    @pytest.mark.parametrize("kind", ["cut", "after"])
    def test_a_commit_whose_answer_was_lost_is_resolved_by_looking(self, box, client, folder, session, kind):
        box.fault(kind, method="POST", path="/commit$")
        file = self.commit(client, session, folder, put_all(client, session))
        assert (file.sha1, file.adopted) == (sha1(CONTENT), False)
        assert box.count("POST", "/commit") == 1
        assert paths(box) == [("Masters/big.mov", 1)]

    def test_a_commit_that_was_not_done_is_sent_again(self, box, client, folder, session):
        box.fault("status", method="POST", path="/commit$", times=2)
        assert self.commit(client, session, folder, put_all(client, session)).sha1 == sha1(CONTENT)

    @pytest.mark.parametrize("status", [400, 412])
    def test_a_commit_with_another_checksum_is_an_integrity_error(self, box, client, folder, session, status):
        box.state.settings.digest_mismatch_status = status
        parts = put_all(client, session)
        with pytest.raises(IntegrityError):
            self.commit(client, session, folder, parts, content=b"something else")
        assert paths(box) == []

    def test_parts_go_up_side_by_side(self, box, client, folder, session):
        box.fault("hang", method="PUT", times=None)
        with ThreadPoolExecutor(3) as pool:
            puts = [pool.submit(put_at, client, session, at) for at in range(0, len(CONTENT), PART)]
            deadline = time.monotonic() + 20
            while box.parts_sent() < 3:  # each is held: a second one that came is under way beside the first
                assert time.monotonic() < deadline
                threading.Event().wait(0.01)
            box.faults.clear()
            parts = [put.result() for put in puts]
        assert self.commit(client, session, folder, parts).sha1 == sha1(CONTENT)


def put_at(client, session, offset):
    part = memoryview(CONTENT)[offset : offset + session.part_size]
    return client.put_part(session, offset, part, sha1(part))


def last_part():
    part = memoryview(CONTENT)[2 * PART :]
    return part, sha1(part)


def test_the_client_leaves_no_thread_behind(box, client):
    before = threading.active_count()
    client.probe()
    client.close()
    assert threading.active_count() <= before
