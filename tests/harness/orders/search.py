"""Tries every order of what can happen to a camera, to a depth, from several beginnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.harness.orders.model import ModelCamera

BEGINNINGS: dict[str, tuple[str, ...]] = {
    "ready": ("a second", "a second"),
    "recording": ("a second", "a second", "press", "a second"),
    "ending": ("a second", "press", "a second", "filmed", "stop"),
    "ending for private": ("a second", "press", "a second", "filmed", "private on"),
    "in private, recording": ("a second", "private on", "press", "a second"),
    "in private": ("a second", "private on"),
    "storing": ("a second", "press", "filmed", "filmed", "bring"),
    "about to roll over": ("press", *("a second",) * 5),
    "a card that fails": ("a second", "press", "a second", "failing"),
    "a card that is full": ("a second", "press", "a second", "full"),
    "not opened yet": ("a second", "failing", "press"),
    "a card that hangs": ("a second", "hang"),
    "a card that hangs, recording": ("a second", "press", "a second", "hang"),
    "a card that hangs, recording in private": ("a second", "private on", "press", "a second", "hang"),
}
"""What has happened before the search begins."""


@dataclass(frozen=True)
class Broken:
    """A promise that does not hold, and the shortest order found that breaks it."""

    promise: str
    order: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.promise}: {', '.join(self.order)}"


def camera_after(moves: Sequence[str]) -> ModelCamera:
    """A camera to which these things have happened."""
    camera = ModelCamera()
    camera.start()
    for move in moves:
        camera.move(move)
    return camera


def search(beginning: str, depth: int) -> tuple[int, list[Broken]]:
    """Try every order of that many moves after a beginning.

    Returns:
        How many orders were tried, and what was broken: each promise once, by a shortest order.
    """
    tried, broken = 0, dict[str, Broken]()
    first = camera_after(BEGINNINGS[beginning])
    for camera, order in _orders(first, (), depth):
        tried += 1
        for promise in _judged(camera):
            known = broken.get(promise)
            found = Broken(promise, (*BEGINNINGS[beginning], *order))
            if known is None or len(found.order) < len(known.order):
                broken[promise] = found
    return tried, list(broken.values())


def _judged(camera: ModelCamera) -> tuple[str, ...]:
    judged = camera.fork()
    judged.judge()
    return judged.wrong


def _orders(
    camera: ModelCamera, order: tuple[str, ...], depth: int
) -> Iterator[tuple[ModelCamera, tuple[str, ...]]]:
    """Every order of at most so many moves, with the camera after it."""
    yield camera, order
    if depth == 0 or camera.wrong:
        return
    for move in camera.moves():
        following = camera.fork()
        following.move(move)
        yield from _orders(following, (*order, move), depth - 1)
