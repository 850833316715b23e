"""The vault's control socket: how ``lapel-fleet vault unseal`` reaches the running service.

A Unix socket in the vault's folder, for the service's own user alone (0600). One JSON object a line each way:

    {"do": "unseal", "secret": "…"}
    {"ok": true, "sentence": "The vault is open.", "opened_by": "passphrase", "is_sealed": false}

Rules:

- a line is at most 4 KiB, and a connection that says nothing for ten seconds is closed;
- what is not understood is answered in a sentence; nothing ends the server;
- a secret travels here and nowhere else: it is no argument of a process, and nothing logs it.

Whoever can reach it owns the state folder already, so tries are limited as on the page and no further.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool

from fleet.connections.unix_socket import address_of
from fleet.core.actor import OPERATOR
from fleet.core.errors import FleetError
from fleet.vault.keybox import OpenedBy
from fleet.vault.unsealing import Unsealing
from fleet.vault.vault import Vault

MAX_LINE: Final = 4096
IDLE_S: Final = 10.0
ANSWER_S: Final = 60.0
OPEN: Final = "The vault is open."


class NotRunningError(FleetError):
    """No service runs on this state folder, or it does not answer."""


class VaultControl:
    """Answers the command line for as long as the service runs."""

    def __init__(self, path: Path, vault: Vault, unsealing: Unsealing) -> None:
        self._path = path
        self._vault = vault
        self._unsealing = unsealing

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for the length of the block. The state folder is locked, so nobody else does.

        Raises:
            OSError: the socket cannot be made.
        """
        self._path.unlink(missing_ok=True)
        with address_of(self._path) as address:
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(address)
        self._path.chmod(0o600)
        server = await asyncio.start_unix_server(self._talk, sock=listening, limit=MAX_LINE)
        try:
            yield
        finally:
            server.close()
            self._path.unlink(missing_ok=True)

    def answer(self, line: bytes) -> dict[str, Any]:
        """Do what a line asks for, and say what became of it."""
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        secret = request.get("secret", "") if isinstance(request, dict) else None
        if not isinstance(request, dict) or not isinstance(secret, str):
            return {"ok": False, "sentence": "A request is one JSON object on a line."}
        try:
            done = self._do(request.get("do"), secret)
        except FleetError as error:
            return {**self._state(), "ok": False, "sentence": str(error)}
        return {"ok": True, **self._state(), **({"sentence": done} if done else {})}

    def _do(self, what: object, secret: str) -> str:
        if what == "unseal":
            return self._unseal(secret)
        if what == "seal":
            self._vault.seal(OPERATOR)
        elif what != "status":
            raise FleetError("The vault can: status, unseal, seal.")
        return ""

    def _unseal(self, secret: str) -> str:
        match self._vault.opener.by:
            case OpenedBy.PASSPHRASE:
                self._unsealing.by_passphrase(OPERATOR, secret)
            case OpenedBy.SHARES:
                more = self._unsealing.by_share(OPERATOR, secret)
                if more:
                    return f"This share counts. {more} more {'is' if more == 1 else 'are'} needed."
            case OpenedBy.KEY_FILE | OpenedBy.HARDWARE:
                self._unsealing.by_itself(OPERATOR)
        return ""

    def _state(self) -> dict[str, Any]:
        sealed = self._vault.sealed()
        sentence = OPEN if sealed is None else f"{sealed.refusal}{f' {sealed.why}' if sealed.why else ''}"
        by = str(self._vault.opener.by)
        return {"sentence": sentence, "opened_by": by, "is_sealed": sealed is not None}

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError, TimeoutError):
            line = await asyncio.wait_for(reader.readline(), IDLE_S)
            said = await run_in_threadpool(self.answer, line)
            writer.write(json.dumps(said).encode() + b"\n")
            await writer.drain()
        writer.close()


def ask(path: Path, do: str, secret: str = "") -> dict[str, Any]:
    """Ask the service that listens on a socket, and return its answer.

    Raises:
        NotRunningError: none does, or it does not answer.
    """
    line = json.dumps({"do": do, "secret": secret}).encode() + b"\n"
    try:
        with address_of(path) as address, socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_S)
            connection.connect(address)
            connection.sendall(line)
            with connection.makefile("rb") as lines:
                found = json.loads(lines.readline())
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise NotRunningError(
            f"No service listens at {path}; start it, or give the state folder that it was started with."
        ) from error
    except PermissionError as error:
        raise NotRunningError(
            f"{path} cannot be reached by this user: run this as the service's user."
        ) from error
    except (OSError, ValueError) as error:
        raise NotRunningError(f"The service does not answer at {path}: {error}.") from error
    if not isinstance(found, dict):
        raise NotRunningError(f"What listens at {path} is not the service.")
    return found
