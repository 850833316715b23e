"""Debian's sshd on a free port of this machine, for whoever runs the tests: keys alone, made for the test."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SSHD: Final = "/usr/sbin/sshd"
SEPARATION: Final = Path("/run/sshd")
"""Where an sshd of root's needs a folder of its own; Debian makes it when the service starts."""
PATIENCE_S: Final = 30


@dataclass(frozen=True)
class SshServer:
    """An sshd that runs.

    Attributes:
        folder: Its keys and configurations.
        port: Where it listens.
    """

    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}"

    def client_config(self, *, knows_host: bool = True, has_key: bool = True) -> Path:
        """A configuration of ssh that knows this server and has a key for it, or not."""
        file = self.folder / f"ssh_config_{knows_host}_{has_key}"
        known = self.folder / ("known_hosts" if knows_host else "nobody_known")
        known.touch()
        file.write_text(
            f"IdentityFile {self.folder / ('user_key' if has_key else 'other_key')}\n"
            "IdentitiesOnly yes\nIdentityAgent none\n"
            f"UserKnownHostsFile {known}\nGlobalKnownHostsFile /dev/null\n"
        )
        return file


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Run an sshd as whoever runs this, until the context ends."""
    folder.mkdir()
    for name in ("host_key", "user_key", "other_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "authorized_keys").write_text((folder / "user_key.pub").read_text())
    if os.geteuid() == 0:
        SEPARATION.mkdir(mode=0o755, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host_key.pub').read_text()}")
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder / 'host_key'}\nPidFile none\n"
        f"AuthorizedKeysFile {folder / 'authorized_keys'}\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
    )
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(folder / "sshd_config")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait_until_it_listens(process, port, folder / "sshd.log")
        yield SshServer(folder, port)
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.02)
        else:
            return
