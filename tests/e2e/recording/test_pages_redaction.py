"""Faces and words hidden in a release, in a real browser: by pointer and by keys, watched whole, approved."""

from __future__ import annotations

import re
from dataclasses import asdict, astuple
from random import Random

import pytest
from playwright.sync_api import Locator, Page, expect

from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, Mask, TimeSpan
from fleet.redaction.rules.plan import Widening
from tests.support.fleet.desk import PASSWORD, Desk, fits, picture
from tests.support.fleet.evidence import EvidenceCamera
from tests.support.fleet.sending import send
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]


SIZE, SECOND = (320, 240), 10**9
HIDDEN_AT = """([path, cases, width, height]) => import(path).then(({ hiddenAt }) =>
  cases.map(({ mask, at, widening }) => hiddenAt(mask, at, widening, width, height) ?? null))"""
ANOTHER_CHANGE = """async () => {
  const token = document.querySelector("[name=csrf_token]").value;
  const version = Number(document.getElementById("hidden").dataset.version);
  const answer = await fetch(`${document.getElementById("redact").dataset.api}/steps`, {
    method: "POST",
    body: JSON.stringify({ version, step: { do: "undo" } }),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
  });
  return answer.status;
}"""


def looked_at(page: Page, name: str, *sizes: tuple[int, int]) -> None:
    """Look at a page as it is, for whoever cannot see it too, in windows of these sizes."""
    check_access(page)
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        picture(page, name)


def ask_for(page: Page, button: str) -> None:
    """Say why the footage is opened, and open it."""
    page.get_by_label("Request of a person recorded").check()
    page.get_by_role("button", name=button).click()
    expect(page.locator("[data-seek]")).to_be_enabled()


def draw(page: Page, overlay: Locator) -> None:
    """Draw over the picture with a mouse."""
    expect(overlay).to_have_attribute("viewBox", re.compile(r"0 0 \d{3} \d+"))
    box = overlay.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 50, steps=3)
    page.mouse.up()


def hide(page: Page) -> None:
    """Draw a mask, move it with keys, mute a second, undo and do again; each is shown once it is done."""
    overlay = page.get_by_role("group", name="Masks")
    draw(page, overlay)
    expect(page.get_by_label("Why it is hidden")).to_be_focused()
    page.get_by_label("Why it is hidden").fill("a neighbour")
    page.keyboard.press("Enter")
    rows = page.locator("#masks-title + ol, .masks").first
    expect(rows.get_by_text("Hidden: a neighbour")).to_be_visible()
    mask = overlay.get_by_role("button", name=re.compile("^Mask 1:"))
    expect(mask).to_be_visible()
    mask.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#hidden")).to_have_attribute("data-version", "3")
    widen(page, overlay)
    typed_meanwhile(page, overlay)
    page.get_by_label("Muted from").fill("0:01.2")
    page.locator("#mute-end").fill("0:01.8")
    page.get_by_label("Why it is muted").fill("a name is said")
    page.get_by_role("button", name="Mute it").click()
    expect(page.get_by_text("1 mask, 1 mute.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 mask, no mutes.")).to_be_visible()
    page.get_by_role("button", name="Do again").click()
    expect(page.get_by_text("1 mask, 1 mute.")).to_be_visible()
    page.get_by_label("Muted from").fill("soon")
    page.locator("#mute-end").fill("later")
    page.get_by_label("Why it is muted").fill("a name")
    page.get_by_role("button", name="Mute it").click()
    expect(page.get_by_text("Type times as 1:05.3 or 65.3.")).to_be_visible()
    expect(page.get_by_text("1 mask, 1 mute.")).to_be_visible()  # nothing was changed
    expect(page.get_by_label("Muted from")).to_have_value("soon")  # and can be mended
    changed_by_somebody_else(page)


