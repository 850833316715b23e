"""Where one crash is in all that can be tried: how ``python -m tests.harness.crash --again`` finds it.

``3/120/12:dropped,14:first512``: script 3, after 120 operations, with those fates. With
``/17/2:dropped`` behind it: then a second crash, after 17 operations of the recovery.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.harness.crash.disk.fates import Fates, read_fates, write_fates


@dataclass(frozen=True, slots=True)
class Crash:
    """After how many operations, and what became of those that were pending."""

    after: int
    fates: Fates = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.after}/{write_fates(self.fates)}"


@dataclass(frozen=True, slots=True)
class Place:
    """A crash of a script, and perhaps one of the recovery after it."""

    script: int
    crash: Crash
    second: Crash | None = None

    def __str__(self) -> str:
        first = f"{self.script}/{self.crash}"
        return first if self.second is None else f"{first}/{self.second}"

    @classmethod
    def read(cls, text: str) -> Place:
        """The reverse of ``str``.

        Raises:
            ValueError: It is no such text.
        """
        match text.split("/"):
            case [script, after, fates]:
                return cls(int(script), Crash(int(after), read_fates(fates)))
            case [script, after, fates, second, others]:
                first = Crash(int(after), read_fates(fates))
                return cls(int(script), first, Crash(int(second), read_fates(others)))
            case _:
                raise ValueError(f"{text!r} is no place: write it as SCRIPT/AFTER/FATES")
