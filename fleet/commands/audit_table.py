"""Whether the table of an export is made of the same entries as its lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fleet.audit.chain import Entry
from fleet.audit.export import HEADINGS, cells
from fleet.web.views.csv_rows import csv_text

BOM = "\ufeff"


def same_table(path: Path, entries: Iterator[Entry]) -> bool:
    """Say whether a table holds these entries, byte for byte as they are written there, and nothing else.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:

        def follows(text: str) -> bool:
            data = text.encode("utf-8")
            return file.read(len(data)) == data

        if not follows(BOM + csv_text([HEADINGS])):
            return False
        return all(follows(csv_text([cells(each)])) for each in entries) and not file.read(1)
