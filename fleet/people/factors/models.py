"""Tables of second factors, and of sign-ins that wait for one.

A passkey's public key is no secret. The secret of an authenticator app is kept sealed
(``fleet.people.factors.seal``), recovery codes as digests.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class Passkey(Base):
    """A passkey of a user (W3C Web Authentication, a discoverable credential).

    Attributes:
        id: in hex.
        user_id: whose.
        credential: its id, as the authenticator chose it.
        public_key: in COSE, as the authenticator gave it.
        count: the authenticator's counter at the last use; one that is synchronised may stay at 0.
        name: what its owner calls it.
        created: when it was added.
        used: when it was shown last; None while that was never.
    """

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(100))
    created: Mapped[datetime] = mapped_column(UtcTime)
    used: Mapped[datetime | None] = mapped_column(UtcTime)


class AuthenticatorApp(Base):
    """The authenticator app of a user (RFC 6238).

    Attributes:
        user_id: whose.
        secret: sealed; None while the first one waits for its first code.
        waiting: a new secret that no code has confirmed yet, sealed; None where there is none.
        confirmed: since when codes of ``secret`` are taken.
        step: the time step of the last code that was taken: none is taken twice.
        used: when that was.
    """

    __tablename__ = "authenticator_apps"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    waiting: Mapped[bytes | None] = mapped_column(LargeBinary)
    confirmed: Mapped[datetime | None] = mapped_column(UtcTime)
    step: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[datetime | None] = mapped_column(UtcTime)


class RecoveryCode(Base):
    """A code on paper that is good once, for whoever has lost the rest."""

    __tablename__ = "recovery_codes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    used: Mapped[datetime | None] = mapped_column(UtcTime)


class FactorStep(Base):
    """A browser that is half-way: its password was right, or it was asked to show or to make a passkey.

    Attributes:
        id: in hex.
        digest: of the secret in its cookie: a sign-in's own, or the session's for a passkey that is added.
        user_id: who is half-way in, or adds a passkey.
        challenge: what the passkey must sign; None while none was asked for.
        expires: from when it is good no more.
        wrong: how many codes were wrong.
    """

    __tablename__ = "factor_steps"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    expires: Mapped[datetime] = mapped_column(UtcTime, index=True)
    wrong: Mapped[int] = mapped_column(Integer)


class AnsweredQuestion(Base):
    """A question to a stranger that a passkey answered rightly (``fleet.people.factors.questions``).

    Attributes:
        mark: its random part.
        expires: from when the question is good no more anyway.
    """

    __tablename__ = "answered_questions"

    mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires: Mapped[datetime] = mapped_column(UtcTime, index=True)
