"""A real sound server of the test's own, whose microphones are plugged in and pulled out.

    with sound_server(tmp_path) as server:
        monkeypatch.setattr(os, "environ", {**os.environ, **server.environment})
        server.plug_in("usb")

PulseAudio runs in a folder of its own, and talks to nobody else's; PortAudio reaches it through ALSA, which
knows what is plugged in, as it knows the sound cards of a machine. A microphone is the monitor of a sink that
plays nowhere, with a tone on it if that is wanted.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PATIENCE_S = 20.0
_BASE = Path("/usr/share/alsa/alsa.conf")
_HOOKS = re.compile(r"^@hooks \[.*?^\]", re.DOTALL | re.MULTILINE)
"""What loads the machine's own devices."""
_MICROPHONE = """pcm.{name} {{ type pulse server "{server}" device "{name}.monitor" hint {{ show on }} }}
pcm.!default {{ type pulse server "{server}" device "{name}.monitor" hint {{ show on }} }}
"""


@dataclass
class SoundServer:
    """A running server.

    Attributes:
        environment: What a program needs in its environment to hear what is plugged in here.
        own: What the server itself needs in it.
    """

    folder: Path
    environment: dict[str, str]
    own: dict[str, str] = field(repr=False)
    _modules: dict[str, list[str]] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, without any microphone."""
        program = shutil.which("pulseaudio")
        assert program is not None, "pulseaudio is missing: make setup"
        socket = self.folder / "native"
        socket.unlink(missing_ok=True)
        self._modules.clear()
        words = [program, "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
        words += ["--log-level=error", "--disable-shm=yes", "-L"]
        words.append(f"module-native-protocol-unix socket={socket} auth-anonymous=1")
        self._process = process = subprocess.Popen(
            words,
            env={**os.environ, **self.own},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _PATIENCE_S
        while not socket.exists():
            assert process.poll() is None, "the sound server did not start"
            assert time.monotonic() < deadline, "the sound server did not start"
            time.sleep(0.02)
        self._tell_alsa()

    def die(self) -> None:
        """End at once, whoever is listening."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def plug_in(self, name: str, *, tone_hz: int | None = 440, rate: int = 48_000, channels: int = 1) -> None:
        """Add a microphone.

        Args:
            name: Its name.
            tone_hz: What it hears; None for silence.
            rate: Samples a second.
            channels: How many it has; all hear the same.
        """
        sink = f"sink_name={name} rate={rate} channels={channels}"
        loaded = [self.control("load-module", "module-null-sink", *sink.split())]
        if tone_hz is not None:
            loaded.append(self.control("load-module", "module-sine", f"sink={name}", f"frequency={tone_hz}"))
        self._modules[name] = loaded
        self._tell_alsa()

    def unplug(self, name: str) -> None:
        """Take a microphone away, whoever is listening."""
        for module in reversed(self._modules.pop(name)):
            self.control("unload-module", module)
        self._tell_alsa()

    def listeners(self) -> int:
        """How many programs hear anything from here."""
        return len(self.control("list", "short", "source-outputs").splitlines())

    def _tell_alsa(self) -> None:
        """Have ALSA list what is plugged in, the newest as the system's own microphone.

        Whoever reads the list meanwhile has it whole: PortAudio ends its process over half of one.
        """
        server = self.environment["PULSE_SERVER"]
        known = [_MICROPHONE.format(name=name, server=server) for name in self._modules]
        base = _HOOKS.sub("", _BASE.read_text(), count=1)
        told = Path(self.environment["ALSA_CONFIG_PATH"])
        anew = told.with_suffix(".new")
        anew.write_text(base + "".join(known))
        anew.replace(told)

    def control(self, *words: str) -> str:
        """Ask the server, as ``pactl`` does."""
        done = subprocess.run(
            ["pactl", *words],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


@contextlib.contextmanager
def sound_server(folder: Path) -> Iterator[SoundServer]:
    """Run a sound server without any microphone until the end of the block."""
    folder = folder / "sound"
    folder.mkdir(mode=0o700)
    names = ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH")
    own = {name: str(folder) for name in names}
    own |= {"PULSE_SERVER": f"unix:{folder}/native", "ALSA_CONFIG_PATH": str(folder / "asound.conf")}
    server = SoundServer(folder, {name: own[name] for name in ("PULSE_SERVER", "ALSA_CONFIG_PATH")}, own)
    try:
        server.start()
        yield server
    finally:
        server.die()
