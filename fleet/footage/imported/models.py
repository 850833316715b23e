"""Tables of imports' keys, and of imports that are gone: what those who know no more of imports need."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class ImportKey(Base):
    """The key of one import, sealed to a key of the vault: without it no copy of the import opens.

    Attributes:
        import_id: the import, by its id.
        sealed_to: the id of the vault's key that opens it, in hex.
        sealed: the key, sealed (``sealing.seal_import_key``).
    """

    __tablename__ = "import_keys"

    import_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sealed_to: Mapped[str] = mapped_column(String(64), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary(2048))


class DeletedImport(Base):
    """An import that was deleted, with its certificate.

    Attributes:
        import_id: the import, by its id.
        at: when its certificate was made.
    """

    __tablename__ = "deleted_imports"

    import_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
