"""Exports of the log: what is shown is as the checkpoint has it, whatever of it somebody changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from fleet.audit.chain import START, Entry, EntryVersion
from fleet.audit.checkpoints.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from fleet.audit.checkpoints.note import NoteError, NoteSigner
from fleet.audit.export import HEADINGS, ExportHead, PieceMaker, cells, head_line, piece_line
from fleet.audit.export_check import ExportCheck, ExportResult
from fleet.audit.merkle.tree import Frontier
from fleet.cli import app
from fleet.web.views.csv_rows import csv_text

SIGNER = NoteSigner("example.org/audit", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = NoteSigner("example.org/audit", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def entry(number: int, *, purpose: str = "=HYPERLINK(1)") -> Entry:
    salt = number.to_bytes(16)
    detail: dict[str, str | int] = {"n": number, "ä": "x"}
    return Entry(
        number,
        number * 10**6,
        "user:A",
        "x:y:z",
        "s",
        purpose,
        detail,
        START,
        "10.0.0.1",
        salt,
        EntryVersion.SALTED,
    )


def signed(size: int, signer: NoteSigner = SIGNER) -> SignedCheckpoint:
    tree = Frontier()
    for number in range(1, size + 1):
        tree.append(entry(number).leaf)
    return sign_checkpoint(Checkpoint(size, tree.root(), signer.name), signer)


def export_of(size: int, shown: set[int], sizes: set[int] | None = None) -> list[str]:
    head = ExportHead(signed(size), SIGNER.key.text, {"looked for": "everything"})
    maker, lines = PieceMaker(sizes or set()), [head_line(head)]
    for number in range(1, size + 1):
        lines += map(piece_line, maker.add(entry(number), shown=number in shown))
    return [*lines, *map(piece_line, maker.finish())]


def checked(lines: list[str], *checkpoints: SignedCheckpoint) -> tuple[ExportResult, list[Entry]]:
    first, *rest = (line.encode() for line in lines)
    found: list[ExportResult] = []
    check = ExportCheck(first)
    entries = list(check.run(rest, [each.checkpoint for each in checkpoints], found))
    return found[0], entries


@given(st.integers(0, 40), st.data())
def test_what_is_shown_and_what_is_hidden_make_the_checkpoint_s_root(size: int, draw: st.DataObject) -> None:
    # proves F2
    shown = draw.draw(st.sets(st.integers(1, max(1, size))))
    older = draw.draw(st.integers(0, size))
    lines = export_of(size, shown, {older})
    result, entries = checked(lines, signed(older))
    shown &= set(range(1, size + 1))
    assert result == ExportResult(len(shown), size, None, 1 if older == size else 2, (), ())
    assert [(each.number, each.purpose) for each in entries] == [(n, "=HYPERLINK(1)") for n in sorted(shown)]
    assert len(lines) - 1 <= len(shown) + (len(shown) + 2) * max(1, size).bit_length() * 2


def test_hidden_entries_are_few_hashes_and_nothing_of_them_is_in_the_file() -> None:
    lines = export_of(40, {17})
    before, after = [16], [1, 2, 4, 8, 8]
    assert len(lines) == 1 + len(before) + 1 + len(after)
    assert "user:A" not in "".join(line for line in lines if '"entry"' not in line)
    assert "digest" not in "".join(lines)


def changed(line: str, **fields: object) -> str:
    found = json.loads(line)
    found["entry"] |= fields
    return json.dumps(found) + "\n"


CHANGES: dict[str, Callable[[list[str]], list[str]]] = {
    "an entry left out": lambda lines: [each for each in lines if '"number":5' not in each],
    "an entry twice": lambda lines: [
        each for line in lines for each in [line] * (1 + ('"number":5' in line))
    ],
    "two swapped": lambda lines: [*lines[:-2], lines[-1], lines[-2]],
    "cut off": lambda lines: lines[:-1],
    "one more": lambda lines: [*lines, piece_line_of(21)],
    **{
        f"another {name}": (
            lambda lines, name=name, value=value: [  # type: ignore[misc]  # bound here and now
                changed(line, **{name: value}) if '"number":5' in line else line for line in lines
            ]
        )
        for name, value in {
            "number": 6,
            "utc_us": 1,
            "actor": "user:B",
            "action": "x:y:w",
            "subject": "t",
            "purpose": "",
            "detail": {"n": 5},
            "address": "10.0.0.2",
            "salt": "00" * 16,
            "version": 1,
        }.items()
    },
}


def piece_line_of(number: int) -> str:
    return next(map(piece_line, PieceMaker(()).add(entry(number), shown=True)))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_an_export_is_found(change: str) -> None:  # proves F2
    lines = export_of(20, {4, 5, 6, 19, 20})
    assert checked(lines)[0].broken is None
    broken = checked(CHANGES[change](lines))[0].broken
    assert broken is not None
    assert broken.reason.endswith(".")


def test_nothing_is_given_of_an_export_beyond_what_does_not_fit() -> None:
    # proves F2
    another = sign_checkpoint(Checkpoint(5, bytes(32), SIGNER.name), SIGNER)
    result, entries = checked(export_of(20, {4, 5, 6, 20}), another)
    assert result.broken is not None
    assert [each.number for each in entries] == [4]


def test_a_checkpoint_that_ends_within_what_is_hidden_is_said_not_to_be_compared() -> None:
    lines = export_of(20, {20})
    result, _ = checked(lines, signed(3), signed(16), signed(19), signed(25))
    assert (result.broken, result.fitting, result.hidden, result.newer) == (None, 3, (3,), (25,))
    forged = sign_checkpoint(Checkpoint(16, bytes(32), SIGNER.name), SIGNER)
    assert checked(lines, forged)[0].broken is not None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"entry": 1}',
        '{"entry": {}}',
        '{"hidden": 1}',
        '{"hidden": [1]}',
        '{"hidden": [-1, "00"]}',
        '{"hidden": [41, "00"]}',
        '{"hidden": [true, "00"]}',
        '{"hidden": [0, "zz"]}',
        '{"hidden": [0, "00"]}',
        '{"hidden": [0, "' + "AA" * 32 + '"]}',
        '{"hidden": [3, "' + "00" * 32 + '"]}',
        '{"hidden": [0, "' + "00" * 32 + '"], "more": 1}',
        '"' + "x" * 2_000_000 + '"',
    ],
)
def test_a_line_that_is_none_is_refused_in_a_sentence(line: str) -> None:  # proves F6
    broken = checked([*export_of(5, {1})[:2], line])[0].broken
    assert broken is not None
    assert broken.reason.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "5"),
        ("number", True),
        ("utc_us", 10**30),
        ("detail", {"n": 1.5}),
        ("detail", {"n": "\ud800"}),
        ("purpose", "\ud800"),
        ("salt", "0"),
        ("version", 7),
        ("more", 1),
    ],
)
def test_an_entry_that_is_none_is_refused_in_a_sentence(name: str, value: object) -> None:  # proves F6
    lines = export_of(5, {1})
    lines[1] = changed(lines[1], **{name: value})
    broken = checked(lines)[0].broken
    assert broken is not None
    assert broken.reason.startswith("An entry of the export")


@pytest.mark.parametrize(
    "head", ["", "{}", '{"format": "lapel audit export v1"}', '{"format": "another"}', "\xff"]
)
def test_a_head_that_is_none_is_refused(head: str) -> None:  # proves F6
    with pytest.raises(NoteError):
        ExportCheck(head.encode("latin-1"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = export_of(20, {5, 20}, {10})
    (tmp_path / "log.jsonl").write_text("".join(lines))
    rows = "".join(csv_text([cells(entry(number))]) for number in (5, 20))
    (tmp_path / "log.csv").write_bytes(("\ufeff" + csv_text([HEADINGS]) + rows).encode())
    (tmp_path / "key").write_text(SIGNER.key.text)
    (tmp_path / "other").write_text(OTHER.key.text)
    for size in (3, 10):
        (tmp_path / f"{size}.checkpoint").write_bytes(signed(size).note)
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["audit", "verify", "--log", str(folder / "log.jsonl"), *words])


def test_an_export_is_verified_with_its_table(folder: Path) -> None:  # proves F2
    key, table = ("--key", str(folder / "key")), folder / "log.csv"
    said = run(folder, *key, "--csv", str(table))
    assert (said.exit_code, said.stdout) == (
        0,
        "The export holds: the 2 entries it shows are in the log of 20 entries that its checkpoint shows.\n",
    )
    assert run(folder).exit_code == 4
    assert run(folder, "--key", str(folder / "other")).exit_code == 1
    assert run(folder, *key, "--checkpoint", str(folder / "10.checkpoint")).exit_code == 0
    said = run(folder, *key, "--checkpoint", str(folder / "3.checkpoint"))
    assert said.exit_code == 3
    assert "could not be compared" in said.stdout
    whole = table.read_bytes()
    assert b"'=HYPERLINK(1)" in whole, "no spreadsheet takes it for a formula"
    for wrong in (whole.replace(b"user:A", b"user:B"), whole[:-20], whole + b"1,2\r\n", b""):
        table.write_bytes(wrong)
        said = run(folder, *key, "--csv", str(table))
        assert (said.exit_code, said.stdout.startswith("The table does not hold")) == (1, True)
    lines = (folder / "log.jsonl").read_text()
    (folder / "log.jsonl").write_text(lines.replace("user:A", "user:B"))
    said = run(folder, *key)
    assert (said.exit_code, said.stdout.startswith("The export does not hold.")) == (1, True)
    (folder / "log.jsonl").write_text('{"format":1}\n')
    said = run(folder, *key)
    assert said.exit_code == 2
    assert said.stderr.endswith(".\n")
