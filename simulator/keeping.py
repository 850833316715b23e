"""Where a run keeps what it leaves behind, and how its report is written."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import ScenarioError
from simulator.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNFINISHED: Final = (
    "It has not come to its end: it is still under way, or was ended without a chance to say so."
)
"""What a report says from the beginning, until there is more to say."""


@contextmanager
def kept_in(keep: Path | None) -> Iterator[Path]:
    """Give the folder to keep everything in: the one that was asked for, or one that goes again.

    Raises:
        ScenarioError: It cannot be used, or holds something.
    """
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="lapel-") as temporary:
            yield Path(temporary)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise ScenarioError(
                f"{keep} is not empty; give a new folder, so that nothing in it is overwritten."
            )
    except OSError as error:
        raise ScenarioError(f"{keep} cannot be used to keep things in: {error.strerror}.") from error
    yield keep.resolve()


def write_report(file: Path, report: Mapping[str, Any]) -> None:
    """Write a report as JSON: the whole of it, or what was there before stays.

    Raises:
        ScenarioError: It cannot be written.
    """
    write_text(file, json.dumps(report, indent=2) + "\n")


def write_text(file: Path, text: str) -> None:
    """Write a text: the whole of it, or what was there before stays.

    Raises:
        ScenarioError: It cannot be written.
    """
    try:
        with whole_file(file) as output:
            output.write(text.encode())
    except OSError as error:
        raise ScenarioError(f"The report cannot be written to {file}: {error.strerror}.") from error
