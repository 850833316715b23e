"""What is wrong with a text that is no TOML, in words that say what to write. Pure.

Rule: where it is not certain what was meant, the parser's own words stand.
"""

from __future__ import annotations

import re
from typing import Final

from simulator.scenario.language.locate import TextPlace
from simulator.scenario.language.problem import Mistake

_AT: Final = re.compile(r" \(at line (\d+), column (\d+)\)$| \(at end of document\)$")
_TWICE: Final = re.compile(r"Cannot declare \((.*?),?\) twice")
_KEY: Final = re.compile(r"\s*([\w.-]+)\s*=")
_WORD: Final = re.compile(r"[A-Za-z_][\w.-]*(?: [\w.-]+)*")
_NUMBER: Final = re.compile(r"=\s*(-?\d+(?:\.\d+)?)\s*$")
_CLOCK: Final = re.compile(r"\d*:\d")
CURLY: Final = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
"""Quotation marks as they are printed, which TOML does not know."""
_SURE: Final = {
    "Illegal character '\\n'": "the text on this line has no closing quote",
    "Unclosed inline table": "the table that is opened by { on this line has no closing }",
    "Unclosed array": "between two values of a list stands a comma, and at its end a ]",
}
"""What can mean one thing alone."""
YES: Final = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
"""What people write for true and false, and what TOML has."""


def not_toml(message: str, text: str) -> Mistake:
    """Explain what ``tomllib`` refused.

    Args:
        message: What it says.
        text: What it read.
    """
    found = _AT.search(message)
    place = TextPlace(text.count("\n") + 1, 1)
    said = message
    if found is not None:
        said = message[: found.start()]
        if found[1]:
            place = TextPlace(int(found[1]), int(found[2]))
    line = [*text.split("\n"), ""][min(place.line - 1, text.count("\n") + 1)]
    meant = _meant(said, line, place.column - 1)
    return Mistake(f"this is not valid TOML: {meant or said[:1].lower() + said[1:]}", place=place)


def _meant(said: str, line: str, column: int) -> str:
    before, rest = line[:column], line[column:].strip()
    for begins, meant in _SURE.items():
        if said.startswith(begins):
            return meant
    twice, key = _TWICE.match(said), _KEY.match(line)
    if twice is not None:
        return _table_twice(".".join(part.strip(" '") for part in twice[1].split(",")), line)
    if said == "Cannot overwrite a value" and key is not None:
        return f"the key {key[1]} is there twice in one table"
    if said == "Invalid value":
        return _value(rest)
    return _after_value(before, rest) if said.startswith("Expected newline") else _key_part(said, rest)


def _key_part(said: str, rest: str) -> str:
    if said.startswith("Invalid initial character for a key part") and not rest:
        return "a table in braces stands on one line"
    if said.startswith("Expected '=' after a key") and rest.startswith(":"):
        return "a key and its value are joined by =, and not by a colon"
    return ""


def _table_twice(name: str, line: str) -> str:
    if name == "steps" and not line.strip().startswith("[["):
        return "each step begins with [[steps]], in double brackets"
    return f"the table [{name}] is there twice: put its keys together under one"


def _value(rest: str) -> str:
    if rest[:1] and rest[0] in CURLY:
        return f'a text stands between straight quotes ("), and this one begins with {rest[0]}'
    word = _WORD.match(rest)
    if word is None:
        return ""
    if word[0].lower() in YES:
        return f"write {YES[word[0].lower()]}, in lower case and without quotes"
    return f'a text stands between quotes: write "{word[0]}"'


def _after_value(before: str, rest: str) -> str:
    number = _NUMBER.search(before)
    if rest.startswith("//"):
        return "a remark begins with #"
    if rest == ",":
        return "a line ends without a comma"
    if number is not None and _CLOCK.match(rest):
        return "a length of time is one number, in the unit that its key names, and no time of day"
    if number is not None and rest.startswith(","):
        return "a number has a point, and not a comma"
    if number is not None and _WORD.match(rest):
        unit = rest.split(maxsplit=1)[0]
        return f"a number stands alone, in the unit that its key names: {number[1]} without {unit}"
    return ""
