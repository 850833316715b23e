"""The order in which files of tests begin: those that take longest first.

A worker takes a whole file at a time (``--dist loadfile``), since the tests of one share what they have
set up. A long file that begins last keeps the others waiting for it. What is in no list here begins in
the usual order, the folders that start whole systems before the folder of unit tests.
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST_FIRST = (
    "tests/e2e/test_bad_day.py",
    "tests/e2e/test_pages.py",
    "tests/e2e/recording/test_pages_recording.py",
    "tests/e2e/test_sessions.py",
    "tests/e2e/test_today_and_hand_out.py",
    "tests/e2e/recording/test_pages_evidence.py",
    "tests/e2e/test_demo_in_a_browser.py",
    "tests/e2e/test_whole_path.py",
    "tests/integration/device/media/test_field_files.py",
    "tests/integration/harness/crash/test_crash.py",
    "tests/integration/device/media/test_field_streams.py",
    "tests/unit/device/recording/test_fault_table.py",
    "tests/integration/device/link/test_incident.py",
    "tests/integration/simulator/test_outcomes.py",
    "tests/integration/simulator/test_another_fleet.py",
)
"""By what they take on two processors, as ``--durations`` says it; what films in real time stands behind the
browsers, beside which it falls behind."""
_FOLDERS = ("tests/e2e/", "tests/integration/", "tests/")


def place(file: str, longest: Sequence[str] = LONGEST_FIRST) -> tuple[int, int]:
    """Say where a file belongs: by its place in the list, then by its folder.

    Args:
        file: From the root of the repository, with slashes.
        longest: The files that begin first, in their order.
    """
    folder = next((index for index, start in enumerate(_FOLDERS) if file.startswith(start)), len(_FOLDERS))
    return (longest.index(file) if file in longest else len(longest), folder)
