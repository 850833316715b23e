"""Notes in ``python_sentences.toml`` that the sentences of a file were read anew, and what holds them.

``python -m tests.support.said.register FILE [TEST or WORD...]`` prints them and puts down what stands for
them. Do that once you have asked of each in which state it would be false, and a test feeds it that state.
Without a test or a word what held them before stays; a file that is gone goes.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from tests.support.said.python_text import digest_of, python_sentences

ROOT = Path(__file__).parents[3]
FILE = ROOT / "tests/unit/said/python_sentences.toml"
PRODUCTS = ("fleet", "device", "simulator")
_OUTSIDE = {"versions", "node_modules"}
_HEAD = (
    "# What was read of the sentences in Python code, and what holds them: see test_python_sentences.py.\n"
)

Register = dict[str, dict[str, list[str]]]
"""For each folder and file what stands for its sentences, and what holds them."""


def register() -> Register:
    """Return it."""
    found: Register = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return found


def said() -> dict[str, list[str]]:
    """Return what each file of the products says by itself; files that say nothing are left out."""
    files = (file for product in PRODUCTS for file in sorted((ROOT / product).rglob("*.py")))
    found = {
        file.relative_to(ROOT).as_posix(): python_sentences(file.read_text(encoding="utf-8"))
        for file in files
        if not _OUTSIDE & set(file.parts)
    }
    return {file: sentences for file, sentences in found.items() if sentences}


def note(known: Register, file: str, sentences: list[str], held: list[str]) -> None:
    """Put down that a file was read; one that says nothing any more goes.

    Raises:
        ValueError: nothing holds what it says.
    """
    folder, _, name = file.rpartition("/")
    before = known.setdefault(folder, {}).pop(name, ["", *held])
    if sentences:
        holds = held or before[1:]
        if not holds:
            raise ValueError(f"Say what holds the sentences of {file}: a test, or a word of the register.")
        known[folder][name] = [digest_of(sentences), *holds]


def as_text(known: Register) -> str:
    """Return the register as its file holds it."""
    folders = (
        f'\n["{folder}"]\n'
        + "".join(f'"{name}" = [{_listed(line)}]\n' for name, line in sorted(files.items()))
        for folder, files in sorted(known.items())
        if files
    )
    return _HEAD + "".join(folders)


def _listed(line: list[str]) -> str:
    return ", ".join(f'"{each}"' for each in line)


if __name__ == "__main__":
    _, given, *by = sys.argv
    now, here = register(), said().get(given, [])
    note(now, given, here, by)
    sys.stdout.write("\n  ".join((given, *here)) + "\n")
    FILE.write_text(as_text(now), encoding="utf-8")
