"""The golden vectors of the footage format: small recordings with one fault each, and the verdict on each.

``python -m tests.support.vectors.vectors`` writes them to ``tests/vectors/footage``; a test checks that the
files are what this makes and that the verifier says what they expect. Everything follows from fixed seeds but
HPKE's ciphertexts, which are never the same twice: those are recorded in ``sealed_keys.json`` and used again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from protocol.footage.format.cbor import Buffer
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Keys
from protocol.footage.sealing.keys import Recipient, keys_context, seal_keys
from protocol.footage.sealing.opening import open_parts
from tests.support.vectors.base import IDENTITY, Case, Files
from tests.support.vectors.cases import make_cases

FOLDER: Final = Path(__file__).parents[2] / "vectors" / "footage"
BASE: Final = "intact"
Json = dict[str, object]


class Sealer:
    """Seals like ``seal_keys``, with the ciphertexts that were recorded for the same keys and place."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = dict(known)
        self.used: dict[str, str] = {}

    def __call__(
        self,
        recipients: Sequence[Recipient],
        *,
        recording: bytes,
        first_seq: int,
        last_seq: int,
        keys: Mapping[tuple[int, Track], Buffer],
    ) -> Keys:
        """Seal a range of keys, or recall how it was sealed before."""
        fresh = seal_keys(recipients, recording=recording, first_seq=first_seq, last_seq=last_seq, keys=keys)
        sealed = []
        for each in fresh.sealed:
            info = keys_context(recording, first_seq, last_seq, each.track, each.key_id)
            plain = b"".join(keys.get((seq, each.track), bytes(32)) for seq in range(first_seq, last_seq + 1))
            place = hashlib.sha256(info + plain).hexdigest()
            self.used[place] = self.known.setdefault(place, base64.b64encode(each.ciphertext).decode())
            sealed.append(replace(each, ciphertext=base64.b64decode(self.used[place])))
        return replace(fresh, sealed=tuple(sealed))


def case_json(case: Case, intact: Files) -> Json:
    """Return a case's file: beside ``intact`` itself only what differs from it, null where a file is gone."""
    base = {} if case.name == BASE else intact
    names = sorted({*base, *case.files})
    files = {name: _text(case.files.get(name)) for name in names if case.files.get(name) != base.get(name)}
    finding = {"rule": case.rule, "file": case.file, "record": case.record} if case.rule else {}
    return {
        "case": case.name,
        "what": case.what,
        "expect": case.expect,
        **finding,
        **({"gaps": list(case.gaps)} if case.gaps else {}),
        "authority": _text(case.authority),
        **({"from": BASE} if base else {}),
        "files": files,
    }


def identity_json(intact: Files) -> Json:
    """Return the keys of the vectors, private ones too, and what the parts of ``intact`` decrypt to."""
    raw = IDENTITY.camera_key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return {
        "warning": "These keys are public. Never use them for anything but these vectors.",
        "camera": IDENTITY.camera,
        "camera_ed25519_private": raw.hex(),
        "recipient_private": IDENTITY.private.to_bytes().hex(),
        "recipient_key_id": IDENTITY.private.key_id.hex(),
        "parts_of_intact": [
            {"seq": part.header.seq, "track": part.track, "codec": part.codec, "plaintext": part.data.hex()}
            for part in open_parts(intact, IDENTITY.private)
        ],
    }


@dataclass(frozen=True)
class Vector:
    """A vector as read from its file.

    ``finding`` is the rule, file and record of the first, if altered; ``gaps`` are all that must be reported
    where nothing is.
    """

    name: str
    what: str
    expect: str
    finding: tuple[str, str, str] | None
    gaps: list[Json]
    authority: bytes | None
    files: Files

    @property
    def authorities(self) -> list[bytes]:
        """The authorities to pin."""
        return [] if self.authority is None else [self.authority]


def read_vector(name: str) -> Vector:
    """Read a vector; what it shares with another is filled in."""
    case = json.loads((FOLDER / "cases" / f"{name}.json").read_text())
    base = read_vector(case["from"]).files if "from" in case else {}
    own = {name: None if text is None else base64.b64decode(text) for name, text in case["files"].items()}
    return Vector(
        case["case"],
        case["what"],
        case["expect"],
        (case["rule"], case["file"], case["record"]) if "rule" in case else None,
        case.get("gaps", []),
        None if case["authority"] is None else base64.b64decode(case["authority"]),
        {name: data for name, data in {**base, **own}.items() if data is not None},
    )


def vector_names() -> list[str]:
    """Return the names of all vectors, in order."""
    return sorted(path.stem for path in (FOLDER / "cases").glob("*.json"))


def load_sealed() -> dict[str, str]:
    """Return the recorded HPKE ciphertexts, by the SHA-256 of ``info`` and keys."""
    path = FOLDER / "sealed_keys.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def make_files(sealer: Sealer) -> dict[str, str]:
    """Return the text of every vector file, by its path in the folder."""
    cases = make_cases(sealer)
    intact = next(case.files for case in cases if case.name == BASE)
    return {
        **{f"cases/{case.name}.json": _dump(case_json(case, intact)) for case in cases},
        "identity.json": _dump(identity_json(intact)),
        "sealed_keys.json": _dump(dict(sorted(sealer.used.items()))),
    }


def write_all() -> None:
    """Write every vector, and remove those that are made no more."""
    files = make_files(Sealer(load_sealed()))
    (FOLDER / "cases").mkdir(parents=True, exist_ok=True)
    for path in (FOLDER / "cases").glob("*.json"):
        path.unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text)


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _dump(value: Mapping[str, object]) -> str:
    return json.dumps(value, indent=1) + "\n"


if __name__ == "__main__":
    write_all()
