"""A ledger's record, of whichever of the four kinds: its body in CBOR, encoded and strictly decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from protocol.footage.format.cbor import Buffer, Reader, Value
from protocol.footage.format.limits import VERSION
from protocol.footage.ledger.close_record import Close, close_value, take_close
from protocol.footage.ledger.event_record import LedgerEvent, event_value, take_event
from protocol.footage.ledger.keys_record import Keys, keys_value, take_keys
from protocol.footage.ledger.open_record import Open, open_value, take_open

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from protocol.footage.ledger.links import Links

Record: TypeAlias = Open | Keys | LedgerEvent | Close

_TAKERS: Final[Mapping[str, Callable[[Reader], tuple[Record, Links]]]] = {
    "open": take_open,
    "keys": take_keys,
    "event": take_event,
    "close": take_close,
}
KINDS: Final = tuple(_TAKERS)
"""The words that records begin with."""

_KIND: Final[Mapping[type[Record], str]] = {Open: "open", Keys: "keys", LedgerEvent: "event", Close: "close"}


def kind_of(record: Record) -> str:
    """Return the word that begins a record in the file."""
    return _KIND[type(record)]


def record_value(record: Record, links: Links) -> Value:
    """Return a record's body as it is encoded."""
    match record:
        case Open():
            return {"v": VERSION, **open_value(record)}
        case Keys():
            return {"v": VERSION, "previous": links.previous, **keys_value(record)}
        case LedgerEvent():
            return {"v": VERSION, "previous": links.previous, **event_value(record)}
        case Close():
            chained = {"v": VERSION, "previous": links.previous, "ledger": links.ledger}
            return {**chained, **close_value(record)}


def take_record(kind: str, body: Buffer, *, base: int) -> tuple[Record, Links]:
    """Decode a record's body, strictly.

    Args:
        kind: One of ``KINDS``.
        body: The body's bytes.
        base: Where they begin in the ledger.

    Raises:
        FormatError: They are not exactly one body of that kind within the limits.
    """
    reader = Reader(body, base=base)
    taken = _TAKERS[kind](reader)
    reader.end()
    return taken
