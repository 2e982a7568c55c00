"""Files are uploaded to the simulated OTMM, and the assets they become are found."""

import hashlib
import socket
import struct
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from clients.otmm import ImportJob, OtmmClient
from clients.otmm.arrival import LONGEST_WAIT_S
from domain.assets import Folder
from domain.errors import NotFound, ServiceRejected, ServiceUnavailable
from sandbox.blobs import BytesBlob, GeneratedBlob, blocks
from sandbox.faults import Fault

NAME = "RAF_DE_de_TEST-JOB_OLV_001_6S_16x9.mp4"
FILM = bytes(range(256)) * 2000


class Time:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film"
    path.write_bytes(FILM)
    return path


@pytest.fixture
def finals(dam, campaign_id):
    return dam.state.add_folder(campaign_id, "02. Final Assets")


@pytest.fixture
def send(client, finals, film):
    """Uploads the film."""

    def send(name=NAME):
        return client.upload(finals, film, name, described(name))

    return send


@pytest.fixture
def found(client, finals):
    """Looks for the film in the DAM."""

    def found(job_id=None, name=NAME, content=FILM):
        return client.uploaded_asset(finals, name, **said_of(content), job_id=job_id)

    return found


@pytest.fixture
def finish(client, finals, time):
    """Waits for the end of an import as a run does, in no time."""

    def finish(job, name=NAME, **more):
        return client.finish_import(
            job, finals, name, **said_of(FILM), **{"sleep": time.sleep, "clock": time.clock, **more}
        )

    return finish


def said_of(content: bytes) -> dict[str, Any]:
    return {"md5": hashlib.md5(content, usedforsecurity=False).hexdigest(), "size_bytes": len(content)}


def described(name: str) -> dict[str, Any]:
    value = {"value": {"type": "string", "value": name}}
    element = {"id": "ARTESIA.FIELD.ASSET NAME", "type": "com.artesia.metadata.MetadataField", "value": value}
    asset = {"metadata_model_id": "ECOMMERCE", "security_policy_list": [{"id": 1594}]}
    return {"asset_resource": {"asset": {**asset, "metadata": {"metadata_element_list": [element]}}}}


def on_upload(kind: str, **more: Any) -> Fault:
    return Fault(kind, method="POST", path="/v6/assets$", **more)


def uploads(dam) -> list[Any]:
    return [seen for seen in dam.faults.requests if (seen.method, seen.path) == ("POST", "/otmmapi/v6/assets")]


