"""What is done on the bench is a scenario: every button has a step, and what is saved can be run."""

from __future__ import annotations

import itertools
from dataclasses import replace

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

CAMERAS = BenchCameras(("cam-01", "cam-02"), 30, 7, {"source": "synthetic"}, ("cam-03",))
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
    BenchButton.HOLD: [
        {},
        {"kind": "investigation", "owner": "7", "reason": "A fall on the stairs", "review_days": "30"},
    ],
    BenchButton.RELEASE: [{}, {"reason": "The claim was settled"}],
    BenchButton.INCIDENT: [{"category": "threat"}],
    BenchButton.NO_INCIDENT: [{}, {"category": "visit"}],
}
OF_THOSE_HERE = [button for button in BenchButton if button is not BenchButton.ENROL]
ORDERS = [
    *(camera_order(button, "cam-01", each) for button in OF_THOSE_HERE for each in GIVEN.get(button, [{}])),
    *(camera_order(button, "cam-02", {}) for button in OF_THOSE_HERE if button not in FIELDS),
    *(camera_order(button, "cam-03", {}) for button in BenchButton if button not in FIELDS),
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
        (BenchButton.HOLD, {"owner": "x" * 101}, "owner: string should have at most 100 characters"),
        (BenchButton.HOLD, {"review_days": "soon"}, "review_days: input should be a valid integer"),
        (BenchButton.HOLD, {"recording": "0"}, "recording: input should be greater than or equal to 1"),
        (BenchButton.INCIDENT, {"category": "fire"}, "category: input should be 'threat'"),
        (BenchButton.INCIDENT, {"incident": "no"}, "takes no incident"),
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
        standing = standing_after(CAMERAS.names, done, CAMERAS.later)
        of_camera = [standing.cameras[step.cameras[0]].facts] if isinstance(step, CameraStep) else []
        if any(each.enrolled is False for each in of_camera) and step.do != "enrol":
            continue  # the bench knows no such camera
        if refused and isinstance(step, RefusableStep):
            done.append(DoneOrder(float(at_s), step, refused=True))
            continue
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
    assert [bool(getattr(each, "refused", False)) for each in written] == [each.refused for each in done]


@given(DRAWN)
def test_a_new_scenario_begins_with_everything_as_it_was(drawn: list[tuple[Step, bool]]) -> None:
    standing = standing_after(CAMERAS.names, came_about(drawn), CAMERAS.later)
    opening = tuple(DoneOrder(0.0, step_of(each.keys)) for each in standing.as_steps())
    joined = tuple(each for each in CAMERAS.later if standing.cameras[each].facts.enrolled)
    here = replace(CAMERAS, names=CAMERAS.names + joined, later=tuple(set(CAMERAS.later) - set(joined)))
    read(saved_scenario(here, JournalPages(before=opening), "Monday"))
    again = standing_after(here.names, opening, here.later)
    for name, each in standing.cameras.items():
        was, is_now = each.facts, again.cameras[name].facts
        for fact in ("powered", "gone", "recording", "docked", "assigned", "revoked", "cut"):
            if getattr(was, fact) is not None:
                assert getattr(is_now, fact) is getattr(was, fact)
        assert again.cameras[name].broken == each.broken
    assert again.fleet == standing.fleet


def test_what_was_done_with_a_recording_from_before_the_scenario_is_left_out_and_said() -> None:
    hold = camera_order(BenchButton.HOLD, "cam-01", {"recording": "7"})
    older, newer = DoneOrder(2.0, hold, recording=7), DoneOrder(9.0, hold, recording=9)
    press, stop = (
        DoneOrder(at_s, camera_order(button, "cam-01", {}))
        for at_s, button in ((4.0, BenchButton.PRESS), (6.0, BenchButton.STOP))
    )
    text = saved_scenario(
        CAMERAS, JournalPages(orders=(older, press, stop, newer), used={"cam-01": 8}), "Monday"
    )

    [held] = [each for each in read(text).steps if each.do == "hold"]
    assert held.recording == 1
    assert "At 2.0 s a step hold concerned recording 7 of cam-01" in text.replace("\n# ", " ")


def test_a_camera_that_joined_is_one_of_those_that_join_later() -> None:
    joined = DoneOrder(1.0, camera_order(BenchButton.ENROL, "cam-03", {}))
    handed = DoneOrder(2.0, camera_order(BenchButton.ASSIGN, "cam-03", {}))
    scenario = read(saved_scenario(CAMERAS, JournalPages(orders=(joined, handed)), "Monday"))

    assert (scenario.cameras.names, scenario.cameras.later_names) == (("cam-01", "cam-02"), ("cam-03",))
    assert [each.do for each in scenario.steps][:2] == ["enrol", "assign"]
    none = read(saved_scenario(CAMERAS, JournalPages(), "Monday"))
    assert none.cameras.later_names == ()


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
    journal.begin_anew((), {})
    assert journal.pages().orders == ()
    assert not journal.pages().full
