"""A private sealing key at rest: encrypted under a secret. Pure.

The secret is what a key file holds (32 random bytes or a passphrase), a passphrase that people know, what
several people's shares come to, or what a hardware module decrypts. scrypt (RFC 7914) makes a key of it, and
AES-256-GCM encrypts the private key under that, bound to the public key beside it and to how it is opened.
The box says how it was made, so that the cost can rise later without a new format. A box that a key file
opens is of the first version, which earlier releases read; the others are of the second. One that has earlier
keys in it (``rotation``) is of the third.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from fleet.vault.errors import VaultError, WrongSecretError
from fleet.vault.rotation.earlier import EarlierKey
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import PrivateKey

SHORTEST_SECRET = 16
LONGEST_SECRET = 1024
PASSPHRASE_COST = 2**17  # with r = 8: 128 MiB and a third of a second, for each try
_COST = 2**15  # with r = 8: 32 MiB and about a tenth of a second, once at each start
_COSTS = frozenset(2**power for power in range(1, 21))
_DOMAIN, _DOMAIN_2 = b"lapel vault v1\0", b"lapel vault v2\0"
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32
_MOST_SHARES = 16
_MOST_WRAPPED = 1024


class OpenedBy(StrEnum):
    """What opens the vault."""

    KEY_FILE = "key-file"
    PASSPHRASE = "passphrase"  # noqa: S105 - a word, not a secret
    SHARES = "shares"
    HARDWARE = "hardware"


_OTHER_VERSION = "This version does not know the format of the vault's file; install the one that wrote it."
_WRONG = {
    OpenedBy.KEY_FILE: "The vault does not open: its key file is not the one it was locked with, or the "
    "vault's file was changed; restore both from one copy.",
    OpenedBy.PASSPHRASE: "The vault does not open: that is not its passphrase, or the vault's file was "
    "changed.",
    OpenedBy.HARDWARE: "The vault does not open: the hardware module gave another secret, or the vault's "
    "file was changed.",
    OpenedBy.SHARES: "The vault does not open: those are not its shares, or the vault's file was changed.",
}


@dataclass(frozen=True, slots=True)
class VaultOpener:
    """What opens a box.

    Attributes:
        by: of which kind it is.
        needed: how many shares it takes; 1 for what is not shared.
        share_set: by which its shares know each other; 0 for what is not shared.
        wrapped: of a hardware module: the secret, encrypted by it.
    """

    by: OpenedBy = OpenedBy.KEY_FILE
    needed: int = 1
    share_set: int = 0
    wrapped: bytes = b""

    @property
    def is_people(self) -> bool:
        """Whether it takes people each time."""
        return self.by in {OpenedBy.PASSPHRASE, OpenedBy.SHARES}


@dataclass(frozen=True, slots=True)
class KeyBox:
    """An encrypted private key.

    Attributes:
        name: what cameras and ledgers call the recipient.
        public_key: its public half.
        cost: scrypt's n.
        salt: of scrypt.
        nonce: of the encryption.
        ciphertext: the private half.
        opener: what opens it.
        made: since when cameras are told to seal to it; None where that is not known.
        earlier: the keys that they were told to seal to before, sealed to this one; the first one first.
    """

    name: str
    public_key: bytes
    cost: int
    salt: bytes
    nonce: bytes
    ciphertext: bytes
    opener: VaultOpener = VaultOpener()
    made: datetime | None = None
    earlier: tuple[EarlierKey, ...] = ()

    def to_json(self) -> bytes:
        """Return the box as its file holds it."""
        document = {
            "version": 1,
            "name": self.name,
            "public_key": _text(self.public_key),
            "scrypt_n": self.cost,
            "salt": _text(self.salt),
            "nonce": _text(self.nonce),
            "ciphertext": _text(self.ciphertext),
        }
        if self.opener.by is not OpenedBy.KEY_FILE:
            document |= {
                "version": 2,
                "opened_by": str(self.opener.by),
                "shares_needed": self.opener.needed,
                "share_set": self.opener.share_set,
                "wrapped": _text(self.opener.wrapped),
            }
        if self.made is not None:
            document["made"] = self.made.isoformat()
        if self.earlier:
            document |= {"version": 3, "earlier": [_earlier_document(each) for each in self.earlier]}
        return json.dumps(document, indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> KeyBox:
        """Read a box.

        Raises:
            VaultError: it is not one of a version that is known.
        """
        try:
            document = json.loads(data)
            if document["version"] not in {1, 2, 3}:
                raise VaultError(_OTHER_VERSION)
            box = cls(
                name=str(document["name"]),
                public_key=_bytes(document["public_key"]),
                cost=int(document["scrypt_n"]),
                salt=_bytes(document["salt"]),
                nonce=_bytes(document["nonce"]),
                ciphertext=_bytes(document["ciphertext"]),
                opener=_opener(document),
                made=_moment(document.get("made")),
                earlier=tuple(_earlier(each) for each in document.get("earlier", ())),
            )
            known = box.cost in _COSTS
        except (ValueError, KeyError, TypeError) as error:
            raise VaultError("The vault's file is damaged; restore it from a copy.") from error
        if not known:
            raise VaultError(_OTHER_VERSION)
        return box


def lock(
    private: PrivateKey,
    name: str,
    secret: bytes,
    random: Callable[[int], bytes],
    *,
    opener: VaultOpener | None = None,
    cost: int = _COST,
) -> KeyBox:
    """Encrypt a private key.

    Args:
        private: the key.
        name: what cameras and ledgers call the recipient.
        secret: what opens it: what the key file holds, a passphrase, or what shares come to.
        random: returns that many random bytes.
        opener: what that is; a key file unless it is said.
        cost: scrypt's n.
    """
    opened_by = VaultOpener() if opener is None else opener
    public, salt, nonce = private.public_bytes(), random(_SALT_BYTES), random(_NONCE_BYTES)
    cipher = AESGCM(_derive_key(secret, salt, cost))
    ciphertext = cipher.encrypt(nonce, private.to_bytes(), _bound_to(opened_by, public))
    return KeyBox(name, public, cost, salt, nonce, ciphertext, opened_by)


def unlock(box: KeyBox, secret: bytes) -> PrivateKey:
    """Decrypt a private key.

    Raises:
        WrongSecretError: the secret is another, or the box was changed.
    """
    key = _derive_key(secret, box.salt, box.cost)
    try:
        plain = AESGCM(key).decrypt(box.nonce, box.ciphertext, _bound_to(box.opener, box.public_key))
        return PrivateKey.from_bytes(plain)
    except (InvalidTag, ValueError, KeysError) as error:
        raise WrongSecretError(_WRONG[box.opener.by]) from error


def _bound_to(opener: VaultOpener, public: bytes) -> bytes:
    """What the encryption is bound to besides its key."""
    if opener.by is OpenedBy.KEY_FILE:
        return _DOMAIN + public
    return _DOMAIN_2 + f"{opener.by} {opener.needed} {opener.share_set}\0".encode() + public


def _opener(document: Any) -> VaultOpener:  # noqa: ANN401 - whatever JSON holds
    if document["version"] != 2 and "opened_by" not in document:  # noqa: PLR2004 - a version of the file
        return VaultOpener()
    wrapped = _bytes(document.get("wrapped", ""))
    opener = VaultOpener(
        OpenedBy(document["opened_by"]), int(document["shares_needed"]), int(document["share_set"]), wrapped
    )
    fits = 1 <= opener.needed <= _MOST_SHARES and len(wrapped) <= _MOST_WRAPPED
    if opener.by is OpenedBy.KEY_FILE or not fits:
        raise ValueError("no such opener")
    return opener


def _earlier_document(key: EarlierKey) -> dict[str, str | None]:
    return {
        "name": key.name,
        "public_key": _text(key.public_key),
        "sealed": _text(key.sealed),
        "made": None if key.made is None else key.made.isoformat(),
        "replaced": None if key.replaced is None else key.replaced.isoformat(),
    }


def _earlier(document: Any) -> EarlierKey:  # noqa: ANN401 - whatever JSON holds
    return EarlierKey(
        name=str(document["name"]),
        public_key=_bytes(document["public_key"]),
        sealed=_bytes(document["sealed"]),
        made=_moment(document["made"]),
        replaced=_moment(document["replaced"]),
    )


def _moment(text: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    return None if text is None else datetime.fromisoformat(text)


def _derive_key(secret: bytes, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=_KEY_BYTES, n=cost, r=8, p=1).derive(secret)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