class TestUpload:
    def test_a_file_becomes_an_asset_with_its_bytes(self, client, send, found, read_all):
        with client.open_content(found(send().job_id)) as stream:
            assert read_all(stream) == FILM

    @pytest.mark.parametrize("status", [200, 202])
    def test_the_dam_is_told_folder_name_and_metadata_and_names_a_job(self, dam, finals, send, status):
        dam.state.settings.import_status = status
        assert send() == ImportJob(str(dam.state.imports[0].id))
        sent = dam.state.imports[0].upload
        assert (sent.parent_id, sent.file_name, sent.representation) == (finals, NAME, described(NAME))
        file = {"file_name": NAME, "file_type": "video/mp4"}
        assert sent.manifest == {"upload_manifest": {"master_files": [{"file": file}]}}

    def test_an_unknown_kind_of_file_is_left_to_the_dam_to_tell(self, dam, send):
        send("x.unheardof")
        assert dam.state.imports[0].upload.manifest["upload_manifest"]["master_files"] == [
            {"file": {"file_name": "x.unheardof"}}
        ]

    def test_an_empty_file_is_a_file(self, client, finals, tmp_path):
        (tmp_path / "empty").touch()
        client.upload(finals, tmp_path / "empty", "empty.txt", described("empty.txt"))
        assert client.uploaded_asset(finals, "empty.txt", **said_of(b""), job_id=None)

    @pytest.mark.parametrize(
        ("name", "sent_as"),
        [
            ("Käse für Zoë.mp4", "Käse für Zoë.mp4"),
            ("Ka\u0308se.mp4", "Ka\u0308se.mp4"),
            ("チーズ🧀.mp4", "チーズ🧀.mp4"),
            ('The "best" one.mp4', "The _best_ one.mp4"),
            ("it's; a=b, 100%22.mp4", "it's; a=b, 100%22.mp4"),
            ("back\\slash.mp4", "back_slash.mp4"),
            ("a\r\nX-Evil: 1.mp4", "a__X-Evil: 1.mp4"),
            (" blanks .mp4 ", "blanks .mp4"),
        ],
    )
    def test_the_asset_has_the_name_as_it_is_whatever_a_header_can_carry(self, dam, send, found, name, sent_as):
        job = send(name)
        assert dam.state.imports[0].upload.file_name == sent_as
        assert found(job.job_id, name)

    def test_the_charset_of_file_names_is_said_to_the_servlet_container(self, dam, send):
        send()
        assert uploads(dam)[0].headers["content-type"].endswith("; charset=UTF-8")

    def test_a_restricted_extension_is_refused_for_good_and_named(self, dam, send):
        with pytest.raises(ServiceRejected, match=r"upload of run\.exe to folder .* restricted file extension") as said:
            send("run.exe")
        assert said.value.status_code == 500
        assert (len(uploads(dam)), dam.state.imports) == (1, [])

    def test_a_representation_the_dam_does_not_take_is_refused_for_good(self, dam, client, finals, film):
        with pytest.raises(ServiceRejected, match="Asset creation failed"):
            client.upload(finals, film, NAME, {"asset_resource": {"asset": {}}})
        assert len(uploads(dam)) == 1

    def test_a_folder_that_is_not_there_is_said_to_be_the_reason(self, dam, finals, send):
        dam.state.set_hidden(finals, hidden=True)
        with pytest.raises(NotFound, match=f"{NAME} to folder {finals}: the folder is not in the DAM"):
            send()

    def test_a_file_that_a_gateway_finds_too_large_is_refused_for_good(self, dam, send):
        dam.faults.add(on_upload("html", status=413))
        with pytest.raises(ServiceRejected, match="larger than the DAM"):
            send()

    def test_64_megabytes_pass_through_little_memory(self, dam, client, finals, tmp_path):
        blob, path = GeneratedBlob("large", 64 * 1024 * 1024, "mp4"), tmp_path / "large"
        with path.open("wb") as file:
            file.writelines(blocks(blob))
        tracemalloc.start()  # counts the simulated DAM too, which keeps 1 MB of a file in memory
        try:
            job = client.upload(finals, path, NAME, described(NAME))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert client.uploaded_asset(finals, NAME, md5=blob.md5, size_bytes=blob.size, job_id=job.job_id)
        assert int(uploads(dam)[0].headers["content-length"]) > blob.size
        assert peak < 8_000_000


