"""How long a source may take to answer: a few seconds, and now and then as long as the slowest there are."""

from __future__ import annotations

from device.sources.demux.reading.source_memory import PATIENCE_S, QUICK_S, SourceMemory


def test_each_third_attempt_in_a_row_waits_for_the_slowest() -> None:
    memory, waited = SourceMemory(), []
    for _ in range(7):
        waited.append(memory.patience_s)
        memory.tried()
    assert waited == [QUICK_S, QUICK_S, PATIENCE_S, QUICK_S, QUICK_S, PATIENCE_S, QUICK_S]


def test_an_answer_begins_the_count_anew() -> None:
    memory = SourceMemory()
    memory.tried()
    memory.tried()
    assert memory.patience_s == PATIENCE_S
    memory.answered()
    assert memory.patience_s == QUICK_S


def test_a_stream_of_one_picture_each_seven_seconds_may_answer_at_once() -> None:
    assert QUICK_S > 7
