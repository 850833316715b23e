"""A guest at somebody else's fleet takes away what it brought, whatever of that the fleet lets it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import FleetServiceError, FleetUnreachableError
from simulator.fleet.api import FleetApi
from simulator.fleet.guest import FleetGuest
from simulator.oracle.facts.at_fleet import LastingHold


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
