"""Fuzzing without guidance: seeds, changed by the same mutators, some thousand times in ``make test``.

The same seed tries the same inputs. It needs nothing that is not on every platform.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.harness.fuzz.mutate import flip_some
from tests.harness.fuzz.targets import Target

_AGAIN = 0.5
_POOL = 4000


def inputs(target: Target, count: int, seed: int) -> Iterator[bytes]:
    """Give the target's seeds, then changes of them and of earlier changes."""
    draw = random.Random(f"{seed} {target.name}")
    pool = target.seeds()
    yield from pool[:count]
    for _ in range(count - len(pool)):
        data = draw.choice(pool)
        while True:
            data = target.mutate(data, draw, lambda each: flip_some(each, draw))
            if draw.random() > _AGAIN:
                break
        if len(pool) < _POOL:
            pool.append(data)
        yield data


def fuzz(target: Target, count: int, seed: int) -> int:
    """Run a target on so many inputs and return how many there were.

    Raises:
        AssertionError: An input broke a promise; the message holds the input.
    """
    tried = 0
    for data in inputs(target, count, seed):
        try:
            target.run(data)
        except Exception as error:
            raise AssertionError(f"{target.name} on {data.hex()}: {type(error).__name__}: {error}") from error
        tried += 1
    return tried
