"""Forks programs of the product: ``python -m tests.support.programs.fork_server NAME``, by ``forked``.

It loads what the programs need, once, and forks for each that is asked for. The child is then the program:
its words, environment, folder and files for input and output are those of the call, it runs the program's own
``main``, and it ends as an interpreter ends. The server itself never starts a thread, and opens nothing for a
program before that has been forked.

It listens on the abstract socket NAME (unix(7)). A call is one message: JSON with ``program``, ``words``,
``environment``, ``folder`` and ``session`` (whether it leads a session of its own), and four files: input,
output, errors, and a pipe. The server answers with the process's number. Through the pipe it tells the end,
as ``subprocess`` has it, in text; once nobody holds the pipe's other end, the program is told to stop, as one
is whose parent has died. The server itself ends when its input does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import ModuleType

from typer.main import get_command

from tests.support.programs.prepared import prepare

PROGRAMS = {
    "lapel-fleet": "fleet.cli",
}
LOADED_LATER = (
    "fleet.server.serve",
    "anyio._backends._asyncio",
    "anyio.streams.tls",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.auto",
)
"""What a program loads only when it is asked for something that needs it."""
LONGEST = 262_144
FILES = 4
INPUT = 0


@dataclass(frozen=True)
class Call:
    """A program that is asked for, and its files: input, output, errors, and where its end is told."""

    program: str
    words: list[str]
    environment: dict[str, str]
    folder: str
    session: bool
    files: list[int]


@dataclass
class ForkServer:
    """Waits for calls, and for the ends of programs.

    Attributes:
        calls: Where calls come from.
        ends: Of each program that runs, where its end is told.
    """

    calls: socket.socket
    ends: dict[int, int] = field(default_factory=dict)

    def serve(self) -> Call | None:
        """Serve until input ends; return in a child what it is to become, in the server None."""
        hears, says = os.pipe()
        os.set_blocking(says, False)
        signal.set_wakeup_fd(says)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        with select.epoll() as ready:
            for file in (self.calls.fileno(), hears, INPUT):
                ready.register(file, select.EPOLLIN)
            while True:
                for file, _ in ready.poll():
                    if file == INPUT:
                        self._stop()
                        return None
                    if file == self.calls.fileno():
                        call = self._called()
                        if call is not None and self._is_child(call, ready):
                            return call
                    elif file == hears:
                        os.read(hears, 4096)
                        self._tell_ends(ready)
                    else:
                        self._is_alone(file, ready)

    def _called(self) -> Call | None:
        """Hear a call, and leave the answer to whoever forks."""
        caller, _ = self.calls.accept()
        message, files, _, _ = socket.recv_fds(caller, LONGEST, FILES)
        if not message:
            caller.close()
            return None
        return Call(**json.loads(message), files=[*files, caller.detach()])

    def _is_child(self, call: Call, ready: select.epoll) -> bool:
        """Fork, and answer; say whether this is the child."""
        if (process := os.fork()) == 0:
            return True
        *standard, end, caller = call.files
        os.write(caller, str(process).encode())
        for each in (*standard, caller):
            os.close(each)
        self.ends[process] = end
        ready.register(end, 0)  # that nobody holds its other end is told whether it is asked for or not
        return False

    def _tell_ends(self, ready: select.epoll) -> None:
        for process in tuple(self.ends):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                end = self.ends.pop(process)
                with suppress(FileNotFoundError):
                    ready.unregister(end)
                with suppress(BrokenPipeError):
                    os.write(end, str(os.waitstatus_to_exitcode(status)).encode())
                os.close(end)

    def _is_alone(self, end: int, ready: select.epoll) -> None:
        """Whoever called is gone."""
        ready.unregister(end)
        for process, own in self.ends.items():
            if own == end:
                os.kill(process, signal.SIGTERM)

    def _stop(self) -> None:
        """Tell what still runs to stop."""
        for process in self.ends:
            os.kill(process, signal.SIGTERM)


def become(call: Call) -> None:
    """Make this process the program that was called, but for running it."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if call.session:
        os.setsid()
    for number, file in enumerate(call.files[:3]):
        os.dup2(file, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(call.environment)
    os.chdir(call.folder)
    sys.argv = [call.program, *call.words]
    sys.modules["__main__"] = ModuleType("__main__")


def _main_of(module: ModuleType) -> Callable[[], None]:
    """A program's own ``main``, its commands worked out now: typer does it at each call."""
    module.app = get_command(module.app)  # type: ignore[attr-defined] # every program has one
    main: Callable[[], None] = module.main
    return main


def main() -> None:
    """Serve, and in each child run the program."""
    mains = {name: _main_of(importlib.import_module(module)) for name, module in PROGRAMS.items()}
    for module in LOADED_LATER:
        importlib.import_module(module)
    dear = prepare()
    gc.collect()
    gc.freeze()
    calls = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    calls.bind("\0" + sys.argv[1])
    calls.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    call = ForkServer(calls).serve()
    if call is not None:
        calls.detach()
        become(call)
        dear.put_back(call.environment)
        mains[call.program]()


if __name__ == "__main__":
    main()
