"""The PortAudio library, as all microphones of a process share it, and when it has to look for devices again.

PortAudio lists the machine's devices once, when it is initialised: a microphone that is plugged in later is
not in its list, and one that was pulled out stays in it. Only ending it and initialising it again makes a new
list, and that closes every stream there is.

Rules:

- It looks again whenever a microphone is about to open, unless the list is fresh or anybody in this process
  has a stream open through sounddevice, be it a microphone of ours or a program's that embeds a camera. Such
  streams are found by their classes, since neither library tells of them.
- Somebody who initialised PortAudio a second time keeps it as it is: it counts, and so the list stays.
- One thread at a time opens, closes and looks again: PortAudio does not allow for more.
- sounddevice loads PortAudio when imported, so it is imported only when a microphone opens; without the
  library that is one sentence naming Debian's package.
"""

from __future__ import annotations

import gc
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from device.sources.base import SourceError
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

FRESH_NS: Final = NS_PER_S // 2
"""A list that was made this recently is not made again: the one of the import, for the opening after it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """PortAudio's list of devices.

    Attributes:
        made_ns: When it was made, on a clock that only goes forward; None where that failed.
        streams: Whether anybody has a stream open.
        users: How often PortAudio was initialised, and not ended since.
    """

    made_ns: int | None
    streams: bool
    users: int


def looks_again(listing: Listing, now_ns: int) -> bool:
    """Say whether PortAudio makes a new list now. Pure.

    Args:
        listing: The list there is.
        now_ns: Now, on the clock of ``made_ns``.
    """
    if listing.made_ns is None:
        return True
    return not listing.streams and listing.users <= 1 and now_ns - listing.made_ns >= FRESH_NS


class PortAudioLibrary:
    """PortAudio in this process.

    Args:
        load: Imports sounddevice.
        monotonic_ns: A clock that only goes forward.
    """

    def __init__(
        self, load: Callable[[], ModuleType], monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._load = load
        self._now_ns = monotonic_ns
        self._guard = threading.Lock()
        self._module: ModuleType | None = None
        self._made_ns: int | None = None

    @contextmanager
    def with_devices(self) -> Iterator[ModuleType]:
        """Give sounddevice, with a list of the devices that there are; nobody else opens or closes meanwhile.

        Raises:
            SourceError: PortAudio is missing, or does not start.
        """
        with self._guard:
            module = self._load()
            if module is not self._module:
                self._module, self._made_ns = module, self._now_ns()
            elif looks_again(self._listing(module), self._now_ns()):
                self._look_again(module)
            yield module

    def close(self, stream: Any) -> None:  # noqa: ANN401 - sounddevice ships no types
        """Close a stream, which may be dead already."""
        with self._guard:
            stream.close()

    def _listing(self, module: ModuleType) -> Listing:
        return Listing(self._made_ns, _any_stream(module), int(module._initialized))  # noqa: SLF001 - not told otherwise

    def _look_again(self, module: ModuleType) -> None:
        """End PortAudio and initialise it again, as sounddevice does at its import."""
        made_ns, self._made_ns = self._made_ns, None
        try:
            if made_ns is not None:
                module._terminate()  # noqa: SLF001 - the only way to a new list
            module._initialize()  # noqa: SLF001 - as above
        except module.PortAudioError as error:
            raise SourceError("PortAudio does not start again: restart the camera.") from error
        self._made_ns = self._now_ns()


def _any_stream(module: ModuleType) -> bool:
    """Whether any stream of sounddevice is open in this process, whoever opened it.

    Every object refers to its class. All objects of the process are not to be listed (``gc.get_objects``):
    while such a list lives, a tuple that another thread is making of a generator fails with ``SystemError``,
    since it must be nobody else's when it gets its length.
    """
    kind = module._StreamBase  # noqa: SLF001 - what all its streams are
    found = gc.get_referrers(*_family(kind))
    return any(issubclass(type(each), kind) and not each.closed for each in found)


def _family(kind: type[Any]) -> list[type[Any]]:
    """A class and all that descend from it."""
    found = [kind]
    for derived in kind.__subclasses__():
        found += _family(derived)
    return found


def load_portaudio() -> ModuleType:
    """Import sounddevice.

    Raises:
        SourceError: It, or the PortAudio library, is not installed.
    """
    try:
        import sounddevice  # noqa: PLC0415 - loads a system library that only a microphone needs
    except OSError as error:
        raise SourceError(
            "The PortAudio library is missing: install it (on Debian: apt install libportaudio2)."
        ) from error
    except ImportError as error:
        raise SourceError("The Python package sounddevice is missing: install lapel[device].") from error
    return cast("ModuleType", sounddevice)


PORTAUDIO: Final = PortAudioLibrary(load_portaudio)
"""The one of this process."""
