"""Mistakes of somebody who writes scenarios: each is explained with its line before anything starts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.core.config import FleetConfig
from simulator.cli import app
from simulator.scenario.language.fleet_keys import FLEET_KEYS
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
    "a word on a phone in real time": (
        'do = "stop"',
        'do = "consent"\nkind = "given"\non = "phone"',
        24,
        "what is said on a phone is said in virtual time alone",
    ),
    "a sensor that there is not": (
        'do = "stop"',
        'do = "stall"\nsensor = "mic"',
        23,
        "sensor: this has to be 'lens' or 'microphone', and 'mic' was given",
    ),
    "a length of time as on a clock": (
        "seconds = 20",
        "seconds = 00:20",
        15,
        "a length of time is one number",
    ),
    "a line that ends with a comma": ('do = "wait"', 'do = "wait",', 14, "a line ends without a comma"),
    "a number and a comma at the end": ("seconds = 20", "seconds = 20,", 15, "a line ends without a comma"),
    "a camera that joins and that there is not": (
        'do = "stop"',
        'do = "enrol"\ncameras = ["cam-03"]',
        23,
        "names cam-03, but the cameras are cam-01 to cam-02; set cameras.later to how many join later",
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
    "a table that there is not": ("[cameras]", "[camera]", 4, "camera is not a key that is known here; did"),
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
    "a unit in a value": ("seconds = 20", 'seconds = "20 s"', 15, "a number, in seconds, without quotes and"),
    "a unit without quotes": ("seconds = 20", "seconds = 20s", 15, "its key names: 20 without s"),
    "a number between quotes": ("count = 2", 'count = "2"', 5, "a whole number: write 2 without quotes"),
    "a comma in a number": ("seconds = 20", "seconds = 20,5", 15, "a number has a point, and not a comma"),
    "a number without an end": ("seconds = 20", "seconds = nan", 15, "a number with an end"),
    "a word without quotes": ('do = "press"', "do = press", 11, 'write "press"'),
    "curly quotes": ('do = "press"', "do = \u201cpress\u201d", 11, "straight quotes"),
    "a text without an end": ('do = "press"', 'do = "press', 11, "has no closing quote"),
    "yes for true": ('verdicts = ["intact"]', "full_prerecord = yes", 28, "write true, in lower case"),
    "a colon": ("count = 2", "count: 2", 5, "joined by =, and not by a colon"),
    "a remark of another language": ("count = 2", "count = 2 // two", 5, "a remark begins with #"),
    "a key that is there twice": (
        "seconds = 20",
        "seconds = 20\nseconds = 3",
        16,
        "the key seconds is there twice",
    ),
    "a table that is there twice": (
        "[promises]",
        "[cameras]\ncount = 3\n[promises]",
        27,
        "the table [cameras] is there twice: put its keys together",
    ),
    "steps in single brackets": (
        '[[steps]]\ndo = "press"',
        '[steps]\ndo = "press"',
        10,
        "begins with [[steps]]",
    ),
    "a table in double brackets": ("[promises]", "[[promises]]", 27, "in single brackets: [promises]"),
    "no comma in a list": ('["intact"]', '["intact" "without an end"]', 28, "between two values of a list"),
    "a table in braces over two lines": (
        'do = "stop"',
        'do = "repeat"\ntimes = 2\nsteps = [{ do = "stop",\n at_s = 3 }]',
        24,
        "a table in braces stands on one line",
    ),
    "a brace that is not closed": (
        'do = "stop"',
        'do = "repeat"\ntimes = 2\nsteps = [{ do = "stop" ]',
        24,
        "has no closing }",
    ),
    "a text for a list": ('["cam-01"]', '"cam-01"', 19, 'in square brackets: ["cam-01"]'),
    "words for steps": (
        'do = "stop"',
        'do = "repeat"\ntimes = 3\nsteps = ["press"]',
        24,
        'a step, which is a table, such as { do = "press" }',
    ),
    "branches that are steps": (
        'do = "stop"',
        'do = "parallel"\nbranches = [{ do = "press" }, [{ do = "stop" }]]',
        23,
        "this is a list, in square brackets",
    ),
    "a refusal that may be": (
        'do = "stop"',
        'do = "stop"\nrefused = "maybe"',
        23,
        'true, false or "perhaps"',
    ),
    "a camera that is named twice": ('["cam-01"]', '["cam-01", "cam-01"]', 19, "names cam-01 twice"),
    "messages forged by a camera that there is not": (
        'do = "stop"',
        'do = "forge"\nby = "cam-09"',
        23,
        "step 5 (forge) names cam-09",
    ),
    "messages forged by the camera itself": (
        'do = "stop"',
        'do = "forge"\nby = "cam-02"\ncameras = ["cam-02"]',
        23,
        "with its own certificate: name another",
    ),
    "nobody who joins later": (
        'do = "wait_ring_full"',
        'do = "enrol"',
        8,
        "nobody: set cameras.later",
    ),
    "a loss that nothing causes": (
        'verdicts = ["intact"]',
        "lost_at_most_s = 2",
        28,
        "no camera loses its power",
    ),
    "deletions that are off": ('verdicts = ["intact"]', "gone_within_s = 2", 28, "set fleet.deletes = true"),
    "a promise by another name": (
        'verdicts = ["intact"]',
        "uploaded_within_s = 10",
        28,
        'did you mean "held_within_s"?',
    ),
    "an address that is none": (
        "count = 2",
        'count = 2\ndriver.cam-02.ssh = "lapel@y"\ndriver.cam-02.config = "/c.toml"',
        6,
        "an address such as ssh://user@host",
    ),
    "a name with a capital": ('"smashed"', '"Smashed it"', 1, "a name of small letters, digits and _"),
    "a day between quotes": (
        "[cameras]",
        '[run]\ntime = "virtual"\nbegins = "Monday"\n\n[cameras]',
        6,
        "a day, without quotes",
    ),
    "a list for a table": ('verdicts = ["intact"]', 'recordings_of = ["cam-01"]', 28, "a table of keys and"),
    "a table of the fleet that there is not": (
        "[promises]",
        "[fleet]\nsettings.camera.limit = 3\n[promises]",
        28,
        'camera is not a table of a fleet\'s configuration; did you mean "cameras"?',
    ),
    "a key of the fleet that there is not": (
        "[promises]",
        "[fleet]\nsettings.cameras.limits = 3\n[promises]",
        28,
        'cameras.limits is not a key of a fleet\'s configuration; did you mean "limit"?',
    ),
    "a parameter that is misspelt": (
        "seconds = 20",
        'seconds = "$aftr"\n\n[parameters]\nafter = 5',
        15,
        'there is no parameter aftr; did you mean "after"?',
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
    assert read_scenario(f"\ufeff{SCENARIO}").problems == ()  # as some editors keep it


def test_the_keys_of_a_fleet_are_those_that_fleets_have() -> None:
    sections = {name: field.annotation for name, field in FleetConfig.model_fields.items()}
    own = {name: tuple(each.model_fields) for name, each in sections.items() if each is not None}

    assert own == FLEET_KEYS


@pytest.mark.parametrize("promise", ["playable_after_s", "playable_before_s"])
def test_a_promise_of_what_is_destroyed_needs_something_that_is(promise: str) -> None:
    asked = SCENARIO.replace('verdicts = ["intact"]', f"{promise} = 5")
    assert read_scenario(asked).problems == ()
    inside = asked.replace('do = "smash"', 'do = "repeat"\ntimes = 1\nsteps = [{ do = "smash" }]')
    assert not [each for each in read_scenario(inside).problems if "judges nothing" in each.sentence]
    [found] = read_scenario(asked.replace('do = "smash"', 'do = "bookmark"')).problems

    assert (found.place.line, found.sentence) == (
        28,
        f'promises.{promise} judges nothing: no camera is destroyed; add a step do = "smash"',
    )


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_mistake_is_explained_in_words_of_python(mistake: str) -> None:
    before, after, *_ = MISTAKES[mistake]
    said = " ".join(each.sentence for each in read_scenario(SCENARIO.replace(before, after, 1)).problems)

    assert not re.search(r"tuple|dictionary|literal|instance|boolean|pattern|validation", said), said


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


def test_a_file_that_an_editor_saved_in_another_encoding_is_read_or_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SCENARIO.encode())
    assert CliRunner().invoke(app, ["check", str(file)]).exit_code == 0
    file.write_bytes(SCENARIO.encode("utf-16"))
    refused = CliRunner().invoke(app, ["check", str(file)])
    assert refused.exit_code == 2
    assert "is no text in UTF-8: save it as that." in " ".join(refused.output.split())


SEVERAL = """
name = "several"
title = "several"
[cameras]
count = 0
[[steps]]
do = "stop"
[[steps]]
do = "press"
cameras = ["cam-02"]
[[steps]]
do = "network"
state = "slwo"
[[steps]]
do = "network"
state = "flapping"
[promises]
verdicts = ["intakt"]
held_within_s = -3
playable_after_s = 5
"""


def said_of(text: str) -> list[str]:
    return [each.sentence for each in read_scenario(text).problems]


def test_what_does_not_go_together_is_said_beside_what_cannot_be_read() -> None:
    """Impossible orders, a stop that was forgotten and an idle promise once waited for the next round."""
    found = said_of(SEVERAL)

    for said in (
        "cameras count: ",
        "step 1 (stop) cannot come about: cam-02 does not record",
        "cam-02 still records at the end",
        "steps 3 network state: ",
        "steps 4 network: ",
        "promises verdicts 1: ",
        "promises held_within_s: ",
        "promises.playable_after_s judges nothing",
    ):
        assert any(each.startswith(said) for each in found), (said, found)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('do = "press"', 'do = "pres"'),  # it may have begun what is stopped
        ('do = "press"', 'do = "press"\ncamera = ["cam-01"]'),
        ('do = "stop"', 'do = "stp"'),
        ('do = "stop"', 'do = "stop"\ncameras = [2]'),
        ('do = "stop"', 'do = "stop"\ncameras = ["cam-09"]'),
        ('do = "wait_held"', 'do = "wait_held"\ntimeout_s = "long"'),
        ('do = "smash"', 'do = "smsh"'),
        ("count = 2", "cuont = 2"),
        ("count = 2", 'count = "two"'),
        ("[cameras]", "[camras]"),
        ("[[steps]]", "[[step]]"),
        ("[promises]", "[run]\ntime = 5\nbegins = 2026-01-05\n\n[promises]"),
        ("[promises]", "[fleet]\ndeletes = 1\n\n[promises]\ngone_within_s = 5"),
        ('do = "smash"\ncameras = ["cam-01"]', 'do = "repeat"\ntimes = 0\nsteps = [{do = "smash"}]'),
    ],
)
def test_nothing_is_said_that_is_wrong_only_because_of_what_cannot_be_read(before: str, after: str) -> None:
    whole = SCENARIO.replace("[promises]\n", "[promises]\nplayable_after_s = 5\n")
    assert read_scenario(whole).problems == ()
    assert before in whole

    found = said_of(whole.replace(before, after))

    assert found, after
    assert not [
        each
        for each in found
        if re.search(
            "cannot come about|judges nothing|still records|nothing waits|no steps|any_of|begin on", each
        )
    ], found


def test_an_order_that_is_impossible_hides_no_stop_that_was_forgotten() -> None:
    found = said_of(scenario("swapped", "stop", "press", "wait_held"))

    assert [each.partition(":")[0] for each in found] == [
        "step 1 (stop) cannot come about",
        "cam-01 still records at the end",
    ]


@pytest.mark.parametrize(
    "text", ["steps = 5", "cameras = []", "pilot = 1", 'steps = ["press"]', "promises = 2"]
)
def test_a_table_of_another_kind_is_said_and_no_more(text: str) -> None:
    assert len(said_of(f'name = "n"\ntitle = "t"\n{text}\n')) <= 2
    assert said_of(f'name = "n"\ntitle = "t"\n{text}\n')


def test_a_word_that_is_misspelt_is_not_said_to_be_missing_as_well() -> None:
    [key] = said_of(SCENARIO.replace("seconds = 20", "second = 20"))
    assert key == 'steps 3 wait second is not a key that is known here; did you mean "seconds"?'
    misspelt = SCENARIO.replace("seconds = 20", 'seconds = "$aftr"') + "\n[parameters]\nafter = 5\n"
    [parameter] = said_of(misspelt)
    assert parameter == 'there is no parameter aftr; did you mean "after"?'
