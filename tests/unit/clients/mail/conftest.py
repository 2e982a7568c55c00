"""Facts of every mail, as the flows give them."""

import copy
from typing import Any

import pytest

from tests.unit.clients.mail.a_day import day

CAMPAIGN = {
    "number": "C000000078",
    "name": "Frühjahr & Sommer <2026>",
    "folder_url": "https://dam.example.com/folders/4711",
}


def asset(number: int) -> dict[str, Any]:
    return {
        "name": f"Key Visual Übersicht {number}.png",
        "path": f"01. Hero/Stills & Motion/Key Visual Übersicht {number}.png",
        "tracking_id": f"aB3xY{number % 10}",
        "size_bytes": 24_000_000 + number,
        "box_url": f"https://box.example.com/file/{number}",
    }


def derivative(number: int) -> dict[str, Any]:
    name = f"RAF_{('DE_de', 'FR_fr', 'IT_it')[number % 3]}_TEST_OLV_00{number // 3 + 1}_6S_16x9.mp4"
    return {
        "name": name,
        "master": f"Spot & Cut-down Übersicht {number // 3 + 1}.mp4",
        "tracking_id": f"BJP4h{number // 3}",
        "size_bytes": 1_400_000 + number,
        "dam_asset_id": f"{number:02}c0ffee1f9e4b2d8a7730e5d1c6b9f2a4e8{number:04}",
        "score": "87",
    }


FAILED = [
    {
        "name": "Spot.mp4",
        "path": "02. Film/Spot.mp4",
        "reason": "02. Film/Spot.mp4: the asset has no content in the DAM; upload its file there",
        "advice": "Complete it in the DAM; the next run takes it.",
        "will_retry": False,
    },
    {
        "name": "Cut-down.mp4",
        "path": "02. Film/Cut-down.mp4",
        "reason": "02. Film/Cut-down.mp4: Box did not answer in time",
        "advice": "Nothing: the next run tries again.",
        "will_retry": True,
    },
]


VERDICTS = [
    {
        "reviewer": "Approver",
        "comment": "The pack shot is last year's.\nPlease use <b>the new one</b> & keep the Übergang.",
        "certifier": "Ana Lopez",
        "date": "2026-03-02T09:05:00Z",
    },
    {"reviewer": "Legal", "comment": None, "certifier": "Bo Ek", "date": "03/02/2026"},
    {"reviewer": "IA&CC", "comment": "The claim needs its footnote.", "certifier": None, "date": None},
]


def rejected(number: int) -> dict[str, Any]:
    verdicts = copy.deepcopy(VERDICTS[: 3 - number % 4])
    made = {"master": "Spot & Cut-down.mp4", "hand_in_name": f"1234567_RAF_DE_de_T{number}_OLV_001_16x9_BJP4ho.mp4"}
    return asset(number) | made | {"status": "NOT APPROVED", "verdicts": verdicts}


def scored(number: int) -> dict[str, Any]:
    """Return a score whose file is still to come home; of every number that 3 divides one that supersedes another."""
    return {
        "filename": f"RAF_DE_de_TEST_OLV_{number:03}_6S_16x9.mp4",
        "score": f"{(87, 72.5, 40)[number % 3]}",
        "previous": None if number % 3 else "64",
        "version": 1 if number % 3 else 2,
        "creativex_id": f"{5_000_000 + number}",
        "creativex_url": f"https://creativex.example.com/scorecards/{5_000_000 + number}",
        "tier": ("Excellent", "Good", None)[number % 3],
        "tracking_id": f"BJP4h{number % 10}",
        "master": "Spot & Cut-down Übersicht.mp4",
        "campaign": {"number": CAMPAIGN["number"], "name": CAMPAIGN["name"]},
        "dam_asset_id": None,
        "dam_score": None,
        "pdf_name": f"Scorecard Süd {number}.pdf",
        "nearest": [],
        "is_orphan": False,
        "is_current": True,
        "read_at": "2026-03-09T14:05:00+01:00",
    }


