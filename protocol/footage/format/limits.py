"""The format's version and its limits.

A reader refuses what exceeds them, so memory stays bounded on any input.
"""

from __future__ import annotations

from typing import Final

from protocol.units import MIB, NS_PER_MS, NS_PER_S

VERSION: Final = 1
"""Every signed body carries it under the key ``v``; a reader refuses any other."""

MAX_CHUNK_NS: Final = 2 * NS_PER_S
"""A chunk spans at most two seconds, so a power cut while recording loses at most that (promise C5)."""

MAX_PART_BYTES: Final = 16 * MIB
"""One track of one chunk: 16 MiB is 67 Mbit/s for two seconds."""

MAX_SEGMENT_BYTES: Final = 64 * MIB
MAX_SEGMENT_CHUNKS: Final = 256
MAX_LEDGER_BYTES: Final = 256 * MIB
"""Four hours of one-second chunks with seven recipients of both tracks."""

MAX_HEADER_BYTES: Final = 64 * 2**10
"""A chunk's header, or a run record's body with its certificates."""

MAX_BODY_BYTES: Final = 16 * MIB
"""The body of one ledger record, or of a receipt."""

MAX_TEXT_BYTES: Final = 1024
MAX_PARTS: Final = 2
MAX_GAPS: Final = 64
MAX_RECIPIENTS: Final = 16
MAX_CERTIFICATES: Final = 4
MAX_CERTIFICATE_BYTES: Final = 8 * 2**10
MAX_DETAILS: Final = 32
MAX_KEYS_RANGE: Final = 2**16
"""Chunks whose keys one ``keys`` record may hold: an 1,800 s window needs 1,800."""

CONTINUITY_TOLERANCE_NS: Final = 50 * NS_PER_MS
"""A difference of 50 ms, about a frame and a half at 30 frames a second, between the end of a chunk and the
start of the next is timestamp jitter and not a gap."""
