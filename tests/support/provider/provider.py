"""A real OpenID Connect provider in a process of its own (npm ``oidc-provider``), on a free loopback port.

What it does next is said to it: who signs in there, with which claims, whose account is gone, when its keys
rotate. ``provider.mjs`` beside this file is the provider; ``npm ci`` there installs it (``make setup``).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx

FOLDER = Path(__file__).parent
SECRET = "a-secret-of-the-tests-that-is-long-enough"


@dataclass(frozen=True)
class TestProvider:
    """A running provider."""

    __test__ = False

    issuer: str
    process: subprocess.Popen[str]

    def say(self, **wanted: Any) -> list[str]:  # noqa: ANN401 - whatever JSON holds
        """Have it do something, as ``account="one", claims={…}``; return what it sent by the back channel."""
        answer = httpx.post(f"{self.issuer}/control", json=wanted, timeout=60).raise_for_status()
        sent: list[str] = answer.json()
        return sent

    def logout_token(self, account: str, sid: str = "a session") -> str:
        """What it sends when somebody signs out there."""
        (body,) = self.say(logout=account, sid=sid)
        return parse_qs(body)["logout_token"][0]

    def sign_in(self, url: str) -> str:
        """Follow an authorization as a browser does, and return where the provider sends it back to."""
        with httpx.Client(timeout=60) as client:
            for _ in range(10):
                answer = client.get(url)
                assert answer.is_redirect, (answer.status_code, answer.text[:500])
                target = answer.url.join(answer.headers["location"])
                if not str(target).startswith(self.issuer):
                    return str(target)
                url = str(target)
        raise AssertionError("the provider sends people round and round")

    def stop(self) -> None:
        """Have it answer no more."""
        self.process.terminate()
        self.process.wait(timeout=20)


@contextmanager
def a_provider(
    *, redirect: str, logout: str, port: int = 0, issuer: str | None = None
) -> Iterator[TestProvider]:
    """Start a provider that knows one client, ``lapel``.

    Args:
        redirect: where it sends people back to.
        logout: where it tells that somebody signed out.
        port: where it listens; 0 for any free port.
        issuer: what it calls itself; None for its address.
    """
    asked = {"port": port, "redirect": redirect, "logout": logout, "secret": SECRET, "issuer": issuer}
    words = [
        "node",
        "provider.mjs",
        json.dumps({key: value for key, value in asked.items() if value is not None}),
    ]
    process = subprocess.Popen(words, cwd=FOLDER, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the provider did not start"
    told = json.loads(line)
    running = TestProvider(f"http://127.0.0.1:{told['port']}", process)
    try:
        yield running
    finally:
        if process.poll() is None:
            running.stop()
