"""Reading and writing that the vault was sealed by hand, in the caller's transaction."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fleet.core.database import announce, now
from fleet.vault.by_hand.models import VaultSeal
from fleet.vault.files import ByHand

TOPIC: Final = "vault"
"""The topic of sealing the vault by hand, and of lifting that; the subject is the seal's name, or empty."""


def standing_seal(session: Session) -> ByHand | None:
    """Return the latest that counts; None where nobody has sealed it, or it was lifted."""
    counts = select(VaultSeal).where(VaultSeal.lifted.is_(None)).order_by(VaultSeal.number.desc()).limit(1)
    row = session.scalars(counts).one_or_none()
    return None if row is None else ByHand(row.who, row.at, row.name)


def is_lifted(session: Session, name: str) -> bool:
    """Say whether one was lifted; one that is not known was not."""
    row = session.scalars(select(VaultSeal).where(VaultSeal.name == name)).one_or_none()
    return row is not None and row.lifted is not None


def add_seal(session: Session, seal: ByHand) -> None:
    """Have every process know it."""
    session.add(VaultSeal(name=seal.name, who=seal.who, at=seal.at, lifted=None))
    announce(session, TOPIC, seal.name)


def lift_seals(session: Session) -> None:
    """Lift those that count."""
    lifted = update(VaultSeal).where(VaultSeal.lifted.is_(None)).values(lifted=now(session))
    session.execute(lifted)
    announce(session, TOPIC, "")


def seals_so_far(session: Session) -> int:
    """Return how many times it was sealed by hand: what was opened before the last is open no more."""
    return session.scalar(select(func.max(VaultSeal.number))) or 0
