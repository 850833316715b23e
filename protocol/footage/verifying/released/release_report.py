"""The report on a release: what was found, in types, in one sentence, and in JSON. Pure.

It claims of the untouched parts alone that they are as the camera signed them. Of a changed part it says that
an original exists, and how long it is; that the fleet, and nobody else, made what stands in its place is the
fleet's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.model import Track
from protocol.footage.released.released_part import Treatment
from protocol.footage.verifying.released.import_report import plain_json
from protocol.footage.verifying.report import Report, Verdict, seconds
from protocol.footage.verifying.results.finding import Weight
from protocol.footage.verifying.sentence import but, remarks, sentence_of

if TYPE_CHECKING:
    from protocol.footage.released.release import Release
    from protocol.footage.verifying.results.json_value import JsonValue

RELEASED: Final = "released"
"""The verdict on a release that holds; that on another begins with it."""
Sums = Mapping[Track, Mapping[Treatment, int]]
"""How much of each track was treated how, in nanoseconds."""

_TRACKS: Final = {Track.VIDEO: "picture", Track.AUDIO: "sound"}
_WORDS: Final = {
    Treatment.UNTOUCHED: "untouched",
    Treatment.CHANGED: "changed",
    Treatment.WITHHELD: "withheld",
}


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """The result of ``verify_release``.

    Attributes:
        report: What the verifier found of the recording's signed records, and every broken rule of the whole
            folder; its sentence is the release's.
        release: What the fleet says of it; None where that cannot be read or its signature does not hold.
        sums: How much of each track was treated how, in nanoseconds, of chunks that hold.
    """

    report: Report
    release: Release | None
    sums: Sums

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong with it, and its camera is one of an authority that the caller trusts."""
        return self.report.ok and self.report.authority_checked

    @property
    def verdict(self) -> str:
        """The verdict, which is never one of a whole recording: "released", or "released, altered"."""
        return RELEASED if self.holds else f"{RELEASED}, {self.report.verdict}"

    def to_json(self) -> dict[str, JsonValue]:
        """All of it as JSON: what the report has, what the fleet says, and the sums in nanoseconds.

        Its verdict is the release's (``verdict``), and so is the first of its verdicts.
        """
        whole = self.report.to_json()
        known = {Verdict.INTACT} if self.holds else {Verdict.INTACT, self.report.verdict}
        others = [str(each) for each in self.report.verdicts if each not in known]
        whole["verdict"], whole["verdicts"] = self.verdict, [self.verdict, *others]
        whole["release"] = None if self.release is None else plain_json(self.release.said)
        whole["released_ns"] = {
            str(track): {str(each): sums.get(each, 0) for each in Treatment}
            for track, sums in self.sums.items()
        }
        return whole


def release_sentence(report: Report, sums: Sums) -> str:
    """Return the answer in words, which claims no more than it shows."""
    if report.verdict is Verdict.ALTERED:
        return sentence_of(report)
    clauses = [f"{_TRACKS[track]}: {_sum(report, sums[track])}" for track in Track if track in sums]
    said = "; ".join([*(clauses or ["nothing of it is here"]), *remarks(report)])
    who = f"recording {report.number} of {report.camera}" if report.camera else "a recording"
    first = _broken(report)
    return f"{first}{'a' if first else 'A'} release of {who}{but(report)}: {said}."


def _sum(report: Report, sums: Mapping[Treatment, int]) -> str:
    words = [f"{seconds(sums[each])} {_WORDS[each]}" for each in Treatment if sums[each]]
    if not sums[Treatment.UNTOUCHED]:
        return f"{', '.join(words)}, nothing of it as the camera signed it"
    camera = report.camera if report.authority_checked else "a camera"
    return f"{words[0]}, exactly as {camera} signed it{''.join(f', {each}' for each in words[1:])}"


def _broken(report: Report) -> str:
    """Return what is wrong beside what holds, as a sentence of its own; empty where nothing is."""
    leads = {Weight.OTHER_AUTHORITY: "Another authority", Weight.KEYS_MISSING: "Keys missing"}
    for weight, lead in {**leads, Weight.STRAY_FILE: "Stray file"}.items():
        found = [each for each in report.findings if each.weight is weight]
        if found:
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            return f"{lead}: {found[0].sentence}{more}. Apart from that: "
    return ""
