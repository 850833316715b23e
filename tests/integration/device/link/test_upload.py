"""Recordings go to a real fleet, whatever happens on the way."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest

from device.config.sections import LinkSection
from device.link.link import Link
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import QUICK, Camera, eventually, stored
from tests.support.network.proxy import Proxy

ONE_AT_A_TIME = LinkSection(status_s=0.5, retry_max_s=0.5, uploads_at_once=1)
BIG = 500_000  # bytes of a part: a segment of two chunks of two parts is 2 MB
WASTE = 300_000  # bytes beside footage: handshakes, headers, ledger


@contextlib.contextmanager
def running(link: Link) -> Iterator[Link]:
    link.start()
    try:
        yield link
    finally:
        link.stop()


@pytest.fixture
def network(fleet: Fleet) -> Iterator[Proxy]:
    with Proxy("127.0.0.1", fleet.ports["cameras"]) as proxy:
        yield proxy


def footage_bytes(camera: Camera, number: int = 1) -> int:
    return sum(path.stat().st_size for path in camera.folders.recording(number).glob("*.seg"))


def test_a_recording_arrives_byte_for_byte_and_gets_its_receipt(fleet: Fleet, camera: Camera) -> None:
    take = camera.record()
    with running(camera.link()):
        camera.wait_for_receipts(1)
    assert stored(fleet, camera, 1) == take.files
    assert camera.folders.receipt(1).exists()


def test_it_goes_up_while_it_is_being_made(fleet: Fleet, camera: Camera) -> None:
    take = camera.take()
    for _ in range(4):
        take.chunk()
    take.press()
    folder = fleet.footage / "recordings" / camera.id / "00000001"
    with running(camera.link()):
        camera.put(take, segments=2, ended=False)
        eventually(lambda: len(list(folder.glob("segments/*"))) == 2, "the pre-record in the fleet")
        take.live()
        take.live()
        camera.put(take, segments=3, ended=False)
        eventually(lambda: len(list(folder.glob("segments/*"))) == 3, "the third segment in the fleet")
        assert not camera.shelf.recordings()[0].receipt
        take.live()
        take.close()
        camera.put(take)
        camera.wait_for_receipts(1)
    assert stored(fleet, camera, 1) == take.files


def test_a_connection_cut_in_the_middle_of_segments(  # proves L2
    fleet: Fleet, camera: Camera, network: Proxy
) -> None:
    take = camera.record(size=BIG)
    cuts = (300_000, 1_500_000, 2_500_000)
    network.cut_after(cuts[0])
    with running(camera.link(ONE_AT_A_TIME, uploads=network)):
        for following in (*cuts[1:], None):
            assert network.was_cut.wait(60)
            if following is not None:
                network.cut_after(following)
        camera.wait_for_receipts(1)
    assert stored(fleet, camera, 1) == take.files
    # What a cut wasted is less than its segment, so that nothing whole went up twice.
    assert network.sent_up < footage_bytes(camera) + sum(min(cut, 2_000_000) for cut in cuts) + WASTE


def test_the_fleet_killed_in_the_middle_of_an_upload(  # proves L2
    fleet: Fleet, camera: Camera, network: Proxy
) -> None:
    take = camera.record(size=BIG)
    network.tell_after(3_000_000)  # the first segment is held, the second is on its way
    with running(camera.link(ONE_AT_A_TIME, uploads=network)):
        assert network.passed.wait(60)
        fleet.kill()
        sent_before = network.sent_up
        fleet.start()
        camera.wait_for_receipts(1)
    assert stored(fleet, camera, 1) == take.files
    assert network.sent_up < footage_bytes(camera) + (sent_before - 2_000_000) + WASTE


def test_a_press_while_the_fleet_is_down_arrives_once_it_is_up(fleet: Fleet, camera: Camera) -> None:
    fleet.stop()
    with running(camera.link()) as link:
        take = camera.record()
        eventually(lambda: bool(link.state().troubles), "a sentence about the fleet")
        assert "no connection" in " ".join(link.state().troubles)
        fleet.start()
        camera.wait_for_receipts(1)
        eventually(lambda: not link.state().troubles, "the end of the trouble")
    assert stored(fleet, camera, 1) == take.files


def test_a_camera_that_starts_again_sends_what_is_missing_and_no_more(
    fleet: Fleet, camera: Camera, network: Proxy
) -> None:
    take = camera.record(size=BIG)
    network.cut_after(5_000_000)
    with running(camera.link(ONE_AT_A_TIME, uploads=network)):
        assert network.was_cut.wait(60)
        network.refuse()
    sent_before = network.sent_up
    network.go()
    with running(camera.link(ONE_AT_A_TIME, uploads=network)):
        camera.wait_for_receipts(1)
    assert stored(fleet, camera, 1) == take.files
    assert network.sent_up - sent_before < footage_bytes(camera) - 4_000_000 + WASTE


def test_the_newest_recording_goes_first(fleet: Fleet, camera: Camera, network: Proxy) -> None:
    for number in (1, 2, 3):
        camera.record(number, size=BIG, prerecord=2, live=0)
    with running(camera.link(ONE_AT_A_TIME, uploads=network)):
        camera.wait_for_receipts(1, 2, 3)
    arrived = {
        number: min(
            path.stat().st_mtime_ns
            for path in (fleet.footage / "recordings" / camera.id / f"{number:08d}" / "segments").iterdir()
        )
        for number in (1, 2, 3)
    }
    assert min(arrived, key=lambda number: arrived[number]) == 3


def test_an_altered_recording_is_refused_loudly_and_stays(  # proves C8
    fleet: Fleet, camera: Camera, caplog: pytest.LogCaptureFixture
) -> None:
    camera.record(2)
    take = camera.record(1)
    path = camera.folders.recording(1) / max(take.segments)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with running(camera.link()) as link:
        camera.wait_for_receipts(2)
        eventually(lambda: bool(link.state().troubles), "the refusal")
        (trouble,) = link.state().troubles
    assert trouble.startswith("Recording 1: ")
    assert "stays on the camera" in caplog.text
    assert path.read_bytes() == data
    assert not camera.folders.receipt(1).exists()


def test_other_bytes_under_a_name_that_is_held_are_refused(fleet: Fleet, camera: Camera) -> None:  # proves L2
    take = camera.take()
    for _ in range(4):
        take.chunk()
    take.press()
    folder = fleet.footage / "recordings" / camera.id / "00000001"
    camera.put(take, segments=2, ended=False)
    with running(camera.link()):
        eventually(lambda: len(list(folder.glob("segments/*"))) == 2, "the pre-record in the fleet")
    before = {path.name: path.read_bytes() for path in folder.glob("segments/*")}
    take.close()
    name = min(take.segments)
    take.segments[name][-1] ^= 1
    camera.put(take)
    with running(camera.link()) as link:
        eventually(lambda: bool(link.state().troubles), "the refusal")
        assert "Recording 1: " in link.state().troubles[0]
    assert {path.name: path.read_bytes() for path in folder.glob("segments/*")} == before


def test_a_network_that_hangs_slows_nobody_down(camera: Camera, network: Proxy) -> None:
    take = camera.take()
    take.chunk()
    take.press()
    network.hold()
    with running(camera.link(QUICK, uploads=network)) as link:
        camera.put(take, segments=1, ended=False)
        eventually(lambda: network.connections > 0, "a connection that hangs")
        recording = camera.shelf.recordings()[0]
        longest = 0.0
        for _ in range(500):
            start = time.perf_counter()
            camera.shelf.put(recording)
            link.status_changed()
            longest = max(longest, time.perf_counter() - start)
        assert longest < 1  # the network would have held it for 10 s and more
        network.go()
