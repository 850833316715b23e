"""Copy the third-party front-end files that pages need into ``static/vendor``.

Run as ``python -m fleet.web.vendor`` after ``npm ci`` in this folder. The packages and their digests are
named in ``package-lock.json``; what is copied is listed here, file by file, so that nothing else of a package
is ever served. The fonts for printing go to ``fleet/printing/fonts``, and are not served. Icons become one
sprite, so that a page fetches one small file instead of a font with five thousand shapes.

It does not fetch anything: that is npm's work.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

WEB = Path(__file__).parent
MODULES = WEB / "node_modules"
VENDOR = WEB / "static" / "vendor"
FONTS = WEB.parent / "printing" / "fonts"
"""Where ``fleet.printing.pdf`` looks for them; this module needs nothing that set-up has still to install."""

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/icons/LICENSE": "icons.LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
    "idiomorph/LICENSE": "idiomorph.LICENSE.txt",
    "hls.js/dist/hls.min.mjs": "hls.min.mjs",
    "hls.js/LICENSE": "hls.LICENSE.txt",
}
"""From a path under ``node_modules`` to a name under ``static/vendor``."""

_NOTO = "@expo-google-fonts/noto-sans"
_SCRIPTS = ("Arabic", "Bengali", "Devanagari", "Ethiopic", "Gujarati", "Gurmukhi", "Hebrew", "SC", "Tamil")
FONT_FILES = {
    f"{_NOTO}/LICENSE_FONT": "LICENSE.txt",
    f"{_NOTO}/400Regular/NotoSans_400Regular.ttf": "NotoSans-Regular.ttf",
    f"{_NOTO}/700Bold/NotoSans_700Bold.ttf": "NotoSans-Bold.ttf",
    **{
        f"{_NOTO}-{each.lower()}/400Regular/NotoSans{each}_400Regular.ttf": f"NotoSans{each}-Regular.ttf"
        for each in _SCRIPTS
    },
}
"""From a path under ``node_modules`` to a name among the fonts for printing, which are all under the OFL."""

ICONS = (
    "alert-triangle",
    "arrow-back-up",
    "arrow-left",
    "arrow-right",
    "battery-2",
    "bookmark",
    "check",
    "chevron-down",
    "circle-check",
    "clock",
    "clock-exclamation",
    "cloud-upload",
    "database",
    "device-cctv",
    "device-cctv-off",
    "device-mobile",
    "download",
    "eye",
    "eye-off",
    "fingerprint",
    "hand-move",
    "history",
    "home",
    "info-circle",
    "key",
    "keyboard",
    "lock",
    "login-2",
    "logout",
    "maximize",
    "microphone",
    "microphone-off",
    "moon-stars",
    "player-pause",
    "player-play",
    "player-record",
    "player-skip-back",
    "player-skip-forward",
    "player-stop",
    "plug",
    "plug-connected-x",
    "plus",
    "power",
    "refresh",
    "rewind-backward-10",
    "rewind-forward-10",
    "search",
    "shield-check",
    "shield-x",
    "sun-moon",
    "trash",
    "user",
    "user-plus",
    "users",
    "video",
    "volume",
    "volume-off",
    "wifi-off",
    "x",
)
"""Names of the outline icons in the sprite; a test checks that templates use no other."""

_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class VendorError(Exception):
    """The front-end packages are not there, or not as expected."""


def sprite(folder: Path) -> str:
    """Return one SVG document with a ``<symbol>`` for each icon.

    Args:
        folder: Where the icon package keeps its outline icons, one file each.

    Raises:
        VendorError: An icon is missing or is not an SVG document.
    """
    symbols = []
    for name in ICONS:
        source = folder / f"{name}.svg"
        shapes = _SHAPES.search(source.read_text("utf-8")) if source.is_file() else None
        if shapes is None:
            raise VendorError(f"The icon {name!r} is not in {folder}: run `npm ci` in {WEB} again.")
        body = " ".join(shapes[1].split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def copy(modules: Path = MODULES, vendor: Path = VENDOR, fonts: Path = FONTS) -> int:
    """Fill ``vendor`` and ``fonts`` anew from ``modules``; return how many files they now hold.

    Raises:
        VendorError: A package is missing; nothing is left half-copied.
    """
    missing = [name for name in (*FILES, *FONT_FILES) if not (modules / name).is_file()]
    if missing:
        raise VendorError(f"{modules / missing[0]} is missing: run `npm ci` in {WEB} first.")
    icons = sprite(modules / "@tabler/icons/icons/outline")
    fresh, fresh_fonts = _empty(vendor), _empty(fonts)
    for source, target in FILES.items():
        text = (modules / source).read_text("utf-8")
        # Source maps are not served, so a browser's tools must not be sent to look for them.
        (fresh / target).write_text(re.sub(r"\n?(//|/\*)# sourceMappingURL=.*", "", text), "utf-8")
    (fresh / "icons.svg").write_text(icons, "utf-8")
    for source, target in FONT_FILES.items():
        shutil.copyfile(modules / source, fresh_fonts / target)
    for made, place in ((fresh, vendor), (fresh_fonts, fonts)):
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)
    return len(FILES) + 1 + len(FONT_FILES)


def _empty(place: Path) -> Path:
    """Return an empty folder beside a place."""
    fresh = place.with_name(place.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    return fresh


def main() -> int:
    """Copy, say what was done, and return the exit status."""
    try:
        count = copy()
    except VendorError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{count} front-end files and fonts are in {VENDOR} and {FONTS}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
