from __future__ import annotations

import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.process.log_lines import LONGEST, MOST_LINES, TRACE, LineFormatter, cut, indented, on_one_line

LAYOUT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
BEGINS = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ERROR x: ")
FORGED = "here\n2026-11-29 23:00:00,000 INFO fleet.people: Signed in as administrator\x1b[2A\x9b2J"


def written(message: str, error: BaseException | None = None) -> list[str]:
    raised = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("x", logging.ERROR, "", 0, "%s", (message,), raised)
    return LineFormatter(LAYOUT).format(record).split("\n")


def fail(text: str) -> None:
    raise ValueError(text)


def thrown(text: str) -> BaseException:
    try:
        fail(text)
    except ValueError as error:
        return error
    raise AssertionError


def test_what_a_stranger_sent_cannot_begin_a_line_or_steer_a_terminal() -> None:
    (line,) = written(FORGED)
    assert line.endswith(
        "here\\n2026-11-29 23:00:00,000 INFO fleet.people: Signed in as administrator\\x1b[2A\\x9b2J"
    )


def test_nor_by_way_of_an_error() -> None:
    first, *trace = written("It failed.", thrown(FORGED))
    assert first.endswith("x: It failed.")
    assert len(trace) > 2
    assert all(line.startswith(TRACE) for line in trace)
    assert "\x1b" not in "".join(trace)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\r\n", "a\\tb\\r\\n"),
        ("\0\x7f\x85", "\\x00\\x7f\\x85"),
        ("\u2028\u202e", "\\u2028\\u202e"),
        ("\ud800", "\\ud800"),
        ("Grüße, 您好", "Grüße, 您好"),
    ],
)
def test_controls_are_shown_and_letters_are_left(text: str, shown: str) -> None:
    assert on_one_line(text) == shown


@given(st.text(alphabet=st.characters(), max_size=3000), st.booleans())
def test_whatever_was_said_each_record_is_one_line_of_bounded_length(text: str, fails: bool) -> None:
    first, *trace = written(text, thrown(text) if fails else None)
    assert BEGINS.match(first)
    assert bool(trace) is fails
    for line in (first, *trace):
        assert len(line.encode()) <= LONGEST
        assert line.isprintable() or not re.search(r"[\x00-\x1f\x7f-\x9f]", line)
    assert all(line.startswith(TRACE) for line in trace)


def test_a_long_line_says_how_much_is_missing() -> None:
    line = cut("ü" * 5000)
    assert len(line.encode()) <= LONGEST
    kept = line.count("ü")
    assert line.endswith(f" … ({5000 - kept} characters more)")
    assert cut("x" * LONGEST) == "x" * LONGEST


def test_a_long_traceback_keeps_both_ends_and_says_how_many_are_missing() -> None:
    lines = indented("\n".join(str(each) for each in range(1000))).split("\n")
    assert lines[0] == f"{TRACE}0"
    assert lines[-1] == f"{TRACE}999"
    assert f"{TRACE}… (800 lines more)" in lines
    assert len(lines) == MOST_LINES + 1


def test_a_stack_and_a_text_of_an_error_that_is_kept_are_written_too() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "said", (), None)
    record.exc_text, record.stack_info = "kept\ntwice", "Stack:\nhere"
    assert LineFormatter("%(message)s").format(record).split("\n") == [
        "said", f"{TRACE}kept", f"{TRACE}twice", f"{TRACE}Stack:", f"{TRACE}here",
    ]  # fmt: skip