IN_DAM = {"dam_asset_id": "4c0ffee1f9e4b2d8a7730e5d1c6b9f2a4e80042", "dam_score": "55"}
ORPHAN = {
    "filename": "RAF_DE_de_TSET_OLV_001_6S_16x9.mp4",
    "tracking_id": None,
    "master": None,
    "campaign": None,
    "nearest": ["RAF_DE_de_TEST_OLV_001_6S_16x9.mp4", "RAF_DE_de_TEST_OLV_001_15S_16x9.mp4"],
    "is_orphan": True,
}


def scorecards() -> dict[str, dict[str, Any]]:
    """Return the facts of the mails about scorecards, by template name."""
    guidelines = [
        {"name": name, "weight": weight, "passed": name != "Sound & Voice-over"}
        for name, weight in (
            ("Brand in the first 3 seconds", "30"),
            ("Sound & Voice-over", "20"),
            ("Framed for mobile", "40"),
        )
    ]
    return {
        "creativex_complete": ALWAYS
        | {
            "scores": [scored(0), scored(1) | IN_DAM, scored(2) | ORPHAN],
            "kept_in_box": False,
            "folder_url": "https://box.example.com/folder/12",
        },
        "creativex_failed": ALWAYS
        | {
            "file": {
                "name": "Scorecard Süd 7.pdf",
                "path": "Agency Süd/Round 2/Scorecard Süd 7.pdf",
                "size_bytes": 640_000,
                "box_url": "https://box.example.com/file/88",
            },
            "reason": "The guidelines that were passed add up to 70, but the score is 80.",
            "advice": "Compare the guidelines with the scorecard in CreativeX.",
            "will_retry": False,
            "needs_review": {
                "filename": "RAF_DE_de_TEST_OLV_001_6S_16x9.mp4",
                "score": "80",
                "creativex_id": "5000007",
                "creativex_url": "https://creativex.example.com/scorecards/5000007",
                "sum_of_passed": "70",
                "difference": "10",
                "guidelines": guidelines,
            },
        },
    }


def alarms() -> dict[str, dict[str, Any]]:
    """Return the facts of what the Prefect server tells by itself, by template name."""
    alarm = ALWAYS | {"at": "2026-03-09T14:05:00+01:00", "times": 1, "quiet_h": 6.0}
    return {
        "run_failed": alarm
        | {
            "flow": "a1-to-a2",
            "deployment": "a1-to-a2",
            "run_name": "a1-to-a2 C000000078",
            "campaigns": ["C000000078", "C000000079"],
            "state": "Failed",
            "reason": "Flow run encountered an exception: ServiceUnavailable: the DAM did not answer <in time>",
        },
        "run_long": alarm
        | {
            "flow": "a2-to-a3",
            "deployment": "a2-to-a3",
            "run_name": "a2-to-a3 C000000078",
            "campaigns": ["C000000078"],
            "state": "Running",
            "reason": "it has been going on for more than 6 hours",
        },
        "no_runs": alarm | {"minutes": 30, "prefect_url": "https://prefect.example.com"},
    }


ALWAYS = {"environment": "staging", "run_url": "https://prefect.example.com/runs/1"}


def deliveries(prefix: str, from_status: str, to_status: str) -> dict[str, dict[str, Any]]:
    """Return the facts of the mails about a transition from the DAM to Box, by template name."""
    move = ALWAYS | {"campaign": CAMPAIGN, "from_status": from_status, "to_status": to_status}
    delivery = move | {
        "box_folder_url": "https://box.example.com/folder/9",
        "assets": [asset(number) for number in range(5)],
        "failed": [],
        "skipped": [],
        "started_at": "2026-03-01T08:00:00+00:00",
        "finished_at": "2026-03-01T08:04:12+00:00",
    }
    return {
        f"{prefix}_complete": dict(delivery),
        f"{prefix}_partial": delivery
        | {
            "assets": [asset(number) for number in range(20)],
            "failed": copy.deepcopy(FAILED),
            "skipped": [{"name": "Notes.txt", "reason": "a duplicate of 01. Hero/Notes.txt"}],
        },
        f"{prefix}_no_assets": move | {"empty_since": "2026-03-01T07:00:00Z"},
    }


