from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.assignments.rules import AssignmentPeriod
from fleet.footage.recordings.wearer import (
    RecordingWearer,
    WearerBasis,
    WearerDoubt,
    WearerEvidence,
    announced_wearer,
    signed_wearer,
)

START = datetime(2026, 11, 22, 8, tzinfo=UTC)


def period(number: int, camera: str = "cam-01") -> AssignmentPeriod:
    return AssignmentPeriod(f"a{number}", camera, f"o{number}", f"Officer {number}", START, None)


ONE, TWO, ELSEWHERE = period(1), period(2), period(3, "cam-02")


def claim(
    claimed: str | None,
    told: AssignmentPeriod | None = None,
    listed: AssignmentPeriod | None = None,
    *,
    clock_set: bool | None = True,
) -> WearerEvidence:
    return WearerEvidence("cam-01", claimed, told, listed, clock_set)


def unknown(doubt: WearerDoubt) -> RecordingWearer:
    return RecordingWearer(WearerBasis.UNKNOWN, None, doubt)


@pytest.mark.parametrize(
    ("evidence", "wearer"),
    [
        (claim("a1", ONE, ONE), RecordingWearer(WearerBasis.SIGNED, ONE)),
        (claim("a1", ONE, TWO), RecordingWearer(WearerBasis.SIGNED, ONE, WearerDoubt.LIST_HAS_ANOTHER)),
        (claim("a1", ONE, None), RecordingWearer(WearerBasis.SIGNED, ONE, WearerDoubt.LIST_HAS_NOBODY)),
        (claim("a1", ONE, TWO, clock_set=False), RecordingWearer(WearerBasis.SIGNED, ONE)),
        (claim("a9", None, TWO), unknown(WearerDoubt.SIGNED_UNKNOWN)),
        (claim("a3", ELSEWHERE, ONE), unknown(WearerDoubt.SIGNED_OTHER_CAMERA)),
        (claim(None, None, TWO), RecordingWearer(WearerBasis.LISTED, TWO, WearerDoubt.SIGNED_NOBODY)),
        (claim(None), RecordingWearer(WearerBasis.NOBODY)),
        (claim(None, None, TWO, clock_set=False), unknown(WearerDoubt.CLOCK_NOT_SET)),
        (claim(None, clock_set=None), unknown(WearerDoubt.CLOCK_NOT_SET)),
    ],
)
def test_whose_a_recording_is_by_its_ledger(evidence: WearerEvidence, wearer: RecordingWearer) -> None:
    # proves F8
    assert signed_wearer(evidence) == wearer


@pytest.mark.parametrize(
    ("evidence", "wearer"),
    [
        (claim("a1", ONE, TWO, clock_set=None), RecordingWearer(WearerBasis.ANNOUNCED, ONE)),
        (claim("a9", None, TWO, clock_set=None), unknown(WearerDoubt.SIGNED_UNKNOWN)),
        (claim("a3", ELSEWHERE), unknown(WearerDoubt.SIGNED_OTHER_CAMERA)),
        (claim(None, None, TWO), unknown(WearerDoubt.NOT_SIGNED_YET)),
    ],
)
def test_whose_a_recording_is_while_it_is_only_announced(
    evidence: WearerEvidence, wearer: RecordingWearer
) -> None:
    assert announced_wearer(evidence) == wearer


@given(
    told=st.sampled_from([None, ONE, TWO, ELSEWHERE]),
    listed=st.sampled_from([None, ONE, TWO]),
    clock_set=st.sampled_from([True, False, None]),
    lost=st.booleans(),
)
def test_nobody_is_made_up(
    told: AssignmentPeriod | None, listed: AssignmentPeriod | None, clock_set: bool | None, lost: bool
) -> None:
    # proves F8: an officer is named by a signature, or by the list and a clock that was set
    claimed = None if told is None else told.id
    wearer = signed_wearer(claim(claimed, None if lost else told, listed, clock_set=clock_set))
    if wearer.worn is None:
        assert wearer.basis in {WearerBasis.NOBODY, WearerBasis.UNKNOWN}
        assert (wearer.basis is WearerBasis.UNKNOWN) == (wearer.doubt is not None)
    elif wearer.basis is WearerBasis.SIGNED:
        assert wearer.worn.id == claimed
        assert wearer.worn.camera == "cam-01"
    else:
        assert (wearer.basis, wearer.worn, claimed, clock_set) == (WearerBasis.LISTED, listed, None, True)
    if wearer.worn is not None and clock_set and wearer.worn != listed:
        assert wearer.doubt is not None, "a disagreement is never kept quiet"