class TestALostAnswer:
    @pytest.mark.parametrize(
        ("fault", "is_taken"),
        [
            (on_upload("after", status=502), True),
            (on_upload("after", status=504), True),
            (on_upload("after", status=500), True),
            (on_upload("after", status=200), True),
            (on_upload("after", status=202, body={"job_handle": {}}), True),
            (on_upload("after", status=202, body={"job_handle": []}), True),
            (on_upload("after", status=302), True),
            (on_upload("cut"), True),
            (on_upload("cut", at_byte=10), True),
            (on_upload("status", status=503), False),
            (on_upload("status", status=429, retry_after="1"), False),
            (on_upload("html", status=200), False),
            (on_upload("html", status=502), False),
        ],
        ids=lambda value: f"{value.kind} {value.status} {value.at_byte}" if isinstance(value, Fault) else None,
    )
    def test_it_is_never_sent_again_and_what_came_of_it_is_found(self, dam, send, found, fault, is_taken):
        dam.faults.add(fault)
        with pytest.raises(ServiceUnavailable):
            send()
        assert len(uploads(dam)) == 1
        asset_id = found()
        assert (asset_id is not None) == is_taken == (len(dam.state.imports) == 1)

    def test_an_upload_whose_answer_and_asset_are_both_outstanding_can_be_waited_for(self, dam, send, found, finish):
        dam.state.settings.import_polls = 4
        dam.faults.add(on_upload("cut"))
        with pytest.raises(ServiceUnavailable):
            send()
        assert found() is None
        assert finish(None) == dam.state.imports[0].asset_id
        assert (len(uploads(dam)), dam.requests("/jobs/")) == (1, 0)

    def test_an_upload_that_never_arrived_is_not_waited_for_without_end(self, dam, send, finish, time):
        dam.faults.add(on_upload("status"))
        with pytest.raises(ServiceUnavailable):
            send()
        with pytest.raises(ServiceUnavailable, match="has not shown the asset of the import yet"):
            finish(None, deadline_s=60)
        assert sum(time.waits) == 60

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_dam_that_does_not_answer_is_given_up_after_some_patience(self, dam, roles, finals, film, when):
        dam.faults.add(on_upload("hang", when=when))
        with OtmmClient(f"{dam.url}/otmmapi", roles, tokens=dam.tokens(), timeouts=(5, 0.1)) as hasty:
            with pytest.raises(ServiceUnavailable, match="in time"):
                hasty.upload(finals, film, NAME, described(NAME))
            dam.faults.release()
        assert len(uploads(dam)) == 1

    def test_an_answer_may_take_longer_than_those_to_other_calls(self, dam, roles, finals, film):
        dam.faults.add(on_upload("latency", seconds=0.6))
        with OtmmClient(f"{dam.url}/otmmapi", roles, tokens=dam.tokens(), timeouts=(5, 0.3)) as hasty:
            assert hasty.upload(finals, film, NAME, described(NAME)).job_id

    def test_a_connection_that_breaks_while_the_file_goes_up_is_not_tried_twice(self, dam, roles, tmp_path):
        path, calls = tmp_path / "large", []
        path.write_bytes(bytes(16_000_000))

        def break_off(server: socket.socket) -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                calls.append(connection.recv(1000))
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()

        with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
            pool.submit(break_off, server)
            url = f"http://127.0.0.1:{server.getsockname()[1]}/otmmapi"
            with OtmmClient(url, roles, tokens=dam.tokens()) as cut_off:
                try:
                    with pytest.raises(ServiceUnavailable, match=NAME):
                        cut_off.upload("f" * 40, path, NAME, described(NAME))
                finally:
                    server.shutdown(socket.SHUT_RDWR)  # ends the accept
        assert len(calls) == 1


class TestATokenThatEndsOnTheWay:
    @pytest.mark.parametrize("shape", ["json", "html"])
    def test_the_whole_file_goes_up_again_with_a_new_one(self, dam, client, send, found, shape):
        dam.state.settings.unauthorized_shape = shape
        client.probe()
        dam.state.expire_tokens()
        send()
        assert [seen.status for seen in uploads(dam)] == [401, 202]
        assert len({seen.headers["content-length"] for seen in uploads(dam)}) == 1
        assert found()

    def test_a_user_whom_the_dam_does_not_know_is_refused_for_good(self, dam, send):
        dam.faults.add(on_upload("status", status=401, times=None))
        with pytest.raises(ServiceRejected, match="mapped to one of its users"):
            send()
        assert len(uploads(dam)) == 2

    def test_a_token_service_that_shows_a_page_is_no_open_question(self, dam, send):
        dam.faults.add(Fault("html", path="/oauth2/token", status=200))
        with pytest.raises(ServiceRejected, match="access token"):
            send()
        assert uploads(dam) == []

    def test_a_login_page_proves_nothing_and_the_next_look_renews_the_token(self, dam, client, send, found):
        dam.state.settings.unauthorized_shape = "login_page"
        client.probe()
        dam.state.expire_tokens()
        with pytest.raises(ServiceUnavailable, match="Whether the DAM has done it is open"):
            send()
        assert len(uploads(dam)) == 1
        assert found() is None
        assert send().job_id


