"""What is expected of an input, by nothing that the camera computes; judging what was filmed by it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from protocol.footage.format.model import Track
from tests.support.media.driven_capture import DrivenCapture

AT_S = 0.52
APART_S = 0.045
Events = tuple[tuple[int, float], ...]
Spans = tuple[tuple[float, float], ...]


def passes(length: int, times: int = 2, first: int = 0) -> Events:
    """A clip of so many whole seconds, played again and again."""
    return tuple((first + second % length, second + AT_S) for second in range(length * times))


@dataclass(frozen=True)
class Expected:
    """What is right.

    Attributes:
        flashes: Each flash, and when; None where the picture has none.
        tones: Likewise.
        lasts_s: How long it is filmed, on its own clock.
        no_picture: Begin and length of what is missing of the picture, to a tenth of a second.
        no_sound: The same of the sound.
        says: What has to be said of it, as a pattern; nothing may be said where it is empty.
        round: Whether the picture is a circle and has to stay one.
        luma: The mean brightness of its pictures.
        whole: Whether pictures are to show no comb of two fields.
        tolerance: How far an event may be from its time, in seconds.
        fps: Pictures a second at most.
        apart: How far a tone may be from its flash, in seconds; more only where the file itself has them so.
        some: If only so many flashes and tones have to be there, each at its own time: of what is damaged.
    """

    flashes: Events | None = None
    tones: Events | None = None
    lasts_s: float = 8.2
    no_picture: Spans = ()
    no_sound: Spans = ()
    says: str = ""
    round: bool = False
    luma: float | None = None
    whole: bool = False
    tolerance: float = 0.06
    fps: float = 25
    apart: float = APART_S
    some: int = 0


def faults(filmed: DrivenCapture, right: Expected, *, sound: bool = True, picture: bool = True) -> list[str]:
    """What of what was filmed is not as expected, in words; nothing where all is."""
    found: list[str] = []
    if right.some:
        return _some("flashes", filmed.flashes, right) + _some("tones", filmed.tones, right)
    if right.flashes is not None:
        found += _events("flashes", filmed.flashes, right.flashes, right.tolerance)
    if right.tones is not None:
        found += _events("tones", filmed.tones, right.tones, right.tolerance)
    if right.flashes and right.tones:
        apart = max(map(abs, filmed.apart), default=0.0)
        found += [f"{apart * 1000:.0f} ms apart"] if apart > right.apart else []
    if picture:
        found += _spans("picture", filmed.holes(Track.VIDEO, 0.25), right.no_picture)
    if sound:
        found += _spans("sound", filmed.holes(Track.AUDIO, 0.1), right.no_sound)
    said = " | ".join(filmed.troubles + filmed.remarks)
    if not re.search(right.says, said) or (not right.says and said):
        found.append(f"says {said or 'nothing'!r}")
    return found + _looks(filmed, right)


def _looks(filmed: DrivenCapture, right: Expected) -> list[str]:
    found: list[str] = []
    if right.round:
        found += [f"a circle {ratio:.2f} wide at {at:.1f} s" for at, ratio in _ovals(filmed)][:3]
    if right.luma is not None:
        mean = float(np.mean(filmed.brightness)) if filmed.brightness else 0.0
        found += [f"luma {mean:.1f}"] if abs(mean - right.luma) > 3 else []
    if right.whole:
        comb = max((_comb(luma) for _, luma in filmed.seen[2:]), default=9.0)
        found += [f"combed ({comb:.2f})"] if comb > 1.0 else []
    return found


def _events(what: str, seen: list[tuple[int, float]], right: Events, tolerance: float) -> list[str]:
    codes = [code for code, _ in seen]
    if codes != [code for code, _ in right]:
        return [f"{what} {[(code, round(at, 2)) for code, at in seen]}"]
    off = [at - due for (_, at), (_, due) in zip(seen, right, strict=True)]
    worst = max(off, key=abs, default=0.0)
    return [f"{what} up to {worst:+.3f} s off"] if abs(worst) > tolerance else []


def _some(what: str, seen: list[tuple[int, float]], right: Expected) -> list[str]:
    good = [code for code, at in seen if abs(at - code - AT_S) <= right.tolerance]
    listed = [(code, round(at, 2)) for code, at in seen]
    return [] if len(good) >= right.some and good[-1] == 9 else [f"{what} {listed}"]


def _spans(what: str, seen: list[tuple[float, float]], right: Spans) -> list[str]:
    same = len(seen) == len(right) and all(
        abs(begin - due) < 0.12 and abs(length - long) < 0.15
        for (begin, length), (due, long) in zip(seen, right, strict=True)
    )
    return [] if same else [f"{what} missing {seen}"]


def _ovals(filmed: DrivenCapture) -> list[tuple[float, float]]:
    """Where a white circle is not round, in pictures as they are shown."""
    found = []
    for at, luma in filmed.seen:
        bright = luma > 128
        columns, rows = np.flatnonzero(bright.any(axis=0)), np.flatnonzero(bright.any(axis=1))
        if not columns.size:
            found.append((at, 0.0))
            continue
        ratio = (columns[-1] - columns[0] + 1) / (rows[-1] - rows[0] + 1)
        if abs(ratio - 1) > 0.03:
            found.append((at, float(ratio)))
    return found


def _comb(luma: np.ndarray) -> float:
    """How much more each line differs from the next one than from the one after that."""
    lines = luma.astype(np.int16)
    return float(np.abs(lines[:-2] - lines[1:-1]).mean() / max(np.abs(lines[:-2] - lines[2:]).mean(), 0.1))
