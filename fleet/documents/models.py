"""Tables of documents: every version of the landlord's words, and documents as they were published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class DocumentWords(Base):
    """A version of the landlord's own words in a part of a document.

    Attributes:
        document: which, a ``DocumentKind``.
        section: which part, by ``PlanPart.section``.
        version: 1 for the first, then one more each.
        text: the words.
        written: when.
        written_by: by whom.
    """

    __tablename__ = "document_words"

    document: Mapped[str] = mapped_column(String(40), primary_key=True)
    section: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    written: Mapped[datetime] = mapped_column(UtcTime)
    written_by: Mapped[str] = mapped_column(String(200))


class PublishedDocument(Base):
    """A document as it was published; never changed afterwards.

    Attributes:
        id: in hex.
        document: which, a ``DocumentKind``.
        number: 1 for the first of its kind, then one more each.
        title: what it was called.
        sender: the landlord as it was named above it.
        text: all of it, as ``fleet.printing.blocks.read_text`` reads one.
        sha256: of the text in UTF-8.
        facts: the facts in it, each as id, title, value and source.
        words: which version of the landlord's words was in each section.
        published: when.
        published_by: by whom.
    """

    __tablename__ = "published_documents"
    __table_args__ = (UniqueConstraint("document", "number"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    document: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    sender: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    facts: Mapped[list[Any]] = mapped_column(JSON)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    published: Mapped[datetime] = mapped_column(UtcTime)
    published_by: Mapped[str] = mapped_column(String(200))
