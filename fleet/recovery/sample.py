"""What a recovery key is tried on, and the answer that only a key which works can give. Pure.

A sample holds the sealed copies of the vault's private keys, the very ones that the fleet keeps, and for each
a question: random bytes, sealed to that key as footage is. Whoever holds the recovery key opens the copies,
with them the questions, and the answer is a digest of all. So an answer shows the whole way: the recovery key
is there and opens, it opens what the fleet kept, and that opens what cameras seal.

A sample is no secret. With the recovery key, and with the footage, it is enough to open all of it: it is
worth keeping beside the key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.recovery.errors import RecoveryError
from fleet.recovery.key_file import fingerprint
from fleet.vault.copies import VaultCopy, open_copy
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import PrivateKey, Recipient

VERSION = 1
LONGEST = 1024 * 1024
_KIND = "lapel recovery sample"
_DOMAIN = b"lapel recovery question v1\0"
_ANSWER_DOMAIN = b"lapel recovery answer v1\0"
_QUESTION_BYTES, _ANSWER_BYTES, _GROUP = 32, 15, 4


@dataclass(frozen=True, slots=True)
class RecoverySample:
    """What is tried on.

    Attributes:
        recovery: the public half of the recovery key that it is for.
        copies: the vault's private keys, sealed to it.
        questions: for each of them, random bytes that were sealed to its public half.
    """

    recovery: bytes
    copies: tuple[VaultCopy, ...]
    questions: tuple[bytes, ...]

    def to_json(self) -> bytes:
        """Return the file."""
        keys = [
            {
                "name": copy.name,
                "public_key": _text(copy.public_key),
                "copy": _text(copy.sealed),
                "question": _text(question),
            }
            for copy, question in zip(self.copies, self.questions, strict=True)
        ]
        document = {"kind": _KIND, "version": VERSION, "recovery_key": _text(self.recovery), "keys": keys}
        return json.dumps(document, indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> RecoverySample:
        """Read a file.

        Raises:
            RecoveryError: it is none.
        """
        try:
            document = json.loads(data)
            if document["kind"] != _KIND or document["version"] != VERSION:
                raise RecoveryError("The sample is of another version of Lapel; have a new one made.")
            keys: list[dict[str, Any]] = list(document["keys"])
            copies = [VaultCopy(str(k["name"]), _bytes(k["public_key"]), _bytes(k["copy"])) for k in keys]
            questions = [_bytes(each["question"]) for each in keys]
            return cls(_bytes(document["recovery_key"]), tuple(copies), tuple(questions))
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise RecoveryError(
                "This is no sample: give the file that “lapel-fleet vault recovery-sample” wrote."
            ) from error


def make_sample(
    recovery: bytes, copies: Sequence[VaultCopy], random: Callable[[int], bytes]
) -> tuple[RecoverySample, str]:
    """Return a sample and its answer.

    Raises:
        KeysError: a public key of the vault is malformed.
    """
    asked = [random(_QUESTION_BYTES) for _ in copies]
    questions = tuple(
        Recipient(copy.name, copy.public_key).encrypt(question, _DOMAIN + copy.public_key)
        for copy, question in zip(copies, asked, strict=True)
    )
    return RecoverySample(recovery, tuple(copies), questions), _answer(asked)


def open_copies(sample: RecoverySample, key: PrivateKey) -> tuple[tuple[str, PrivateKey], ...]:
    """Return the vault's private keys with their names.

    Raises:
        RecoveryError: the sample is for another recovery key, or was changed.
    """
    if key.public_bytes() != sample.recovery:
        raise RecoveryError(
            f"The sample is for the recovery key {fingerprint(sample.recovery)}, and this is "
            f"{fingerprint(key.public_bytes())}."
        )
    if not sample.copies:
        raise RecoveryError("The sample holds no key; have a new one made.")
    try:
        return tuple((copy.name, open_copy(copy, key)) for copy in sample.copies)
    except KeysError as error:
        raise RecoveryError(f"The sample does not open: {error}; have a new one made.") from error


def answer_of(sample: RecoverySample, key: PrivateKey) -> str:
    """Return the answer to a sample.

    Raises:
        RecoveryError: it is for another recovery key, or was changed.
    """
    opened = open_copies(sample, key)
    try:
        asked = [
            private.decrypt(question, _DOMAIN + private.public_bytes())
            for (_, private), question in zip(opened, sample.questions, strict=True)
        ]
    except KeysError as error:
        raise RecoveryError(f"The sample does not open: {error}; have a new one made.") from error
    return _answer(asked)


def plain_answer(text: str) -> str:
    """Return an answer as it is compared: without spaces and dashes, in small letters."""
    return "".join(each for each in text.lower() if each.isalnum())


def _answer(asked: Sequence[bytes]) -> str:
    digest = hashlib.sha256(_ANSWER_DOMAIN + b"".join(asked)).digest()[:_ANSWER_BYTES]
    letters = base64.b32encode(digest).decode("ascii").lower()
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
