"""The shared budget of buffers: never exceeded, first come first served, and nobody waits for ever."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from clients.relay.buffers import BufferBudget


def until(condition, timeout_s=5.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "did not come about in time"
        threading.Event().wait(0.005)


def test_bytes_are_given_out_up_to_the_limit():
    budget = BufferBudget(10)
    assert budget.acquire(6)
    assert budget.acquire(4)
    assert not budget.acquire(1, is_cancelled=lambda: True)
    budget.release(4)
    assert budget.acquire(1)
    assert (budget.held_bytes, budget.peak_bytes) == (7, 10)


def test_a_buffer_larger_than_the_budget_is_given_out_when_nothing_else_is_held():
    budget = BufferBudget(10)
    assert budget.acquire(50)
    assert not budget.acquire(1, is_cancelled=lambda: True)
    budget.release(50)
    assert budget.acquire(10)


def test_a_large_request_is_not_overtaken_for_ever_by_small_ones():
    budget, order = BufferBudget(10), []
    budget.acquire(5)

    def ask(size):
        budget.acquire(size)
        order.append(size)
        budget.release(size)

    with ThreadPoolExecutor(2) as pool:
        pool.submit(ask, 10)
        until(lambda: len(budget._queue) == 1)
        pool.submit(ask, 1)
        until(lambda: len(budget._queue) == 2)
        budget.release(5)
    assert order == [10, 1]


def test_one_that_gives_up_lets_the_next_one_in():
    budget, given_up = BufferBudget(10), threading.Event()
    budget.acquire(5)
    with ThreadPoolExecutor(2) as pool:
        large = pool.submit(budget.acquire, 10, is_cancelled=given_up.is_set)
        until(lambda: len(budget._queue) == 1)
        small = pool.submit(budget.acquire, 1)
        until(lambda: len(budget._queue) == 2)
        given_up.set()
        assert large.result(5) is False
        assert small.result(5) is True


def test_many_relays_with_several_buffers_each_all_come_to_an_end_within_the_limit():
    budget = BufferBudget(100)

    def relay(seed):
        sizes = random.Random(seed)
        with ThreadPoolExecutor(3) as workers:
            for _ in range(20):
                size = sizes.choice([10, 40, 90, 150])
                budget.acquire(size)
                workers.submit(budget.release, size)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(relay, range(8), timeout=30))
    assert budget.held_bytes == 0
    assert budget.peak_bytes <= 150