def rejections() -> dict[str, dict[str, Any]]:
    """Return the facts of the mails about rejected assets, by template name."""
    facts = deliveries("a5_to_a6", "A5", "A6")
    partial = facts["a5_to_a6_partial"]
    partial["assets"] = [rejected(number) for number in range(20)]
    partial["failed"][0] |= {
        "tracking_id": "BJP4ho",
        "master": None,
        "status": "NOT APPROVED",
        "verdicts": VERDICTS[:1],
    }
    return {
        "a5_to_a6_rejections": facts["a5_to_a6_complete"] | {"assets": [rejected(number) for number in range(5)]},
        "a5_to_a6_partial": partial,
        "a5_to_a6_no_rejections": facts["a5_to_a6_no_assets"],
    }


@pytest.fixture
def sample_facts() -> dict[str, dict[str, Any]]:
    """Facts by template name; the tests may change them."""
    failure = {"reason": FAILED[1]["reason"], "advice": FAILED[1]["advice"], "will_retry": True}
    return {
        **deliveries("a1_to_a2", "A1", "A2"),
        **deliveries("b1_to_b2", "B1", "B2"),
        **rejections(),
        **scorecards(),
        "a2_to_a3_file_uploaded": ALWAYS
        | {
            "campaign": CAMPAIGN,
            "file": {
                "name": "RAF_DE_de_TEST_OLV_001_6S_16x9.mp4",
                "handed_in_name": "1234567_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4",
                "path": "Agency Süd/Round 2/1234567_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4",
                "tracking_id": "BJP4ho",
                "size_bytes": 1_400_000,
                "dam_asset_id": "4c0ffee1f9e4b2d8a7730e5d1c6b9f2a4e80042",
            },
            "master": {"name": "Spot & Cut-down Übersicht.mp4", "box_url": "https://box.example.com/file/5"},
            "score": {
                "value": "87",
                "link": "https://creativex.example.com/scorecards/1",
                "source": "CreativeX scorecard",
            },
            "video": {"width": 1920, "height": 1080, "duration_s": 6.04, "codec": "h264", "frame_rate": 25.0},
            "warnings": ["The name says 16x9, but the picture is 1920 × 1088. Hand it in again if that is a mistake."],
            "is_rework": False,
            "kept_in_box": False,
            "progress": {
                "masters_total": 10,
                "masters_done": 3,
                "waiting": [f"Key Visual Übersicht {number}.png" for number in range(7)],
            },
            "reworks": None,
            "uploaded_at": "2026-03-09T14:05:00+01:00",
        },
        "a2_to_a3_complete": ALWAYS
        | {
            "campaign": CAMPAIGN,
            "from_status": "A2",
            "to_status": "A3",
            "derivatives": [derivative(number) for number in range(9)],
            "masters_total": 3,
            "forced": False,
            "missing": [],
            "reworked": [],
            "started_at": "2026-03-09T13:05:00+00:00",
            "finished_at": "2026-03-14T08:00:00+00:00",
        },
        "campaign_failed": ALWAYS | {"campaign": CAMPAIGN} | failure,
        "upload_failed": ALWAYS
        | {
            "campaign": None,
            "file": {
                "name": "1234567_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4",
                "path": None,
                "tracking_id": "BJP4ho",
                "size_bytes": 1_400_000,
                "box_url": "https://box.example.com/file/77",
            },
            "reason": "The country is QQ; expected a code of ISO 3166-1.\nThe ratio is 16:9; expected 16x9.",
            "advice": "Rename the file; the nearest valid name is 1234567_RAF_DE_de_TEST_OLV_001_6S_16x9_BJP4ho.mp4.",
            "will_retry": False,
        },
        "daily_summary_report": ALWAYS | day(),
        **alarms(),
        "messages_parked": ALWAYS
        | {
            "messages": [
                {
                    "number": 41,
                    "name": "a1_to_a2_complete",
                    "channel": "mail",
                    "to": "success (project-managers@example.com)",
                    "reason": "mail.example.com:587 refused gone@example.com (550 no such user); nobody received it",
                    "campaign_number": "C000000078",
                    "created_at": "2026-02-26T08:00:00Z",
                    "attempts": 74,
                }
            ]
        },
    }