class TestTheAssetAnUploadBecame:
    @pytest.fixture
    def put(self, dam, finals):
        def put(name=NAME, content=FILM, **more):
            return dam.state.add_asset(finals, name, BytesBlob(content), **more)

        return put

    def test_it_has_exactly_our_name_and_our_content(self, dam, finals, found, put):
        put(content=b"another film")
        put(name=NAME.lower())
        put(name=f"{NAME}.mp4")
        put(wrong_md5=True)
        dam.state.add_asset(finals, NAME, None)
        dam.state.add_folder(finals, NAME)
        dam.state.add_asset(dam.state.add_folder(finals, "sub"), NAME, BytesBlob(FILM))
        assert found() is None
        ours = put()
        assert found() == ours

    def test_a_checksum_in_capitals_is_the_same(self, client, finals, put):
        ours, said = put(), said_of(FILM)
        assert client.uploaded_asset(finals, NAME, **{**said, "md5": said["md5"].upper()}, job_id=None) == ours

    def test_a_deleted_one_does_not_count(self, dam, found, put):
        dam.state.set_deleted(put(), deleted=True)
        assert found() is None

    def test_of_several_versions_with_our_content_it_is_the_newest(self, dam, found, put):
        newest = dam.state.add_version(put(), BytesBlob(FILM))
        assert found() == newest

    def test_one_that_a_newer_version_has_replaced_did_arrive(self, dam, found, put):
        ours = put()
        dam.state.add_version(ours, BytesBlob(b"cut by the librarian"))
        assert found() == ours

    def test_of_several_assets_with_our_content_it_is_the_one_of_our_job(self, dam, send, found, put):
        send()
        job = send()
        send()
        dam.state.add_version(put(), BytesBlob(FILM))
        made = {str(job.id): job.asset_id for job in dam.state.imports}
        assert found(job.job_id) == made[job.job_id]

    @pytest.mark.parametrize("as_strings", [True, False])
    def test_without_a_checksum_size_and_job_decide(self, dam, send, found, as_strings):
        dam.state.settings.checksum_missing = True
        dam.state.settings.numbers_as_strings = as_strings
        job = send()
        assert found(job.job_id) == dam.state.imports[0].asset_id
        assert found(job.job_id, content=FILM + b"x") is None
        assert found("99") is None
        assert found(None) is None
        dam.state.settings.import_job_id_matches = False
        another = send()
        assert found(another.job_id) is None

    def test_with_a_checksum_another_job_id_does_not_matter(self, dam, send, found):
        dam.state.settings.import_job_id_matches = False
        job = send()
        assert found(job.job_id) == dam.state.imports[0].asset_id

    def test_it_is_found_where_lists_of_one_come_as_their_element(self, dam, found, put):
        dam.state.settings.single_element_as_object = True
        assert found() is None
        ours = put()
        assert found() == ours

    def test_it_is_found_on_a_later_page(self, dam, finals, put):
        for number in range(5):
            put(name=f"A{number}.mp4")
        ours = put()
        with dam.client(page_size=2) as frugal:
            assert frugal.uploaded_asset(finals, NAME, **said_of(FILM), job_id=None) == ours

    def test_a_folder_that_cannot_be_looked_into_is_not_an_empty_one(self, dam, finals, found):
        dam.faults.add(Fault("status", path="/children", times=3))
        with pytest.raises(ServiceUnavailable):
            found()
        dam.state.set_hidden(finals, hidden=True)
        with pytest.raises(NotFound, match=finals):
            found()


