"""The scenarios of the library: how the product is broken for each, and the promise that must then be named.

Parameters cut a scenario down, so that all of them take minutes.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.scenario.load import read_text
from tests.support.broken.breakage import VARIABLE

SIMULATOR = Path(sys.executable).with_name("lapel-simulator")
PATIENCE_S = 900
HELD_WITHIN_S = 40
"""So long is waited for a receipt that a broken product never gives."""


@dataclass(frozen=True)
class Guard:
    """A scenario, how its product is broken, and the promise that must be named.

    Attributes:
        scenario: Its name.
        breakage: What is wrong with the product.
        promise: What the report calls it.
        given: Parameters that cut it down.
    """

    scenario: str
    breakage: str
    promise: str
    given: dict[str, str] = field(default_factory=dict)


GUARDS = [
    Guard(
        "first_press",
        "empties_the_prerecord_at_the_press",
        "full_prerecord",
        {"cameras": "1", "window_s": "20", "after_s": "5"},
    ),
    Guard(
        "normal_morning",
        "removes_what_it_is_set_to_keep",
        "acknowledged is kept",
        {"cameras": "1", "visits": "2", "every_s": "400"},
    ),
    Guard("refused_consent", "keeps_its_sensors_open_in_private", "private means off"),
    Guard("override", "marks_nothing", "an override is marked"),
    Guard("danger_at_the_door", "keeps_no_word_that_it_says_it_keeps", "what was said is kept"),
    Guard(
        "smashed_camera",
        "sends_the_oldest_first",
        "playable_after_s",
    ),
    Guard("dead_battery", "keeps_keys_in_memory_until_the_stop", "lost_at_most_s", {"dead_s": "60"}),
    Guard(
        "power_cut",
        "throws_away_at_its_start_what_was_cut_off",
        "acknowledged is kept",
        {"window_s": "10"},
    ),
    Guard("full_card", "deletes_the_oldest_recording_to_make_room", "acknowledged is kept"),
    Guard(
        "two_weeks",
        "queues_three_recordings_at_most",
        "acknowledged is kept",
        {"days": "5", "made": "6"},
    ),
    Guard("six_months", "knows_no_holds", "nothing goes before its day"),
    Guard("pilot_month", "forgets_to_say_how_to_complain", "every letter is right"),
    Guard("wrong_clock", "counts_by_the_wall_clock", "prerecord_at_least_s"),
    Guard("stolen_camera", "answers_revoked_cameras", "a revoked camera is refused"),
    Guard(
        "sixteenth_camera",
        "lets_in_one_camera_more",
        "the steps come about",
        {
            "admitted": "2",
            "last": '["cam-02"]',
            "newcomer": '["cam-03"]',
            "made": "{ cam-03 = 1, cam-01 = 0 }",
        },
    ),
    Guard("docking_rush", "goes_on_recording_in_its_dock", "the steps come about", {"cameras": "3"}),
    Guard("broker_outage", "sends_nothing_that_the_broker_has_not_heard_of", "held by the fleet"),
    Guard("fleet_away", "begins_anew_at_each_start", "the export plays", {"window_s": "20"}),
    Guard("bad_network", "gives_up_after_one_failure", "held by the fleet"),
    Guard("corrupted_card", "takes_all_that_comes_for_whole", "damage is found"),
    Guard("forged_messages", "lets_every_camera_say_anything", "a camera speaks as itself alone"),
    Guard(
        "sixty_presses",
        "empties_the_ring_when_a_recording_ends",
        "prerecord_at_least_s",
        {"presses": "5"},
    ),
]


@dataclass(frozen=True)
class Ended:
    """What a run came to."""

    status: int
    report: dict[str, Any]
    said: str

    @property
    def broken(self) -> set[str]:
        """The promises that it says were broken."""
        return {each["promise"] for each in self.report["checks"] if each["result"] == "broken"}


def ended(guard: Guard, folder: Path, environment: Mapping[str, str]) -> Ended:
    """Run a scenario with the program, in an environment that may break the product."""
    _, text = read_text(guard.scenario)
    if environment.get(VARIABLE):
        held = f'do = "wait_held"\ntimeout_s = {HELD_WITHIN_S}\n'
        text = re.sub(r'do = "wait_held"\n(timeout_s = \d+\n)?', held, text)
    scenario, report = folder / f"{guard.scenario}.toml", folder / "report.json"
    scenario.write_text(text)
    given = [part for name, value in guard.given.items() for part in ("--set", f"{name}={value}")]
    command = [str(SIMULATOR), "run", str(scenario), *given, "--json", str(report)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert report.exists(), done.stderr
    return Ended(done.returncode, json.loads(report.read_text()), done.stdout + done.stderr)
