"""Runs one target under atheris in a process of its own, and reads from its output how far it is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Final

from tests.harness.fuzz import seeds
from tests.harness.fuzz.targets import Target

ROOT: Final = Path(__file__).resolve().parents[3]
LARGEST: Final = 16_384
"""The longest input in bytes: a small recording's ledger several times over."""

_HANGING_S: Final = 60
_EXECUTED: Final = re.compile(r"executed (\d+), (\d+) MiB")
_STATUS: Final = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")
_UNITS: Final = re.compile(r"stat::number_of_executed_units: (\d+)")


@dataclass(frozen=True)
class Outcome:
    """What came of a target.

    Attributes:
        executions: How many inputs were tried.
        edges: How many edges of the protocol's code they reached.
        corpus: How many inputs reached something new and were kept.
        peak_mb: The most memory that the process held, in MiB.
        failure: What went wrong and with which input; empty when nothing did.
    """

    executions: int
    edges: int
    corpus: int
    peak_mb: int
    failure: str = ""


def run(target: Target, executions: int, seed: int, keep: Path, tell: Callable[[int], None]) -> Outcome:
    """Fuzz a target.

    Args:
        target: Which.
        executions: How many inputs to try.
        seed: The same seed tries the same inputs.
        keep: Where an input that breaks something is written.
        tell: Called with the number of inputs tried so far, as the work goes on.
    """
    keep.mkdir(parents=True, exist_ok=True)
    with _corpus(target) as (corpus, words):
        command = [
            *(sys.executable, "-m", "tests.harness.fuzz.worker", target.name),
            *(f"-runs={executions}", f"-seed={seed}", f"-max_len={LARGEST}", f"-dict={words}"),
            *("-rss_limit_mb=0", f"-timeout={_HANGING_S}", "-mutate_depth=2"),
            # Reading the corpus again each second tries what was let go of again, more or less by how slow
            # the machine is: more inputs than asked for, and not the same ones for the same seed.
            "-reload=0",
            *("-print_final_stats=1", f"-artifact_prefix={keep}/{target.name}-", str(corpus)),
        ]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
        )
        said: list[str] = []
        peaks = [0]
        told = Thread(target=_follow, args=(process.stdout, tell, said, peaks))
        told.start()
        lines = [line for line in process.stderr or () if not line.startswith("INFO")]
        status = process.wait()
        told.join()
    return _outcome("".join(lines), "".join(said), status, peaks[-1])


@contextmanager
def _corpus(target: Target) -> Iterator[tuple[Path, Path]]:
    with TemporaryDirectory(prefix="lapel-fuzz-") as folder:
        corpus, words = Path(folder) / "corpus", Path(folder) / "words"
        corpus.mkdir()
        words.write_text(seeds.dictionary())
        for at, data in enumerate(target.seeds()):
            (corpus / f"seed-{at:04}").write_bytes(data)
        yield corpus, words


def _follow(stream: IO[str] | None, tell: Callable[[int], None], said: list[str], peaks: list[int]) -> None:
    """Tell how far the process is, and keep its peaks; whatever else it says is its traceback."""
    for line in stream or ():
        found = _EXECUTED.match(line)
        if found:
            tell(int(found[1]))
            peaks.append(int(found[2]))
        else:
            said.append(line)


def _outcome(text: str, said: str, status: int, peak_mb: int) -> Outcome:
    edges, _, corpus = (_STATUS.findall(text) or [(0, 0, 0)])[-1]
    failure = "" if status == 0 else f"{said[-3000:]}{text[-1000:]}"
    return Outcome(_last(_UNITS, text), int(edges), int(corpus), peak_mb, failure)


def _last(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.findall(text)
    return int(found[-1]) if found else 0
