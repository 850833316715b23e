"""Finding a recording's own key, and the table in the store that it opens."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from fleet.core.database import Sessions
from fleet.footage.keys.models import RecordingKey
from fleet.footage.recordings.models import Recording
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from fleet.vault.rotation.wrapping import WrappedKey


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A recording's own key, and where the table is that it opens."""

    key: WrappedKey
    name: str


def kept_table(row: RecordingKey | None) -> KeptTable | None:
    """Return a recording's own key where it has one that opens its table; None else."""
    if row is None or row.ready is None:
        return None
    if row.wrapped is None or row.wrapped_by is None or row.bound is None or row.name is None:
        return None
    return KeptTable(WrappedKey(row.wrapped_by, row.wrapped, row.bound), row.name)


def read_table(readers: Sessions, store: FootageStore, place: names.Place) -> tuple[WrappedKey, bytes] | None:
    """Return a recording's own key and its table; None where it has none.

    Raises:
        StoreError: the store failed.
    """
    with readers() as session:
        query = select(RecordingKey).join(Recording, Recording.id == RecordingKey.recording_id)
        here = (Recording.camera_id == place.camera, Recording.number == place.number)
        kept = kept_table(session.scalars(query.where(*here, Recording.apart == place.apart)).one_or_none())
    return None if kept is None else (kept.key, store.read(names.key_table_key(place, kept.name)))
