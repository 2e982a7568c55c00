"""CreativeX scores that masters bring along from the DAM."""

from collections.abc import Callable

from sandbox.seeds import CREATIVEX_SCORE
from tests.acceptance.campaigns import asset, campaign, seed
from tests.acceptance.world import World


def test_a_score_is_kept_and_nonsense_in_its_place_holds_up_nothing(make_world: Callable[..., World]) -> None:
    world = make_world(
        seed(
            campaign(
                "C000001201",
                asset("Good.png", creativex={"score": 80}),
                asset("Words.png", metadata={CREATIVEX_SCORE: ["very good"]}),
                asset("Too much.png", metadata={CREATIVEX_SCORE: ["140"]}),
                asset("None.png"),
            )
        )
    )
    assert world.run()["headline"] == "4 delivered; moved C000001201 A1→A2"
    rows = world.sql("SELECT filename, quality_score::text, status, creativex_url FROM creativex_scores")
    assert rows == [("Good.png", "80", "master-cx-score", "https://creativex.example.com/scorecard")]
    ignored = world.sql("SELECT detail->>'reason' FROM asset_events WHERE event_type = 'master_score_ignored'")
    assert len(ignored) == 2
