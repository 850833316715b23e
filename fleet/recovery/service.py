"""Giving the fleet a recovery key, sealing the vault's keys to it, and noting that it was tried."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import FLEET, Actor
from fleet.core.database import Turn, now, take_turn
from fleet.core.services import Services
from fleet.recovery.errors import RecoveryError
from fleet.recovery.key_file import NAME, fingerprint
from fleet.recovery.models import RecoveryCopyRow, RecoveryKeyRow
from fleet.recovery.rules import ANSWER_WITHIN
from fleet.recovery.sample import RecoverySample, make_sample, plain_answer
from fleet.vault.copies import VaultCopy
from fleet.vault.vault import Vault
from protocol.footage.sealing.keys import Recipient

NONE = (
    "No recovery key was given. Make one away from this machine with “lapel-fleet vault recovery-key”, and "
    "give its public half with “lapel-fleet vault recovery-give”."
)


def current_key(session: Session) -> RecoveryKeyRow | None:
    """Return the recovery key that counts; None before the first."""
    query = select(RecoveryKeyRow).where(RecoveryKeyRow.replaced.is_(None))
    return session.scalars(query.order_by(RecoveryKeyRow.given.desc()).limit(1)).first()


def give(session: Session, key: Recipient, *, by: Actor) -> RecoveryKeyRow:
    """Have this recovery key count from now on, in place of another; the same again changes nothing.

    Raises:
        RecoveryError: it was replaced before.
    """
    take_turn(session, Turn.RECOVERY)
    found, before = session.get(RecoveryKeyRow, key.key_id.hex()), current_key(session)
    if found is not None and found is before:
        return found
    if found is not None:
        raise RecoveryError("This recovery key was replaced by another one before; make a new one.")
    moment = now(session)
    if before is not None:
        before.replaced, before.asked, before.answer_sha256 = moment, None, None
    row = RecoveryKeyRow(
        id=key.key_id.hex(),
        public_key=key.public_key,
        given=moment,
        given_by=by.label,
        replaced=None,
        tried=None,
        asked=None,
        answer_sha256=None,
    )
    session.add(row)
    record(session, by, "recovery:key:give", fingerprint(key.public_key))
    return row


def copies_of(session: Session, key: RecoveryKeyRow) -> tuple[VaultCopy, ...]:
    """Return what is sealed to a recovery key."""
    query = select(RecoveryCopyRow).where(RecoveryCopyRow.recovery_id == key.id)
    rows = session.scalars(query.order_by(RecoveryCopyRow.made, RecoveryCopyRow.key_id))
    return tuple(VaultCopy(row.name, row.public_key, row.sealed) for row in rows)


def keep_copies(services: Services, vault: Vault) -> int:
    """Seal to the recovery key what was not yet; return how many keys of the vault that were.

    Raises:
        VaultError: the vault is sealed.
    """
    with services.readers() as session:
        key = current_key(session)
        if key is None:
            return 0
        known = {bytes.fromhex(each) for each in _ids(session, key)}
    made = vault.copies(Recipient(NAME, key.public_key), besides=known)
    return _keep(services, key.id, made) if made else 0


def forget_copies(session: Session, key_id: str) -> None:
    """Forget the copies of a key that the vault has no more."""
    take_turn(session, Turn.RECOVERY)
    session.execute(delete(RecoveryCopyRow).where(RecoveryCopyRow.key_id == key_id))


def ask(session: Session, random: Callable[[int], bytes], *, by: Actor) -> RecoverySample:
    """Make a sample, whose answer is waited for from now on.

    Raises:
        RecoveryError: there is no recovery key, or nothing is sealed to it yet.
    """
    key = _counts(session)
    copies = copies_of(session, key)
    if not copies:
        raise RecoveryError(
            "Nothing is sealed to the recovery key yet: the running service does that once the vault is open."
        )
    sample, answer = make_sample(key.public_key, copies, random)
    key.asked, key.answer_sha256 = now(session), _digest(answer)
    record(session, by, "recovery:sample:make", fingerprint(key.public_key))
    return sample


def answered(session: Session, answer: str, *, by: Actor) -> RecoveryKeyRow:
    """Note that the recovery key was tried and works.

    Raises:
        RecoveryError: no answer is waited for, or this is not the one.
    """
    key, moment = _counts(session), now(session)
    if key.answer_sha256 is None or key.asked is None:
        raise RecoveryError("No answer is waited for; have a sample made and answer that one.")
    if not timedelta() <= moment - key.asked <= ANSWER_WITHIN:
        raise RecoveryError(
            f"By this machine's clock the sample was not made within the last {ANSWER_WITHIN.days} days; "
            "have a new one made and answer it."
        )
    if not hmac.compare_digest(_digest(answer), key.answer_sha256):
        raise RecoveryError("This is not the answer to the last sample that was made; answer that one.")
    key.tried, key.asked, key.answer_sha256 = moment, None, None
    record(session, by, "recovery:key:try", fingerprint(key.public_key))
    return key


def _counts(session: Session) -> RecoveryKeyRow:
    take_turn(session, Turn.RECOVERY)
    key = current_key(session)
    if key is None:
        raise RecoveryError(NONE)
    return key


def _keep(services: Services, recovery_id: str, made: tuple[VaultCopy, ...]) -> int:
    with services.sessions.begin() as session:
        take_turn(session, Turn.RECOVERY)
        key = current_key(session)
        if key is None or key.id != recovery_id:
            return 0  # it was replaced meanwhile; the next round seals to the new one
        known = set(_ids(session, key))
        new = {hashlib.sha256(copy.public_key).hexdigest(): copy for copy in made}
        wanted = [key_id for key_id in new if key_id not in known]
        for at, key_id in enumerate(wanted):
            copy = new[key_id]
            row = RecoveryCopyRow(
                recovery_id=recovery_id,
                key_id=key_id,
                name=copy.name,
                public_key=copy.public_key,
                sealed=copy.sealed,
                made=now(session) + timedelta(microseconds=at),  # the last one is the one that counts
            )
            session.add(row)
            record(session, FLEET, "recovery:copy:make", key_id[:16])
        return len(wanted)


def _ids(session: Session, key: RecoveryKeyRow) -> list[str]:
    return list(session.scalars(select(RecoveryCopyRow.key_id).where(RecoveryCopyRow.recovery_id == key.id)))


def _digest(answer: str) -> bytes:
    return hashlib.sha256(plain_answer(answer).encode("utf-8")).digest()
