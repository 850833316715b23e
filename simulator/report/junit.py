"""The report as JUnit XML, which test servers read. Pure.

Each check is a test case. A broken promise is a failure; what was asked for and could not be evaluated, and a
run without a verdict, is an error; what was not asked for and could not be evaluated is skipped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from simulator.oracle.check import Result
from simulator.report.outcome import RunOutcome

if TYPE_CHECKING:
    from simulator.oracle.check import Check
    from simulator.report.report import RunReport

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (section 2.2)."""

DECIDED = (RunOutcome.HELD, RunOutcome.BROKEN)


def as_junit(report: RunReport) -> str:
    """Return the report as a JUnit XML document."""
    cases = [_case(report, check) for check in report.checks]
    if report.outcome not in DECIDED or not cases:
        cases.append(_whole(report))
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": f"{report.took_s:.3f}",
    }
    suites = ET.Element("testsuites", {"name": "lapel-simulator", **counts})
    about = {"name": report.scenario, "timestamp": report.started_utc.split("+")[0], **counts}
    suite = ET.SubElement(suites, "testsuite", about)
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report):
        ET.SubElement(properties, "property", {"name": name, "value": _clean(value)})
    suite.extend(cases)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _case(report: RunReport, check: Check) -> ET.Element:
    about = [check.name]
    if check.camera is not None:
        about.append(check.camera)
    if check.number:
        about.append(f"recording {check.number}")
    case = ET.Element(
        "testcase",
        {
            "classname": f"{report.scenario}.{_clean(check.promise or check.name).replace(' ', '_')}",
            "name": _clean(", ".join(about)),
            "time": "0",
        },
    )
    said = {"message": _clean(check.sentence)}
    if check.result is Result.BROKEN:
        ET.SubElement(case, "failure", said)
    elif check.result is Result.NOT_EVALUATED:
        ET.SubElement(case, "error" if check.asked else "skipped", said)
    elif check.figure is not None:
        ET.SubElement(case, "system-out").text = _clean(check.figure.words)
    return case


def _whole(report: RunReport) -> ET.Element:
    case = ET.Element("testcase", {"classname": report.scenario, "name": "the run", "time": "0"})
    said = f"{report.outcome}: {report.error or 'nothing was checked'}"
    ET.SubElement(case, "error", {"message": _clean(said)})
    return case


def _properties(report: RunReport) -> tuple[tuple[str, str], ...]:
    return (
        ("outcome", report.outcome),
        ("seed", str(report.seed)),
        ("product", report.versions.product),
        ("commit", report.versions.commit or "unknown"),
        ("python", report.versions.python),
        ("machine", f"{report.machine.processor}, {report.machine.cores} cores, {report.machine.system}"),
    )


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("\ufffd", text)
