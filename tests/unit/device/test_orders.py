"""What can be asked over the control socket, where the asking itself can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device.consent.log import ConsentLog
from device.door.door import ConsentButtons
from device.door.orders import orders_of
from device.errors import ControlError
from device.storage.durable import make_folder
from tests.support.camera.recorders import Bench

LONGEST = 256


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.boot()
    return bench


@pytest.fixture
def assign(bench: Bench) -> Callable[[Any], dict[str, Any]]:
    make_folder(bench.disk, bench.folders.consent)
    log = ConsentLog(bench.disk, bench.folders.consent, bench.credentials, bench.recorder.run)
    recorder = bench.recorder
    door = ConsentButtons(recorder, log, recorder.change, bench.clock, lambda _: True)
    orders = orders_of(recorder, door, recorder.change, lambda: pytest.fail("nobody asked"))
    return lambda assignment: orders["assign"]({"assignment": assignment})


@pytest.mark.parametrize("assignment", ["visit-1", "v", "v" * LONGEST, None])
def test_an_assignment_is_a_text_or_null(
    assignment: str | None, bench: Bench, assign: Callable[[Any], dict[str, Any]]
) -> None:
    assert assign("visit-9")["ok"]
    assert assign(assignment)["ok"]
    assert bench.recorder.status().assignment == assignment


@pytest.mark.parametrize("assignment", ["", "v" * (LONGEST + 1), 7, ["visit-1"], False])
def test_what_is_no_assignment_is_refused_in_a_sentence_and_changes_nothing(
    assignment: object, bench: Bench, assign: Callable[[Any], dict[str, Any]]
) -> None:
    assert assign("visit-9")["ok"]
    with pytest.raises(ControlError, match=r"An assignment is a text of 1 to 256 characters, or null\."):
        assign(assignment)
    assert bench.recorder.status().assignment == "visit-9"
