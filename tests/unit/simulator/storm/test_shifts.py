"""Shifts: the same for the same seed, possible whatever is left out, and scenarios without a mistake."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.language.read import read_scenario
from simulator.storm.draw import CONSENT, EVERY_KIND, KINDS, WORDS, draw_shift
from simulator.storm.shift import DrawnShift, as_scenario, closing, possible

SEEDS = st.integers(0, 2**31)
POWER = ("kill_camera", "restart_camera")


@given(SEEDS)
def test_a_seed_is_one_shift_and_a_scenario_in_which_nothing_is_wrong(seed: int) -> None:
    shift = draw_shift(seed)

    assert shift == draw_shift(seed)
    read = read_scenario(as_scenario(shift, remarks=["It\nbroke."]))
    assert not read.problems
    assert read.scenario is not None
    assert read.scenario.seed == seed
    assert len(read.scenario.steps) == len(shift.steps) + len(closing(shift))


@given(SEEDS, st.data())
def test_a_shift_stays_possible_whatever_is_left_out(seed: int, data: st.DataObject) -> None:
    shift = draw_shift(seed)
    kept = [each for each in shift.steps if data.draw(st.booleans())]
    cameras = data.draw(st.integers(1, shift.cameras))
    less = replace(shift, cameras=cameras, steps=possible(kept, cameras))

    assert possible(less.steps, cameras) == less.steps
    assert not read_scenario(as_scenario(less)).problems


@given(SEEDS)
def test_a_shift_ends_with_every_camera_on_and_its_card_in_order(seed: int) -> None:
    shift = draw_shift(seed)
    powered = dict.fromkeys((f"cam-{each:02d}" for each in range(1, shift.cameras + 1)), True)
    card = dict.fromkeys(powered, "good")
    for step in (*shift.steps, *closing(shift)):
        for name in step.get("cameras", powered):
            if step["do"] in POWER:
                on = step["do"] == "restart_camera"
                assert powered[name] is not on
                assert not on or card[name] == "good"
                powered[name] = on
            if step["do"] == "card":
                card[name] = step["state"]
    assert all(powered.values())
    assert set(card.values()) == {"good"}


def test_every_kind_of_trouble_is_drawn_soon() -> None:
    drawn = [step for seed in range(40) for step in draw_shift(seed).steps]

    for steps in (*KINDS.values(), WORDS):
        for wanted, _weight in steps:
            assert any(_is(wanted, each) for each in drawn), wanted


@given(SEEDS, st.sets(st.sampled_from(sorted(EVERY_KIND))))
def test_a_kind_that_is_left_out_is_in_no_shift(seed: int, without: set[str]) -> None:
    unwanted = [wanted for kind in without for wanted, _weight in KINDS.get(kind, WORDS)]

    for each in draw_shift(seed, without).steps:
        assert not any(_is(wanted, each) for wanted in unwanted)


def test_without_words_at_doors_a_seed_gives_the_shift_that_it_always_gave() -> None:
    """The digest is of the shifts of these seeds from before anything was said at doors."""
    shifts = "".join(as_scenario(draw_shift(seed, {CONSENT})) for seed in range(1, 401))
    before = "54f7766e4d7e97b0c0dca0f8a04c50de11165276ea18fbb8895ff5e9e06f958f"

    assert hashlib.sha256(shifts.encode()).hexdigest() == before
    for seed in range(1, 401):
        words = [each for each in draw_shift(seed).steps if each["do"] == CONSENT]
        plain = [each for each in draw_shift(seed).steps if each["do"] != CONSENT]
        assert plain == list(draw_shift(seed, {CONSENT}).steps)
        assert all(each["refused"] == "perhaps" for each in words)


def test_a_camera_with_a_broken_card_is_not_switched_on() -> None:
    of = {"cameras": ["cam-01"]}
    steps: list[dict[str, Any]] = [
        {"do": "card", "state": "read_only", **of},
        {"do": "kill_camera", **of},
        {"do": "press", **of},
        {"do": "restart_camera", **of},
    ]
    kept = possible(steps, 1)

    assert kept == (steps[0], steps[1])
    assert {"do": "restart_camera", "cameras": ["cam-01"]} in closing(DrawnShift(1, 1, 5, 2, kept))


def _is(wanted: dict[str, Any], step: Any) -> bool:  # noqa: ANN401 - a step
    return all(step.get(key) == value for key, value in wanted.items())
