"""The relay into the simulated Box: kill it, cut it, lie to it; Box ends up with the right file or with none."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clients.relay import BufferBudget, Destination, relay
from domain.errors import IntegrityError, NotFound, ServiceUnavailable, StorageFull, StoreUnavailable
from sandbox.blobs import BytesBlob, GeneratedBlob
from sandbox.certificates import make_certificates
from tests.contract.clients.blob_source import BlobSource, MemoryJournal, sha1_of
from tests.contract.clients.box_world import PART, running_box

SIZE = 6 * PART + 12_345
PARTS = 7
CONTENT = GeneratedBlob("relay", SIZE).read(0, SIZE)
NAME = "Key visual_BJP4ho.mov"
ROOT = Path(__file__).parents[3]


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("box-keys"))


@pytest.fixture
def box(certificates):
    with running_box(certificates) as world:
        yield world


@pytest.fixture
def folder(box):
    return box.state.add_folder("Masters").id


@pytest.fixture
def client(box):
    return box.client()


@pytest.fixture
def journal():
    return MemoryJournal()


@pytest.fixture
def carry(folder, client, journal):
    """Relay a source under the usual name; keywords override what the fixtures give."""

    def carry(source, **options):
        usual = {"box": client, "journal": journal, "budget": BufferBudget(64 * PART), "chunked_above": PART}
        naps: list[float] = []
        return relay(source, to=Destination(folder, NAME), sleep=naps.append, **{**usual, **options})

    return carry


def big(content=CONTENT, **faults):
    return BlobSource("Key visual.mov", content, **faults)


def files(box):
    return [(file.name, file.sha1, file.versions) for file in box.state.files_below()]


def is_done(box, content=CONTENT, *, versions=1):
    return files(box) == [(NAME, sha1_of(content), versions)] and box.state.upload_sessions == []


class TestSmallAssets:
    @pytest.mark.parametrize("size", [0, 1, PART])
    def test_a_small_asset_goes_up_in_one_piece(self, box, carry, size):
        progress: list[int] = []
        file = carry(big(CONTENT[:size]), on_progress=progress.append)
        assert (file.sha1, file.size_bytes) == (sha1_of(CONTENT[:size]), size)
        assert is_done(box, CONTENT[:size])
        assert box.parts_sent() == 0
        assert progress == [size]

    def test_a_second_relay_adopts_the_file(self, box, carry):
        carry(big(b"abc"))
        assert carry(big(b"abc")).adopted
        assert is_done(box, b"abc")

    @pytest.mark.parametrize("lie", [{"md5": "0" * 32}, {"size_bytes": 4}, {"size_bytes": 2}])
    def test_content_that_is_not_what_was_promised_is_never_sent(self, box, carry, lie):
        with pytest.raises(IntegrityError, match=r"Key visual\.mov"):
            carry(big(b"abc", **lie))
        assert box.faults.requests == []

    def test_a_broken_source_is_read_on(self, box, carry):
        carry(big(CONTENT[:PART], breaks_at=[1000], honours_range=False))
        assert is_done(box, CONTENT[:PART])

    def test_memory_is_given_back_when_it_fails(self, carry):
        budget = BufferBudget(PART)
        with pytest.raises(IntegrityError):
            carry(big(b"abc", md5="0" * 32), budget=budget)
        assert budget.held_bytes == 0


class TestLargeAssets:
    @pytest.mark.parametrize("in_flight", [1, 4])
    def test_a_large_asset_goes_up_in_parts(self, box, carry, journal, in_flight):
        progress: list[int] = []
        file = carry(big(), parts_in_flight=in_flight, on_progress=progress.append)
        assert box.state.content_of(file.box_file_id) == CONTENT
        assert is_done(box)
        assert box.parts_sent() == PARTS
        assert journal.entries == {}
        assert progress == sorted(progress)
        assert progress[-1] == SIZE

    def test_a_size_that_is_a_multiple_of_the_part_has_no_empty_part(self, box, carry):
        carry(big(CONTENT[: 3 * PART]))
        assert box.parts_sent() == 3
        assert is_done(box, CONTENT[: 3 * PART])

    def test_content_without_a_promised_checksum_is_carried(self, box, carry):
        carry(big(md5=None))
        assert is_done(box)

    def test_the_journal_knows_the_session_before_the_first_part(self, box, carry, journal):
        box.fault("status", method="PUT", status=403, times=None)
        known = []
        journal.forget = lambda key: known.append(journal.entries[key])
        with pytest.raises(Exception, match="403"):
            carry(big())
        assert known[0]["parts"] == []

    def test_the_same_content_under_the_name_is_adopted_without_an_upload(self, box, carry):
        carry(big())
        source, received = big(), box.state.bytes_received["part"]
        assert carry(source).adopted
        assert box.state.bytes_received["part"] == received
        assert source.bytes_served == SIZE  # read to be sure, not sent
        assert is_done(box)

    def test_an_asset_that_box_finds_too_small_for_parts_goes_up_in_one_piece(self, box, carry, journal):
        box.state.settings.min_session_bytes = SIZE + 1
        carry(big())
        assert is_done(box)
        assert journal.entries == {}

    def test_other_content_of_the_same_size_becomes_a_new_version(self, box, carry):
        carry(big())
        other = CONTENT[:-1] + b"?"
        carry(big(other))
        assert is_done(box, other, versions=2)

    def test_other_content_of_another_size_is_not_read_twice(self, box, carry):
        carry(big())
        source = big(CONTENT[: 3 * PART])
        carry(source)
        assert source.bytes_served == 3 * PART
        assert is_done(box, CONTENT[: 3 * PART], versions=2)

    def test_two_relays_of_one_asset_at_once_end_with_one_file(self, box, carry):
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda _: carry(big(), journal=MemoryJournal()), range(2)))
        assert {file.sha1 for file in found} == {sha1_of(CONTENT)}
        assert is_done(box)

    def test_a_relay_that_another_one_is_ahead_of_at_the_commit_leaves_no_session(self, box, carry, folder):
        reserved = {"type": "error", "status": 409, "code": "name_temporarily_reserved", "message": "in progress"}
        box.fault("hang", method="POST", path="/commit$")
        box.fault("status", method="POST", path="/commit$", status=409, body=reserved, times=None)
        with ThreadPoolExecutor(1) as pool:
            carried = pool.submit(carry, big())
            box.faults.wait_for_hang(30)
            box.state.tree.add_file(folder, NAME, BytesBlob(CONTENT), box.state.app.service_user_id)
            box.faults.release()
            carried.result()
        assert is_done(box)


class TestBreaks:
    @pytest.mark.parametrize("honours_range", [True, False])
    def test_a_source_that_breaks_is_read_on_and_no_part_is_sent_twice(self, box, carry, honours_range):
        source = big(breaks_at=[10, PART, 3 * PART + 7], honours_range=honours_range)
        carry(source)
        assert box.parts_sent() == PARTS
        assert is_done(box)

    def test_a_part_that_fails_now_and_then_is_sent_again_alone(self, box, carry):
        box.fault("status", method="PUT", skip=1, times=2)
        box.fault("cut", method="PUT", skip=5)
        source = big()
        carry(source, parts_in_flight=1)  # in order, so that no part meets all three
        assert source.bytes_served == SIZE
        assert is_done(box)

    def test_a_part_that_keeps_failing_keeps_the_session_and_the_next_run_sends_the_rest(self, box, carry, journal):
        broken = box.fault("status", method="PUT", path=".", skip=3, times=None)
        with pytest.raises(ServiceUnavailable):
            carry(big(), parts_in_flight=1)
        assert len(box.state.upload_sessions) == 1
        assert len(next(iter(journal.entries.values()))["parts"]) == 3
        box.faults.clear()
        before = broken.hits + 3
        carry(big())
        assert box.parts_sent() - before == PARTS - 3
        assert is_done(box)
        assert journal.entries == {}

    def test_a_part_that_fails_stops_the_reader(self, box, carry):
        box.fault("status", method="PUT", times=None)
        source = big()
        with pytest.raises(ServiceUnavailable):
            carry(source, parts_in_flight=1)
        assert source.bytes_served <= 3 * PART

    def test_a_source_that_keeps_breaking_keeps_the_session(self, box, carry, journal):
        with pytest.raises(ServiceUnavailable):
            carry(big(breaks_at=[2 * PART] * 9))
        assert len(box.state.upload_sessions) == len(journal.entries) == 1
        carry(big())
        assert box.parts_sent() == PARTS
        assert is_done(box)

    def test_a_database_that_is_away_keeps_the_session(self, box, carry, journal):
        def refuse(key, part):
            raise StoreUnavailable

        add_part, journal.add_part = journal.add_part, refuse
        with pytest.raises(StoreUnavailable):
            carry(big())
        assert len(box.state.upload_sessions) == 1
        journal.add_part = add_part
        carry(big())
        assert is_done(box)

    def test_tokens_that_expire_on_the_way_are_renewed(self, box, carry):
        carry(big(), parts_in_flight=1, on_progress=lambda _: box.state.expire_tokens())
        assert is_done(box)

    def test_a_commit_that_takes_its_time_is_waited_for(self, box, carry):
        box.state.settings.commit_waits = 2
        carry(big())
        assert is_done(box)

    @pytest.mark.parametrize("kind", ["cut", "after"])
    def test_a_commit_whose_answer_was_lost_makes_no_second_file(self, box, carry, kind):
        box.fault(kind, method="POST", path="/commit$")
        assert not carry(big()).adopted
        assert is_done(box)


class TestFinalErrors:
    @pytest.mark.parametrize("lie", [{"md5": "0" * 32}, {"size_bytes": SIZE + 1}, {"size_bytes": SIZE - 1}])
    def test_content_that_is_not_what_was_promised_leaves_nothing(self, box, carry, journal, lie):
        with pytest.raises(IntegrityError, match=r"Key visual\.mov"):
            carry(big(**lie))
        assert (files(box), box.state.upload_sessions, journal.entries) == ([], [], {})

    def test_a_full_box_leaves_no_session(self, box, carry, journal):
        full = {"type": "error", "status": 403, "code": "storage_limit_exceeded"}
        box.fault("status", method="PUT", status=403, body=full, skip=2, times=None)
        with pytest.raises(StorageFull):
            carry(big())
        assert (box.state.upload_sessions, journal.entries) == ([], {})

    def test_an_asset_that_vanishes_leaves_no_session(self, box, carry, journal):
        with pytest.raises(NotFound):
            carry(big(breaks_at=[2 * PART], refuses_after_a_break=NotFound("gone")))
        assert (box.state.upload_sessions, journal.entries) == ([], {})

    def test_a_bit_that_flips_between_dam_and_box_never_arrives(self, box, carry):
        damaged = bytearray(CONTENT)
        damaged[PART + 5] ^= 1
        with pytest.raises(IntegrityError, match="promises MD5"):
            carry(big(bytes(damaged), md5=big().md5))
        assert files(box) == []


class TestResuming:
    def interrupted(self, box, carry, parts=3):
        """Have a run end with so many parts in Box."""
        box.fault("status", method="PUT", skip=parts, times=None)
        with pytest.raises(ServiceUnavailable):
            carry(big(md5=None), parts_in_flight=1)
        box.faults.clear()
        box.faults.forget_requests()

    def test_a_session_that_has_expired_is_replaced(self, box, carry):
        self.interrupted(box, carry)
        box.state.upload_sessions[0].expires_at = box.state.now()
        carry(big(md5=None))
        assert box.parts_sent() == PARTS
        assert is_done(box)

    def test_a_session_that_vanishes_on_the_way_is_replaced_once(self, box, carry):
        def lose(size):
            if size == 2 * PART and box.state.sessions.aborted == 0:
                session = box.state.upload_sessions[0]
                box.state.sessions.abort(session.id, session.user_id)

        carry(big(), parts_in_flight=1, on_progress=lose)
        assert is_done(box)

    def test_a_session_that_vanishes_twice_is_left_for_the_next_run(self, box, carry, journal):
        gone = {"type": "error", "status": 404, "code": "not_found"}
        box.fault("status", method="PUT", status=404, body=gone, times=None)
        with pytest.raises(ServiceUnavailable, match="twice"):
            carry(big())
        assert (box.state.upload_sessions, journal.entries) == ([], {})

    def test_content_that_changed_meanwhile_starts_over(self, box, carry):
        self.interrupted(box, carry)
        other = b"?" + CONTENT[1:]
        carry(big(other, md5=None))
        assert is_done(box, other)

    def test_a_part_that_arrived_without_an_answer_is_not_sent_again(self, box, carry):
        box.fault("after", method="PUT", skip=2, times=1)
        box.fault("status", method="PUT", skip=2, times=None)
        with pytest.raises(ServiceUnavailable):
            carry(big(md5=None), parts_in_flight=1)
        box.faults.clear()
        box.faults.forget_requests()
        carry(big(md5=None))
        assert box.parts_sent() == PARTS - 3
        assert is_done(box)

    def test_a_session_at_another_host_gets_no_token(self, box, carry, journal):
        self.interrupted(box, carry)
        session = next(iter(journal.entries.values()))["session"]
        session["parts_url"] = "http://box.example.com/parts"
        carry(big(md5=None))
        assert files(box) == [(NAME, sha1_of(CONTENT), 1)]

    def test_an_unreadable_entry_of_the_journal_is_replaced(self, box, carry, journal, folder):
        source = big()
        journal.save(f"{folder}/{NAME}/{SIZE}/{source.md5}", {"from": "another version"})
        carry(source)
        assert is_done(box)
        assert journal.entries == {}

    def test_a_run_killed_between_commit_and_receipt_is_finished_without_an_upload(self, box, carry, journal):
        def die(key):
            raise Killed

        forget, journal.forget = journal.forget, die
        with pytest.raises(Killed):
            carry(big())
        journal.forget = forget
        box.faults.forget_requests()
        assert carry(big()).adopted
        assert box.parts_sent() == 0
        assert is_done(box)
        assert journal.entries == {}

    def test_a_run_killed_after_the_last_part_only_commits(self, box, carry, journal):
        box.fault("status", method="POST", path="/commit$", status=500, times=None)
        client = box.client(sleep=box.naps.append)
        client._commits._deadline_s = 0
        with pytest.raises(ServiceUnavailable):
            carry(big(), box=client)
        box.faults.clear()
        box.faults.forget_requests()
        assert not carry(big()).adopted
        assert box.parts_sent() == 0
        assert is_done(box)


class TestManyAtOnce:
    def test_eight_assets_at_once_stay_within_the_budget(self, box, client, folder, journal):
        budget = BufferBudget(6 * PART)

        def one(number):
            content = CONTENT[number * 1000 : number * 1000 + 4 * PART + number]
            to = Destination(folder, f"{number}.mov")
            return sha1_of(content), relay(
                big(content), to=to, box=client, journal=journal, budget=budget, chunked_above=PART
            )

        with ThreadPoolExecutor(8) as pool:
            for sha1, file in pool.map(one, range(8), timeout=60):
                assert file.sha1 == sha1
        assert len(files(box)) == 8
        assert budget.held_bytes == 0
        assert budget.peak_bytes <= 6 * PART


class TestAProcessOfItsOwn:
    @pytest.fixture
    def start(self, box, folder, tmp_path):
        children = []

        def start(**changes):
            task = {
                "url": box.url,
                "config": box.config,
                "folder_id": folder,
                "journal": str(tmp_path / "journal.json"),
                "seed": "child",
                "size": SIZE,
                "budget": 64 * PART,
                "parts_in_flight": 2,
                **changes,
            }
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.contract.clients.relay_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            children.append(child)
            assert child.stdin is not None
            child.stdin.write(json.dumps(task).encode())
            child.stdin.close()
            return child

        yield start
        for child in children:
            child.kill()
            child.wait()
            assert child.stdout is not None
            child.stdout.close()

    def test_a_killed_process_is_taken_up_where_it_was(self, box, start):
        box.fault("hang", method="PUT", skip=4, times=None)
        child = start()
        box.faults.wait_for_hang(timeout=30)
        child.send_signal(signal.SIGKILL)
        child.wait()
        box.faults.clear()
        arrived = len(box.state.upload_sessions[0].parts)
        box.faults.forget_requests()
        again = start()
        outcome = json.loads(again.stdout.read())
        assert outcome["sha1"] == GeneratedBlob("child", SIZE).sha1
        assert arrived >= 3
        assert box.parts_sent() <= PARTS - arrived
        assert len(files(box)) == 1

    def test_64_megabytes_cost_no_more_memory_than_the_parts_under_way(self, box, start):
        box.state.settings.part_bytes = 4 * 1024 * 1024
        child = start(size=64 * 1024 * 1024, parts_in_flight=3, budget=1024 * PART)
        outcome = json.loads(child.stdout.read())
        assert outcome["sha1"] == GeneratedBlob("child", 64 * 1024 * 1024).sha1
        assert outcome["budget_peak"] <= 4 * 4 * 1024 * 1024
        # A slice of the source, its copy in the buffer's place and the connections come on top.
        assert outcome["traced_peak"] < 4 * 4 * 1024 * 1024 + 4 * PART
