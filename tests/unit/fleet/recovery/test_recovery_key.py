"""The recovery key: its two halves, what it is tried on, and when."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.recovery.errors import RecoveryError
from fleet.recovery.key_file import fingerprint, make_key, open_key, parse_public, public_line
from fleet.recovery.rules import EVERY, FIRST, is_overdue, try_by
from fleet.recovery.sample import RecoverySample, answer_of, make_sample, open_copies, plain_answer
from fleet.vault.copies import VaultCopy, seal_copy
from protocol.footage.sealing.keys import PrivateKey, Recipient, generate_private_key
from tests.support.tries import tries

CHEAP = 2
PASSPHRASE = b"seven words that were drawn by lot"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)

KEY = generate_private_key()
VAULT = generate_private_key()


def to(key: PrivateKey) -> Recipient:
    return Recipient("Recovery key", key.public_bytes())


def sample_for(key: PrivateKey, *held: PrivateKey) -> tuple[RecoverySample, str]:
    copies = [seal_copy("Evidence vault", each, to(key)) for each in held]
    return make_sample(key.public_bytes(), copies, os.urandom)


def test_the_private_half_opens_by_its_passphrase_alone() -> None:
    box = make_key(PASSPHRASE, os.urandom, cost=CHEAP)
    opened = open_key(box.to_json(), PASSPHRASE)
    assert opened.public_bytes() == box.public_key
    assert opened.to_bytes()[:32] not in box.to_json()
    with pytest.raises(RecoveryError, match="the passphrase is another"):
        open_key(box.to_json(), PASSPHRASE + b"!")
    with pytest.raises(RecoveryError, match="no recovery key"):
        open_key(b"{}", PASSPHRASE)


@pytest.mark.parametrize("passphrase", [b"", b"fifteen letters", b"x" * 1025])
def test_a_passphrase_that_is_too_short_or_too_long_makes_no_key(passphrase: bytes) -> None:
    # proves F6
    with pytest.raises(RecoveryError, match="it needs 16 to 1024"):
        make_key(passphrase, os.urandom, cost=CHEAP)


def test_the_public_half_goes_as_a_line_and_damage_is_noticed() -> None:
    line = public_line(KEY.public_bytes())
    assert "\n" not in line
    assert parse_public(f"  {line}\n").key_id == KEY.key_id
    assert fingerprint(KEY.public_bytes()).replace(" ", "") == KEY.key_id.hex()[:16]
    for wrong in ("", line[:-8], line.partition(" ")[2], f"{line}AAAA", line[:30] + "!" + line[31:]):
        with pytest.raises(RecoveryError):
            parse_public(wrong)


@settings(max_examples=tries(100))
@given(st.text())
def test_any_text_is_a_public_half_or_is_refused(text: str) -> None:
    # proves F6
    for given_text in (text, f"lapel-recovery-key-1 {text}"):
        with pytest.raises(RecoveryError):
            parse_public(given_text)


def test_only_the_recovery_key_answers_a_sample_and_it_has_every_key_of_the_vault() -> None:
    older = generate_private_key()
    sample, answer = sample_for(KEY, VAULT, older)
    read = RecoverySample.from_json(sample.to_json())
    assert answer_of(read, KEY) == answer
    assert [each.to_bytes() for _, each in open_copies(read, KEY)] == [VAULT.to_bytes(), older.to_bytes()]
    with pytest.raises(RecoveryError, match="The sample is for the recovery key"):
        answer_of(read, VAULT)
    assert VAULT.to_bytes()[:32] not in sample.to_json()


def test_two_samples_have_two_answers() -> None:
    assert sample_for(KEY, VAULT)[1] != sample_for(KEY, VAULT)[1]


def test_a_copy_cannot_be_passed_off_as_another_keys() -> None:
    (copy,) = sample_for(KEY, VAULT)[0].copies
    other = generate_private_key()
    sample = make_sample(KEY.public_bytes(), [replace(copy, public_key=other.public_bytes())], os.urandom)[0]
    with pytest.raises(RecoveryError, match="does not open"):
        answer_of(sample, KEY)


def test_a_sample_that_holds_nothing_shows_nothing() -> None:
    with pytest.raises(RecoveryError, match="holds no key"):
        answer_of(make_sample(KEY.public_bytes(), [], os.urandom)[0], KEY)


def test_a_question_that_was_changed_has_no_answer() -> None:
    sample, _ = sample_for(KEY, VAULT)
    changed = replace(sample, questions=(bytes(len(sample.questions[0])),))
    with pytest.raises(RecoveryError, match="does not open"):
        answer_of(changed, KEY)


@settings(max_examples=tries(150))
@given(st.data())
def test_a_damaged_sample_is_refused_or_harmless(data: st.DataObject) -> None:
    # proves F6
    sample, answer = _SAMPLE
    written = bytearray(sample.to_json())
    written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RecoveryError):  # anything else is not suppressed, and fails the test
        assert answer_of(RecoverySample.from_json(bytes(written)), KEY) == answer


_SAMPLE = sample_for(KEY, VAULT)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"null", b"\xff", b'{"keys": 7}'])
def test_what_is_no_sample_is_said(text: bytes) -> None:
    # proves F6
    with pytest.raises(RecoveryError, match="no sample"):
        RecoverySample.from_json(text)


def test_a_sample_of_another_version_is_refused() -> None:
    with pytest.raises(RecoveryError, match="another version"):
        RecoverySample.from_json(b'{"kind": 1}')
    with pytest.raises(RecoveryError, match="another version"):
        RecoverySample.from_json(_SAMPLE[0].to_json().replace(b'"version": 1', b'"version": 2'))


def test_an_answer_may_be_typed_with_spaces_and_in_capitals() -> None:
    answer = _SAMPLE[1]
    assert len(plain_answer(answer)) == 24  # 120 bits
    assert plain_answer(answer.upper().replace("-", " ")) == plain_answer(answer)


@given(st.integers(0, 1000), st.none() | st.integers(0, 1000))
def test_a_key_is_tried_within_a_month_and_then_yearly(days: int, tried_days: int | None) -> None:
    tried = None if tried_days is None else NOW + timedelta(days=tried_days)
    now = NOW + timedelta(days=days)
    last = NOW + timedelta(days=30) if tried is None else tried + timedelta(days=366)
    assert is_overdue(NOW, tried, now) == (now > last)
    assert try_by(NOW, tried) == last
    assert (timedelta(days=30), timedelta(days=366)) == (FIRST, EVERY)


def test_a_copy_of_a_vault_key_is_as_long_as_its_column() -> None:
    copy: VaultCopy = seal_copy("Evidence vault", VAULT, to(KEY))
    assert len(copy.sealed) == 1232
