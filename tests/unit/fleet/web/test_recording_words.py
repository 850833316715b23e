"""One recording's page, in every state that its row can have, has no words of the format's inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any, Final

import pytest
from sqlalchemy import delete
from starlette.testclient import TestClient

from fleet.footage.receiving.wholeness import NO_BEGINNING, NO_END, NO_FOOTAGE
from fleet.footage.recordings.models import A_PART, NOTHING, Recording, RecordingState
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent, TimelineGap
from fleet.footage.verifying.verification import KEYLESS, NO_RECORDING
from fleet.server.compose import FleetServices
from fleet.web.views.recording.causes import CAUSES, UNEXPLAINED
from fleet.web.views.state import VERDICT
from protocol.footage.ledger.event_record import EventKind
from protocol.footage.verifying.chains.chain_finding import ChainKind
from protocol.units import US_PER_S, utc_us
from tests.support.fleet.fleet import dashboard_client, enrol_camera, fleet_services, token_for

ID: Final = "5e" * 16
INNER: Final = re.compile(
    r"\b(chunks?|ledgers?|runs?|overflow\w*|segments?|fragments?|moof|hpke|cbor|digests?|boot clock|gop"
    r"|payloads?"
    r"|sequence numbers?|seq|manifests?|byte \d+|[\w-]+\.(cbor|lps|cose))\b",
    re.IGNORECASE,
)
EXPERT: Final = (
    "Altered: chunk 3 (segment-000001, byte 40): the ledger says otherwise. There are 2 more below."
)
"""What a verifier says, which is for whoever reads its report."""
REFUSALS: Final = (KEYLESS, NO_RECORDING, "This is recording 3 of cam-02, sent as another.")
TOLD: Final = {
    str(ChainKind.LEDGER_TWICE): 2,
    str(ChainKind.RUN_TWICE): 2,
    str(ChainKind.TIME): 2,
    str(ChainKind.RUN_AGAIN): 3,
}
"""Of how many recordings the verifier says this, in words that are for whoever reads its report."""
LACKS: Final = (NO_BEGINNING, NO_END, NO_FOOTAGE)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet")) as services:
        yield services


@pytest.fixture(scope="module")
def camera(services: FleetServices, tmp_path_factory: pytest.TempPathFactory) -> str:
    return enrol_camera(services, tmp_path_factory.mktemp("camera")).id


@pytest.fixture(scope="module")
def reader(services: FleetServices) -> Iterator[TestClient]:
    with dashboard_client(services, token=token_for(services)) as client:
        client.headers["Accept"] = "text/html"
        yield client


class Shelf:
    """The one recording that the fleet knows, and its page."""

    def __init__(self, services: FleetServices, reader: TestClient, camera: str) -> None:
        self.services, self.reader, self.camera = services, reader, camera

    def says(self, **row: Any) -> str:  # noqa: ANN401 - fields of a row
        """Return the words on the page of a recording with such a row: of its body, and in its hints."""
        now = self.services.clock()
        plain = {"camera_id": self.camera, "number": 7, "recording": ID, "announced": now, "changed": now}
        with self.services.sessions.begin() as session:
            session.execute(delete(Recording))
            session.add(Recording(**{**plain, **row}))
        answer = self.reader.get(f"/recordings/{ID}")
        assert answer.status_code == 200
        main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
        hints = re.findall(r'(?:title|aria-label|alt|placeholder)="([^"]*)"', main)
        return re.sub(r"\s+", " ", unescape(" ".join([re.sub(r"<[^>]*>", " ", main), *hints])))


@pytest.fixture
def shelf(services: FleetServices, reader: TestClient, camera: str) -> Shelf:
    return Shelf(services, reader, camera)


def happened(first: datetime, *, closed: bool) -> RecordingEvents:
    """All that can happen to a recording, and something that only a later camera knows."""
    kinds = [*EventKind, "an event of next year"]
    causes = [*CAUSES, UNEXPLAINED]
    return RecordingEvents(
        first_utc_us=utc_us(first),
        press_s=30.0,
        duration_s=200.0,
        events=tuple(_event(first, str(kind), 30.0 + 2 * n) for n, kind in enumerate(kinds)),
        gaps=tuple(
            TimelineGap(track, 4.0 * n, 1.0, cause)
            for track in ("video", "audio")
            for n, cause in enumerate(causes)
        ),
        close=_event(first, "close", 200.0, reason="stopped") if closed else None,
    )


def _event(first: datetime, kind: str, offset_s: float, **detail: str | int) -> TimelineEvent:
    return TimelineEvent(kind, offset_s, utc_us(first) + round(offset_s * US_PER_S), detail)


def known(now: datetime, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a row
    """What the row of a recording has once something of it arrived."""
    pressed = now - timedelta(minutes=5)
    return {
        "pressed": pressed,
        "clock_synchronised": True,
        "opened": True,
        "asked_s": 180.0,
        "prerecord_s": 30.0,
        "missing": [[1.0, cause] for cause in CAUSES],
        "trigger": "button",
        "duration_s": 200.0,
        "received_bytes": 4_000_000,
        **more,
    }


def _verified(now: datetime, verdict: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a row
    events = happened(now - timedelta(minutes=6), closed=verdict != "without an end")
    timeline = events.to_json()
    row = known(now, verdict=verdict, verified=now, timeline=timeline, lacking_s=12.0, sentence=EXPERT)
    return {**row, **more}


# proves F8
@pytest.mark.parametrize("verdict", [*VERDICT])
@pytest.mark.parametrize("state", [RecordingState.HELD, RecordingState.FAILED, RecordingState.STOPPED])
def test_what_was_verified_is_told_in_everyday_words(shelf: Shelf, state: str, verdict: str) -> None:
    if verdict in (A_PART, NOTHING) and state != RecordingState.STOPPED:
        return  # only of what a person ended
    now = shelf.services.clock()
    more: dict[str, Any] = {"state": state}
    if state == RecordingState.STOPPED:
        more |= {
            "stopped_by": "Safety desk",
            "stopped_at": now,
            "stopped_reason": "It burnt",
            "told_s": 205.0,
        }
        more["sentence"] = f"A part: 50 of 205 s are here, exactly as {shelf.camera} signed it."
    if state == RecordingState.FAILED and verdict in ("intact", "intact with gaps", "without an end"):
        more["sentence"] = KEYLESS
    for opening in (None, "opened", "refused"):
        words = shelf.says(
            **_verified(now, verdict, **more, opening=opening, opening_at=now if opening else None)
        )
        assert not INNER.search(words), INNER.search(words)


# proves F8
@pytest.mark.parametrize("sentence", REFUSALS)
@pytest.mark.parametrize("verdict", [None, "intact", "without an end"])
def test_a_refusal_is_told_and_nothing_beside_it_is_green(
    shelf: Shelf, sentence: str, verdict: str | None
) -> None:
    now = shelf.services.clock()
    row = _verified(now, verdict, sentence=sentence) if verdict else known(now, sentence=sentence)
    words = shelf.says(**row, state=RecordingState.FAILED)
    assert sentence in words
    assert "Refused" in words
    assert "Nothing of it is missing or altered" not in words
    assert not INNER.search(words), INNER.search(words)


# proves F8
@pytest.mark.parametrize("sentence", [None, *LACKS])
@pytest.mark.parametrize("state", ["announced", "uploading", "verifying", "stopped"])
def test_what_is_not_all_here_is_told_in_everyday_words(
    shelf: Shelf, state: str, sentence: str | None
) -> None:
    now = shelf.services.clock()
    for row in (
        {},
        known(now),
        known(now, clock_synchronised=False, trigger=""),
        known(now, clock_synchronised=False, reckoned=now, reckoned_s=12.0),
        known(now, clock_synchronised=None, told_closed=True, ended="cut off"),
    ):
        words = shelf.says(**row, state=state, sentence=sentence)
        assert not INNER.search(words), INNER.search(words)
        assert ID in words


# proves F8
@pytest.mark.parametrize("kind", [*ChainKind, "a kind of next year"])
def test_what_several_show_together_is_told_in_everyday_words(shelf: Shelf, kind: str) -> None:
    now = shelf.services.clock()
    for numbers in ([7], [6, 7], [5, 6, 7]):
        expert = (
            f"{ChainKind.RUN_TWICE}: the run was signed twice, by its ledger." if kind in TOLD else "Odd."
        )
        note = {"kind": kind, "weight": "disagreement", "camera": "cam-01", "sentence": expert}
        words = shelf.says(**known(now, chain=[{**note, "numbers": numbers}]), state=RecordingState.HELD)
        if len(numbers) == TOLD.get(kind, len(numbers)):
            assert not INNER.search(words), INNER.search(words)


def test_the_expert_s_words_would_have_been_found() -> None:
    assert len(INNER.findall(EXPERT)) >= 3
