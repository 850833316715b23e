"""Cameras that break a promise: each function breaks the device's own code in one way.

Everything is imported inside, so that a process loads what it breaks and no more.
"""
# ruff: noqa: ANN401, PLC0415 - whatever the product has there; see above

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.support.broken.breakage import instead


def empties_the_prerecord_at_the_press() -> None:
    from device.ring.window import Window

    def make(collect: Any) -> Any:
        def collects_nothing(self: Any, **asked: Any) -> Any:
            self.clear()
            return collect(self, **asked)

        return collects_nothing

    instead(Window, "collect", make)


def empties_the_ring_when_a_recording_ends() -> None:
    from device.recording.heart import effects
    from device.recording.heart.work import Work

    def make(end: Any) -> Any:
        def ends_and_forgets(self: Any, occasion: Any) -> None:
            end(self, occasion)
            self.do(effects.ClearWindow())

        return ends_and_forgets

    instead(Work, "end", make)


def keeps_its_sensors_open_in_private() -> None:
    from device.recording.state import State
    from protocol.mode import Mode

    def sensors(self: Any) -> bool:
        return bool(self.recording or self.home in (Mode.READY, Mode.PRIVATE))

    instead(State, "sensors", lambda _: property(sensors))


def marks_nothing() -> None:
    from device.recording.state import State

    instead(State, "marks", lambda _: property(lambda _state: ()))


def keeps_no_word_that_it_says_it_keeps() -> None:
    from device.storage import durable

    def make(write: Any) -> Any:
        def writes_all_but_words(filesystem: Any, path: Path, data: bytes) -> None:
            if path.parent.name != "consent":
                write(filesystem, path, data)

        return writes_all_but_words

    instead(durable, "write_new", make)


def sends_the_oldest_first() -> None:
    from device.link.uploads.order import Order

    def oldest_first(_self: Any, segments: Any, sent: Any, **_how: Any) -> Any:
        return (name for name in segments if name not in sent)

    instead(Order, "of", lambda _: oldest_first)


def keeps_keys_in_memory_until_the_stop() -> None:
    from device.recording.recording import OpenRecording

    def make(flush: Any) -> Any:
        def flushes_at_the_end(self: Any) -> None:
            if getattr(self, "_ends", False):
                flush(self)

        return flushes_at_the_end

    def make_finish(finish: Any) -> Any:
        def finishes(self: Any, **how: Any) -> None:
            self._ends = True
            finish(self, **how)

        return finishes

    instead(OpenRecording, "flush", make)
    instead(OpenRecording, "finish", make_finish)


def throws_away_at_its_start_what_was_cut_off() -> None:
    from device import running
    from device.storage.layout import CLAIM_SUFFIX
    from protocol.footage.ledger.ledger import LEDGER_NAME, ledger_valid_prefix, read_ledger

    def make(recover: Any) -> Any:
        def recovers_less(filesystem: Any, folders: Any, **how: Any) -> Any:
            for each in folders.recordings.iterdir():
                if each.name.endswith(CLAIM_SUFFIX):
                    each.unlink()
                elif each.name.isdigit():
                    data = (each / LEDGER_NAME).read_bytes()
                    if read_ledger(data[: ledger_valid_prefix(data)]).close is None:
                        shutil.rmtree(each)
            return recover(filesystem, folders, **how)

        return recovers_less

    instead(running, "recover", make)


def deletes_the_oldest_recording_to_make_room() -> None:
    from device.storage.space import Reserve

    def make(release: Any) -> Any:
        def releases_more(self: Any) -> Any:
            _remove_oldest(self._path.parent / "recordings")
            return release(self)

        return releases_more

    instead(Reserve, "release", make)


def queues_three_recordings_at_most() -> None:
    from device.shelf import Shelf

    def make(put: Any) -> Any:
        def puts_three(self: Any, recording: Any) -> None:
            put(self, recording)
            waiting = [each for each in self.recordings() if not each.receipt and each.ended]
            for each in waiting[:-3]:
                shutil.rmtree(each.folder, ignore_errors=True)
                with self._guard:
                    del self._held[each.number]

        return puts_three

    instead(Shelf, "put", make)


def removes_what_it_is_set_to_keep() -> None:
    from device.shelf import Shelf

    def make(accept: Any) -> Any:
        def accepts_and_removes(self: Any, number: int, receipt: bytes) -> None:
            accept(self, number, receipt)
            for before in range(1, number):
                shutil.rmtree(self._folders.recording(before), ignore_errors=True)

        return accepts_and_removes

    instead(Shelf, "accept_receipt", make)


def counts_by_the_wall_clock() -> None:
    from dataclasses import replace

    from device.camera import Camera

    class WallClock:
        """A boot clock that follows the steps of the wall clock."""

        def __init__(self, clock: Any) -> None:
            self._clock = clock
            self._from_us, self._from_ns = clock.label().utc_us, clock.boot_ns()

        def boot_ns(self) -> int:
            since_us = self._clock.label().utc_us - self._from_us
            return max(0, int(self._from_ns + since_us * 1000))

        def label(self) -> Any:
            return self._clock.label()

    def make(init: Any) -> Any:
        def counts(self: Any, config: Any, sensors: Any, **more: Any) -> None:
            init(self, config, replace(sensors, clock=WallClock(sensors.clock)), **more)

        return counts

    instead(Camera, "__init__", make)


def sends_nothing_that_the_broker_has_not_heard_of() -> None:
    from device.link.messages.outbox import Outbox
    from device.link.uploads.backlog import Backlog

    outboxes: list[Any] = []

    def make_outbox(init: Any) -> Any:
        def begins(self: Any, *args: Any, **more: Any) -> None:
            init(self, *args, **more)
            outboxes.append(self)

        return begins

    def make_jobs(next_jobs: Any) -> Any:
        def jobs_once_heard(self: Any, recordings: Any, now: float) -> Any:
            if any(len(each) for each in outboxes):
                return [], 0.2
            return next_jobs(self, recordings, now)

        return jobs_once_heard

    instead(Outbox, "__init__", make_outbox)
    instead(Backlog, "next_jobs", make_jobs)


def gives_up_after_one_failure() -> None:
    from device.link.uploads.backlog import Backlog
    from device.link.uploads.plan import Known

    def gives_up(self: Any, step: Any, error: Exception, _now: float) -> None:
        self._busy.pop(step, None)
        self._known[step.number] = self._known.get(step.number, Known()).refused_for_good(str(error))

    instead(Backlog, "failed", lambda _: gives_up)


def goes_on_recording_in_its_dock() -> None:
    from device.recording import state

    ends = {event: reason for event, reason in state.ENDS.items() if event is not state.Event.DOCK}
    instead(state, "ENDS", lambda _: ends)


def _remove_oldest(recordings: Path) -> None:
    for each in sorted(recordings.iterdir()):
        if each.name.isdigit():
            shutil.rmtree(each)
            return
