"""What strangers may not do to the receiver, over real sockets."""

import logging
import socket
from contextlib import closing, suppress

import pytest

from domain.errors import ConfigError
from entrypoints.web.limits import AddressBuckets, Limits
from entrypoints.web.server import listen
from tests.waiting import until

HEAD = b"POST /webhooks/box HTTP/1.1\r\nHost: receiver\r\n"
SMALL = Limits(body_bytes=1000)


def connect(served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])), timeout=20)


def ask(served, request: bytes) -> str:
    """Send it, and return all that comes back until the server closes the connection."""
    with closing(connect(served)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(serve):
    answer = ask(serve(limits=SMALL), HEAD + b"Content-Length: 1001\r\n\r\n")

    assert answer.startswith("HTTP/1.1 413 ")
    assert "connection: close" in answer.lower()


def test_a_chunked_body_is_refused_once_it_is_too_big(serve):
    piece = b"1f4\r\n" + b"x" * 500 + b"\r\n"
    answer = ask(serve(limits=SMALL), HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + piece * 2 + b"1\r\nx\r\n")

    assert answer.startswith("HTTP/1.1 413 ")


def test_a_body_just_small_enough_is_looked_at(serve):
    served = serve(limits=SMALL)

    assert served.post(b"x" * 1000, {}).status_code == 403
    assert served.post(iter([b"x" * 500, b"x" * 500]), {}).status_code == 403


def test_the_usual_limit_takes_events_of_256_kilobytes(served):
    body = served.body(padding="x" * (255 * 1024))
    assert served.post(body, served.signed(body)).status_code == 200
    assert ask(served, HEAD + b"Content-Length: 262145\r\n\r\n").startswith("HTTP/1.1 413 ")


@pytest.mark.parametrize("length", [b"-1", b"x", b"9" * 5000, b"1, 2"])
def test_a_length_that_is_none_is_refused(serve, length):
    answer = ask(serve(), HEAD + b"Content-Length: " + length + b"\r\n\r\n")

    assert answer.startswith(("HTTP/1.1 400 ", "HTTP/1.1 413 "))


def test_a_body_that_trickles_in_is_given_up_on(serve):
    answer = ask(serve(limits=Limits(body_s=0.2)), HEAD + b"Content-Length: 10\r\n\r\nabc")

    assert answer.startswith("HTTP/1.1 408 ")


@pytest.mark.parametrize("request_start", [b"", b"POST /webh", HEAD])
def test_a_connection_on_which_no_request_arrives_is_closed(serve, request_start):
    with closing(connect(serve(connection_s=0.3))) as connection:
        connection.sendall(request_start)
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""


def test_a_sender_that_goes_away_leaves_no_trace_in_the_log(serve, starter, caplog):
    served = serve()
    with closing(connect(served)) as connection:
        connection.sendall(HEAD + b"Content-Length: 10\r\n\r\nabc")
    body = served.body()
    assert served.post(body, served.signed(body)).status_code == 200
    until(lambda: starter.started, what="the start")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_who_asks_too_often_has_to_wait_and_others_have_not(serve):
    served = serve(limits=Limits(requests_per_s=0.001, burst=2))
    one, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}

    assert [served.post(b"x", one).status_code for _ in range(4)] == [403, 403, 429, 429]
    assert served.post(b"x", other).status_code == 403
    assert served.post(b"x", one).headers["Retry-After"] == "1"


def test_who_pretends_to_come_through_the_proxy_is_counted_as_itself(serve):
    served = serve(proxy="192.0.2.9", limits=Limits(requests_per_s=0.001, burst=2))
    forwarded = [{"X-Forwarded-For": f"192.0.2.{number}"} for number in range(3)]

    assert [served.post(b"x", headers).status_code for headers in forwarded] == [403, 403, 429]


def test_who_adds_an_address_of_its_own_before_the_proxys_is_counted_by_the_proxys(serve):
    served = serve(limits=Limits(requests_per_s=0.001, burst=2))
    forwarded = [{"X-Forwarded-For": f"198.51.100.{number}, 192.0.2.1"} for number in range(3)]

    assert [served.post(b"x", headers).status_code for headers in forwarded] == [403, 403, 429]


def test_tokens_come_back_with_time_up_to_the_burst():
    now = [0.0]
    buckets = AddressBuckets(Limits(requests_per_s=2, burst=3), clock=lambda: now[0])

    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    now[0] += 0.5
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    now[0] += 3600
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]


def test_addresses_without_number_cost_no_memory_without_end():
    buckets = AddressBuckets(Limits())
    for number in range(20_000):
        buckets.take(str(number))

    assert len(buckets._buckets) == 10_000


def test_a_port_that_is_taken_is_told():
    with closing(listen("127.0.0.1", 0)) as holder, pytest.raises(ConfigError, match="choose another"):
        listen("127.0.0.1", holder.getsockname()[1])


def test_a_host_that_is_not_ours_is_told():
    with pytest.raises(ConfigError, match=r"--host 192\.0\.2\.1 --port 1: cannot listen there"):
        listen("192.0.2.1", 1)
