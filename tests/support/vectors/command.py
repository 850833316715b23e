"""Vectors of ``lapel-verify`` itself: what is given, the exit status, and all that it prints as JSON.

``python -m tests.support.vectors.command`` writes them to ``tests/vectors/verify``, one for each verdict and
exit status at least; a test checks that the files are what this makes and that the command says what they
expect. The recordings are those of the golden vectors (``tests/vectors/footage``), and takes of several
recordings made here. What is expected is written by the command and read by a person; the status and the
verdicts are written down here, so that no change of the command alters them unseen.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from typer.testing import CliRunner

from protocol.footage.format.model import Track
from protocol.footage.ledger.conditions import ConditionKind, ConditionSpan, condition_detail
from protocol.footage.ledger.ledger import EventKind
from protocol.footage.released.released_part import Treatment
from protocol.footage.verifying.released.import_report import AS_NOTED, MADE_ANEW
from protocol.footage.verifying.released.release_report import RELEASED
from protocol.verify import cli
from tests.support.media.recordings import BOOT_NS, SECOND_NS, Take, make_identity
from tests.support.media.releases import releases, signed
from tests.support.vectors.base import IDENTITY, VIDEO, Files
from tests.support.vectors.consents import WORDS, chain_of, name_of, odd_chains, recording_with_words
from tests.support.vectors.imported import signed_import
from tests.support.vectors.vectors import Json, Sealer, load_sealed, read_vector

FOLDER: Final = Path(__file__).parents[2] / "vectors" / "verify"
SEALED: Final = FOLDER / "sealed_keys.json"
AUTHORITY: Final = "authority.der"
OURS: Final = IDENTITY.authority
UNKNOWN: Final = "consistent, signer unknown"
OTHER: Final = "another authority"
IMPORTED: Final = "imported"
STRAY: Final = f"{RELEASED}, stray file"
THEIRS: Final = make_identity(seed=2).authority


@dataclass(frozen=True)
class Command:
    """One vector.

    Attributes:
        name: What the vector is called.
        what: What is given, as a sentence.
        folders: The files of each folder, by the folder's name; one named ``a/b`` lies in ``a``.
        given: The folders that are given to the command, in order.
        authority: The certificate to pin, DER; None to give none.
        status: The exit status that it must have.
        verdicts: The verdict on each recording, in the order of their folders.
    """

    name: str
    what: str
    folders: Mapping[str, Files]
    given: tuple[str, ...]
    status: int
    verdicts: tuple[str, ...]
    authority: bytes | None = OURS


def commands(seal: Sealer) -> Iterator[Command]:
    """Make every vector."""
    yield from _single()
    yield from _several(seal)
    yield _black(seal)
    yield from _released(seal)
    yield from _imported()
    yield from _consents(seal)


def _consents(seal: Sealer) -> Iterator[Command]:
    """What a camera signed of consent at the door."""
    whole = chain_of(IDENTITY, 4)
    first = name_of(1)
    changed = {**whole, first: whole[first][:-1] + bytes([whole[first][-1] ^ 1])}
    beside = {**whole, "note.txt": b"x"}
    fine = ("intact",) * 4
    for case, what, files, status, verdicts, authority in (
        ("consents", "A camera's first four consent events.", whole, 0, fine, OURS),
        ("consents-altered", "A byte of the first was changed.", changed, 1, ("altered", *fine[1:]), OURS),
        ("consents-stray", "A file lies beside them.", beside, 6, fine, OURS),
        ("consents-unpinned", "No authority is given.", whole, 4, (UNKNOWN,) * 4, None),
        ("consents-another", "Another fleet's authority.", whole, 5, (OTHER,) * 4, THEIRS),
    ):
        yield Command(case, what, {"consent": files}, ("consent",), status, verdicts, authority=authority)
    for case, what, files, status in odd_chains(IDENTITY):
        yield Command(case, what, {"consent": files}, ("consent",), status, ("intact",) * len(files))
    given = (f"consent/{first}",)
    yield Command("consent-alone", "One of them, as a file.", {"consent": whole}, given, 0, fine[:1])
    take = recording_with_words(Take(IDENTITY, number=1, seed=13, sealer=seal), *WORDS)
    card = {"card/recordings/00000001": take.files, "card/consent": whole}
    yield Command(
        "consents-card", "A recording, and events beside it.", card, ("card",), 0, ("intact", *fine)
    )


def _imported() -> Iterator[Command]:
    """What was given away of an import, for which no camera signed."""
    noted, anew = signed_import(IDENTITY), signed_import(IDENTITY, noted_sha256=None)
    forged, beside = {**noted, "clip.mp4": b"A clap"}, {**noted, "x": b"x"}
    for case, what, given, status, verdict, authority in (
        ("imported", "A release of an import, as it came.", noted, 11, AS_NOTED, OURS),
        ("imported-anew", "One that the fleet made anew.", anew, 11, MADE_ANEW, OURS),
        ("imported-forged", "Its file was changed.", forged, 1, f"{IMPORTED}, altered", OURS),
        ("imported-stray", "A file lies beside it.", beside, 6, f"{IMPORTED}, stray file", OURS),
        ("imported-unpinned", "No authority is given.", noted, 4, f"{IMPORTED}, {UNKNOWN}", None),
        ("imported-another", "Another fleet's authority.", noted, 5, f"{IMPORTED}, {OTHER}", THEIRS),
    ):
        yield Command(case, what, {"import": given}, ("import",), status, (verdict,), authority=authority)


def _released(seal: Sealer) -> Iterator[Command]:
    """What was given away of a recording: a second changed, one withheld, the rest untouched."""
    take = Take(IDENTITY, per_segment=2, number=1, seed=11, sealer=seal)
    for _ in range(3):
        take.chunk(size=8)
    take.press(asked_s=3)
    take.live(size=8)
    take.close()

    def choose(seq: int, track: Track) -> Treatment:
        if track is Track.VIDEO:
            return Treatment.CHANGED if seq == 1 else Treatment.UNTOUCHED
        return Treatment.WITHHELD if seq == 2 else Treatment.UNTOUCHED

    files = releases(take, choose, recipient="A tenant", purpose="access", withheld=["a third person speaks"])
    segment = min(name for name in files if name.endswith(".rel"))
    forged = signed(take, {**files, segment: files[segment][:-1] + b"?"})
    strange = {**releases(take, lambda _seq, _track: Treatment.CHANGED), "x": b"x"}
    name = "released"
    for case, what, given, status, verdict, authority in (
        ("released", "A release of a recording.", files, 10, RELEASED, OURS),
        ("released-unpinned", "No authority is given.", files, 4, f"{RELEASED}, {UNKNOWN}", None),
        ("released-stray", "A file lies beside it.", {**files, "x": b"x"}, 6, STRAY, OURS),
        ("released-changed-stray", "All is changed, and a file lies beside.", strange, 6, STRAY, OURS),
        ("released-forged", "What is called untouched is not.", forged, 1, f"{RELEASED}, altered", OURS),
        ("released-another", "Another fleet's authority.", files, 5, f"{RELEASED}, {OTHER}", THEIRS),
    ):
        yield Command(case, what, {name: given}, (name,), status, (verdict,), authority=authority)
    both = {"given/1": files, "given/2": take.files}
    what = "A release, and the recording itself."
    yield Command("released-beside", what, both, ("given",), 10, (RELEASED, "intact"))


def _single() -> Iterator[Command]:
    for name, status, verdict, what in (
        ("intact", 0, "intact", "An intact recording."),
        ("intact-receipt", 0, "intact", "An intact recording with the fleet's receipt."),
        ("gap-stated", 0, "intact with gaps", "A recording with a gap that the camera explained."),
        ("gap-unexplained", 0, "intact with gaps", "A recording with a gap that it did not."),
        ("byte-ciphertext", 1, "altered", "A byte of the picture was changed."),
        ("receipt-ledger", 1, "altered", "The receipt is for another ledger."),
        ("stray-altered", 1, "altered", "A changed byte, and a stray file."),
        ("cut-off", 3, "without an end", "A recording without an end."),
        ("receipt-other-fleet", 5, "another authority", "The receipt is another fleet's."),
        ("file-unexpected", 6, "stray file", "A file lies beside the recording."),
        ("stray-receipt", 6, "stray file", "A segment of another run lies beside it."),
        ("keyless-two", 9, "keys missing", "Two chunks at the end have no keys."),
        ("press-early", 0, "intact", "The press came before the first chunk, and it is said why."),
    ):
        yield Command(name, what, {"00000007": read_vector(name).files}, ("00000007",), status, (verdict,))
    intact, receipt = read_vector("intact").files, read_vector("intact-receipt").files
    cut = read_vector("cut-off").files
    for name, status, verdict, what, files, authority in (
        ("unpinned", 4, "consistent, signer unknown", "No authority is given.", receipt, None),
        ("unpinned-cut-off", 4, "consistent, signer unknown", "Nor is there an end.", cut, None),
        ("another-fleet", 5, "another authority", "Another fleet's authority is given.", intact, THEIRS),
    ):
        given = ("00000007",)
        yield Command(name, what, {given[0]: files}, given, status, (verdict,), authority=authority)
    gone = {name: data for name, data in intact.items() if name != "ledger.cbor"}
    yield Command("not-a-recording", "There is no ledger.", {"00000007": gone}, ("00000007",), 2, ())


def _black(seal: Sealer) -> Command:
    """A recording that is as it was signed, and shows little but black (C12)."""
    take = Take(IDENTITY, number=1, seed=9, sealer=seal)
    for _ in range(4):
        take.chunk(tracks=VIDEO, size=8)
    take.press(asked_s=4)
    start = BOOT_NS - 3 * SECOND_NS
    told = ConditionSpan(Track.VIDEO, ConditionKind.BLACK, start, start + 6 * SECOND_NS)
    for span, what in (
        (replace(told, end_ns=None), "The picture is black."),
        (told, "It is over: 6.0 s of black picture."),
        (ConditionSpan(Track.VIDEO, ConditionKind.FROZEN, told.end_ns or 0), "The picture is frozen."),
    ):
        take.event(EventKind.FAULT, **condition_detail(span, what))
    take.close()
    what = "A recording whose picture was black, then frozen."
    return Command("picture-black", what, {"00000001": take.files}, ("00000001",), 0, ("intact",))


def filmed(seal: Sealer) -> dict[str, Take]:
    """Three recordings of one camera, of two boots; the second's pre-record reaches into the first."""
    first = Take(IDENTITY, per_segment=2, number=1, sealer=seal)
    for _ in range(2):
        first.chunk(tracks=VIDEO, size=8)
    first.press(asked_s=2)
    first.close()
    second = first.another()
    second.chunk(tracks=VIDEO, size=8)
    second.press(outside=1, asked_s=2)
    second.close()
    third = second.another(seed=3)
    third.chunk(tracks=VIDEO, size=8)
    third.press(asked_s=1)
    third.close()
    return {"00000001": first, "00000002": second, "00000003": third}


