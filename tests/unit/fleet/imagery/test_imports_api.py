"""Imports by programs: described, sent, looked at, kept, held and deleted."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Actor, ActorKind
from fleet.core.problems import ProblemError
from fleet.footage.imported.models import DeletedImport, ImportKey
from fleet.footage.imported.pieces import put_pieces
from fleet.footage.receiving.allowance import DailyAllowance
from fleet.footage.store import names
from fleet.imagery import receiving, service
from fleet.imagery.import_allowance import ImportAllowance
from fleet.imagery.models import ImportRow, ImportViewing
from fleet.imagery.reading.limits import ReadingRefusedError
from fleet.retention.switch import switch, switches_of
from fleet.server.compose import FleetServices
from protocol.footage.deletion import read_deletion
from tests.support.fleet.fleet import TestClock, dashboard_client, problem, token_for
from tests.support.media.imported import DEVICE, clip, photograph

pytestmark = pytest.mark.slow

CLIP = clip(sound="aac")
BODY: dict[str, Any] = {
    "kind": "cctv",
    "source": "Camera 4 of the car park",
    "basis": "legitimate-interests",
    "purpose": "Who damaged the door",
    "taken": "2027-02-27T09:30:00Z",
    "taken_says": "The caretaker",
    "place": "Car park",
}
PICTURE = {
    "kind": "photograph",
    "source": "Officer 1",
    "basis": "legitimate-interests",
    "purpose": "Mould in the bathroom",
    "at_home": True,
    "noticed": "2027-02-20",
    "notice": "By letter to the tenant",
    "kept_until": "2027-06-01",
}
HOLD = {"kind": "claim", "owner": "Legal 1", "reason": "A claim", "review": "2027-05-01"}
WHY = {"purpose": "A complaint about the door"}


def described(api: TestClient, **change: Any) -> str:  # noqa: ANN401
    answer = api.post("/api/v1/imports", json={**BODY, **change})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def imported(api: TestClient, data: bytes = CLIP, **change: Any) -> str:  # noqa: ANN401
    name = described(api, **change)
    sent = api.put(f"/api/v1/imports/{name}/file", content=data)
    assert sent.status_code == 200, sent.text
    return name


def one(api: TestClient, name: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/v1/imports/{name}").raise_for_status().json()
    return found


def objects(services: FleetServices, name: str) -> tuple[str, ...]:
    return tuple(each.key for each in services.footage.store.list(f"{names.import_prefix(name)}/"))


def spooled(services: FleetServices) -> int:
    return len(list(services.footage.spool._folder.iterdir()))


def logged(services: FleetServices, name: str) -> list[tuple[str, str]]:
    with services.readers() as session:
        query = select(AuditEntry.action, AuditEntry.purpose).where(AuditEntry.subject == name)
        return [(action, why) for action, why in session.execute(query.order_by(AuditEntry.number))]


def test_a_clip_is_imported_looked_at_and_taken_out(api: TestClient, services: FleetServices) -> None:
    # proves F1 F2 F5
    name = described(api)
    digest = base64.b64encode(hashlib.sha256(CLIP).digest()).decode()
    sent = api.put(
        f"/api/v1/imports/{name}/file", content=CLIP, headers={"Content-Digest": f"sha-256=:{digest}:"}
    ).json()
    assert (sent["state"], sent["verified"], sent["said"][:22]) == ("held", False, "Imported, not verified")
    assert (sent["sha256"], sent["size"]) == (hashlib.sha256(CLIP).hexdigest(), len(CLIP))
    assert (sent["facts"]["codec"], sent["facts"]["is_made_anew"]) == ("h264", False)
    assert sent["last_day"] == "2027-03-27", "a month from when the caretaker says that it was taken"
    lies = b"".join(services.footage.store.read(key) for key in objects(services, name))
    assert b"ftyp" not in lies
    assert CLIP[100:140] not in lies
    assert spooled(services) == 0
    assert problem(api.post(f"/api/v1/imports/{name}/viewings", json={"purpose": " "}))[0] == 422
    viewing = api.post(f"/api/v1/imports/{name}/viewings", json=WHY).json()
    shown = api.get(viewing["media"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "video/mp4")
    assert hashlib.sha256(shown.content).hexdigest() == one(api, name)["copy_sha256"]
    part = api.get(viewing["media"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{len(shown.content)}"
    far = api.get(viewing["media"], headers={"Range": f"bytes={len(shown.content)}-"})
    assert far.status_code == 416
    assert "none of them are in the span that was asked for." in far.text
    taken = api.post(f"/api/v1/imports/{name}/exports", json=WHY)
    assert taken.content == shown.content
    assert "IMP-2027-" in taken.headers["content-disposition"]
    assert logged(services, name) == [
        ("imagery:import:describe", ""),
        ("imagery:import:receive", ""),
        ("imagery:import:view", WHY["purpose"]),
        ("imagery:import:export", WHY["purpose"]),
    ]


def test_what_a_photograph_says_of_itself_stays_sealed(api: TestClient) -> None:
    # proves F2
    name = imported(api, photograph(turned=6), **PICTURE, taken=None, taken_says="", place="")
    assert DEVICE.decode() not in api.get(f"/api/v1/imports/{name}").text
    viewing = api.post(f"/api/v1/imports/{name}/viewings", json=WHY).json()
    shown = api.get(viewing["media"])
    assert shown.headers["content-type"] == "image/jpeg"
    assert (DEVICE in shown.content, b"Exif" in shown.content) == (False, False)
    assert one(api, name)["last_day"] == "2027-06-01"


def test_a_viewing_is_its_owners_and_ends(
    api: TestClient, services: FleetServices, whole_clock: TestClock
) -> None:
    # proves F1
    name = imported(api)
    viewing = api.post(f"/api/v1/imports/{name}/viewings", json=WHY).json()
    with dashboard_client(services, token=token_for(services, name="other"), workers=False) as other:
        assert problem(other.get(viewing["media"])) == (404, "viewing_ended")
    whole_clock.move(hours=1)
    assert problem(api.get(viewing["media"])) == (404, "viewing_ended")


def test_nothing_is_shown_while_the_vault_is_sealed_and_imports_come_in_all_the_same(
    api: TestClient, services: FleetServices
) -> None:
    # proves F1
    name = imported(api)
    viewing = api.post(f"/api/v1/imports/{name}/viewings", json=WHY).json()
    services.vault.seal(OPERATOR)
    try:
        assert problem(api.get(viewing["media"])) == (503, "vault_sealed")
        assert problem(api.post(f"/api/v1/imports/{name}/exports", json=WHY)) == (503, "vault_sealed")
        assert "imagery:import:refuse" in [action for action, _ in logged(services, name)]
        again = imported(api)
    finally:
        services.vault_services.unsealing.by_itself(OPERATOR)
    assert api.get(viewing["media"]).status_code == 200
    assert api.post(f"/api/v1/imports/{again}/exports", json=WHY).status_code == 200


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"<html>no clip</html>", "file_refused", "none of what is imported"),
        (b"", "body_empty", "empty"),
        (photograph(), "other_kind", "is a Photograph"),
        (CLIP[:300], "file_refused", "cannot be read whole"),
    ],
)
def test_what_is_no_clip_is_refused_and_nothing_of_it_stays(
    api: TestClient, services: FleetServices, data: bytes, code: str, words: str
) -> None:
    # proves F6
    name = described(api)
    answer = api.put(f"/api/v1/imports/{name}/file", content=data)
    assert problem(answer)[1] == code
    assert words in answer.json()["detail"]
    assert (objects(services, name), spooled(services), one(api, name)["state"]) == ((), 0, "described")
    assert api.put(f"/api/v1/imports/{name}/file", content=CLIP).status_code == 200, "another file may come"
    assert problem(api.put(f"/api/v1/imports/{name}/file", content=CLIP)) == (409, "has_file")


def test_a_file_of_another_digest_or_too_large_is_refused(
    api: TestClient, services: FleetServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F6 F9
    name = described(api)
    other = base64.b64encode(bytes(32)).decode()
    wrong = {"Content-Digest": f"sha-256=:{other}:"}
    answer = api.put(f"/api/v1/imports/{name}/file", content=CLIP, headers=wrong)
    assert problem(answer) == (400, "digest_differs")
    nonsense = api.put(f"/api/v1/imports/{name}/file", content=CLIP, headers={"Content-Digest": "md5=:x:"})
    assert problem(nonsense) == (400, "digest_unusable")
    monkeypatch.setattr(services.imports.receiving, "limit", 100)
    assert problem(api.put(f"/api/v1/imports/{name}/file", content=CLIP)) == (413, "body_too_large")
    blocks = (CLIP[each : each + 50] for each in range(0, len(CLIP), 50))  # nothing says how long it is
    assert problem(api.put(f"/api/v1/imports/{name}/file", content=blocks)) == (413, "body_too_large")
    assert spooled(services) == 0
    assert api.put("/api/v1/imports/x/file", content=bytes(2 << 20)).status_code == 413


def test_one_account_and_all_together_import_so_much(services: FleetServices) -> None:
    # proves F9
    now, held = 0.0, 0

    def day() -> DailyAllowance:
        return DailyAllowance(services.database, "import", 100, lambda: now)

    allowance = ImportAllowance(day(), in_all=250, held=lambda: held, clock=lambda: now)
    one, other = (Actor(ActorKind.USER, each, each) for each in ("one", "other"))
    allowance.take(one, 100)
    again = ImportAllowance(day(), in_all=250, held=lambda: held, clock=lambda: now)
    for each in (allowance, again):  # neither another process nor a start gives a second day
        with pytest.raises(ProblemError) as refused:
            each.take(one, 1)
        assert (refused.value.status, refused.value.code) == (429, "imports_rate")
        assert refused.value.detail == (
            "You have sent what one account may import in a day, 0 GiB: imports.gib_per_day sets this."
        )
    allowance.take(Actor(ActorKind.TOKEN, "one", "one"), 100)  # another account, whose id is the same
    held = 250
    with pytest.raises(ProblemError) as full:
        allowance.take(other, 1)  # looked at again, for a share was taken
    assert (full.value.status, full.value.code) == (507, "imports_quota")
    held = 249
    with pytest.raises(ProblemError):
        allowance.take(other, 1)  # and now once a minute
    now += 60
    allowance.take(other, 1)


def test_what_was_under_way_elsewhere_is_looked_at_before_a_file_is_kept(
    api: TestClient, services: FleetServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F9
    allowance = services.imports.receiving._allowance
    before = allowance._held()
    monkeypatch.setattr(allowance, "_in_all", before + 3 * len(CLIP))
    imported(api)
    name = described(api)
    allowance._looked, allowance._known = (
        allowance._clock(),
        before,
    )  # as in a process that has not looked since
    refused = api.put(f"/api/v1/imports/{name}/file", content=CLIP)
    assert problem(refused) == (507, "imports_quota")
    assert one(api, name)["state"] == "described"
    assert objects(services, name) == ()
    monkeypatch.setattr(allowance, "_in_all", before + 5 * len(CLIP))
    assert api.put(f"/api/v1/imports/{name}/file", content=CLIP).status_code == 200


def test_few_files_are_received_at_once_and_few_imports_wait(
    api: TestClient, services: FleetServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F9
    name = described(api)
    slots = services.imports.receiving._slots
    assert all(slots.acquire(blocking=False) for _ in range(receiving.AT_ONCE))
    busy = api.put(f"/api/v1/imports/{name}/file", content=CLIP)
    assert problem(busy) == (429, "imports_busy")
    assert "2 files are being imported now; send yours again in a minute." in busy.text
    for _ in range(receiving.AT_ONCE):
        slots.release()
    monkeypatch.setattr(service, "MOST_WAITING", 1)
    assert problem(api.post("/api/v1/imports", json=BODY)) == (409, "too_many_waiting")
    assert api.delete(f"/api/v1/imports/{name}").status_code == 204
    assert api.get(f"/api/v1/imports/{name}").status_code == 404


def test_what_cannot_be_is_refused(api: TestClient) -> None:
    # proves F6
    for change in (
        {"kind": "song"},
        {"basis": "public-task"},
        {"source": ""},
        {"more": "x"},
        {"incident": "5e"},
    ):
        assert api.post("/api/v1/imports", json={**BODY, **change}).status_code in {404, 422}
    lacking = api.post("/api/v1/imports", json={**PICTURE, "noticed": None})
    assert problem(lacking) == (422, "noticed_unusable")


def test_an_import_is_held_and_let_go(api: TestClient) -> None:
    # proves F3
    name = imported(api)
    hold = api.post(f"/api/v1/imports/{name}/holds", json=HOLD).json()
    assert (hold["imported"], hold["recording"], one(api, name)["is_held"]) == (name, None, True)
    assert problem(api.post(f"/api/v1/imports/{name}/delete", json={"why": "A mistake"})) == (409, "is_held")
    refused = api.post(f"/api/v1/imports/{name}/delete", json={"why": "A mistake"})
    assert "is held: nothing of it is deleted while that lasts." in refused.text
    released = api.post(f"/api/v1/holds/{hold['id']}/release", json={"reason": "Settled"})
    assert released.status_code == 200
    assert "A hold on it ended" not in one(api, name)["why_kept"], "its own last day is later"


def test_a_clip_goes_a_month_after_it_was_taken_with_its_key_first(
    api: TestClient, services: FleetServices, whole_clock: TestClock
) -> None:
    # proves F3 F4
    going, kept = imported(api), imported(api, kept_until="2027-08-01")
    assert objects(services, going)
    whole_clock.move(days=60)
    services.jobs.step()
    assert one(api, going)["state"] == "held", "deletion is off"
    with services.sessions.begin() as session:
        switch(session, on=True, seen=len(switches_of(session)), by=OPERATOR)
    services.jobs.step()
    assert one(api, going)["state"] == "held", "it counts after some days"
    for _ in range(9):  # a clock that jumps is doubted
        whole_clock.move(days=1)
        services.jobs.step()
    gone = one(api, going)
    assert (gone["state"], gone["source"], gone["purpose"], gone["place"]) == ("deleted", "", "", "")
    assert gone["sha256"] == hashlib.sha256(CLIP).hexdigest()
    assert one(api, kept)["state"] == "held"
    assert objects(services, going) == ()
    with services.readers() as session:
        assert session.get(ImportKey, going) is None
        assert session.get(DeletedImport, going) is not None
    certificate = api.get(f"/api/v1/imports/{going}/deletion-certificate")
    said = read_deletion(certificate.content).said
    assert (said["import"], said["sha256"]) == (going, gone["sha256"])
    assert "no camera of ours signed it" in str(said["verified"])
    actions = [action for action, _ in logged(services, going)][-3:]
    assert actions == ["imagery:import:delete", "imagery:import:destroy-keys", "imagery:import:deleted"]
    assert problem(api.post(f"/api/v1/imports/{going}/exports", json=WHY)) == (410, "import_deleted")
    assert problem(api.put(f"/api/v1/imports/{going}/file", content=CLIP)) == (410, "import_deleted")
    assert problem(api.delete(f"/api/v1/imports/{going}")) == (410, "import_deleted")
    assert problem(api.delete(f"/api/v1/imports/{kept}")) == (409, "has_file")
    none = api.get(f"/api/v1/imports/{kept}/deletion-certificate")
    assert (none.status_code, "was not deleted, or not yet." in none.text) == (404, True)
    with services.sessions.begin() as session:
        switch(session, on=False, seen=len(switches_of(session)), by=OPERATOR)


def test_a_mistake_is_deleted_on_a_persons_word_though_deletion_is_off(
    api: TestClient, services: FleetServices
) -> None:
    # proves F3
    name = imported(api)
    viewing = api.post(f"/api/v1/imports/{name}/viewings", json=WHY).json()
    assert problem(api.post(f"/api/v1/imports/{name}/delete", json={"why": " "})) == (422, "why_unusable")
    assert api.post(f"/api/v1/imports/{name}/delete", json={"why": "The wrong clip"}).status_code == 200
    services.jobs.step()
    assert (one(api, name)["state"], objects(services, name)) == ("deleted", ())
    said = read_deletion(api.get(f"/api/v1/imports/{name}/deletion-certificate").content).said
    assert (said["reason"], said["let_out_before"]) == ("The wrong clip", {"viewings": 1, "exports": 0})
    assert api.get(viewing["media"]).status_code == 404
    with services.readers() as session:
        assert session.get(ImportViewing, viewing["viewing"]) is None


def test_what_a_backup_brings_back_is_deleted_again(api: TestClient, services: FleetServices) -> None:
    # proves F3
    name = imported(api)
    store = services.footage.store
    before = {key: store.read(key) for key in objects(services, name)}
    with services.readers() as session:
        key = session.get_one(ImportKey, name)
        kept = ImportKey(import_id=name, sealed_to=key.sealed_to, sealed=key.sealed)
        row = session.get_one(ImportRow, name)
        attempt, said = row.attempt, row.source
    api.post(f"/api/v1/imports/{name}/delete", json={"why": "A mistake"})
    services.jobs.step()
    for each, data in before.items():
        with services.footage.spool.keep(data) as incoming:
            store.put(each, incoming.finish())
    assert services.imports.tidying.sweep() == 1
    services.jobs.step()
    assert (objects(services, name), one(api, name)["state"]) == ((), "deleted")
    with services.sessions.begin() as session:  # an older database
        row = session.get_one(ImportRow, name)
        row.state, row.attempt, row.source, row.certificate = "held", attempt, said, None
        session.add(kept)
    assert services.imports.tidying.apply() == 1
    services.jobs.step()
    with services.readers() as session:
        assert session.get(ImportKey, name) is None
        assert session.get_one(ImportRow, name).state == "deleted"


def test_a_store_that_fails_leaves_the_import_waiting(
    api: TestClient, services: FleetServices, whole_clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    from fleet.footage.errors import StoreError  # noqa: PLC0415

    name = described(api)
    real, done = put_pieces, []

    def failing(*args: Any) -> None:  # noqa: ANN401
        real(*args)
        done.append(args)
        raise StoreError("The store is away.")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "put_pieces", failing)
        assert api.put(f"/api/v1/imports/{name}/file", content=CLIP).status_code == 503
    assert (len(done), objects(services, name), one(api, name)["state"]) == (1, (), "described")
    with monkeypatch.context() as patch:  # as of a process that died
        patch.setattr(receiving, "put_pieces", failing)
        patch.setattr(services.imports.receiving, "_give_up", lambda *_: None)
        api.put(f"/api/v1/imports/{name}/file", content=CLIP)
    assert objects(services, name)
    assert problem(api.put(f"/api/v1/imports/{name}/file", content=CLIP)) == (409, "being_stored")
    assert problem(api.delete(f"/api/v1/imports/{name}")) == (409, "being_stored")
    assert services.imports.tidying.sweep() == 0, "somebody may be at it"
    whole_clock.move(hours=1)
    assert services.imports.tidying.sweep() == 1
    assert objects(services, name) == ()
    assert api.put(f"/api/v1/imports/{name}/file", content=CLIP).status_code == 200


def test_what_waits_too_long_is_thrown_away(
    api: TestClient, services: FleetServices, whole_clock: TestClock
) -> None:
    # proves F9
    name, sent = described(api), imported(api)
    whole_clock.move(days=7, minutes=1)
    services.imports.tidying.discard(whole_clock.now)
    assert api.get(f"/api/v1/imports/{name}").status_code == 404
    assert one(api, sent)["state"] == "held"
    assert logged(services, name)[-1][0] == "imagery:import:discard"


def test_until_when_it_is_needed_is_said_with_a_reason(api: TestClient) -> None:
    # proves F3
    name = imported(api)
    path = f"/api/v1/imports/{name}/keep"
    assert (
        api.post(path, json={"until": "2027-09-01", "why": "A claim is expected"}).json()["last_day"]
        == "2027-09-01"
    )
    assert problem(api.post(path, json={"until": "2027-09-01", "why": ""})) == (422, "why_unusable")
    assert problem(api.post(path, json={"until": "2020-01-01", "why": "x"})) == (422, "kept_until_unusable")
    assert api.post(path, json={"until": None, "why": "It was settled"}).json()["last_day"] == "2027-03-27"
    picture = imported(api, photograph(), **PICTURE, taken=None, taken_says="")
    answer = api.post(f"/api/v1/imports/{picture}/keep", json={"until": None, "why": "x"})
    assert problem(answer) == (422, "kept_until_unusable")


def test_a_reading_that_takes_too_long_is_one_sentence(
    api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: Any) -> None:  # noqa: ANN401
        raise ReadingRefusedError("Reading the file takes longer.")

    monkeypatch.setattr(receiving, "read_supervised", late)
    answer = api.put(f"/api/v1/imports/{described(api)}/file", content=CLIP)
    assert answer.json()["detail"] == "Reading the file takes longer."


def test_what_is_listed_is_narrowed(api: TestClient, whole_clock: TestClock) -> None:
    name = imported(api, source="A%b_c")
    whole_clock.now += timedelta(seconds=1)

    def found(**query: str) -> list[str]:
        return [each["id"] for each in api.get("/api/v1/imports", params=query).json()]

    assert found(q="A%B_C") == [name]
    assert found(q="A%c") == []
    assert name in found(kind="cctv")
    assert name not in found(kind="photograph")
    assert name not in found(state="deleted")
