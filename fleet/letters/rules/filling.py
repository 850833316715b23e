"""Filling a template: text with fields in it, each as ``{{name}}``. Pure.

Rules:
- every field that a template names is given, with something in it, and every field that is given is known:
  a letter with a hole in it, or without what somebody typed for it, is refused and not sent;
- what is filled in is text and never looked at for fields again;
- braces in pairs belong to fields alone, and no field of a template may stand in single ones,
  which would be sent as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

from fleet.letters.rules.kinds import LetterKind
from fleet.printing.blocks import DIRECTIONS

LONGEST_TEMPLATE = 12_000
LONGEST_FIELD = 8_000
_FIELD = re.compile(r"\{\{([a-z_]+)\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_SINGLE = re.compile(r"(?<!\{)\{\s*([a-z_]+)\s*\}(?!\})")


class LetterError(ValueError):
    """A template or a letter cannot be so; the message is for whoever wrote it."""


def fields_of(template: str) -> frozenset[str]:
    """Return the fields that a template names."""
    return frozenset(_FIELD.findall(template))


def fill(template: str, fields: Mapping[str, str]) -> str:
    """Return the letter.

    >>> fill("Dear {{name}},", {"name": "Ms Hill"})
    'Dear Ms Hill,'

    Raises:
        LetterError: a field is missing, empty, unknown or too long, or the template has braces that are none.
    """
    named = fields_of(template)
    _refuse_braces(template)
    missing = sorted(each for each in named if not fields.get(each, "").strip())
    if missing:
        raise LetterError(f"The letter lacks what belongs in {_listed(missing)}.")
    unknown = sorted(set(fields) - named)
    if unknown:
        raise LetterError(f"The template has no place for {_listed(unknown)}.")
    for name, value in fields.items():
        if len(value) > LONGEST_FIELD:
            raise LetterError(
                f"At most {LONGEST_FIELD} characters go into {{{{{name}}}}}; that were {len(value)}."
            )
        if not _is_readable(value):
            raise LetterError(f"What was given for {{{{{name}}}}} has characters that cannot be shown.")
    return _FIELD.sub(lambda found: fields[found[1]].strip(), template)


def clean_template(text: str, kind: LetterKind) -> str:
    """Return a template as it is kept, its line ends put right.

    Raises:
        LetterError: it is empty or too long, names a field that letters of this kind do not have, or lacks
            one that they must have.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    clean = "\n".join(line.rstrip() for line in lines).strip()
    if not clean:
        raise LetterError("Write something.")
    if len(clean) > LONGEST_TEMPLATE:
        raise LetterError(f"A template has at most {LONGEST_TEMPLATE} characters; that one has {len(clean)}.")
    if not _is_readable(clean):
        raise LetterError("It has characters that cannot be shown.")
    _refuse_braces(clean)
    named = fields_of(clean)
    unknown = sorted(named - kind.fields)
    if unknown:
        raise LetterError(f"There is no {_listed(unknown)} to fill in here.")
    single = [each for each in _SINGLE.findall(clean) if each in kind.fields]
    if single:
        raise LetterError(f"A field stands in two braces at each side: {{{{{single[0]}}}}}.")
    lacking = sorted(kind.required - named)
    if lacking:
        raise LetterError(f"It has to have {_listed(lacking)}: {kind.why}")
    return clean


def _refuse_braces(template: str) -> None:
    if _BRACES.search(_FIELD.sub("", template)):
        raise LetterError(
            "It has {{ or }} that belong to no field; a field is written {{name}}, in small letters."
        )


def _is_readable(text: str) -> bool:
    return not any(map(_is_strange, text.replace("\r\n", "\n")))


def _is_strange(character: str) -> bool:
    """Whether it cannot be shown, or turns the direction of what follows; wide spaces and joiners stay."""
    if character.isprintable() or character == "\n":
        return False
    return unicodedata.category(character) not in {"Zs", "Cf"} or character in DIRECTIONS


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"{{{{{each}}}}}" for each in names)
