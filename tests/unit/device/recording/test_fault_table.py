"""Every operation of a camera's day, and everything that can go wrong with it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.support.storage.storage_day import CHANGES, FAULTS, Operation, live, operations


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> list[Operation]:
    return operations(tmp_path_factory.mktemp("day"))


# proves C3, C5, C6 and C8
@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_whatever_goes_wrong_the_camera_stays_up_keeps_its_word_and_says_so(
    name: str, day: list[Operation], tmp_path: Path
) -> None:
    fault, number = FAULTS[name], itertools.count()
    problems: list[str] = []
    for operation in (each for each in day if each.name in fault.names):
        folder = tmp_path / str(next(number))
        folder.mkdir()
        problems += live(folder, operation, fault)
    assert problems == []
    assert next(number) >= 10


def test_the_day_asks_for_everything_that_a_card_can_be_asked_for(day: list[Operation]) -> None:
    assert {operation.name for operation in day} == {*CHANGES, "close", "space"} - {"truncate"}, (
        "which only a write that failed asks for"
    )
    phases = {"boot", "fill", "press", "record", "bookmark", "stop", "roll over", "receipt", "recovery"}
    assert phases <= {operation.phase for operation in day}
