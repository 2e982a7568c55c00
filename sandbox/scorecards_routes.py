"""CreativeX at a terminal: scorecards into the twin's Box over HTTP, below /_sandbox/scorecards."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, TypeAdapter
from starlette.routing import Route

from sandbox import outsider_routes
from sandbox.bodies import Body
from sandbox.box.items import File
from sandbox.outsider_routes import Name, Wish
from sandbox.scorecards import Facts, Score, Scorecards
from sandbox.scorecards_pdf import Guideline

if TYPE_CHECKING:
    from sandbox.twin import Twin


class _Card(Body):
    filename: Name
    name: Name | None = None
    below: tuple[str, ...] = ()


class _Said(_Card):
    seed: str = ""
    creativex_id: str | None = ""
    url: str | None = ""
    tier: str | None = ""


class _WrongSum(_Said):
    kind: Literal["wrong_sum"]
    score: Score = 80

    def hand_in(self, cards: Scorecards) -> File:
        facts = Facts(creativex_id=self.creativex_id, url=self.url, tier=self.tier)
        return cards.wrong_sum(self.filename, self.score, name=self.name, below=self.below, seed=self.seed, **facts)


class _Whole(_Said):
    kind: Literal["whole"]
    score: Score | None = 80
    guidelines: tuple[Guideline, ...] | None = ()

    def hand_in(self, cards: Scorecards) -> File:
        facts = Facts(creativex_id=self.creativex_id, url=self.url, tier=self.tier, guidelines=self.guidelines)
        return cards.whole(self.filename, self.score, name=self.name, below=self.below, seed=self.seed, **facts)


class _Damaged(_Card):
    kind: Literal["damaged"]
    score: Score = 80
    seed: str = ""

    def hand_in(self, cards: Scorecards) -> File:
        return cards.damaged(self.filename, self.score, name=self.name, below=self.below, seed=self.seed)


class _Blank(_Card):
    kind: Literal["blank"]

    def hand_in(self, cards: Scorecards) -> File:
        return cards.blank(self.filename, name=self.name, below=self.below)


_CARD: TypeAdapter[Wish[Scorecards]] = TypeAdapter(
    Annotated[_Whole | _WrongSum | _Damaged | _Blank, Field(discriminator="kind")]
)


def routes(twin: "Twin") -> list[Route]:
    """What `Scorecards` does."""
    return outsider_routes.routes(twin, "/_sandbox/scorecards", Scorecards(twin), _CARD)
