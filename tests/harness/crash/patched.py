"""Puts another module in the place of ``device.storage.durable``, wherever names were taken from it."""

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType

import device.storage.durable as original


@contextlib.contextmanager
def in_place_of_durable(durable: ModuleType) -> Iterator[None]:
    """Within, whoever imported ``device.storage.durable``, or something from it, uses ``durable``."""
    changed: list[tuple[ModuleType, str, object]] = []
    replaced = {id(original): durable} | {
        id(getattr(original, name)): getattr(durable, name)
        for name in vars(original)
        if callable(getattr(original, name))
        and getattr(original, name).__module__ == original.__name__
        and hasattr(durable, name)
    }
    users = [
        module for name, module in sys.modules.items() if name.startswith(("device.", "tests.harness.crash."))
    ]
    for module in users:
        for name, value in list(vars(module).items()):
            if id(value) in replaced and module not in {original, durable} and module.__name__ != __name__:
                changed.append((module, name, value))
                setattr(module, name, replaced[id(value)])
    try:
        yield
    finally:
        for module, name, value in changed:
            setattr(module, name, value)
