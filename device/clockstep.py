"""Notices when wall time steps against the boot-time clock (C10). Pure: it is told both."""

from __future__ import annotations

from dataclasses import dataclass

STEP_US = 500_000
"""A smaller difference between two looks is drift and steering, not a step."""


@dataclass(slots=True)
class StepWatch:
    """Compares each look with the one before."""

    _offset_us: int | None = None

    def look(self, boot_ns: int, utc_us: int) -> int | None:
        """How far wall time stepped since the last look, in µs, forward positive; None when it did not."""
        offset = utc_us - boot_ns // 1000
        before, self._offset_us = self._offset_us, offset
        if before is None or abs(offset - before) < STEP_US:
            return None
        return offset - before
