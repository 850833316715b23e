"""Consent events for the vectors of ``lapel-verify``: a camera's first four, and some that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from protocol.footage.consent import (
    NONE_BEFORE,
    ConsentEvent,
    ConsentSaid,
    SaidOfConsent,
    WhyNotAsked,
    ledger_event,
    parse_consent,
    sign_consent,
)
from protocol.footage.format.model import ClockLabel
from tests.support.media.recordings import Take, TestIdentity

BEFORE = bytes(range(32))
"""The digest of an event that is in no vector."""

WORDS = (
    ConsentSaid(SaidOfConsent.GIVEN, wording="en 2"),
    ConsentSaid(SaidOfConsent.WITHDRAWN, wording="en 2"),
    ConsentSaid(SaidOfConsent.NOT_ASKED, why=WhyNotAsked.DANGER),
    ConsentSaid(SaidOfConsent.OVERRIDDEN),
)
"""What is said in a camera's events 1 to 4."""


def signed_event(identity: TestIdentity, event: ConsentEvent) -> bytes:
    """Return an event's file."""
    return sign_consent(event, identity.signer, identity.certificates)


def event_of(identity: TestIdentity, number: int, previous: bytes = NONE_BEFORE) -> ConsentEvent:
    """Return the event of a number, from 1 on; the clock of the third was not set."""
    return ConsentEvent(
        camera=identity.camera,
        number=number,
        previous=previous,
        run=bytes(range(16)),
        at_ns=500_000_000_000 + number * 1_000_000_000,
        label=ClockLabel(
            1_795_000_501_000_000 + number * 1_000_000, number != 3, None if number == 3 else 1500
        ),
        said=WORDS[(number - 1) % len(WORDS)],
        way="control",
        recording=bytes(range(16, 32)) if number == 4 else None,
        assignment="a1" if number != 3 else None,
    )


def name_of(number: int) -> str:
    """Return what a camera calls the file of an event."""
    return f"{number:08d}.cbor"


def chain_of(identity: TestIdentity, length: int) -> dict[str, bytes]:
    """Return a camera's first events, by the names that it gives them."""
    files: dict[str, bytes] = {}
    previous = NONE_BEFORE
    for number in range(1, length + 1):
        data = signed_event(identity, event_of(identity, number, previous))
        files[name_of(number)], previous = data, parse_consent(data).digest
    return files


def odd_chains(identity: TestIdentity) -> Iterator[tuple[str, str, dict[str, bytes], int]]:
    """Return chains that do not fit: what each is called, what is given, its files, and its status."""
    whole = chain_of(identity, 4)
    ends = {name: whole[name] for name in (name_of(1), name_of(4))}
    yield "consents-not-here", "The second and third were taken away.", ends, 8
    later = {name: whole[name] for name in (name_of(3), name_of(4))}
    yield "consents-later", "Two later ones alone.", later, 0
    other = signed_event(identity, replace(event_of(identity, 1), way="button"))
    yield "consents-one-number", "Two have one number.", {**whole, "00000001-0123abcd.cbor": other}, 7
    strange = signed_event(identity, event_of(identity, 2, BEFORE))
    yield (
        "consents-other-before",
        "The second names another.",
        {name_of(1): whole[name_of(1)], name_of(2): strange},
        7,
    )
    again = signed_event(identity, event_of(identity, 2))
    yield (
        "consents-first-again",
        "The second names none.",
        {name_of(1): whole[name_of(1)], name_of(2): again},
        7,
    )
    zero = signed_event(identity, event_of(identity, 0))
    yield "consents-number-zero", "One has a number that no camera gives.", {name_of(0): zero}, 7
    first = signed_event(identity, event_of(identity, 1, BEFORE))
    yield "consents-before-the-first", "The first names one before it.", {name_of(1): first}, 7


def recording_with_words(take: Take, *words: ConsentSaid) -> Take:
    """Return a take as a recording of six seconds in whose ledger these words stand, each a second on."""
    for _ in range(3):
        take.chunk(size=8)
    take.press(asked_s=3)
    for each in words:
        kind, detail = ledger_event(each)
        take.event(kind, **detail)
        take.live(size=8)
    take.close()
    return take
