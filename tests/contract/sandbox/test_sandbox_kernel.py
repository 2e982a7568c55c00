"""The sandbox's own ground: faults, servers, certificates, generated content."""

import contextlib
import io
import itertools
import socket
import ssl
import stat
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.blobs import BytesBlob, FileBlob, GeneratedBlob, blocks
from sandbox.certificates import Certificates, make_certificates
from sandbox.faults import Fault, FaultMiddleware, Faults, mark_write
from sandbox.media import KINDS
from sandbox.serving import Server, TlsFiles

SIZE = 200_000


@dataclass
class Service:
    url: str
    faults: Faults
    stored: list[int]

    def read(self) -> requests.Response:
        return requests.get(f"{self.url}/content", timeout=10)

    def write(self, data: bytes = b"x") -> requests.Response:
        return requests.post(f"{self.url}/store", data=data, timeout=10)


def make_app(stored: list[int]) -> Starlette:
    async def content(_: Request) -> Response:
        parts = (bytes(50_000) for _ in range(4))
        return StreamingResponse(parts, headers={"Content-Length": str(SIZE)})

    async def store(request: Request) -> Response:
        stored.append(len(await request.body()))
        mark_write(request)
        return JSONResponse({"stored": True}, 201)

    async def search(_: Request) -> Response:
        return JSONResponse([])

    async def state(_: Request) -> Response:
        return JSONResponse({"stored": stored})

    return Starlette(
        routes=[
            Route("/content", content),
            Route("/store", store, methods=["POST"]),
            Route("/search", search, methods=["POST"]),
            Route("/_sandbox/state", state),
        ]
    )


@pytest.fixture
def service() -> Iterator[Service]:
    faults, stored = Faults(), list[int]()
    with Server(FaultMiddleware(make_app(stored), faults), name="test") as server:
        yield Service(server.url, faults, stored)
        faults.clear()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def test_a_refused_request_does_no_work(service):
    service.faults.add(Fault("status", status=429, retry_after="7", body={"code": "rate_limit_exceeded"}))
    refused = service.write()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
    assert refused.json() == {"code": "rate_limit_exceeded"}
    assert service.stored == []
    assert service.write().status_code == 201


def test_a_refusal_reaches_a_client_that_is_still_sending(service):
    service.faults.add(Fault("status", status=503))
    assert service.write(bytes(20_000_000)).status_code == 503


def test_an_error_after_the_work_hides_that_it_was_done(service):
    service.faults.add(Fault("after", status=502))
    assert service.write().status_code == 502
    assert service.stored == [1]
    assert [seen.status for seen in service.faults.writes()] == [502]


def test_a_cut_before_the_headers_loses_the_answer_but_not_the_work(service):
    service.faults.add(Fault("cut"))
    with pytest.raises(requests.ConnectionError):
        service.write()
    assert service.stored == [1]
    assert [seen.status for seen in service.faults.writes()] == [None]


def test_a_cut_in_the_body_delivers_exactly_the_bytes_before_it(service):
    service.faults.add(Fault("cut", at_byte=60_001))
    with requests.get(f"{service.url}/content", stream=True, timeout=10) as answer:
        assert answer.headers["content-length"] == str(SIZE)
        arrived = bytearray()
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            for piece in answer.iter_content(1000):
                arrived += piece
        assert 59_000 < len(arrived) <= 60_001
    assert len(service.read().content) == SIZE


def test_a_flipped_bit_leaves_the_length_as_it_was(service):
    service.faults.add(Fault("flip", at_byte=123_456))
    answer = service.read()
    assert answer.headers["content-length"] == str(SIZE)
    assert [at for at, byte in enumerate(answer.content) if byte] == [123_456]


def test_a_request_is_held_before_its_work(service):
    service.faults.add(Fault("hang"))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(service.write)
        assert service.faults.wait_for_hang(5).path == "/store"
        assert service.stored == []
        service.faults.release()
        assert answer.result(5).status_code == 201


def test_an_answer_is_held_after_the_work(service):
    service.faults.add(Fault("hang", when="after"))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(service.write)
        service.faults.wait_for_hang(5)
        assert service.stored == [1]
        assert service.read().status_code == 200, "one held request must not hold the others"
        service.faults.release()
        assert answer.result(5).status_code == 201


def test_waiting_for_a_hang_that_never_comes_ends():
    with pytest.raises(TimeoutError):
        Faults().wait_for_hang(0.01)


def test_clearing_the_faults_lets_held_requests_go_on(service):
    service.faults.add(Fault("hang"))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(service.read)
        service.faults.wait_for_hang(5)
        service.faults.clear()
        assert answer.result(5).status_code == 200


def test_bandwidth_holds_for_both_directions(service):
    service.faults.add(Fault("bandwidth", times=None, bits_per_second=8 * 1_000_000))
    started_at = time.monotonic()
    service.read()
    service.write(bytes(SIZE))
    assert 0.35 < time.monotonic() - started_at < 10


