"""Two devices that use one camera's identity and numbers: what each recorded is kept, whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.footage.recordings.models import Recording
from fleet.footage.store import names
from protocol.footage.receipt import read_receipt
from protocol.messages.events import CameraEvent, NewsKind
from tests.support.fleet.fleet_footage import Fleet, Link, running
from tests.support.media.recordings import Take, record


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


def two_takes(fleet: Fleet) -> tuple[Take, Take]:
    """Two recordings with number 7 of cam-01, each by a device of its own."""
    identity = fleet.identity()
    return record(identity, seed=1), record(identity, seed=2, live=4)


def states(fleet: Fleet) -> dict[str, str]:
    with fleet.services.readers() as session:
        return {row.public_id: row.state for row in session.scalars(select(Recording))}


# proves C8 L2
def test_two_recordings_of_one_number_are_both_held(fleet: Fleet, tmp_path: Path) -> None:
    links = [Link(fleet, take, named=True) for take in two_takes(fleet)]
    for link in links:  # in turns, as two devices at once do
        assert link.ledger(0, 200).status_code == 201
    for link in links:
        assert link.ledger(200, 300).status_code == 201
        assert link.state()["ledger_length"] == 300
    for link in links:
        link.everything()
    assert [link.complete().status_code for link in links] == [202, 202]
    for link in links:
        answer = link.wait_for_receipt()
        assert answer.status_code == 200
        receipt = read_receipt(answer.content, fleet.services.authority.der)
        assert receipt.recording == link.take.recording
        assert {each.name for each in receipt.segments} == set(link.take.segments)
    assert states(fleet) == {link.take.recording.hex(): "held" for link in links}
    first, second = (link.take for link in links)
    objects = tmp_path / "fleet/footage/objects"
    for take, place in (
        (first, names.Place("cam-01", 7)),
        (second, names.Place("cam-01", 7, second.recording.hex())),
    ):
        for name, data in take.segments.items():
            assert (objects / names.segment_key(place, name)).read_bytes() == bytes(data)


# proves L2
def test_each_device_is_answered_about_its_own_recording(fleet: Fleet) -> None:
    first, second = (Link(fleet, take, named=True) for take in two_takes(fleet))
    first.everything()
    assert second.state()["state"] == "unknown"
    second.ledger()
    assert second.state()["segments"] == []
    assert len(first.state()["segments"]) == len(first.take.segments)


# proves L3
def test_both_announcements_are_kept(fleet: Fleet) -> None:
    takes = two_takes(fleet)
    for take in (*takes, takes[0]):
        event = CameraEvent(
            id=f"{take.recording.hex()}-opened",
            kind=NewsKind.RECORDING_OPENED,
            camera="cam-01",
            at_utc_us=1,
            number=7,
            recording=take.recording.hex(),
        )
        for handler in fleet.services.cameras.news:
            handler([event], fleet.services.clock())
    assert states(fleet) == {take.recording.hex(): "announced" for take in takes}
    for take in takes:
        link = Link(fleet, take, named=True)
        link.everything()
        link.complete()
        link.wait_for_receipt()
    assert states(fleet) == {take.recording.hex(): "held" for take in takes}


def test_what_was_left_without_rows_is_adopted_apart(fleet: Fleet) -> None:
    first, second = (Link(fleet, take, named=True) for take in two_takes(fleet))
    first.everything()
    second.ledger()
    name = min(second.take.segments)
    place = names.Place("cam-01", 7, second.take.recording.hex())
    with fleet.services.footage.spool.keep(bytes(second.take.segments[name])) as incoming:
        fleet.services.footage.store.put(names.segment_key(place, name), incoming.finish())
    assert [each["name"] for each in second.state()["segments"]] == [name]


def test_a_device_that_names_no_recording_means_the_first_of_a_number(fleet: Fleet) -> None:
    first, second = two_takes(fleet)
    Link(fleet, first, named=True).everything()
    unnamed = Link(fleet, first)
    assert len(unnamed.state()["segments"]) == len(first.segments)
    assert unnamed.complete().status_code == 202
    assert Link(fleet, second).ledger().status_code == 409


# proves L1
def test_an_id_is_one_recordings_for_good(fleet: Fleet) -> None:
    first, _ = two_takes(fleet)
    Link(fleet, first, named=True).ledger()
    other_number = Link(fleet, record(first.identity, seed=1), named=True)
    other_number.base = other_number.base.replace("/7", "/8")
    answer = other_number.ledger()
    assert (answer.status_code, answer.json()["code"]) == (409, "recording_id_taken")
    elsewhere = Link(fleet, record(fleet.identity("another"), seed=1), named=True)
    answer = elsewhere.ledger()
    assert (answer.status_code, answer.json()["code"]) == (409, "recording_id_taken")


def test_a_ledger_under_another_id_is_refused(fleet: Fleet) -> None:
    first, second = two_takes(fleet)
    link = Link(fleet, first, named=True)
    link.ledger()
    stray = Link(fleet, second, named=True)
    stray.take.ledger, ledger = first.ledger, stray.take.ledger
    stray.ledger()
    assert stray.state()["state"] == "failed"
    assert link.state()["state"] == "uploading"
    stray.take.ledger = ledger


@pytest.mark.parametrize("odd", ["", "x", "AB" * 16, "ab" * 15, "../" + "ab" * 15])
def test_an_id_that_is_none_is_said(fleet: Fleet, odd: str) -> None:  # proves F6
    link = Link(fleet, record(fleet.identity()))
    assert link.request("GET", f"?recording={odd}").status_code == 422
