"""Puts a changed module in the place of the one of its name, wherever names were taken from it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType


@contextlib.contextmanager
def in_its_place(changed: ModuleType) -> Iterator[None]:
    """Within, whoever imported the module of that name, or something from it, uses ``changed``."""
    original = sys.modules[changed.__name__]
    taken: list[tuple[ModuleType, str, object]] = []
    replaced = {id(original): changed} | {
        id(getattr(original, name)): getattr(changed, name)
        for name in vars(original)
        if callable(getattr(original, name))
        and getattr(original, name).__module__ == original.__name__
        and hasattr(changed, name)
    }
    users = [
        module for name, module in sys.modules.items() if name.startswith(("device.", "tests.harness.crash."))
    ]
    for module in users:
        for name, value in list(vars(module).items()):
            if id(value) in replaced and module not in {original, changed} and module.__name__ != __name__:
                taken.append((module, name, value))
                setattr(module, name, replaced[id(value)])
    try:
        yield
    finally:
        for module, name, value in taken:
            setattr(module, name, value)
