"""The agency at a terminal: drops into the twin's Box over HTTP, below /_sandbox/drops."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, TypeAdapter
from starlette.routing import Route

from sandbox import outsider_routes
from sandbox.bodies import Body
from sandbox.box.items import File
from sandbox.drops import MISNAMED, SIZE, TEMPLATE, VIDEO, Damage, Drops
from sandbox.outsider_routes import Name, Wish

if TYPE_CHECKING:
    from sandbox.twin import Twin


class _Drop(Body):
    below: tuple[str, ...] = ()


class _Whole(_Drop):
    kind: Literal["whole"]
    tracking_id: Name
    name: Name = VIDEO
    size: int = Field(default=SIZE, ge=0)
    seed: str = ""
    metadata: dict[str, int | float | str | list[str]] | None = None
    template: Name = TEMPLATE

    def hand_in(self, drops: Drops) -> File:
        return drops.whole(
            self.tracking_id,
            self.name,
            size=self.size,
            seed=self.seed,
            below=self.below,
            metadata=self.metadata,
            template=self.template,
        )


class _Damaged(_Drop):
    kind: Literal["damaged"]
    tracking_id: Name
    name: Name = VIDEO
    how: Damage = "cut"

    def hand_in(self, drops: Drops) -> File:
        return drops.damaged(self.tracking_id, self.name, how=self.how, below=self.below)


class _Misnamed(_Drop):
    kind: Literal["misnamed"]
    tracking_id: Name
    name: Name = MISNAMED

    def hand_in(self, drops: Drops) -> File:
        return drops.misnamed(self.tracking_id, self.name, below=self.below)


class _Unknown(_Drop):
    kind: Literal["unknown"]
    name: Name = VIDEO

    def hand_in(self, drops: Drops) -> File:
        return drops.unknown(self.name, below=self.below)


_DROP: TypeAdapter[Wish[Drops]] = TypeAdapter(
    Annotated[_Whole | _Damaged | _Misnamed | _Unknown, Field(discriminator="kind")]
)


def routes(twin: "Twin") -> list[Route]:
    """What `Drops` does."""
    return outsider_routes.routes(twin, "/_sandbox/drops", Drops(twin), _DROP)
