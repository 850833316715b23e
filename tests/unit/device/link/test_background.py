"""A link that comes later: nothing waits for it, nothing is lost until then, and a refusal is said."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from device.link.background import BackgroundLink
from device.link.errors import IdentityError
from device.link.link import Link

pytestmark = pytest.mark.slow

PATIENCE_S = 20


@dataclass
class Noted:
    """A link that notes what is asked of it."""

    done: list[Any] = field(default_factory=list)
    started: threading.Event = field(default_factory=threading.Event)

    def publish(self, news: object) -> None:
        self.done.append(news)

    def start(self) -> None:
        self.done.append("start")
        self.started.set()

    def stop(self) -> None:
        self.done.append("stop")


class Slow:
    """Makes a link once it may."""

    def __init__(self) -> None:
        self.link = Noted()
        self.may = threading.Event()
        self.asked = threading.Event()
        self.made = threading.Event()

    def __call__(self) -> Link:
        self.asked.set()
        assert self.may.wait(PATIENCE_S)
        self.made.set()
        return cast("Link", self.link)


def test_news_before_the_link_is_kept_in_order_and_news_after_it_passed_on() -> None:
    make = Slow()
    background = BackgroundLink(make)
    background.publish(cast("Any", 1))
    background.start()
    assert make.asked.wait(PATIENCE_S), "and nobody waited"
    background.publish(cast("Any", 2))
    assert make.link.done == []
    make.may.set()
    assert make.link.started.wait(PATIENCE_S)
    background.publish(cast("Any", 3))
    background.stop()
    assert make.link.done == [1, 2, "start", 3, "stop"]
    assert background.trouble is None


def test_a_link_that_is_stopped_before_it_is_there_never_starts() -> None:
    make = Slow()
    background = BackgroundLink(make)
    background.start()
    background.stop()
    make.may.set()
    assert make.made.wait(PATIENCE_S)
    background._thread.join(PATIENCE_S)
    assert make.link.done == []


DAMAGED = "The certificate is damaged: enrol the camera again."
BROKEN = "There is no link to the fleet (ImportError: no such library): see the log."


@pytest.mark.parametrize(
    ("error", "trouble"), [(IdentityError(DAMAGED), DAMAGED), (ImportError("no such library"), BROKEN)]
)
def test_a_link_that_cannot_be_made_is_said_and_keeps_nothing(
    caplog: pytest.LogCaptureFixture, error: Exception, trouble: str
) -> None:
    def refuse() -> Link:
        raise error

    background = BackgroundLink(refuse)
    background.publish(cast("Any", 1))
    background.start()
    background._thread.join(PATIENCE_S)
    background.publish(cast("Any", 2))
    assert background.trouble == trouble
    assert str(error) in caplog.text
    assert background._kept == []
    background.stop()


def test_a_camera_loads_nothing_of_the_network_before_it_is_ready() -> None:
    code = "import sys, device.cli, device.camera; print({'httpx', 'paho', 'ssl', 'rich'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
