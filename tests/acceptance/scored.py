"""A world in which CreativeX hands in scorecards, beside the agency that hands in the files."""

from typing import Any

from sandbox.scorecards import Scorecards
from sandbox.seeds import CREATIVEX_SCORE
from tests.acceptance.homeward import Homeward
from tests.acceptance.world import World

FLOW = "creativex-scores"


class Scored(Homeward):
    """A campaign whose masters have gone out, an agency, and CreativeX."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.cards = Scorecards(world.twin)

    def read(self, **parameters: Any) -> dict[str, Any]:
        """Read the scorecards, and return the report."""
        return self.world.run(FLOW, **parameters)

    def jobs(self) -> int:
        """How many PDFs were handed to LlamaCloud."""
        return len(self.world.twin.llamacloud.jobs)

    def pdfs(self) -> list[str]:
        """Names of the files that lie in the folder of scorecards."""
        return sorted(file.name for file in self.world.twin.box.files_below(self.cards_folder_id))

    def scores(self) -> list[tuple[Any, ...]]:
        """Every version of every score."""
        return self.world.sql(
            "SELECT filename, quality_score::text, version, status FROM creativex_scores ORDER BY filename, version"
        )

    def last_mail(self, about: str = "") -> str:
        """Text of the newest mail whose subject holds this."""
        found = next(mail for mail in reversed(self.world.twin.mail.mails) if about in mail.subject)
        return found.text.replace("\r\n", "\n")

    def home_score(self) -> tuple[str | None, str]:
        """The score of the one derivative, as the database has it, and as the DAM has it at that derivative's asset."""
        ((asset_id, score),) = self.world.sql("SELECT dam_asset_id, creativex_score FROM derivative_assets")
        return score, self.world.twin.otmm.values(asset_id)[CREATIVEX_SCORE][0]

    @property
    def cards_folder_id(self) -> str:
        """The folder that CreativeX hands scorecards in at."""
        return self.world.twin.box_folders["BOX_FOLDER_CREATIVEX"]
