"""The player: every story to its end, nothing twice, whatever goes wrong on the way."""

from dataclasses import replace
from io import StringIO

import pytest

from deploy.demo.doors import Doors, Stopped
from deploy.demo.player import Played, perform, play_all, report
from deploy.demo.progress import Progress
from deploy.demo.stories import Story, read_stories
from deploy.demo.summary import Summary, summary_of
from deploy.errors import CannotRun
from tests.unit.demo.fake_gateway import FakeClock, FakeGateway, Fault

STORIES = read_stories()
BY_KEY = {story.key: story for story in STORIES}
TOKENS = {role: role for role in ("adviser", "portal", "co_reviewer")}


def doors_of(gateway: FakeGateway) -> Doors:
    return Doors("http://gateway.test", TOKENS, gateway, FakeClock())


def run(gateway: FakeGateway, stories: tuple[Story, ...] = STORIES) -> tuple[Played, Summary]:
    doors = doors_of(gateway)
    played = play_all(stories, doors, Progress(StringIO(), 1, 1), at_once=4)
    return played, summary_of(doors, played.outcomes)


def test_every_story_is_played_to_the_end_that_is_expected() -> None:
    gateway = FakeGateway()

    played, summary = run(gateway)

    assert (played.troubles, played.unexpected) == ([], [])
    assert played.new == len(STORIES) + sum(len(story.steps) for story in STORIES)
    assert summary.outcomes == {
        "refer": 22,
        "develop": 18,
        "advise": 23,
        "inform": 19,
        "out_of_scope": 15,
        "information_needed": 13,
    }
    assert sum(summary.cases.values()) == 22 + 18
    assert summary.decisions == {"accepted": 11, "rejected": 3}
    assert sum(summary.referrals.values()) == 21


def test_money_in_the_table_is_that_of_the_fund() -> None:
    _, summary = run(FakeGateway())

    assert summary.granted - summary.released == summary.fund["earmarked"] + summary.fund["committed"]
    assert summary.granted - summary.released + summary.fund["available"] == 10_000_000


def test_a_second_run_adds_nothing_and_ends_with_the_same_table() -> None:
    gateway = FakeGateway()
    _, first = run(gateway)
    done = gateway.done.copy()

    played, second = run(gateway)

    assert second == first
    assert (played.new, gateway.done) == (0, done)


def test_steps_are_recognised_by_their_effect_once_their_keys_are_forgotten() -> None:
    gateway = FakeGateway()
    _, first = run(gateway)
    done = gateway.done.copy()
    gateway.forget_keys_of_steps()

    played, second = run(gateway)

    assert second == first
    assert (played.new, gateway.done) == (0, done)


def every(what: str, n: int) -> Fault:
    return lambda number, rule: what if number % n == 0 else None


@pytest.mark.parametrize(
    "fault",
    [every("busy", 3), every("running", 3), every("deaf", 3), every("mute", 3)],
    ids=["busy", "key still running", "no connection", "answers lost"],
)
def test_faults_on_the_way_change_nothing_in_the_end(fault: Fault) -> None:
    undisturbed, gateway = FakeGateway(), FakeGateway(fault)
    _, wanted = run(undisturbed)

    played, summary = run(gateway)

    assert played.troubles == []
    assert summary == wanted
    assert gateway.done == undisturbed.done


def test_what_was_interrupted_is_finished_by_the_next_run() -> None:
    undisturbed, gateway = FakeGateway(), FakeGateway()
    _, wanted = run(undisturbed)
    doors = doors_of(gateway)

    def interrupt(number: int, rule: str) -> None:
        if number == 700:
            doors.clock.stop()

    gateway.fault = interrupt
    with pytest.raises(Stopped):
        play_all(STORIES, doors, Progress(StringIO(), 1, 1), at_once=4)
    begun = gateway.done.total()
    _, summary = run(gateway)

    assert 0 < begun < undisturbed.done.total()
    assert summary == wanted
    assert gateway.done == undisturbed.done


def test_a_story_that_is_refused_does_not_stop_the_others() -> None:
    gateway = FakeGateway()
    first, second = STORIES[:2]
    run(gateway, (first,))

    played, _ = run(gateway, (replace(first, enquiry={**first.enquiry, "subject": "Another"}), second))

    assert len(played.outcomes) == 1
    [trouble] = played.troubles
    assert trouble.startswith(f"{first.key}: 422")


def test_waiting_for_triage_has_an_end() -> None:
    gateway = FakeGateway()
    gateway.services.lag = 10_000

    played, _ = run(gateway, STORIES[:1])

    [trouble] = played.troubles
    assert "not triaged within 60 s" in trouble


def test_waiting_for_a_case_has_an_end() -> None:
    story = BY_KEY["demo-night-nursing-team"]
    unfit = {**story.enquiry, "facts": {}}

    played, _ = run(FakeGateway(), (replace(story, enquiry=unfit),))

    [trouble] = played.troubles
    assert "no case within 60 s" in trouble


def test_an_outcome_that_nobody_expected_is_pointed_out() -> None:
    gateway = FakeGateway()
    story = replace(BY_KEY["demo-parking-fine"], outcome="refer")

    played, _ = run(gateway, (story,))

    assert played.unexpected == ["demo-parking-fine: out_of_scope, expected refer"]
    assert "another is in force" in report(doors_of(gateway), played)


def test_a_fault_of_our_own_is_not_hidden() -> None:
    story = replace(STORIES[0], steps=(replace(STORIES[0].steps[0], kind="dance"),))

    with pytest.raises(KeyError, match="dance"):
        run(FakeGateway(), (story,))


@pytest.mark.parametrize(("kind", "words"), [("accept", "has not been referred"), ("complete_task", "no such task")])
def test_a_step_on_what_is_not_there_is_a_trouble(kind: str, words: str) -> None:
    story = BY_KEY["demo-night-nursing-team"]

    played, _ = run(FakeGateway(), (replace(story, steps=(replace(story.steps[0], kind=kind),)),))

    [trouble] = played.troubles
    assert words in trouble


def test_a_step_that_the_state_never_allows_is_given_up() -> None:
    story = BY_KEY["demo-night-nursing-team"]
    answer = BY_KEY["demo-parking-fine"].steps[0]

    played, _ = run(FakeGateway(), (replace(story, steps=(story.steps[0], answer)),))

    [trouble] = played.troubles
    assert trouble.startswith(f"{story.key}: 409")


def test_what_was_played_is_shown_and_trouble_ends_in_an_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    gateway = FakeGateway()
    good, bad = BY_KEY["demo-parking-fine"], replace(BY_KEY["demo-help-please"], role="co_reviewer")

    assert perform((good,), doors_of(gateway), at_once=1) == 0
    assert "2 things were new in this run." in capsys.readouterr().out
    assert perform((good, bad), doors_of(gateway), at_once=1) == 1
    shown = capsys.readouterr()
    assert "Nothing was new in this run." in shown.out
    assert "demo-help-please: 403" in shown.out
    assert "enquiries sent 1/2" in shown.err


def test_ctrl_c_ends_with_a_word_on_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    doors = doors_of(FakeGateway())
    doors.clock.stop()

    assert perform(STORIES, doors, at_once=2) == 130
    assert "nothing is sent twice" in capsys.readouterr().err


def test_a_system_that_goes_away_before_the_table_is_said_to_have_gone() -> None:
    gateway = FakeGateway(lambda number, rule: "deaf" if rule == "GET /v1/fund" else None)

    with pytest.raises(CannotRun, match="the system stopped answering"):
        perform(STORIES[:1], doors_of(gateway), at_once=1)
