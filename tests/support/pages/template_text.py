"""Every sentence that stands in a template or in a script of the pages, as nobody's data made it. Pure.

A template is read by Jinja's own parser and a page's markup by Python's, so that what is written in a macro's
argument, in an attribute or between two conditions is found like what stands in a paragraph. What a template
fills in is ``{}`` in the sentence.

Not done: what views say (``fleet.web.views``) is no static text; the register of their claims is
``fleet.web.views.claims``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

GAP = "{}"
_SPOKEN = ("title", "aria-label", "alt", "placeholder")
_WITHIN = ("strong", "em", "a", "code", "time", "span", "b", "i", "bdi")
"""Elements that stand within a sentence; every other begins or ends one."""
_VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
_WORD = re.compile(r"[A-Za-z]{2,}")
_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z{])")


class _Reader(HTMLParser):
    """Takes the sentences out of markup: all of them, or those that are shown."""

    def __init__(self, *, shown: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.text = ""
        self.shown = shown
        self.passed_over = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _WITHIN:
            self.flush()
        if tag in _VOID and (self.passed_over or self._is_passed_over(tag, attrs)):
            return
        if self.passed_over or self._is_passed_over(tag, attrs):
            self.passed_over += 1
            return
        self.found += [value for name, value in attrs if name in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self.passed_over and tag not in _VOID:
            self.passed_over -= 1
        if tag not in _WITHIN:
            self.flush()

    def handle_data(self, data: str) -> None:
        if not self.passed_over:
            self.text += data

    def flush(self) -> None:
        self.found.append(self.text)
        self.text = ""

    def _is_passed_over(self, tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        if tag in ("script", "style"):
            return True
        return self.shown and (tag == "template" or any(name == "hidden" for name, _ in attrs))


def shown_sentences(page: str) -> list[str]:
    """Return what a page shows as it comes, each sentence once, in its order."""
    reader = _Reader(shown=True)
    reader.feed(page)
    reader.flush()
    return _sentences(reader.found)


def is_said(sentence: str, page: str) -> bool:
    """Say whether a page shows a sentence, whatever it is filled in with."""
    words = re.compile(".+?".join(re.escape(part) for part in sentence.split(GAP)))
    return any(words.fullmatch(each) for each in shown_sentences(page))


def template_sentences(source: str, environment: Environment) -> list[str]:
    """Return what a template says by itself, each sentence once, in its order."""
    body = environment.parse(source)
    reader = _Reader()
    reader.feed("".join(_markup(body)))
    reader.flush()
    return _sentences([*reader.found, *_constants(body)])


def _markup(node: nodes.Node) -> Iterator[str]:
    """Return the markup of a template, with what is filled in as a gap, and a break around each condition."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif isinstance(child, nodes.Expr):
            yield GAP if isinstance(node, nodes.Output) and not _calls(child, _SILENT) else ""
        else:
            yield from _markup(child)


_NO_WORDS = (
    nodes.Getattr,
    nodes.Compare,
    nodes.Getitem,
    nodes.Test,
    nodes.FromImport,
    nodes.Extends,
    nodes.Include,
)


_SILENT = ("icon", "csrf_field", "lasting", "bar")
_OF_NAMES = ("icon", "live", "lasting", "bar")
"""What is called with names alone: of icons, of regions, of moments."""


def _calls(node: nodes.Node, names: tuple[str, ...]) -> bool:
    called = node.node if isinstance(node, nodes.Call) else None
    return isinstance(called, nodes.Name) and called.name in names


def _constants(node: nodes.Node) -> Iterator[str]:
    """Return texts that stand in expressions: arguments of macros, what one of two conditions says."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Const) and isinstance(child.value, str):
            yield child.value
        elif not isinstance(child, _NO_WORDS) and not _calls(child, _OF_NAMES):
            yield from _constants(child)


_SCRIPT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`""", re.DOTALL
)
_NAMES = re.compile(r"""[\[\]#=<>|*_@/]|\w[:.]\w|^[a-z-]+$|^[a-z]+(, [a-z]+)*$""")
"""What selects, addresses or lists elements, and names of theirs."""


def script_sentences(source: str) -> list[str]:
    """Return what a script says, each sentence once: its literals that are no names of things in a page."""
    found = [
        next((part for part in each.groups() if part is not None), "") for each in _SCRIPT.finditer(source)
    ]
    filled = [re.sub(r"\$\{(?:[^{}]|\{[^}]*\})*\}", GAP, text) for text in found]
    return _sentences([text for text in filled if re.search(r"[A-Z]|\s", text) and not _NAMES.search(text)])


def _sentences(texts: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in texts:
        for sentence in _END.split(re.sub(r"\s+", " ", text).strip()):
            words = sentence.strip(" ·,:;()\N{EN DASH}…").strip()
            if _WORD.search(words.replace(GAP, "")):
                found[words] = None
    return list(found)