class TestAnAssetThatArrivedEarlier:
    @pytest.fixture
    def ours(self, dam, finals):
        return dam.state.add_asset(finals, NAME, BytesBlob(FILM))

    @pytest.fixture
    def holds(self, client, ours):
        """Asks whether it is there with a content still."""
        return lambda content=FILM: client.still_holds(ours, **said_of(content))

    def test_it_is_there_with_its_own_content_only(self, client, ours, holds):
        assert holds()
        assert client.still_holds(ours, md5=said_of(FILM)["md5"].upper(), size_bytes=len(FILM))
        assert not holds(FILM[::-1])

    def test_it_is_there_after_a_newer_version_has_replaced_it(self, dam, ours, holds):
        dam.state.add_version(ours, BytesBlob(b"cut by the librarian"))
        assert holds()

    def test_without_a_checksum_its_size_must_do(self, dam, holds):
        dam.state.settings.checksum_missing = True
        assert holds()
        assert not holds(FILM + b"x")

    def test_one_that_is_deleted_hidden_or_was_never_there_is_not(self, dam, client, ours, holds):
        assert not client.still_holds("0" * 40, **said_of(FILM))
        dam.state.set_hidden(ours, hidden=True)
        assert not holds()
        dam.state.set_hidden(ours, hidden=False)
        dam.state.set_deleted(ours, deleted=True)
        assert not holds()

    def test_one_that_cannot_be_looked_at_is_not_missing(self, dam, holds):
        dam.faults.add(Fault("status", path="/v6/assets/", times=3))
        with pytest.raises(ServiceUnavailable):
            holds()


