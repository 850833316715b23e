"""Whether a training is valid, against counting day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.people.training.rules import (
    Training,
    TrainingStanding,
    draft_refusal,
    hand_out_refusal,
    standing_of,
)

TODAY = date(2026, 11, 30)
ALONE = "and a camera is handed to trained officers alone. Note their training first, on their page."
DAYS = st.integers(-40, 40).map(lambda days: TODAY + timedelta(days=days))
TRAININGS = st.lists(
    st.builds(
        Training,
        course=st.sampled_from(["Cameras", "cameras", "First aid"]),
        taken=DAYS,
        until=st.none() | DAYS,
    ),
    max_size=4,
)


@given(TRAININGS, st.sampled_from(["", "Cameras"]), st.integers(0, 30))
def test_an_officer_is_trained_on_a_day_that_one_of_their_trainings_covers(
    trainings: list[Training], course: str, soon: int
) -> None:
    # proves F10
    counting = [each for each in trainings if not course or each.course.lower() == course.lower()]
    covers = [each for each in counting if each.taken <= TODAY <= (each.until or TODAY)]
    found = standing_of(trainings, TODAY, course=course, soon_days=soon)
    assert found.is_valid == bool(covers)
    if found.is_valid:
        lasting = {TODAY + timedelta(days=days) for days in range(soon + 1)}
        near = all(each.until in lasting for each in covers)
        assert found.is_soon == near
    else:
        assert not found.is_soon
        assert (found.until is None) == all(each.taken > TODAY for each in counting)


@pytest.mark.parametrize(
    ("standing", "course", "said"),
    [
        (TrainingStanding(is_valid=True, until=None, is_soon=False), "", None),
        (
            TrainingStanding(is_valid=False, until=None, is_soon=False),
            "Cameras",
            f"No training “Cameras” of Officer 1 that counts today is noted, {ALONE}",
        ),
        (
            TrainingStanding(is_valid=False, until=date(2026, 11, 29), is_soon=False),
            "",
            f"The last training of Officer 1 that is noted was valid until 29 November 2026, {ALONE}",
        ),
    ],
)
def test_a_refusal_says_why(standing: TrainingStanding, course: str, said: str | None) -> None:
    # proves F6
    assert hand_out_refusal("Officer 1", standing, course=course) == said


@pytest.mark.parametrize(
    ("course", "taken", "until", "said"),
    [
        ("", TODAY, None, "Say which course it was."),
        ("Cameras", None, None, "Say on which day it was taken."),
        ("Cameras", TODAY + timedelta(days=1), None, "that day is still to come"),
        ("Cameras", TODAY, TODAY - timedelta(days=1), "Its last day comes before the day"),
        ("Cameras", TODAY, TODAY, None),
    ],
)
def test_what_cannot_be_noted_is_refused(
    course: str, taken: date | None, until: date | None, said: str | None
) -> None:
    # proves F6
    refusal = draft_refusal(course, taken, until, TODAY)
    assert refusal is None if said is None else said in str(refusal)
