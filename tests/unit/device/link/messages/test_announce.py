"""What a camera announces of its recordings after each connect."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.link.messages.announce import event, to_announce
from device.shelf import ShelvedRecording
from protocol.footage.ledger.ledger import read_ledger
from protocol.messages.events import NewsKind
from protocol.messages.uploads import Ended
from tests.support.media.recordings import record


@pytest.mark.parametrize("ended", ["closed", "cut off"])
def test_the_news_of_an_end_says_how_it_ended(ended: Ended) -> None:
    # proves F8
    take = record(closed=ended == "closed")
    opening = read_ledger(bytes(take.ledger)).open
    shelved = ShelvedRecording(7, Path("7"), len(take.ledger), (), ended, receipt=False)
    told = [event(kind, opening, 1, ended=each.ended) for kind, each in to_announce([shelved])]
    assert [(each.kind, each.ended) for each in told] == [
        (NewsKind.RECORDING_OPENED, None),
        (NewsKind.RECORDING_CLOSED, ended),
    ]
