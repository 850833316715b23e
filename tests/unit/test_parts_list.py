"""The list of parts that a build comes with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from hypothesis import strategies as st

from docs.generators.parts_list import LOCK, PINS, Part, front_end_parts, parts_list, python_parts, text

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
TWO = f"""
Pkg.Name[extra]==1.2.3 ; sys_platform == 'linux' \\
    --hash=sha256:{"a" * 64} \\
    --hash=sha256:{"b" * 64}
other==2 \\
    --hash=sha256:{"c" * 64}
"""


def is_valid(document: str) -> bool:
    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(document) is None


def test_every_pin_of_a_build_is_in_it_and_it_is_what_the_standard_says() -> None:
    document = text()
    assert is_valid(document)
    listed = {(each["purl"].partition("?")[0]) for each in json.loads(document)["components"]}
    for name in PINS:
        pins = (ROOT / f"requirements/{name}.txt").read_text()
        for line in re.findall(r"^[A-Za-z0-9].*?==[^\s;\\]+", pins, re.MULTILINE):
            package, _, version = re.sub(r"\[.*?\]", "", line).partition("==")
            assert f"pkg:pypi/{package.lower()}@{version}" in listed
    for place, package in json.loads(LOCK.read_text())["packages"].items():
        if place:
            purl = place.removeprefix("node_modules/").replace("@", "%40", 1) if "@" in place else place
            assert f"pkg:npm/{purl.removeprefix('node_modules/')}@{package['version']}" in listed
    assert all(each["hashes"] for each in json.loads(document)["components"])
    assert document == text(), "the same pins give the same file"


def test_pins_are_read_with_their_digests_and_without_extras_or_markers() -> None:
    assert list(python_parts(TWO, {"other": "MIT"})) == [
        Part("pypi", "pkg.name", "1.2.3", (("SHA-256", "a" * 64), ("SHA-256", "b" * 64)), None),
        Part("pypi", "other", "2", (("SHA-256", "c" * 64),), "MIT"),
    ]


def test_a_front_end_package_is_read_with_its_digest() -> None:
    lock = {
        "packages": {
            "": {"name": "us"},
            "node_modules/@a/b": {"version": "1", "integrity": "sha512-AAEC", "license": "ISC"},
        }
    }
    assert list(front_end_parts(lock)) == [Part("npm", "@a/b", "1", (("SHA-512", "000102"),), "ISC")]


LICENCES = st.none() | st.sampled_from(["MIT", "Apache-2.0 OR MIT", "some words of its own"])
PARTS = st.lists(
    st.builds(
        Part,
        kind=st.sampled_from(["pypi", "npm"]),
        name=st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True),
        version=st.from_regex(r"[0-9]\.[0-9]", fullmatch=True),
        digests=st.just((("SHA-256", "d" * 64),)),
        licence=LICENCES,
    ),
    max_size=5,
    unique_by=lambda part: (part.kind, part.name, part.version),
)


@given(PARTS)
def test_whatever_the_parts_are_the_list_is_valid_and_their_order_is_nothing(parts: list[Part]) -> None:
    document = parts_list("1.0", parts)
    assert is_valid(document)
    assert document == parts_list("1.0", reversed(parts))


def test_other_parts_are_another_list() -> None:
    one, other = (
        json.loads(parts_list("1.0", [Part("pypi", "a", version, (), None)])) for version in ("1", "2")
    )
    assert one["serialNumber"] != other["serialNumber"]
