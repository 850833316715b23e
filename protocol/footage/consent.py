"""A consent event: what was said at the door of being recorded, as the camera signed it.

Record: ``["consent", body, signature]``, one in a file of its own. The body holds the camera's certificate
chain, its own count of such events, and the digest of the one before: so their order can be checked, and one
that is missing shows, whether or not anything was recorded.

In the ledger of a recording under way the same is an event of one of the kinds that ledgers have
(``ledger_event``): no reader of a ledger has to learn anything for it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from protocol.footage.format.cbor import Buffer, Reader, Value, encode
from protocol.footage.format.certificates import Identity, check_chain
from protocol.footage.format.errors import (
    CertificateError,
    ConsentError,
    FormatError,
    SignatureError,
)
from protocol.footage.format.fields import (
    label_value,
    take_camera,
    take_certificates,
    take_digest,
    take_enum,
    take_id,
    take_label,
    take_text,
    take_version,
)
from protocol.footage.format.limits import MAX_HEADER_BYTES, VERSION
from protocol.footage.format.signing import Domain, Signer, check, sign
from protocol.footage.format.sizes import DIGEST_BYTES, SIGNATURE_BYTES
from protocol.footage.ledger.ledger import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.footage.format.model import ClockLabel

KIND: Final = "consent"
NONE_BEFORE: Final = bytes(DIGEST_BYTES)
"""What the first event of a camera has for the digest of the one before."""
MAX_CONSENT_BYTES: Final = MAX_HEADER_BYTES + 128


class SaidOfConsent(StrEnum):
    """What was said at the door, or done without it.

    ``ASKED_FOR`` is the person recorded asking that this be recorded too; it says nothing of consent.
    """

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NOT_ASKED = "not asked"
    OVERRIDDEN = "overridden"
    ASKED_FOR = "asked for"


class WhyNotAsked(StrEnum):
    """Why nobody was asked, as a code that buttons can give."""

    NOBODY_THERE = "nobody there"
    DANGER = "danger"
    NO_COMMON_LANGUAGE = "no common language"
    NOT_ABLE = "not able to answer"


@dataclass(frozen=True, slots=True)
class ConsentSaid:
    """What was said.

    Attributes:
        kind: What.
        why: Why nobody was asked (``WhyNotAsked``); empty for every other kind.
        wording: Which version of the landlord's text was said to them, such as ``en 2``; empty where none
            was, or where nobody says.
    """

    kind: SaidOfConsent
    why: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """What was said, when, and to which camera.

    Attributes:
        camera: The camera's id.
        number: Counted by the camera from 1.
        previous: Digest of the event before it, ``NONE_BEFORE`` where there is none.
        run: The run's 16 bytes.
        at_ns: When, on the boot-time clock of that run.
        label: When, as wall time.
        said: What was said.
        way: What it was given by, such as ``control``.
        recording: The id of the recording that was under way; None where none was.
        assignment: The assignment that the camera was under; None where nobody had it.
    """

    camera: str
    number: int
    previous: bytes
    run: bytes
    at_ns: int
    label: ClockLabel
    said: ConsentSaid
    way: str
    recording: bytes | None
    assignment: str | None


@dataclass(frozen=True, slots=True)
class ConsentEntryRead:
    """A consent event as read; ``digest`` is what the next one names."""

    event: ConsentEvent
    certificates: tuple[bytes, ...]
    body: bytes
    signature: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of the body."""
        return hashlib.sha256(self.body).digest()


_LEDGER_KINDS: Final = {
    SaidOfConsent.GIVEN: EventKind.CONSENT_GIVEN,
    SaidOfConsent.REFUSED: EventKind.CONSENT_REFUSED,
    SaidOfConsent.WITHDRAWN: EventKind.CONSENT_REFUSED,
    SaidOfConsent.NOT_ASKED: EventKind.BOOKMARK,
    SaidOfConsent.OVERRIDDEN: EventKind.CONSENT_OVERRIDDEN,
    SaidOfConsent.ASKED_FOR: EventKind.BOOKMARK,
}


