"""What a recorder is made of, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.recording.news import News
from device.recording.opener import Opener
from device.ring.keys import KeyBuffer, fill_from
from device.ring.ring import Ring
from device.ring.sealer import Sealer
from device.ring.segment_log import SegmentLog
from device.ring.segment_writer import SegmentWriter
from device.ring.window import Window
from device.storage.private_mark import PrivateMark
from device.storage.space import Reserve
from protocol.units import MIB

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Clock
    from device.config.sections import Config
    from device.credentials import Credentials
    from device.recovery.recovery import Recovered
    from device.shelf import Shelf
    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder

_SPARE_CHUNKS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one run's recorder; ``keys_locked`` says whether its keys can never reach swap."""

    filesystem: Filesystem
    folders: StateFolder
    shelf: Shelf
    clock: Clock
    writer: SegmentWriter
    window: Window
    reserve: Reserve
    private: PrivateMark
    opener: Opener
    news: News
    keys_locked: bool


def make_parts(
    config: Config,
    credentials: Credentials,
    *,
    filesystem: Filesystem,
    folders: StateFolder,
    shelf: Shelf,
    clock: Clock,
    random: Callable[[int], bytes],
    found: Recovered,
) -> Parts:
    """Make the parts of a new run.

    Args:
        config: Window, segments and reserve.
        credentials: As whom to sign and to whom to seal.
        filesystem: The disk.
        folders: Where things are.
        shelf: Is shown every change.
        clock: Tells the time.
        random: Draws ids. Keys come from the kernel, unless this is another generator than ``os.urandom``.
        found: What recovery found.
    """
    max_chunks = int(config.camera.window_s * 2) + _SPARE_CHUNKS
    keys = KeyBuffer(max_chunks + 2, fill_from(random))
    window = Window(Ring(config.window_ns, config.camera.window_mib * MIB, max_chunks), keys)
    reserve = Reserve(filesystem, folders.reserve, config.storage.reserve_mib * MIB)
    sealer = Sealer(credentials, keys, clock, random, config.window_ns)
    log = SegmentLog(
        filesystem,
        folders.ring,
        sealer,
        max_chunks=config.storage.segment_chunks,
        max_bytes=config.storage.segment_mib * MIB,
    )
    return Parts(
        filesystem=filesystem,
        folders=folders,
        shelf=shelf,
        clock=clock,
        writer=SegmentWriter(sealer, log),
        window=window,
        reserve=reserve,
        private=PrivateMark(filesystem, folders.private, reserve),
        opener=Opener(
            filesystem,
            folders,
            credentials,
            window=window,
            reserve=reserve,
            clock=clock,
            random=random,
            run=sealer.run,
            number=found.number,
            previous_open=found.previous_open,
        ),
        news=News(credentials.camera, random),
        keys_locked=keys.locked,
    )
