"""The second implementation's gaps: section 9, step 5 of ``docs/footage-format.md``, and nothing of ours.

A gap is a map with ``track``, ``start_ns``, ``duration_ns``, ``cause`` (None: unexplained) and ``overlap``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

Map = dict[str, Any]
TOLERANCE_NS = 50_000_000


def gaps_of(
    headers: Sequence[Map], events: Sequence[Map], *, press_ns: int, told_why: bool, closed_ns: int | None
) -> list[Map]:
    """All gaps that the page has reported, in order of time.

    Args:
        headers: those of the recording's chunks that have keys.
        events: the bodies of the ledger's events.
        press_ns: that of ``open``.
        told_why: whether its ``missing`` says anything.
        closed_ns: ``at_ns`` of ``close``, if there is one.
    """
    tracks = {part["track"] for header in headers for part in header["parts"]} or {"video"}
    told = [event["detail"] for event in events if event["kind"] == "gap"]
    if any(event["kind"] == "rolled over" for event in events):
        closed_ns = None
    stated = [*(gap for header in headers for gap in header["gaps"]), *told]
    found = [_gap(each["track"], each["start_ns"], _end(each), each["cause"]) for each in stated]
    if headers and not told_why:
        first = headers[0]
        found += _lacking(tracks, press_ns, first["start_ns"], [*first["gaps"], *told])
    for start, end, own in _spans(headers, press_ns, closed_ns):
        found += _lacking(tracks, start, end, [*own, *told])
    for header in headers:
        silent = tracks - {part["track"] for part in header["parts"]}
        found += _lacking(silent, header["start_ns"], _end(header), [*header["gaps"], *told])
    return sorted([*_overlaps(headers), *_as_one(found)], key=lambda gap: (gap["start_ns"], str(gap)))


def _spans(
    headers: Sequence[Map], press_ns: int, closed_ns: int | None
) -> Iterator[tuple[int, int, list[Map]]]:
    """Where there is no chunk, and the gaps in the headers around it: 9.5.1 and 9.5.3."""
    for before, after in pairwise(headers):
        yield _end(before), after["start_ns"], [*before["gaps"], *after["gaps"]]
    if closed_ns is not None and headers:
        yield _end(headers[-1]), closed_ns, headers[-1]["gaps"]
    elif closed_ns is not None:
        yield press_ns, closed_ns, []


def _lacking(tracks: set[str], start: int, end: int, stated: Sequence[Map]) -> Iterator[Map]:
    """An unexplained gap of each track for which a span is not covered."""
    for track in sorted(tracks):
        own = [gap for gap in stated if gap["track"] == track]
        edges = {start, end, *(edge for gap in own for edge in (gap["start_ns"], _end(gap)))}
        pieces = pairwise(sorted(edge for edge in edges if start <= edge <= end))
        left = sum(
            right - left
            for left, right in pieces
            if not any(gap["start_ns"] <= left and right <= _end(gap) for gap in own)
        )
        if end - start > TOLERANCE_NS and left > TOLERANCE_NS:
            yield _gap(track, start, end, None)


def _overlaps(headers: Sequence[Map]) -> Iterator[Map]:
    for before, after in pairwise(headers):
        if _end(before) - after["start_ns"] > TOLERANCE_NS:
            yield {**_gap("video", after["start_ns"], _end(before), None), "overlap": True}


def _as_one(gaps: Sequence[Map]) -> list[Map]:
    """9.5.4: what is reported as one."""
    joined: list[Map] = []
    for gap in sorted(gaps, key=lambda gap: (gap["track"], str(gap["cause"]), gap["start_ns"])):
        last = joined[-1] if joined else None
        alike = last is not None and (last["track"], last["cause"]) == (gap["track"], gap["cause"])
        if last is not None and alike and gap["start_ns"] <= _end(last) + TOLERANCE_NS:
            last["duration_ns"] = max(_end(last), _end(gap)) - last["start_ns"]
        else:
            joined.append(dict(gap))
    return joined


def _gap(track: str, start: int, end: int, cause: str | None) -> Map:
    return {"track": track, "start_ns": start, "duration_ns": end - start, "cause": cause, "overlap": False}


def _end(timed: Map) -> int:
    end: int = timed["start_ns"] + timed["duration_ns"]
    return end
