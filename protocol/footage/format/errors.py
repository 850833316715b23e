"""What can be wrong with footage, as one small tree. Every message is one sentence for a person.

No message depends on a secret: a wrong key and changed ciphertext read alike.
"""

from __future__ import annotations


class FootageError(Exception):
    """The root: catch this to handle anything that this package raises on bad input."""


class FormatError(FootageError):
    """The bytes do not follow the format.

    Attributes:
        offset: The byte offset, from the start of the file, where the rule was broken.
        reason: What was expected and what was found, without the offset.
    """

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"byte {offset}: {reason}")
        self.offset = offset
        self.reason = reason


class CutShortError(FormatError):
    """The bytes end before what they announce does: as far as they go, more may only be missing."""


class SignatureError(FootageError):
    """A signature does not fit what it signs."""


class CertificateError(FootageError):
    """A certificate cannot be read, is of the wrong kind, or was not issued by the one it names."""


class KeysError(FootageError):
    """Keys are missing, malformed, or do not open what they should open."""


class LedgerError(FootageError):
    """A ledger was asked to hold records in an order that the format forbids."""


class ConsentError(FootageError):
    """A consent event that cannot be accepted."""


class ReceiptError(FootageError):
    """A receipt is not what it claims to be."""


class StatementError(FootageError):
    """What was given is not the signed statement that it was given as."""


class DeletionError(StatementError):
    """What was given is no certificate of deletion."""


class ReleaseError(StatementError):
    """What was given is not what a fleet says of a release."""


class NoLedgerError(FootageError):
    """What was given is not a recording: there is no ledger in it."""
