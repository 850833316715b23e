"""The facts that documents state, each with where it comes from. Pure.

Rules (F8, F10):
- the value of a fact is the same for the same settings, and holds no time: what does not change is no
  difference;
- a fact that nobody knows has no value, and is said to be not known;
- of cameras is said what they are told, and beside it what they said: never the one for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.documents.rules.live_settings import LiveSettings

UNKNOWN = "not known"
_NOT_SET = "not set"
_RULE = "a rule of the service"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact.

    Attributes:
        id: a stable word.
        title: what it is about.
        value: what is so; None where nobody knows.
        source: the setting or rule that it comes from.
    """

    id: str
    title: str
    value: str | None
    source: str

    @property
    def said(self) -> str:
        """The value, or that it is not known."""
        return UNKNOWN if self.value is None else self.value


def facts_of(live: LiveSettings) -> tuple[Fact, ...]:
    """Return every fact."""
    return (
        *_landlord(live),
        *_rights(live),
        *_cameras(live),
        *_keeping(live),
        *_access(live),
        *(Fact(f"stored.{each.id}", each.what, each.where, each.source) for each in live.places),
        Fact(
            "processors",
            "Other services that the fleet uses",
            _listed(live.processors) if live.processors else "none is set",
            "the configuration: footage, audit, mail, webhook and provider",
        ),
    )


def seconds_words(seconds: float) -> str:
    """Say how many seconds, without a nought after the point.

    >>> seconds_words(180.0), seconds_words(0.5), seconds_words(1)
    ('180 seconds', '0.5 seconds', '1 second')
    """
    return f"{seconds:g} second{'' if seconds == 1 else 's'}"


def _landlord(live: LiveSettings) -> tuple[Fact, ...]:
    complaints = live.complaints or live.contact
    return (
        Fact("landlord.name", "Controller", _line(live.landlord), "landlord.name"),
        Fact("landlord.contact", "How to reach the controller", _line(live.contact), "landlord.contact"),
        Fact("landlord.kind", "Kind of landlord", live.landlord_kind, "landlord.kind"),
        Fact(
            "landlord.complaints",
            "Where to complain to the landlord",
            _line(complaints),
            "landlord.complaints",
        ),
        Fact(
            "complaints.authority",
            "Where to complain besides",
            "the Information Commissioner's Office, ico.org.uk",
            "UK GDPR Art. 77",
        ),
        Fact(
            "landlord.bases",
            "Lawful bases that such a landlord can choose from",
            _listed(live.bases),
            "landlord.kind, by UK GDPR Art. 6(1)",
        ),
    )


def _rights(live: LiveSettings) -> tuple[Fact, ...]:
    slips = "given out for visits, if asked for" if live.references else "not given out"
    return (
        Fact(
            "rights.kinds",
            "What the person recorded can ask for",
            _listed([each.lower() for each in live.rights]),
            "UK GDPR Art. 15 to 18, 20 and 21",
        ),
        Fact(
            "rights.clock",
            "By when they are answered",
            "within one month of receipt, or two months more where it is complex, which they are told "
            "with reasons "
            "within the first; a complaint is acknowledged within 30 days",
            "UK GDPR Art. 12(3) and DPA 2018 s.164A, as the service reckons them",
        ),
        Fact(
            "rights.others",
            "Who else can ask for footage",
            _listed([each.lower() for each in live.others]),
            "DPA 2018 Sch. 2",
        ),
        Fact("rights.references", "Slips with a reference of the visit", slips, "Visits, References"),
        Fact(
            "visits.notice",
            "When the written notice of a visit is sent",
            _notice(live),
            "visits.notice_hours",
        ),
    )


def _notice(live: LiveSettings) -> str:
    if not live.notice_hours:
        return "before the visit"
    return f"{live.notice_hours} hour{'' if live.notice_hours == 1 else 's'} before the visit or earlier"


