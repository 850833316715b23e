"""What the start of the service does once for all of its time."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from fleet.server import serve
from fleet.server.serve import keep_what_is_here


class _Ring:
    """Something that only a collection frees."""

    def __init__(self) -> None:
        self.own = self


# proves F9
def test_what_the_start_made_is_looked_at_no_more_and_what_came_after_is() -> None:
    before = gc.get_freeze_count()
    kept = _Ring()
    try:
        keep_what_is_here()
        assert gc.get_freeze_count() > before
        assert all(each is not kept for each in gc.get_objects())
        later = weakref.ref(_Ring())
        gc.collect()
        assert later() is None
    finally:
        gc.unfreeze()


def test_the_service_has_that_done_once_it_serves_and_before_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    @contextlib.asynccontextmanager
    async def runs(*_: object, **__: object) -> AsyncIterator[None]:
        yield

    @contextlib.asynccontextmanager
    async def serves(*_: object, **__: object) -> AsyncIterator[None]:
        done.append("serves")
        yield

    async def run() -> None:
        stop = asyncio.Event()
        stop.set()
        services, seat = MagicMock(), MagicMock()
        for part in (services.audit.schedule, services.vault_services.control, seat.return_value):
            part.running = runs
        for name in ("beside", "running_workers"):
            monkeypatch.setattr(serve, name, runs)
        monkeypatch.setattr(serve, "keep_renewed", MagicMock())
        monkeypatch.setattr(serve, "Contexts", MagicMock())
        monkeypatch.setattr(serve, "BrokerSeat", seat)
        monkeypatch.setattr(serve, "serving", serves)
        monkeypatch.setattr(serve, "_signals", lambda: (stop, asyncio.Event()))
        monkeypatch.setattr(serve, "keep_what_is_here", lambda: done.append("kept"))
        monkeypatch.setattr(serve, "_announce", lambda *_: done.append("said"))
        monkeypatch.setattr(serve, "keep_aside", lambda _: None)
        await serve._run(services, MagicMock(), MagicMock(state=tmp_path), MagicMock())

    asyncio.run(run())
    assert done == ["serves", "kept", "said"]
