"""What can be said of a whole recorded life at once, without crashing it: all that was ever written.

- No picture, no sound, no key of a part and no private key of the vault was ever written (C1, C2, C9).
- A press is answered after one durable file, its ledger, and nothing else: its cost does not depend on the
  footage, and not on the number of segments (C4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from device.storage.layout import CLAIM_SUFFIX
from tests.harness.crash.disk.operations import Names, Operation, Said, Write
from tests.harness.crash.scripts.life import Life
from tests.support.media.recordings import plain_chunk

PLAIN = plain_chunk(0, size=0).parts[0].data[:12]


def audit(log: Sequence[Operation], life: Life) -> tuple[dict[str, int], list[str]]:
    """How often each promise was checked, and what did not hold."""
    everything = _written(log)
    vault = life.identity.private.to_bytes()
    secrets = [*((key, "C2", "a part's key") for key in life.keys), (PLAIN, "C1", "plain footage")]
    secrets += [(half, "C9", "a private key of the vault") for half in (vault[:32], vault[32:64], vault[64:])]
    checked: dict[str, int] = {}
    losses: list[str] = []
    for secret, promise, what in secrets:
        checked[promise] = checked.get(promise, 0) + 1
        if secret in everything:
            losses.append(f"{promise}: {what} was written")
    for written, named in _presses(log):
        checked["C4"] = checked.get("C4", 0) + 1
        if any(not name.endswith(CLAIM_SUFFIX) for name in written) or named - {"create", "unlink"}:
            losses.append(f"C4: a press wrote {sorted(written)} and did {sorted(named)}")
    return checked, losses


def _written(log: Sequence[Operation]) -> bytes:
    """All that was ever written, file by file: a secret across two writes is found too."""
    files: dict[int, bytearray] = {}
    for operation in log:
        if isinstance(operation, Write):
            files.setdefault(operation.node, bytearray()).extend(operation.data)
    return b"|".join(files.values())


def _presses(log: Sequence[Operation]) -> Iterator[tuple[set[str], set[str]]]:
    """For each press that wrote, the names of the files that it wrote to, and what it did to names.

    It does so until it is answered; a file that a full card did not take is unlinked and tried once more.
    """
    names: dict[int, str] = {}
    press: tuple[set[str], set[str]] | None = None
    for operation in log:
        if isinstance(operation, Names):
            if operation.what == "create":
                names |= {node: name for name, node in operation.added}
            if press is not None:
                press[1].add(operation.what)
        elif isinstance(operation, Write) and press is not None:
            press[0].add(names[operation.node])
        elif isinstance(operation, Said):
            if press is not None and press[0]:
                yield press
            press = (set(), set()) if operation.what == "press" else None
