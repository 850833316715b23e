"""The link, loaded and made in a thread of its own, so that a camera is ready before it.

Rules:

- What talks to the network takes as long to load as all else that a start does. A camera does not wait for
  it: it films meanwhile, and a press counts.
- News that comes before the link is there is kept, and passed on in its order.
- A link that cannot be made is said in ``trouble``. The camera films without it.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Protocol

from device.errors import DeviceError
from protocol.process.loading import loading_without

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from device.link.link import Link
    from protocol.messages.events import CameraEvent

log = logging.getLogger(__name__)


def load_link(*args: Any, **kwargs: Any) -> Link:  # noqa: ANN401 - what ``Link`` takes
    """Load the link and make it of what it takes."""
    # HTTPX loads a command line of its own where Rich is installed, as it is here for ours: 50 ms and 10 MB.
    with loading_without("httpx._main", "dns"):
        from device.link.link import Link  # noqa: PLC0415 - the point of this module

    return Link(*args, **kwargs)


class KeptLink(Protocol):
    """A link to come; see ``device.link.background.BackgroundLink``.

    Attributes:
        trouble: Why there is no link, in a sentence; None while that is not so.
    """

    trouble: str | None

    def start(self) -> None: ...  # noqa: D102 - as ``BackgroundLink`` describes
    def publish(self, news: CameraEvent) -> None: ...  # noqa: D102 - see above
    def status_changed(self) -> None: ...  # noqa: D102 - see above
    def stop(self) -> None: ...  # noqa: D102 - see above


class BackgroundLink:
    """A link to come.

    Args:
        make: Makes the link; may take its time. A ``DeviceError`` is its refusal.

    Attributes:
        trouble: Why there is no link, in a sentence; None while that is not so.
    """

    def __init__(self, make: Callable[[], Link]) -> None:
        self.trouble: str | None = None
        self._make = make
        self._link: Link | None = None
        self._kept: list[CameraEvent] = []
        self._over = False
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def publish(self, news: CameraEvent) -> None:
        """Pass news on to the fleet, now or once the link is there. Returns at once, from any thread."""
        with self._guard:
            if self._link is not None:
                self._link.publish(news)
            elif not self._over:
                self._kept.append(news)

    def status_changed(self) -> None:
        """Have the status sent soon; a link to come sends it when it starts. Returns at once."""
        with self._guard:
            if self._link is not None:
                self._link.status_changed()

    def stop(self) -> None:
        """Stop the link, as it does; one that is not there yet never starts."""
        with self._guard:
            self._over = True
            link = self._link
        if link is not None:
            link.stop()

    def _run(self) -> None:
        try:
            link = self._make()
        except DeviceError as error:
            log.warning("%s There is no link to the fleet until then.", error)
            self._give_up(str(error))
            return
        except Exception as error:  # a camera that films on is worth more than a clean end
            log.exception("The link could not be made.")
            self._give_up(f"There is no link to the fleet ({type(error).__name__}: {error}): see the log.")
            return
        with self._guard:
            if self._over:
                return  # it was stopped meanwhile
            for news in self._kept:
                link.publish(news)
            self._kept.clear()
            link.start()
            self._link = link

    def _give_up(self, sentence: str) -> None:
        with self._guard:
            self.trouble = sentence
            self._over = True
            self._kept.clear()