def widen(page: Page, overlay: Locator) -> None:
    """Have more hidden than was drawn: typed, or slid with pointer and keys, and shown over the picture."""
    edge = overlay.locator(".mask-edge")
    width = edge.get_attribute("width")
    assert width is not None
    page.get_by_label("At each side, % of its size", exact=True).fill("60")
    expect(edge).not_to_have_attribute("width", width)
    slider = page.get_by_label("At each side, % of its size, by sliding")
    expect(slider).to_have_value("60")
    slider.press("ArrowRight")
    expect(page.get_by_label("At each side, % of its size", exact=True)).to_have_value("61")
    box = page.get_by_label("Before and after, in seconds, by sliding").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    expect(page.get_by_label("Before and after, in seconds", exact=True)).to_have_value("0")
    expect(page.get_by_text("Each mask hides 15 % and 4 pixels more")).to_be_visible()  # not sent yet
    page.get_by_role("button", name="Hide so much more").click()
    expect(page.get_by_text("Each mask hides 61 % and 4 pixels more at each side")).to_be_visible()
    expect(page.get_by_text("Less than usual is hidden around masks")).to_be_visible()
    looked_at(page, "redact-widened", PHONE, LAPTOP)
    page.get_by_label("Before and after, in seconds", exact=True).fill("0.3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0.3 s before and after")).to_be_visible()
    expect(page.get_by_text("Less than usual is hidden around masks")).to_have_count(0)
    expect(page.locator("#hidden")).to_have_attribute("data-version", "5")
    as_the_service_does(page)


def typed_meanwhile(page: Page, overlay: Locator) -> None:
    """What is typed or moved before the plan has come stays; what was typed beside a step too."""
    edge, late = overlay.locator(".mask-edge"), []
    plan = re.compile(re.escape(page.locator("#redact").get_attribute("data-api") or "none") + "$")
    page.route(plan, lambda route: late.append(route), times=1)  # noqa: PLW0108 - it counts the arguments
    page.get_by_label("Why it is muted").fill("a name is said")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#hidden")).to_have_attribute("data-version", "6")
    expect(page.get_by_label("Why it is muted")).to_have_value("a name is said")
    mask = overlay.get_by_role("button", name=re.compile("^Mask 1:"))
    left, width = mask.get_attribute("x"), edge.get_attribute("width")
    assert left is not None
    assert width is not None
    page.get_by_label("At each side, % of its size", exact=True).fill("80")
    expect(edge).not_to_have_attribute("width", width)
    mask.press("ArrowRight")
    expect(mask).not_to_have_attribute("x", left)
    moved, wide = mask.get_attribute("x"), edge.get_attribute("width")
    assert moved is not None
    assert wide is not None
    assert len(late) == 1
    with page.expect_response(plan) as answer:
        late[0].continue_()
    answer.value.finished()
    page.evaluate("() => new Promise((done) => setTimeout(done))")  # what waited for the answer has run
    expect(mask).to_have_attribute("x", moved)
    expect(edge).to_have_attribute("width", wide)
    mask.press("Escape")
    page.get_by_role("button", name="Do again").click()
    expect(page.locator("#hidden")).to_have_attribute("data-version", "7")
    expect(page.get_by_label("At each side, % of its size, by sliding")).to_have_value("80")


