"""The fleet opens a recording before it signs for it: what cannot be opened gets no receipt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import undefer

from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.footage.recordings.models import OPENED, Recording, RecordingState
from fleet.footage.verifying import verifier
from fleet.footage.verifying.opening import ACTION
from fleet.footage.verifying.verification import NOT_TRIED
from fleet.vault.opening import Opening
from protocol.footage.format.model import PlainChunk, PlainPart, Track
from protocol.footage.ledger.ledger import Keys
from protocol.footage.receipt import read_receipt
from protocol.footage.sealing.keys import seal_keys
from tests.support.fleet.fleet_footage import Fleet, Link, bearer, running
from tests.support.media.parts import cut, encoded, footage_chunk
from tests.support.media.recordings import SECOND_NS, Take, make_identity, plain_chunk, record


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


@pytest.fixture(autouse=True)
def _tried_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "RETRY_S", 0.05)


def sent(fleet: Fleet, take: Take) -> Any:  # noqa: ANN401 - an answer of the test client
    link = Link(fleet, take, named=True)
    link.everything()
    assert link.complete().status_code == 202
    return link.wait_for_receipt()


def row(fleet: Fleet) -> Recording:
    with fleet.services.readers() as session:
        query = session.query(Recording).options(undefer(Recording.report))
        return query.order_by(Recording.id.desc()).limit(1).one()


def checks(fleet: Fleet) -> list[AuditEntry]:
    with fleet.services.readers() as session:
        query = session.query(AuditEntry).filter(AuditEntry.action == ACTION)
        return list(query.order_by(AuditEntry.number))


def changed(change: Callable[[PlainPart, int, int], PlainPart]) -> Callable[..., PlainChunk]:
    """Footage whose picture parts a camera's owner replaced before they were sealed and signed."""

    def plain(start_ns: int, **options: Any) -> PlainChunk:  # noqa: ANN401 - those of footage_chunk
        chunk = footage_chunk(start_ns, **options)
        parts = tuple(
            change(each, start_ns, chunk.duration_ns) if each.track is Track.VIDEO else each
            for each in chunk.parts
        )
        return replace(chunk, parts=parts)

    return plain


def with_two_moofs(part: PlainPart, start_ns: int, duration_ns: int) -> PlainPart:
    second = cut(encoded(Track.VIDEO).part, start_ns=start_ns, duration_ns=duration_ns)
    return replace(part, data=part.data + second)


def eight_times_as_fast(part: PlainPart, start_ns: int, duration_ns: int) -> PlainPart:
    one = encoded(Track.VIDEO).part
    return replace(
        part,
        data=one.initialisation.data + cut(one, start_ns=start_ns, duration_ns=duration_ns // 8),
    )


def of_another_time(part: PlainPart, start_ns: int, duration_ns: int) -> PlainPart:
    one = encoded(Track.VIDEO).part
    fragment = cut(one, start_ns=start_ns + 3600 * SECOND_NS, duration_ns=duration_ns)
    return replace(part, data=one.initialisation.data + fragment)


def of_another_codec(part: PlainPart, _start_ns: int, _duration_ns: int) -> PlainPart:
    return replace(part, codec="avc1.64001F")


def of_sound(part: PlainPart, start_ns: int, duration_ns: int) -> PlainPart:
    one = encoded(Track.AUDIO).part
    return replace(part, data=one.initialisation.data + cut(one, start_ns=start_ns, duration_ns=duration_ns))


def of_noise(part: PlainPart, start_ns: int, duration_ns: int) -> PlainPart:
    one = encoded(Track.VIDEO).part
    noise = bytes(at * 37 % 251 for at in range(len(one.payload)))
    fragment = cut(one, start_ns=start_ns, duration_ns=duration_ns, payload=noise)
    return replace(part, data=one.initialisation.data + fragment)


def of_other_parameters(part: PlainPart, _start_ns: int, _duration_ns: int) -> PlainPart:
    """High profile in what a decoder is set up with, under the name of the baseline profile."""
    forged = bytearray(part.data)
    forged[forged.index(b"avcC") + 13] = 0x64
    return replace(part, data=bytes(forged))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (of_other_parameters, "the part's parameter sets are not those of the codec that it describes"),
        (with_two_moofs, "the picture of chunk 1: a part is made of ftyp, moov, moof and mdat, this one of"),
        (eight_times_as_fast, "the part lasts 0.12 s where the chunk's header says 1.00 s"),
        (of_another_time, "the part runs from 4101.00 s to 4102.00 s where the chunk's header says 501.00 s"),
        (of_another_codec, "where the chunk's header says 'avc1.64001F'"),
        (of_sound, "the part holds 'soun' where the chunk's header says video"),
        (of_noise, "the part's pictures are not cut into the units that its codec has"),
    ],
)
def test_what_only_looks_like_footage_gets_no_receipt(
    fleet: Fleet, change: Callable[[PlainPart, int, int], PlainPart], sentence: str
) -> None:
    # proves F8
    identity = replace(fleet.identity(), plain=changed(change))
    answer = sent(fleet, record(identity))
    assert (answer.status_code, answer.json()["code"]) == (422, "recording_failed")
    assert sentence in answer.json()["detail"]
    assert answer.json()["detail"].startswith("This recording cannot be opened, although its signatures")
    held = row(fleet)
    assert (held.state, held.verdict, held.opening) == ("failed", "cannot be opened", "refused")
    assert held.receipt_sha256 is None
    assert held.report is not None
    assert held.report["verdict"] == "intact"  # the signatures do hold, and the report keeps that
    assert [entry.actor for entry in checks(fleet)] == ["fleet"]


