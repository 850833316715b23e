"""A camera's life in half a minute, on a disk that remembers: the script whose every crash is tried.

The first script boots, fills the ring, presses, bookmarks, stops, presses again, rolls over, stops, takes
receipts and removes, and presses once more. Others are drawn by their seed from the same steps. What the
camera acknowledges is said where it happened, so that a crash at any later point can be judged.

It runs the real recorder, in one thread and on a clock of its own; nothing of it is written twice for the
tests.
"""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from device.config import Config, check_config
from device.credentials import Credentials
from device.durable import make_folder
from device.filesystem import Filesystem
from device.layout import StateFolder
from device.parts import make_parts
from device.prove import prove
from device.recorder import Recorder
from device.recovery import Recovered, recover
from device.shelf import Shelf, ShelvedRecording
from device.state import Event
from protocol.footage.ledger import LEDGER_NAME, read_ledger
from protocol.footage.model import ClockLabel, PlainChunk
from protocol.footage.receipt import Receipt, SegmentDigest, sign_receipt
from protocol.footage.signing import ed25519_signer
from tests.crash.disk import MemoryDisk
from tests.support.recordings import SECOND_NS, House, label_at, make_house, plain_chunk

STATE = Path("/state")
WINDOW_S = 6
PART_BYTES = 900
RECEIVED_UTC_US = 1_800_000_000_000_000


class TestClock:
    """A boot-time clock that moves when it is told to."""

    __test__ = False

    def __init__(self, now_ns: int = 500 * SECOND_NS) -> None:
        self.now_ns = now_ns

    def boot_ns(self) -> int:
        return self.now_ns

    def label(self) -> ClockLabel:
        return label_at(self.now_ns)


def config(root: Path = STATE, *, after_receipt: str = "delete") -> Config:
    return check_config(
        {
            "camera": {
                "state_dir": str(root),
                "require_assignment": False,
                "window_s": WINDOW_S,
                "roll_over_min": 0.05,
            },
            "storage": {"segment_chunks": 3, "after_receipt": after_receipt, "reserve_mib": 1},
        }
    )


def start(filesystem: Filesystem, settings: Config) -> Recovered:
    """What a camera does with its state folder before anything else."""
    folders = StateFolder(settings.camera.state_dir)
    prove(filesystem, folders.root)
    for folder in (folders.ring, folders.recordings, folders.receipts):
        make_folder(filesystem, folder)
    return recover(filesystem, folders, delete=settings.storage.after_receipt == "delete")


def from_house(start_ns: int) -> PlainChunk:
    """A chunk of nothing in particular."""
    return plain_chunk(start_ns, size=PART_BYTES)


