"""Tables of letters: every version of each template, and letters as they were sent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class LetterTemplate(Base):
    """A version of a template that somebody wrote; version 0 is the product's own, and no row.

    Attributes:
        kind: which letters, by ``LetterKind.id``.
        version: 1 for the first, then one more each.
        text: the template; empty where they went back to the product's own.
        written: when.
        written_by: by whom.
    """

    __tablename__ = "letter_templates"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    written: Mapped[datetime] = mapped_column(UtcTime)
    written_by: Mapped[str] = mapped_column(String(200))


class Letter(Base):
    """A letter as it was sent; never changed afterwards.

    Attributes:
        id: in hex.
        about: what it is about, as its domain names it.
        number: 1 for the first about it, then one more each.
        kind: which letter.
        version: of the template that it was made from.
        text: all of it.
        sha256: of the text in UTF-8.
        dated: the day that it bears, on which it was sent.
        kept: when it was kept.
        kept_by: by whom.
        method: how it was sent, in their words.
    """

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_about_number", "about", "number", unique=True),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    about: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    dated: Mapped[date] = mapped_column(Date)
    kept: Mapped[datetime] = mapped_column(UtcTime)
    kept_by: Mapped[str] = mapped_column(String(200))
    method: Mapped[str] = mapped_column(String(100))
