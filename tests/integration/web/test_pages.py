"""The status pages over real HTTP, with a real database."""

import itertools
import re
from contextlib import closing

import pytest

from db.engine import Store
from db.repositories.retiring import set_master_status
from entrypoints import tracing
from entrypoints.web import pages, views
from tests.integration.storybook import HOSTILE, SPRING, Storybook, derivative_name, tell

EVERY = (
    "/",
    f"/campaigns/{SPRING}",
    "/assets/aB3xY9",
    "/assets/Rej001",
    "/search?q=RAF",
    "/search",
    "/names",
    "/?status=A2",
)


def test_the_board_counts_and_shows_campaigns_by_status(site):
    said = site().text("/")
    for words in (
        "11 Masters", "4 Derivatives in the DAM", "1 Campaigns pending in A1", "1 Campaigns pending in A2",
    ):  # fmt: skip
        number, _, label = words.partition(" ")
        assert f"{label} {number}" in said
    assert "Uploads in 24 hours 4 Failed 2 Campaigns stuck 0 Files refused in Box 0" in said
    assert said.index("A6 In rework") < said.index("A1 Masters ready") < said.index("A2 In adaptation")
    assert "Spring & Summer <Hazelnut> C000000078" in said
    assert "5 of 7 1 of 7 2 1 2 failed" in said


def test_a_campaign_that_cannot_go_on_says_why_on_the_board_and_on_its_page(site, store):
    with store.transaction() as session:
        book = tell(session)
        book.no_go("C000000080", "a1-to-a2", "no folder\nMaster <Assets>")
        book.noted("a2-to-a3/file/7/refused")
    made, why = site(store), "stuck a1-to-a2 cannot work on it: no folder Master <Assets>"
    board, page = made.text("/"), made.text("/campaigns/C000000080")
    assert f"C000000080 {why}" in board and "Campaigns stuck 1 Files refused in Box 1" in board
    assert f"{why} (since 20" in page
    assert "They come with the first run" not in page


def test_a_campaign_shows_each_asset_and_what_it_waits_for(site):
    said = site().text(f"/campaigns/{SPRING}")
    assert "A2 In adaptation, since 20" in said
    assert "Hero Film 16x9.mp4 aB3xY9 waits for others 2 derivatives are home;" in said
    assert "all 7 failed 2 on its way 2 waits for others 1 with the agency 2" in said
    failed = site().text(f"/campaigns/{SPRING}?kind=failed")
    assert "Cutdown 6s.mp4" in failed and "Key Visual.png Box001" not in failed
    assert "No asset waits for that." in site().text(f"/campaigns/{SPRING}?kind=nothing")


def test_a_retired_master_is_shown_as_such_and_counted_for_nothing(site, store: Store):
    with store.transaction() as session:
        tell(session)
        assert set_master_status(session, SPRING, "Box001", "retired", by="ana@desk", reason="dropped")
    pages_of = site(store)
    said = pages_of.text(f"/campaigns/{SPRING}")
    assert "Complete 1 of 6 masters; 1 retired" in said
    assert "Key Visual.png Box001 retired Nothing: it was retired, and is not waited for." in said
    passport = pages_of.text("/assets/Box001")
    assert "Key Visual.png was retired: nothing is waited for of it ana@desk dropped" in passport
    assert "Build a file name with this tracking id" not in passport
    assert "Build a file name with this tracking id" in pages_of.text("/assets/aB3xY9")


def test_a_passport_shows_all_that_is_known(site):
    said = site().text("/assets/aB3xY9")
    assert "waits for others 2 derivatives are home; the campaign waits for 6 other masters. Master" in said
    assert f"{derivative_name('HERO')} in the DAM asset " in said
    assert "score 80, 1920×1080, 6 s, h264, 25 frames/s, 2.4 MB" in said
    assert f"{derivative_name('HERO')} 72 superseded 1" in said
    assert "has arrived in Box a1-to-a2" in said
    rejected = site().text("/assets/Rej001")
    assert "Legal · A. Example · 1 Mar 2026 The claim is not approved." in rejected
    assert "Logo too small, see <b>guide</b>." in rejected
    assert "Tried again from 20" in site().text("/assets/Cut001")


