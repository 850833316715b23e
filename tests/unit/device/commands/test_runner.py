"""A camera that is commanded: each command once or not at all, whatever happens meanwhile (L4)."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from device.commands.decision import (
    BLIND,
    LATER_VERSION,
    MAX_COMMAND_BYTES,
    NO_ROOM,
    NOT_DONE_HERE,
    TOO_FAR,
    TOO_LATE,
    TOO_MANY_HELD,
)
from device.commands.journal import REMEMBERED, CommandJournal
from device.commands.obeying import BROKEN_OFF, CUT_OFF, ObeyedOnce, way_of
from device.commands.runner import MOST_HELD, MOST_WAITING, CommandRunner
from device.door.door import ConsentButtons
from device.recording.state import Event
from protocol.footage.consent import SaidOfConsent
from protocol.messages.commands import CommandKind, CommandOutcome, Response
from protocol.mode import Mode
from protocol.units import NS_PER_S, US_PER_S
from tests.support.camera.obeying import LIFE_S, Obeying, PowerCutError
from tests.support.storage.disks import FULL, PATIENCE_S, Call, refuse, until

YEAR_US = 365 * 86_400 * US_PER_S


@pytest.fixture
def camera(tmp_path: Path) -> Obeying:
    return Obeying(tmp_path)


def ways(camera: Obeying) -> list[str]:
    return [each.way for each in camera.events()]


# proves L4
def test_what_was_said_is_done_as_at_the_camera_and_names_its_command(camera: Obeying) -> None:
    response = camera.send(camera.command(said=SaidOfConsent.REFUSED, wording="en 2"))
    assert response.outcome is CommandOutcome.DONE
    assert response.detail == "Kept as consent event 1. Camera and microphone are closed."
    assert response.consent == 1
    assert camera.bench.recorder.status().state is Mode.PRIVATE
    event = camera.events()[0]
    assert (event.way, event.said.kind, event.said.wording) == ("command c-1", "refused", "en 2")
    record = camera.journal.find("c-1")
    assert record is not None
    assert (record.response, record.told) == (response, True)


def test_what_nobody_said_is_an_error_of_our_own_and_never_done(camera: Obeying) -> None:
    """Who decides lets no such command come so far."""
    start = camera.command(kind=CommandKind.START)
    with pytest.raises(TypeError, match="internal error: nothing was said"):
        camera.runner._obeyed.obey(start)
    assert camera.events() == []


# proves L4
def test_that_it_came_again_being_told_does_not_tell_what_came_of_it(camera: Obeying) -> None:
    camera.runner.offer(camera.command(said=SaidOfConsent.REFUSED).model_dump_json().encode())
    (response,) = camera.runner.waiting()
    camera.runner.told(response.model_copy(update={"outcome": CommandOutcome.REPEATED}))
    camera.power_is_back()
    assert camera.take_answers() == [response]
    camera.power_is_back()
    assert camera.take_answers() == []


def test_a_runner_that_is_stopped_does_nothing_more(camera: Obeying) -> None:
    bench = camera.bench
    door = ConsentButtons(bench.recorder, camera.log, bench.recorder.change, bench.clock, lambda _: True)
    runner = CommandRunner(bench.identity.camera, camera.journal, camera.fleet_time, door, bench.clock)
    runner.start()
    runner.stop(timeout_s=PATIENCE_S)
    assert not runner._thread.is_alive()
    runner.offer(camera.command().model_dump_json().encode())
    assert camera.events() == []
    camera.runner.stop()  # one without a thread has none to wait for


# proves L4
@pytest.mark.parametrize("again", ["at once", "after a start", "after a power cut"])
def test_the_same_id_again_is_not_done_again(again: str, camera: Obeying) -> None:
    command = camera.command()
    first = camera.send(command)
    if again == "after a start":
        camera.bench.recorder.change(Event.SHUT_DOWN)
        camera.boot()
    elif again == "after a power cut":
        camera.power_is_back()
    response = camera.send(command)
    assert response.outcome is CommandOutcome.REPEATED
    assert response.consent == first.consent == 1
    assert response.detail.startswith("The same was asked before, and the answer was: done. Kept as consent")
    assert len(camera.events()) == 1


# proves L4
def test_one_that_was_held_up_until_it_had_expired_is_not_done(camera: Obeying) -> None:
    command = camera.command()
    camera.bench.clock.now_ns += LIFE_S * NS_PER_S
    assert camera.send(command).detail == TOO_LATE
    assert camera.told[-1].outcome is CommandOutcome.EXPIRED
    assert camera.events() == []
    assert camera.send(camera.command("c-2")).outcome is CommandOutcome.DONE


# proves L4
def test_one_that_expires_while_the_card_takes_its_time_is_not_done(camera: Obeying) -> None:
    def before(call: Call) -> None:
        if call.name == "sync" and "commands" in str(call.path):
            camera.bench.clock.now_ns += LIFE_S * NS_PER_S

    camera.disk.before = before
    response = camera.send(camera.command())
    assert (response.outcome, response.detail) == (CommandOutcome.EXPIRED, TOO_LATE)
    assert camera.events() == []


# proves C10 and L4
@pytest.mark.parametrize("step_us", [-YEAR_US, YEAR_US])
def test_a_step_of_wall_time_makes_no_command_count_and_none_expire(step_us: int, camera: Obeying) -> None:
    late = camera.command("c-1")
    camera.bench.clock.now_ns += LIFE_S * NS_PER_S
    camera.bench.clock.utc_offset_us += step_us
    assert camera.send(late).outcome is CommandOutcome.EXPIRED
    assert camera.send(camera.command("c-2")).outcome is CommandOutcome.DONE


# proves L4
def test_before_the_fleet_has_told_its_time_nothing_is_done_and_then_what_still_counts_is(
    camera: Obeying,
) -> None:
    camera.boot(time=False)
    soon, late = camera.command("c-1", life_s=5), camera.command("c-2")
    for each in (soon, late, late):
        camera.runner.offer(each.model_dump_json().encode())
    assert camera.runner.waiting() == ()
    assert camera.events() == []
    camera.bench.clock.now_ns += 10 * NS_PER_S
    camera.tell_time()
    assert [(each.id, each.outcome) for each in camera.take_answers()] == [
        ("c-1", "expired"),
        ("c-2", "done"),
    ]
    assert ways(camera) == ["command c-2"]


# proves L4
def test_no_more_wait_for_the_fleet_s_time_than_there_is_room_for(camera: Obeying) -> None:
    camera.boot(time=False)
    for number in range(MOST_HELD + 1):
        camera.runner.offer(camera.command(f"c-{number}").model_dump_json().encode())
    assert [(each.id, each.detail) for each in camera.take_answers()] == [(f"c-{MOST_HELD}", TOO_MANY_HELD)]


def test_one_that_expires_too_far_ahead_is_refused(camera: Obeying) -> None:
    assert camera.send(camera.command(life_s=605)).detail == TOO_FAR
    assert camera.send(camera.command("c-2", life_s=595)).outcome is CommandOutcome.DONE


@pytest.mark.parametrize("kind", [each for each in CommandKind if each is not CommandKind.CONSENT])
def test_what_it_does_not_do_is_refused_and_nothing_is_written(kind: CommandKind, camera: Obeying) -> None:
    camera.disk.calls.clear()
    response = camera.send(camera.command(kind=kind))
    assert (response.outcome, response.detail) == (CommandOutcome.REFUSED, NOT_DONE_HERE)
    assert camera.disk.calls == []
    assert camera.send(camera.command(kind=kind)).outcome is CommandOutcome.REPEATED


def test_one_of_a_later_version_is_refused_and_what_is_none_is_ignored_and_said(
    camera: Obeying, caplog: pytest.LogCaptureFixture
) -> None:
    later = {**camera.command().model_dump(mode="json"), "colour": "red"}
    for _ in range(2):
        camera.runner.offer(json.dumps(later).encode())
    assert [each.detail for each in camera.take_answers()] == [LATER_VERSION]
    camera.runner.offer(json.dumps(later).encode())
    assert [each.outcome for each in camera.take_answers()] == [CommandOutcome.REPEATED]
    for payload in (b"", b"x" * 65_000, json.dumps({**later, "camera": "cam-77"}).encode()):
        camera.runner.offer(payload)
    assert camera.runner.waiting() == ()
    assert "What came is ignored: what came as a command has no id." in caplog.text
    assert "65000" not in caplog.text, "said once a minute"
    camera.bench.clock.now_ns += 61 * NS_PER_S
    camera.runner.offer(b"y" * (MAX_COMMAND_BYTES + 1))
    assert f"has {MAX_COMMAND_BYTES + 1} bytes, more than any has. (and 2 like it before)" in caplog.text


@pytest.mark.parametrize("said", [SaidOfConsent.GIVEN, SaidOfConsent.REFUSED, SaidOfConsent.OVERRIDDEN])
def test_a_text_that_there_cannot_be_is_refused_and_nothing_is_done(
    said: SaidOfConsent, camera: Obeying
) -> None:
    response = camera.send(camera.command(said=said, wording="x" * 200))
    assert response.outcome is CommandOutcome.REFUSED
    assert response.detail.startswith("Which text was said to them is its language and version")
    assert camera.events() == []
    assert camera.bench.recorder.status().state is Mode.READY


def test_nothing_is_overridden_in_the_dock_and_that_is_refused(camera: Obeying) -> None:
    camera.bench.recorder.change(Event.DOCK)
    response = camera.send(camera.command(said=SaidOfConsent.OVERRIDDEN))
    assert (response.outcome, response.consent) == (CommandOutcome.REFUSED, None)
    assert response.detail == "The camera is docked: lift it out first."


def test_nothing_is_overridden_in_the_dock_by_a_card_that_failed_either(camera: Obeying) -> None:
    camera.bench.recorder.change(Event.DOCK)
    camera.bench.recorder.change(Event.FAILED)
    response = camera.send(camera.command(said=SaidOfConsent.OVERRIDDEN))
    assert (response.outcome, response.consent) == (CommandOutcome.REFUSED, None)


# proves L4
def test_what_is_overridden_a_little_later_is_kept_and_not_said_to_be_refused(
    camera: Obeying, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = camera.bench
    bench.press()
    bench.second()
    bench.recorder.cut = lambda: None  # the last footage is late
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", 0.25)
    assert not bench.recorder.change(Event.PRIVATE_ON).ok
    response = camera.send(camera.command(said=SaidOfConsent.OVERRIDDEN))
    assert (response.outcome, response.consent) == (CommandOutcome.FAILED, 1)
    assert "the press is noted, and its recording begins as soon as it does" in response.detail
    monkeypatch.undo()
    event = camera.events()[0]
    assert (event.said.kind, event.recording) == (SaidOfConsent.OVERRIDDEN, None)
    bench.clock.now_ns += NS_PER_S
    bench.second()
    until(lambda: bench.recorder.status().recording == 2)


# proves L4
@pytest.mark.parametrize("code", [FULL, errno.EIO])
@pytest.mark.parametrize("name", ["create", "write", "sync", "rename", "sync_dir"])
def test_nothing_is_done_where_the_card_does_not_take_the_id(name: str, code: int, camera: Obeying) -> None:
    camera.disk.before = refuse(code, name=name, within="commands")
    response = camera.send(camera.command(said=SaidOfConsent.REFUSED))
    assert response.outcome is CommandOutcome.REFUSED
    assert response.detail.startswith("Nothing was done: The card ")
    assert camera.bench.recorder.status().state is Mode.READY
    assert camera.events() == []
    camera.disk.before = lambda _: None
    camera.power_is_back()
    assert all(each.outcome is CommandOutcome.FAILED for each in camera.take_answers())
    assert camera.bench.recorder.status().state is Mode.READY


# proves C11 and L4
def test_a_log_that_takes_nothing_keeps_no_sensor_open_and_that_has_failed(camera: Obeying) -> None:
    camera.disk.before = refuse(errno.EIO, name="create", within="consent")
    response = camera.send(camera.command(said=SaidOfConsent.REFUSED))
    assert (response.outcome, response.consent) == (CommandOutcome.FAILED, None)
    assert response.detail.startswith("What was said is not kept: ")
    assert response.detail.endswith("Camera and microphone are closed.")
    assert camera.bench.recorder.status().state is Mode.PRIVATE


# proves L4
def test_an_outcome_that_the_card_does_not_take_is_told_and_a_start_finds_it_out(camera: Obeying) -> None:
    def before(call: Call) -> None:
        if call.name == "create" and camera.events():
            raise OSError(errno.ENOSPC, "refused")

    camera.disk.before = before
    camera.runner.offer(camera.command().model_dump_json().encode())
    assert camera.runner.waiting()[0].outcome is CommandOutcome.DONE
    camera.power_is_back()
    response = camera.take_answers()[0]
    assert (response.outcome, response.consent) == (CommandOutcome.DONE, 1)
    assert response.detail == "Kept as consent event 1, before the camera was switched off."


# proves L4
@pytest.mark.parametrize("said", [SaidOfConsent.GIVEN, SaidOfConsent.REFUSED, SaidOfConsent.OVERRIDDEN])
def test_a_power_cut_at_any_operation_of_the_card_leaves_it_done_once_or_not_at_all(
    said: SaidOfConsent, tmp_path: Path
) -> None:
    seen: set[tuple[str, int]] = set()
    for operations in range(200):
        (root := tmp_path / str(operations)).mkdir()
        camera = Obeying(root)
        camera.bench.seconds(1)
        command = camera.command(said=said)
        camera.cut_after(operations)
        try:
            camera.runner.offer(command.model_dump_json().encode())
        except PowerCutError:
            pass
        else:
            break
        camera.power_is_back()
        answers = camera.take_answers()
        kept = len(camera.events())
        seen.add((str(answers[0].outcome) if answers else "none", kept))
        for answer in answers:
            assert answer.outcome in {CommandOutcome.DONE, CommandOutcome.FAILED}
            assert (answer.outcome is CommandOutcome.DONE) == (kept == 1)
            assert answer.consent == (1 if kept else None)
            assert kept or answer.detail == CUT_OFF
        assert answers or not kept, "an event that no answer tells of"
        again = camera.send(command)
        assert len(camera.events()) == (kept if answers else 1)
        assert again.outcome is (CommandOutcome.REPEATED if answers else CommandOutcome.DONE)
        assert ways(camera).count(way_of("c-1")) == len(camera.events())
    assert seen == {("none", 0), ("failed", 0), ("done", 1)}


# proves L4
def test_answers_that_the_broker_may_not_have_are_told_again_after_a_start(camera: Obeying) -> None:
    camera.runner.offer(camera.command().model_dump_json().encode())
    first = camera.runner.waiting()
    camera.power_is_back()
    assert camera.take_answers() == list(first)
    camera.power_is_back()
    assert camera.take_answers() == []
    assert camera.runner.view.response == first[0]


# proves L4
def test_ten_thousand_at_once_are_bounded_and_said(camera: Obeying, caplog: pytest.LogCaptureFixture) -> None:
    payloads = [camera.command(f"c-{number}").model_dump_json().encode() for number in range(10_000)]
    held_up: list[int] = []

    def before(call: Call) -> None:
        if call.name == "sync" and not held_up:
            held_up.append(1)
            for each in payloads:  # which all come while the card is at the first
                camera.runner.offer(each)

    camera.disk.before = before
    camera.runner.offer(camera.command("first").model_dump_json().encode())
    assert camera.runner.view.unread == 10_000 - MOST_WAITING
    assert len(camera.take_answers()) == 1 + MOST_WAITING
    assert len(camera.events()) == 1 + MOST_WAITING
    assert camera.runner.view.to_json()["unread"] == 10_000 - MOST_WAITING
    assert "9936 commands came too fast to be read, and were not done." in caplog.text


# proves L4
def test_more_than_can_be_remembered_are_refused_until_some_cannot_count(camera: Obeying) -> None:
    camera.disk.reaches_disk = False
    for number in range(REMEMBERED):
        camera.journal.begin(camera.command(f"c-{number}"), 5)
        camera.journal.finish(
            Response(id=f"c-{number}", camera="cam-01", outcome=CommandOutcome.DONE, at_utc_us=5)
        )
        camera.journal.told(f"c-{number}")
    assert camera.send(camera.command("one-more")).detail == NO_ROOM
    camera.bench.clock.now_ns += 2 * 3600 * NS_PER_S
    assert camera.send(camera.command("later")).outcome is CommandOutcome.DONE
    assert len(list(camera.journal)) == 1


# proves L4
def test_after_a_start_with_what_cannot_be_read_only_what_is_asked_from_then_on_is_done(
    camera: Obeying,
) -> None:
    before = camera.command("c-1")
    camera.send(before)
    file = next(camera.bench.folders.commands.glob("*.json"))
    file.write_bytes(b"damaged")
    camera.power_is_back()
    assert camera.send(before).detail == BLIND
    assert len(camera.events()) == 1
    camera.bench.clock.now_ns += 5 * NS_PER_S
    assert camera.send(camera.command("c-2")).outcome is CommandOutcome.DONE


def test_an_error_of_its_own_is_an_outcome_too(camera: Obeying, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera.log, "keep", lambda *_: 1 // 0)
    response = camera.send(camera.command())
    assert response.outcome is CommandOutcome.FAILED
    assert response.detail.startswith("It may have been done: internal error: ")


def test_with_a_thread_it_goes_on_after_an_error_and_stops(camera: Obeying) -> None:
    door = camera.runner._obeyed._door
    rung: list[int] = []
    runner = CommandRunner("cam-01", camera.journal, camera.fleet_time, door, camera.bench.clock)
    runner.on_answer(lambda: rung.append(1) if rung else rung.append(1 // len(rung)))
    runner.start()
    runner.offer(camera.command("c-1").model_dump_json().encode())
    runner.offer(camera.command("c-2").model_dump_json().encode())
    until(lambda: len(runner.waiting()) == 2)
    runner.told(runner.waiting()[0])
    until(lambda: any(each.told for each in camera.journal))
    runner.stop()
    runner.offer(camera.command("c-3").model_dump_json().encode())
    assert camera.journal.find("c-3") is None


# proves L4
def test_what_waits_for_the_fleet_s_time_is_done_before_what_came_after_it(
    camera: Obeying, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera.boot(time=False)
    camera.runner.offer(camera.command("c-1", said=SaidOfConsent.OVERRIDDEN).model_dump_json().encode())
    refusal = camera.command("c-2", said=SaidOfConsent.REFUSED).model_dump_json().encode()
    monkeypatch.setattr(camera.runner, "_busy", True)  # the refusal is in the queue as the time is told
    camera.runner.offer(refusal)
    camera.tell_time()
    monkeypatch.setattr(camera.runner, "_busy", False)
    camera.runner._step()
    assert [(each.id, each.outcome) for each in camera.take_answers()] == [("c-1", "done"), ("c-2", "done")]
    assert ways(camera) == ["command c-1", "command c-2"]
    assert camera.bench.recorder.status().state is Mode.PRIVATE


# proves L4
def test_one_that_cannot_be_dealt_with_keeps_no_other_from_being_done(
    camera: Obeying, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    camera.boot(time=False)
    for id_ in ("c-1", "c-2"):
        camera.runner.offer(camera.command(id_).model_dump_json().encode())
    finish = camera.journal.finish
    monkeypatch.setattr(camera.journal, "finish", lambda each: 1 // 0 if each.id == "c-1" else finish(each))
    camera.tell_time()
    assert [(each.id, each.outcome) for each in camera.take_answers()] == [("c-2", "done")]
    assert "internal error: command c-1 could not be dealt with" in caplog.text
    camera.boot()
    monkeypatch.undo()
    assert ways(camera) == ["command c-1", "command c-2"]


# proves L4
@pytest.mark.parametrize("again", ["the same", "of a later version"])
@pytest.mark.parametrize("at", ["the answer", "the event"])
def test_one_that_an_error_of_its_own_broke_off_is_not_done_again(
    at: str, again: str, camera: Obeying, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = camera.command()
    if at == "the event":
        monkeypatch.setattr(ObeyedOnce, "_do", lambda *_: 1 // 0)
    else:
        monkeypatch.setattr(camera.journal, "finish", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        camera.runner.offer(command.model_dump_json().encode())
    monkeypatch.undo()
    kept = len(camera.events())
    message = command.model_dump(mode="json") | ({} if again == "the same" else {"colour": "red"})
    camera.runner.offer(json.dumps(message).encode())
    answer = camera.take_answers()[0]
    assert len(camera.events()) == kept == (at == "the answer")
    if kept:
        assert (answer.outcome, answer.consent) == (CommandOutcome.DONE, 1)
        assert answer.detail == "Kept as consent event 1, before an error of the camera's own."
    else:
        assert (answer.outcome, answer.detail) == (CommandOutcome.FAILED, BROKEN_OFF)
    assert camera.send(command).outcome is CommandOutcome.REPEATED


# proves L4
def test_a_start_tells_of_the_others_where_it_cannot_tell_of_one(
    camera: Obeying, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for id_ in ("c-1", "c-2"):
        camera.journal.begin(camera.command(id_), 5)
    finish = CommandJournal.finish
    monkeypatch.setattr(
        CommandJournal, "finish", lambda self, each: 1 // 0 if each.id == "c-1" else finish(self, each)
    )
    camera.boot()
    assert [each.id for each in camera.take_answers()] == ["c-2"]
    assert "internal error: what came of command c-1 could not be told" in caplog.text
