"""The fixed sizes of the format. What may vary has its bounds in ``limits``."""

from __future__ import annotations

from typing import Final

RUN_BYTES: Final = 16
"""A run's id."""

RECORDING_BYTES: Final = 16
"""A recording's id."""

DIGEST_BYTES: Final = 32
"""SHA-256."""

SIGNATURE_BYTES: Final = 64
"""Ed25519."""

FIRST_PREVIOUS: Final = bytes(DIGEST_BYTES)
"""What the first chunk of a run has in place of the hash of the one before."""
