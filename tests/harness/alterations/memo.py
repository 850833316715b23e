"""Verifying thousands of recordings that differ by a byte: what was not altered is not computed again.

Only pure functions are remembered, by everything that they depend on: the records and digests of a file by
the identity of its immutable ``bytes``, a signature or certificate by all arguments. An altered file is
another object, of which nothing is known. ``test_alterations.py`` compares reports with and without.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from protocol.footage.format.signing import Domain
from protocol.footage.verifying import verify, verify_ledger, verify_receipt, verify_segments

Data: TypeAlias = bytes | memoryview
Check: TypeAlias = Callable[[Ed25519PublicKey, Domain, Data, bytes], None]


@dataclass(frozen=True)
class Known:
    """A hash that was computed before."""

    value: bytes

    def digest(self) -> bytes:
        return self.value


class Memo:
    """What was computed of the files that stay as they are. It stands in for the module ``hashlib`` too."""

    def __init__(self, files: Iterable[bytes]) -> None:
        self._files = {id(data): data for data in files}  # kept, so that no other object takes an id
        self._items: dict[int, tuple[object, ...]] = {}
        self._hashes: dict[int, tuple[Data, Known]] = {}

    def sha256(self, data: Data | None = None) -> object:
        """Hash, or recall the hash of a kept file or of a part of one."""
        whole = data.obj if isinstance(data, memoryview) else data
        if data is None or id(whole) not in self._files:
            return hashlib.sha256() if data is None else hashlib.sha256(data)
        if id(data) not in self._hashes:
            self._hashes[id(data)] = (data, Known(hashlib.sha256(data).digest()))
        return self._hashes[id(data)][1]

    def reading(self, read: Callable[[bytes], Iterator[object]]) -> Callable[[bytes], Iterator[object]]:
        """Remember the records of kept files, which all can be read to their ends."""

        def remembered(data: bytes) -> Iterator[object]:
            if id(data) not in self._files:
                return read(data)
            if id(data) not in self._items:
                self._items[id(data)] = tuple(read(data))
            return iter(self._items[id(data)])

        return remembered


def checking(check: Check) -> Check:
    """Remember the signatures that fit, by key, domain, body and signature."""
    fitted = set()

    def checked(key: Ed25519PublicKey, domain: Domain, body: Data, signature: bytes) -> None:
        place = (key.public_bytes_raw(), domain, bytes(body), signature)
        if place not in fitted:
            check(key, domain, body, signature)
            fitted.add(place)

    return checked


@contextmanager
def remembering(files: Iterable[bytes]) -> Iterator[None]:
    """Let the verifier recall what it computed of these files, and signatures and certificates that fit."""
    memo = Memo(files)
    with ExitStack() as stack:
        for module in (verify, verify_segments, verify_ledger):
            stack.enter_context(patch.object(module, "hashlib", memo))
        for module, name in ((verify_segments, "iter_segment"), (verify_ledger, "iter_ledger")):
            stack.enter_context(patch.object(module, name, memo.reading(getattr(module, name))))
        for module in (verify_segments, verify_ledger):
            stack.enter_context(patch.object(module, "check", checking(module.check)))
        for module, name in (
            (verify_segments, "check_chain"),
            (verify_ledger, "check_chain"),
            (verify_receipt, "check_receipt"),
        ):
            stack.enter_context(patch.object(module, name, lru_cache(maxsize=10_000)(getattr(module, name))))
        yield