def ledger_event(said: ConsentSaid) -> tuple[EventKind, Mapping[str, str]]:
    """Return kind and detail of the event that tells a ledger of what was said.

    A reader that knows nothing of the detail reads the kind alone, and reads nothing false.
    """
    detail = {"consent": str(said.kind), "why": said.why, "wording": said.wording}
    return _LEDGER_KINDS[said.kind], {name: value for name, value in detail.items() if value}


def sign_consent(event: ConsentEvent, signer: Signer, certificates: tuple[bytes, ...]) -> bytes:
    """Return the event's file.

    Args:
        event: What was said.
        signer: Signs with the key of the first certificate.
        certificates: DER, the camera's first, the authority's last.

    Raises:
        FormatError: It breaks a limit of the format.
    """
    body = encode(_value(event, certificates))
    data = encode([KIND, body, sign(signer, Domain.CONSENT, body)])
    parse_consent(data)  # refuses here what every reader would refuse later
    return data


def parse_consent(data: Buffer) -> ConsentEntryRead:
    """Read a consent event without judging its signature.

    Raises:
        FormatError: The bytes are not exactly one consent event.
    """
    reader = Reader(data)
    reader.array(3)
    reader.key(KIND)
    body = reader.bytes_(limit=MAX_HEADER_BYTES)
    event, certificates = _take_body(body, base=reader.offset - len(body))
    signature = bytes(reader.bytes_(exactly=SIGNATURE_BYTES))
    reader.end()
    return ConsentEntryRead(event, certificates, bytes(body), signature)


def check_consent(entry: ConsentEntryRead) -> Identity:
    """Check an event's signature and chain of certificates, and return whose word it is.

    Raises:
        CertificateError: The chain does not hold, or names another camera than the event.
        SignatureError: The signature does not fit.
    """
    identity = check_chain(entry.certificates)
    if identity.name != entry.event.camera:
        raise CertificateError(
            f"the certificate names {identity.name!r}, the event is of {entry.event.camera!r}"
        )
    check(identity.public_key, Domain.CONSENT, entry.body, entry.signature)
    return identity


def read_consent(data: Buffer, authority_der: bytes) -> ConsentEntryRead:
    """Read a consent event and check that a camera of the given authority signed it.

    Raises:
        ConsentError: It cannot be read, is not rightly signed, or is of another authority's camera.
    """
    try:
        entry = parse_consent(data)
        identity = check_consent(entry)
    except (FormatError, CertificateError, SignatureError) as error:
        raise ConsentError(f"the consent event is not valid: {error}") from error
    if identity.authority != authority_der:
        raise ConsentError("the consent event was signed under another authority than this fleet's")
    return entry


def _value(event: ConsentEvent, certificates: tuple[bytes, ...]) -> Value:
    return {
        "v": VERSION,
        "run": event.run,
        "way": event.way,
        "why": event.said.why,
        "kind": str(event.said.kind),
        "at_ns": event.at_ns,
        "label": label_value(event.label),
        "camera": event.camera,
        "number": event.number,
        "wording": event.said.wording,
        "previous": event.previous,
        "recording": event.recording,
        "assignment": event.assignment,
        "certificates": list(certificates),
    }


def _take_body(body: Buffer, *, base: int) -> tuple[ConsentEvent, tuple[bytes, ...]]:
    reader = Reader(body, base=base)
    reader.map(14)
    take_version(reader)
    reader.key("run")
    run = take_id(reader)
    reader.key("way")
    way = take_text(reader)
    reader.key("why")
    why = take_text(reader)
    reader.key("kind")
    kind = take_enum(reader, SaidOfConsent, "kind of consent event")
    reader.key("at_ns")
    at_ns = reader.uint()
    reader.key("label")
    label = take_label(reader)
    reader.key("camera")
    camera = take_camera(reader)
    reader.key("number")
    number = reader.uint()
    reader.key("wording")
    wording = take_text(reader)
    reader.key("previous")
    previous = take_digest(reader)
    reader.key("recording")
    recording = None if reader.null() else take_id(reader)
    reader.key("assignment")
    assignment = None if reader.null() else take_text(reader)
    reader.key("certificates")
    certificates = take_certificates(reader)
    reader.end()
    said = ConsentSaid(kind, why, wording)
    event = ConsentEvent(camera, number, previous, run, at_ns, label, said, way, recording, assignment)
    return event, certificates
