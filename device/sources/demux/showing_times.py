"""When a decoded picture is shown: by its own stamp, or by when it came out of the decoder. Pure.

Rules:

- A picture's own stamp counts. Where there is none, as in AVI and bare streams, a picture is shown that much
  later than its packet as the first one was: the order of decoding is not that of showing. Where all pictures
  are key pictures, several of them may have gone in before the first one comes out.
- Badly made files give each packet the next stamp, whatever is shown first. Then own stamps go back from
  picture to picture as they are shown, and those of their coming out do not. FFmpeg tells by the same
  (``guess_correct_pts``), and goes by the one that went back less often.
"""

from __future__ import annotations

from typing import Final

from protocol.units import NS_PER_S

_ONCE_OR_TWICE: Final = 2
"""One damaged stamp, and the next one, do not change what counts."""


_LONGEST_NS: Final = 2 * NS_PER_S
"""What was given to the decoder longer ago than this is not what comes out of it."""


class ShowingTimes:
    """Picks the time of each picture of one source, in the order in which pictures come out."""

    def __init__(self) -> None:
        self._first_packet_ns: int | None = None
        self._last_key_ns: int | None = None
        self._delay_ns: int | None = None
        self._last_own_ns: int | None = None
        self._last_out_ns: int | None = None
        self._excess = 0

    def begin_pass(self) -> None:
        """The source begins anew; what is known of its stamps stays known."""
        self._first_packet_ns = self._last_key_ns = self._delay_ns = None
        self._last_own_ns = self._last_out_ns = None

    def key_packet(self, decoded_ns: int) -> None:
        """A key picture is given to the decoder, to be decoded then; the first one comes out first."""
        if self._first_packet_ns is None:
            self._first_packet_ns = decoded_ns
        if self._delay_ns is None:
            self._last_key_ns = decoded_ns

    def dropped(self) -> None:
        """Of what was given to the decoder nothing comes out: the next key picture is the first one."""
        if self._delay_ns is None:
            self._first_packet_ns = self._last_key_ns = None

    def shown(self, own_ns: int | None, out_ns: int | None) -> int | None:
        """When the next picture is shown.

        Args:
            own_ns: By its own stamp.
            out_ns: When the packet was to be decoded at which it came out.

        Returns:
            The time; None where nothing is known.
        """
        if out_ns is not None and self._delay_ns is None:
            self._delay_ns = self._delay(out_ns)
        self._compare(own_ns, out_ns)
        if out_ns is None or (own_ns is not None and self._excess <= _ONCE_OR_TWICE):
            return own_ns
        return out_ns - (self._delay_ns or 0)

    def _delay(self, out_ns: int) -> int:
        """How long after its packet the first picture came out; no longer than decoders hold one back."""
        for key in (self._first_packet_ns, self._last_key_ns):
            if key is not None and 0 <= out_ns - key <= _LONGEST_NS:
                return out_ns - key
        return 0 if self._last_key_ns is None else max(0, out_ns - self._last_key_ns)

    def _compare(self, own_ns: int | None, out_ns: int | None) -> None:
        """Count how much more often own stamps go back."""
        if own_ns is not None and out_ns is not None:
            own_back = self._last_own_ns is not None and own_ns <= self._last_own_ns
            out_back = self._last_out_ns is not None and out_ns <= self._last_out_ns
            self._excess += own_back - out_back
            self._last_own_ns, self._last_out_ns = own_ns, out_ns
