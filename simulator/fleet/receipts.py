"""Asks a fleet for receipts as the camera that they were given to.

Rules:

* It is the camera's own certificate that asks, at the fleet's own address: not over the line that a scenario
  may have cut.
* What the fleet answers is compared with what was asked for: a receipt of another recording is none.

It keeps nothing, and the camera notices nothing of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from device.errors import DeviceError
from device.link.errors import LinkError, NotTrustedError
from device.link.fleet_http import FleetHttp
from device.link.identity.identity import load_identity
from device.link.identity.mutual_tls import enrolled_context
from device.link.uploads.client import UploadClient
from device.storage.filesystem import PosixFilesystem
from protocol.footage.format.errors import ReceiptError
from protocol.footage.receipt import read_receipt
from simulator.oracle.world import GivenReceipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

    AskForReceipt: TypeAlias = Callable[[int, str], GivenReceipt]
    """Takes the camera's number for a recording, and its id."""


@contextmanager
def receipt_desk(
    state: Path, cameras_url: str, transport: httpx.BaseTransport | None = None
) -> Iterator[AskForReceipt]:
    """Ask as the camera whose state folder this is, for the length of the context.

    A camera whose identity cannot be used cannot ask, which is an answer too and is not raised.

    Args:
        state: The folder, with the camera's identity in it.
        cameras_url: The fleet's own listener for cameras.
        transport: What carries the questions; None for the network.
    """
    try:
        identity = load_identity(state, PosixFilesystem())
        http = FleetHttp(cameras_url, enrolled_context(identity), at_once=1, transport=transport)
    except DeviceError as error:
        trouble = _words(error)
        yield lambda _number, _recording: GivenReceipt(None, trouble)
        return
    try:
        yield ReceiptDesk(identity.camera, http, identity.authority_der).ask
    finally:
        http.close()


@dataclass(frozen=True, slots=True)
class ReceiptDesk:
    """Where one camera asks for its receipts.

    Attributes:
        camera: What the fleet calls the camera.
        http: Its connections.
        authority: The fleet's authority (DER).
    """

    camera: str
    http: FleetHttp
    authority: bytes

    def ask(self, number: int, recording: str) -> GivenReceipt:
        """Ask for the receipt of a recording."""
        try:
            data = UploadClient(self.http).receipt(number, recording)
        except NotTrustedError as error:
            return GivenReceipt(None, _words(error))
        except LinkError as error:
            # Refused, or answered with an error of the fleet's own: then there is none to be had.
            answered = getattr(error, "status", None) is not None
            return GivenReceipt(False if answered else None, _words(error))
        if data is None:
            return GivenReceipt(fits=False, trouble="the fleet says that it is still to be signed")
        try:
            receipt = read_receipt(data, self.authority)
        except ReceiptError as error:
            return GivenReceipt(fits=False, trouble=_words(error))
        found = (receipt.camera, receipt.number, receipt.recording.hex())
        if found != (self.camera, number, recording):
            other = f"recording {receipt.number} of {receipt.camera} ({found[2][:8]})"
            return GivenReceipt(fits=False, trouble=f"it is one for {other}")
        return GivenReceipt(fits=True)


def _words(error: Exception) -> str:
    return str(error).rstrip(".")
