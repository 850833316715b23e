"""The report in words, for a person at a terminal. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.check import Result
from simulator.report.outcome import RunOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.report.measured import Percentiles
    from simulator.report.report import PromiseRecord, RecordingRecord, RunReport

NAMES = {
    "press_acknowledged_ms": ("press to acknowledgement", "ms"),
    "press_dashboard_s": ("press to the fleet's list", "s"),
    "stop_held_s": ("stop to the receipt", "s"),
    "joined_s": ("joining the fleet", "s"),
    "connected_s": ("connecting to the broker", "s"),
    "reconnected_s": ("connecting again", "s"),
    "sent_s": ("sending a recording", "s"),
    "listed_s": ("press to the fleet's list", "s"),
    "held_s": ("last byte to the receipt in the list", "s"),
    "asked_s": ("asking for the list", "s"),
}


def in_words(report: RunReport) -> Iterator[str]:
    """Yield the report's lines."""
    yield f"{report.title}."
    yield from _run_lines(report) if is_of_a_run(report) else _rule_lines(report)
    if report.left and report.error != left_behind(report.left):
        yield left_behind(report.left)
    yield conclusion(report)


def is_of_a_run(report: RunReport) -> bool:
    """Whether it is of a scenario, rather than of somebody else's program or footage held against rules."""
    return bool(report.steps) or not report.checks


def left_behind(left: Sequence[str]) -> str:
    """What is still at somebody else's fleet, in one sentence."""
    return f"At the fleet are left, to be taken away by hand: {', '.join(left)}."


def _run_lines(report: RunReport) -> Iterator[str]:
    """What a run did, and what its promises came to."""
    yield f"Seed {report.seed}, {_count(len(report.recordings), 'recording')}, {report.took_s:.0f} s."
    yield ""
    for item in report.recordings:
        yield _recording_line(item)
    if report.recordings:
        yield ""
    yield from (f"Broken on purpose: {fault}." for fault in report.faults)
    yield from (_promise_line(each) for each in report.promises)
    for name, each in report.percentiles.items():
        yield _percentiles_line(name, each)
    if report.promises:
        yield ""
    yield from (
        f"{'Did not hold' if each.result is Result.BROKEN else 'Not evaluated'}: {each.sentence}."
        for each in report.checks
        if each.result is Result.BROKEN or (each.result is Result.NOT_EVALUATED and each.asked)
    )


def _rule_lines(report: RunReport) -> Iterator[str]:
    """What each rule of a document came to, where somebody else's program or footage was judged."""
    for each in report.checks:
        sign = {Result.HELD: "✓", Result.BROKEN: "✗", Result.NOT_EVALUATED: "?"}[each.result]
        yield f"{sign} {each.name}: {each.result}. {each.sentence}."
        if each.result is Result.BROKEN and each.exchange is not None:
            yield f"    sent: {each.exchange.sent}"
            yield f"    expected: {each.exchange.expected}"
            yield f"    came: {each.exchange.came}"
    for name, measured in report.percentiles.items():
        yield _percentiles_line(name, measured)
    yield ""


def conclusion(report: RunReport) -> str:
    """The outcome in one sentence."""
    checks = len(report.checks)
    failed = sum(each.result is Result.BROKEN for each in report.checks)
    unknown = sum(each.result is Result.NOT_EVALUATED for each in report.checks)
    unasked = f"; {unknown} more could not be evaluated and were not asked for" if unknown else ""
    return {
        RunOutcome.HELD: f"Passed: all {checks - unknown} checks held{unasked}.",
        RunOutcome.BROKEN: f"Failed: {failed} of {checks} checks did not hold.",
        RunOutcome.NOT_EVALUATED: f"Not passed: {report.error or 'not everything could be evaluated.'}",
        RunOutcome.UNUSABLE: f"Not run: {report.error}",
        RunOutcome.ERROR: f"Not passed, for a reason of the simulator or of what it runs on: {report.error}",
        RunOutcome.INTERRUPTED: f"Interrupted, and so not passed: {report.error}",
        RunOutcome.UNFINISHED: f"Not passed: {report.error}",
    }[report.outcome]


def promise_words(each: PromiseRecord) -> str:
    """A promise's name, with its part where that says more."""
    return each.promise if each.part in {each.promise, ""} else f"{each.promise}, {each.part}"


def _promise_line(each: PromiseRecord) -> str:
    of = each.held + each.broken + each.not_evaluated
    counted = f"{each.held} of {of}" if each.result is not Result.NOT_EVALUATED else f"{each.not_evaluated}"
    figure = "" if each.worst is None else f" ({each.worst.words})"
    return f"{promise_words(each)}: {each.result}, {counted}{figure}."


def _percentiles_line(name: str, each: Percentiles) -> str:
    words, unit = NAMES.get(name, (name, ""))
    p99 = "" if each.p99 is None else f", p99 {each.p99:.2f}"
    return (
        f"{words}: p50 {each.p50:.2f}, p95 {each.p95:.2f}{p99}, "
        f"largest {each.largest:.2f} {unit}, of {each.count}."
    )


def _recording_line(item: RecordingRecord) -> str:
    words = [
        f"{item.camera} recording {item.number}: {item.verdict}",
        f"{item.prerecord_s:.1f} s before the press",
        f"{item.duration_s:.1f} s in all",
    ]
    if item.verdict == "none" and item.fleet_state is None:
        words = [f"{item.camera} recording {item.number}: acknowledged, and nowhere to be found"]
    elif item.verdict == "none" and item.around_press is not None:
        before_s, after_s = item.around_press
        words = [
            f"{item.camera} recording {item.number}: no copy on its camera, {item.fleet_state} at the fleet",
            f"which plays {before_s:.1f} s before the press and {after_s:.1f} s from it on without a hole",
        ]
    timings = item.timings
    if timings.press_acknowledged_ms is not None:
        words.append(f"acknowledged in {timings.press_acknowledged_ms:.0f} ms")
    if timings.press_dashboard_s is not None:
        words.append(f"on the dashboard in {timings.press_dashboard_s:.2f} s")
    if timings.stop_held_s is not None:
        words.append(f"held {timings.stop_held_s:.1f} s after the stop")
    return ", ".join(words) + "."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