def test_latency_delays_only_the_requests_it_matches(service):
    service.faults.add(Fault("latency", path="^/content$", seconds=0.5))
    started_at = time.monotonic()
    service.write()
    assert time.monotonic() - started_at < 0.5
    service.read()
    assert time.monotonic() - started_at >= 0.5


def test_a_login_page_comes_as_html_with_a_good_status(service):
    service.faults.add(Fault("html", status=200))
    answer = service.read()
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_a_rule_skips_then_hits_then_is_spent(service):
    rule = service.faults.add(Fault("status", method="GET", skip=1, times=2))
    assert [service.read().status_code for _ in range(4)] == [200, 503, 503, 200]
    assert service.write().status_code == 201
    assert (rule.matches, rule.hits) == (4, 2)


def test_two_outcomes_for_one_request_take_turns(service):
    service.faults.add(Fault("status", status=502))
    service.faults.add(Fault("status", status=504))
    assert [service.read().status_code for _ in range(3)] == [502, 504, 200]


def test_only_requests_that_changed_something_count_as_writes(service):
    requests.post(f"{service.url}/search", timeout=5)
    service.write()
    service.read()
    assert [seen.path for seen in service.faults.writes()] == ["/store"]
    assert [seen.path for seen in service.faults.requests] == ["/search", "/store", "/content"]


def test_the_record_counts_bytes_and_keeps_no_secret(service):
    requests.post(
        f"{service.url}/store?a=1",
        data=bytes(10),
        headers={"Authorization": "Bearer secret", "If-Match": "3"},
        timeout=5,
    )
    seen = service.faults.requests[0]
    assert (seen.query, seen.received_bytes, seen.sent_bytes) == ("a=1", 10, len(b'{"stored":true}'))
    assert seen.headers["if-match"] == "3"
    assert "secret" not in str(seen)


def test_faults_are_set_and_read_over_http(service):
    control = f"{service.url}/_sandbox"
    assert requests.post(f"{control}/faults", json={"kind": "status", "status": 500}, timeout=5).status_code == 201
    assert service.read().status_code == 500
    assert requests.get(f"{control}/faults", timeout=5).json()[0]["hits"] == 1
    assert requests.delete(f"{control}/faults", timeout=5).status_code == 204
    service.write()
    assert [seen["path"] for seen in requests.get(f"{control}/requests", timeout=5).json()] == ["/content", "/store"]
    assert [seen["path"] for seen in requests.get(f"{control}/requests?writes=1", timeout=5).json()] == ["/store"]
    assert requests.get(f"{control}/state", timeout=5).json() == {"stored": [1]}


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "explode"},
        {"kind": "status", "typo": 1},
        {"kind": "status", "times": "often"},
        {"kind": "status", "hits": 1},
        {"kind": "cut", "path": "("},
        {"kind": "hang", "when": "now"},
        {"kind": "bandwidth"},
        {},
        7,
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(service, rule):
    assert requests.post(f"{service.url}/_sandbox/faults", json=rule, timeout=5).status_code == 400
    assert service.faults.rules == []


def test_a_stopped_server_leaves_no_thread_even_with_a_request_held():
    faults = Faults()
    faults.add(Fault("hang"))
    server = Server(FaultMiddleware(make_app([]), faults), name="held").start()

    def ask() -> None:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(server.url, timeout=10)

    client = threading.Thread(target=ask)
    client.start()
    faults.wait_for_hang(5)
    server.stop()
    client.join(5)
    assert not client.is_alive()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sandbox-held")]


def test_a_server_stops_at_once_although_a_client_keeps_its_connection(certificates):
    server = Server(make_app([]), name="kept", tls=TlsFiles(certificates.server_cert, certificates.server_key)).start()
    with requests.Session() as client:
        assert client.get(f"{server.url}/content", verify=str(certificates.ca_pem), timeout=5).ok
        started_at = time.monotonic()
        server.stop()
    assert time.monotonic() - started_at < 0.9


def test_a_server_takes_the_port_it_is_given_and_says_when_it_is_taken(service):
    with Server(make_app([]), name="first") as first:
        again = Server(make_app([]), name="second", port=first.port)
        with pytest.raises(OSError, match="in use"):
            again.start()


def test_tls_is_verified_with_the_sandbox_ca(certificates):
    tls = TlsFiles(certificates.server_cert, certificates.server_key)
    with Server(make_app([]), name="tls", tls=tls) as server:
        assert server.url.startswith("https://localhost:")
        assert requests.get(f"{server.url}/content", verify=str(certificates.ca_pem), timeout=5).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{server.url}/content", timeout=5)


