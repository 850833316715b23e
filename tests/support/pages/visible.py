"""A page without what is hidden for now: what takes the place of something said once that is too old."""

from __future__ import annotations

from html.parser import HTMLParser

_EMPTY = frozenset({"meta", "link", "input", "img", "br", "hr", "use", "path", "source"})


def visible(page: str) -> str:
    """Return the text of a page that is not in an element with ``hidden``."""
    reader = _Reader()
    reader.feed(page)
    return "".join(reader.found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[bool] = []
        """For each element that is open, whether it hides what is in it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _EMPTY:
            self._open.append(any(name == "hidden" for name, _ in attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._open):
            self.found.append(data)
