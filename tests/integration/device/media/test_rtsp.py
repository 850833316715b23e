"""An RTSP camera filmed by the real capture: over TCP, over UDP, and over a UDP that loses packets."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from protocol.footage.format.model import Track
from tests.support.media.field import Filmed, capture_source, ffmpeg, write_base
from tests.support.streams.rtsp import Transport, rtsp_server

pytestmark = pytest.mark.real_time

FPS = 25
SECONDS = 12
APART_S = 0.045
"""Of sound and picture at most (field input 7)."""
PAUSE_S = 0.6
"""A source may pause for half a second before that is a gap."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The coded clapper for two minutes: more than any test films."""
    folder = tmp_path_factory.mktemp("rtsp")
    base, long = write_base(folder / "base.mp4"), folder / "long.mp4"
    ffmpeg("-stream_loop", "11", "-i", str(base), "-c", "copy", str(long))
    return long


def follow(found: list[tuple[int, float]], *, missing: int = 0, within_s: float = 0.06) -> None:
    """Each flash or tone comes a second after the one before, or so many seconds as its number says."""
    lost = 0
    for (code, at), (following, later) in pairwise(found):
        seconds = (following - code) % 10
        lost += seconds - 1
        assert later - at == pytest.approx(seconds, abs=within_s), (code, following)
    assert lost <= missing


def together(filmed: Filmed, at_least: int) -> None:
    assert len(filmed.apart) >= at_least
    assert max(map(abs, filmed.apart)) <= APART_S


@pytest.mark.parametrize("transport", list(Transport))
def test_pictures_and_sound_come_at_their_times(clip: Path, transport: Transport) -> None:
    with rtsp_server(clip, transport) as address:
        filmed = capture_source(address, seconds=SECONDS)
    times = np.array([at for at, _ in filmed.pictures])
    assert filmed.troubles == []
    assert filmed.gaps(Track.VIDEO, 0.1)[1:] == []  # but for what was before the first picture
    assert len(times) >= 0.95 * FPS * (times[-1] - times[0])
    assert np.median(np.diff(times)) == pytest.approx(1 / FPS, abs=0.002)
    assert np.diff(times).max() < 0.1
    follow(filmed.flashes)
    follow(filmed.tones)
    together(filmed, SECONDS - 4)


@pytest.mark.parametrize("transport", list(Transport))
def test_a_transport_that_is_asked_for_is_taken(clip: Path, transport: Transport) -> None:
    with rtsp_server(clip, transport) as address:
        filmed = capture_source(address, seconds=6, transport=transport.value)
    assert filmed.troubles == []
    follow(filmed.flashes)
    together(filmed, 3)


@pytest.mark.parametrize("transport", list(Transport))
def test_a_transport_that_is_asked_for_and_not_to_be_had_is_no_other_one(
    clip: Path, transport: Transport
) -> None:
    (other,) = set(Transport) - {transport}
    with rtsp_server(clip, other) as address:
        filmed = capture_source(
            address, seconds=40, transport=transport.value, until=lambda filmed: bool(filmed.troubles)
        )
    assert not any(chunk.parts for chunk in filmed.chunks)
    assert "127.0.0.1" in filmed.troubles[0]
    assert "gives nothing that can be filmed" in filmed.troubles[0]


def test_what_udp_loses_is_missing_and_nothing_worse(clip: Path) -> None:
    with rtsp_server(clip, Transport.UDP, loss=0.02) as address:
        filmed = capture_source(address, seconds=SECONDS)
    assert filmed.troubles == []  # and no connection was given up
    flashes = once(filmed.flashes)
    follow(flashes, missing=3, within_s=0.1)
    follow(filmed.tones, missing=3)
    tones = dict(filmed.tones[:10])
    apart = [tones[code] - at for code, at in flashes[:10] if code in tones]
    assert len(apart) >= SECONDS - 7
    assert max(map(abs, apart)) <= APART_S + 1 / FPS  # the first picture of a flash may be among the lost
    pictures = np.array([at for at, _ in filmed.pictures])
    assert len(pictures) >= 0.8 * FPS * (pictures[-1] - pictures[0])
    for times, track in ((pictures, Track.VIDEO), (filmed.sound[0], Track.AUDIO)):
        assert unsaid(times, filmed.gaps(track)) == []


def once(flashes: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Each flash once: where the picture after it was lost, its bar stands until the next whole picture."""
    return [each for at, each in enumerate(flashes) if at == 0 or flashes[at - 1][0] != each[0]]


def unsaid(times: NDArray[np.float64], gaps: list[tuple[float, float]]) -> list[float]:
    """Where more than a pause is missing of a track and no gap says so."""
    holes = times[:-1][np.diff(times) > PAUSE_S]
    return [hole for hole in holes if not any(at - 0.1 <= hole <= at + length for at, length in gaps)]
