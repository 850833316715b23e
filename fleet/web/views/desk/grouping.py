"""Alike findings as one line that unfolds: "5 cameras: clock not set".

Rules:
- findings are alike when they are of one kind and, where the words come from the camera, say the same;
- a single one stands as it is; several say how many they are, and unfold to each of them with its own link;
- what to do is said of all of them only where it is the same for each; else each says it of itself;
- the gravest come first; what is equally grave keeps its order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32


class Alike(StrEnum):
    """A kind of finding, worded for several: ``{number}`` of them, ``{detail}`` that they share."""

    TROUBLE = "{number} cameras: {detail}"
    CAPTURES_NOTHING = "{number} cameras say that they capture nothing of use: {detail}."
    DOUBLED_NOW = "{number} cameras: two devices or more are using the identity of each."
    DOUBLED = "{number} cameras: two devices or more have used the identity of each."
    NOT_TAKEN_ON = "{number} cameras could not do what was asked of them."
    LOW_BATTERY = "{number} cameras: battery low."
    FULL_STORAGE = "{number} cameras: storage nearly full."
    CERTIFICATE_ENDS = "{number} cameras: certificate ends within a week."
    CERTIFICATE_ENDED = "{number} cameras: certificate has ended."
    CAMERA_CLOCK = "{number} cameras: clock not set."
    LAST_TROUBLE = "{number} cameras said in their last messages that something was wrong."
    NOT_HEARD = "{number} cameras that officers have are not heard."
    NOT_ARRIVED = "Recordings of {number} cameras have not arrived."
    REFUSED = "{number} recordings were refused."
    ALTERED = "{number} recordings were altered."
    CUT_SHORT = "{number} recordings were closed, by what their cameras said, and are held without an end."
    CONTRADICTED = "{number} recordings contradict others of their cameras."
    OF_NO_USE = "Not all of {number} recordings is of use: {detail}."
    LATE = (
        "{number} recordings are not known to be all here, an hour and more after each was begun, or was "
        "first heard of."
    )
    MADE_BY_NOBODY = "{number} recordings were made while nobody had the camera."
    WEARER_NOT_KNOWN = "It is not known who had the camera for {number} recordings."
    WEARER_DISPUTED = "Whose {number} recordings are, is disputed."


@dataclass(frozen=True, slots=True)
class Member:
    """One of several that are alike.

    Attributes:
        name: what it is about, in a word or two.
        text: the sentence that it would have alone.
        link: where it leads.
        mark: who has it or has seen it, a sentence; empty while nobody has.
        alert: the page of its alert; empty where it has none yet.
        step: what to do about it, a sentence; empty where that is the same for all and said of them.
    """

    name: str
    text: str
    link: str
    mark: str = ""
    alert: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One line: a thing that needs somebody, or several alike.

    Attributes:
        tone: bad or warn.
        icon: a name in the icon sprite.
        text: what is wrong, a sentence.
        step: what to do, a sentence; empty for several of which each says it of itself.
        link: where to do it; empty for several, for each of them has its own.
        members: each of several.
        mark: who has it or has seen it, a sentence; empty while nobody has.
        alert: the page of its alert; empty where it has none yet.
        key: of several, the same for as long as they are of one kind, wherever the line stands.
    """

    tone: str
    icon: str
    text: str
    step: str
    link: str
    members: tuple[Member, ...] = ()
    mark: str = ""
    alert: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that was found.

    Attributes:
        alike: its kind, worded for several.
        name: what it is about, in a word or two.
        need: the line that it is when it is alone.
        detail: what others must share to be alike.
        subject: what its alert is about; that of another with the same kind and subject is the same alert.
        aspect: what there is of it, in words that do not change while it is the same.
        kind: the id of its kind of alert; empty where ``alike`` tells it.
    """

    alike: str
    name: str
    need: Need
    detail: str = ""
    subject: str = ""
    aspect: str = ""
    kind: str = ""


def grouped(findings: Iterable[Noticed]) -> tuple[Need, ...]:
    """Return the lines, one for each kind of thing, the gravest first."""
    kinds: dict[tuple[str, str], list[Noticed]] = {}
    for finding in findings:
        kinds.setdefault((finding.alike, finding.detail), []).append(finding)
    lines = [_line(alike, detail, those) for (alike, detail), those in kinds.items()]
    return tuple(sorted(lines, key=lambda need: need.tone != "bad"))


def _line(alike: str, detail: str, those: list[Noticed]) -> Need:
    first = those[0].need
    if len(those) == 1:
        return first
    text = str(alike).format(number=len(those), detail=detail)
    needs = [(each.name, each.need) for each in those]
    shared = first.step if all(need.step == first.step for _, need in needs) else ""
    members = tuple(
        Member(name, need.text, need.link, need.mark, need.alert, "" if shared else need.step)
        for name, need in needs
    )
    tone = "bad" if any(need.tone == "bad" for _, need in needs) else first.tone
    key = f"{crc32(f'{alike}|{detail}'.encode()):08x}"
    return Need(tone, first.icon, text, shared, "", members, key=key)