def in_another_context(recipients: Any, *, recording: bytes, **rest: Any) -> Keys:  # noqa: ANN401 - passed on
    return seal_keys(recipients, recording=bytes(reversed(recording)), **rest)


def other_keys(recipients: Any, *, keys: Any, **rest: Any) -> Keys:  # noqa: ANN401 - passed on
    return seal_keys(recipients, keys={place: bytes(reversed(key)) for place, key in keys.items()}, **rest)


def no_sound_keys(recipients: Any, *, keys: Any, **rest: Any) -> Keys:  # noqa: ANN401 - passed on
    return seal_keys(
        recipients, keys={place: key for place, key in keys.items() if place[1] is Track.VIDEO}, **rest
    )


@pytest.mark.parametrize(
    ("sealer", "sentence"),
    [
        (in_another_context, "its keys: the keys of chunks 1 to 3 do not open"),
        (other_keys, "the video of chunk 1 does not open: wrong key or changed bytes"),
        (no_sound_keys, "its sound: there is no key for the audio of chunk 1"),
    ],
)
def test_keys_that_open_nothing_get_no_receipt(
    fleet: Fleet, sealer: Callable[..., Keys], sentence: str
) -> None:
    answer = sent(fleet, record(fleet.identity(), sealer=sealer))  # proves F8
    assert answer.status_code == 422
    if sealer is other_keys:
        assert "the sound of chunk 1" in answer.json()["detail"]  # the tracks are tried in their order
    else:
        assert sentence in answer.json()["detail"]


@pytest.mark.parametrize(
    ("tracks", "what"), [((), "sound"), ((Track.VIDEO,), "sound"), ((Track.AUDIO,), "picture")]
)
def test_a_track_that_is_not_sealed_to_the_vault_gets_no_receipt(
    fleet: Fleet, tracks: tuple[Track, ...], what: str
) -> None:
    identity = fleet.identity()  # proves F8
    less = replace(identity.recipient, tracks=frozenset(tracks))
    answer = sent(fleet, record(replace(identity, recipient=less)))
    assert answer.status_code == 422
    assert f"its {what} is not sealed to this fleet's vault" in answer.json()["detail"]
    assert row(fleet).receipt_sha256 is None


def test_garbage_and_what_is_sealed_to_others_get_no_receipt(fleet: Fleet) -> None:  # proves F8
    identity = fleet.identity()
    assert sent(fleet, record(replace(identity, plain=plain_chunk))).status_code == 422
    stranger = replace(identity, recipient=make_identity().recipient)
    answer = sent(fleet, numbered(stranger, 8))
    assert answer.status_code == 422
    assert "not sealed to this fleet's vault" in answer.json()["detail"]


def numbered(identity: Any, number: int, **options: Any) -> Take:  # noqa: ANN401 - passed on
    """A take of another number, of its own run."""
    take = Take(identity, seed=number, number=number)
    for _ in range(3):
        take.chunk()
    take.press(asked_s=3)
    take.live()
    take.close(**options)
    return take


def test_the_check_is_written_down_as_the_fleet_s_and_is_no_viewing(fleet: Fleet) -> None:  # proves F1
    take = record(fleet.identity())
    assert sent(fleet, take).status_code == 200
    (entry,) = checks(fleet)
    assert (entry.actor, entry.subject) == ("fleet", take.recording.hex())
    assert "nobody is shown anything" in entry.purpose
    answer = fleet.dashboard.get(
        f"/api/v1/recordings/{take.recording.hex()}", headers=bearer(fleet, Role.SAFETY_TEAM)
    ).json()
    assert (answer["state"], answer["opening"]) == ("held", "opened")
    assert answer["opening_at"]


def test_a_crash_between_the_log_and_the_opening_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    with running(tmp_path) as fleet, monkeypatch.context() as crash:

        def stop(_opening: Opening) -> int:
            raise RuntimeError("the process dies here")

        crash.setattr(Opening, "open_all", stop)
        link = Link(fleet, record(fleet.identity()))
        link.everything()
        link.complete()
        wait_until(lambda: len(checks(fleet)) == 1)
        assert link.request("GET", "/receipt").status_code == 202
    with running(tmp_path) as fleet:
        link.fleet = fleet
        assert link.wait_for_receipt().status_code == 200
        assert len(checks(fleet)) == 2  # it was opened twice, and the log says so


