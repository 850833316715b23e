"""One process of a virtual camera, from power on to power off, and what is said to it and by it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from simulator.cameras.messages import Failed, IsUp, Picture, Settled, SettledYet
from simulator.errors import CameraError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from simulator.cameras.messages import ToCamera

HEARD_S = 30


class CameraPower:
    """A process that runs a camera. Thread-safe.

    Attributes:
        up: Set once the camera runs, or has ended.
        ending: Whether its end is wanted.
        failure: Why it ended by itself, if it did.

    Args:
        process: The process.
        lifeline: To it.
        name: What the camera is called.
        died: What is said of a process that ends by itself without a word.
        seen: Gets each picture.
    """

    def __init__(
        self,
        process: BaseProcess,
        lifeline: Connection,
        name: str,
        *,
        died: str,
        seen: Callable[[bytes], None],
    ) -> None:
        self.process = process
        self.up = threading.Event()
        self.ending = False
        self.failure: str | None = None
        self._lifeline = lifeline
        self._name = name
        self._died = died
        self._seen = seen
        self._settled = 0
        self._over = False
        self._news = threading.Condition()
        self._sending = threading.Lock()
        self._reader = threading.Thread(target=self._read, name=f"{name} pictures", daemon=True)
        self._reader.start()

    def send(self, message: ToCamera) -> None:
        """Send one message; to a process that is gone nothing is sent."""
        try:
            with self._sending:
                self._lifeline.send(message)
        except OSError:
            # It has no power any more, and so there is nobody to send to.
            return

    def settle(self) -> None:
        """Return once everything that was sent is so.

        Raises:
            CameraError: It takes too long, or the process ended.
        """
        with self._news:
            number = self._settled + 1
            self.send(SettledYet(number))
            self._news.wait_for(lambda: self._settled >= number or self._over, HEARD_S)
            if self._settled < number:
                raise CameraError(self.failure or f"{self._name} did not take in what was done to it.")

    def end(self) -> None:
        """Wait for the end of the process."""
        self.process.join()
        self._reader.join()
        self._lifeline.close()

    def _read(self) -> None:
        """Take in what the camera sends, until its end."""
        try:
            while True:
                message = self._lifeline.recv()
                if isinstance(message, Picture):
                    self._seen(message.jpeg)
                elif isinstance(message, Settled):
                    with self._news:
                        self._settled = message.number
                        self._news.notify_all()
                elif isinstance(message, IsUp):
                    self.up.set()
                elif isinstance(message, Failed):
                    self.failure = message.sentence
        except (EOFError, OSError):
            if not self.ending and self.failure is None:
                self.failure = self._died
            self.up.set()
            with self._news:
                self._over = True
                self._news.notify_all()
