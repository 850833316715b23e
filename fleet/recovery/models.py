"""Tables of recovery keys: their public halves, when each was tried, and what is sealed to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class RecoveryKeyRow(Base):
    """A recovery key that was given to the fleet; the one that was not replaced counts.

    Attributes:
        id: SHA-256 of its public half, in hex.
        public_key: its public half.
        given: since when it counts.
        given_by: who gave it.
        replaced: when another one took its place; None for the one that counts.
        tried: when it was last found to work; None before that.
        asked: when the last sample was made; None when no answer is waited for.
        answer_sha256: of that sample's answer.
    """

    __tablename__ = "recovery_keys"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(1216))
    given: Mapped[datetime] = mapped_column(UtcTime)
    given_by: Mapped[str] = mapped_column(String(200))
    replaced: Mapped[datetime | None] = mapped_column(UtcTime)
    tried: Mapped[datetime | None] = mapped_column(UtcTime)
    asked: Mapped[datetime | None] = mapped_column(UtcTime)
    answer_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class RecoveryCopyRow(Base):
    """A private key of the vault, sealed to a recovery key (``fleet.vault.copies``).

    Attributes:
        recovery_id: to which recovery key.
        key_id: SHA-256 of the vault's public key, in hex.
        name: what cameras and ledgers call it.
        public_key: the vault's public key.
        sealed: its private half.
        made: when it was sealed.
    """

    __tablename__ = "recovery_copies"

    recovery_id: Mapped[str] = mapped_column(
        ForeignKey("recovery_keys.id", ondelete="CASCADE"), primary_key=True
    )
    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(1216))
    sealed: Mapped[bytes] = mapped_column(LargeBinary(1232))
    made: Mapped[datetime] = mapped_column(UtcTime)
