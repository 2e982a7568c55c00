"""The simulated line, and the shortest time that it and Box's limits leave for a number of uploads."""

import heapq

LATENCY_S = 0.08
BITS_PER_SECOND = 20e6
PART_BYTES = 8 * 1024 * 1024
"""What the simulated Box asks for."""

UPLOADS_PER_S = 3.5
BURST = 20
"""Uploads that the rate limit in the database lets begin at once after a pause."""


def request_s(size_bytes: int) -> float:
    """Return how long one request with a body of that size takes on one connection."""
    return LATENCY_S + size_bytes * 8 / BITS_PER_SECOND


def shortest_s(uploads: int, size_bytes: int, connections: int, *, before_s: float = 0.0) -> float:
    """Return when the last upload ends at the earliest; each is preceded by `before_s` on its connection."""
    free_at = [0.0] * connections
    ends_at = 0.0
    for number in range(uploads):
        allowed_at = max(0.0, (number - BURST + 1) / UPLOADS_PER_S)
        ends_at = max(allowed_at, heapq.heappop(free_at) + before_s) + request_s(size_bytes)
        heapq.heappush(free_at, ends_at)
    return max(free_at)
