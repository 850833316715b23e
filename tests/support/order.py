"""The order in which files of tests begin: those that take longest first.

A worker takes a whole file at a time (``--dist loadfile``), since the tests of one share what they have
set up. A long file that begins last keeps the others waiting for it. What is in no list here begins in
the usual order, the folders that start whole systems before the folder of unit tests.
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST_FIRST = (
    "tests/e2e/recording/test_pages_recording.py",
    "tests/e2e/test_whole_path.py",
    "tests/e2e/test_pages.py",
    "tests/e2e/test_demo_in_a_browser.py",
    "tests/e2e/test_bad_day.py",
    "tests/e2e/test_today_and_hand_out.py",
    "tests/e2e/test_sessions.py",
    "tests/e2e/test_bad_night.py",
    "tests/e2e/recording/test_pages_evidence.py",
)
"""By what they take on two processors, as ``--durations`` says it; one that waits beside each that works."""
LONGEST_WAITS = (
    "tests/integration/device/media/test_field_streams.py",
    "tests/integration/device/media/field/test_paces_of_files.py",
    "tests/integration/device/media/field/test_times_of_files.py",
    "tests/integration/device/media/field/test_kinds_of_files.py",
    "tests/integration/device/media/field/test_shapes_of_files.py",
    "tests/integration/device/link/test_incident.py",
    "tests/integration/device/media/test_turned.py",
    "tests/integration/device/media/test_rtsp.py",
    "tests/integration/device/media/test_microphone_kinds.py",
    "tests/integration/device/media/test_microphone.py",
    "tests/integration/simulator/test_conform.py",
)
"""Of what goes by the clock of the world, which has workers of its own (``make real-time``)."""
NEXT = (
    "tests/integration/harness/crash/test_crash.py",
    "tests/integration/simulator/test_another_fleet.py",
    "tests/unit/device/recording/test_fault_table.py",
)
"""Other long ones."""
_BROWSERS = "tests/e2e/"
_FOLDERS = ("tests/integration/", "tests/")


def place(
    file: str,
    longest: Sequence[str] = LONGEST_FIRST,
    waits: Sequence[str] = LONGEST_WAITS,
    later: Sequence[str] = NEXT,
) -> tuple[int, int]:
    """Say where a file belongs: by its list and its place there, or by its folder.

    Args:
        file: From the root of the repository, with slashes.
        longest: The files that begin first, in their order.
        waits: Those that begin first of what goes by the clock of the world.
        later: Those that begin after everything with a browser.
    """
    lists = (longest, waits, later)
    for rank, names in zip((0, 2, 3), lists, strict=True):
        if file in names:
            return rank, names.index(file)
    if file.startswith(_BROWSERS):
        return 1, 0
    folder = next((index for index, start in enumerate(_FOLDERS) if file.startswith(start)), len(_FOLDERS))
    return 4, folder
