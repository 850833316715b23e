"""Memory of pictures: used again, and never while anybody has it."""

from __future__ import annotations

import gc
import threading
from fractions import Fraction

import av
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from device.encode.picture import for_encoder, planes
from device.encode.picture_memory import KEPT, PictureMemory

SHAPE = (144, 160)


def _place(image: NDArray[np.uint8]) -> int:
    return int(image.ctypes.data)


def test_what_nobody_has_is_used_again() -> None:
    memory = PictureMemory(SHAPE)
    places = {_place(memory.take()) for _ in range(20)}
    assert len(places) == 1


def test_what_somebody_has_is_left_alone() -> None:
    memory = PictureMemory(SHAPE)
    held = [memory.take() for _ in range(3 * KEPT)]
    assert len({_place(image) for image in held}) == 3 * KEPT


def test_a_view_is_enough_to_have_it() -> None:
    memory = PictureMemory(SHAPE)
    view = planes(memory.take())[1][3:5]
    mapped = memory.take().data
    taken = memory.take()
    assert not np.shares_memory(taken, view)
    assert not np.shares_memory(taken, np.frombuffer(mapped, np.uint8))


def test_ffmpeg_has_it_until_its_frame_is_gone() -> None:
    memory = PictureMemory(SHAPE)
    given = memory.take()
    frame, places = for_encoder(given), {_place(given)}
    del given
    taken = memory.take()
    places.add(_place(taken))
    assert not any(
        np.shares_memory(np.frombuffer(memoryview(plane), np.uint8), taken) for plane in frame.planes
    )
    del taken, frame
    gc.collect()
    again = [memory.take(), memory.take()]
    assert {_place(image) for image in again} == places


def test_an_encoder_that_works_on_several_pictures_at_once_has_them_all() -> None:
    # As encoders in hardware do; the software one that we use copies each at once.
    encoder, decoder = av.CodecContext.create("png", "w"), av.CodecContext.create("png", "r")
    encoder.width, encoder.height, encoder.pix_fmt = SHAPE[1], SHAPE[0], "gray"
    encoder.time_base = Fraction(1, 30)
    encoder.thread_count, encoder.thread_type = 4, "FRAME"
    memory, packets = PictureMemory(SHAPE), []
    for shade in range(60):
        image = memory.take()
        image[:] = shade
        picture = av.VideoFrame.from_numpy_buffer(image, format="gray")
        picture.pts = shade
        packets += encoder.encode(picture)
    packets += encoder.encode(None)
    decoded = [frame.to_ndarray(format="gray") for packet in packets for frame in decoder.decode(packet)]
    assert [(int(image.min()), int(image.max())) for image in decoded] == [
        (shade, shade) for shade in range(60)
    ]


@given(st.lists(st.one_of(st.just(-1), st.integers(0, 9)), max_size=60))
def test_no_two_have_the_same(steps: list[int]) -> None:
    memory = PictureMemory((6, 4))
    held: list[NDArray[np.uint8]] = []
    for step in steps:
        if step < 0 or not held:
            held.append(memory.take())
        else:
            held.pop(step % len(held))
        assert len({_place(image) for image in held}) == len(held)


def test_two_threads_never_get_the_same() -> None:
    memory, begun, clashes = PictureMemory((6, 4)), threading.Barrier(4), []

    def work(mark: int) -> None:
        begun.wait()
        for _ in range(2000):
            image = memory.take()
            image[:] = mark
            if not (image == mark).all():
                clashes.append(mark)

    threads = [threading.Thread(target=work, args=(mark,)) for mark in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clashes == []
