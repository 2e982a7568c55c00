"""Campaigns to look at: assets in every state that there is, written through the repositories."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from db.models import DerivativeAsset, MasterAsset, RejectedAsset
from db.repositories import derivatives, masters
from db.repositories.events import record_event
from db.repositories.facts import observe
from db.repositories.moves import finish_move, plan_move
from db.repositories.rejections import begin_rejection, record_fetched, record_not_fetched
from db.repositories.scorecards import expect_scorecards, record_read
from db.repositories.scores import store_master_score, store_score
from db.repositories.stays import enter

SPRING = "C000000078"
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}.png"
BOX = "https://app.box.com/file/"

LEGAL = {"reviewer": "Legal", "comment": "The claim is not approved.", "certifier": "A. Example", "date": "2026-03-01"}
APPROVER = {"reviewer": "Approver", "comment": "Logo too small,\nsee <b>guide</b>.", "certifier": None, "date": None}


class Storybook:
    """Writes campaigns; each master has the tracking id it is asked to have."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._numbers: Iterator[int] = iter(range(100, 10_000))

    def campaign(self, number: str, name: str, status: str) -> None:
        """Let a campaign be in a status."""
        enter(self.session, number=number, name=name, folder_id=f"f{number}", status=status)

    def master(
        self, tracking_id: str, name: str, campaign: str = SPRING, *, is_delivered: bool = True, **facts: Any
    ) -> MasterAsset:
        """Write a master down, in Box or on its way there."""
        asset_id = hashlib.sha1(tracking_id.encode()).hexdigest()
        row = masters.find_or_create_master(
            self.session,
            opentext_id=asset_id,
            campaign_number=campaign,
            draw=lambda: tracking_id,
            original_filename=name,
            **facts,
        )
        self.event(row, "delivery_started", path=name)
        if is_delivered:
            number = next(self._numbers)
            stem, _, extension = name.rpartition(".")
            arrival: masters.BoxArrival = {
                "box_file_id": f"{number}",
                "box_url": f"{BOX}{number}",
                "box_sha1": "0" * 40,
            }
            arrival["box_filename"] = f"{stem}_{tracking_id}.{extension}"
            masters.record_delivered(self.session, row.id, **arrival)
            self.event(row, "delivered", workflow="a1-to-a2")
        self.session.refresh(row)
        return row

    def stuck(self, master: MasterAsset, error: str) -> None:
        """Let a master not get to Box."""
        masters.record_failed(self.session, master.id, error)
        self.event(master, "delivery_failed", path=master.original_filename, reason=error)

    def coming(self, master: MasterAsset, name: str, what: str = "first") -> DerivativeAsset:
        """Let a derivative be on its way home."""
        content: derivatives.Content = {
            "box_file_id": f"{next(self._numbers)}",
            "box_file_version_id": None,
            "handed_in_filename": f"1234567_{name.replace('.', f'_{master.tracking_id}.')}",
            "handed_in_at": None,
            "box_sha1": hashlib.sha1(what.encode()).hexdigest(),
            "file_size_bytes": 2_400_000,
        }
        key = {"tracking_id": master.tracking_id, "master_asset_id": master.id, "derivative_filename": name}
        derivatives.expect(self.session, [{**content, **key, "file_extension": ".mp4"}])  # type: ignore[typeddict-item]
        self.event(master, "derivative_started", name=name)
        return derivatives.begin(self.session, master.tracking_id, name, **content)

    def home(self, master: MasterAsset, name: str, *, score: str | None = "80", what: str = "first") -> DerivativeAsset:
        """Let a derivative be in the DAM."""
        row = self.coming(master, name, what)
        asset_id = hashlib.sha1(f"{row.id}{what}".encode()).hexdigest()
        facts: derivatives.ArrivalFacts = {"width": 1920, "height": 1080, "duration_s": 6.04, "video_codec": "h264"}
        facts |= {"frame_rate": 25.0, "creativex_score": score, "content_md5": "0" * 32}
        self.event(master, "derivative_uploaded", name=name, dam_asset_id=asset_id)
        return derivatives.record_arrived(self.session, row.id, asset_id, **facts)

    def failed(self, master: MasterAsset, name: str, error: str, rest: timedelta = timedelta(hours=1)) -> None:
        """Let a derivative fail on its way home."""
        row = self.coming(master, name)
        assert row.box_sha1 is not None
        derivatives.record_failed(self.session, (master.tracking_id, name), row.box_sha1, error, rest)
        self.event(master, "derivative_failed", name=name, reason=error)
        self.session.refresh(row)

    def noted(self, key: str) -> None:
        """Let polls keep finding a trouble."""
        observe(self.session, key, "digest", datetime.now(UTC))

    def no_go(self, campaign: str, workflow: str, reason: str) -> None:
        """Let a workflow not be able to work on a campaign."""
        self.noted(f"{workflow}/{campaign}/stuck")
        detail = {"workflow": workflow, "reason": reason}
        record_event(
            self.session, tracking_id=None, event_type="campaign_failed", detail=detail, campaign_number=campaign
        )

    def refused(self, name: str, reason: str, **of: str) -> None:
        """Let a file that was handed in be refused; `of` names its master where it has one."""
        detail = {"box_file_id": f"{next(self._numbers)}", "name": name, "reason": reason, "mended_by": "agency"}
        tracking_id = of.get("tracking_id")
        record_event(self.session, tracking_id=tracking_id, event_type="file_refused", detail=detail)

    def rejected(self, master: MasterAsset, of: DerivativeAsset | None, *verdicts: dict[str, Any]) -> RejectedAsset:
        """Let a derivative, or the master, be rejected and with the agency."""
        name = of.derivative_filename if of is not None else master.original_filename
        row = begin_rejection(
            self.session,
            campaign_number=master.local_campaign_id,
            opentext_id=(of.dam_asset_id if of is not None else None) or master.opentext_id,
            tracking_id=master.tracking_id,
            master_asset_id=master.id,
            derivative_asset_id=of.id if of is not None else None,
            original_filename=name,
            asset_path=f"Finals/{name}",
            file_size_bytes=5,
            content_md5=None,
            digest=hashlib.sha1(repr(verdicts).encode()).hexdigest(),
            approval_status="NOT APPROVED",
            verdicts=list(verdicts),
        )
        self.event(master, "rejection_delivered", name=name, workflow="a5-to-a6")
        return record_fetched(self.session, row.id, box_file_id="9", box_url=f"{BOX}9", box_sha1="0" * 40)

    def stranded(self, row: RejectedAsset, error: str) -> None:
        """Let a rejected asset not get back to the agency."""
        row.delivered_at = None
        self.session.flush()
        record_not_fetched(self.session, row.id, error)
        self.session.refresh(row)

    def sent_back(self, campaign: str, *rows: RejectedAsset) -> None:
        """Let the campaign have moved on to rework with these, and no others."""
        move = plan_move(
            self.session,
            campaign_number=campaign,
            campaign_folder_id=f"f{campaign}",
            campaign_name=campaign,
            workflow="a5-to-a6",
            from_status="A5",
            to_status="A6",
            detail={"asset_ids": [row.opentext_id for row in rows]},
        )
        finish_move(self.session, move.id)

    def scored(
        self,
        name: str,
        score: int,
        status: Literal["active", "needs review"] = "active",
        *,
        tracking_id: str | None = None,
    ) -> None:
        """Let a scorecard have been read; `tracking_id` is the one in the name that was scored."""
        url = "https://app.creativex.com/preflight/pretests/1"
        row = store_score(self.session, filename=name, score=score, url=url, status=status, creativex_id="cx-1")
        sha1, file_id = hashlib.sha1(f"{name}{score}".encode()).hexdigest(), f"{next(self._numbers)}"
        expect_scorecards(
            self.session, [{"sha1": sha1, "pdf_name": f"{name}.pdf", "box_file_id": file_id, "handed_in_at": None}]
        )
        state = "read" if status == "active" else status
        record_read(
            self.session, sha1, state=state, score_id=row.id, tracking_id=tracking_id, tier=None, previous_score=None
        )

    def carries(self, master: MasterAsset, score: int) -> None:
        """Let a master carry a score in the DAM."""
        name, tracking_id = master.original_filename, master.tracking_id
        store_master_score(self.session, filename=name, score=score, url=None, tracking_id=tracking_id)

    def event(self, master: MasterAsset, event_type: str, **detail: Any) -> None:
        """Write an event down."""
        number = master.local_campaign_id
        record_event(
            self.session,
            tracking_id=master.tracking_id,
            event_type=event_type,
            detail=detail,
            campaign_number=number,
        )