def test_moments_are_for_people_and_for_machines(site):
    found = re.findall(r'<time datetime="(.*?)">(.*?)</time>', site().get("/assets/aB3xY9").text)
    assert found
    for machine, person in found:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", machine)
        assert person == f"{machine[:10]} {machine[11:16]} UTC"


@pytest.mark.parametrize(
    ("typed", "location"),
    [
        ("aB3xY9", "/assets/aB3xY9"),
        (derivative_name("HERO", "it", "IT"), "/assets/aB3xY9"),
        ("c000000078", "/campaigns/C000000078"),
    ],
)
def test_a_search_that_means_one_thing_leads_there(site, typed, location):
    answer = site().get(f"/search?q={typed}")
    assert (answer.status_code, answer.headers["location"]) == (303, location)


def test_a_name_that_many_campaigns_share_is_turned_over_page_by_page_the_newest_first(site, store, monkeypatch):
    for module in (views, tracing):
        monkeypatch.setattr(module, "MOST_MATCHES", 2)
    with store.transaction() as session:
        book = Storybook(session)
        for number in range(5):
            book.master(f"Kv000{number}", "KV.tif", f"C00000030{number}", campaign_name=f"Campaign {number}")
    made = site(store)
    first, last = made.text("/search?q=kv.tif"), made.text("/search?q=kv.tif&page=3")
    assert "Assets 5" in first and "C000000304 Campaign 4" in first and "Page 1 of 3" in first
    assert "Kv0003" in first and "Kv0002" not in first and "Type more of the name" not in first
    assert "Kv0000 C000000300 Campaign 0" in last and "Kv0001" not in last
    assert "Kv0000" in made.text("/search?q=kv.tif&page=9")
    assert "Type more of the name" in made.text("/search?q=kv.t")


def test_a_campaign_of_just_the_name_that_an_asset_has_is_offered_beside_it(site):
    said = site().text("/search?q=autumn")
    assert "Campaigns 1 C000000081 Autumn" in said and "Assets 1" in said and "Autumn.mp4 Rej001" in said
    answer = site().get("/search?q=winter")
    assert answer.headers["location"] == "/campaigns/C000000080"


def test_a_search_that_may_mean_several_lists_them(site):
    said = site().text("/search?q=RAF_DE")
    assert "Assets 5" in said and "part of a derivative's name: " in said
    assert "Find an asset" in site().text("/search?q=")


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/assets/ab3xy9", "Capitals and small letters are not the same in tracking ids. There is aB3xY9 ."),
        ("/assets/aB3xY8", "Tracking id aB3xY9"),
        ("/search?q=Storyborad.pdf", "Storyboard.pdf"),
        ("/campaigns/C000000079", "C000000078"),
        ("/assets/%00%ff", "Nothing is near it either."),
        ("/campaigns/%3Cscript%3E", "No campaign <script> is known"),
        ("/search?q=%3Cscript%3Ezzz", "Nothing is known under <script>zzz"),
    ],
)
def test_what_is_unknown_is_404_with_what_is_near(site, path, near):
    made = site()
    answer = made.get(path)
    assert answer.status_code == 404
    assert "<script" not in answer.text
    assert near in made.text(path)


def test_a_file_that_was_refused_is_found_with_when_and_why_beside_what_is_near(site, store):
    broken, near = "1234567_raf_de.mp4", "Film 16x9.mp4"
    with store.transaction() as session:
        book = tell(session)
        book.refused(broken, f"{broken} cannot be taken in:\n- brand: <b> 'raf'\n- ratio: missing")
        book.refused(near, f"{near}: no master carries it")
    made = site(store)
    answer = made.get(f"/search?q={broken.upper()}")
    assert answer.status_code == 200
    assert "<p>- ratio: missing</p>" in answer.text and "<b> 'raf'" not in answer.text
    for path in (f"/search?q={broken}", f"/assets/{broken}"):
        said = made.text(path)
        assert f"A file called {broken} was refused" in said and "- brand: <b> 'raf' - ratio: missing" in said
        assert "Nothing is known" not in said
    said = made.text(f"/search?q={near}")
    assert f"refused {near} , 20" in said and "no master carries it" in said
    assert "Hero Film 16x9.mp4" in said


