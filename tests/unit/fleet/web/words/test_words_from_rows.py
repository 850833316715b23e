"""What pages are told of recordings, by each condition on their rows (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.models import CameraRow
from fleet.core.actor import FLEET, OPERATOR, Actor, ActorKind
from fleet.footage.recordings.models import RecordingState, SegmentRow
from fleet.footage.store.names import public_id
from fleet.footage.timeline.conditions import ConditionSum
from fleet.footage.watching.viewings import ACTION as VIEWED
from fleet.people.models import Officer
from fleet.web import recorded, sources
from fleet.web.alerting.desk import of_time
from fleet.web.facts import RecordingFacts, Silence
from fleet.web.recorded import Filter
from fleet.web.views.conditions import condition_sentence
from fleet.web.views.desk.coverage import PressCoverage, coverage
from fleet.web.views.desk.handout import unfit
from fleet.web.views.settings.groups import SITE, TEAM
from tests.support.fleet.read_rows import NOW, add_camera, add_recording

UPLOADING = {"upload": {"current": 7, "recordings": 1, "bytes_left": 3}}
OF_ANOTHER = {"upload": {"current": 8, "recordings": 2, "bytes_left": 3}}


def facts(session: Session, **row: Any) -> RecordingFacts:  # noqa: ANN401 - any column
    return recorded.one(session, add_recording(session, **row))


@pytest.mark.parametrize(
    ("camera", "silence"),
    [
        ({}, Silence.SAYS_NOTHING),
        ({"seen": NOW - timedelta(hours=1), "online": False}, Silence.NOT_HEARD),
        ({"doubled_since": NOW}, Silence.DOUBLED),
        ({"revoked": NOW}, Silence.OUT_OF_SERVICE),
        ({"revoked": NOW, "online": False}, Silence.OUT_OF_SERVICE),
    ],
)
def test_only_a_camera_that_is_heard_speaks_of_its_recordings(
    session: Session, camera: dict[str, Any], silence: Silence
) -> None:
    # proves F8
    add_camera(session, says={"recording": 7, **UPLOADING}, **camera)
    found = facts(session)
    is_heard = silence is Silence.SAYS_NOTHING
    assert found.silence is silence
    assert found.under_way is (True if is_heard else None)
    assert found.sending is is_heard
    assert found.to_send == (1 if is_heard else None)
    assert found.bytes_left == (3 if is_heard else None)


def test_a_recording_whose_camera_is_not_there_is_not_spoken_of(session: Session) -> None:
    # proves F8
    found = facts(session)
    assert (found.silence, found.under_way, found.sending) == (Silence.NOT_HEARD, None, False)
    add_camera(session)
    assert recorded.several(session, ()) == ()


def test_how_much_is_here_is_told_of_a_recording_that_is_over(session: Session) -> None:
    # proves F8
    add_camera(session, says=UPLOADING)
    assert facts(session, received_bytes=1, ended="closed").share == 25
    add_camera(session, 2, says=UPLOADING)
    arriving = facts(session, number=7, camera_id="cam-02", recording="f" * 32, received_bytes=1)
    assert (arriving.share, arriving.sending) == (None, True)
    another = facts(session, number=8, received_bytes=1)
    assert (another.share, another.sending) == (None, False)


def test_what_came_since_the_camera_counted_is_not_still_to_come(session: Session) -> None:
    # proves F8
    add_camera(session, says=UPLOADING, seen=NOW - timedelta(seconds=20))
    row = add_recording(session, state=RecordingState.UPLOADING, received_bytes=4, ended="closed")
    for number, (size, ago_s) in enumerate(((1, 60), (2, 10), (1, 5))):
        received = NOW - timedelta(seconds=ago_s)
        piece = {"name": f"s{number}", "size": size, "sha256": bytes(32), "received": received}
        session.add(SegmentRow(recording_id=row.id, **piece))
    session.flush()
    assert recorded.one(session, row).share == 100
    session.get_one(CameraRow, "cam-01").seen = NOW  # and 3 bytes are left now
    session.flush()
    assert recorded.one(session, row).share == 57


def test_another_recording_is_neither_under_way_nor_being_sent(session: Session) -> None:
    # proves F8
    add_camera(session, says={"recording": 8, **OF_ANOTHER})
    found = facts(session, received_bytes=1, ended="closed")
    assert (found.share, found.under_way, found.sending, found.to_send) == (None, False, False, 2)


def test_a_number_that_two_recordings_came_with_is_said_to_be_shared(session: Session) -> None:
    # proves F8
    add_camera(session)
    one, other, alone = (
        add_recording(session, 7),
        add_recording(session, 7, recording="f" * 32, apart="f" * 32),
        add_recording(session, 8),
    )
    found = recorded.several(session, [one, other, alone])
    assert [each.shares_number for each in found] == [True, True, False]


# Lists


def numbers(found: tuple[RecordingFacts, ...]) -> list[int]:
    return [each.summary.number for each in found]


def test_the_newest_are_read_of_one_camera_or_with_all_that_have_not_arrived(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    monkeypatch.setattr(recorded, "NEWEST", 2)
    for number in (1, 2, 3):
        at = NOW + timedelta(minutes=number)
        add_recording(session, number, announced=at, state=RecordingState.HELD)
    add_recording(session, 4, announced=NOW - timedelta(days=9))
    add_recording(session, 5, camera_id="cam-02", announced=NOW - timedelta(days=8))
    assert numbers(recorded.newest(session)) == [3, 2, 5, 4]
    assert numbers(recorded.newest(session, camera="cam-02")) == [5]
    assert numbers(recorded.newest(session, camera="cam-01")) == [3, 2]
    add_recording(session, 6, announced=NOW + timedelta(hours=1))
    assert numbers(recorded.newest(session)) == [6, 3, 5]


def test_a_day_counts_what_is_safe_apart_from_what_is_not(session: Session) -> None:
    # proves F8
    held = {"state": RecordingState.HELD}
    add_recording(session, 1, **held, opening="opened")
    add_recording(session, 2, **held)
    add_recording(session, 3, **held, opening="opened", chain=[{"weight": "disagreement", "kind": "x"}])
    add_recording(session, 4)
    add_recording(session, 5, state=RecordingState.FAILED)
    add_recording(session, 6, state=RecordingState.STOPPED, opening="opened")
    found = of_time(session, NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert (found.known, found.held, found.contradicted, found.refused, found.coming, found.ended) == (
        6,
        1,
        1,
        1,
        2,
        1,
    )


def test_a_search_narrows_by_what_was_chosen_and_by_nothing_else(session: Session) -> None:
    # proves F8
    add_camera(session, 1, site_id="s1")
    add_camera(session, 2)
    session.add(Officer(id="o1", name="Officer 1", created=NOW, team_id="t1"))
    add_recording(session, 1, officer_id="o1", state=RecordingState.HELD)
    add_recording(session, 2, camera_id="cam-02", announced=NOW - timedelta(days=2))
    add_recording(session, 3, camera_id="cam-02", state=RecordingState.STOPPED, officer_id="o2")

    def found(**wanted: Any) -> set[int]:  # noqa: ANN401 - as it is called
        rows, total = recorded.search(session, Filter(**wanted), skip=0, limit=9)
        assert total == len(rows)
        return set(numbers(rows))

    assert found() == {1, 2, 3}
    assert found(start=NOW - timedelta(days=1)) == {1, 3}
    assert found(end=NOW - timedelta(days=1)) == {2}
    assert found(officer="o1") == {1}
    assert found(officer=f"{TEAM}t1") == {1}
    assert found(officer=f"{TEAM}t2") == set()
    assert found(camera="cam-02") == {2, 3}
    assert found(camera=f"{SITE}s1") == {1}
    assert found(state="arriving") == {2}
    assert found(state="held") == {1}


def test_everything_is_read_block_by_block_to_its_end(session: Session) -> None:
    # proves F8
    for number in range(5):
        add_recording(session, number + 1, announced=NOW - timedelta(minutes=number // 2))
    blocks = list(recorded.everything(session, Filter(), block=2))
    assert [numbers(each) for each in blocks] == [[2, 1], [4, 3], [5]]
    assert list(recorded.everything(session, Filter(camera="cam-09"), block=2)) == []


def test_a_recording_since_a_moment_is_said_only_where_one_was_heard_of(session: Session) -> None:
    # proves F8
    add_recording(session)
    assert recorded.recorded_since(session, "cam-01", NOW) is True
    assert recorded.recorded_since(session, "cam-01", NOW + timedelta(seconds=1)) is False


def test_who_looked_is_named_as_far_as_the_list_goes(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    monkeypatch.setattr(recorded, "NEWEST", 2)
    first = add_recording(session, 7)
    apart = add_recording(session, 7, recording="f" * 32, apart="f" * 32)
    jane = Actor(ActorKind.USER, "u1", "Jane", frozenset())
    record(session, jane, VIEWED, first.public_id, "A complaint")
    record(session, FLEET, VIEWED, apart.public_id, "Of its own accord")
    assert [each.who for each in recorded.looks(session, apart)[0]] == ["fleet"]
    record(session, OPERATOR, VIEWED, public_id(None, "cam-01", 7), "Early")
    found, more = recorded.looks(session, first)
    assert ([each.who for each in found], more) == (
        [OPERATOR.label.partition(":")[2] or OPERATOR.label, "Jane"],
        False,
    )
    assert [each.purpose for each in recorded.looks(session, apart)[0]] == ["Of its own accord"]
    record(session, jane, VIEWED, first.public_id, "Again")
    found, more = recorded.looks(session, first)
    assert (len(found), more) == (2, True)


@pytest.mark.parametrize("faults", [(), ("The card does not answer.",)])
def test_a_camera_that_tells_by_a_condition_alone_that_it_captures_nothing_is_not_fit(
    session: Session, faults: tuple[str, ...]
) -> None:
    # proves F8 C12
    said = {"track": "video", "condition": "black", "for_s": 42.0}
    ready = {"state": "ready", "prerecord_s": 179.0, "storage_free_bytes": 9, "storage_total_bytes": 10}
    add_camera(session, 1, says={**ready, "conditions": [said], "faults": faults})
    add_camera(session, 2, says={**ready, "conditions": [], "faults": []})
    black, clear = sources.cameras(session)
    sentence = condition_sentence(ConditionSum("video", "black", 42.0))
    assert black.trouble == tuple(dict.fromkeys((*faults, sentence)))
    assert coverage(black) is PressCoverage.DOUBTFUL
    assert unfit(replace(black, state="standby")) != ""
    assert clear.trouble == ()
    assert coverage(clear) is PressCoverage.COVERED


def test_what_a_camera_out_of_service_said_speaks_of_no_present(session: Session) -> None:
    # proves F8
    add_camera(session, 1)
    add_camera(session, 2, revoked=NOW)
    found = [
        recorded.one(session, add_recording(session, number, camera_id=camera))
        for number, camera in ((1, "cam-01"), (2, "cam-02"))
    ]
    assert found[0].known_until is not None
    assert found[1].known_until is None
