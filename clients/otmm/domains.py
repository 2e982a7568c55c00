"""Lookup domains of OpenText Media Management (REST v6, `/lookupdomains/{id}`), kept for a day.

The keys inside are camelCase (`domainValues`), unlike all others of this API.
"""

import threading
import time
from collections.abc import Callable

from clients.otmm import parse
from clients.otmm.http import Call, DamHttp, segment
from domain.assets import Json
from domain.fields.domains import DomainValue

KEPT_S = 24 * 3600.0


class LookupDomains:
    """The values of lookup domains, each asked for once a day. Safe to share between threads.

    `clock` is monotonic, in seconds. Only answers are kept: after an error the next call asks again.
    """

    def __init__(self, http: DamHttp, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, tuple[DomainValue, ...]]] = {}

    def values(self, domain_id: str) -> list[DomainValue]:
        """Return the values that may be used, in the DAM's order; expired ones are left out."""
        known = self._fresh(domain_id)
        if known is None:
            with self._lock:  # threads that miss together share one call
                known = self._fresh(domain_id)
                if known is None:
                    asked_at = self._clock()
                    known = _read(self._http, domain_id)
                    self._kept[domain_id] = (asked_at, known)
        return list(known)

    def _fresh(self, domain_id: str) -> tuple[DomainValue, ...] | None:
        asked_at, values = self._kept.get(domain_id, (None, ()))
        return None if asked_at is None or self._clock() - asked_at >= KEPT_S else values


def _read(http: DamHttp, domain_id: str) -> tuple[DomainValue, ...]:
    what = f"lookup domain {domain_id}"
    answer = http.read(Call("GET", f"/lookupdomains/{segment(domain_id)}", what))
    domain = parse.resource(answer, "lookup_domain_resource", "lookup_domain", what)
    items = parse.listing({"lookup_domain": domain}, "lookup_domain", "domainValues", what)
    values = (_value(item) for item in items if not parse.flag(item.get("expired_value")))
    return tuple(value for value in values if value.value_id)


def _value(item: Json) -> DomainValue:
    """Return a value; its label comes as it was typed, with stray blanks, and may be missing."""
    inner = item.get("field_value")
    raw = inner.get("value") if isinstance(inner, dict) else inner
    value_id = "" if raw is None else str(raw)
    return DomainValue(value_id, str(item.get("display_value") or "").strip() or value_id)
