"""How large a scene's pictures are and how many there are a second, where nobody says otherwise."""

from __future__ import annotations

from typing import Final

WIDTH: Final = 640
"""Picture width in pixels."""

HEIGHT: Final = 360
"""Picture height in pixels."""

FPS: Final = 10
"""Pictures a second."""
