"""Where things are in the state folder. Names only; nothing is opened here.

STATE/identity/                   key, certificate, enrolment
STATE/ring/                       segments of the window, useless without the keys in memory
STATE/recordings/00000007.ledger  a press that is safe, its folder yet to come (``device.storage.claim``); or
                                  nothing in it: made ready for the next press
STATE/recordings/00000007.new     that folder, not finished
STATE/recordings/00000007/        ledger.cbor, segments, receipt.cbor: what lapel-verify takes
STATE/recordings/00000007.gone    a removal that was not finished
STATE/receipts/00000006.cbor      kept for ever: a recording's number is never used again
STATE/consent/00000003.cbor       what was said at the door, signed; the newest, and what the fleet lacks
STATE/commands/00000004.json      commands of the fleet that were begun, until they cannot count any more
STATE/private.json                the camera is private, and in whose hands it is
STATE/desired.json                what the fleet wants the camera to be, as it said last
STATE/reserve                     room that a commit may use on a full card
STATE/control.sock                where commands arrive
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.storage.durable import NEW_SUFFIX
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.units import KIB

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES = 256 * KIB
"""A ledger's first record, and a segment's, is within so much of its beginning, certificates and all."""

CLAIM_SUFFIX = ".ledger"
GONE_SUFFIX = ".gone"
RECEIPT_SUFFIX = ".cbor"
_NUMBER = re.compile(r"([0-9]{8})(\.new|\.gone|\.cbor|\.ledger)?")


@dataclass(frozen=True, slots=True)
class StateFolder:
    """The names in a camera's state folder."""

    root: Path

    @property
    def ring(self) -> Path:
        """Folder of the segments that the ring refers to."""
        return self.root / "ring"

    @property
    def recordings(self) -> Path:
        """Folder of recordings."""
        return self.root / "recordings"

    @property
    def receipts(self) -> Path:
        """Folder of receipts."""
        return self.root / "receipts"

    @property
    def consent(self) -> Path:
        """Folder of consent events."""
        return self.root / "consent"

    @property
    def commands(self) -> Path:
        """Folder of commands of the fleet."""
        return self.root / "commands"

    @property
    def private(self) -> Path:
        """What says that the camera is private; it is there while that is so."""
        return self.root / "private.json"

    @property
    def desired(self) -> Path:
        """The fleet's last desired state."""
        return self.root / "desired.json"

    @property
    def reserve(self) -> Path:
        """Room kept back for a commit."""
        return self.root / "reserve"

    @property
    def socket(self) -> Path:
        """Where commands arrive."""
        return self.root / "control.sock"

    def recording(self, number: int) -> Path:
        """A recording's folder."""
        return self.recordings / f"{number:08d}"

    def claim(self, number: int) -> Path:
        """What makes a recording safe until its folder is published: its ledger."""
        return self.recordings / f"{number:08d}{CLAIM_SUFFIX}"

    def unpublished(self, number: int) -> Path:
        """A recording's folder before it is published."""
        return self.recordings / f"{number:08d}{NEW_SUFFIX}"

    def removed(self, number: int) -> Path:
        """The folder of a removal under way."""
        return self.recordings / f"{number:08d}{GONE_SUFFIX}"

    def receipt(self, number: int) -> Path:
        """A recording's receipt, which outlives the recording."""
        return self.receipts / f"{number:08d}{RECEIPT_SUFFIX}"

    def ledger(self, number: int) -> Path:
        """A recording's ledger."""
        return self.recording(number) / LEDGER_NAME


def number_of(name: str) -> tuple[int, str] | None:
    """The number and the suffix that a name in ``recordings/`` or ``receipts/`` stands for, else None."""
    match = _NUMBER.fullmatch(name)
    return (int(match[1]), match[2] or "") if match else None