def _several(seal: Sealer) -> Iterator[Command]:
    takes = filmed(seal)
    files = {name: take.files for name, take in takes.items()}
    all_of, fine = tuple(files), ("intact",) * 3
    yield Command("chain", "Three recordings of one camera.", files, all_of, 0, fine)
    nested = {f"card/{name}": each for name, each in files.items()}
    yield Command("chain-folder", "A folder of the three.", nested, ("card",), 0, fine)
    ends = {name: files[name] for name in ("00000001", "00000003")}
    yield Command("chain-not-here", "The second was taken away.", ends, tuple(ends), 8, fine[:2])
    released = {
        "00000001": releases(takes["00000001"], lambda _seq, _track: Treatment.CHANGED),
        "00000003": files["00000003"],
    }
    what = "A release in which all is changed, and one between was taken away."
    yield Command("released-not-here", what, released, tuple(released), 8, (RELEASED, "intact"))
    twin = Take(IDENTITY, per_segment=2, seed=6, number=2, sealer=seal)
    twin.previous_open, twin.run = takes["00000001"].open_digest, takes["00000001"].run
    for _ in range(3):
        twin.chunk(tracks=VIDEO, size=9)
    twin.press(asked_s=3)
    twin.close()
    twice = {"00000001": files["00000001"], "00000002": twin.files}
    yield Command("chain-run-twice", "A run was signed twice.", twice, tuple(twice), 7, fine[:2])
    broken = {name: data[:-1] + b"\0" if name.endswith(".seg") else data for name, data in twin.files.items()}
    worst = {**twice, "00000003": broken, "00000004": read_vector("cut-off").files}
    verdicts = ("intact", "intact", "altered", "without an end")
    yield Command("chain-worst", "The worst of all counts.", worst, tuple(worst), 1, verdicts)
    gone = {name: data for name, data in files["00000002"].items() if name != "ledger.cbor"}
    lacking = {"card/00000001": files["00000001"], "card/00000002": gone}
    what = "One of a folder has no ledger any more."
    yield Command("chain-without-ledger", what, lacking, ("card",), 2, ("intact",))
    yield Command("chain-unpinned", "Nobody is trusted.", files, all_of, 4, (UNKNOWN,) * 3, authority=None)


