"""The privacy notice: what UK GDPR Art. 13 has said to people when they are recorded. Pure data."""

from __future__ import annotations

from fleet.documents.rules.plan import KEPT_FOR, DocumentKind, DocumentPlan, PlanPart

PRIVACY_NOTICE = DocumentPlan(
    DocumentKind.NOTICE,
    "Privacy notice: body-worn cameras",
    "UK GDPR Art. 13",
    (
        PlanPart(
            "Who we are",
            "officer",
            "How is your data protection officer reached?",
            ("landlord.name", "landlord.contact"),
        ),
        PlanPart("Why our officers wear cameras", "purposes", "What are the cameras for?"),
        PlanPart(
            "Our lawful basis",
            "basis",
            "Which lawful basis do you rest on, and which interests or task are these?",
        ),
        PlanPart(
            "What is recorded, and when",
            "recorded",
            "When does an officer record, and what of you is in a recording?",
            (
                "window.told",
                "window.heard",
                "sound.told",
                "cameras.against",
                "cameras.limit",
                "visits.notice",
            ),
        ),
        PlanPart(
            "If you do not want to be recorded",
            "consent",
            "How is somebody asked, what happens when they refuse, and when is recorded all the same?",
        ),
        PlanPart(
            "How long recordings are kept",
            facts=KEPT_FOR,
        ),
        PlanPart("Who may watch them", facts=("access.watch", "access.logged", "access.reviewed", "sealed")),
        PlanPart(
            "Who else is given them",
            "sharing",
            "With whom do you share recordings, and by what decision? Name the companies that work for you.",
            ("rights.others", "access.release", "processors"),
        ),
        PlanPart(
            "Where they are stored",
            "transfers",
            "Do recordings leave the United Kingdom or the European Union, and under which safeguard?",
            ("stored.",),
        ),
        PlanPart(
            "What you can ask for",
            "rights",
            "How does somebody ask, and what do you need to find their recording?",
            ("rights.kinds", "rights.clock", "rights.references"),
        ),
        PlanPart("If you are not content", facts=("landlord.complaints", "complaints.authority")),
    ),
    has_sources=False,
)
