"""The data protection impact assessment: the seven steps of the ICO with the questions on cameras. Pure data.

Sources: the ICO's template of an assessment, and the template on surveillance camera systems that the ICO and
the Surveillance Camera Commissioner published together.
"""

from __future__ import annotations

from fleet.documents.rules.plan import KEPT_FOR, DocumentKind, DocumentPlan, PlanPart

IMPACT_ASSESSMENT = DocumentPlan(
    DocumentKind.ASSESSMENT,
    "Data protection impact assessment: body-worn cameras",
    "UK GDPR Art. 35",
    (
        PlanPart(
            "Step 1: the need for an assessment",
            "need",
            "What do the cameras aim to achieve, and why do they need an assessment: public places, "
            "vulnerable "
            "people, special categories, tracking, risk of harm?",
            ("landlord.name", "landlord.kind"),
        ),
        PlanPart(
            "Step 1: is it new, or does it grow",
            "deployment",
            "Is this a new deployment or more of one, from when on, and under which rules: UK GDPR, or "
            "DPA 2018 Part 3?",
            ("cameras.in_use", "cameras.limit"),
        ),
        PlanPart(
            "Step 2: nature of the processing",
            "nature",
            "How is footage collected, used, kept and deleted; what is its source; with whom is it shared?",
            (
                "window.told",
                "window.heard",
                "sound.told",
                "cameras.against",
                "sealed",
                "access.watch",
                "access.export",
            ),
        ),
        PlanPart(
            "Step 2: scope of the processing",
            "scope",
            "What is in the footage, special categories included; how much, how often, of how many "
            "people, and "
            "where are the cameras used?",
            KEPT_FOR,
        ),
        PlanPart(
            "Step 2: context of the processing",
            "context",
            "How do you stand to the people recorded, how much control have they, do they expect it, are "
            "children or "
            "vulnerable people among them, and which concerns are known?",
            ("visits.notice", "rights.references"),
        ),
        PlanPart(
            "Step 2: purposes of the processing",
            "purposes",
            "What is to be achieved, with which evidence that it is needed, and what does it do for the "
            "people recorded?",
        ),
        PlanPart(
            "Step 3: consultation",
            "consultation",
            "When and how were tenants, officers and their unions asked, who else was, and what did they "
            "say?",
        ),
        PlanPart(
            "Step 4: necessity and proportionality",
            "necessity",
            "Which lawful basis is it; do the cameras achieve the purpose; is there a less intrusive way; "
            "how is use for "
            "other purposes prevented?",
            ("landlord.bases", "rights.kinds", "rights.clock"),
        ),
        PlanPart(
            "Step 4: processors and transfers",
            "processors",
            "Which companies work for you, how is it seen to that they comply, and does anything leave "
            "the United "
            "Kingdom or the European Union?",
            ("processors", "stored."),
        ),
        PlanPart(
            "Step 5: risks",
            "risks",
            "Each risk to people with its source, how likely it is, how severe, and how high in all.",
        ),
        PlanPart(
            "Step 6: measures",
            "measures",
            "What lowers each risk, how much is left of it, and who approved that?",
            (
                "officers.trained",
                "access.second",
                "access.logged",
                "access.reviewed",
                "access.release",
                "rights.others",
            ),
        ),
        PlanPart(
            "Step 7: sign-off and outcomes",
            "outcome",
            "Who approved the measures and what risk is left, what did the data protection officer "
            "advise, was that "
            "followed, and when is the assessment looked at again?",
        ),
    ),
)
