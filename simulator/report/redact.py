"""A report that can be published: without keys, tokens, addresses and machine names. Pure.

Rules:

* Every text of the report is gone through, wherever it stands: the error of a run may have anything in it.
* What is dropped leaves a word in brackets that says what it was.
* Ids of recordings and assignments stay: they open nothing, and hold the report together.

It knows secrets by their form, and those that it is told. It does not know what a scenario's own words give
away.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.report.report import RunReport

R = TypeVar("R")

FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|\Z)", re.DOTALL), "[key or certificate]"),
    (re.compile(r"(?i)\bbearer\s+\S+"), "[token]"),
    (
        re.compile(r"(?i)\b(token|password|passphrase|secret|code|key)(\s*[=:]\s*)[\"']?[^\s\"',;]+[\"']?"),
        r"\1\2[secret]",
    ),
    (re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>,;)]+", re.IGNORECASE), "[address]"),
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"), "[address]"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b"), "[address]"),
    (re.compile(r"\blocalhost(?::\d+)?\b"), "[address]"),
    (re.compile(r"\b[0-9a-f]{48,}\b", re.IGNORECASE), "[key]"),
    (re.compile(r"(?<![\w/+-])(?=[\w+/-]*\d)(?=[\w+/-]*[A-Z])[A-Za-z0-9_+/-]{40,}={0,2}"), "[key]"),
    (re.compile(r"(?<![\w/.])/(?:home|root|Users|tmp|var|mnt|srv|opt|work)(?:/[^\s\"':,;]*)?"), "[path]"),
)
"""The forms of what is dropped, in the order in which they are looked for."""

MAYBE_IPV6 = re.compile(r"[0-9A-Fa-f]*(?::[0-9A-Fa-f]*){2,}(?:\.\d{1,3}){0,3}")
"""What may be an address of IP version 6, or a time of day: ``ipaddress`` tells."""

SHORTEST = 3


def redact(report: RunReport, *, folders: Iterable[str] = (), secrets: Iterable[str] = ()) -> RunReport:
    """Return the report without what must not be published.

    Args:
        report: The report.
        folders: Where the run kept its files; their paths become relative to that.
        secrets: What is known to be secret, such as the bearer token that was used.
    """
    known = [(each, "[folder]") for each in folders if len(each) >= SHORTEST]
    known += [(each, "[secret]") for each in secrets if len(each) >= SHORTEST]
    name = report.machine.name
    known += [(each, "[machine]") for each in {name, name.partition(".")[0]} if len(each) >= SHORTEST]
    known.sort(key=lambda each: -len(each[0]))

    def clean(text: str) -> str:
        for each, word in known:
            text = text.replace(each, word)
        for form, word in FORMS:
            text = form.sub(word, text)
        return MAYBE_IPV6.sub(_without_ipv6, text)

    cleaned = _through(report, clean)
    fleet = None if report.fleet_url is None else "[address]"
    machine = replace(cleaned.machine, name="[machine]")
    # A version may look like an address.
    return replace(cleaned, machine=machine, fleet_url=fleet, versions=report.versions)


def _without_ipv6(found: re.Match[str]) -> str:
    for text in (found[0], found[0].rstrip(":"), found[0].lstrip(":")):
        try:
            ipaddress.IPv6Address(text)
        except ValueError:
            continue
        return found[0].replace(text, "[address]")
    return found[0]


def _through(value: R, clean: Any) -> R:  # noqa: ANN401 - a function from text to text
    """Go through all texts of some data, the keys of its maps too."""
    made: Any = value
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        made = clean(value)
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(
            value, **{each.name: _through(getattr(value, each.name), clean) for each in fields(value)}
        )
    elif isinstance(value, dict):
        made = {_through(key, clean): _through(item, clean) for key, item in value.items()}
    elif isinstance(value, tuple):
        made = tuple(_through(item, clean) for item in value)
    return made  # type: ignore[no-any-return]  # of the type that it was
