"""Calling a reader on bytes that may be anything: what it returns, or the one error that it may raise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from protocol.footage.format.errors import FormatError

_Result = TypeVar("_Result")


def attempt(read: Callable[[bytes], _Result], data: bytes) -> tuple[_Result | None, FormatError | None]:
    """Return a reader's result, or the ``FormatError`` that it raised. Anything else is a bug and escapes."""
    try:
        return read(data), None
    except FormatError as error:
        return None, error
