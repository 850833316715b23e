"""Alerts of facts that are otherwise than the landlord published them."""

from __future__ import annotations

from fleet.alerts.rules.finding import AlertFinding, Looked
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertLook, AlertSource
from fleet.core.actor import Role
from fleet.core.services import Services
from fleet.documents.live import live_facts
from fleet.documents.publishing import newest_of_each, published_facts
from fleet.documents.rules.differences import Agreement, FactPair, side_by_side
from fleet.documents.rules.plans import PLANS
from fleet.web.alerting.service import Around
from fleet.web.views.documents.one import NAMES
from fleet.web.views.moments import moment

DIFFERS = AlertKind(
    "document.differs",
    "What was published differs from what is set",
    "{number} facts differ from what was published.",
    BAD,
    "shield-x",
    roles=frozenset({Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR}),
)
_STEP = "Set it back, or look at the document as it is now and publish it anew."


def document_source(around: Around, core: Services) -> AlertSource:
    """Return the source of those alerts; a document that was never published has none."""

    def look(look: AlertLook) -> Looked:
        found: list[AlertFinding] = []
        unknown = set[tuple[str, str]]()
        newest = newest_of_each(look.session)
        facts = live_facts(look.session, core) if newest else ()
        for kind, plan in PLANS.items():
            row = newest.get(kind)
            if row is None:
                continue
            with around():
                since = moment(row.published, look.now).text
            for pair in side_by_side(published_facts(row), [each for each in facts if plan.states(each.id)]):
                subject = f"{kind}/{pair.fact.id}"
                if pair.agreement is Agreement.DIFFERS:
                    found.append(_finding(NAMES[kind], subject, pair, since))
                elif pair.agreement is Agreement.UNTOLD:
                    unknown.add((DIFFERS.id, subject))
        return Looked(frozenset({DIFFERS.id}), tuple(found), frozenset(unknown))

    return AlertSource((DIFFERS,), look)


def _finding(name: str, subject: str, pair: FactPair, since: str) -> AlertFinding:
    was, now = pair.was, pair.now
    if was is None or now is None:
        raise ValueError("internal error: what differs is there twice")
    words = (
        f"The {name} that was published {since} says of “{now.title}”: {was.said}. "
        f"It is now: {now.said}. That comes from: {now.source}."
    )
    kind, _, _ = subject.partition("/")
    return AlertFinding(
        DIFFERS, subject, f"{name}: {now.title}", words, _STEP, f"/documents/{kind}#facts", aspect=now.said
    )