@dataclass
class Life:
    """A camera from its boot on. ``say`` hears what it acknowledges: a word, and numbers by name."""

    disk: Filesystem
    say: Callable[[str, dict[str, int]], None]
    seed: int = 1
    settings: Config = field(default_factory=config)
    footage: Callable[[int], PlainChunk] = from_house
    house: House = field(default_factory=make_house)
    clock: TestClock = field(default_factory=TestClock)
    recorder: Recorder = field(init=False)
    shelf: Shelf = field(init=False)

    @property
    def folders(self) -> StateFolder:
        return StateFolder(self.settings.camera.state_dir)

    def boot(self) -> None:
        found = start(self.disk, self.settings)
        credentials = Credentials(
            self.house.camera, self.house.certificates, (self.house.recipient,), self.house.signer
        )
        folders = self.folders
        delete = self.settings.storage.after_receipt == "delete"
        self.shelf = Shelf(self.disk, folders, self.house.authority, delete=delete, held=found.recordings)
        parts = make_parts(
            self.settings,
            credentials,
            filesystem=self.disk,
            folders=folders,
            shelf=self.shelf,
            clock=self.clock,
            random=random.Random(self.seed).randbytes,
            found=found,
        )
        self.recorder = Recorder(
            parts,
            window_s=self.settings.camera.window_s,
            roll_over_ns=self.settings.roll_over_ns,
            alert_percent=self.settings.storage.alert_percent,
            require_assignment=False,
        )
        self.recorder.cut = self.chunk
        self.recorder.change(Event.START)
        self.recorder.assign(None)

    def chunk(self) -> None:
        """A second passes, with its footage."""
        start_ns = self.clock.now_ns
        self.clock.now_ns += SECOND_NS
        self.recorder.push(self.footage(start_ns))
        self.recorder.tick()
        self._say_what_is_held()

    def chunks(self, count: int) -> None:
        for _ in range(count):
            self.chunk()

    def press(self) -> None:
        outcome = self.recorder.press()
        assert outcome.ok, outcome.sentence
        self._say_what_is_held()

    def stop(self) -> None:
        outcome = self.recorder.stop()
        assert outcome.ok, outcome.sentence
        assert outcome.number is not None
        self._say_what_is_held()
        self.say("closed", {"number": outcome.number})

    def receipt(self, number: int) -> None:
        held = next(each for each in self.shelf.recordings() if each.number == number)
        self.shelf.accept_receipt(number, receipt_for(self.disk, self.house, held))
        self.say("receipt", {"number": number})

    def _say_what_is_held(self) -> None:
        """Note what the camera has acknowledged by now: its newest recording, and the chunks in it."""
        number = self.recorder.status().recording
        if number is None:
            return
        ledger = read_ledger(self.disk.read(self.folders.ledger(number)))
        last = max((keys.last_seq for keys in ledger.keys), default=ledger.open.last_seq)
        self.say("held", {"number": number, "first": ledger.open.first_seq, "last": last})


def receipt_for(filesystem: Filesystem, house: House, held: ShelvedRecording) -> bytes:
    """The fleet's receipt for a recording on the camera."""
    data = filesystem.read(held.folder / LEDGER_NAME)
    ledger = read_ledger(data)
    files = {name: filesystem.read(held.folder / name) for name in held.closed_segments}
    receipt = Receipt(
        camera=house.camera,
        recording=ledger.open.recording,
        number=held.number,
        open_digest=ledger.open_digest,
        ledger_sha256=hashlib.sha256(data).digest(),
        ledger_length=len(data),
        segments=tuple(
            SegmentDigest(name, len(content), hashlib.sha256(content).digest())
            for name, content in files.items()
        ),
        verdict="intact",
        received_utc_us=RECEIVED_UTC_US,
    )
    signer = ed25519_signer(house.receipts_key)
    return sign_receipt(receipt, signer, (house.receipts_certificate, house.authority))


def first_script(life: Life) -> None:
    """The whole of it once, in its plainest order."""
    life.boot()
    life.chunks(8)
    life.press()
    life.chunks(2)
    life.recorder.bookmark()
    life.stop()
    life.chunks(1)
    life.press()
    life.chunks(4)  # rolls over after three
    life.stop()
    life.receipt(1)
    life.chunks(1)
    life.receipt(2)
    life.press()
    life.chunks(1)


def drawn_script(life: Life, steps: int = 14) -> None:
    """Some other order of the same steps, the same for the same seed."""
    draw = random.Random(life.seed)
    life.boot()
    life.chunks(draw.randint(0, 9))
    for _ in range(steps):
        step = draw.choice(("chunk", "chunk", "press", "press", "stop", "bookmark", "receipt"))
        ended = [each.number for each in life.shelf.recordings() if each.ended and not each.receipt]
        if step == "receipt" and ended:
            life.receipt(draw.choice(ended))
        elif step == "press":
            life.press()
        elif step == "stop" and life.recorder.recording:
            life.stop()
        elif step == "bookmark" and life.recorder.recording:
            life.recorder.bookmark()
        else:
            life.chunks(draw.randint(1, 4))


def live_through(disk: MemoryDisk, seed: int = 1) -> Life:
    """Play the seed's script on a disk that has the state folder, empty."""
    life = Life(disk, disk.say, seed)
    (first_script if seed == 1 else drawn_script)(life)
    return life
