"""What the cases of the golden vectors are made with: one small recording, and ways to change one thing.

That recording, ``intact``: two segments of two chunks each, the first chunk outside the recording, two chunks
of pre-record, one live, video alone; a ledger of open, keys, keys, event and close.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from protocol.footage.format.cbor import Value
from protocol.footage.format.model import Track
from protocol.footage.format.signing import Domain, ed25519_signer
from protocol.footage.ledger.ledger import LEDGER_NAME, Keys
from protocol.footage.receipt import RECEIPT_NAME
from tests.support.media.recordings import Take, TestIdentity, make_identity, record
from tests.support.vectors.forging import Edit, Fields, records, reforge, reforge_ledger, resign

IDENTITY: Final = make_identity()
VIDEO: Final = frozenset({Track.VIDEO})
NO_RECORDING: Final = "not a recording"
STRAY: Final = "stray file"
OTHER: Final = "another authority"
UNKNOWN: Final = "consistent, signer unknown"
__all__ = [
    "IDENTITY",
    "NO_RECORDING",
    "OTHER",
    "STRAY",
    "UNKNOWN",
    "VIDEO",
    "Base",
    "Case",
    "Fields",
    "Files",
    "Seal",
    "Value",
    "altered",
    "found",
    "lack",
    "put",
    "swap",
]

Files = dict[str, bytes]
Seal = Callable[..., Keys]


@dataclass(frozen=True)
class Case:
    """One vector: the files, the authority to pin, and what must be said.

    ``gaps`` are those to be reported, in order of time: written down here, not asked of the verifier.
    """

    name: str
    what: str
    files: Files
    expect: str
    rule: str | None = None
    file: str | None = None
    record: str | None = None
    authority: bytes | None = IDENTITY.authority
    gaps: tuple[Fields, ...] = ()


@dataclass(frozen=True)
class Base:
    """The recording that cases start from."""

    seal: Seal
    take: Take
    files: Files
    first: str
    second: str

    def take_with(self, identity: TestIdentity = IDENTITY, **options: object) -> Take:
        """Make the same recording but for some options."""
        usual = {"outside": 1, "prerecord": 2, "live": 1, "per_segment": 2, "tracks": VIDEO, "size": 8}
        return record(identity, sealer=self.seal, **{**usual, **options})  # type: ignore[arg-type]  # passed on

    def chunks(self, name: str, edit: Callable[[list[bytes]], list[bytes]]) -> Files:
        """Rearrange the records of a segment behind its run record."""
        run, *chunks = records(self.files[name])
        return {**self.files, name: b"".join([run, *edit(chunks)])}

    def ledger(self, *at: int) -> Files:
        """Rearrange the records of the ledger."""
        pieces = records(self.files[LEDGER_NAME])
        return {**self.files, LEDGER_NAME: b"".join(pieces[each] for each in at)}

    def forged_chunk(self, edit: Edit, *, domain: Domain | None = None) -> Files:
        """Change fields of the last chunk and sign it anew."""
        return self.chunks(self.second, lambda c: [c[0], reforge(IDENTITY.signer, c[1], edit, domain=domain)])

    def forged_header(self, edit: Callable[[bytes], bytes]) -> Files:
        """Change the bytes of the last chunk's header and sign them anew."""
        return self.chunks(self.second, lambda c: [c[0], resign(IDENTITY.signer, c[1], edit)])

    def forged_run(self, edit: Edit) -> Files:
        """Change fields of the second segment's run record and sign it anew."""
        run, *chunks = records(self.files[self.second])
        return {**self.files, self.second: b"".join([reforge(IDENTITY.signer, run, edit), *chunks])}

    def forged_ledger(self, at: int, edit: Edit) -> Files:
        """Change fields of a ledger record, and chain and sign anew."""
        return {**self.files, LEDGER_NAME: reforge_ledger(IDENTITY, self.files[LEDGER_NAME], at, edit)}

    def forged_receipt(self, edit: Edit, identity: TestIdentity = IDENTITY) -> Files:
        """Add the fleet's receipt, with fields changed and signed anew."""
        receipt = self.take_with(receipt=True).files[RECEIPT_NAME]
        return {**self.files, RECEIPT_NAME: reforge(ed25519_signer(identity.receipts_key), receipt, edit)}

    def edited(self, name: str, edit: Callable[[bytes], bytes]) -> Files:
        """Change the bytes of a file."""
        return {**self.files, name: edit(self.files[name])}

    def without(self, *names: str) -> Files:
        """Take files away."""
        return {name: data for name, data in self.files.items() if name not in names}


def found(name: str, what: str, files: Files, expect: str, *finding: str) -> Case:
    """Return a case of another verdict that has a finding: its rule, the file and the record."""
    rule, file, place = finding
    return Case(name, what, files, expect, rule, file, place)


def altered(name: str, what: str, files: Files, *finding: str) -> Case:
    """Return a case whose verdict is ``altered``; the finding is the rule, the file and the record."""
    return found(name, what, files, "altered", *finding)


def lack(
    track: Track, start_ns: int, duration_ns: int, cause: str | None = None, *, overlap: bool = False
) -> Fields:
    """Return a gap as a vector names it, unexplained where there is no cause."""
    times: Fields = {"start_ns": start_ns, "duration_ns": duration_ns}
    return {"track": str(track), **times, "cause": str(cause) if cause else None, "overlap": overlap}


def put(changes: Fields) -> Edit:
    """Return an edit that replaces fields."""
    return lambda fields: fields.update(changes)


def drop(name: str) -> Edit:
    """Return an edit that takes a field away."""

    def edit(fields: Fields) -> None:
        del fields[name]

    return edit


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Return an edit of bytes that replaces what is there exactly once."""

    def edit(data: bytes) -> bytes:
        assert data.count(old) == 1, (old, data)
        return data.replace(old, new)

    return edit
