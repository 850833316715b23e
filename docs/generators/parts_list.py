"""Writes the list of all parts of a build (CycloneDX 1.6, ECMA-424).

``python -m docs.generators.parts_list FOLDER``, as ``make build`` does.

Rules:

- the parts are those that set-up installs: the pins of ``requirements/`` for device, fleet and simulator, and
  the front-end packages of ``fleet/web/package-lock.json``, each with its version and digests;
- licences are what the installed package says of itself; where it says nothing, nothing is said here;
- the same pins give the same file: it has no date, and its serial number is a digest of what it lists.

Debian's packages (mosquitto, PostgreSQL and what they need) are not in it: the machine's own list has those.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import uuid
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
PINS = ("base", "device", "fleet", "simulator")
LOCK = ROOT / "fleet/web/package-lock.json"

_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_OURS = uuid.UUID("6f1f1d3c-55d5-5d1b-9d53-0b8f0f8f3a4e")
"""The name space of serial numbers (RFC 9562, version 5)."""


@dataclass(frozen=True)
class Part:
    """One package that is installed.

    Attributes:
        kind: where it is known by its name: pypi or npm.
        name: that name.
        version: which one is pinned.
        digests: what set-up checks a file of it against, as hexadecimal digits by algorithm; there may be
            several files of one version.
        licence: what it says that it is under, or None.
    """

    kind: str
    name: str
    version: str
    digests: tuple[tuple[str, str], ...]
    licence: str | None


def python_parts(pins: str, licences: Mapping[str, str]) -> Iterator[Part]:
    """Give the parts of a file of pins, as pip reads it."""
    found = list(_PIN.finditer(pins))
    ends = [each.start() for each in found[1:]] + [len(pins)]
    for pin, end in zip(found, ends, strict=True):
        digests = tuple(("SHA-256", each) for each in _HASH.findall(pins, pin.end(), end))
        yield Part("pypi", pin[1].lower(), pin[2], digests, licences.get(pin[1].lower()))


def front_end_parts(lock: Mapping[str, Any]) -> Iterator[Part]:
    """Give the parts of npm's lock file."""
    for place, package in lock["packages"].items():
        if not place:
            continue
        name = place.rpartition("node_modules/")[2]
        kind, _, digest = package["integrity"].partition("-")
        shown = base64.b64decode(digest).hex()
        yield Part(
            "npm",
            name,
            package["version"],
            ((kind.upper().replace("SHA", "SHA-"), shown),),
            package.get("license"),
        )


def parts_list(version: str, parts: Iterable[Part]) -> str:
    """Return the list as JSON."""
    unique = sorted(set(parts), key=lambda part: (part.kind, part.name, part.version))
    product = Component(name="lapel", version=version, type=ComponentType.APPLICATION, bom_ref="lapel")
    told = Bom(components=[_component(each) for each in unique])
    told.metadata.component = product
    told.register_dependency(product, told.components)
    document = json.loads(make_outputter(told, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    del document["metadata"]["timestamp"]
    del document["serialNumber"]
    text = json.dumps(document, sort_keys=True)
    document["serialNumber"] = uuid.uuid5(_OURS, text).urn
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _component(part: Part) -> Component:
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        purl=PackageURL(part.kind, *_named(part), part.version),
        bom_ref=f"{part.kind}:{part.name}@{part.version}",
        hashes=[HashType(alg=HashAlgorithm(kind), content=digest) for kind, digest in part.digests],
        licenses=[LicenseFactory().make_from_string(part.licence)] if part.licence else [],
    )


def _named(part: Part) -> tuple[str | None, str]:
    """Return the name's space and the name, as a package's address has them apart."""
    space, _, name = part.name.rpartition("/")
    return space or None, name


def installed_licences(names: Iterable[str]) -> dict[str, str]:
    """Return what installed packages say of their licence, in one line (PEP 639 before older fields)."""
    found = {}
    for name in names:
        try:
            told = metadata(name)
        except PackageNotFoundError:  # of another platform
            continue
        said = next((told[field] for field in ("License-Expression", "License") if field in told), "")
        if said and "\n" not in said:
            found[name] = said
    return found


def text() -> str:
    """Return the list of this tree's pins."""
    pins = [(ROOT / f"requirements/{each}.txt").read_text(encoding="utf-8") for each in PINS]
    licences = installed_licences({name.lower() for each in pins for name, _ in _PIN.findall(each)})
    python = (part for each in pins for part in python_parts(each, licences))
    front_end = front_end_parts(json.loads(LOCK.read_text(encoding="utf-8")))
    return parts_list(metadata("lapel")["Version"], (*python, *front_end))


def main() -> None:
    """Write the file."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and the folder
        raise SystemExit("Say in which folder to put the list.")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"lapel-{metadata('lapel')['Version']}.cdx.json"
    file.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{file} lists the parts.\n")


if __name__ == "__main__":
    main()
