"""Tables of people: officers, users, their sessions, break-glass, one-time links and API tokens.

Secrets are kept only as digests: of what a browser or a program shows, the SHA-256; of passwords, argon2id.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from fleet.core.actor import Role
from fleet.core.database import Base, UtcTime
from fleet.organisation.models import Group
from fleet.people.limits.break_glass import BreakGlassSpan


class RoleSet(TypeDecorator[frozenset[Role]]):
    """A set of roles, kept as their names in order with spaces between."""

    impl = String(200)
    cache_ok = True

    def process_bind_param(self, value: Iterable[Role] | None, dialect: Dialect) -> str | None:
        """Write the names."""
        del dialect
        return None if value is None else " ".join(sorted(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[Role] | None:
        """Read them back."""
        del dialect
        return None if value is None else frozenset(Role(name) for name in value.split())


class Officer(Base):
    """Somebody who wears a camera. Need not be able to sign in.

    Attributes:
        id: in hex.
        name: as colleagues know them.
        created: when they were added.
        retired: since when they wear no camera any more; their recordings stay theirs. None while they do.
        team_id: the team that they are in now; None for none.
    """

    __tablename__ = "officers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    retired: Mapped[datetime | None] = mapped_column(UtcTime)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id"))

    team: Mapped[Group | None] = relationship()


class User(Base):
    """Somebody who can sign in.

    Attributes:
        id: in hex.
        name: what they sign in with.
        password: its argon2id digest.
        roles: what they may do.
        created: when.
        officer_id: which officer they are, None for who wears no camera; one who is retired
            does not sign in.
        retired: since when they do not sign in any more; what they did stays theirs. None while they do.
        issuer: the provider of identities through which they sign in; None for who signs in here.
        subject: what that provider calls them, for good.
    """

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    password: Mapped[str] = mapped_column(Text)
    roles: Mapped[frozenset[Role]] = mapped_column(RoleSet)
    created: Mapped[datetime] = mapped_column(UtcTime)
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    retired: Mapped[datetime | None] = mapped_column(UtcTime)
    issuer: Mapped[str | None] = mapped_column(String(300))
    subject: Mapped[str | None] = mapped_column(String(255))

    officer: Mapped[Officer | None] = relationship()

    @property
    def has_left(self) -> bool:
        """Whether this is an officer's account, and that officer is retired."""
        return self.officer is not None and self.officer.retired is not None

    @property
    def is_out(self) -> bool:
        """Whether they cannot sign in, for whichever reason."""
        return self.retired is not None or self.has_left


class UserSession(Base):
    """One signed-in browser.

    Attributes:
        address: where the request that signed in came from; None where that was not kept.
        agent: what that browser called itself, cut short; likewise.
        second: what was shown besides a password; None where nothing was.
        break_glass_id: which break-glass let them in; None for a sign-in as usual.
        confirmed: when it was last shown in it who they are (``fleet.people.confirming``).
    """

    __tablename__ = "user_sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    seen: Mapped[datetime] = mapped_column(UtcTime)
    expires: Mapped[datetime] = mapped_column(UtcTime)
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(200))
    second: Mapped[str | None] = mapped_column(String(16))
    break_glass_id: Mapped[str | None] = mapped_column(ForeignKey("break_glasses.id"), index=True)
    confirmed: Mapped[datetime] = mapped_column(UtcTime)

    user: Mapped[User] = relationship()
    break_glass: Mapped[BreakGlass | None] = relationship()


class BreakGlass(Base):
    """Administrator rights for a time (``fleet.people.break_glass``); rows are never deleted.

    Attributes:
        id: in hex.
        digest: of the secret in its link.
        user_id: to whom.
        reason: why, as typed on the host.
        begun: when.
        ends: when it ends by itself.
        used: when its link was used; None while nobody did.
        ended: when somebody ended it; None where nobody did.
        ended_by: the name of who that was.
    """

    __tablename__ = "break_glasses"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    begun: Mapped[datetime] = mapped_column(UtcTime, index=True)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    used: Mapped[datetime | None] = mapped_column(UtcTime)
    ended: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by: Mapped[str | None] = mapped_column(String(140))

    user: Mapped[User] = relationship()

    @property
    def span(self) -> BreakGlassSpan:
        """From when to when, as the rules look at it."""
        return BreakGlassSpan(self.begun, self.ends, self.used, self.ended)


class AccessLink(Base):
    """A one-time link that makes an account, or gives one a new password.

    Attributes:
        id: in hex.
        digest: of the secret in its address.
        name: what they sign in with.
        roles: what the account that it makes may do.
        user_id: whose new password it is; None for an invitation.
        created: when.
        created_by: the name of who made it.
        expires: from when it is good no more.
        used: when it was used, or withdrawn.
        withdrawn: whether nobody used it before it was taken back or replaced.
    """

    __tablename__ = "access_links"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    roles: Mapped[frozenset[Role]] = mapped_column(RoleSet)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    created_by: Mapped[str] = mapped_column(String(100))
    expires: Mapped[datetime] = mapped_column(UtcTime)
    used: Mapped[datetime | None] = mapped_column(UtcTime)
    withdrawn: Mapped[bool] = mapped_column(Boolean)


class SetupLink(Base):
    """A one-time link that makes the first user."""

    __tablename__ = "setup_links"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    expires: Mapped[datetime] = mapped_column(UtcTime)
    used: Mapped[datetime | None] = mapped_column(UtcTime)


class ApiToken(Base):
    """A token that a program shows as ``Authorization: Bearer``.

    Attributes:
        expires: from when it is good no more; None for one that is good until it is revoked.
        seen: when it was shown last, to the minute; None while that was never.
    """

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    roles: Mapped[frozenset[Role]] = mapped_column(RoleSet)
    created: Mapped[datetime] = mapped_column(UtcTime)
    revoked: Mapped[datetime | None] = mapped_column(UtcTime)
    expires: Mapped[datetime | None] = mapped_column(UtcTime)
    seen: Mapped[datetime | None] = mapped_column(UtcTime)
