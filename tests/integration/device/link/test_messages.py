"""Status, news and desired states over a real broker, with a network that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from device.link.link import Link
from protocol.messages.events import CameraEvent, NewsKind
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera, eventually
from tests.support.network.proxy import Proxy

pytestmark = [pytest.mark.broker]


@pytest.fixture
def network(fleet: Fleet) -> Iterator[Proxy]:
    with Proxy("127.0.0.1", fleet.ports["mqtt"]) as proxy:
        yield proxy


@pytest.fixture
def start() -> Iterator[Callable[[Link], Link]]:
    """Starts links, and stops them after the test."""
    started: list[Link] = []

    def run(link: Link) -> Link:
        link.start()
        started.append(link)
        return link

    yield run
    for each in started:
        each.stop()


def seen(fleet: Fleet, camera: Camera) -> dict[str, Any]:
    """The camera as the dashboard's interface shows it."""
    answer: dict[str, Any] = fleet.api.get(f"/cameras/{camera.id}").raise_for_status().json()
    return answer


def opened(camera: Camera, number: int) -> CameraEvent:
    """The news of a press."""
    return CameraEvent(
        id=f"press-{number}",
        kind=NewsKind.RECORDING_OPENED,
        camera=camera.id,
        at_utc_us=1_795_000_000_000_000,
        number=number,
        recording=camera.take(number).recording.hex(),
        prerecord_s=180.0,
    )


def listed(fleet: Fleet, camera: Camera) -> set[int]:
    """The numbers of the camera's recordings that the dashboard's interface lists."""
    answer = fleet.api.get("/recordings", params={"camera": camera.id}).raise_for_status()
    return {each["number"] for each in answer.json()}


def test_a_camera_shows_as_online_and_says_goodbye(fleet: Fleet, camera: Camera) -> None:
    link = camera.link()
    link.start()
    eventually(lambda: seen(fleet, camera)["online"], "the camera online")
    assert seen(fleet, camera)["status"]["state"] == "ready"
    link.stop()
    eventually(lambda: not seen(fleet, camera)["online"], "the camera offline")


def test_being_handed_out_arrives_and_holds_without_a_network(
    fleet: Fleet, camera: Camera, network: Proxy, start: Callable[[Link], Link]
) -> None:
    link = camera.link()
    link.start()
    officer = fleet.api.post("/officers", json={"name": "Officer 1"}).raise_for_status().json()["id"]
    wanted = {"camera": camera.id, "officer": officer}
    made = fleet.api.post("/assignments", json=wanted).raise_for_status().json()["id"]
    desired = camera.wait_for_desired(lambda each: each.assignment is not None)
    assert desired.assignment is not None
    assert (desired.assignment.id, desired.assignment.officer) == (made, "")  # the broker keeps no name
    eventually(lambda: link.desired == desired, "the desired state in force")
    link.stop()
    network.refuse()
    offline = Camera(camera.state, camera.identity)
    start(offline.link(uploads=network, messages=network))
    assert offline.wait_for_desired(lambda each: each.version > 0) == desired


def test_a_press_shows_at_once(fleet: Fleet, camera: Camera, start: Callable[[Link], Link]) -> None:
    link = start(camera.link())
    eventually(lambda: link.state().connected, "a connection")
    link.publish(opened(camera, 1))
    eventually(lambda: 1 in listed(fleet, camera), "the recording in the list")


def test_recordings_of_before_the_start_are_announced(
    fleet: Fleet, camera: Camera, network: Proxy, start: Callable[[Link], Link]
) -> None:
    camera.record(1)
    camera.record(2)
    network.refuse()
    start(camera.link(uploads=network))
    eventually(lambda: listed(fleet, camera) == {1, 2}, "both recordings in the list")


def test_news_survives_a_cut_and_desired_states_are_asked_for_again(
    fleet: Fleet, camera: Camera, network: Proxy, start: Callable[[Link], Link]
) -> None:
    link = start(camera.link(messages=network))
    eventually(lambda: link.state().connected, "a connection")
    network.refuse()
    eventually(lambda: not link.state().connected, "the end of the connection")
    eventually(lambda: "broker" in " ".join(link.state().troubles), "a word of what is wrong")
    link.publish(opened(camera, 5))
    officer = fleet.api.post("/officers", json={"name": "Officer 2"}).raise_for_status().json()["id"]
    fleet.api.post("/assignments", json={"camera": camera.id, "officer": officer}).raise_for_status()
    network.go()
    eventually(lambda: link.state().connected, "a new connection")
    camera.wait_for_desired(lambda each: each.assignment is not None)
    eventually(lambda: 5 in listed(fleet, camera), "the news of before the cut")
    eventually(lambda: not link.state().troubles, "the end of the trouble")


def test_a_broker_that_comes_back_is_found_again(
    fleet: Fleet, camera: Camera, start: Callable[[Link], Link]
) -> None:
    link = start(camera.link())
    eventually(lambda: link.state().connected, "a connection")
    fleet.kill()
    eventually(lambda: not link.state().connected, "the end of the connection")
    fleet.start()
    eventually(lambda: link.state().connected, "a new connection")
    eventually(lambda: seen(fleet, camera)["online"], "the camera online")


def test_a_link_stops_quickly_while_nothing_answers(camera: Camera, network: Proxy) -> None:
    network.hold()
    camera.record()
    link = camera.link(uploads=network, messages=network)
    link.start()
    eventually(lambda: network.connections > 0, "a connection that hangs")
    link.stop()