def test_a_server_that_asks_for_a_client_certificate_refuses_who_has_none(certificates, tmp_path):
    tls = TlsFiles(certificates.server_cert, certificates.server_key, client_ca=certificates.ca_pem)
    pem = client_pem(certificates, tmp_path)
    with Server(make_app([]), name="mtls", tls=tls) as server:
        url, ca = f"{server.url}/content", str(certificates.ca_pem)
        assert requests.get(url, verify=ca, cert=str(pem), timeout=5).status_code == 200
        with pytest.raises(requests.ConnectionError):
            requests.get(url, verify=ca, timeout=5)


def client_pem(certificates: Certificates, folder: Path) -> Path:
    password = certificates.client_pfx_password.encode()
    key, certificate, _ = pkcs12.load_key_and_certificates(certificates.client_pfx.read_bytes(), password)
    assert key is not None
    assert certificate is not None
    pem = folder / "client.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return pem


def test_every_key_and_certificate_is_readable_by_its_owner_only(certificates):
    files = sorted(certificates.ca_pem.parent.iterdir())
    assert len(files) == 6
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_signing_key_is_encrypted_and_opens_with_its_passphrase(certificates):
    pem = certificates.jwt_key.read_bytes()
    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    key = load_pem_private_key(pem, certificates.jwt_key_passphrase.encode())
    assert isinstance(key, RSAPrivateKey)
    assert key.key_size == 2048
    assert certificates.jwt_key_passphrase not in repr(certificates)


def test_the_ca_passes_strict_verification(certificates):
    context = ssl.create_default_context(cafile=str(certificates.ca_pem))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    tls = TlsFiles(certificates.server_cert, certificates.server_key)
    with Server(make_app([]), name="strict", tls=tls) as server:
        raw = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        with raw, context.wrap_socket(raw, server_hostname="localhost") as wrapped:
            assert wrapped.version() is not None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [2_000, 300_000, 3_000_001])
def test_generated_content_is_the_same_however_it_is_read(kind, size):
    blob, again = GeneratedBlob("seed", size, kind), GeneratedBlob("seed", size, kind)
    whole = blob.read(0, 2 * size)
    assert len(whole) == size == blob.size
    assert b"".join(blocks(again, block_size=7_919)) == whole
    for offset in (0, 1, 999, size // 2, size - 17):
        assert again.read(offset, 16) == whole[offset : offset + 16]
    assert again.read(size, 1) == b""
    assert again.sha1 == BytesBlob(whole).sha1
    assert again.md5 == BytesBlob(whole).md5


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_is_other_content(kind):
    assert GeneratedBlob("one", 50_000, kind).md5 != GeneratedBlob("two", 50_000, kind).md5


def test_no_two_parts_of_generated_content_are_alike():
    blob = GeneratedBlob("seed", 64 * 1024 * 1024)
    parts = [blob.read(start, 4096) for start in range(4096, blob.size, 1024 * 1024)]
    assert all(first != second for first, second in itertools.combinations(parts, 2))


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_a_generated_picture_opens(kind):
    image = pytest.importorskip("PIL.Image")
    for size in (1_000, 400_000):
        with image.open(io.BytesIO(GeneratedBlob("seed", size, kind).read(0, size))) as picture:
            picture.verify()
        with image.open(io.BytesIO(GeneratedBlob("seed", size, kind).read(0, size))) as picture:
            picture.load()
            assert picture.getextrema() != ((0, 0), (0, 0), (0, 0))


def test_a_generated_archive_opens_and_its_entry_is_whole():
    content = GeneratedBlob("seed", 100_000, "zip").read(0, 100_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["content.bin"]


def test_the_parts_of_a_generated_pdf_are_where_its_table_says():
    content = GeneratedBlob("seed", 60_000, "pdf").read(0, 60_000)
    table_at = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    lines = content[table_at:].split(b"\n")
    assert lines[:2] == [b"xref", b"0 7"]
    for number, line in enumerate(lines[3:9], start=1):
        assert content[int(line[:10]) :].startswith(b"%d 0 obj" % number)


def test_the_boxes_of_a_generated_mp4_fill_the_file():
    content = GeneratedBlob("seed", 10_000, "mp4").read(0, 10_000)
    position, kinds = 0, []
    while position < len(content):
        kinds.append(content[position + 4 : position + 8])
        position += int.from_bytes(content[position : position + 4], "big")
    assert (position, kinds) == (10_000, [b"ftyp", b"mdat"])


def test_a_size_that_cannot_hold_the_kind_is_refused():
    with pytest.raises(ValueError, match="cannot have"):
        GeneratedBlob("seed", 10, "png")
    with pytest.raises(ValueError, match="unknown kind"):
        GeneratedBlob("seed", 10, "gif")


def test_a_file_is_content_too(tmp_path):
    (tmp_path / "file").write_bytes(b"0123456789")
    blob = FileBlob(tmp_path / "file")
    assert (blob.size, blob.read(3, 4), blob.sha1) == (10, b"3456", BytesBlob(b"0123456789").sha1)
