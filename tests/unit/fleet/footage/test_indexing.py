"""Indexing the chunks of a recording costs the same for each, whatever a camera makes of its segments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from fleet.footage.store.names import Place
from fleet.footage.timeline.chunks import ChunkRef
from fleet.footage.verifying import subject as verifying
from fleet.footage.verifying.subject import Subject
from protocol.footage.format.chunk import ChunkRecord

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def of(seq: int) -> ChunkRecord:
    """A chunk of which nothing but its number is looked at."""
    return cast("ChunkRecord", seq)


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch) -> Subject:
    def ref(name: str, seq: Any) -> ChunkRef:  # noqa: ANN401 - see ``of``
        return ChunkRef(name, seq, seq, 1, 0, ())

    monkeypatch.setattr(verifying, "chunk_ref", ref)
    before: dict[str, Sequence[ChunkRef]] = {name: (ref(name, 7),) for name in ("a", "c")}
    return Subject(1, "a", Place("cam-01", 1), NOW, b"", (), told_closed=True, index=before)


# proves F9
def test_each_chunk_is_taken_once_however_many_there_are(subject: Subject) -> None:
    take = subject.indexing()
    take("a", of(0))
    kept = subject.index["a"]
    for seq in range(1, 2000):
        take("ab"[seq % 2], of(seq))
        assert subject.index["a"] is kept, "nothing that was taken is copied for the next one"
    assert [each.seq for each in subject.index["a"]] == [0, *range(2, 2000, 2)]
    assert [each.seq for each in subject.index["b"]] == list(range(1, 2000, 2))


def test_it_is_indexed_anew_each_time_it_is_read(subject: Subject) -> None:
    for _ in range(2):
        take = subject.indexing()
        take("a", of(1))
        assert [each.seq for each in subject.index["a"]] == [1]
    assert [each.seq for each in subject.index["c"]] == [7], "what is not read again stays as it was"
