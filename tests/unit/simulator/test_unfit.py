"""A scenario that cannot be run at somebody else's fleet is refused before anything starts."""

from __future__ import annotations

import shlex
from typing import get_args

import pytest

from simulator.errors import ScenarioError
from simulator.scenario.language.read import read_scenario
from simulator.scenario.language.unfit import OVER_THE_FLEET, refuse_unfit, refuse_without_fleet
from simulator.scenario.load import parse_scenario
from simulator.scenario.steps.order import Step
from tests.support.scenarios import on, scenario, step

WORDS = {
    word for each in get_args(get_args(Step)[0]) for word in get_args(each.model_fields["do"].annotation)
}


def test_every_step_that_stops_or_starts_something_of_the_fleet_is_known() -> None:
    named = {each for each in WORDS if each.startswith(("stop_", "start_"))}
    assert named == OVER_THE_FLEET & WORDS


def test_such_a_scenario_is_refused_with_its_steps() -> None:
    text = scenario("away", "press", "stop_fleet", "stop", "start_fleet", "wait_held")
    with pytest.raises(
        ScenarioError, match=r"step 2 \(stop_fleet\), step 4 \(start_fleet\) need power"
    ) as refused:
        refuse_unfit(parse_scenario(text, origin="away.toml"))
    assert refused.value.exit_status == 2


def test_any_other_is_not() -> None:
    refuse_unfit(parse_scenario(scenario("short", "press", "stop", "wait_held"), origin="short.toml"))


REAL = {
    "count": 2,
    "driver.cam-02.ssh": "ssh://lapel@camera.example",
    "driver.cam-02.config": "/etc/lapel/camera.toml",
}


def said(*steps: str, time: str | None = None, **cameras: object) -> list[str]:
    """What is wrong with a scenario of a virtual camera and a real one."""
    text = scenario("both", *steps, time=time, cameras=REAL | cameras)
    return [each.sentence for each in read_scenario(text).problems]


def test_a_real_camera_is_asked_for_what_its_officer_may_and_for_nothing_else() -> None:
    assert said("press", step("private", state="on", cameras=["cam-02"]), "stop", "wait_held")[0].startswith(
        "step 3 (stop) cannot come about: cam-02"
    )
    assert said("press", "stop", "wait_held", on("cover", "cam-01")) == []
    refused = "{} cannot be done to cam-02, which is a real camera: name the others in cameras"
    assert said("cover") == [refused.format("cover")]
    within = '[[steps]]\ndo = "{}"\n{} = [[{{ do = "mute" }}], []]\n'
    assert said(within.format("random", "choices")) == [refused.format("mute")]
    assert said(within.format("parallel", "branches")) == [refused.format("mute")]
    again = '[[steps]]\ndo = "repeat"\ntimes = 2\nsteps = [{ do = "network", state = "cut" }]\n'
    assert said(again) == [refused.format("network")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ssh", "ssh://camera.example"),
        ("ssh", "ssh://lapel@-oProxyCommand=x"),
        ("ssh", "ssh://-l@camera.example"),
        ("ssh", "ssh://lapel@camera.example/etc"),
        ("ssh", "ssh://lapel@camera.example\n"),
        ("config", "/etc/lapel/camera.toml; rm -rf /"),
        ("config", "$(id)"),
        ("program", "-lapel"),
        ("program", "lapel device"),
    ],
)
def test_nothing_that_a_shell_or_ssh_takes_for_its_own_is_an_address(key: str, value: str) -> None:
    [problem] = said("press", "stop", "wait_held", **{f"driver.cam-02.{key}": value})
    assert f"cameras driver cam-02 {key}" in problem


def test_a_real_camera_is_in_no_virtual_time_and_has_a_fleet_already() -> None:
    assert said("press", "stop", "wait_held", time="virtual") == [
        "a real camera takes part in real time alone"
    ]
    text = scenario("both", "press", "stop", "wait_held", cameras=REAL)
    with pytest.raises(ScenarioError, match=r"cam-02 has a driver.*give --fleet"):
        refuse_without_fleet(parse_scenario(text, origin="both.toml"))


def test_ssh_gets_a_list_of_arguments_and_never_asks_for_a_password() -> None:
    cameras = parse_scenario(
        scenario("both", "press", "stop", "wait_held", cameras=REAL), origin="both.toml"
    ).cameras
    [address] = cameras.addresses(None).values()
    arguments = address.arguments("private-off")

    assert arguments[0] == "ssh"
    for option in ("BatchMode=yes", "StrictHostKeyChecking=yes", "PasswordAuthentication=no"):
        assert arguments[arguments.index(option) - 1] == "-o"
    assert arguments[-5:] == (
        "-l", "lapel", "--", "camera.example",
        "lapel-device private --off --config /etc/lapel/camera.toml --json",
    )  # fmt: skip


def test_what_was_said_goes_over_ssh_as_words_and_as_nothing_else() -> None:
    text = scenario("both", "press", "stop", "wait_held", cameras=REAL)
    [address] = parse_scenario(text, origin="both.toml").cameras.addresses(None).values()
    said = {"kind": "not asked", "why": "no common language", "wording": ""}
    told = address.arguments("consent", **said)[-1]

    assert told == (
        "lapel-device consent 'not asked' --why 'no common language' --config /etc/lapel/camera.toml --json"
    )
    assert shlex.split(told)[1:5] == ["consent", "not asked", "--why", "no common language"]
    for odd in ("$(reboot)", "a'; reboot; '", "--config", "a\nb", "`x`", "en 2;"):
        with pytest.raises(ValueError, match="no word for a shell"):
            address.arguments("consent", kind="given", wording=odd)
