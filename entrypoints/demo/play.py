"""The demo from its first line to its last."""

import threading
from pathlib import Path

from rich.console import Console

from db.engine import Store
from entrypoints.demo.stage import Say, Stage, pause_schedules, stage
from sandbox.seeds import CAMPAIGNS

DELIVERY, GLOBAL_DELIVERY = "a1-to-a2/a1-to-a2", "b1-to-b2/b1-to-b2"


def play(console: Console, *, keep: bool) -> bool:
    """Play the demo; return whether everything that it claims is true."""
    checkout = Path(__file__).resolve().parents[2]
    console.print(
        "Content Scaling: masters go out (A1 → A2, B1 → B2), localized files are scored and come home (A2 → A3), one "
        "is rejected in the live check (A4 → A5) and goes back (A5 → A6)\n",
        style="bold",
    )
    with stage(checkout / ".data" / "demo", checkout, CAMPAIGNS, say=_say(console)) as ready:
        store = Store(ready.database_url)
        try:
            went_well = _tell(ready, store, console, checkout)
        finally:
            store.close()
        _addresses(ready, console, keep=keep)
        if keep:
            pause_schedules(paused=False)
            console.print("\nEverything stays up, with a run every five minutes. Ctrl-C stops it.", style="bold")
            _wait_for_interrupt()
    return went_well


def _tell(ready: Stage, store: Store, console: Console, checkout: Path) -> bool:
    # Imported here: Prefect reads its settings from the environment, which the stage has set, when it is imported.
    from entrypoints.demo import story
    from entrypoints.demo.again import run_here
    from entrypoints.demo.homecoming import POLL, tell_homecoming
    from entrypoints.demo.proof import campaigns_in_dam, claims, claims_of_homecoming, masters_in_dam
    from entrypoints.demo.review import LIVE, SENT_BACK, claims_of_review, tell_review
    from entrypoints.demo.scoring import SCORES, claims_of_scores, tell_scores

    before = campaigns_in_dam(ready)
    story.show_campaigns(ready, console, "\nBefore")
    total = len(masters_in_dam(ready.twin.otmm, ready.twin.campaigns[story.HERO]))
    beside = story.start_run(GLOBAL_DELIVERY)
    story.run_with_progress(DELIVERY, ready, console, total, lambda: story.masters_in_box(store))
    story.finish_runs([beside], console)
    story.show_arrivals(store, console)
    told = story.show_messages(ready, console)
    verdicts = list(claims(ready, store, story.HERO, story.GLOBAL, before))
    scored, told = tell_scores(ready, store, console, told)
    handed_in, told = tell_homecoming(ready, store, console, told)
    verdicts += claims_of_homecoming(ready, store, story.HERO, handed_in)
    verdicts += claims_of_scores(ready, store, scored)
    rework = tell_review(ready, store, console, handed_in, told)
    verdicts += claims_of_review(ready, store, rework)
    console.print("\nAll workflows again, to see that nothing is sent twice", style="bold")
    writes = _writes(ready)
    run_here((DELIVERY, GLOBAL_DELIVERY, SCORES, POLL, LIVE, SENT_BACK), checkout, console)
    quiet = ("running all of them again changed nothing in the DAM or Box, and told nobody", _writes(ready) == writes)
    return _judge([*verdicts, quiet], console)


def _writes(ready: Stage) -> int:
    return sum(len(faults.writes()) for faults in ready.twin.faults.values())


def _judge(verdicts: list[tuple[str, bool]], console: Console) -> bool:
    console.print()
    for claim, holds in verdicts:
        console.print(f"[green]  holds[/]  {claim}" if holds else f"[red]  FAILS[/]  {claim}", highlight=False)
    return all(holds for _, holds in verdicts)


def _addresses(ready: Stage, console: Console, *, keep: bool) -> None:
    console.print(
        f"\n{'Look around' if keep else 'Where it was; `content-scaling demo --keep` leaves it up'}", style="bold"
    )
    for name, address in {"Prefect": ready.prefect_url, **ready.twin.addresses()}.items():
        console.print(f"  {name:<34}{address}", highlight=False)
    console.print(f"  {'Settings':<34}{ready.env_file}", highlight=False, soft_wrap=True)


def _say(console: Console) -> Say:
    return lambda line: console.print(f"… {line}", style="dim", highlight=False)


def _wait_for_interrupt() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
