"""Sealing keys to recipients: who can open what, and that nothing opens elsewhere."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Keys, Ledger, read_ledger
from protocol.footage.sealing.keys import (
    PRIVATE_KEY_BYTES,
    PUBLIC_KEY_BYTES,
    SEALED_OVERHEAD,
    PrivateKey,
    Recipient,
    generate_private_key,
    new_part_key,
    seal_keys,
    unseal_keys,
)
from tests.support.media.recordings import make_identity, record

TAKE = record(outside=2, prerecord=4, live=3)
LEDGER = read_ledger(TAKE.ledger)
IDENTITY = make_identity()
VIDEO_ONLY = frozenset({Track.VIDEO})


def seal_to(*recipients: Recipient) -> Ledger:
    """The ledger of TAKE, as if it had been sealed to others."""
    keys = seal_keys(recipients, recording=TAKE.recording, first_seq=2, last_seq=8, keys=TAKE.keys)
    return replace(
        LEDGER, open=replace(LEDGER.open, recipients=tuple(each.info for each in recipients)), keys=(keys,)
    )


def test_the_recipient_gets_every_key_of_the_recording_and_no_other() -> None:
    wanted = {place: key for place, key in TAKE.keys.items() if place[0] >= 2}
    assert unseal_keys(LEDGER, IDENTITY.private) == wanted


@pytest.mark.parametrize(("first", "last"), [(None, 3), (3, 6), (6, None), (8, 8), (20, 30)])
def test_a_range_gives_its_keys_alone(first: int | None, last: int | None) -> None:
    opened = unseal_keys(LEDGER, IDENTITY.private, first=first, last=last)
    seqs = range(max(first or 0, 2), min(last if last is not None else 8, 8) + 1)
    assert opened == {(seq, track): TAKE.keys[seq, track] for seq in seqs for track in Track}


def test_a_recipient_of_video_alone_gets_no_sound() -> None:
    private, listener = generate_private_key(), generate_private_key()
    ledger = seal_to(
        Recipient("Pictures", private.public_bytes(), VIDEO_ONLY), Recipient("All", listener.public_bytes())
    )
    assert {track for _, track in unseal_keys(ledger, private)} == VIDEO_ONLY
    assert {track for _, track in unseal_keys(ledger, listener)} == frozenset(Track)


def test_nobody_else_opens_anything() -> None:  # proves C9
    with pytest.raises(KeysError, match="none of those"):
        unseal_keys(LEDGER, generate_private_key())
    stranger = generate_private_key()
    posing = replace(LEDGER.open.recipients[0], key_id=stranger.key_id)
    keys = tuple(
        replace(each, sealed=tuple(replace(s, key_id=stranger.key_id) for s in each.sealed))
        for each in LEDGER.keys
    )
    with pytest.raises(KeysError, match="do not open"):
        unseal_keys(replace(LEDGER, open=replace(LEDGER.open, recipients=(posing,)), keys=keys), stranger)


def test_sealed_keys_open_in_their_own_place_only() -> None:
    [pre, *_] = LEDGER.keys
    elsewhere: tuple[tuple[bytes, Keys], ...] = (
        (bytes(16), pre),
        (TAKE.recording, replace(pre, first_seq=3, last_seq=6)),
        (TAKE.recording, replace(pre, last_seq=6)),
        (TAKE.recording, replace(pre, sealed=tuple(replace(s, track=Track.AUDIO) for s in pre.sealed[:1]))),
    )
    for recording, keys in elsewhere:
        moved = replace(LEDGER, open=replace(LEDGER.open, recording=recording), keys=(keys,))
        with pytest.raises(KeysError, match="do not open"):
            unseal_keys(moved, IDENTITY.private)


def test_a_chunk_without_a_track_has_no_key_for_it() -> None:
    silent = {place: key for place, key in TAKE.keys.items() if place != (4, Track.AUDIO)}
    keys = seal_keys([IDENTITY.recipient], recording=TAKE.recording, first_seq=2, last_seq=8, keys=silent)
    opened = unseal_keys(replace(LEDGER, keys=(keys,)), IDENTITY.private)
    assert (4, Track.AUDIO) not in opened
    assert len(opened) == 7 * 2 - 1


def test_the_size_of_sealed_keys_is_known() -> None:
    for keys in LEDGER.keys:
        length = SEALED_OVERHEAD + 32 * (keys.last_seq - keys.first_seq + 1)
        assert {len(each.ciphertext) for each in keys.sealed} == {length}


def test_a_private_key_survives_as_bytes() -> None:
    private = generate_private_key()
    again = PrivateKey.from_bytes(private.to_bytes())
    assert len(private.to_bytes()) == PRIVATE_KEY_BYTES
    assert len(private.public_bytes()) == PUBLIC_KEY_BYTES
    assert again.public_bytes() == private.public_bytes()
    assert again.key_id == Recipient("x", private.public_bytes()).key_id
    with pytest.raises(KeysError, match="has 96 bytes, not 95"):
        PrivateKey.from_bytes(private.to_bytes()[1:])


def test_a_private_key_does_not_show_in_its_repr() -> None:
    private = generate_private_key()
    assert private.to_bytes().hex()[:16] not in repr(private)


@pytest.mark.parametrize(
    ("public_key", "reason"),
    [(b"", "has 0 bytes, not 1216"), (b"\xff" * 1216, "not an ML-KEM-768 and X25519 pair")],
)
def test_a_malformed_recipient_is_refused(public_key: bytes, reason: str) -> None:
    with pytest.raises(KeysError, match=reason):
        seal_keys([Recipient("Broken", public_key)], recording=bytes(16), first_seq=0, last_seq=0, keys={})


def test_malformed_ranges_and_keys_are_refused() -> None:
    with pytest.raises(KeysError, match="no chunks from 3 to 2"):
        seal_keys([IDENTITY.recipient], recording=bytes(16), first_seq=3, last_seq=2, keys={})
    with pytest.raises(KeysError, match="the video key of chunk 0 has 5 bytes"):
        seal_keys(
            [IDENTITY.recipient],
            recording=bytes(16),
            first_seq=0,
            last_seq=0,
            keys={(0, Track.VIDEO): b"short"},
        )


def test_part_keys_come_from_the_given_randomness() -> None:
    draw = random.Random(5)
    expected = random.Random(5).randbytes(32)
    assert new_part_key(draw.randbytes) == expected
    for broken in (lambda _: b"", bytes):
        with pytest.raises(KeysError, match="did not return 32 random bytes"):
            new_part_key(broken)
