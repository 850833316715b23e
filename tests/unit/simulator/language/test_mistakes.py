"""Mistakes of somebody who writes scenarios: each is explained with its line before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulator.cli import app
from simulator.scenario.language.read import read_scenario
from simulator.scenario.load import shipped_scenarios
from tests.support.scenarios import on, scenario, wait

SCENARIO = scenario(
    "smashed",
    "wait_ring_full",
    "press",
    wait(20),
    on("smash", "cam-01"),
    "stop",
    "wait_held",
    title="The camera is smashed twenty seconds after the press",
    cameras={"count": 2},
    verdicts=["intact"],
)

TITLE = 'title = "The camera is smashed twenty seconds after the press"\n'
MISTAKES = {
    "a word at the door that there is not": (
        'do = "stop"',
        'do = "consent"\nkind = "refussed"',
        23,
        'did you mean "refused"?',
    ),
    "nobody asked, and no reason": (
        'do = "stop"',
        'do = "consent"\nkind = "not asked"',
        21,
        "needs why: why nobody was asked",
    ),
    "a reason where somebody was asked": (
        'do = "stop"',
        'do = "consent"\nkind = "given"\nwhy = "danger"',
        21,
        'why goes with kind = "not asked" and with no other',
    ),
    "a text without a version": (
        'do = "stop"',
        'do = "consent"\nkind = "given"\nwording = "English"',
        24,
        'a text is named by its language and its version, such as "en 2", and not "English"',
    ),
    "a word that there is not": ('"press"', '"pres"', 11, 'did you mean "press"?'),
    "a word that people write first": ('"smash"', '"destroy"', 18, 'did you mean "smash"?'),
    "a key that there is not": ("seconds = 20", "second = 20", 15, 'did you mean "seconds"?'),
    "a table that there is not": ("[cameras]", "[camera]", 4, 'did you mean "cameras"?'),
    "a camera that there is not": (
        '["cam-01"]',
        '["cam-03"]',
        19,
        "names cam-03, but the cameras are cam-01",
    ),
    "a text for a number": ("seconds = 20", 'seconds = "20"', 15, "'20' was given"),
    "a number out of bounds": ("count = 2", "count = 0", 5, "greater than or equal to 1, and 0 was given"),
    "a title that was left out": (TITLE, "", 1, "title is missing"),
    "no TOML": ("seconds = 20", "seconds = ", 15, "not valid TOML"),
    "a forgotten stop": (
        'do = "stop"',
        'do = "bookmark"',
        11,
        'cam-02 still records at the end: add a step do = "stop"',
    ),
    "a forgotten wait": ('[[steps]]\ndo = "wait_held"\n', "", 11, 'recorded: add a step do = "wait_held"'),
    "a stop without a press": (
        'do = "press"',
        'do = "cover"',
        22,
        "step 5 (stop) cannot come about: cam-02 does not record",
    ),
    "a press of what is gone": (
        'do = "stop"',
        'do = "press"\ncameras = ["cam-01"]',
        22,
        "cam-01 was destroyed",
    ),
    "a start of what runs": ('do = "wait_ring_full"', 'do = "start_fleet"', 8, "the fleet runs"),
    "a verdict that there is not": ('["intact"]', '["whole"]', 28, "'whole' was given"),
    "a misspelt verdict": ('["intact"]', '["intakt"]', 28, 'did you mean "intact"?'),
    "a promise of a camera that there is not": (
        'verdicts = ["intact"]',
        "recordings_of = { cam-09 = 1 }",
        28,
        "names cam-09",
    ),
    "keys that contradict each other": ("seconds = 20", "seconds = 20\nup_to_s = 5", 13, "less than seconds"),
    "a time that has passed": (
        'do = "smash"',
        'do = "smash"\nat_s = 5',
        19,
        "what comes before it takes 20 s",
    ),
    "a parameter that there is not": (
        "seconds = 20",
        'seconds = "$after"',
        15,
        "there is no parameter after",
    ),
    "a key of the camera that there is not": (
        "count = 2",
        "count = 2\nsettings.storage.segment_chunk = 4",
        6,
        'did you mean "segment_chunks"?',
    ),
}


def test_without_a_mistake_nothing_is_wrong() -> None:
    assert read_scenario(SCENARIO).problems == ()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_explained_with_its_line(mistake: str) -> None:
    before, after, line, said = MISTAKES[mistake]
    assert SCENARIO.count(before) >= 1
    read = read_scenario(SCENARIO.replace(before, after, 1))

    assert read.scenario is None
    found = [(each.place.line, each.sentence) for each in read.problems]
    assert [number for number, sentence in found if said in sentence] == [line], found


def test_all_mistakes_are_said_at_once_in_the_order_of_the_text() -> None:
    wrong = SCENARIO.replace("seconds = 20", "second = 20").replace('"intact"', '"intakt"')
    lines = [each.place.line for each in read_scenario(wrong).problems]

    assert lines == sorted(lines)
    assert {15, 28} <= set(lines)


def test_check_says_file_line_and_column(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(SCENARIO)
    bad.write_text(SCENARIO.replace('"press"', '"pres"'))
    done = CliRunner().invoke(app, ["check", str(good), str(bad)])

    assert done.exit_code == 2
    assert f"{good}: nothing wrong was found in it." in done.output
    assert f"{bad}:11:1: steps 2: " in done.output


def test_what_is_shipped_checks() -> None:
    done = CliRunner().invoke(app, ["check", *shipped_scenarios()])

    assert (done.exit_code, done.output.count("nothing wrong was found in it")) == (
        0,
        len(shipped_scenarios()),
    )


def test_a_file_that_is_not_there_is_said_and_the_others_are_checked() -> None:
    done = CliRunner().invoke(app, ["check", "nowhere.toml", "first_press"])

    assert done.exit_code == 2
    assert "There is no scenario 'nowhere.toml'" in done.output
    assert "first_press.toml: nothing wrong was found" in done.output
