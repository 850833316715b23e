"""The word that this is all, told too early or over a version cut short: refused, and never final."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fleet.core.actor import Role
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.summary import RecordingSummary
from protocol.footage.ledger.ledger import iter_ledger
from protocol.footage.receipt import read_receipt
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.uploads import CompleteRequest, Ended
from tests.support.fleet.fleet_footage import Fleet, Link, bearer, running
from tests.support.media.recordings import UTC_US, record


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


def of(word: CompleteRequest, ledger: bytes, ended: Ended = "closed") -> CompleteRequest:
    """The word over another version of the ledger."""
    digest = hashlib.sha256(ledger).hexdigest()
    return word.model_copy(update={"ledger_length": len(ledger), "ledger_sha256": digest, "ended": ended})


def say(link: Link, word: CompleteRequest) -> httpx.Response:
    return link.request("POST", "/complete", json=word.model_dump(mode="json"))


def refused(answer: httpx.Response) -> str:
    """The sentence of a refusal after which the camera asks and sends the rest."""
    assert (answer.status_code, answer.json()["code"]) == (409, "incomplete"), answer.text
    return str(answer.json()["detail"])


def without_close(link: Link) -> bytes:
    """The ledger up to its close record."""
    ledger = bytes(link.take.ledger)
    return ledger[: list(iter_ledger(ledger))[-1].offset]


def tell_closed(fleet: Fleet, link: Link, ended: Ended | None) -> None:
    """Announce that the recording has ended, as the broker's reader does."""
    event = CameraEvent(
        id="e1",
        kind=NewsKind.RECORDING_CLOSED,
        camera=link.take.identity.camera,
        at_utc_us=UTC_US,
        number=link.take.number,
        recording=link.take.recording.hex(),
        ended=ended,
    )
    for handler in fleet.services.cameras.news:
        handler([event], fleet.services.clock())


def finish(link: Link, ended: str = "closed") -> str:
    """Send the rest, say that this is all, and return the receipt's verdict."""
    link.everything()
    assert link.complete(ended).status_code == 202
    answer = link.wait_for_receipt()
    assert answer.status_code == 200, answer.text
    return read_receipt(answer.content, link.fleet.services.authority.der).verdict


def test_the_word_before_any_byte_is_refused_and_takes_nothing_away(fleet: Fleet) -> None:  # proves L2
    link = Link(fleet, record(fleet.identity()))
    tell_closed(fleet, link, None)  # all that is known: that there is such a recording
    nothing = of(link.word(), b"").model_copy(update={"segments": ()})
    for ended in ("closed", "cut off"):
        assert "first record of its ledger" in refused(say(link, nothing.model_copy(update={"ended": ended})))
    assert link.state()["state"] in {"announced", "uploading"}
    assert finish(link) == "intact"


def test_the_word_before_the_segments_names_them(fleet: Fleet) -> None:  # proves L2
    link = Link(fleet, record(fleet.identity()))
    link.ledger()
    none = link.word().model_copy(update={"segments": ()})
    assert refused(say(link, none)) == "No segment is held, and its ledger lists chunks 1 to 5."
    link.segment(min(link.take.segments))
    some = link.word().model_copy(update={"segments": link.word().segments[:1]})
    assert refused(say(link, some)) == "1 of 2 segments are held, as its ledger counts them."
    assert finish(link) == "intact"


@pytest.mark.parametrize("ended", ["closed", "cut off"])
def test_the_word_over_the_beginning_of_a_ledger_is_refused(fleet: Fleet, ended: Ended) -> None:
    link = Link(fleet, record(fleet.identity()))
    for name in sorted(link.take.segments):
        link.segment(name)
    entries = list(iter_ledger(bytes(link.take.ledger)))
    for end, found in (
        (entries[0].end - 1, "first record of its ledger"),
        (entries[0].end, "no end" if ended == "closed" else "The keys of chunks 1 to 3"),
        (entries[2].end - 1, f"within the record that begins at byte {entries[1].end}"),
    ):
        held = link.state()["ledger_length"]
        link.ledger(held, end)
        assert found in refused(say(link, of(link.word(), bytes(link.take.ledger[:end]), ended)))
    assert finish(link) == "intact"


