"""Breaks the product in every Python process that is told to by its environment; see ``broken.breakage``.

Python imports this module when it starts, where this folder is on its path (``site``).
"""

from __future__ import annotations

from tests.support.broken.breakage import break_as_told

break_as_told()
