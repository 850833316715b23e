"""A process is sized by the processors that it may use, and not by those of the machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from protocol.process.processors import processors, quota_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


UNLIMITED = {"cpu.max": "max 100000\n"}


@pytest.mark.usefixtures("eight")
@pytest.mark.parametrize(
    ("own", "files", "expected"),
    [
        ("0::/", {}, 8),
        ("0::/", UNLIMITED, 8),
        ("0::/", {"cpu.max": "200000 100000\n"}, 2),
        ("0::/", {"cpu.max": "250000 100000\n"}, 3),
        ("0::/", {"cpu.max": "10000 100000\n"}, 1),
        ("0::/system.slice/fleet", {"system.slice/fleet/cpu.max": "400000 100000"}, 4),
        (
            "0::/system.slice/fleet",
            {"system.slice/cpu.max": "300000 100000", "system.slice/fleet/cpu.max": "max 100000"},
            3,
        ),
        ("0::/not/here/but/on/the/host", {"cpu.max": "200000 100000"}, 2),
        ("0::/../../elsewhere", {"cpu.max": "200000 100000"}, 2),
        (
            "4:memory:/\n1:cpu,cpuacct:/docker/1",
            {
                "cpu,cpuacct/docker/1/cpu.cfs_quota_us": "-1",
                "cpu,cpuacct/docker/1/cpu.cfs_period_us": "100000",
            },
            8,
        ),
        (
            "4:memory:/\n1:cpu,cpuacct:/docker/1",
            {"cpu,cpuacct/cpu.cfs_quota_us": "150000", "cpu,cpuacct/cpu.cfs_period_us": "100000"},
            2,
        ),
        ("4:memory:/\n3:cpuset:/", {"cpu/cpu.cfs_quota_us": "100000", "cpu.max": "x"}, 8),
        ("no such line\n0::/", {"cpu.max": "\N{SUPERSCRIPT TWO} 1"}, 8),
    ],
)
def test_each_limit_of_its_groups_counts(
    tmp_path: Path, own: str, files: dict[str, str], expected: int
) -> None:
    write(tmp_path, {"own": own, **{f"groups/{name}": text for name, text in files.items()}})
    assert processors(tmp_path / "groups", tmp_path / "own") == expected


def test_the_mask_that_it_is_run_by_counts_and_nothing_is_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"own": "0::/", "groups/cpu.max": "800000 100000"})
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    assert processors(tmp_path / "groups", tmp_path / "own") == 1


def test_here_it_is_no_more_than_the_mask() -> None:
    assert 1 <= processors() <= len(os.sched_getaffinity(0))


@pytest.mark.parametrize("said", ["", "max", "0 100000", "100000 0", "1 2 3", "-1 100000", "+1 1"])
def test_what_says_no_limit_is_none(said: str) -> None:
    assert quota_of(said) is None


def test_nothing_here_is_sized_by_the_machine() -> None:
    ours = [
        path
        for folder in ("protocol", "device", "fleet", "simulator", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts and path != Path(__file__)
    ]
    counted = ("cpu_" + "count(", "len(os.sched_" + "getaffinity(")
    allowed = ROOT / "protocol" / "process" / "processors.py"
    found = [path for path in ours if path != allowed and any(each in path.read_text() for each in counted)]
    assert not found
