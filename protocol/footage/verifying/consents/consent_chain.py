"""Whether several consent events of a camera fit each other: its count, and the digests that they name. Pure.

A camera numbers its events from 1 without holes, and each has the digest of the one before. So one that was
taken away, put in, or signed by a second holder of the key shows in those around it. Of events that are not
here nothing is said but that they are not here. A camera is its name under one authority.

What an event says of time decides nothing: two that were said at one moment may be kept in either order.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from protocol.footage.consent import NONE_BEFORE
from protocol.footage.verifying.chains.chain_finding import ChainFinding, ChainKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from protocol.footage.consent import ConsentEntryRead

TWICE = (
    "a card that lost one after it had been sent looks like this, and so do two holders of the camera's key "
    "or its state"
)
NOT_READ = "a camera that could not read the one before looks like this, and so does one put in its place"


def check_consent_chains(entries: Iterable[tuple[str, ConsentEntryRead]]) -> tuple[ChainFinding, ...]:
    """Compare consent events, of one camera or of several.

    Args:
        entries: Those that hold, in any order, each behind the authority that its chain ends in.

    Returns:
        What they show together, the worst first; of each weight by camera and number.
    """
    cameras: dict[tuple[str, str], list[ConsentEntryRead]] = defaultdict(list)
    for authority, entry in entries:
        cameras[authority, entry.event.camera].append(entry)
    found = [each for own in cameras.values() for each in _camera(own)]
    return tuple(sorted(found, key=lambda each: (each.weight, each.camera, each.numbers, each.kind)))


def _camera(entries: list[ConsentEntryRead]) -> Iterator[ChainFinding]:
    by_digest: dict[bytes, ConsentEntryRead] = {}
    for entry in entries:
        if by_digest.setdefault(entry.digest, entry) is not entry:
            yield _finding(ChainKind.COPY, f"{_which(entry)} is here twice, the same both times.", entry)
    ordered = sorted(by_digest.values(), key=lambda each: (each.event.number, each.digest))
    yield from _alone(ordered)
    yield from _beginning(ordered[0])
    for before, after in pairwise(ordered):
        if before.event.number == after.event.number:
            text = f"{_which(after)} is here twice, as two different ones: {TWICE}."
            yield _finding(ChainKind.NUMBER_TWICE, text, before, after)
        else:
            yield from _neighbours(before, after, by_digest)


def _alone(entries: Iterable[ConsentEntryRead]) -> Iterator[ChainFinding]:
    """Find what no event of a camera can say, whatever others there are."""
    for each in entries:
        number, first = each.event.number, each.event.previous == NONE_BEFORE
        if number < 1:
            text = f"{_which(each)} has a number that no camera gives: they count from 1."
            yield _finding(ChainKind.BACKWARDS, text, each)
        elif number == 1 and not first:
            text = f"{_which(each)} is its first by its number, and names one before it."
            yield _finding(ChainKind.BACKWARDS, text, each)
        elif number > 1 and first:
            text = f"{_which(each)} names none before it, and by its number there were: {NOT_READ}."
            yield _finding(ChainKind.FIRST_AGAIN, text, each)


def _beginning(first: ConsentEntryRead) -> Iterator[ChainFinding]:
    """Say what comes before the first of those that are here."""
    if first.event.number > 1 and first.event.previous != NONE_BEFORE:
        text = f"{_which(first)} follows {_numbers(1, first.event.number - 1)}, not among those here."
        yield _finding(ChainKind.EARLIER, text, first)


def _neighbours(
    before: ConsentEntryRead, after: ConsentEntryRead, here: Mapping[bytes, ConsentEntryRead]
) -> Iterator[ChainFinding]:
    """Compare two events between whose numbers there is no other here."""
    first, last = before.event.number + 1, after.event.number - 1
    if first <= last:
        missing = _numbers(first, last)
        text = (
            f"Between consent events {before.event.number} and {after.event.number} of {after.event.camera}"
        )
        yield _finding(ChainKind.NOT_HERE, f"{text}, {missing} is not here.", before, after)
    if after.event.previous == NONE_BEFORE:
        return  # said of it alone
    named = here.get(after.event.previous)
    if named is None and first > last:
        text = (
            f"{_which(after)} names another before it than event {before.event.number} that is here: {TWICE}."
        )
        yield _finding(ChainKind.OTHER_BEFORE, text, before, after)
    elif named is not None and named.event.number != after.event.number - 1:
        text = f"{_which(after)} names event {named.event.number} as the one before it."
        yield _finding(ChainKind.BACKWARDS, text, named, after)


def _finding(kind: ChainKind, sentence: str, *entries: ConsentEntryRead) -> ChainFinding:
    numbers = sorted(each.event.number for each in entries)
    recordings = (None if each.event.recording is None else each.event.recording.hex() for each in entries)
    return ChainFinding(
        kind,
        entries[0].event.camera,
        tuple(numbers),
        tuple(dict.fromkeys(each for each in recordings if each is not None)),
        sentence,
    )


def _which(entry: ConsentEntryRead) -> str:
    return f"Consent event {entry.event.number} of {entry.event.camera}"


def _numbers(first: int, last: int) -> str:
    return f"number {first}" if first == last else f"each of numbers {first} to {last}"
