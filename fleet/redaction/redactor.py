"""The way from a recording's parts to those of a copy: each is left alone, or made anew and checked.

redactor = CopyRedactor(ApprovedPlan(draft.plan), origin_ns=first_chunk.start_ns)
changed = redactor.part(decrypted)      # None: it goes out as the camera made it
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.footage.errors import MediaError
from fleet.footage.media.fragment import read_part
from fleet.redaction.checking.picture_check import hidden_findings
from fleet.redaction.checking.sound_check import muted_findings
from fleet.redaction.checking.structure import picture_findings, structure_findings
from fleet.redaction.errors import NotHiddenError
from fleet.redaction.making.picture import with_hidden
from fleet.redaction.making.sound import with_mutes
from fleet.redaction.rules.plan import ApprovedPlan
from protocol.footage.format.limits import MAX_PART_BYTES

_PICTURE = "vide"
_MOST_SENTENCES = 3
_NEIGHBOUR_NS = 50_000_000
"""Two AAC frames of 48 kHz, and a little: a mute reaches over into a neighbouring part by less than that."""


@dataclass(frozen=True, slots=True)
class CopyRedactor:
    """Makes the parts of one copy.

    Attributes:
        approved: what is hidden.
        origin_ns: the start of the recording on the camera's clock: that of its first chunk.
    """

    approved: ApprovedPlan
    origin_ns: int

    def may_touch_picture(self, start_ns: int, end_ns: int) -> bool:
        """Whether a part of pictures may be changed: those of which this is False, ``part`` leaves alone.

        Args:
            start_ns: its beginning on the camera's clock.
            end_ns: its end.
        """
        return self.approved.plan.touches_picture(start_ns - self.origin_ns, end_ns - self.origin_ns)

    def may_touch_sound(self, start_ns: int, end_ns: int) -> bool:
        """Whether a part of sound may be changed; as ``may_touch_picture``."""
        start, end = (at - self.origin_ns for at in (start_ns - _NEIGHBOUR_NS, end_ns + _NEIGHBOUR_NS))
        return self.approved.plan.touches_sound(start, end)

    def part(self, data: bytes) -> bytes | None:
        """Return what stands in a part's place; None where nothing of it is hidden: it stays as it is.

        Args:
            data: the part, decrypted.

        Raises:
            RedactionError: it cannot be made; withhold the part, or change the plan.
            NotHiddenError: what was made did not pass the check, and is given to nobody.
            MediaError: it is no part.
        """
        plan = self.approved.plan
        is_picture = read_part(data).initialisation.handler == _PICTURE
        made = (with_hidden if is_picture else with_mutes)(data, plan, self.origin_ns)
        if made is None:
            return None
        found = self.findings(made, data)
        if found:
            raise NotHiddenError(" ".join(["What was made is given to nobody.", *_sentences(found)]))
        return made

    def findings(self, made: bytes, data: bytes) -> list[str]:
        """Look at a part that was made, by its bytes alone; nothing is found where all is hidden.

        Args:
            made: what stands in its place.
            data: the part as the camera made it.

        Raises:
            MediaError: the original is no part.
        """
        plan, original = self.approved.plan, read_part(data)
        try:
            part = read_part(made)
        except MediaError as error:
            return [f"It cannot be read: {error}"]
        found = list(structure_findings(made, part, original))
        if len(made) > MAX_PART_BYTES:
            found.append("It is longer than a part may be.")
        if found:
            return found
        if original.initialisation.handler == _PICTURE:
            found += picture_findings(part, original)
            found += hidden_findings((made, part), (data, original), plan, self.origin_ns)
        else:
            found += muted_findings((made, part), original, plan, self.origin_ns)
        return found


def _sentences(found: list[str]) -> list[str]:
    more = len(found) - _MOST_SENTENCES
    said = found[:_MOST_SENTENCES]
    return [*said, f"{more} more of the kind."] if more > 0 else said
