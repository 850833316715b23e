"""The same for ``lapel-verify`` on a folder: status 1, and on its first line what was altered and where."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from typer.testing import CliRunner

from protocol.verify import cli
from tests.harness.alterations.trial import IDENTITY, Alteration, Tally, Trial


class CommandTrial:
    """A recording on disk, and the authority beside it; no key anywhere."""

    def __init__(self, folder: Path, trial: Trial) -> None:
        self._trial = trial
        self._folder = folder / "recording"
        self._authority = folder / "authority.der"
        self._folder.mkdir()
        self._authority.write_bytes(IDENTITY.authority)
        for name, data in trial.files.items():
            (self._folder / name).write_bytes(data)

    def verify(self) -> tuple[int, str, str]:
        """Run the command and return its status, its output and what it wrote to stderr."""
        arguments = [str(self._folder), "--authority", str(self._authority)]
        result = CliRunner().invoke(cli.app, arguments)
        return result.exit_code, result.stdout, result.stderr

    def run(self, made: Iterable[Alteration]) -> Tally:
        tally = Tally()
        for alteration in made:
            file = self._folder / alteration.name
            file.write_bytes(alteration.of(self._trial.files)[alteration.name])
            status, out, err = self.verify()
            file.write_bytes(self._trial.files[alteration.name])
            tally.tried[self._trial.what(alteration)] += 1
            if status != 1 or err or not self._placed(alteration, out):
                tally.missed.append(f"{alteration} by lapel-verify: status {status}, {out!r} {err!r}")
        return tally

    def _placed(self, alteration: Alteration, out: str) -> bool:
        first = out.partition("\n")[0]
        return first.startswith("Altered: ") and f"{alteration.name}, byte " in first
