import pytest

from clients.mail.render import render
from tests.unit.clients.mail.test_mail_render import visible


def bodies(template, facts):
    mail = render(template, facts)
    return mail.subject, " ".join(mail.text.split()), visible(mail.html)


def test_a_failed_run_is_told_with_flow_campaigns_state_and_reason(sample_facts):
    subject, *both = bodies("run_failed", sample_facts["run_failed"])
    assert subject == "[staging] ❌ a1-to-a2 (C000000078, C000000079): run failed"
    for body in both:
        for said in ("a1-to-a2 C000000078 is Failed since 9 Mar 2026, 13:05 UTC", "C000000078, C000000079"):
            assert said in body
        assert "told again every 6 hours at most" in body
        assert "times since" not in body


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("Crashed", "See whether the worker is running"),
        ("TimedOut", "the last lines of its log say what it waited for"),
        ("Failed", '"content-scaling check" tries each connection'),
    ],
)
def test_what_to_do_depends_on_how_the_run_ended(sample_facts, state, advice):
    for body in bodies("run_failed", sample_facts["run_failed"] | {"state": state})[1:]:
        assert advice in body


def test_what_has_happened_again_is_told_with_how_often(sample_facts):
    facts = sample_facts["run_failed"] | {"times": 73, "quiet_h": 0.5}
    subject, *both = bodies("run_failed", facts)
    assert subject.endswith("run failed, 73 times")
    for body in both:
        assert "It has come to this 73 times since it was last told." in body
        assert "every 0.5 hours" in body


def test_what_prefect_does_not_know_is_left_out(sample_facts):
    facts = sample_facts["run_failed"] | {"deployment": None, "run_name": None, "campaigns": [], "run_url": None}
    subject, *both = bodies("run_failed", facts)
    assert subject == "[staging] ❌ a1-to-a2: run failed"
    for body in both:
        assert "None" not in body
        assert "A run is Failed" in body
        assert not [word for word in ("Campaigns", "Deployment") if word in body]
    assert "Open the run<" not in render("run_failed", facts).html


def test_a_run_that_does_not_end_is_told_with_what_it_holds_up(sample_facts):
    subject, *both = bodies("run_long", sample_facts["run_long"])
    assert subject.endswith("a2-to-a3 (C000000078): a run goes on for long")
    for body in both:
        assert "a2-to-a3 C000000078 was still going at 9 Mar 2026, 13:05 UTC" in body
        assert "Where nothing has been written for long, cancel it there" in body
        assert "the runs of its deployment that come due are dropped" in body
        assert "did not go through" not in body


def test_that_nothing_runs_is_told_with_where_to_look(sample_facts):
    mail = render("no_runs", sample_facts["no_runs"])
    for body in (mail.text, visible(mail.html)):
        assert "prefect worker start --pool content-scaling" in body
    for body in (mail.text, mail.html):
        assert "https://prefect.example.com" in body
