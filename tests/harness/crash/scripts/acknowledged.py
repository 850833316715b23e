"""What a camera has acknowledged up to a point, and so must keep through any crash.

What it is *about to try* is told too: a crash may leave that done or undone, and nothing else may be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.harness.crash.disk.operations import Operation, Said


@dataclass(slots=True)
class Held:
    """One recording that the camera has shown as its own.

    Attributes:
        first: Its first chunk.
        last: The last that it acknowledged.
        length: So many bytes of its ledger are durable,
        sha256: and this is their digest.
        ended: ``closed`` or ``cut off``; empty while it was being made.
        open_digest: Of the ledger's first record.
        segments: Those that will not change any more, with their digests.
        before: The digest of the first record of the recording before, when this one was first shown; empty
            for none.
        filmed_ns: The footage that came in up to here was taken without a fault.
    """

    first: int
    last: int
    length: int
    sha256: str
    ended: str
    open_digest: str
    before: str
    segments: dict[str, str] = field(default_factory=dict)
    filmed_ns: int = 0


@dataclass(slots=True)
class Sent:
    """What the fleet holds of one recording: it was read from the card, so the card must not take it back."""

    ledger: tuple[int, str] = (0, "")
    segments: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Acknowledged:
    """Everything that was said so far."""

    held: dict[int, Held] = field(default_factory=dict)
    sent: dict[int, Sent] = field(default_factory=dict)
    receipts: set[int] = field(default_factory=set)
    presses: set[int] = field(default_factory=set)
    lost: list[tuple[int, int]] = field(default_factory=list)
    identities: list[str] = field(default_factory=list)
    identity: str | None = None
    desired_asked: int = 0
    desired: int = 0
    private: bool | None = None
    consent: dict[int, str] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    commands: dict[str, tuple[str, int]] = field(default_factory=dict)
    commanded: dict[str, int] = field(default_factory=dict)

    def hear(self, what: str, detail: Mapping[str, int | str]) -> None:
        """Take in one thing that was said."""
        HEARD[what](self, _Words(detail))

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where footage was lost, neighbours joined."""
        joined: list[tuple[int, int]] = []
        for start, end in sorted(self.lost):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return joined


class _Words:
    """The detail of something that was said, typed."""

    def __init__(self, detail: Mapping[str, int | str]) -> None:
        self._detail = detail

    def number(self, name: str = "number") -> int:
        """A number in it."""
        value = self._detail[name]
        if not isinstance(value, int):
            raise TypeError(f"internal error: {name} is no number")
        return value

    def word(self, name: str = "sha256") -> str:
        """A word in it."""
        return str(self._detail[name])


def _shelf(acknowledged: Acknowledged, words: _Words) -> None:
    before = acknowledged.held.get(words.number())
    acknowledged.held[words.number()] = Held(
        first=words.number("first"),
        last=words.number("last"),
        length=words.number("length"),
        sha256=words.word(),
        ended=words.word("ended"),
        open_digest=words.word("open_digest"),
        before=before.before if before is not None else _newest_open(acknowledged, words.number()),
        segments=before.segments if before is not None else {},
        filmed_ns=before.filmed_ns if before is not None else 0,
    )


def _newest_open(acknowledged: Acknowledged, below: int) -> str:
    """The digest of the first record of the newest recording below a number."""
    number = max((number for number in acknowledged.held if number < below), default=0)
    return acknowledged.held[number].open_digest if number else ""


def _segment(acknowledged: Acknowledged, words: _Words) -> None:
    acknowledged.held[words.number()].segments[words.word("name")] = words.word()


def _filmed(acknowledged: Acknowledged, words: _Words) -> None:
    acknowledged.held[words.number()].filmed_ns = words.number("end_ns")


def _sent_ledger(acknowledged: Acknowledged, words: _Words) -> None:
    acknowledged.sent.setdefault(words.number(), Sent()).ledger = (words.number("length"), words.word())


def _sent_segment(acknowledged: Acknowledged, words: _Words) -> None:
    acknowledged.sent.setdefault(words.number(), Sent()).segments[words.word("name")] = words.word()


def _identity(acknowledged: Acknowledged, words: _Words) -> None:
    acknowledged.identity, acknowledged.identities = words.word(), [words.word()]


def _desired_asked(acknowledged: Acknowledged, words: _Words) -> None:
    acknowledged.desired_asked = words.number("version")


def _desired(acknowledged: Acknowledged, words: _Words) -> None:
    acknowledged.desired = words.number("version")


def _command(acknowledged: Acknowledged, words: _Words) -> None:
    if words.word("outcome") != "repeated":
        answer = (words.word("outcome"), words.number())
        acknowledged.commands.setdefault(words.word("id"), answer)


def _command_asked(acknowledged: Acknowledged, words: _Words) -> None:
    acknowledged.commanded[words.word("id")] = words.number()


def _private(acknowledged: Acknowledged, private: bool | None) -> None:
    acknowledged.private = private


def _consent(acknowledged: Acknowledged, words: _Words) -> None:
    acknowledged.consent[words.number()] = words.word()


HEARD: Mapping[str, Callable[[Acknowledged, _Words], object]] = {
    "acknowledged": _shelf,
    "shelf": _shelf,
    "segment": _segment,
    "filmed": _filmed,
    "sent ledger": _sent_ledger,
    "sent segment": _sent_segment,
    "receipt": lambda acknowledged, words: acknowledged.receipts.add(words.number()),
    "press": lambda acknowledged, words: acknowledged.presses.add(words.number("at_ns")),
    "pressed": lambda _acknowledged, _words: None,
    "lost": lambda acknowledged, words: acknowledged.lost.append(
        (words.number("start_ns"), words.number("end_ns"))
    ),
    "identity asked": lambda acknowledged, words: acknowledged.identities.append(words.word()),
    "identity": _identity,
    "desired asked": _desired_asked,
    "desired": _desired,
    "private asked": lambda acknowledged, _words: _private(acknowledged, None),
    "private": lambda acknowledged, words: _private(acknowledged, bool(words.number())),
    "consent": _consent,
    "consent taken": lambda acknowledged, words: acknowledged.taken.add(words.number()),
    "command asked": _command_asked,
    "command": _command,
}
"""Everything that is ever said, and what is acknowledged by it."""


def acknowledged_after(log: Iterable[Operation]) -> Acknowledged:
    """What is acknowledged after all operations of a log."""
    acknowledged = Acknowledged()
    for operation in log:
        if isinstance(operation, Said):
            acknowledged.hear(operation.what, dict(operation.detail))
    return acknowledged