def derivative_name(subject: str, language: str = "de", country: str = "DE") -> str:
    """The clean name of a derivative."""
    return f"RAF_{country}_{language}_{subject}_OLV_001_6S_16x9.mp4"


def tell(session: Session) -> Storybook:
    """Write the campaigns of the tests: Spring in adaptation with an asset in every state, others around it."""
    book = Storybook(session)
    book.campaign(SPRING, "Spring & Summer <Hazelnut>", "A2")
    facts: dict[str, Any] = {
        "campaign_name": "Spring & Summer <Hazelnut>",
        "asset_path": "01. Master Assets/Films/Hero Film 16x9.mp4",
    }
    hero = book.master("aB3xY9", "Hero Film 16x9.mp4", file_size_bytes=24_000_000, **facts)
    for language, country in (("de", "DE"), ("it", "IT")):
        book.home(hero, derivative_name("HERO", language, country))
    book.scored(derivative_name("HERO"), 72)
    book.scored(derivative_name("HERO"), 80)
    book.failed(book.master("Cut001", "Cutdown 6s.mp4"), derivative_name("CUT"), "the film is cut off after 3.2 s")
    book.coming(book.master("Way001", "Teaser.mp4"), derivative_name("TEASER"))
    book.master("Box001", "Key Visual.png")
    book.master("Pen001", "Storyboard.pdf", is_delivered=False)
    book.stuck(book.master("Bad001", HOSTILE, is_delivered=False), "Box is full")
    book.scored("Packshot.png", 40, "needs review")
    book.master("Rev001", "Packshot.png")
    book.campaign("C000000081", "Autumn", "A6")
    autumn = book.master("Rej001", "Autumn.mp4", "C000000081")
    book.rejected(autumn, book.home(autumn, derivative_name("AUTUMN")), LEGAL, APPROVER)
    book.campaign("C000000080", "Winter", "A1")
    book.campaign("C000000082", "Done long ago", "A4")
    book.home(book.master("Don001", "Done.mp4", "C000000082"), derivative_name("DONE"), score=None)
    book.campaign("C000000068", "Global launch", "B2")
    book.master("Glo001", "Global Film.mp4", "C000000068")
    book.master("New001", "Unseen.mp4", "C000000090", campaign_name="Never looked at")
    return book
