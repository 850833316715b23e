"""Reading what came from outside: what is copied, what stays behind, and what is refused in a sentence."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import resource
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.imagery.reading import supervised
from fleet.imagery.reading.channel import (
    READ,
    ChannelError,
    RemoteSource,
    RemoteTarget,
    say_found,
    say_refused,
    send,
    serve,
)
from fleet.imagery.reading.child import confine, read_file
from fleet.imagery.reading.limits import ReadFacts, ReadingLimits, ReadingRefusedError
from fleet.imagery.reading.movie import copy_movie
from fleet.imagery.reading.picture import copy_picture
from fleet.imagery.rules.formats import HEAD, ImportFormat, format_of, picture_size
from tests.support.media.imported import DEVICE, clip, photograph

LIMITS = ReadingLimits()


def copied(data: bytes, limits: ReadingLimits = LIMITS) -> tuple[bytes, ReadFacts]:
    """The copy of a file, as the reading process makes it."""
    target = io.BytesIO()
    kind = format_of(data[:HEAD])
    assert kind is not None
    if kind.is_picture:
        return copy_picture(data, kind, limits)
    facts = copy_movie(io.BytesIO(data), target, kind, limits)
    return target.getvalue(), facts


def pictures_in(data: bytes) -> int:
    opened: Any = av.open(io.BytesIO(data))
    with opened as container:
        return len(list(container.decode(video=0)))


@pytest.mark.parametrize(
    ("container", "codec", "sound", "anew"),
    [
        ("mp4", "libx264", "aac", False),
        ("matroska", "libx264", "", True),
        ("avi", "mjpeg", "pcm_s16le", True),
        ("mpegts", "mpeg2video", "", True),
    ],
)
def test_a_clip_becomes_an_ordinary_mp4_that_says_nothing_of_itself(
    container: str, codec: str, sound: str, anew: bool
) -> None:
    data = clip(container, codec, sound=sound)
    made, facts = copied(data)
    assert format_of(made[:HEAD]) is ImportFormat.MP4
    assert (facts.is_made_anew, facts.has_sound, facts.width, facts.height) == (anew, bool(sound), 64, 48)
    assert facts.duration_s == pytest.approx(0.8, abs=0.11)
    assert pictures_in(made) == 8
    with av.open(io.BytesIO(made)) as opened:
        assert opened.streams.video[0].codec_context.name == "h264"
        assert {"location", "location-eng"}.isdisjoint(opened.metadata)
    says = {"mp4": b"loci", "matroska": b"LOCATION"}.get(container)
    assert says is None or (says in data and says not in made), "the original says it, the copy does not"


def test_a_photograph_loses_its_device_and_place_and_keeps_how_it_is_held() -> None:
    data = photograph(turned=6)
    made, facts = copied(data)
    assert (DEVICE in data, b"Exif" in data) == (True, True)
    assert (DEVICE in made, b"Exif" in made) == (False, False)
    assert picture_size(data, ImportFormat.JPEG) == (40, 20)
    assert (facts.width, facts.height) == (20, 40) == picture_size(made, ImportFormat.JPEG)


@pytest.mark.parametrize(
    ("made", "limits", "words"),
    [
        (photograph, ReadingLimits(pixels=700), "40 by 20 pixels; 0 million"),
        (lambda: b"\xff\xd8\xff\xe0" + bytes(100), LIMITS, "none that can be read"),
        (lambda: photograph()[:200], LIMITS, "cannot be decoded|none that can be read"),
        (clip, ReadingLimits(pixels=3000), "64 by 48 pixels"),
        (lambda: clip(pictures=130, rate=1), ReadingLimits(minutes=2), "longer than 2 minutes"),
        (
            lambda: clip("avi", "mpeg4", pictures=130, rate=1),
            ReadingLimits(minutes=2),
            "longer than 2 minutes",
        ),
        (lambda: clip()[:400], LIMITS, "cannot be read whole"),
        (lambda: b"\0\0\0\x18ftypisom" + bytes(300), LIMITS, "cannot be read whole|no pictures"),
    ],
    ids=["large", "head", "cut-picture", "large-clip", "long", "long-anew", "cut-clip", "hollow"],
)
def test_what_is_too_much_or_broken_is_refused_in_a_sentence(
    made: Callable[[], bytes], limits: ReadingLimits, words: str
) -> None:
    # proves F6
    with pytest.raises(ReadingRefusedError, match=words) as error:
        copied(made(), limits)
    assert str(error.value).endswith(".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(16, 1500), at=st.integers(12, 1499), byte=st.integers(0, 255))
def test_a_damaged_clip_is_copied_or_refused_and_nothing_else(cut: int, at: int, byte: int) -> None:
    # proves F6
    data = bytearray(_two_pictures()[:cut])
    data[min(at, len(data) - 1)] = byte
    with contextlib.suppress(ReadingRefusedError):
        assert copied(bytes(data))[1].width > 0


@functools.cache
def _two_pictures() -> bytes:
    return clip(pictures=2)


def talk(part: object) -> tuple[socket.socket, threading.Thread]:
    """Run the other side of a channel."""
    ours, theirs = socket.socketpair()

    def run() -> None:
        with theirs:
            part(theirs)  # type: ignore[operator]  # a function of the socket

    thread = threading.Thread(target=run)
    thread.start()
    return ours, thread


def test_a_process_reads_and_writes_through_its_channel() -> None:
    data, made = clip(), bytearray()

    def write(offset: int, block: bytes) -> None:
        made[offset : offset + len(block)] = block

    def process(service: socket.socket) -> None:
        source, target = RemoteSource(service, len(data)), RemoteTarget(service)
        say_found(service, read_file(source, len(data), target, LIMITS))

    ours, thread = talk(process)
    with ours:
        facts = serve(ours, lambda offset, length: data[offset : offset + length], write)
    thread.join()
    assert (facts.codec, pictures_in(bytes(made))) == ("h264", 8)


def test_what_no_process_says_ends_it() -> None:
    # proves F6
    def odd(service: socket.socket) -> None:
        service.sendall(b"?" + bytes(12))

    def large(service: socket.socket) -> None:
        send(service, b"F", 0, bytes(3000))

    def far(service: socket.socket) -> None:
        send(service, READ, 1 << 62, (4).to_bytes(4, "big"))

    def gone(service: socket.socket) -> None:
        service.close()

    for each in (odd, large, far, gone):
        ours, thread = talk(each)
        with ours, pytest.raises(ChannelError):
            serve(ours, lambda _offset, _length: b"", lambda _offset, _data: None)
        thread.join()
    ours, thread = talk(lambda service: say_refused(service, "It is no clip."))
    with ours, pytest.raises(ReadingRefusedError, match=r"It is no clip\."):
        serve(ours, lambda _offset, _length: b"", lambda _offset, _data: None)
    thread.join()


# proves F9
def test_a_process_that_may_not_give_way_is_confined_and_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    limited: list[int] = []

    def refused(_: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(resource, "setrlimit", lambda what, _: limited.append(what))
    monkeypatch.setattr(os, "nice", refused)
    confine(LIMITS)
    assert {resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE} <= {*limited}


@pytest.mark.slow
def test_another_process_reads_it_and_can_do_little_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F6
    data, made = photograph(), bytearray()

    def write(offset: int, block: bytes) -> None:
        made[offset : offset + len(block)] = block

    def read(offset: int, length: int) -> bytes:
        return data[offset : offset + length]

    facts = supervised.read_supervised(len(data), read, write, LIMITS)
    assert (facts.format, facts.width) == ("jpeg", 40)
    assert DEVICE not in made

    def failing(_offset: int, _data: bytes) -> None:
        raise OSError(28, "no room")

    with pytest.raises(OSError, match="no room"):  # the service's own failure is not the file's
        supervised.read_supervised(len(data), read, failing, LIMITS)
    written = tmp_path / "written"
    (tmp_path / "saying.py").write_text(
        "import os, pathlib, signal, socket, sys\n"
        "from fleet.imagery.reading.channel import say_refused\n"
        "from fleet.imagery.reading.child import confine\n"
        "from fleet.imagery.reading.limits import ReadingLimits\n"
        "confine(ReadingLimits.from_json(sys.argv[1]))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n"
        f"    pathlib.Path({str(written)!r}).write_bytes(b'x')\n"
        "    said = 'wrote'\n"
        "except OSError:\n"
        "    said = 'could not write'\n"
        "knows = set(os.environ) - {'PATH', 'PYTHONPATH', 'OPENCV_IO_MAX_IMAGE_PIXELS', 'LC_CTYPE'}\n"
        "say_refused(socket.socket(fileno=0), f'{said}, knows {sorted(knows)}')\n"
    )
    (tmp_path / "looping.py").write_text("while True:\n    pass\n")
    (tmp_path / "dying.py").write_text("import os\nos.abort()\n")
    monkeypatch.setenv("LAPEL_SECRET", "x")
    monkeypatch.setattr(supervised, "_ROOT", f"{supervised._ROOT}:{tmp_path}")
    for module, limits, words in (
        ("saying", LIMITS, r"could not write, knows \[\]"),
        ("looping", ReadingLimits(seconds=1), "takes longer than 1 seconds"),
        ("dying", LIMITS, "whoever reads it failed at it"),
    ):
        monkeypatch.setattr(supervised, "_MODULE", module)
        with pytest.raises(ReadingRefusedError, match=words):
            supervised.read_supervised(len(data), read, write, limits)
    assert not written.exists() or not written.read_bytes()
