"""What every reader would refuse of an ``open`` or an ``event``, told by its values before it is written.

Reading a record back costs as much as all else that a press computes, and somebody waits for it. Whether
this and the reader agree is a property test's matter (``tests/unit/protocol/ledger/test_check_record.py``).
Of sealed keys ``keys_record.check_keys`` tells it; a ``close``, for which nobody waits, is read back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import FormatError
from protocol.footage.format.limits import (
    MAX_CERTIFICATE_BYTES,
    MAX_CERTIFICATES,
    MAX_DETAILS,
    MAX_RECIPIENTS,
    MAX_TEXT_BYTES,
)
from protocol.footage.format.sizes import DIGEST_BYTES, RUN_BYTES
from protocol.footage.ledger.open_record import MAX_MARKS, MAX_MISSING
from protocol.naming import is_camera_id

if TYPE_CHECKING:
    from collections.abc import Sized

    from protocol.footage.format.model import ClockLabel
    from protocol.footage.ledger.event_record import LedgerEvent
    from protocol.footage.ledger.open_record import Open

_PAST: Final = 1 << 64
"""The first number that is no integer of the format; below zero it goes as far."""


def check_open(record: Open) -> None:
    """Refuse what ``take_open`` would refuse of it.

    Raises:
        FormatError: The record breaks a limit of the format.
    """
    _uints(record.number, record.held_ns, record.asked_ns, record.press_ns, record.first_seq)
    _uints(*(each.duration_ns for each in record.missing))
    _ints(record.last_seq)
    if record.last_seq < record.first_seq - 1:
        _refuse(f"the pre-record cannot end with chunk {record.last_seq} and begin with {record.first_seq}")
    if not is_camera_id(record.camera):
        _refuse(f"{record.camera!r} is not a camera id")
    _texts(record.trigger, record.assignment or "", *record.marks, *(each.name for each in record.recipients))
    _exactly(RUN_BYTES, record.run, record.recording)
    keys = {each.key_id for each in record.recipients}
    _exactly(DIGEST_BYTES, *keys, *(() if record.previous_open is None else (record.previous_open,)))
    if len(keys) != len(record.recipients):
        _refuse("a recipient is named twice")
    _at_most(MAX_MARKS, record.marks)
    _at_most(MAX_MISSING, record.missing)
    _at_most(MAX_RECIPIENTS, record.recipients)
    _certificates(record.certificates)
    _label(record.label)


def check_event(record: LedgerEvent) -> None:
    """Refuse what ``take_event`` would refuse of it.

    Raises:
        FormatError: The record breaks a limit of the format.
    """
    _uints(record.at_ns)
    _label(record.label)
    _at_most(MAX_DETAILS, record.detail)
    _texts(*record.detail)
    for value in record.detail.values():
        if isinstance(value, str):
            _texts(value)
        else:
            _ints(value)


def _label(label: ClockLabel) -> None:
    _ints(label.utc_us)
    _uints(0 if label.error_us is None else label.error_us)


def _certificates(certificates: tuple[bytes, ...]) -> None:
    if not certificates:
        _refuse("there is no certificate")
    _at_most(MAX_CERTIFICATES, certificates)
    for each in certificates:
        if len(each) > MAX_CERTIFICATE_BYTES:
            _refuse(f"a string of {len(each)} bytes is longer than the {MAX_CERTIFICATE_BYTES} allowed")


def _uints(*values: object) -> None:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _PAST:
            _refuse(f"expected an unsigned integer of 64 bits, found {value!r}")


def _ints(*values: object) -> None:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not -_PAST <= value < _PAST:
            _refuse(f"expected an integer of the format, found {value!r}")


def _texts(*values: str) -> None:
    for value in values:
        if len(value) * 4 > MAX_TEXT_BYTES and len(value.encode(errors="surrogatepass")) > MAX_TEXT_BYTES:
            _refuse(f"a text of {len(value)} characters is longer than the {MAX_TEXT_BYTES} bytes allowed")


def _exactly(size: int, *values: bytes) -> None:
    for value in values:
        if len(value) != size:
            _refuse(f"expected {size} bytes, found {len(value)}")


def _at_most(limit: int, values: Sized) -> None:
    if len(values) > limit:
        _refuse(f"{len(values)} items are more than the {limit} allowed")


def _refuse(why: str) -> None:
    raise FormatError(0, why)
