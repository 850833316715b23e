"""The records of processing activities that UK GDPR Art. 30(1) asks for. Pure data."""

from __future__ import annotations

from fleet.documents.rules.plan import KEPT_FOR, DocumentKind, DocumentPlan, PlanPart

PROCESSING_RECORD = DocumentPlan(
    DocumentKind.RECORD,
    "Record of processing: body-worn cameras",
    "UK GDPR Art. 30(1)",
    (
        PlanPart(
            "Controller",
            "officer",
            "Who is the data protection officer, and is there a joint controller or a representative?",
            ("landlord.name", "landlord.contact", "landlord.kind"),
        ),
        PlanPart(
            "Purposes",
            "purposes",
            "What is processed for what, and on which lawful basis?",
            ("landlord.bases",),
        ),
        PlanPart(
            "Categories of people and data",
            "categories",
            "Whose data are processed, and which?",
            ("window.told", "window.heard", "sound.told", "cameras.in_use", "cameras.against"),
        ),
        PlanPart(
            "Recipients",
            "recipients",
            "To whom have data been disclosed, or will they be?",
            ("access.watch", "access.export", "access.release", "rights.others", "processors"),
        ),
        PlanPart(
            "Transfers",
            "transfers",
            "Is anything transferred to another country, and under which safeguard?",
            ("stored.",),
        ),
        PlanPart(
            "Time limits of erasure",
            facts=KEPT_FOR,
        ),
        PlanPart(
            "Security",
            "security",
            "Which measures besides these protect the data?",
            ("sealed", "officers.trained", "access.second", "access.logged", "access.reviewed"),
        ),
    ),
)
