"""What is asked of a film of the coded clapper, which ``tests.support.media.field`` makes and films."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.media.shown import Shown

QUICK = 1.25
"""How much faster than the world a file is filmed that has time for it."""
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def joined(path: Path, *parts: Path) -> Path:
    """Write files one behind the other."""
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def seconds_are(found: list[tuple[int, float]], codes: range, tolerance: float = 0.06) -> None:
    """Each flash or tone of those seconds is there once, half a second into its own."""
    assert [code for code, _ in found][: len(codes)] == list(codes)
    for code, at in found[: len(codes)]:
        assert at == pytest.approx(code + 0.52, abs=tolerance)


def together(filmed: Shown, at_least: int) -> None:
    """Each tone is heard when its flash is seen, and there are so many at least."""
    assert len(filmed.apart) >= at_least
    assert max(map(abs, filmed.apart)) <= 0.045
