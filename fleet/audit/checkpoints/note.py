"""Signed notes: a text with signatures under it, as C2SP's ``signed-note`` has them. Pure.

    text, each line ending in a newline
    (empty line)
    — name base64(4 bytes that name the key, then the signature)

Only Ed25519 signatures are made and checked (type 0x01); lines of keys that are not known are passed over, as
the format asks. Nothing in a note counts before a key that the reader trusts has signed it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fleet.core.errors import FleetError
from protocol.footage.format.small_order import has_small_order

LONGEST = 1 << 16
"""Bytes of a note; far more than sixteen signatures take."""

_ED25519 = b"\x01"
_KEY_ID = 4
_KEY = 32
_BLANK = "\n\n"
_DASH = "\N{EM DASH} "


class NoteError(FleetError):
    """A note, a checkpoint or a key cannot be read, or is not signed as it should be."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key that signs notes, with its name.

    Attributes:
        name: the key's name; the log's, for the key of a log.
        public: 32 bytes.
    """

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID]

    @property
    def text(self) -> str:
        """The key in one line, as others who check notes take it: name, id and key."""
        return f"{self.name}+{self.id.hex()}+{encoded(_ED25519 + self.public)}"

    def holds(self, text: str, signature: bytes) -> bool:
        """Say whether the key has signed the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey(Protocol):
    """What signs: an Ed25519 key, or what reads one as it first signs."""

    def public_key(self) -> Ed25519PublicKey:
        """Return the public half."""

    def sign(self, data: bytes, /) -> bytes:
        """Return the signature of some bytes."""


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """Signs notes under a name."""

    name: str
    private: SigningKey

    @property
    def key(self) -> NoteKey:
        """The public key, for those who check."""
        return NoteKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return the note: the text and its signature."""
        signature = encoded(self.key.id + self.private.sign(text.encode()))
        return f"{text}\n{_DASH}{self.name} {signature}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name and id, and the signature itself."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note as it was read; nobody has checked who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, keys: Iterable[NoteKey]) -> bool:
        """Say whether one of the keys has signed the note.

        Raises:
            NoteError: a signature under the name and id of one of them is not by it.
        """
        found = False
        for key in keys:
            for each in self.signatures:
                if (each.name, each.key_id) != (key.name, key.id):
                    continue
                if not key.holds(self.text, each.signature):
                    raise NoteError(f"The signature of {key.name} does not fit what it stands under.")
                found = True
        return found


def parse_note(data: bytes) -> SignedNote:
    """Read a note.

    Raises:
        NoteError: it is none.
    """
    if len(data) > LONGEST:
        raise NoteError(f"It is longer than {LONGEST} bytes, which no signed note is.")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteError("It is no signed note: it is not UTF-8.") from error
    if any(each < " " and each != "\n" for each in whole):
        raise NoteError("It is no signed note: a control character is in it.")
    body, blank, below = whole.rpartition(_BLANK)
    if not blank or not body or not below.endswith("\n"):
        raise NoteError("It is no signed note: a text, an empty line and signatures belong into it.")
    return SignedNote(f"{body}\n", tuple(_signature(line) for line in below[:-1].split("\n")))


def parse_key(text: str) -> NoteKey:
    """Read a key as ``NoteKey.text`` has it.

    Raises:
        NoteError: it is none, or not an Ed25519 key.
    """
    name, _, rest = text.strip().partition("+")
    key_id, _, public = rest.partition("+")
    key = decoded(public)
    if not is_key_name(name) or len(key) != _KEY + 1 or key[:1] != _ED25519:
        raise NoteError("It is no key of signed notes: a name, an id and an Ed25519 key belong into it.")
    found = NoteKey(name, key[1:])
    if found.id.hex() != key_id:
        raise NoteError("It is no key of signed notes: its id does not fit.")
    return found


def key_of_certificate(pem: bytes, name: str) -> NoteKey:
    """Return the key of a certificate (PEM), as it signs notes under a name.

    Raises:
        NoteError: it is no certificate of an Ed25519 key.
    """
    try:
        public = x509.load_pem_x509_certificate(pem).public_key()
    except ValueError as error:
        raise NoteError("It is no certificate in PEM.") from error
    if not isinstance(public, Ed25519PublicKey):
        raise NoteError("The certificate's key is not Ed25519.")
    if has_small_order(public.public_bytes_raw()):
        raise NoteError("The certificate's key is one with which anybody can sign.")
    return NoteKey(name, public.public_bytes_raw())


def is_key_name(name: str) -> bool:
    """Say whether a key can have this name."""
    return bool(name) and "+" not in name and not any(each.isspace() or each < " " for each in name)


def encoded(data: bytes) -> str:
    """Return bytes as base64 (RFC 4648, section 4)."""
    return base64.b64encode(data).decode("ascii")


def decoded(text: str) -> bytes:
    """Read base64 that is written in the one right way.

    Raises:
        NoteError: it is not.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("What should be base64 is not.") from error
    if encoded(data) != text:
        raise NoteError("What should be base64 is not written as base64 is.")
    return data


def _signature(line: str) -> Signature:
    name, _, value = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise NoteError("It is no signed note: a line under it is no signature.")
    data = decoded(value)
    if len(data) <= _KEY_ID:
        raise NoteError("It is no signed note: a signature under it is too short.")
    return Signature(name, data[:_KEY_ID], data[_KEY_ID:])
