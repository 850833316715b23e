"""A sound block's way to packets: encodes what the microphone's feed reads, on the feed's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.encode.audio import AudioEncoder
from device.encode.packets import Absent, EncodedPacket, Lost
from protocol.footage.format.model import GapCause, Track

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.frames import SoundBlock
    from device.settings import AudioSettings


class SoundPath:
    """Encodes sound and passes it on.

    Args:
        settings: The bit rate.
        out: Gets the packets and the statements about missing sound, in order.
    """

    def __init__(self, settings: AudioSettings, out: Callable[[EncodedPacket | Lost | Absent], None]) -> None:
        self._encoder = AudioEncoder(settings)
        self._out = out

    def take(self, item: SoundBlock) -> None:
        """Encode a block.

        Raises:
            EncoderError: The encoder does not open, or gave up.
        """
        for made in self._encoder.push(item):
            self._out(made)

    def absent(self, since_ns: int, until_ns: int) -> None:
        """The microphone gives nothing: pass on what is held back, and then that."""
        self.flush()
        self._out(Absent(Track.AUDIO, since_ns, until_ns, GapCause.NO_MICROPHONE))

    def silent(self, since_ns: int, until_ns: int) -> None:
        """The source gives no sound for a while: pass on what is held back, and then that."""
        self.flush()
        self._out(Absent(Track.AUDIO, since_ns, until_ns, GapCause.STALLED))

    def flush(self) -> None:
        """Pass on what is held back."""
        for made in self._encoder.flush():
            self._out(made)
