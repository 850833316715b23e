"""What can be said of a whole recorded life at once, without crashing it: all that was ever written.

- No picture, no sound, no key of a part and no private key of the vault was ever written (C1, C2, C9).
- A press writes its ledger and nothing else: its cost does not depend on the footage (C4).
"""

from collections.abc import Iterator, Sequence

from tests.harness.crash.life import Life
from tests.harness.crash.operations import Names, Operation, Said, Write
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
    for written in _presses(log):
        checked["C4"] = checked.get("C4", 0) + 1
        if written - {"ledger.cbor"}:
            losses.append(f"C4: a press wrote {sorted(written)}")
    return checked, losses


def _written(log: Sequence[Operation]) -> bytes:
    """All that was ever written, file by file: a secret across two writes is found too."""
    files: dict[int, bytearray] = {}
    for operation in log:
        if isinstance(operation, Write):
            files.setdefault(operation.node, bytearray()).extend(operation.data)
    return b"|".join(files.values())


def _presses(log: Sequence[Operation]) -> Iterator[set[str]]:
    """For each press that began a recording, the names of the files that it wrote to."""
    names: dict[int, str] = {}
    press: set[str] | None = None
    for operation in log:
        if isinstance(operation, Names) and operation.what == "create":
            names |= {node: name for name, node in operation.added}
        elif isinstance(operation, Write) and press is not None:
            press.add(names[operation.node])
        elif isinstance(operation, Said):
            if press:
                yield press
            press = set() if operation.what == "press" else None
