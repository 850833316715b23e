"""What is done on the bench is a scenario: every button has a step, and what is saved can be run."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.bench.journal import MOST_LINES, MOST_ORDERS, BenchJournal, DoneOrder, JournalPages
from simulator.bench.orders import FIELDS, MEANS, BenchButton, FleetButton, camera_order, fleet_order, step_of
from simulator.bench.saving import BenchCameras, saved_scenario, standing_after
from simulator.errors import ScenarioError
from simulator.scenario.language.read import read_scenario
from simulator.scenario.language.requirements import OF_FLEET, needs_of
from simulator.scenario.model import Scenario
from simulator.scenario.steps.base import CameraStep, RefusableStep
from simulator.scenario.steps.order import Step

CAMERAS = BenchCameras(("cam-01", "cam-02"), 30, 7, {"source": "synthetic"})
GIVEN: dict[BenchButton, list[dict[str, str]]] = {
    BenchButton.NETWORK: [
        {"state": "good"},
        {"state": "cut", "line": "uploads"},
        {"state": "slow", "kbit_s": "64", "way": "up"},
        {"state": "bad", "latency_ms": "300", "jitter_ms": "20.5", "loss_percent": "5"},
        {"state": "flapping", "up_s": "4", "down_s": "2"},
        {"state": "no_dns"},
        {"state": "captive_portal", "line": "messages"},
    ],
    BenchButton.CARD: [
        {"state": "good"},
        {"state": "good", "size_mib": "64"},
        {"state": "full", "free_mib": "2"},
        {"state": "slow", "write_kib_s": "200"},
        {"state": "failing"},
        {"state": "read_only"},
    ],
    BenchButton.CLOCK: [
        {"state": "right"},
        {"state": "unset"},
        {"state": "wrong", "offset_s": "864000"},
        {"state": "wrong", "step_s": "-3600"},
    ],
    BenchButton.BATTERY: [{"percent": "12"}, {"percent": "80", "state": "charging"}],
    BenchButton.FORGE: [{"by": "cam-02"}],
    BenchButton.NOT_ASKED: [{"why": "danger"}, {"why": "nobody there"}],
    BenchButton.CONSENT_GIVEN: [{}, {"wording": "en 2"}],
    BenchButton.CONSENT_REFUSED: [{"wording": "cy 12"}],
}
ORDERS = [
    *(camera_order(button, "cam-01", each) for button in BenchButton for each in GIVEN.get(button, [{}])),
    *(camera_order(button, "cam-02", {}) for button in BenchButton if button not in FIELDS),
    *(fleet_order(button) for button in FleetButton),
]


def read(text: str) -> Scenario:
    found = read_scenario(text)
    assert [each.words("saved") for each in found.problems] == []
    assert found.scenario is not None
    return found.scenario


@pytest.mark.parametrize("button", [*BenchButton, *FleetButton])
def test_every_button_means_a_step(button: BenchButton | FleetButton) -> None:
    if isinstance(button, FleetButton):
        assert fleet_order(button).do == MEANS[button]["do"]
        return
    step = camera_order(button, "cam-01", GIVEN.get(button, [{}])[0])
    assert isinstance(step, CameraStep)
    assert (step.do, step.cameras) == (MEANS[button]["do"], ("cam-01",))


@pytest.mark.parametrize(
    ("button", "given_with", "says"),
    [
        (BenchButton.CARD, {"state": "good", "free_mib": "3"}, 'Free_mib goes with the state "full"'),
        (BenchButton.CARD, {"state": "soft"}, "state: input should be 'good', 'full'"),
        (BenchButton.CLOCK, {"state": "wrong"}, "A wrong clock needs offset_s or step_s"),
        (BenchButton.CLOCK, {"state": "wrong", "offset_s": "nan"}, "offset_s:"),
        (BenchButton.CLOCK, {"state": "wrong", "offset_s": "1e400"}, "offset_s:"),
        (BenchButton.NETWORK, {"state": "slow"}, 'The state "slow" needs kbit_s'),
        (BenchButton.NETWORK, {"state": "bad", "latency_ms": "x" * 41}, "at most 40 characters"),
        (BenchButton.PRESS, {"refused": "true"}, 'The button "press" takes no refused'),
        (BenchButton.CARD, {"cameras": "cam-02"}, "takes no cameras"),
        (BenchButton.FORGE, {}, "by: field required"),
        (BenchButton.CONSENT_GIVEN, {"wording": "English"}, "A text is named by its language and its"),
        (BenchButton.CONSENT_GIVEN, {"wording": "2"}, "wording: input should be a valid string"),
        (BenchButton.NOT_ASKED, {"why": "danger", "wording": "en 2"}, "takes no wording"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_in_a_sentence(
    button: BenchButton, given_with: dict[str, str], says: str
) -> None:
    with pytest.raises(ScenarioError) as refusal:
        camera_order(button, "cam-01", given_with)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def came_about(drawn: list[tuple[Step, bool]]) -> list[DoneOrder]:
    """Keep what a camera could have done: a step that cannot come about is none that was done."""
    done: list[DoneOrder] = []
    for at_s, (step, refused) in enumerate(drawn):
        standing = standing_after(CAMERAS.names, done)
        if refused and isinstance(step, RefusableStep):
            done.append(DoneOrder(float(at_s), step, refused=True))
            continue
        of_camera = [standing.cameras[step.cameras[0]].facts] if isinstance(step, CameraStep) else []
        needs = [(each, facts) for facts in of_camera for each in needs_of(step, facts)]
        needs += [(each, standing.fleet) for each in OF_FLEET.get(step.do, ())]  # type: ignore[misc]
        if all(getattr(facts, each.fact) in (None, each.wanted) for each, facts in needs):
            done.append(DoneOrder(float(at_s), step))
    return done


DRAWN = st.lists(
    st.tuples(st.sampled_from(ORDERS), st.sampled_from([False, False, False, True])), max_size=25
)


@given(DRAWN)
def test_whatever_was_done_is_a_scenario_in_which_nothing_is_wrong(drawn: list[tuple[Step, bool]]) -> None:
    done = came_about(drawn)
    scenario = read(saved_scenario(CAMERAS, JournalPages(orders=tuple(done)), "Monday"))

    written = [each for each in scenario.steps if each.at_s is not None]
    assert [each.do for each in written] == [each.step.do for each in done]
    assert [getattr(each, "refused", False) for each in written] == [each.refused for each in done]


@given(DRAWN)
def test_a_new_scenario_begins_with_everything_as_it_was(drawn: list[tuple[Step, bool]]) -> None:
    standing = standing_after(CAMERAS.names, came_about(drawn))
    opening = tuple(DoneOrder(0.0, step_of(each.keys)) for each in standing.as_steps())
    read(saved_scenario(CAMERAS, JournalPages(before=opening), "Monday"))
    again = standing_after(CAMERAS.names, opening)
    for name, each in standing.cameras.items():
        was, is_now = each.facts, again.cameras[name].facts
        for fact in ("powered", "gone", "recording", "docked", "assigned", "revoked", "cut"):
            if getattr(was, fact) is not None:
                assert getattr(is_now, fact) is getattr(was, fact)
        assert again.cameras[name].broken == each.broken
    assert again.fleet == standing.fleet


def test_a_camera_that_ended_by_itself_is_off_before_it_is_switched_on() -> None:
    done = DoneOrder(4.0, camera_order(BenchButton.POWER_ON, "cam-01", {}))
    text = saved_scenario(CAMERAS, JournalPages(orders=(done,)), "Monday")

    assert [each.do for each in read(text).steps][:2] == ["kill_camera", "restart_camera"]
    assert "it had ended by itself" in text.replace("\n# ", " ")


def test_the_journal_says_what_was_done_and_holds_no_more_than_it_may() -> None:
    seconds = itertools.count()
    journal = BenchJournal(lambda: float(next(seconds)), lambda: "14:03:59")
    step = camera_order(BenchButton.PRESS, "cam-01", {})
    for _ in range(MOST_ORDERS + 3):
        journal.did(DoneOrder(journal.at_s, step), "cam-01", "Recording 1 is safe.")
    pages = journal.pages()

    assert (len(pages.orders), pages.full) == (MOST_ORDERS, True)
    assert len(journal.lines()) == MOST_LINES
    assert journal.lines(MOST_ORDERS + 2)[0].sentence == "Recording 1 is safe."
    assert "is not here" in saved_scenario(CAMERAS, pages, "Monday").replace("\n# ", " ")
    journal.begin_anew(())
    assert journal.pages().orders == ()
    assert not journal.pages().full