def _cameras(live: LiveSettings) -> tuple[Fact, ...]:
    told = "cameras are told none: each keeps what it is set to"
    if live.window_s is not None:
        told = f"at most {seconds_words(live.window_s)}, as the fleet tells its cameras"
    sound = "cameras are told nothing: each does what it is set to"
    if live.sound is not None:
        sound = (
            "recorded, as the fleet tells its cameras"
            if live.sound
            else "not recorded, as the fleet tells its cameras"
        )
    said = sorted({each.window_s for each in live.cameras if each.window_s is not None})
    against = [each.camera for each in live.cameras if each.follows is False]
    names = [each.camera for each in live.cameras]
    return (
        Fact("window.told", "Time before a press that is kept", told, "cameras.window_s"),
        Fact(
            "window.heard",
            "Time before a press that cameras last said they keep",
            " or ".join(map(seconds_words, said)) if said else None,
            "the last status of each camera in use that said it",
        ),
        Fact("sound.told", "Sound", sound, "cameras.sound"),
        Fact(
            "cameras.against",
            "Cameras that said they are set otherwise",
            _listed(against) if against else "none has said so",
            "what each camera in use last reported of what it is told",
        ),
        Fact(
            "cameras.in_use",
            "Cameras in use",
            f"{len(names)}: {_listed(names)}" if names else "none",
            "the list of cameras",
        ),
        Fact("cameras.limit", "Most cameras there may be", str(live.camera_limit), "cameras.limit"),
    )


def _keeping(live: LiveSettings) -> tuple[Fact, ...]:
    then = "deleted by their keys, unless something holds them; a certificate is kept"
    if not live.deletes:
        then = "nothing: deletion is switched off, so that recordings stay"
    stays = "" if live.deletes else "; none goes by its day while deletion is switched off"
    still = "" if live.deletes else "; nothing of it is deleted while deletion is switched off"
    return (
        Fact(
            "retention.plain",
            "Recordings without an incident are kept for",
            _months(live.plain_months),
            "How long recordings are kept, by the last change that was confirmed",
        ),
        Fact(
            "retention.incident",
            "Recordings with an incident are kept for",
            _months(live.incident_months),
            "How long recordings are kept, by the last change that was confirmed",
        ),
        Fact(
            "retention.cctv",
            "CCTV clips that are imported are kept for",
            f"{_months(live.cctv_months)}, or until the day on which the purpose of one that is written down "
            f"ends{stays}",
            "imports.cctv_months",
        ),
        Fact(
            "retention.photographs",
            "Photographs that are imported are kept",
            "until the day on which the purpose of each ends, which is written down with it; inside a home "
            f"notice is given before{stays}",
            "what is written down with each, without which none is imported",
        ),
        Fact(
            "retention.visits",
            "What is known of a visit is kept for",
            f"{_months(live.visit_months)}, or longer while footage, a reference or a person keeps it{still}",
            "visits.keep_months",
        ),
        Fact("retention.then", "What becomes of them then", then, "the switch of deletion"),
    )


def _access(live: LiveSettings) -> tuple[Fact, ...]:
    drawn = "recordings that give reason to"
    if live.review_share > 0:
        drawn += f", and {100 * live.review_share:.3g} % of the others, drawn at random"
    return (
        Fact("access.watch", "Who may watch", _listed(live.watchers), "the roles of the service"),
        Fact(
            "access.export", "Who may take footage out", _listed(live.exporters), "the roles of the service"
        ),
        Fact(
            "access.release",
            "Who has to approve that others are given footage",
            _listed(live.approvers),
            "the roles of the service",
        ),
        Fact(
            "access.second", "Who signs in with a second factor", live.second_factor, "people.second_factor"
        ),
        Fact("officers.trained", "Which officers are handed a camera", live.trained, "training.required"),
        Fact(
            "access.logged",
            "How looking is recorded",
            "in a log that only grows, with who and why, before anything is shown",
            f"{_RULE} (F1, F2)",
        ),
        Fact(
            "access.reviewed",
            "What is reviewed by two people",
            f"{drawn}; each within {live.review_days} day{'' if live.review_days == 1 else 's'}",
            "review.share and review.due_days",
        ),
        Fact(
            "sealed",
            "How footage is protected",
            "taken in only as each camera sealed it, and opened by keys of the fleet's vault alone",
            f"{_RULE} (C1, C9)",
        ),
    )


def _months(months: int) -> str:
    return f"{months} month{'' if months == 1 else 's'}"


def _line(text: str) -> str:
    return " ".join(text.split()) or _NOT_SET


def _listed(words: Sequence[str]) -> str:
    """Return words with commas, and semicolons where they have commas themselves."""
    return ("; " if any("," in each for each in words) else ", ").join(words)
