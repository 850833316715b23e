"""Keeps a camera's link in virtual time: it steps when something happened, and when something is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.link.link import Link
    from protocol.messages.events import CameraEvent
    from simulator.driven.time import DrivenTime
    from simulator.driven.wire.line import DrivenLine
    from simulator.driven.wire.session import DrivenSession


class DrivenLink:
    """Keeps the link of one boot, as ``device.link.background.BackgroundLink`` does with threads.

    Attributes:
        trouble: Why there is no link.
        session: Its connection to the broker, the newest one.
    """

    def __init__(self, make: Callable[[], Link], time: DrivenTime, line: DrivenLine) -> None:
        self.trouble: str | None = None
        self.session: DrivenSession | None = None
        self._make = make
        self._time = time
        self._line = line
        self._link: Link | None = None
        self._step_number = 0
        self._woken = False

    def start(self) -> None:
        """Make it, and begin."""
        try:
            self._link = self._make()
        except DeviceError as error:
            self.trouble = str(error)
            return
        self._link.begin()
        self.wake()

    def publish(self, news: CameraEvent) -> None:
        """Pass news on."""
        if self._link is not None:
            self._link.publish(news)
            self.wake()

    def status_changed(self) -> None:
        """Have the status sent soon."""
        if self._link is not None:
            self._link.status_changed()
            self.wake()

    def stop(self) -> None:
        """Say goodbye and stop."""
        link, self._link = self._link, None
        if link is not None:
            link.finish()

    def forget(self) -> None:
        """The power is gone."""
        self._link = None
        if self.session is not None:
            self.session.power_cut()

    def line_changed(self) -> None:
        """The line was cut, or is back."""
        if self.session is not None and not self._line.there:
            self.session.lost_line()
        self.wake()

    def wake(self) -> None:
        """Have it step at this instant, once."""
        if not self._woken:
            self._woken = True
            self._time.after(0, self._step)

    def _step(self) -> None:
        self._woken = False
        link = self._link
        if link is None:
            return
        wait_s = link.step(self._over)
        self._step_number += 1
        number = self._step_number
        self._time.after(wait_s, lambda: self.wake() if self._step_number == number else None)

    def _over(self, done: Callable[[], None]) -> None:
        """The camera learns what came of a request when the time for it is over."""

        def learn() -> None:
            done()
            self.wake()

        self._time.after(self._line.took_s(), learn)
