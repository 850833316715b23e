"""An order is called impossible exactly where the camera itself would refuse it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.recording.state import Action, Event, State, step
from simulator.scenario.language.read import read_scenario

WORDS = {
    'do = "press"': Event.PRESS,
    'do = "stop"': Event.STOP,
    'do = "bookmark"': Event.BOOKMARK,
    'do = "private", state = "on"': Event.PRIVATE_ON,
    'do = "private", state = "off"': Event.PRIVATE_OFF,
    'do = "dock"': Event.DOCK,
    'do = "undock"': Event.UNDOCK,
}
SAID = {
    'do = "consent", kind = "given"': None,
    'do = "consent", kind = "not asked", why = "danger"': None,
    'do = "consent", kind = "refused"': Event.PRIVATE_ON,
    'do = "consent", kind = "withdrawn"': Event.PRIVATE_ON,
    'do = "consent", kind = "overridden"': Event.PRESS,
}
"""What is said at the door, and what the camera does about it; it refuses an override in its dock alone."""
WORDS_OF_PRIVATE = ('do = "private", state = "on"', 'do = "kill_camera"', 'do = "restart_camera"')
LEAVE = 'do = "private", state = "off"'
HEAD = 'name = "a"\ntitle = "T"\n'


def impossible(steps: list[str]) -> list[str]:
    """What is said of steps that cannot come about."""
    listed = ",\n".join(f"{{ {each} }}" for each in steps)
    found = read_scenario(f"{HEAD}steps = [\n{listed}\n]").problems
    return [each.sentence for each in found if "cannot come about" in each.sentence]


@given(st.lists(st.sampled_from(sorted({**WORDS, **SAID})), min_size=1, max_size=12))
def test_the_first_impossible_step_is_the_first_that_the_camera_refuses(steps: list[str]) -> None:
    state, refused = State(on=True, assigned=True), None
    for number, each in enumerate(steps, 1):
        event = {**WORDS, **SAID}[each]
        if event is None or (event is Event.PRIVATE_ON and each in SAID and state.docked):
            continue
        state, actions = step(state, event)
        if Action.REFUSE in actions and (each in WORDS or event is Event.PRESS):
            refused = number
            break
    found = impossible(steps)

    if refused is None:
        assert found == []
    else:
        assert found[0].startswith(f"step {refused} (")


@given(st.lists(st.sampled_from(sorted(WORDS)), min_size=1, max_size=12))
def test_what_is_expected_to_be_refused_is_never_impossible(steps: list[str]) -> None:
    assert impossible([f"{each}, refused = true" for each in steps]) == []


@given(st.lists(st.sampled_from(sorted(WORDS)), min_size=1, max_size=12))
def test_what_may_be_refused_is_never_impossible_nor_anything_after_it_that_it_could_allow(
    steps: list[str],
) -> None:
    assert impossible([f'{each}, refused = "perhaps"' for each in steps]) == []
    assert impossible([*(f'{each}, refused = "perhaps"' for each in WORDS), 'do = "stop"']) == []


def test_what_another_branch_may_have_done_is_left_to_the_run() -> None:
    stop, press = '{ do = "stop", at_s = 2 }', '{ do = "press" }, { do = "wait", seconds = 1 }'
    alone = impossible(['do = "stop"'])
    beside = impossible([f'do = "parallel", branches = [[{stop}], [{press}]]'])

    assert alone
    assert beside == []


def test_what_is_drawn_is_left_to_the_run() -> None:
    drawn = 'do = "random", choices = [[{ do = "press" }], []]'

    assert impossible([drawn, 'do = "stop"']) == []
    assert impossible(['do = "random", choices = [[{ do = "stop" }], []]'])


def test_a_step_must_be_possible_again_after_itself() -> None:
    [said] = impossible(['do = "repeat", times = 2, steps = [{ do = "kill_camera" }]'])

    assert said == "step 1.1 (kill_camera) cannot come about: cam-01 has no power when it is repeated"
    assert impossible(['do = "repeat", times = 1, steps = [{ do = "kill_camera" }]']) == []


def test_a_fleet_that_is_stopped_does_nothing() -> None:
    assert impossible(['do = "stop_fleet"', 'do = "revoke"']) == [
        "step 2 (revoke) cannot come about: the fleet is stopped"
    ]
    assert impossible(['do = "stop_broker"', 'do = "stop_broker"']) != []
    assert impossible(['do = "stop_broker", how = "kill"', 'do = "stop_broker"']) == []


def test_what_was_never_recorded_is_neither_held_nor_judged() -> None:
    for word in ('do = "hold"', 'do = "judge", incident = true', 'do = "expect", state = "kept"'):
        assert impossible([word])[0].endswith("cam-01 has recorded nothing"), word
        assert impossible(['do = "press"', 'do = "stop"', 'do = "wait_held"', word]) == []
    recorded = ['do = "press"', 'do = "stop"', 'do = "wait_held"']
    [said] = impossible([*recorded, 'do = "release"'])
    assert said.endswith("cam-01 has no recording that is held")
    twice = ['do = "hold"', 'do = "release"', 'do = "release", refused = "perhaps"']
    assert impossible([*recorded, *twice]) == []
    assert impossible([*recorded, 'do = "stop_fleet"', 'do = "hold"']) == [
        "step 5 (hold) cannot come about: the fleet is stopped"
    ]


# proves C11
def test_a_camera_that_was_private_comes_back_private() -> None:
    private, off, on = WORDS_OF_PRIVATE
    assert impossible([private, off, on, private])
    assert impossible([private, off, on, LEAVE]) == []
    assert impossible([private, 'do = "dock"', off, on, private]) == []
