"""The report on a release of an import: what was found, in one sentence, and in JSON. Pure.

No camera of the fleet made it and none signed it. So nothing of it is ever called untouched, proven or
verified: what there is to be shown is that the files are those for which the fleet signed, and whether the
digest of what was imported is the one that the fleet noted as it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.verifying.report import Finding, Verdict

if TYPE_CHECKING:
    from protocol.footage.released.release import Release
    from protocol.footage.verifying.results.json_value import JsonValue

AS_NOTED: Final = "imported: digest as noted"
MADE_ANEW: Final = "imported: made anew by its fleet"
_NOBODY: Final = "No camera signed it, and nothing shows how it was before it came"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of ``verify_import``.

    Attributes:
        release: What the fleet says of it; None where that cannot be read or its signature does not hold.
        findings: Every broken rule, the gravest in front.
        fault: The worst of what does not hold; ``INTACT`` where all does.
        is_as_noted: Whether the file that goes out has the digest that the fleet noted at its import.
        bytes_checked: So many bytes were looked at.
    """

    release: Release | None
    findings: tuple[Finding, ...]
    fault: Verdict
    is_as_noted: bool
    bytes_checked: int

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong with it, and it is signed under an authority that the caller trusts."""
        return self.fault is Verdict.INTACT

    @property
    def verdict(self) -> str:
        """The verdict: "imported: digest as noted", "imported: made anew by its fleet", or its fault."""
        if not self.holds:
            return f"imported, {self.fault}"
        return AS_NOTED if self.is_as_noted else MADE_ANEW

    @property
    def sentence(self) -> str:
        """The answer in words, which claims no more than it shows."""
        name = _text(self.release, "import_reference")
        what = f"a release of {f'import {name}' if name else 'an import'}"
        if self.fault is Verdict.ALTERED:
            return f"Altered: {what}. {self.findings[0].sentence}{self._more()}."
        lead = {
            Verdict.OTHER_AUTHORITY: "Another authority",
            Verdict.SIGNER_UNKNOWN: "Consistent, signer unknown",
            Verdict.STRAY_FILE: "Stray file",
        }.get(self.fault)
        first = f"{what[0].upper()}{what[1:]}" if lead is None else f"{lead}: {what}"
        why = f" {self.findings[0].sentence}{self._more()}." if self.findings else ""
        return f"{first}.{why} {self._known()} {_NOBODY}."

    @property
    def lines(self) -> list[str]:
        """The sentence, and each finding where there are several."""
        several = [f"  - {each.sentence}" for each in self.findings] if len(self.findings) > 1 else []
        return [self.sentence, *several]

    def to_json(self) -> dict[str, JsonValue]:
        """All of it as JSON."""
        return {
            "report_version": 2,
            "verdict": self.verdict,
            "sentence": self.sentence,
            "imported": True,
            "digest_as_noted": self.is_as_noted,
            "bytes_checked": self.bytes_checked,
            "findings": [each.sentence for each in self.findings],
            "release": None if self.release is None else plain_json(self.release.said),
        }

    def _known(self) -> str:
        if self.is_as_noted:
            return (
                "Imported: digest as noted: the file is the one whose digest the fleet noted at its import."
            )
        return "Imported: made anew by its fleet of what was imported: what it shows is the fleet's word."

    def _more(self) -> str:
        return f", and {len(self.findings) - 1} more" if len(self.findings) > 1 else ""


def plain_json(said: object) -> JsonValue:
    """Return what a statement says as plain JSON values."""
    if isinstance(said, Mapping):
        return {str(name): plain_json(value) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [plain_json(each) for each in said]
    return said if isinstance(said, str | int | bool) or said is None else str(said)


def _text(release: Release | None, name: str) -> str:
    value = None if release is None else release.said.get(name)
    return value if isinstance(value, str) else ""
