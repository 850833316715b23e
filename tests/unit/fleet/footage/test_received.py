"""What is answered where nothing of a recording can be played."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.watching.received import Received


@pytest.mark.parametrize(
    ("held", "sentence"),
    [
        (False, "Nothing of this recording that could be shown has arrived yet."),
        (True, "All of this recording is here, and there is no picture and no sound in it."),
    ],
)
def test_more_is_to_come_only_where_it_is(held: bool, sentence: str) -> None:  # proves F8
    """A press in private that was stopped at once was verified, and "had not arrived yet" for ever."""
    received = Received(Mock(spec=RecordingSummary, is_held=held), (), ())
    assert received.nothing().detail == sentence
