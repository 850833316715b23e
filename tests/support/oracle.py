"""Worlds in which everything holds, for the oracle of the simulator to judge."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from simulator.oracle.asked import Promises
from simulator.oracle.facts.timings import Timings
from simulator.oracle.history import History, Operation, OperationAnswer, OperationKind
from simulator.oracle.judge import Case
from simulator.oracle.world import (
    CameraCopy,
    ExportFacts,
    FleetCopy,
    FleetReport,
    GivenReceipt,
    LedgerFacts,
    World,
)

WINDOW_S = 180
PRERECORD_S = 179.6
DURATION_S = 199.9
FACTS = ExportFacts(duration_s=DURATION_S, picture_start_s=0.0, sound_start_s=0.011)
TIMINGS = Timings(press_acknowledged_ms=4.2, press_dashboard_s=0.31, stop_held_s=2.5)


@dataclass(frozen=True)
class Planned:
    """A recording that a run makes, with so many further presses and bookmarks."""

    camera: str = "cam-01"
    number: int = 1
    presses: int = 1
    bookmarks: int = 1

    @property
    def id(self) -> str:
        """Its id."""
        return f"{int(self.camera[-2:]):016x}{self.number:016x}"

    def operations(self) -> tuple[Operation, ...]:
        """What is asked for, ten seconds for each recording, and answered."""
        kinds = [OperationKind.PRESS] * (1 + self.presses)
        kinds += [OperationKind.BOOKMARK] * self.bookmarks + [OperationKind.STOP]
        at_s = self.number * 100.0
        operations = []
        for kind in kinds:
            length = DURATION_S if kind is OperationKind.STOP else None
            answer = OperationAnswer(
                ok=True,
                state="recording",
                number=self.number,
                recording=self.id,
                prerecord_s=PRERECORD_S,
                duration_s=length,
            )
            operations.append(Operation(kind, self.camera, self.camera, at_s, at_s + 0.01, answer))
            at_s += 2
        return tuple(operations)

    @property
    def ledger(self) -> LedgerFacts:
        """What its ledger says."""
        return LedgerFacts(closed=True, presses=1 + self.presses, bookmarks=self.bookmarks)

    def copy(self) -> CameraCopy:
        """What its camera keeps."""
        return CameraCopy(
            camera=self.camera,
            number=self.number,
            folder=f"{self.camera}/recordings/{self.number:08d}",
            recording=self.id,
            ledger_number=self.number,
            verdict="intact",
            sentence="all chunks verify",
            trigger="control",
            assignment=f"assignment of {self.camera}",
            prerecord_s=PRERECORD_S,
            duration_s=DURATION_S,
            ledger=self.ledger,
            chunks=f"chunks of {self.id}",
            receipt=True,
        )

    def held(self) -> FleetCopy:
        """What the fleet holds."""
        return FleetCopy(
            id=self.id,
            camera=self.camera,
            number=self.number,
            state="held",
            receipt=True,
            trigger="control",
            assignment=f"assignment of {self.camera}",
            prerecord_s=PRERECORD_S,
            duration_s=DURATION_S,
            ledger=self.ledger,
            report=FleetReport(self.id, self.camera, self.number, f"chunks of {self.id}"),
            export=f"{self.camera}-{self.number:08d}.mp4",
            given=GivenReceipt(fits=True),
            facts=replace(FACTS, recording=self.id),
        )


@dataclass(frozen=True)
class Staged:
    """A run of recordings, in which all is as it should be until something is changed."""

    recordings: tuple[Planned, ...] = (Planned(),)
    promises: Promises = field(default_factory=Promises)

    @property
    def names(self) -> tuple[str, ...]:
        """The cameras."""
        return tuple(dict.fromkeys(each.camera for each in self.recordings))

    def history(self) -> History:
        """What was asked for and answered."""
        handed = tuple(
            Operation(
                OperationKind.HAND_OVER,
                name,
                name,
                0.0,
                0.1,
                OperationAnswer(ok=True, assignment=f"assignment of {name}"),
            )
            for name in self.names
        )
        return History(handed + tuple(each for one in self.recordings for each in one.operations()))

    def world(self) -> World:
        """What is there at the end."""
        return World(
            cameras=tuple(each.copy() for each in self.recordings),
            fleet=tuple(each.held() for each in self.recordings),
            assignments={f"assignment of {name}": name for name in self.names},
            made={
                name: max(each.number for each in self.recordings if each.camera == name)
                for name in self.names
            },
        )

    def case(self, world: World | None = None, history: History | None = None) -> Case:
        """What there is to judge."""
        return Case(
            promises=self.promises,
            cameras={name: name for name in self.names},
            windows=dict.fromkeys(self.names, WINDOW_S),
            history=history or self.history(),
            world=world or self.world(),
            timings={each.id: TIMINGS for each in self.recordings},
            receipts=frozenset(each.id for each in self.recordings),
        )
