"""AAC: what is heard is what was said, with either search, and the stream's parameters are the same."""

from __future__ import annotations

from typing import get_args

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from device.encode.aac import AacStream
from device.encode.packets import AAC_FRAME, EncodedPacket
from device.settings import AUDIO_RATE, AacCoder, AudioSettings

CODERS = get_args(AacCoder)
SECONDS = 2


def _tone() -> NDArray[np.float32]:
    at = np.arange(SECONDS * AUDIO_RATE) / AUDIO_RATE
    return (0.5 * np.sin(2 * np.pi * 440 * at)).astype(np.float32)


def _encoded(coder: AacCoder) -> tuple[AacStream, list[EncodedPacket]]:
    stream = AacStream(AudioSettings(coder=coder), position=0)
    return stream, [*stream.encode(_tone()), *stream.finish()]


def _heard(packets: list[EncodedPacket]) -> NDArray[np.float32]:
    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = bytes([0x11, 0x88])  # AAC-LC, 48 kHz, mono (ISO/IEC 14496-3, 1.6.2.1)
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet.data))]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])  # the priming is left out


@pytest.mark.parametrize("coder", CODERS)
def test_what_is_heard_is_what_was_said(coder: AacCoder) -> None:
    _, packets = _encoded(coder)
    said, heard = _tone(), _heard(packets)
    middle = slice(4 * AAC_FRAME, len(heard) - 4 * AAC_FRAME)
    noise = heard[middle] - said[: len(heard)][middle]
    assert 10 * np.log10(np.mean(said[middle] ** 2) / np.mean(noise**2)) > 15
    assert sum(packet.duration_ns for packet in packets) == pytest.approx(SECONDS * 1e9, abs=1e3)


def test_either_search_makes_the_same_kind_of_stream() -> None:
    params = [_encoded(coder)[0].params for coder in CODERS]
    assert params[0] == params[1]
    assert _encoded("fast")[1] != _encoded("twoloop")[1]
