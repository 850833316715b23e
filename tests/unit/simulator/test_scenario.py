"""Scenarios are read strictly, and what is wrong with one is said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.errors import ScenarioError
from simulator.scenario.load import load_scenario, parse_scenario, shipped_scenarios
from simulator.scenario.steps.buttons import Press
from simulator.scenario.steps.waiting import Expect, Wait

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'name = "a"\ntitle = "A title"\n'
WAIT = '[[steps]]\ndo = "wait"\nseconds = 1\n'


@pytest.mark.parametrize("name", shipped_scenarios())
def test_shipped_scenarios_are_valid_and_bear_their_file_s_name(name: str) -> None:
    assert load_scenario(name).name == name


def test_first_press_is_what_it_says() -> None:
    scenario = load_scenario("first_press")
    steps = scenario.steps

    assert scenario.cameras.count == 3
    assert scenario.cameras.window_s == 180
    assert sum(isinstance(step, Press) for step in steps) == 2
    first = next(index for index, step in enumerate(steps) if isinstance(step, Press))
    assert steps[first + 1] == Wait(do="wait", seconds=20)
    # Between the stop and the second press the first recording must still be on its way.
    assert steps[first + 3] == Expect(do="expect", state="uploading")
    assert isinstance(steps[first + 4], Press)


def test_a_path_is_a_scenario_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(HEAD + WAIT)

    assert load_scenario(str(file)).cameras.names == ("cam-01",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x =", r"is not valid TOML"),
        ('name = "a"\n' + WAIT, r"title is missing"),
        ('name = "a"\ntitle = "T"\nsteps = []', r"there are no steps"),
        (HEAD + '[[steps]]\ndo = "dance"', r"steps 1: .*'wait_ring_full'.*'dance'"),
        (HEAD + '[[steps]]\ndo = "press"\nloud = true', r"steps 1 press loud is not a key"),
        (
            HEAD + '[[steps]]\ndo = "press"\ncameras = ["cam-09"]',
            r"step 1 \(press\) names cam-09, but .* cam-01 to cam-01",
        ),
        (HEAD + '[[steps]]\ndo = "wait"\nseconds = "long"', r"steps 1 wait seconds: .*'long' was given"),
        (
            HEAD + '[[steps]]\ndo = "wait"\nseconds = 0',
            r"steps 1 wait seconds: .*greater than 0, and 0 was given",
        ),
        (HEAD + '[[steps]]\ndo = "network"\nstate = "slow"', r'the state "slow" needs kbit_s'),
        (
            HEAD + '[[steps]]\ndo = "network"\nstate = "cut"\nkbit_s = 9',
            r'kbit_s goes with the state "slow" and',
        ),
        (HEAD + "[cameras]\nwidth = 641\n" + WAIT, r"cameras width: .*multiple of 2, and 641"),
        (HEAD + '[cameras]\nsource = "film"\n' + WAIT, r"cameras source: .*'film' was given"),
        (HEAD + "seed = 1.5\n" + WAIT, r"seed: .*whole number.*1\.5"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said) as caught:
        parse_scenario(text, origin="mine.toml")
    assert "mine.toml" in str(caught.value)
    assert caught.value.exit_status == 2


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ScenarioError, match="first_press"):
        load_scenario("no-such-scenario")


def test_a_folder_or_bytes_are_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")

    with pytest.raises(ScenarioError, match="is no text in UTF-8: save it as that"):
        load_scenario(str(binary))
    with pytest.raises(ScenarioError, match="There is no scenario"):
        load_scenario(str(tmp_path))
