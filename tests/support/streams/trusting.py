"""Filming what a server vouches for itself with: how much of it there is, and an authority for a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from device.settings import StreamAccess
from device.sources.demux.reading.opening import open_source, packets
from tests.support.streams.tls_site import Authority


def authority_of_test() -> Any:  # noqa: ANN401 - a fixture, as pytest makes it
    """A fixture: an authority, for one test."""

    @pytest.fixture
    def authority(tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    return authority


def filmed(address: str, trust: Path | str) -> int:
    """How many packets there are to film."""
    source = open_source(address, StreamAccess(trust=str(trust)), 8)
    try:
        return sum(packet is not None for packet in packets(source))
    finally:
        source.close()
