"""Figures that were kept, and what has moved since: ``benchmarks/baselines/NAME.json``.

A run is compared with them by ratios alone, since absolute times are another machine's or another hour's. A
ratio that is new has nothing to be compared with, and one that has gone is said: neither is a movement.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks._support.figures import SCHEMA
from benchmarks._support.ratio import Movement, Ratio, movement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLDER: Final = Path(__file__).resolve().parents[1] / "baselines"


class BaselineError(Exception):
    """Kept figures that cannot be used: one sentence."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One ratio then and now; None where it was not measured."""

    name: str
    before: Ratio | None
    now: Ratio | None

    @property
    def movement(self) -> Movement | None:
        """Whether it moved by more than its noise; None where there is nothing to compare."""
        if self.before is None or self.now is None:
            return None
        return movement(self.before, self.now)

    @property
    def sentence(self) -> str:
        """What became of it, in words."""
        if self.now is None:
            return f"{self.name}: not measured any more"
        if self.before is None:
            return f"{self.name}: {self.now.value:.2f}, new"
        unsure = max(self.before.noise, self.now.noise)
        return (
            f"{self.name}: {self.before.value:.2f} before, {self.now.value:.2f} now ({self.movement}; "
            f"{len(self.now.over)} samples, unsure by {unsure:.0%})"
        )


def read_kept(path: Path) -> dict[str, Any]:
    """Read figures that were kept.

    Raises:
        BaselineError: There are none, or they are not of this kind.
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BaselineError(f"There are no figures to compare with at {path}.") from error
    except (OSError, ValueError) as error:
        raise BaselineError(f"{path} cannot be read as figures: {error}.") from error
    if not isinstance(kept, dict) or kept.get("schema") != SCHEMA:
        raise BaselineError(f"{path} does not hold figures of schema {SCHEMA}: measure them anew.")
    return kept


def ratios_of(kept: dict[str, Any]) -> list[Ratio]:
    """The ratios among figures that were kept.

    Raises:
        BaselineError: One of them is none.
    """
    try:
        return [Ratio.from_json(each) for each in kept["ratios"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BaselineError(
            f"The figures {kept.get('title')!r} hold a ratio that is none: {error}."
        ) from error


def compare(before: Sequence[Ratio], now: Sequence[Ratio]) -> Iterator[Comparison]:
    """Compare two runs, ratio by ratio, in the order of the newer one."""
    old = {each.name: each for each in before}
    new = {each.name: each for each in now}
    for name in dict.fromkeys([*new, *old]):
        yield Comparison(name, old.get(name), new.get(name))