def as_the_service_does(page: Page) -> None:
    """The line around a mask is where the service hides: but for rounding, of both halves of a growth."""
    source = Random(7)
    cases = []
    for _ in range(200):
        times = sorted(source.sample(range(0, 4 * SECOND, 10**8), source.randint(1, 5)))
        keys = [KeyFrame(at, _area(source)) for at in times]
        gap = (TimeSpan(times[0] + 1, times[-1] - 1),) if len(times) > 2 and source.random() < 0.3 else ()
        wide = Widening(source.randint(0, 100), source.randint(0, 40), source.randrange(0, 2 * SECOND, 10**8))
        mask = Mask(1, tuple(keys), shown=gap, reason="why")
        cases.append((mask, source.randrange(0, 4 * SECOND, 10**8), wide))
    told = [
        {
            "mask": {
                "keys": [[key.at_ns, *astuple(key.area)] for key in mask.keys],
                "shown": [[span.start_ns, span.end_ns] for span in mask.shown],
            },
            "at": at,
            "widening": asdict(wide),
        }
        for mask, at, wide in cases
    ]
    script = page.locator("script[src$='/redact.js']").get_attribute("src")
    assert script is not None
    drawn = page.evaluate(HIDDEN_AT, [script.replace("redact.js", "redact_masks.js"), told, *SIZE])
    for (mask, at, wide), area in zip(cases, drawn, strict=True):
        swept = mask.swept(at - wide.time_ns, at + wide.time_ns)
        assert (swept is None) == (area is None), (mask, at, wide)
        if swept is not None:
            across, down = (
                -(-side * wide.percent // 100) + wide.pixels for side in (swept.width, swept.height)
            )
            grown = swept.grown(across, down)
            hides = (grown.left, grown.top, min(grown.right, SIZE[0]), min(grown.bottom, SIZE[1]))
            assert max(abs(a - b) for a, b in zip(hides, area, strict=True)) <= 4, (mask, at, wide)


def _area(source: Random) -> Area:
    left, top = source.randrange(0, SIZE[0] - 20), source.randrange(0, SIZE[1] - 20)
    return Area(left, top, source.randrange(left + 5, SIZE[0]), source.randrange(top + 5, SIZE[1]))


def changed_by_somebody_else(page: Page) -> None:
    """A change of another page is told, and shown when asked for; so is a fleet that does not answer."""
    notice = page.get_by_text("It was changed meanwhile.")
    expect(notice).to_be_hidden()
    assert page.evaluate(ANOTHER_CHANGE) == 200
    expect(notice).to_be_visible()
    page.get_by_role("button", name="Show it as it is now").click()
    expect(page.get_by_text("1 mask, no mutes.")).to_be_visible()
    expect(notice).to_be_hidden()
    lost = page.get_by_text("The fleet does not answer: what you did last may not have been taken.")
    expect(lost).to_be_hidden()
    page.route("**/step?*", lambda route: route.abort())
    page.get_by_role("button", name="Do again").click()
    expect(lost).to_be_visible()
    page.unroute("**/step?*")
    page.get_by_role("button", name="Do again").click()
    expect(page.get_by_text("1 mask, 1 mute.")).to_be_visible()
    expect(lost).to_be_hidden()


def test_a_copy_is_redacted_watched_whole_and_approved(desk: Desk, camera: EvidenceCamera) -> None:
    # proves F10
    take = camera.take(1, seconds=4, prerecord=2)
    assert send(desk.fleet, camera.files, take) == "receipt"
    invitation = desk.invite("DPO 1", "Data protection officer")
    page = desk.open(f"/releases/new?recording={take.recording.hex()}")
    page.get_by_label("Recipient, whose name each copy bears").fill("Alexandra Hill")
    page.get_by_label("What it is for").fill("Access request")
    page.get_by_label("Lawful basis").select_option("legal-obligation")
    page.get_by_label("What is withheld and why").fill("The neighbour")
    page.get_by_role("button", name="Draft it").click()
    expect(page.get_by_text("Waits for approval")).to_be_visible()
    address = page.url
    page.get_by_role("link", name="Hide faces and words").click()
    ask_for(page, "Open it to hide something")
    hide(page)
    looked_at(page, "redact", PHONE, LAPTOP)
    page.goto(address)
    expect(page.get_by_text("1 mask, 1 mute.")).to_be_visible()
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=LAPTOP) as context:
        other = context.new_page()
        desk.watch.follow(other)
        other.goto(invitation)
        other.get_by_label("Password", exact=True).fill(PASSWORD)
        other.get_by_label("Password again").fill(PASSWORD)
        other.get_by_role("button", name="Make the account").click()
        expect(other.get_by_role("button", name="Make the account")).to_have_count(0)  # the account is there
        other.goto(address)
        expect(other.get_by_text("You have not watched the whole redacted copy")).to_be_visible()
        expect(other.get_by_role("button", name="Approve the release")).to_have_count(0)
        other.get_by_role("link", name="Watch the redacted copy").click()
        ask_for(other, "Watch")
        expect(other.locator(".controls [data-do=play]")).to_be_enabled()
        for key in "pbn":  # nothing is said here of a press or of bookmarks, and none is denied (F8)
            other.keyboard.press(key)
        expect(other.locator("#player [data-message]")).to_have_text("")
        other.get_by_label("Speed").select_option("2")
        other.locator(".controls [data-do=play]").click()
        expect(other.get_by_text("DPO 1 watched all of it.")).to_be_visible(timeout=60_000)
        looked_at(other, "watch-copy", PHONE, LAPTOP)
        other.get_by_role("link", name="You can approve the release now.").click()
        other.get_by_role("button", name="Approve the release").click()
        expect(other.get_by_text("Made", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile("with something masked"))).to_be_visible()
    looked_at(page, "release-masked", PHONE, LAPTOP)
    desk.watch.check(expected=("status of 4", "ERR_FAILED"))
