"""PortAudio lists its devices once: when it is made to look again, and that nobody's stream ends by it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.clock import SystemClock
from device.settings import AudioSettings
from device.sources.base import SourceError
from device.sources.microphone import Microphone
from device.sources.portaudio import FRESH_NS, Listing, PortAudioLibrary, looks_again

NS = 1_000_000_000


@given(st.none() | st.integers(0, 10 * NS), st.booleans(), st.integers(0, 3), st.integers(0, 20 * NS))
def test_it_never_looks_again_while_somebody_listens_and_always_when_nobody_does(
    made_ns: int | None, streams: bool, users: int, later_ns: int
) -> None:
    now_ns = (made_ns or 0) + later_ns
    again = looks_again(Listing(made_ns, streams, users), now_ns)
    if made_ns is None:
        assert again  # it is ended already, and nobody has anything to lose
    elif streams or users > 1:
        assert not again
    else:
        assert again == (later_ns >= FRESH_NS)


class _Error(Exception):
    pass


class _Stream:
    """What sounddevice's streams have in common."""

    def __init__(self, fake: FakeSounddevice, **wanted: Any) -> None:  # noqa: ANN401 - as there
        if not fake.listed:
            raise _Error("no device")
        self.fake, self.wanted, self.closed = fake, wanted, False
        fake.streams.append(self)

    def start(self) -> None:
        if self.fake.broken:
            raise _Error("cannot start")

    def close(self) -> None:
        self.closed = True


class FakeSounddevice:
    """A machine to which microphones come, and a PortAudio that sees them only at its start."""

    PortAudioError = _Error

    def __init__(self, *there: str) -> None:
        self.there = list(there)
        self.listed = list(there)
        self.streams: list[_Stream] = []
        self.broken = False
        self.lost = False
        self._initialized = 1
        self._StreamBase = type("_StreamBase", (_Stream,), {})  # of this machine alone

    def _terminate(self) -> None:
        assert all(stream.closed for stream in self.streams), "it would have closed somebody's stream"
        self._initialized -= 1

    def _initialize(self) -> None:
        if self.lost:
            raise _Error("no host")
        self._initialized += 1
        self.listed = list(self.there)

    def query_devices(self, device: object = "all", _kind: str = "") -> object:
        known = [
            {"index": index, "name": name, "max_input_channels": 1, "default_samplerate": 48_000.0}
            for index, name in enumerate(self.listed)
        ]
        if device == "all":
            return known
        found = [each for each in known if device in (None, each["index"], each["name"])]
        if not found:
            raise ValueError("no device")
        return found[0]

    def check_input_settings(self, **_: object) -> None:
        """Everything is possible."""

    def InputStream(self, **wanted: object) -> _Stream:  # noqa: N802 - sounddevice's name
        made: _Stream = self._StreamBase(self, **wanted)
        return made


class _Bench:
    def __init__(self, *there: str) -> None:
        self.fake, self.now_ns = FakeSounddevice(*there), 0
        self.library = PortAudioLibrary(lambda: cast("ModuleType", self.fake), lambda: self.now_ns)

    def microphone(self, source: str = "default") -> Microphone:
        return Microphone(AudioSettings(source=source), SystemClock(), self.library)

    def later(self) -> None:
        self.now_ns += NS


def test_a_microphone_that_comes_late_goes_and_comes_back_is_found() -> None:
    bench = _Bench()
    with pytest.raises(SourceError, match="no microphone connected"):
        bench.microphone().open()
    bench.fake.there = ["USB"]
    bench.later()
    microphone = bench.microphone()
    microphone.open()
    bench.fake.there = []
    bench.fake.streams[-1].wanted["finished_callback"]()
    with pytest.raises(SourceError, match="stopped giving sound"):
        microphone.read()
    microphone.close()
    bench.later()
    with pytest.raises(SourceError, match="no microphone connected"):
        bench.microphone().open()
    bench.fake.there = ["another", "USB"]
    bench.later()
    bench.microphone("USB").open()


def test_the_list_of_the_import_serves_the_first_opening() -> None:
    bench = _Bench("USB")
    bench.fake._initialize = lambda: pytest.fail("it was just made")  # type: ignore[method-assign]  # to notice
    bench.microphone().open()


@pytest.mark.parametrize("whose", ["ours", "a program's"])
def test_a_stream_that_is_open_stays_open(whose: str) -> None:
    bench = _Bench("USB")
    if whose == "ours":
        bench.microphone().open()
    else:
        with bench.library.with_devices():
            other = bench.fake.InputStream()
    bench.fake.there = ["USB", "second"]
    bench.later()
    with pytest.raises(SourceError, match="second"):
        bench.microphone("second").open()
    bench.fake.streams[0].close()
    bench.later()
    bench.microphone("second").open()
    assert whose == "ours" or other.closed


def test_whoever_initialised_it_besides_keeps_their_list() -> None:
    bench = _Bench("USB")
    with bench.library.with_devices():
        bench.fake._initialize()
    bench.later()
    bench.fake.there = []
    bench.microphone().open()
    assert bench.fake._initialized == 2


def test_a_stream_that_does_not_start_is_closed() -> None:
    bench = _Bench("USB")
    bench.fake.broken = True
    with pytest.raises(SourceError, match="does not open"):
        bench.microphone().open()
    assert [stream.closed for stream in bench.fake.streams] == [True]
    bench.fake.broken = False
    bench.later()
    bench.microphone().open()


def test_a_portaudio_that_did_not_start_again_is_started_at_the_next_attempt() -> None:
    bench = _Bench("USB")
    bench.microphone().open()
    bench.fake.streams[-1].close()
    bench.fake.lost = True
    bench.later()
    with pytest.raises(SourceError, match="does not start again"):
        bench.microphone().open()
    bench.fake.lost = False
    bench.microphone().open()
    assert bench.fake._initialized == 1


def test_what_pulls_a_microphone_out_is_told_at_once_even_if_nobody_fetched_its_sound() -> None:
    bench = _Bench("USB")
    microphone = bench.microphone()
    microphone.open()
    times, status = (
        SimpleNamespace(currentTime=0, inputBufferAdcTime=0),
        SimpleNamespace(input_overflow=False),
    )
    for _ in range(30):
        microphone._heard(np.zeros((4_800, 1), np.float32), 4_800, times, status)
    microphone._finished()
    microphone._finished()
    assert all(microphone.read() is not None for _ in range(20))
    with pytest.raises(SourceError, match="stopped giving sound"):
        microphone.read()


def test_looking_for_streams_keeps_no_other_thread_from_making_a_tuple() -> None:
    bench = _Bench("USB")
    looking, made = threading.Event(), threading.Event()
    outcome: list[object] = []

    class Hears(bench.fake._StreamBase):  # type: ignore[name-defined, misc]  # a class of that machine's
        """A program's own kind of stream; asked for, it lets the other thread go on and waits for it."""

        def __init__(self) -> None:
            """Be open."""

        @property
        def closed(self) -> bool:
            looking.set()
            assert made.wait(20)
            return False

    def several() -> Iterator[int]:
        yield 1
        began.set()
        assert looking.wait(20)
        yield 2

    def make() -> None:
        try:
            outcome.append(tuple(several()))
        except SystemError as error:
            outcome.append(error)
        made.set()

    with bench.library.with_devices():
        pass
    stream, began = Hears(), threading.Event()
    other = threading.Thread(target=make)
    other.start()
    assert began.wait(20)
    with bench.library.with_devices():
        assert bench.fake._initialized == 1
    other.join()
    assert outcome == [(1, 2)]
    assert not stream.closed
