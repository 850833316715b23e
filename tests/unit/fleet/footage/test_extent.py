"""How much of a recording is said to be here, and of which nothing is believed (F8)."""

from __future__ import annotations

import pytest

from fleet.footage.recordings.extent import extent, figure, is_as_long
from fleet.footage.recordings.untrusted import is_untrusted
from protocol.footage.verifying.report import Verdict


@pytest.mark.parametrize(
    ("here_s", "told_s", "said", "is_all"),
    [
        (50, 205, "50 of 205 s", False),
        (3.24, None, "3.2 s of an unknown length", False),
        (0, 0.0, "0 of 0 s", True),
        (5.02, 5.0, "5 of 5 s", True),
        (9.5, 10, "9.5 of 10 s", False),
        (10.4, 10, "10 of 10 s", True),
    ],
)
def test_how_much_is_here_is_said_of_what_was_told(
    here_s: float, told_s: float | None, said: str, is_all: bool
) -> None:
    # proves F8
    assert extent(here_s, told_s) == said
    assert is_as_long(here_s, told_s) is is_all


def test_seconds_are_written_as_people_write_them() -> None:
    assert [figure(each) for each in (0.04, 9.94, 9.96, 10.4)] == ["0", "9.9", "10", "10"]


@pytest.mark.parametrize(
    ("state", "verdict", "is_doubted"),
    [
        ("held", Verdict.INTACT, False),
        ("held", None, False),
        ("stopped", Verdict.ALTERED, True),
        ("held", Verdict.OTHER_AUTHORITY, True),
        ("held", Verdict.SIGNER_UNKNOWN, True),
        ("held", Verdict.KEYS_MISSING, False),
        ("failed", Verdict.KEYS_MISSING, False),
        ("failed", "cannot be opened", False),
        ("failed", None, True),
        ("failed", Verdict.INTACT, True),
    ],
)
def test_what_did_not_verify_asserts_nothing_and_what_did_is_believed(
    state: str, verdict: str | None, is_doubted: bool
) -> None:
    # proves F8
    assert is_untrusted(state, verdict) is is_doubted
