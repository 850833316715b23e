"""Whoever waits for the interpreter gets it while the log is verified, however long the log is."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import pytest

from fleet.audit import verification
from fleet.audit.checkpoints.making import CheckpointMaker
from fleet.audit.rows import Stored
from fleet.audit.verification import LogVerification
from fleet.core.services import Services
from tests.support.fleet.fleet import TestClock


class FakeServices:
    """The clock alone, and pages that nobody has open."""

    def __init__(self) -> None:
        self.clock = TestClock()
        self.live = self

    def publish(self, topic: str, subject: str) -> None:
        del topic, subject


def test_it_steps_aside_after_every_few_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F9
    looked: list[int] = []
    aside: list[tuple[int, float]] = []
    monkeypatch.setattr(
        "fleet.audit.verification.time.sleep", lambda seconds: aside.append((len(looked), seconds))
    )
    found = LogVerification(cast("Services", FakeServices()), cast("CheckpointMaker", None))
    looked.extend(cast("int", each) for each in found._counted(iter(cast("list[Stored]", range(1, 10_001)))))
    assert looked == list(range(1, 10_001)), "it leaves nothing out"
    gaps = [after - before for (before, _), (after, _) in pairwise(aside)]
    assert len(aside) >= 1000
    assert max(gaps) <= 10, "in a few entries somebody else runs"
    assert all(0 < seconds <= 0.001 for _, seconds in aside), "and the log is verified within its day"
    assert found.state().done == 10_000


def test_a_service_that_stops_waits_for_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F9
    monkeypatch.setattr("fleet.audit.verification.time.sleep", lambda _seconds: None)
    found = LogVerification(cast("Services", FakeServices()), cast("CheckpointMaker", None))
    entries = found._counted(iter(cast("list[Stored]", range(1000))))
    for _ in range(25):
        next(entries)
    found.close()
    with pytest.raises(verification._StoppedError):
        next(entries)