def test_closed_over_a_ledger_without_an_end_is_refused_for_good(tmp_path: Path) -> None:  # proves F7, L2
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        link.ledger(0, len(without_close(link)))
        for name in sorted(link.take.segments):
            link.segment(name)
        assert "has no end" in refused(say(link, of(link.word(), without_close(link))))
        page = fleet.dashboard.get(
            f"/api/v1/recordings/{link.take.recording.hex()}", headers=bearer(fleet, Role.SAFETY_TEAM)
        ).json()
        assert page["sentence"] == "The camera said that this recording was closed, but its end is not here."
        assert not page["receipt"]
    with running(tmp_path / "fleet") as fleet:  # what was said once counts after a restart, too
        link.fleet = fleet
        assert "has no end" in refused(say(link, of(link.word(), without_close(link), "cut off")))
        assert link.request("GET", "/receipt").json()["code"] == "incomplete"
        assert finish(link) == "intact"


def test_a_version_cut_short_of_what_was_announced_as_closed_is_not_taken(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity(), closed=False))
    tell_closed(fleet, link, "closed")
    link.everything()
    assert "has no end" in refused(link.complete("cut off"))
    assert link.state()["state"] == "uploading"
    assert not link.state()["receipt"]
    link.take.close()
    assert finish(link) == "intact"


@pytest.mark.parametrize("ended", [None, "cut off"])
def test_a_camera_that_lost_its_power_gets_through(fleet: Fleet, ended: Ended | None) -> None:  # proves C5
    link = Link(fleet, record(fleet.identity(), closed=False))
    tell_closed(fleet, link, ended)  # announced again after its start, without an end
    assert finish(link, "cut off") == "without an end"


def test_how_it_ended_is_what_its_ledger_says(fleet: Fleet) -> None:  # proves F8
    link = Link(fleet, record(fleet.identity()))
    assert finish(link, "cut off") == "intact"
    with fleet.services.readers() as session:
        assert session.query(Recording).one().ended == "closed"


def test_news_that_comes_during_the_verification_is_heeded(  # proves L2
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = Link(fleet, record(fleet.identity(), closed=False))
    monkeypatch.setattr(fleet.services.footage.receiving.completion, "_due", lambda _row: None)
    link.everything()
    assert link.complete("cut off").status_code == 202
    tell_closed(fleet, link, "closed")
    monkeypatch.undo()
    with fleet.services.readers() as session:
        row = session.query(Recording).one().id
    fleet.services.footage.verification.run(row)
    assert link.state()["state"] == "uploading"
    assert link.request("GET", "/receipt").json()["code"] == "incomplete"
    assert "has no end" in refused(link.complete("cut off"))
    link.take.close()
    assert finish(link) == "intact"


def test_what_a_crash_left_signed_stays_signed_and_is_named(  # proves F7
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_args: object) -> None:
        raise RuntimeError("the power went")

    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity(), closed=False))
        monkeypatch.setattr(fleet.services.footage.receiving.completion, "_due", lambda _row: None)
        link.everything()
        link.complete("cut off")
        monkeypatch.setattr("fleet.footage.verifying.verification._note", cut)
        verification = fleet.services.footage.verification
        with pytest.raises(RuntimeError):
            verification.run(verification.due()[0])  # after the receipt's object, before the row
        tell_closed(fleet, link, "closed")
    monkeypatch.undo()
    with running(tmp_path / "fleet") as fleet:
        link.fleet = fleet
        assert read_receipt(link.wait_for_receipt().content, fleet.services.authority.der).number == 7
        with fleet.services.readers() as session:
            summary = RecordingSummary.of(session.query(Recording).one())
        assert summary.is_held
        assert summary.is_cut_short
