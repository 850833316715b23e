"""What is hidden in a recording of a release, in words: masks, mutes, the search, who watched. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.redaction.rules.mask import Mask, MaskState
from fleet.redaction.rules.plan import (
    LONGEST_WIDENING_NS,
    MOST_PERCENT,
    MOST_PIXELS,
    Fill,
    Muting,
    RedactionPlan,
    Widening,
)
from fleet.releases.redacting.models import AnyRedaction, AnyWatched, SearchState
from fleet.releases.redacting.watchings import amounts_watched, spans_left
from fleet.releases.rules.clock import PlayerClock
from fleet.releases.rules.cover import seconds_words
from fleet.releases.rules.plan import NS_PER_MS
from fleet.releases.subjects import Released, public_id, title_of
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import count, length
from protocol.units import NS_PER_S

MOST_SHOWN = 40
"""Masks and proposals on a page at a time, and mutes."""
FILL_WORDS = {
    Fill.SOLID: "Black",
    Fill.PIXELS: "Large pixels",
    Fill.BLUR: "Blur",
}
_STATES = {
    MaskState.PROPOSED: ("Proposed, not decided", "warn"),
    MaskState.ACCEPTED: ("Hidden", "good"),
    MaskState.REFUSED: ("Not hidden: refused", "quiet"),
    MaskState.KEPT: ("Kept in sight", "busy"),
}
_WIDE = 1000
_S = 1000


@dataclass(frozen=True, slots=True)
class MaskRow:
    """A mask or proposal: its number, when and what became of it, and where the player goes for it."""

    number: int
    when: str
    state: str
    tone: str
    reason: str
    start_s: float
    is_open: bool
    is_hidden: bool
    by_machine: bool


@dataclass(frozen=True, slots=True)
class MuteRow:
    """A span of sound that is made silent."""

    number: int
    when: str
    reason: str
    start_s: float


@dataclass(frozen=True, slots=True)
class PlanBar:
    """A bar on the timeline, in thousandths of its width: a mask or a mute, and its words."""

    x: float
    width: float
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Widener:
    """One of the numbers that say how much more is hidden: its field, words, value, most and steps."""

    name: str
    words: str
    value: str
    most: int
    step: str


@dataclass(frozen=True, slots=True)
class HiddenView:
    """What is hidden in a recording, on the page of its release."""

    recording: str
    name: str
    words: str
    has_copy: bool
    watched: tuple[CopyWatchRow, ...]


@dataclass(frozen=True, slots=True)
class CopyWatchRow:
    """How much of a copy somebody watched."""

    name: str
    words: str
    is_whole: bool


def mask_rows(plan: RedactionPlan, clock: PlayerClock, skip: int = 0) -> tuple[tuple[MaskRow, ...], int, int]:
    """Return the masks that are shown, and how many come before and after them.

    Proposals that nobody decided come first, then the newest masks; what was refused comes last.
    """
    ranks = {MaskState.PROPOSED: 0, MaskState.REFUSED: 2}
    order = sorted(plan.masks, key=lambda each: (ranks.get(each.state, 1), -each.id))
    skip = min(skip, max(0, len(order) - 1) // MOST_SHOWN * MOST_SHOWN)
    rows = tuple(_mask_row(each, clock) for each in order[skip : skip + MOST_SHOWN])
    return rows, skip, len(order) - skip - len(rows)


def mute_rows(plan: RedactionPlan, clock: PlayerClock) -> tuple[MuteRow, ...]:
    """Return the mutes, the newest first."""
    return tuple(
        MuteRow(each.id, _when(*_mute_span(each, clock)), each.reason, _mute_span(each, clock)[0] / _S)
        for each in reversed(plan.mutes[-MOST_SHOWN:])
    )


def plan_bars(plan: RedactionPlan, clock: PlayerClock, whole_s: float) -> tuple[PlanBar, ...]:
    """Return what is hidden when, as bars of a timeline."""
    whole = max(whole_s * _S, 1)
    found = []
    for mask in plan.masks[:MOST_SHOWN]:
        if mask.state in {MaskState.ACCEPTED, MaskState.PROPOSED}:
            start, end = _mask_span(mask, clock)
            found.append(
                _bar(start, end, whole, f"plan-{mask.state}", f"Mask {mask.id}: {_when(start, end)}")
            )
    for mute in plan.mutes[:MOST_SHOWN]:
        start, end = _mute_span(mute, clock)
        found.append(_bar(start, end, whole, "plan-mute", f"Mute {mute.id}: {_when(start, end)}"))
    return tuple(found)


def usual_reason(plan: RedactionPlan) -> str:
    """Return the reason that was given last, which the next one begins with; empty for none."""
    return next((each.reason for each in reversed(plan.masks) if each.reason), "")


def wideners(widening: Widening) -> tuple[Widener, ...]:
    """Return what is set of how much more is hidden than was drawn, each with its bounds."""
    seconds, longest = widening.time_ns / NS_PER_S, LONGEST_WIDENING_NS // NS_PER_S
    return (
        Widener("percent", "At each side, % of its size", f"{widening.percent}", MOST_PERCENT, "1"),
        Widener("pixels", "And so many pixels", f"{widening.pixels}", MOST_PIXELS, "1"),
        Widener("seconds", "Before and after, in seconds", f"{seconds:.9g}", longest, "any"),
    )


def is_narrow(widening: Widening) -> bool:
    """Say whether less than usual is hidden around masks."""
    usual = Widening()
    return (
        widening.percent < usual.percent or widening.pixels < usual.pixels or widening.time_ns < usual.time_ns
    )


def search_words(row: AnyRedaction) -> tuple[str, str]:
    """Say how far the search for faces has come, and in which tone."""
    if row.search == SearchState.ASKED:
        trouble = (
            f" It waits: {row.search_trouble} It is tried again by itself." if row.search_trouble else ""
        )
        far = f"{row.searched} of {row.to_search} seconds" if row.to_search else "it has not begun"
        return f"Faces are being searched for: {far}.{trouble}", "busy"
    if row.search == SearchState.FAILED:
        return f"Faces could not be searched for: {row.search_trouble}", "bad"
    if row.search == SearchState.NONE:
        return "", ""
    left = (
        f" {count(row.left_out, 'more face').capitalize()} did not fit into a plan and "
        f"{'is' if row.left_out == 1 else 'are'} not proposed: look for those yourself."
        if row.left_out
        else ""
    )
    said = "The search does not find heads from behind, and misses faces: watch the copy."
    return f"{count(row.searched, 'second').capitalize()} searched for faces.{left} {said}", (
        "warn" if row.left_out else "quiet"
    )


def redaction_line(row: AnyRedaction) -> str:
    """Say what is hidden in a recording, in short."""
    parts = [count(row.masks, "mask"), count(row.mutes, "mute")]
    if row.undecided:
        parts.append(f"{count(row.undecided, 'proposal')} not decided")
    return ", ".join(parts)


def hidden_view(of: Released, row: AnyRedaction | None, watched: Sequence[AnyWatched]) -> HiddenView:
    """Return what is hidden in a recording or an import, on the page of its release."""
    name = title_of(of)
    if row is None:
        return HiddenView(public_id(of), name, "Nothing is hidden in it", has_copy=False, watched=())
    return HiddenView(public_id(of), name, redaction_line(row), has_copy=True, watched=watch_rows(watched))


def watch_rows(found: Sequence[AnyWatched]) -> tuple[CopyWatchRow, ...]:
    """Say how much of a copy each person watched."""
    return tuple(_watch_row(each) for each in found)


def left_words(found: AnyWatched) -> tuple[tuple[str, float], ...]:
    """Return what somebody has not watched yet, each with where it begins in seconds."""
    return tuple((_when(start, end), start / _S) for start, end in spans_left(found)[:MOST_SHOWN])


def _watch_row(found: AnyWatched) -> CopyWatchRow:
    watched, whole = amounts_watched(found)
    if not spans_left(found):
        return CopyWatchRow(found.name, f"{isolated(found.name)} watched all of it.", is_whole=True)
    seen, left = length(watched / _S), length((whole - watched) / _S)
    words = f"{isolated(found.name)} watched {seen} of {length(whole / _S)} of it; {left} left."
    return CopyWatchRow(found.name, words, is_whole=False)


def _mask_row(mask: Mask, clock: PlayerClock) -> MaskRow:
    start, end = _mask_span(mask, clock)
    state, tone = _STATES[mask.state]
    return MaskRow(
        mask.id,
        _when(start, end),
        state,
        tone,
        mask.reason,
        start / _S,
        is_open=mask.state is MaskState.PROPOSED,
        is_hidden=mask.is_hidden,
        by_machine=mask.by_machine,
    )


def _mask_span(mask: Mask, clock: PlayerClock) -> tuple[int, int]:
    first, last = (clock.shown(key.at_ns) // NS_PER_MS for key in (mask.keys[0], mask.keys[-1]))
    return first, last


def _mute_span(mute: Muting, clock: PlayerClock) -> tuple[int, int]:
    return clock.shown(mute.span.start_ns) // NS_PER_MS, clock.shown(mute.span.end_ns) // NS_PER_MS


def _when(start_ms: int, end_ms: int) -> str:
    first, last = (seconds_words(at - at % 100) for at in (start_ms, end_ms))
    return first if first == last else f"{first} to {last}"


def _bar(start: int, end: int, whole: float, kind: str, words: str) -> PlanBar:
    x = _WIDE * min(start / whole, 1)
    width = max(_WIDE * (end - start) / whole, 2)
    return PlanBar(round(x, 1), round(min(width, _WIDE - x), 1), kind, words)
