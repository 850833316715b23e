"""Desired states are kept, taken on and reported, whatever order and trouble they come in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

import pytest

from device.errors import NotReadyError, StorageError
from device.link.circuit_breaker import CircuitBreaker
from device.link.errors import UnreachableError
from device.link.messages.desired_state import ASK_FOR_KEYS_S, DesiredStateSync
from device.link.messages.desired_store import load_desired, save_desired
from device.storage.filesystem import PRIVATE_FILE, PosixFile, PosixFilesystem
from protocol.footage.sealing.keys import generate_private_key
from protocol.messages.desired import Desired, Reported
from protocol.messages.enrolment import RecipientKey

CARD = PosixFilesystem()


def desired(version: int) -> Desired:
    return Desired(camera="cam-01", version=version)


@dataclass
class Scene:
    """A camera's side, with a fleet that answers from a list, and what came of it."""

    state: Path
    answers: Queue[Desired | Exception] = field(default_factory=Queue)
    taken: list[Desired] = field(default_factory=list)
    reports: Queue[Reported] = field(default_factory=Queue)
    answered: threading.Event = field(default_factory=threading.Event)
    refuse: Exception | None = None
    told: list[tuple[RecipientKey, ...]] = field(default_factory=list)
    seconds: float = 0.0

    def ask(self) -> Desired:
        answer = self.answers.get(timeout=10)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def take_on(self, desired: Desired) -> None:
        self.taken.append(desired)
        if self.refuse is not None:
            raise self.refuse

    def sync(self, filesystem: PosixFilesystem = CARD) -> DesiredStateSync:
        return DesiredStateSync(
            "cam-01",
            self.state,
            ask=self.ask,
            on_desired=self.take_on,
            report=self.reports.put,
            on_recipients=self.told.append,
            on_answer=self.answered.set,
            breaker=CircuitBreaker(0.01, lambda: 0.0),
            filesystem=filesystem,
            clock=lambda: self.seconds,
        )


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def run(sync: DesiredStateSync, work: Callable[[], None]) -> None:
    sync.start()
    work()
    sync.stop()
    sync.thread.join(10)
    assert not sync.thread.is_alive()


def test_what_is_kept_is_taken_on_first(scene: Scene) -> None:
    save_desired(scene.state, desired(4), CARD)
    run(scene.sync(), lambda: None)
    assert scene.taken == [desired(4)]
    assert scene.reports.get_nowait().version == 4


def test_a_newer_state_is_kept_before_it_is_taken_on_and_an_older_ignored(scene: Scene) -> None:
    sync = scene.sync()

    def work() -> None:
        for version in (2, 1, 5, 2, 5):
            sync.offer(desired(version))

    run(sync, work)
    assert scene.taken == [desired(2), desired(5)]
    assert sync.kept == load_desired(scene.state, "cam-01", CARD) == desired(5)
    assert [scene.reports.get_nowait().version for _ in range(2)] == [2, 5]


def test_it_asks_again_until_the_fleet_answers(scene: Scene) -> None:
    sync = scene.sync()
    for answer in (UnreachableError("down"), UnreachableError("down"), desired(3)):
        scene.answers.put(answer)

    def work() -> None:
        sync.ask()
        assert scene.answered.wait(10)

    run(sync, work)
    assert scene.taken == [desired(3)]


def test_a_refusal_is_reported_with_its_sentence(scene: Scene) -> None:
    scene.refuse = NotReadyError("The card is full.")
    sync = scene.sync()
    run(sync, lambda: sync.offer(desired(1)))
    report = scene.reports.get_nowait()
    assert (report.version, report.refused) == (1, ("The card is full.",))


class FullCard(PosixFilesystem):
    """A card that takes nothing."""

    def create(self, path: Path, mode: int = PRIVATE_FILE) -> PosixFile:
        raise OSError(28, "No space left on device", path, mode)


def test_a_full_card_does_not_keep_a_camera_from_being_handed_out(scene: Scene) -> None:
    sync = scene.sync(FullCard())
    run(sync, lambda: sync.offer(desired(1)))
    assert scene.taken == [desired(1)]
    assert load_desired(scene.state, "cam-01", CARD) is None
    with pytest.raises(StorageError):
        save_desired(scene.state, desired(1), FullCard())


def key(name: str) -> RecipientKey:
    return RecipientKey(name=name, public_key=generate_private_key().public_bytes())


def test_a_message_alone_never_says_whom_to_seal_to_and_makes_the_camera_ask_but_not_without_end(
    scene: Scene,
) -> None:
    # proves L1
    own, others = (key("own"),), [(key(f"other {at}"),) for at in range(20)]
    sync = scene.sync()
    for _ in range(3):
        scene.answers.put(desired(1).model_copy(update={"recipients": own}))
    sync.ask()
    sync.step()
    assert scene.told == [own]
    for at, other in enumerate(others):
        sync.offer(desired(2 + at).model_copy(update={"recipients": other}))
    sync.step()
    assert scene.told == [own, own], "it asked the fleet, once, and heard the same"
    assert scene.answers.qsize() == 1
    scene.seconds += ASK_FOR_KEYS_S
    sync.step()
    assert scene.told == [own] * 3, "and what it did not ask at once it asks a minute later"
    sync.offer(desired(99).model_copy(update={"recipients": own}))
    scene.seconds += ASK_FOR_KEYS_S
    sync.step()
    assert scene.answers.empty()


def test_the_fleet_says_whom_to_seal_to_whatever_version_a_message_claimed(scene: Scene) -> None:
    new = (key("new"),)
    sync = scene.sync()
    sync.offer(desired(1_000_000))
    scene.answers.put(desired(2).model_copy(update={"recipients": new}))
    sync.ask()
    sync.step()
    assert scene.told == [new]
    scene.answers.put(Desired(camera="cam-02", version=3, recipients=(key("another's"),)))
    sync.ask()
    sync.step()
    assert scene.told == [new]


def test_what_follows_from_an_answer_is_tried_again_soon(scene: Scene) -> None:
    sync = scene.sync()
    tried: list[int] = []

    def on_answer() -> None:
        tried.append(1)
        if len(tried) == 1:
            raise UnreachableError("The fleet went away.")

    sync._on_answer = on_answer
    scene.answers.put(desired(1))
    scene.answers.put(desired(1))
    sync.ask()
    wait = sync.step()
    assert (len(tried), sync.kept) == (1, desired(1))
    scene.seconds += wait
    sync.step()
    assert len(tried) == 2
    assert wait < ASK_FOR_KEYS_S