class TestTheEndOfAnImport:
    @pytest.mark.parametrize("shape", ["resource", "handle", "absent"])
    @pytest.mark.parametrize("polls", [0, 1, 6])
    def test_it_is_the_real_id_of_the_asset(self, dam, send, finish, shape, polls):
        dam.state.settings.import_polls, dam.state.settings.jobs_shape = polls, shape
        dam.state.settings.single_element_as_object = True
        assert finish(send()) == dam.state.imports[0].asset_id
        assert len(uploads(dam)) == 1

    def test_an_asset_that_shows_at_once_is_not_waited_for(self, send, finish, time):
        finish(send())
        assert time.waits == []

    @pytest.mark.parametrize("shape", ["resource", "absent"])
    def test_an_asset_that_never_shows_is_left_to_the_next_run(self, dam, send, finish, time, shape):
        dam.state.settings.import_polls, dam.state.settings.jobs_shape = None, shape
        job = send()
        with pytest.raises(ServiceUnavailable, match=f"{NAME} .* has not shown the asset .* the next run looks again"):
            finish(job)
        assert sum(time.waits) == 900
        assert all(earlier <= later for earlier, later in pairwise(time.waits[:-1]))
        assert max(time.waits) == LONGEST_WAIT_S
        assert len(uploads(dam)) == 1
        dam.state.finish_imports()
        assert finish(job, deadline_s=0) == dam.state.imports[0].asset_id

    def test_jobs_that_cannot_be_read_are_asked_for_once(self, dam, send, finish):
        dam.state.settings.import_polls, dam.state.settings.jobs_shape = 6, "absent"
        finish(send())
        assert dam.requests("/jobs/") == 1

    @pytest.mark.parametrize("shape", ["resource", "handle"])
    def test_a_job_that_fails_ends_it_with_the_jobs_reason(self, dam, send, finish, time, shape):
        dam.state.settings.import_polls, dam.state.settings.jobs_shape = 3, shape
        dam.state.settings.import_fails = "No space left in the content store."
        job = send()
        with pytest.raises(ServiceRejected, match=f"{NAME} .* job {job.job_id} failed: No space left in the content"):
            finish(job)
        assert sum(time.waits) < 10

    def test_a_failure_is_told_after_a_time_in_which_jobs_could_not_be_read(self, dam, send, finish):
        dam.state.settings.import_polls, dam.state.settings.import_fails = 4, "No space left."
        dam.faults.add(Fault("status", path="/jobs/", times=3))
        job = send()
        with pytest.raises(ServiceRejected, match="No space left"):
            finish(job)

    def test_a_failure_that_the_dam_does_not_tell_is_a_deadline(self, dam, send, finish):
        dam.state.settings.jobs_shape, dam.state.settings.import_fails = "absent", "No space left."
        job = send()
        with pytest.raises(ServiceUnavailable, match="has not shown"):
            finish(job)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"jobs": [{"status": 3, "state": None}]},
            {"job_resource": {"job": {"status": "RUNNING", "steps": [{"status": "FAILED"}]}}},
            {"job_resource": []},
            ["FAILED"],
            "FAILED",
        ],
    )
    def test_a_job_of_an_unknown_shape_is_not_taken_for_a_failure(self, dam, send, finish, body):
        dam.state.settings.import_polls = 3
        dam.faults.add(Fault("status", path="/jobs/", status=200, body=body, times=None))
        assert finish(send()) == dam.state.imports[0].asset_id

    @pytest.mark.parametrize(
        "fault",
        [
            Fault("status", path="/jobs/", status=500, times=None),
            Fault("status", path="/jobs/", status=403, times=None),
            Fault("html", path="/jobs/", status=404, times=None),
            Fault("cut", path="/jobs/", times=None),
        ],
        ids=lambda fault: f"{fault.kind} {fault.status}",
    )
    def test_a_job_that_cannot_be_read_is_no_obstacle(self, dam, send, finish, fault):
        dam.state.settings.import_polls = 3
        dam.faults.add(fault)
        assert finish(send()) == dam.state.imports[0].asset_id

    def test_an_asset_that_shows_outweighs_a_job_that_says_it_failed(self, dam, send, finish):
        body = {"job_resource": {"job": {"status": "FAILED", "error_message": "No thumbnail."}}}
        dam.faults.add(Fault("status", path="/jobs/", status=200, body=body, times=None))
        assert finish(send()) == dam.state.imports[0].asset_id

    def test_without_a_checksum_the_job_id_tells_the_asset(self, dam, finals, send, finish):
        dam.state.settings.checksum_missing = True
        dam.state.settings.import_polls = 3
        dam.state.add_asset(finals, NAME, BytesBlob(FILM))
        assert finish(send()) == dam.state.imports[0].asset_id

    def test_without_checksum_and_job_id_there_is_no_telling(self, dam, send, finish):
        dam.state.settings.checksum_missing, dam.state.settings.import_job_id_matches = True, False
        with pytest.raises(ServiceUnavailable, match="has not shown"):
            finish(send())

    def test_an_asset_of_our_job_with_other_bytes_is_named(self, dam, send, finish):
        job = send()
        made = dam.state.tree.nodes[dam.state.imports[0].asset_id]
        made.content.wrong_md5 = True
        with pytest.raises(ServiceUnavailable, match=f"Asset {made.id} is of that job, with other content"):
            finish(job)


class TestAFolder:
    def test_it_is_there_by_its_id(self, client, finals):
        assert client.folder(finals) == Folder(finals, "02. Final Assets")

    def test_one_that_is_missing_hidden_deleted_or_an_asset_is_not_there(self, dam, client, finals, campaign_id):
        dam.state.set_hidden(dam.state.add_folder(campaign_id, "hidden"), hidden=True)
        deleted = dam.state.add_folder(campaign_id, "deleted")
        dam.state.set_deleted(deleted, deleted=True)
        asset = dam.state.add_asset(finals, NAME, None)
        dam.state.set_hidden(finals, hidden=True)
        for folder_id in ("f" * 40, deleted, asset, finals):
            with pytest.raises(NotFound, match=folder_id):
                client.folder(folder_id)

    def test_one_that_could_not_be_looked_for_is_not_missing(self, dam, client, finals):
        dam.faults.add(Fault("status", path="/folders/", times=3))
        with pytest.raises(ServiceUnavailable):
            client.folder(finals)
