"""Facts of documents, what is made of them, and how they are compared, for settings of every kind."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from fleet.documents.rules.differences import Agreement, FactPair, side_by_side
from fleet.documents.rules.drawing import UNWRITTEN, body_of, stated_by, unwritten
from fleet.documents.rules.facts import UNKNOWN, Fact, facts_of
from fleet.documents.rules.live_settings import CameraHeard, LiveSettings, StoredPlace
from fleet.documents.rules.plan import DocumentKind, part_states
from fleet.documents.rules.plans import PLANS
from fleet.printing.blocks import PrintedPage, read_text
from fleet.printing.html import html_of
from fleet.printing.pdf import pdf_of

WORDS = st.text("abc, ;", min_size=1, max_size=12).filter(str.strip)
CAMERAS = st.lists(
    st.builds(
        CameraHeard,
        camera=st.from_regex(r"cam-[0-9]{2}", fullmatch=True),
        window_s=st.none() | st.sampled_from([60.0, 120.0, 180.0, 0.5]),
        follows=st.none() | st.booleans(),
    ),
    max_size=4,
    unique_by=lambda each: each.camera,
).map(tuple)
LIVE = st.builds(
    LiveSettings,
    landlord_kind=WORDS,
    landlord=st.just("") | WORDS,
    contact=st.just("") | WORDS,
    complaints=st.just("") | WORDS,
    bases=st.lists(WORDS, min_size=1, max_size=3).map(tuple),
    rights=st.just(("Access", "Erasure")),
    others=st.just(("Police",)),
    window_s=st.none() | st.integers(1, 1800),
    sound=st.none() | st.booleans(),
    cameras=CAMERAS,
    camera_limit=st.integers(1, 100),
    plain_months=st.integers(1, 120),
    incident_months=st.integers(1, 120),
    cctv_months=st.integers(1, 12),
    visit_months=st.integers(1, 120),
    deletes=st.booleans(),
    notice_hours=st.integers(0, 720),
    watchers=st.just(("head of safety",)),
    exporters=st.just(("CCTV manager",)),
    approvers=st.just(("data protection officer",)),
    second_factor=WORDS,
    review_share=st.floats(0, 1),
    review_days=st.integers(1, 366),
    trained=WORDS,
    references=st.booleans(),
    places=st.lists(
        st.builds(
            StoredPlace,
            id=st.sampled_from(["footage", "database"]),
            what=WORDS,
            where=st.none() | WORDS,
            source=WORDS,
        ),
        max_size=2,
        unique_by=lambda each: each.id,
    ).map(tuple),
    processors=st.lists(WORDS, max_size=2).map(tuple),
)
PLAIN = LiveSettings(
    landlord_kind="housing association",
    landlord="Northgate Homes",
    contact="1 Gate Street\nNorthgate",
    complaints="",
    bases=("Consent, Art. 6(1)(a)", "Legitimate interests, Art. 6(1)(f)"),
    rights=("Access", "Erasure"),
    others=("Police",),
    window_s=180,
    sound=True,
    cameras=(CameraHeard("cam-01", 180.0, follows=True), CameraHeard("cam-02")),
    camera_limit=15,
    plain_months=6,
    incident_months=12,
    cctv_months=1,
    visit_months=12,
    deletes=True,
    notice_hours=24,
    watchers=("CCTV manager", "head of safety"),
    exporters=("CCTV manager",),
    approvers=("data protection officer",),
    second_factor="everyone who has an account here",
    review_share=0.1,
    review_days=14,
    trained="any",
    references=False,
    places=(
        StoredPlace("footage", "Footage, sealed, is stored", "on a machine of the fleet", "footage.store"),
        StoredPlace("backups", "Backups are stored", None, "backup.region"),
    ),
    processors=(),
)


def values(live: LiveSettings) -> dict[str, str | None]:
    return {each.id: each.value for each in facts_of(live)}


@given(LIVE)
def test_each_fact_is_there_once_with_its_source_and_the_same_for_the_same_settings(
    live: LiveSettings,
) -> None:
    # proves F10
    facts = facts_of(live)
    assert len({each.id for each in facts}) == len(facts)
    assert all(each.title and each.source and each.value != "" for each in facts)
    assert facts_of(replace(live)) == facts


@given(LIVE)
def test_nothing_is_asserted_of_a_camera_that_has_not_said_it(live: LiveSettings) -> None:
    # proves F8, F10
    silent = tuple(CameraHeard(each.camera) for each in live.cameras)
    found = values(replace(live, cameras=silent))
    assert found["window.heard"] is None
    assert found["cameras.against"] == "none has said so"
    heard = {each.window_s for each in live.cameras} - {None}
    said = values(live)["window.heard"]
    assert (said is None) == (not heard)
    assert said is None or len(said.split(" or ")) == len(heard)


OF_DELETION = {"retention.visits", "retention.cctv", "retention.photographs"}


@pytest.mark.parametrize(
    ("changed", "fact", "said"),
    [
        ({"window_s": None}, "window.told", "cameras are told none: each keeps what it is set to"),
        ({"sound": False}, "sound.told", "not recorded, as the fleet tells its cameras"),
        ({"sound": None}, "sound.told", "cameras are told nothing: each does what it is set to"),
        ({"deletes": False}, "retention.then", "nothing: deletion is switched off, so that recordings stay"),
        ({"plain_months": 1}, "retention.plain", "1 month"),
        ({"incident_months": 24}, "retention.incident", "24 months"),
        (
            {"cctv_months": 2},
            "retention.cctv",
            "2 months, or until the day on which the purpose of one that is written down ends",
        ),
        ({"notice_hours": 0}, "visits.notice", "before the visit"),
        ({"notice_hours": 1}, "visits.notice", "1 hour before the visit or earlier"),
        ({"cameras": ()}, "cameras.in_use", "none"),
        ({"references": True}, "rights.references", "given out for visits, if asked for"),
        ({"landlord": " "}, "landlord.name", "not set"),
        ({"review_share": 0.0}, "access.reviewed", "recordings that give reason to; each within 14 days"),
        (
            {"cameras": (CameraHeard("cam-01", 60.0, follows=False), CameraHeard("cam-02", 180.0))},
            "cameras.against",
            "cam-01",
        ),
    ],
)
def test_a_setting_changes_the_fact_that_says_it_and_no_other(
    changed: dict[str, object], fact: str, said: str
) -> None:
    # proves F10
    before, after = values(PLAIN), values(replace(PLAIN, **changed))  # type: ignore[arg-type]  # from a table
    assert before[fact] != after[fact] == said
    others = {key for key in before if before[key] != after[key]} - {fact}
    allowed = {"cameras": {"window.heard", "cameras.in_use"}, "deletes": OF_DELETION}
    assert others <= allowed.get(next(iter(changed)), set())


def test_every_fact_stands_in_a_document_and_every_document_states_facts_that_there_are() -> None:
    # proves F10
    known = {each.id for each in facts_of(PLAIN)}
    for fact in known:
        assert any(plan.states(fact) for plan in PLANS.values()), fact
    for plan in PLANS.values():
        assert len(plan.sections) == sum(bool(part.section) for part in plan.parts)
        for part in plan.parts:
            assert part.section or part.facts
            assert bool(part.section) == bool(part.question)
            for named in part.facts:
                assert any(part_states(part, fact) for fact in known if fact.startswith(named)), named
    steps = [part.heading for part in PLANS[DocumentKind.ASSESSMENT].parts]
    assert {heading[:6] for heading in steps} == {f"Step {number}" for number in range(1, 8)}
    assert steps == sorted(steps, key=lambda heading: heading[:6])


@given(LIVE, st.sampled_from(DocumentKind), st.dictionaries(st.sampled_from(["purposes", "basis"]), WORDS))
def test_a_document_says_each_fact_as_it_is_whatever_the_landlord_writes(
    live: LiveSettings, kind: DocumentKind, words: dict[str, str]
) -> None:
    # proves F10
    plan, facts = PLANS[kind], facts_of(live)
    words = {section: f"{text}\n- Sound: a lie" for section, text in words.items()}
    text = body_of(plan, facts, words)
    for fact in stated_by(plan, facts):
        assert f"- {fact.title}: {fact.said}" in text
    assert text.count(UNWRITTEN) == len(unwritten(plan, words)) == len(set(plan.sections) - set(words))


def test_the_page_and_the_pdf_say_the_same() -> None:
    # proves F10
    plan = PLANS[DocumentKind.ASSESSMENT]
    text = body_of(plan, facts_of(PLAIN), dict.fromkeys(plan.sections, "Our <words>."))
    page = PrintedPage(plan.title, "Northgate Homes", read_text(text))
    made = PdfReader(io.BytesIO(pdf_of(page, made=datetime(2026, 11, 30, tzinfo=UTC), most=20)))
    paper = _joined(" ".join(each.extract_text() for each in made.pages))
    html = html_of(page)
    for fact in stated_by(plan, facts_of(PLAIN)):
        assert _joined(f"{fact.title}: {fact.said}") in paper
        assert f"{fact.title}: {fact.said}" in html.replace("&#x27;", "'")
        assert _joined(f"{fact.title}: {fact.source}") in paper  # where it comes from
    assert html.count("Our &lt;words&gt;.") == len(plan.sections)
    assert _joined(f"Backups are stored: {UNKNOWN}") in paper


def _joined(text: str) -> str:
    """A text without the spaces that a line end on paper takes or puts there."""
    return "".join(text.split())


@given(LIVE, LIVE)
def test_a_difference_is_found_exactly_where_a_fact_was_and_is_another(
    before: LiveSettings, after: LiveSettings
) -> None:
    # proves F10, F8
    was, now = facts_of(before), facts_of(after)
    pairs = side_by_side(was, now)
    assert {each.fact.id for each in pairs} == {each.id for each in (*was, *now)}
    assert all(each.agreement is Agreement.SAME for each in side_by_side(was, was))
    old, new = values(before), values(after)
    for pair in pairs:
        key = pair.fact.id
        if key not in old:
            assert pair.agreement is Agreement.NEW
        elif key in new and old[key] == new[key]:
            assert pair.agreement is Agreement.SAME
        elif new.get(key) is None:
            assert pair.agreement is Agreement.UNTOLD
        else:
            assert pair.agreement is Agreement.DIFFERS


def test_what_was_not_known_and_is_known_now_differs() -> None:
    # proves F8
    unknown, known = Fact("a", "A", None, "x"), Fact("a", "A", "180 seconds", "x")
    assert FactPair(unknown, known).agreement is Agreement.DIFFERS
    assert FactPair(known, unknown).agreement is Agreement.UNTOLD
    assert FactPair(unknown, unknown).agreement is Agreement.SAME