def run(command: Command, place: Path, *options: str) -> tuple[int, str, str]:
    """Give the command what a vector says, in a folder, and return its status and what it printed."""
    for name, files in command.folders.items():
        (place / name).mkdir(parents=True)
        for file, data in files.items():
            (place / name / file).write_bytes(data)
    arguments = [str(place / name) for name in command.given]
    if command.authority is not None:
        (place / AUTHORITY).write_bytes(command.authority)
        arguments += ["--authority", str(place / AUTHORITY)]
    result = CliRunner().invoke(cli.app, [*arguments, *options])
    out, err = (text.replace(f"{place}/", "") for text in (result.stdout, result.stderr))
    return result.exit_code, out, err


def command_json(command: Command) -> Json:
    """Return a vector's file: what is given, and all that the command must print."""
    with tempfile.TemporaryDirectory() as place:
        _, out, err = run(command, Path(place), "--json")
    return {
        "case": command.name,
        "what": command.what,
        "given": list(command.given),
        "authority": _text(command.authority),
        "status": command.status,
        "verdicts": list(command.verdicts),
        "stdout": json.loads(out) if out else None,
        "stderr": err,
        "folders": {
            name: {file: _text(data) for file, data in sorted(files.items())}
            for name, files in command.folders.items()
        },
    }


def make_all(seal: Sealer) -> dict[str, str]:
    """Return the text of every file, by its path in the folder."""
    made = {f"cases/{each.name}.json": _dump(command_json(each)) for each in commands(seal)}
    return {**made, "sealed_keys.json": _dump(dict(sorted(seal.used.items())))}


def known_keys() -> dict[str, str]:
    """Return the recorded HPKE ciphertexts, which are never the same twice."""
    own = dict(json.loads(SEALED.read_text())) if SEALED.exists() else {}
    return {**load_sealed(), **own}


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _dump(value: Mapping[str, object]) -> str:
    return json.dumps(value, indent=1) + "\n"


if __name__ == "__main__":
    (FOLDER / "cases").mkdir(parents=True, exist_ok=True)
    for path in (FOLDER / "cases").glob("*.json"):
        path.unlink()
    for name, text in make_all(Sealer(known_keys())).items():
        (FOLDER / name).write_text(text)
