"""A number that the card never confirmed, as an event tells of it and as it is read again."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from protocol.footage.format.model import ClockLabel
from protocol.footage.ledger.check_record import check_event
from protocol.footage.ledger.conditions import condition_of
from protocol.footage.ledger.event_record import EventKind
from protocol.footage.ledger.unconfirmed import (
    MOST_TOLD,
    Unconfirmed,
    all_unconfirmed,
    unconfirmed_event,
    unconfirmed_of,
)
from protocol.footage.verifying.verify_ledger import check_ledger
from tests.support.media.recordings import Take, make_identity

LABEL = ClockLabel(0, synchronised=True, error_us=0)
numbers = st.integers(1, (1 << 64) - 1)
digests = st.none() | st.binary(min_size=32, max_size=32)


@given(st.builds(Unconfirmed, numbers, digests))
def test_what_is_told_is_what_is_read(found: Unconfirmed) -> None:
    event = unconfirmed_event(found, 5, LABEL)
    check_event(event)
    assert unconfirmed_of(event.kind, event.detail) == found
    assert condition_of(event.kind, event.detail) is None
    assert str(found.number) in str(event.detail["what"])
    assert unconfirmed_of(EventKind.BOOKMARK, event.detail) is None


@given(st.dictionaries(st.sampled_from(("unconfirmed", "open", "what")), st.text() | st.integers()))
@example({"unconfirmed": 0})
@example({"unconfirmed": "1"})
@example({"unconfirmed": 1, "open": "AB" * 32})
@example({"unconfirmed": 1, "open": "ab" * 31})
@example({"unconfirmed": 1, "open": "ab" * 32 + "\n"})
def test_whatever_else_a_camera_says_is_another_fault(detail: dict[str, str | int]) -> None:
    found = unconfirmed_of(EventKind.FAULT, detail)
    number, digest = detail.get("unconfirmed"), detail.get("open")
    if found is None:
        assert not (isinstance(number, int) and number > 0 and digest is None)
    else:
        assert isinstance(number, int)
        assert found == Unconfirmed(number, bytes.fromhex(digest) if isinstance(digest, str) else None)


def test_of_a_camera_that_tells_of_thousands_no_more_is_taken_than_a_camera_tells() -> None:
    take = Take(make_identity())
    take.press()
    for number in range(1, 400):
        for _ in range(2):
            take.event(EventKind.FAULT, what="so", unconfirmed=number)
    told = [Unconfirmed(number, None) for number in range(1, MOST_TOLD + 1)]
    assert check_ledger(bytes(take.ledger), []).unconfirmed == told
    events = (unconfirmed_event(Unconfirmed(number, None), 0, LABEL) for number in (*range(1, 400), 1))
    assert list(all_unconfirmed(events)) == told
