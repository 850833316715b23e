"""Two devices with one identity and a real fleet between them: named as that, and not in each other's way."""

from __future__ import annotations

import contextlib
import io
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av

from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera, eventually, stored
from tests.support.media.media import MediaTake, Picture, make_media
from tests.support.media.recordings import Take

WITHIN_S = 60.0


def page(fleet: Fleet, path: str) -> str:
    """A page of the dashboard, as it is sent to a browser."""
    answer = fleet.api.get(f"{fleet.dashboard_url}{path}", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


# proves C8 F8 L2
def test_two_devices_with_one_identity_are_named_and_block_nothing(
    fleet: Fleet, enrolled: Callable[[], Camera], tmp_path: Path
) -> None:
    first = enrolled()
    first.run = "a" * 32
    second = first.copied(tmp_path / "copy", "b" * 32)
    takes = [(camera, number, camera.record(number)) for camera in (first, second) for number in (1, 2)]
    said = f"Two devices or more are using the identity of {first.id}"
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        for camera in (first, second):
            link = camera.link()
            link.start()
            stack.callback(link.stop)
        eventually(lambda: said in page(fleet, "/"), "the sentence on Today")
        assert time.monotonic() - began < WITHIN_S
        assert said in page(fleet, f"/cameras/{first.id}")
        for camera in (first, second):
            camera.wait_for_receipts(1, 2)
        officer = fleet.api.post("/officers", json={"name": "Officer of two"}).json()["id"]
        body = {"camera": first.id, "officer": officer}
        fleet.api.post("/assignments", json=body).raise_for_status()
        for camera in (first, second):
            camera.wait_for_desired(lambda desired: desired.assignment is not None)
    kept = {
        path.relative_to(fleet.footage): path.read_bytes()
        for path in (fleet.footage / "recordings" / first.id).rglob("*.seg")
    }
    for camera, number, take in takes:
        for name, data in take.segments.items():
            assert bytes(data) in kept.values(), (camera.run, number, name)
    assert len(kept) == sum(len(take.segments) for _, _, take in takes)
    listed = page(fleet, f"/recordings?camera={first.id}")
    for _, _, take in takes:
        assert take.recording.hex() in listed
        assert "came as number" in page(fleet, f"/recordings/{take.recording.hex()}")


# proves C8 F8
def test_what_each_of_two_devices_filmed_is_exported_apart(
    fleet: Fleet, enrolled: Callable[[], Camera], tmp_path: Path
) -> None:
    first = enrolled()
    second = first.copied(tmp_path / "copy", "b" * 32)
    takes = []
    for camera, seconds, seed in ((first, 3, 11), (second, 5, 12)):
        take = MediaTake(
            camera.test_identity,
            media=make_media(seconds=seconds),
            number=1,
            seed=seed + secrets.randbits(24),
        )
        takes.append(take.record(prerecord=1))
        camera.put(take)
    with contextlib.ExitStack() as stack:
        for camera in (first, second):
            link = camera.link()
            link.start()
            stack.callback(link.stop)
        for camera in (first, second):
            camera.wait_for_receipts(1)
    for take, seconds in zip(takes, (3, 5), strict=True):
        address = f"/recordings/{take.recording.hex()}/exports"
        answer = fleet.api.post(address, json={"purpose": "A copied card"}).raise_for_status()
        with av.open(io.BytesIO(answer.content), "r") as container:
            assert take.recording.hex() in container.metadata["comment"]
            pictures = [frame.time for frame in container.decode(video=0)]
            assert len(pictures) == seconds * Picture().fps


# proves F8
def test_a_camera_that_is_started_again_and_again_is_one_device(
    fleet: Fleet, enrolled: Callable[[], Camera]
) -> None:
    camera = enrolled()
    for start in range(1, 4):
        camera.run = f"{start:032x}"
        camera.record(start)
        link = camera.link()
        link.start()
        camera.wait_for_receipts(start)
        link.stop()
    assert stored(fleet, camera, 3)
    assert "Two devices" not in page(fleet, f"/cameras/{camera.id}")


# proves C8 L2
def test_a_card_that_was_copied_with_its_recordings_makes_each_of_them_once(
    fleet: Fleet, enrolled: Callable[[], Camera], tmp_path: Path
) -> None:
    first = enrolled()
    first.run = "a" * 32
    both = first.record(1)
    second = first.copied(tmp_path / "copy", "b" * 32)
    second.put(both)
    takes = [both, *(camera.record(2) for camera in (first, second))]
    with _linked(first, second):
        for camera in (first, second):
            camera.wait_for_receipts(1, 2)
    found = [take.recording.hex() for take in takes]
    listed = fleet.api.get("/recordings").raise_for_status().json()
    assert sorted(each["id"] for each in listed if each["id"] in found) == sorted(found)
    _kept_whole(fleet, first.id, takes)


# proves C8 L2 F8
def test_three_devices_with_one_identity_block_nothing(
    fleet: Fleet, enrolled: Callable[[], Camera], tmp_path: Path
) -> None:
    first = enrolled()
    first.run = "a" * 32
    cameras = [first, *(first.copied(tmp_path / f"copy-{run}", run * 32) for run in "bc")]
    takes = [camera.record(1) for camera in cameras]
    said = f"Two devices or more are using the identity of {first.id}. Recordings of each are told apart."
    with _linked(*cameras):
        eventually(lambda: said in page(fleet, "/"), "the sentence on Today")
        for camera in cameras:
            camera.wait_for_receipts(1)
    _kept_whole(fleet, first.id, takes)


# proves C8 L2 F8
def test_two_devices_that_take_turns_on_the_network_are_named_and_block_nothing(
    fleet: Fleet, enrolled: Callable[[], Camera], tmp_path: Path
) -> None:
    first = enrolled()
    first.run = "a" * 32
    second = first.copied(tmp_path / "copy", "b" * 32)
    takes = []
    for number in (1, 2):
        for camera in (first, second):
            takes.append(camera.record(number))
            with _linked(camera):
                camera.wait_for_receipts(number)
    _kept_whole(fleet, first.id, takes)
    for take in takes:
        assert "came as number" in page(fleet, f"/recordings/{take.recording.hex()}")


@contextlib.contextmanager
def _linked(*cameras: Camera) -> Iterator[None]:
    """Cameras on the network until the end of the block."""
    with contextlib.ExitStack() as stack:
        for camera in cameras:
            link = camera.link()
            link.start()
            stack.callback(link.stop)
        yield


def _kept_whole(fleet: Fleet, camera: str, takes: list[Take]) -> None:
    """Every piece of every take is at the fleet as it was made, and nothing else of that camera is."""
    kept = [path.read_bytes() for path in (fleet.footage / "recordings" / camera).rglob("*.seg")]
    made = [bytes(data) for take in takes for data in take.segments.values()]
    assert sorted(kept) == sorted(made)
