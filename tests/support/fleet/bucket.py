"""Real S3 servers for tests, each on a free port, with a bucket; they keep their word on create-only.

``running_bucket`` is quick, and looks at no signature. ``running_swift`` looks at all that is signed.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from fleet.core.config import FootageSection
from fleet.footage.direct.signing import AccessKeys, StoreAddress, sign_put
from protocol.messages.uploads import direct_headers

BIN = Path(sys.executable).parent
SECRET = "throw-away-secret-of-this-test"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": SECRET}
SWIFT_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test:key", "AWS_SECRET_ACCESS_KEY": SECRET}
BUCKET = "footage"
REGION = "eu-west-2"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait for a server's port."""
    waiting = threading.Event()
    for _ in range(600):
        if process.poll() is not None:
            pytest.fail(f"the S3 server ended with status {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        waiting.wait(0.05)  # it has no other way to say that it is ready
    pytest.fail("the S3 server did not start")


@contextmanager
def running_bucket() -> Iterator[str]:
    """Run a server with an empty bucket; gives its address."""
    port = free_port()
    with subprocess.Popen(
        [BIN / "moto_server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until_it_listens(process, port)
            make_bucket(f"http://127.0.0.1:{port}/{BUCKET}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


@contextmanager
def running_swift(folder: Path) -> Iterator[str]:
    """Run a Swift with an empty bucket; gives its address, for ``SWIFT_CREDENTIALS``."""
    port, keys = free_port(), AccessKeys("test:key", SECRET)
    program = Path(__file__).with_name("swift_server.py")
    words: list[str | Path] = [folder / "swift", str(port), keys.name, keys.secret, REGION]
    with subprocess.Popen([sys.executable, "-W", "ignore", program, *words]) as process:
        try:
            wait_until_it_listens(process, port)
            where = StoreAddress("http", f"127.0.0.1:{port}", BUCKET, "", REGION)
            nothing = hashlib.sha256(b"").digest()
            url = sign_put(where, keys, "", 0, nothing, datetime.now(UTC), 60)
            httpx.put(url, headers=direct_headers(0, nothing)).raise_for_status()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def ask(address: str, body: bytes | None = None) -> None:
    """Put something to the server, which looks at no signature."""
    httpx.put(address, content=body).raise_for_status()


def make_bucket(address: str, region: str = REGION) -> None:
    """Make a bucket in a region; of a signature the server looks at the region alone."""
    said = (
        "<CreateBucketConfiguration><LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>"
    )
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential=key/20260101/{region}/s3/aws4_request"}
    httpx.put(address, content=said.format(region), headers=signed).raise_for_status()


def keep_versions(endpoint: str) -> None:
    """Have the bucket keep old versions of its objects."""
    said = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    ask(f"{endpoint}/{BUCKET}?versioning", said)


def section(endpoint: str, bucket: str = f"{BUCKET}/evidence") -> FootageSection:
    """Return the configuration of a store in it."""
    return FootageSection(store=f"s3://{bucket}", endpoint=endpoint, region=REGION)


def give_credentials(credentials: Mapping[str, str]) -> None:
    """Give what this process starts from now on the server's credentials."""
    os.environ.update(credentials)
