"""Copying a store's objects into another, and comparing the two byte for byte.

Objects are never replaced, so what is there already with the same length needs no second copy; that its bytes
are the same is seen by the comparison, which reads all of them on both sides. What was deleted where it is
copied from, after an earlier part of the move, is taken away where it is copied to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from fleet.footage.store.spool import Spooled
from fleet.footage.store.store import FootageStore, Put, Stored
from fleet.moving.errors import MoveError
from fleet.moving.progress import MoveStep, Progress
from fleet.moving.target import PREFIX

SCRATCH = "scratch/"


def copy_objects(source: FootageStore, folder: Path, target: FootageStore, progress: Progress) -> int:
    """Copy what is not there yet, and take away what is not here any more; return how many objects there are.

    Args:
        source: a store in a folder.
        folder: where its objects lie.
        target: where they are copied to.
        progress: is told of each.

    Raises:
        MoveError: the target holds other bytes under one of the keys.
        StoreError: a store failed.
    """
    wanted, there = _objects(source), _objects(target)
    for number, (key, size) in enumerate(wanted.items()):
        progress(MoveStep.OBJECTS, number, len(wanted))
        if there.get(key) == size:
            continue
        digest = hashlib.sha256(source.read(key)).digest()
        if target.put(key, Spooled(folder / key, size, digest)) is Put.OTHER:
            raise _differs(target, key)
    for key in there.keys() - wanted.keys():
        target.remove(key)
    return len(wanted)


def compare_objects(source: FootageStore, target: FootageStore, progress: Progress) -> int:
    """Read every object on both sides; return how many bytes each side has.

    Raises:
        MoveError: one is missing, is too much, or has other bytes.
        StoreError: a store failed.
    """
    wanted, there = _objects(source), _objects(target)
    if wanted.keys() != there.keys():
        odd = min(wanted.keys() ^ there.keys())
        raise MoveError(
            f"The store {target.where} does not hold the same objects: {odd} is on one side alone."
        )
    for number, key in enumerate(wanted):
        progress(MoveStep.COMPARE_OBJECTS, number, len(wanted))
        if hashlib.sha256(source.read(key)).digest() != hashlib.sha256(target.read(key)).digest():
            raise _differs(target, key)
    return sum(wanted.values())


def _objects(store: FootageStore) -> Mapping[str, int]:
    """Return all objects of a fleet by their keys, with their sizes."""
    return {each.key: each.size for each in store.list("") if _counts(each)}


def _counts(each: Stored) -> bool:
    return not each.key.startswith((SCRATCH, PREFIX))


def _differs(target: FootageStore, key: str) -> MoveError:
    return MoveError(f"The store {target.where} holds other bytes as {key} than are here; they stay.")