def wait_until(is_so: Callable[[], bool], within_s: float = 20.0) -> None:
    """Look again and again."""
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline
        pause.wait(0.02)


def seal(state: Path) -> None:
    """Take the key file away, as when its volume is not mounted."""
    (state / "vault/key-file").rename(state / "away")


def unseal(state: Path) -> None:
    """Put it back."""
    (state / "away").rename(state / "vault/key-file")


def test_a_camera_s_first_recording_waits_for_a_sealed_vault(tmp_path: Path) -> None:  # proves F8
    with running(tmp_path) as fleet:
        take = record(fleet.identity())
    seal(tmp_path)
    with running(tmp_path) as fleet:
        link = Link(fleet, take)
        link.everything()
        link.complete()
        wait_until(lambda: "is known to open" in (row(fleet).sentence or ""))
        assert link.request("GET", "/receipt").status_code == 202
    with running(tmp_path) as fleet:  # and a restart does not forget it
        link.fleet = fleet
        wait_until(lambda: "is known to open" in (row(fleet).sentence or ""))
        assert checks(fleet) == []
        unseal(tmp_path)
        assert read_receipt(link.wait_for_receipt().content, fleet.services.authority.der).verdict == "intact"
        assert (row(fleet).state, row(fleet).opening) == ("held", OPENED)


def second_while_sealed(state: Path, plain: Callable[..., PlainChunk]) -> Link:
    """Have one recording opened, then send another while the vault is sealed; return the second."""
    with running(state) as fleet:
        identity = fleet.identity()
        assert sent(fleet, record(identity)).status_code == 200
        take = numbered(replace(identity, plain=plain), 8)
    seal(state)
    with running(state) as fleet:
        link = Link(fleet, take, named=True)
        link.everything()
        link.complete()
        receipt = read_receipt(link.wait_for_receipt().content, fleet.services.authority.der)
        assert receipt.verdict == f"intact; {NOT_TRIED}"
        held = row(fleet)
        assert (held.state, held.verdict, held.opening) == ("held", "intact", None)
    return link


def test_a_later_one_is_held_as_not_opened_yet_and_opened_once_that_can_be(tmp_path: Path) -> None:
    second_while_sealed(tmp_path, footage_chunk)  # proves F8
    unseal(tmp_path)
    with running(tmp_path) as fleet:
        wait_until(lambda: row(fleet).opening == OPENED)
        assert row(fleet).state == RecordingState.HELD
        assert len(checks(fleet)) == 2


def test_one_that_turns_out_not_to_open_is_held_no_longer(tmp_path: Path) -> None:  # proves F8
    link = second_while_sealed(tmp_path, changed(eight_times_as_fast))
    with running(tmp_path) as fleet:
        link.fleet = fleet
        unseal(tmp_path)
        wait_until(lambda: row(fleet).state == RecordingState.FAILED)
        refused = row(fleet)
        assert (refused.verdict, refused.opening) == ("cannot be opened", "refused")
        assert refused.sentence is not None
        assert "had signed for it before this was tried" in refused.sentence
        assert link.wait_for_receipt().status_code == 422


def test_while_the_vault_is_sealed_nothing_is_opened_and_it_is_said(tmp_path: Path) -> None:  # proves F1
    with running(tmp_path) as fleet:
        take = record(fleet.identity())
        assert sent(fleet, take).status_code == 200
        before = len(checks(fleet))
    seal(tmp_path)
    with running(tmp_path) as fleet:
        headers = bearer(fleet, Role.CCTV_MANAGER)
        for what in ("viewings", "exports"):
            answer = fleet.dashboard.post(
                f"/api/v1/recordings/{take.recording.hex()}/{what}", headers=headers, json={"purpose": "x"}
            )
            assert (answer.status_code, answer.json()["code"]) == (503, "vault_sealed")
        assert len(checks(fleet)) == before
        assert fleet.services.vault.recipients()  # cameras are enrolled and seal to it all the same
        assert "The vault is sealed" in fleet.dashboard.get("/", headers=headers).text
        unseal(tmp_path)
        assert "The vault is sealed" not in fleet.dashboard.get("/", headers=headers).text
        answer = fleet.dashboard.post(
            f"/api/v1/recordings/{take.recording.hex()}/viewings", headers=headers, json={"purpose": "x"}
        )
        assert answer.status_code == 201


def test_a_recording_from_before_openings_is_opened_at_the_next_start(tmp_path: Path) -> None:
    with running(tmp_path) as fleet:
        assert sent(fleet, record(fleet.identity())).status_code == 200
        with fleet.services.sessions.begin() as session:
            session.query(Recording).update({"opening": None})
        wait_until(lambda: row(fleet).opening == OPENED)
