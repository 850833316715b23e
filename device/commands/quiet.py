"""Says a thing in the log once in a while, and how often it was so meanwhile: a flood fills no log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.units import NS_PER_S

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

EVERY_NS: Final = 60 * NS_PER_S


class QuietLog:
    """For one thread.

    Args:
        log: Where it is said.
        boot_ns: The boot-time clock.
    """

    def __init__(self, log: logging.Logger, boot_ns: Callable[[], int]) -> None:
        self._log = log
        self._boot_ns = boot_ns
        self._next_ns: dict[str, int] = {}
        self._more: dict[str, int] = {}

    def warn(self, kind: str, sentence: str) -> None:
        """Say a sentence, unless one of its kind was said within the last minute."""
        now_ns = self._boot_ns()
        if now_ns < self._next_ns.get(kind, now_ns):
            self._more[kind] = self._more.get(kind, 0) + 1
            return
        self._next_ns[kind] = now_ns + EVERY_NS
        more = self._more.pop(kind, 0)
        self._log.warning("%s%s", sentence, f" (and {more} like it before)" if more else "")
