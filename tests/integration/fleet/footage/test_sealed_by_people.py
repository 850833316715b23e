"""What goes on while people have the vault sealed, and what sealing it does to whoever is watching."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.problems import ProblemError
from fleet.footage.recordings.models import OPENED, Recording
from fleet.footage.verifying import verifier
from fleet.footage.verifying.verification import NOT_TRIED
from fleet.vault.opening import Opening
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Ledger, read_ledger
from protocol.footage.receipt import read_receipt
from tests.support.fleet.fleet_footage import Fleet, Link, bearer, running
from tests.support.fleet.linked import eventually
from tests.support.fleet.vaults import PASSPHRASE, open_by_passphrase
from tests.support.media.recordings import Take, TestIdentity, record

ONE = Actor(ActorKind.USER, "u1", "Person 1")


@pytest.fixture(autouse=True)
def _tried_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "RETRY_S", 0.05)


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Fleet]:
    """A fleet that was started with a vault that a passphrase opens."""
    with running(tmp_path) as fleet:
        open_by_passphrase(fleet.services)
    with running(tmp_path) as fleet:
        yield fleet


def another(identity: TestIdentity) -> Take:
    """A recording of another number, of its own run."""
    take = Take(identity, seed=2, number=8)
    for _ in range(3):
        take.chunk()
    take.press(asked_s=3)
    take.live()
    take.close()
    return take


def rows(fleet: Fleet) -> list[Recording]:
    with fleet.services.readers() as session:
        return list(session.query(Recording).order_by(Recording.id))


def sent(fleet: Fleet, take: Take) -> Link:
    link = Link(fleet, take, named=True)
    link.everything()
    assert link.complete().status_code == 202
    return link


def test_what_cameras_send_is_kept_and_said_to_be_as_far_as_it_is(sealed: Fleet) -> None:
    # proves L2 F8
    identity = sealed.identity()
    first = sent(sealed, record(identity))
    eventually(lambda: "waits until the vault is unsealed" in (rows(sealed)[0].sentence or ""), "the wait")
    assert first.request("GET", "/receipt").status_code == 202
    headers = bearer(sealed, Role.CCTV_MANAGER)
    address = f"/api/v1/recordings/{first.take.recording.hex()}/viewings"
    answer = sealed.dashboard.post(address, headers=headers, json={"purpose": "x"})
    assert (answer.status_code, answer.json()["code"]) == (503, "vault_sealed")
    assert "until somebody unseals it with its passphrase" in answer.json()["detail"]
    sealed.services.vault_services.unsealing.by_passphrase(ONE, PASSPHRASE)
    assert read_receipt(first.wait_for_receipt().content, sealed.services.authority.der).verdict == "intact"
    assert rows(sealed)[0].opening == OPENED
    assert sealed.dashboard.post(address, headers=headers, json={"purpose": "x"}).status_code == 201

    sealed.services.vault.seal(ONE)
    second = sent(sealed, another(identity))
    verdict = read_receipt(second.wait_for_receipt().content, sealed.services.authority.der).verdict
    assert verdict == f"intact; {NOT_TRIED}"
    assert rows(sealed)[1].opening is None
    sealed.services.vault_services.unsealing.by_passphrase(ONE, PASSPHRASE)
    eventually(lambda: rows(sealed)[1].opening == OPENED, "the opening")


def test_sealing_it_ends_what_is_watched(tmp_path: Path) -> None:
    # proves F1
    with running(tmp_path) as fleet:
        link = sent(fleet, record(fleet.identity()))
        assert link.wait_for_receipt().status_code == 200
        headers = bearer(fleet, Role.CCTV_MANAGER)
        address = f"/api/v1/recordings/{link.take.recording.hex()}/viewings"
        viewing = fleet.dashboard.post(address, headers=headers, json={"purpose": "x"}).json()["viewing"]
        playlist = f"/api/v1/viewings/{viewing}/video.m3u8"
        assert fleet.dashboard.get(playlist, headers=headers).status_code == 200
        fleet.services.vault.seal(ONE)
        fleet.services.vault_services.unsealing.by_itself(ONE)
        answer = fleet.dashboard.get(playlist, headers=headers)  # also once the vault is open again
        assert (answer.status_code, answer.json()["code"]) == (404, "viewing_ended")
        assert fleet.dashboard.post(address, headers=headers, json={"purpose": "x"}).status_code == 201


def test_one_that_is_open_gives_no_key_from_then_on(tmp_path: Path) -> None:
    # proves F1
    with running(tmp_path) as fleet:
        ledger = read_ledger(bytes(record(fleet.identity()).ledger))
        opening = unsealed(fleet, ledger)
        key = opening.key(2, Track.AUDIO)
        fleet.services.vault.seal(ONE)
        assert key == bytes(32)
        for ask in (lambda: opening.key(2, Track.AUDIO), opening.open_all):
            with pytest.raises(ProblemError, match="sealed by hand") as caught:
                ask()
            assert caught.value.code == "vault_sealed"


def unsealed(fleet: Fleet, ledger: Ledger) -> Opening:
    return fleet.services.vault.unseal(
        recording="r", load=lambda: ledger, actor=ONE, action="a:b:c", purpose="test"
    )


def test_one_that_was_being_opened_is_not_opened(tmp_path: Path) -> None:
    # proves F1
    with running(tmp_path) as fleet:
        vault, ledger = fleet.services.vault, read_ledger(bytes(record(fleet.identity()).ledger))

        def load() -> Ledger:
            vault.seal(ONE)
            return ledger

        with pytest.raises(ProblemError, match="sealed a moment ago") as caught:
            vault.unseal(recording="r", load=load, actor=ONE, action="a:b:c", purpose="test")
        assert caught.value.code == "vault_sealed", "and not that it was sealed to others"


def test_a_check_during_which_it_is_sealed_says_nothing_of_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    with running(tmp_path) as fleet:
        services, real = fleet.services, Opening.open_all

        def sealed_meanwhile(opening: Opening) -> int:
            if not rows(fleet)[0].sentence:
                services.vault.seal(ONE)
            return real(opening)

        monkeypatch.setattr(Opening, "open_all", sealed_meanwhile)
        link = sent(fleet, record(fleet.identity()))
        eventually(lambda: "is unsealed" in (rows(fleet)[0].sentence or ""), "the wait")
        assert rows(fleet)[0].state == "verifying"
        services.vault_services.unsealing.by_itself(ONE)
        assert link.wait_for_receipt().status_code == 200
