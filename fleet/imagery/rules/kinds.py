"""What is imported, in the landlord's words. Pure."""

from __future__ import annotations

from enum import StrEnum

NOT_VERIFIED = "Imported, not verified: no camera of ours signed it"
"""What is said of each import, wherever it is shown."""

VIEWED, EXPORTED = "imagery:import:view", "imagery:import:export"
"""What the audit log calls looking at an import, and taking it out."""


class ImportKind(StrEnum):
    """What an import is."""

    CCTV = "cctv"
    PHOTOGRAPH = "photograph"


KIND_WORDS = {
    ImportKind.CCTV: "CCTV clip",
    ImportKind.PHOTOGRAPH: "Photograph",
}


class SecondsState(StrEnum):
    """How far a clip is cut into seconds."""

    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


class ImportState(StrEnum):
    """How far an import has come."""

    DESCRIBED = "described"
    """What it is to be is written down; its file is not here."""
    HELD = "held"
    DELETING = "deleting"
    DELETED = "deleted"


IMPORT_STATES = {
    ImportState.DESCRIBED: "Its file is not here yet",
    ImportState.HELD: "Held",
    ImportState.DELETING: "Being deleted",
    ImportState.DELETED: "Deleted",
}
