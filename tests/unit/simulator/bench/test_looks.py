"""A camera that is slow to answer is shown as it was last heard, and one that is silent is said to be."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from simulator.bench.looks import SILENT_S, Looks
from simulator.bench.wall import CameraTile

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera


def camera(name: str) -> VirtualCamera:
    return cast("VirtualCamera", SimpleNamespace(name=name, place=SimpleNamespace(camera=name)))


@dataclass
class Asked:
    """Two cameras, of which the first takes as long to answer as a test wants."""

    now: float = 0.0
    answers: threading.Event = field(default_factory=threading.Event)
    says: CameraTile = field(
        default_factory=lambda: CameraTile("cam-01", state="recording", number=3, prerecord_s=180.0)
    )
    times: int = 0

    def __post_init__(self) -> None:
        self.answers.set()
        self.looks = Looks(self._look, lambda: self.now, patience_s=0.05)

    def _look(self, camera: VirtualCamera) -> CameraTile:
        if camera.name == "cam-02":
            return CameraTile("cam-02", state="ready")
        self.times += 1
        assert self.answers.wait(30)
        return self.says

    def first(self) -> CameraTile:
        first, second = self.looks.all((camera("cam-01"), camera("cam-02")))
        assert second.state == "ready"
        return first


def test_one_that_takes_a_moment_is_shown_as_it_was_last_heard_and_can_be_stopped() -> None:
    asked = Asked()
    heard = asked.first()
    asked.answers.clear()
    asked.now = 1.0
    assert asked.first() == heard
    asked.now = 1.0 + SILENT_S - 0.1
    assert asked.first() == heard
    assert asked.times == 2  # it is not asked again before it has answered
    asked.answers.set()


def test_one_that_is_silent_is_said_to_be_and_what_it_said_last_is_not_taken_back() -> None:
    asked = Asked()
    asked.first()
    asked.answers.clear()
    asked.first()
    asked.now = SILENT_S
    silent = asked.first()
    assert (silent.state, silent.number, silent.prerecord_s) == ("fault", 3, 180.0)
    assert silent.trouble == "cam-01 does not answer; pull its power and switch it on again."
    assert not silent.answers
    asked.says = CameraTile("cam-01", state="ready", prerecord_s=12.0)
    asked.answers.set()
    wait_until_answered(asked)
    assert asked.first() == asked.says


def test_one_that_never_answered_is_said_not_to_and_nothing_of_it_is_known() -> None:
    asked = Asked()
    asked.answers.clear()
    silent = asked.first()
    assert (silent.state, silent.number, silent.answers) == ("fault", None, False)
    asked.answers.set()


def test_of_one_that_gives_an_error_instead_of_an_answer_the_recording_stands_as_it_was_said() -> None:
    asked = Asked()
    asked.first()
    asked.says = CameraTile("cam-01", state="fault", trouble="cam-01: it hung up.", answers=False)
    tile = asked.first()
    assert (tile.state, tile.number, tile.trouble) == ("fault", 3, "cam-01: it hung up.")


def wait_until_answered(asked: Asked) -> None:
    """Look until the answer that was under way has come."""
    for _ in range(100):
        if asked.first().answers:
            return
    raise AssertionError("it never answered")
