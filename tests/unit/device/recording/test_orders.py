"""Every order of what can happen to a camera. ``python -m tests.harness.orders`` goes deeper."""

from __future__ import annotations

import pytest

from tests.harness.orders.search import BEGINNINGS, camera_after, search

FEWEST = {2: 100, 3: 1_000}
"""A search to that depth that tries fewer orders does not try what it should."""


# proves C3, C6, C7 and C11
@pytest.mark.parametrize("depth", [2, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_in_whatever_order_things_happen_every_promise_holds(beginning: str, depth: int) -> None:
    tried, broken = search(beginning, depth)
    assert [str(each) for each in broken] == []
    assert tried >= FEWEST[depth]


@pytest.mark.parametrize("forgotten", ["awaits", "owns"])
def test_a_rule_that_is_forgotten_is_found(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"device.recording.heart.heart.Heart.{forgotten}", lambda *_: True)
    assert any(search(beginning, 2)[1] for beginning in BEGINNINGS)


def test_what_was_lost_is_told() -> None:
    camera = camera_after(["a second", "press", "failing", "a second", "well", "a second", "stop"])
    camera.judge()
    assert camera.wrong == ()
    assert camera.told