def test_hostile_names_are_harmless_wherever_they_are_shown(site):
    made = site()
    for path in (*EVERY, "/assets/Bad001", "/search?q=script", f"/names?names={HOSTILE}&campaign={SPRING}"):
        text = made.get(path).text
        assert "<script" not in text and "alert(1)</" not in text, path
        assert "49" not in re.sub(r"<time.*?</time>|[0-9a-f]{40}", "", text) or "{{7*7}}" in text.replace("<wbr>", "")
    assert HOSTILE in made.text("/assets/Bad001")


def test_an_address_that_is_no_link_is_not_made_one(site, store):
    with store.transaction() as session:
        master = Storybook(session).master("Lnk001", "Linked.png")
        session.merge(master).box_url = "javascript:alert(1)"
    text = site(store).get("/assets/Lnk001").text
    assert "javascript:" not in text and "Linked_" in text


@pytest.mark.parametrize("path", [*EVERY, "/assets/zzz", "/pages.css"])
def test_every_page_goes_out_with_strict_headers(site, path):
    answer = site().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy and "script-src" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    kept = "public, max-age=86400" if path == "/pages.css" else "no-store"
    assert answer.headers["Cache-Control"] == kept
    assert " style=" not in answer.text and "<script" not in answer.text


@pytest.mark.parametrize("path", EVERY)
def test_every_page_has_landmarks_and_headings_in_order(site, path):
    text = site().get(path).text
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    for mark in ('<html lang="en">', "<header", "<main", "<footer", '<nav aria-label="', 'role="search"'):
        assert mark in text
    for control in re.findall(r'<(?:input|select|textarea) id="(.*?)"', text):
        assert f'<label for="{control}"' in text or f'for="{control}"' in text
    assert all('scope="' in head for head in re.findall(r"<th .*?>", text))


def test_an_empty_database_has_good_pages(site, store):
    made = site(store)
    assert "No campaign is known yet." in made.text("/")
    assert made.get("/assets/aB3xY9").status_code == 404
    assert "No campaign is in it." in made.text("/?status=A2")


def test_long_lists_come_in_pages(site, store, monkeypatch):
    for name in ("ASSETS_A_PAGE", "EVENTS_A_PAGE", "CAMPAIGNS_A_PAGE", "ON_THE_BOARD"):
        monkeypatch.setattr(views, name, 3)
    with store.transaction() as session:
        book = tell(session)
        for number in range(5):
            book.campaign(f"C00000020{number}", f"More {number}", "A2")
    made = site(store)
    assert "All 6 campaigns: in adaptation" in made.text("/")
    assert "More 4" not in made.text("/?status=A2") and "More 4" in made.text("/?status=A2&page=2")
    first, last = made.get(f"/campaigns/{SPRING}").text, made.text(f"/campaigns/{SPRING}?page=3&events=2")
    assert (
        f'href="/campaigns/{SPRING}?page=2#assets"' in first and f'href="/campaigns/{SPRING}?events=2#events"' in first
    )
    assert re.search(r'href="/campaigns/C000000078\?kind=failed#assets"', first)
    assert "Packshot.png Rev001" in last and "Page 3 of 3" in last and "Page 2 of 7" in last
    for odd in ("0", "-1", "x", "999999999999", "٣"):
        assert made.get(f"/campaigns/{SPRING}?page={odd}&events={odd}").status_code == 200


def test_the_pages_say_when_the_database_is_away(site):
    with closing(Store("postgresql://postgres@127.0.0.1:1/x", timeout_s=0.2)) as gone:
        made = site(gone)
        answer = made.get("/")
        assert answer.status_code == 503
        assert "This cannot be shown now" in answer.text
        assert made.get("/names").status_code == 200


def test_pages_change_nothing_whatever_they_do(site, monkeypatch):
    def write(look: views.Look) -> views.View:
        look.session.connection().exec_driver_sql("DELETE FROM creativex_scores")
        raise AssertionError

    monkeypatch.setitem(pages._VIEWS, "/", write)
    assert site().get("/").status_code == 503


def test_webhooks_and_health_are_as_without_pages(site):
    made = site(token=None, on_loopback=False)
    assert made.get("/healthz").text == "database: reachable\n"
    assert made.ask("POST", "/webhooks/box", data=b"x").status_code == 403
    assert made.get("/webhooks/box").status_code == 405
    assert made.get("/docs").status_code == 404
