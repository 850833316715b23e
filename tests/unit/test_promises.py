from pathlib import Path

from tests.support import promises


def test_every_built_promise_has_a_test() -> None:
    assert promises.unproven() == []


def test_every_mark_names_a_promise_that_exists() -> None:
    known = {promise.number for promise in promises.promises()}
    assert {proof.number for proof in promises.proofs()} <= known


def test_the_page_is_up_to_date() -> None:
    assert promises.PAGE.read_text(encoding="utf-8") == promises.page(), (
        "run: python -m tests.support.promises"
    )


def test_a_mark_above_a_test_belongs_to_the_test_below_it(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("# proves C1, C2 and C3\ndef test_a(): ...\n")
    found = promises.proofs(tmp_path)
    assert [(proof.number, proof.test) for proof in found] == [
        ("C1", "test_a"),
        ("C2", "test_a"),
        ("C3", "test_a"),
    ]
