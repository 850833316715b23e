"""What a release is made of: recordings and imports, each once, and what both are called. Only reads."""

from __future__ import annotations

from typing import TypeAlias

from fleet.core.problems import not_found
from fleet.footage.recordings.models import Recording
from fleet.imagery.models import ImportRow
from fleet.releases.import_models import ImportSpan
from fleet.releases.models import FootageRelease, ReleaseSpan
from fleet.releases.rules.plan import ChosenSpan, TrackChoice

Released: TypeAlias = Recording | ImportRow
"""What is released: a recording, or an import."""


def recordings_of(row: FootageRelease) -> list[Recording]:
    """Return the recordings of a release, each once, in the order of their spans."""
    return list({each.recording_id: each.recording for each in row.spans}.values())


def imports_of(row: FootageRelease) -> list[ImportRow]:
    """Return the imports of a release, each once, in the order of their spans."""
    return list({each.import_id: each.imported for each in row.import_spans}.values())


def released_in(row: FootageRelease) -> list[Released]:
    """Return all that a release is made of, each once, in the order of the spans."""
    return list({public_id(each): each for each in map(subject_of, chosen_in(row))}.values())


def chosen_in(row: FootageRelease) -> list[ReleaseSpan | ImportSpan]:
    """Return the spans of a release in their order."""
    return sorted((*row.spans, *row.import_spans), key=lambda each: each.number)


def subject_of(span: ReleaseSpan | ImportSpan) -> Released:
    """Return what a span is of."""
    return span.recording if isinstance(span, ReleaseSpan) else span.imported


def span_of(each: ReleaseSpan | ImportSpan) -> ChosenSpan:
    """Return a span as plans take it."""
    return ChosenSpan(each.from_ms, each.to_ms, TrackChoice(each.tracks))


def spans_of(row: FootageRelease, of: Released) -> list[ChosenSpan]:
    """Return what was chosen of a recording or an import."""
    those = chosen_in(row)
    return [span_of(each) for each in those if public_id(subject_of(each)) == public_id(of)]


def released_one(row: FootageRelease, name: str) -> Released:
    """Return a recording or an import of a release, by its id.

    Raises:
        ProblemError: 404 the release has none of it.
    """
    found = next((each for each in released_in(row) if public_id(each) == name), None)
    if found is None:
        raise not_found("such recording or import in this release")
    return found


def is_recording(of: Released) -> bool:
    """Say whether a camera of ours made it."""
    return isinstance(of, Recording)


def public_id(of: Released) -> str:
    """Return the id by which addresses name it."""
    return of.public_id if isinstance(of, Recording) else of.id


def name_of(of: Released) -> str:
    """Return what people call it, within a sentence."""
    if isinstance(of, Recording):
        return f"recording {of.number} of {of.camera_id}"
    return f"import {of.reference}"


def title_of(of: Released) -> str:
    """Return what people call it, at the beginning of one."""
    name = name_of(of)
    return f"{name[0].upper()}{name[1:]}"


def page_of(of: Released) -> str:
    """Return the address of its page."""
    return f"/recordings/{of.public_id}" if isinstance(of, Recording) else f"/imports/{of.id}"


def exhibit_of(row: FootageRelease, of: Released) -> str:
    """Return its exhibit number in a release; empty for none."""
    if isinstance(of, Recording):
        return next((each.exhibit for each in row.exhibits if each.recording_id == of.id), "")
    return next((each.exhibit for each in row.import_exhibits if each.import_id == of.id), "")


def exhibits_of(row: FootageRelease) -> list[tuple[Released, str]]:
    """Return all that has an exhibit number in a release, with that, in the order of the numbers."""
    numbers = {f"{each.recording_id}": each.number for each in row.exhibits}
    numbers |= {each.import_id: each.number for each in row.import_exhibits}
    those = [(each, exhibit) for each in released_in(row) if (exhibit := exhibit_of(row, each))]
    return sorted(those, key=lambda found: numbers[f"{found[0].id}"])
