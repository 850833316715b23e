"""What a line can be like. Pure.

The names are those of common tools for faulty networks, such as toxiproxy and ``tc-netem(8)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LineState(StrEnum):
    """What a line is like.

    * ``good`` passes everything on at once, ``slow`` at a rate, ``bad`` with latency, jitter, loss, a rate or
      in slices, each as it is given.
    * ``cut`` is silent, as a pulled cable is. ``flapping`` is good and cut by turns.
    * ``reset`` resets every connection, and each new one as soon as something is sent over it.
    * ``half_open`` ends connections for the fleet alone; for the camera they stay open and silent, new ones
      too. When it is over, the camera finds them reset.
    * ``captive_portal`` answers whatever is sent with a page of its own, as the network of a hotel does.
    * ``no_dns`` resolves no name; connections that are there go on.
    """

    GOOD = "good"
    SLOW = "slow"
    BAD = "bad"
    CUT = "cut"
    FLAPPING = "flapping"
    RESET = "reset"
    HALF_OPEN = "half_open"
    PORTAL = "captive_portal"
    NO_DNS = "no_dns"


ENDING = (LineState.RESET, LineState.HALF_OPEN, LineState.PORTAL)
"""The states in which no connection goes on."""


@dataclass(frozen=True, slots=True)
class LineConditions:
    """A state with its figures.

    Attributes:
        state: What the line is like.
        kbit_s: Its rate in thousand bits a second; None for no limit.
        latency_s: How long everything is under way.
        jitter_s: By how much that varies, either way.
        loss: The share of pieces that are lost, from 0 to 1.
        slice_bytes: How large the pieces are into which everything is cut; None for as it comes.
        slice_delay_s: How long from one such piece to the next.
        up_s: How long a flapping line is good.
        down_s: How long it is then cut.
    """

    state: LineState = LineState.GOOD
    kbit_s: int | None = None
    latency_s: float = 0.0
    jitter_s: float = 0.0
    loss: float = 0.0
    slice_bytes: int | None = None
    slice_delay_s: float = 0.0
    up_s: float = 0.0
    down_s: float = 0.0

    @property
    def bytes_per_s(self) -> float | None:
        """Its rate in bytes a second; None for no limit."""
        return None if self.kbit_s is None else self.kbit_s * 1000 / 8

    @property
    def words(self) -> str:
        """What happened to a network that is like this, as in ``was slowed to 500 kbit/s``."""
        rate = None if self.kbit_s is None else f"{self.kbit_s} kbit/s"
        figures = [
            f"{self.latency_s * 1000:g} ms latency" * bool(self.latency_s),
            f"{self.jitter_s * 1000:g} ms jitter" * bool(self.jitter_s),
            f"{self.loss * 100:g} % loss" * bool(self.loss),
            rate or "",
            f"slices of {self.slice_bytes} bytes" * bool(self.slice_bytes),
        ]
        return {
            LineState.GOOD: "was good again",
            LineState.SLOW: f"was slowed to {rate}",
            LineState.BAD: f"was made bad: {', '.join(filter(None, figures))}",
            LineState.CUT: "was cut",
            LineState.FLAPPING: f"began to flap, {self.up_s:g} s good and {self.down_s:g} s cut",
            LineState.RESET: "reset every connection",
            LineState.HALF_OPEN: "left connections half open",
            LineState.PORTAL: "had a captive portal",
            LineState.NO_DNS: "resolved no name",
        }[self.state]
