"""The order in which files of tests begin."""

from __future__ import annotations

from pathlib import Path

from tests.support.order import LONGEST_FIRST, LONGEST_WAITS, NEXT, place

ROOT = Path(__file__).parents[3]
LONGEST = ("tests/unit/long.py", "tests/e2e/longer.py")


def test_every_file_that_is_to_begin_first_is_there_and_named_once() -> None:
    named = (*LONGEST_FIRST, *LONGEST_WAITS, *NEXT)
    assert [each for each in named if not (ROOT / each).is_file()] == []
    assert len(set(named)) == len(named)


def test_long_files_begin_first_and_whole_systems_before_units() -> None:
    files = ["tests/unit/a.py", "tests/e2e/longer.py", "tests/integration/b.py", "tests/e2e/c.py", LONGEST[0]]
    files += ["tests/integration/z_capture.py", "tests/unit/z_next.py"]
    waits, later = ("tests/integration/z_capture.py",), ("tests/unit/z_next.py",)
    assert sorted(files, key=lambda file: place(file, LONGEST, waits, later)) == [
        "tests/unit/long.py",
        "tests/e2e/longer.py",
        "tests/e2e/c.py",
        "tests/integration/z_capture.py",
        "tests/unit/z_next.py",
        "tests/integration/b.py",
        "tests/unit/a.py",
    ]


def test_a_file_of_another_place_comes_last() -> None:
    assert place("elsewhere/test_x.py", LONGEST) > place("tests/unit/a.py", LONGEST)
