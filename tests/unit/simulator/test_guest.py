"""A guest at somebody else's fleet takes away what it brought, whatever of that the fleet lets it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.cameras import group as group_module
from simulator.cameras.enrolled import FleetPlace, save_place
from simulator.cameras.group import CameraGroup
from simulator.cameras.spec import CameraSpec, plan_cameras
from simulator.errors import FleetServiceError, FleetUnreachableError
from simulator.fleet.api import FleetApi
from simulator.fleet.guest import FleetGuest
from simulator.oracle.facts.at_fleet import LastingHold
from simulator.scenario.context import ScenarioContext
from simulator.scenario.recorder import HistoryRecorder
from simulator.scenario.watch import RecordingWatch
from simulator.sources.choose import SceneSpec


class Remembering(FleetApi):
    """A fleet that remembers what is there, and refuses some of it to be taken away."""

    def __init__(self, refused: set[str], gone_after: int | None = None) -> None:
        self.there: set[str] = set()
        self.refused = refused
        self.left_to_answer = gone_after
        self.order: list[str] = []

    def add_officer(self, name: str) -> str:
        self.there.add(f"id of {name}")
        return f"id of {name}"

    def assign(self, camera: str, officer: str) -> str:
        return f"{camera} {officer}"

    def revoke(self, camera: str, purpose: str) -> None:
        assert purpose
        self._take_away(camera)

    def retire(self, officer: str) -> None:
        self._take_away(officer)

    def holds(self, recording: str) -> tuple[LastingHold, ...]:
        return tuple(LastingHold(each, *each.split("/")[1:]) for each in self.there if recording in each)

    def release(self, hold: str, reason: str) -> None:
        assert reason
        self._take_away(hold)

    def _take_away(self, what: str) -> None:
        if self.left_to_answer == 0:
            raise FleetUnreachableError("nobody answers")
        if self.left_to_answer is not None:
            self.left_to_answer -= 1
        if what in self.refused:
            raise FleetServiceError("no")
        self.there.discard(what)
        self.order.append(what)


def at_a_fleet(api: Remembering, cameras: int) -> FleetGuest:
    guest = FleetGuest("Simulator abc officer")
    for number in range(cameras):
        camera = f"cam-{number:02d}"
        api.there.add(camera)
        guest.cameras.append(camera)
        guest.hand_out(api, camera)
    return guest


@given(
    cameras=st.integers(0, 4),
    refused=st.sets(
        st.sampled_from(
            [f"cam-{at:02d}" for at in range(4)] + [f"id of Simulator abc officer {at}" for at in range(1, 5)]
        )
    ),
    gone_after=st.none() | st.integers(0, 8),
)
def test_what_is_left_is_said_and_nothing_else_is_left(
    cameras: int, refused: set[str], gone_after: int | None
) -> None:
    api = Remembering(refused, gone_after)
    guest = at_a_fleet(api, cameras)
    guest.leave(api)

    assert len(guest.left) == len(api.there)
    said: Any = " ".join(guest.left)
    assert all(each.removeprefix("id of ") in said for each in api.there)


def test_cameras_go_before_their_officers() -> None:
    """An officer who wears a camera cannot be retired."""
    api = Remembering(set())
    at_a_fleet(api, 2).leave(api)

    assert [each.startswith("cam-") for each in api.order] == [True, True, False, False]


def test_holds_that_it_placed_are_ended_and_those_of_others_stay() -> None:
    api = Remembering(set())
    guest = FleetGuest("Simulator abc officer")
    api.there |= {"r1/Simulator/a step", "r1/Head 1/a claim", "r2/Simulator/a step"}
    guest.held += [("r1", "Simulator", "a step"), ("r1", "Simulator", "a step")]
    guest.leave(api)
    assert api.there == {"r1/Head 1/a claim", "r2/Simulator/a step"}
    assert guest.left == ()


def test_a_hold_that_the_fleet_does_not_end_is_said() -> None:
    api = Remembering({"r1/Simulator/a step"})
    api.there.add("r1/Simulator/a step")
    guest = FleetGuest("Simulator abc officer", held=[("r1", "Simulator", "a step")])
    guest.leave(api)
    assert guest.left == ("a hold on recording r1 (no)",)


def test_a_camera_that_is_handed_out_in_a_step_goes_to_an_officer_of_the_run_s_own() -> None:
    class Peopled(Remembering):
        worn: dict[str, str] = {}  # noqa: RUF012 - of this one fleet

        def assignments(self) -> dict[str, str]:
            return self.worn

        def hand_out(self, camera: str, names: Iterable[str]) -> str | None:
            return f"{camera} to {next(iter(names))}"

    api = Peopled(set())
    guest, watch = FleetGuest("Simulator abc officer"), RecordingWatch(api)
    group = cast("CameraGroup", ())
    at_theirs = ScenarioContext(group, None, watch, HistoryRecorder(), guest=guest)
    staying = ScenarioContext(group, None, watch, HistoryRecorder())

    assert at_theirs.hand_out("cam-01") == "cam-01 id of Simulator abc officer 1"
    assert guest.officers == {"Simulator abc officer 1": "id of Simulator abc officer 1"}
    assert staying.hand_out("cam-01") == "cam-01 to Simulator officer 1", "an Officer 1 may be a person"
    api.worn = {"a-1": "cam-01"}
    assert at_theirs.hand_out("cam-01") is None


# proves F5
def test_a_camera_that_joins_later_is_noted_before_anything_else_is_done_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Empty(Remembering):
        url = "https://fleet.test"
        known: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - of this one fleet
        worn: dict[str, str] = {}  # noqa: RUF012 - likewise

        def cameras(self) -> dict[str, dict[str, Any]]:
            return self.known

        def assignments(self) -> dict[str, str]:
            return self.worn

        def take_back(self, camera: str) -> None:
            self.order.append(f"took back {camera}")

        def enrolment_code(self) -> str:
            return "code"

    def enrolled(spec: CameraSpec, *_: object) -> FleetPlace:
        spec.state.mkdir(parents=True)
        place = FleetPlace(f"known-{spec.name}", "https://fleet.test", "fleet.test", 8883)
        save_place(spec.folder, place)
        return place

    monkeypatch.setattr(group_module, "enrol_camera", enrolled)
    monkeypatch.setattr(group_module, "_context", lambda: None)
    scene = SceneSpec(None, 160, 120, 5)
    specs = plan_cameras(["cam-01"], tmp_path, scene, window_s=5, seed=1)

    def joining(api: Empty, guest: FleetGuest | None) -> str:
        group = CameraGroup(specs, api, None, threading.Event(), ["cam-01"], guest=guest)
        with group:
            return group.enrol_later("cam-01").place.camera

    guest, api = FleetGuest("Simulator abc officer"), Empty(set())
    assert joining(api, guest) == "known-cam-01"
    assert guest.cameras == ["known-cam-01"]
    # A folder that was kept has the same camera, and whoever wore it does no longer.
    api.known, api.worn = {"known-cam-01": {}}, {"a-1": "known-cam-01"}
    assert joining(api, None) == "known-cam-01"
    assert api.order == ["took back known-cam-01"]
