from __future__ import annotations

import re
from pathlib import Path

import pytest

from fleet.web import assets, templating
from fleet.web.vendor import FILES, FONT_FILES, ICONS, MODULES, VendorError, copy, sprite
from fleet.web.views import recordings, state, tile
from fleet.web.views.desk import attention, camera, coverage, handout, today
from fleet.web.views.recording import events, hands

TEMPLATES = Path(templating.__file__).parent / "templates"
ICON_CALL = re.compile(r'icon\("([a-z0-9-]+)"')
SHAPE = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1"/></svg>'


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A folder like npm's, small."""
    root = tmp_path / "node_modules"
    for name in (*FILES, *FONT_FILES):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"of {name}\n//# sourceMappingURL=x.map\n")
    icons = root / "@tabler/icons/icons/outline"
    icons.mkdir(parents=True)
    for name in ICONS:
        (icons / f"{name}.svg").write_text(SHAPE)
    return root


def test_copies_what_is_listed_and_nothing_else(modules: Path, tmp_path: Path) -> None:
    vendor, fonts = tmp_path / "vendor", tmp_path / "fonts"
    assert copy(modules, vendor, fonts) == len(FILES) + 1 + len(FONT_FILES)
    assert {path.name for path in fonts.iterdir()} == set(FONT_FILES.values())
    assert {path.name for path in vendor.iterdir()} == {*FILES.values(), "icons.svg"}
    assert all("sourceMappingURL" not in path.read_text() for path in vendor.iterdir())
    assert copy(modules, vendor, fonts) == len(FILES) + 1 + len(FONT_FILES)


def test_a_missing_package_is_said_and_leaves_the_old_files(modules: Path, tmp_path: Path) -> None:
    vendor, fonts = tmp_path / "vendor", tmp_path / "fonts"
    copy(modules, vendor, fonts)
    (modules / "hls.js/LICENSE").unlink()
    with pytest.raises(VendorError, match=r"hls\.js/LICENSE is missing: run `npm ci`"):
        copy(modules, vendor, fonts)
    assert (fonts / "LICENSE.txt").exists()
    assert (vendor / "hls.min.mjs").exists()


def test_a_missing_icon_is_said(modules: Path) -> None:
    icons = modules / "@tabler/icons/icons/outline"
    (icons / f"{ICONS[0]}.svg").unlink()
    with pytest.raises(VendorError, match=ICONS[0]):
        sprite(icons)


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    named = {name for path in TEMPLATES.rglob("*.html") for name in ICON_CALL.findall(path.read_text())}
    sources = (
        attention,
        coverage,
        camera,
        events,
        hands,
        handout,
        recordings,
        state,
        tile,
        today,
        templating,
    )
    badges = [*state.CAMERA.values(), *state.RECORDING.values(), *state.VERDICT.values()]
    named |= {badge.icon for badge in badges} | {entry.symbol for entry in templating.NAVIGATION}
    quoted = {
        word
        for module in sources
        for word in re.findall(r'"([a-z0-9-]+)"', Path(str(module.__file__)).read_text())
    }
    assert named <= set(ICONS)
    unused = set(ICONS) - named - quoted
    assert not unused, f"icons that no page uses: {sorted(unused)}"


def test_the_lockfile_names_no_registry() -> None:
    text = (MODULES.parent / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert text.count('"integrity"') >= len({name.split("/dist")[0] for name in FILES if "/dist" in name})


def test_the_address_of_assets_changes_with_their_contents(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    before = assets.digest(tmp_path)
    assert assets.digest(tmp_path) == before
    (tmp_path / "a.css").write_text("b {}")
    assert assets.digest(tmp_path) != before
    assert assets.missing(tmp_path)


def test_what_no_file_can_be_called_is_not_there() -> None:
    # proves F6
    assert assets.find("lapel.css") is not None
    for name in ("\x00", "lapel.css\x00", "x" * 300, "x/" * 3000, "../web.py", "\ud800", "", "."):
        assert assets.find(name) is None, name


def test_pages_carry_no_script_or_style_of_their_own() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"\son[a-z]+=", text), path
        assert "|safe" not in text, path
        assert "http://" not in text, path
        assert "https://" not in text, path
