"""Facts of the report of a day, as its flow gives them."""

from typing import Any

WINDOW = {"since": "2026-03-01T18:00:00+00:00", "until": "2026-03-02T18:00:00+00:00"}
CAMPAIGN = "C000000078 Frühjahr & Sommer <2026>"


def workflow(name: str, done: int = 0, failed: int = 0, **more: Any) -> dict[str, Any]:
    rate = f"{100 * done // (done + failed)} %" if done + failed else None
    return {
        "name": name,
        "runs": "288 runs: 286 completed, 1 partial, 1 crashed",
        "failed_runs": 1,
        "campaigns": "3 campaigns found, 2 worked on, 1 moved on, 1 left in trouble",
        "assets": f"{done} done, {failed} failed, 4 skipped",
        "done": done,
        "failed": failed,
        "success_rate": rate,
    } | more


def balance(name: str, opening: int, came: int, went: int, closing: int | None = None) -> dict[str, Any]:
    closing = opening + came - went if closing is None else closing
    difference = closing - (opening + came - went)
    return {
        "name": name, "opening": opening, "came": came, "went": went, "closing": closing, "difference": difference,
    }  # fmt: skip


def error(number: int = 1) -> dict[str, Any]:
    return {
        "subject": f"02. Film/Spot {number}.mp4",
        "reason": "the asset has no content in the DAM; upload its file there",
        "workflow": "a1-to-a2",
        "campaign": CAMPAIGN,
        "at": f"2026-03-02T09:{number % 60:02}:00+00:00",
        "run_url": f"https://prefect.example.com/runs/flow-run/{number}",
    }


def group(what: str, number: int = 7, **more: Any) -> dict[str, Any]:
    assets = [{"name": f"Key Visual Übersicht {at}.png", "tracking_id": f"aB3xY{at}"} for at in range(min(number, 3))]
    return {
        "what": what,
        "campaign": CAMPAIGN,
        "lasted": "3 d 4 h",
        "number": number,
        "assets": assets,
        "unnamed": max(0, number - 3),
    } | more


def campaign(number: int = 78) -> dict[str, Any]:
    return {
        "number": f"C{number:09}",
        "name": "Frühjahr & Sommer <2026>",
        "before": "A1",
        "now": "A2",
        "moves": [{"at": "2026-03-02T08:04:00+00:00", "from": "A1", "to": "A2", "by": "a1-to-a2"}],
        "masters": 10,
        "masters_delivered": 10,
        "derivatives_home": 3,
        "derivatives_open": 1,
        "happened": ["10 masters delivered", "3 files came home"],
    }


def score(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "filename": f"RAF_DE_de_TEST_OLV_{number:03}_6S_16x9.mp4",
        "score": "87",
        "previous": "64",
        "state": "active",
        "url": f"https://creativex.example.com/{number}",
        "read_at": "2026-03-02T09:00:00+00:00",
    } | more


def day() -> dict[str, Any]:
    """Return the facts of a day on which a bit of everything has happened."""
    return WINDOW | {
        "headline": "25 assets done, 3 failed, 2 moves made",
        "totals": {"done": 25, "failed": 3, "success_rate": "89 %", "moved": 2, "not_approved": 4},
        "workflows": [
            workflow("a1-to-a2", 14, 2),
            workflow("a2-to-a3", 7, 1),
            workflow("a5-to-a6", 4, assets="4 done, 0 failed, 0 skipped, 4 not approved"),
            workflow("deliver-messages", campaigns=None, assets=None),
        ],
        "activity": [
            {"begins_at": f"2026-03-01T{at:02}:00:00+00:00", "done": (at * 7) % 5, "failed": at % 9 == 4}
            for at in range(24)
        ],
        "balances": {
            "campaigns": [balance("A1", 3, 1, 2), balance("A2", 12, 2, 1), balance("A4", 5, 0, 0)],
            "assets": [balance("masters in Box", 120, 14, 0), balance("derivatives under way", 2, 8, 7)],
        },
        "differences": [],
        "errors": [error(1), error(2) | {"campaign": None, "run_url": None}],
        "waiting": [
            {"who": "Agencies", "groups": [group("masters without a localized file"), group("bad name", 1)]},
            {"who": "DAM librarians", "groups": [group("ready to go out, but it has no assets", 0)]},
            {"who": "Operations", "groups": [group("messages given up on", 2, campaign=None)]},
        ],
        "campaigns": [campaign(), campaign(79)],
        "scores": [score(), score(2, previous=None, state="needs review", score="40", url=None)],
        "left_out": None,
    }
