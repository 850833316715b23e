"""A machine that stops at any step of making small files durable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class PowerCutError(OSError):
    """The machine stops here."""


@contextmanager
def failing_at(count: int) -> Iterator[list[str]]:
    """Have the so-manyth step of making anything durable fail; list the steps that were taken."""
    steps: list[str] = []
    with pytest.MonkeyPatch.context() as patch:

        def counted(name: str, real: Callable[..., object]) -> Callable[..., object]:
            def step(*arguments: object, **named: object) -> object:
                steps.append(name)
                if len(steps) == count:
                    raise PowerCutError(f"step {count}, {name}")
                return real(*arguments, **named)

            return step

        patch.setattr(os, "fsync", counted("fsync", os.fsync))
        patch.setattr(os, "link", counted("link", os.link))
        patch.setattr(os, "open", counted("open", os.open))
        patch.setattr(Path, "replace", counted("replace", Path.replace))
        patch.setattr(Path, "unlink", counted("unlink", Path.unlink))
        yield steps
