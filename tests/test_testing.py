"""`gatekeeper.testing`: its examples, and what it notices."""

import doctest
import subprocess
import sys
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Origin, Unreadable
from gatekeeper.testing import artefact, check_reader, fuzz_reader


def _collected(format_: str, facts: Any) -> Collected:
    return Collected(facts, (Origin(format_),))


@pytest.mark.parametrize("name", ["artefacts", "laws"])
def test_the_examples_run(name: str) -> None:
    found = doctest.testmod(import_module(f"gatekeeper.testing.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


def test_without_hypothesis_only_fuzzing_fails_and_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from gatekeeper.testing import check_reader, fuzz_reader\n"
        "assert 'pytest' not in sys.modules\n"
        "try: fuzz_reader(None)\n"
        "except ImportError as error: print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == (
        "fuzzing needs the package hypothesis: pip install 'readiness-gatekeeper[testing]'\n"
    )


# --- Laws of readers -------------------------------------------------------------------------------


def reader(answer: object) -> Any:
    """Return a reader that returns or raises the answer, whatever the artefact holds."""

    def collect(artefact: Artefact, options: Options) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(collect=collect)


@pytest.mark.parametrize(
    "answer",
    [
        Absent("report-0 holds nothing"),
        Unreadable("reports: two formats"),
        _collected("json", {"a": 1, "b": [2.5, {"c": None}]}),
        _collected("k6", CoverageFacts(lines_pct=95, paths=("a",))),
    ],
)
def test_a_reader_that_keeps_the_laws_passes(answer: object) -> None:
    kept = check_reader(reader(answer), artefact(""))
    assert kept is (answer if isinstance(answer, Collected) else None)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Unreadable("the file is broken"), "the reason names none of"),
        (Absent("report-0:\nnothing"), "the reason has several lines"),
        (None, "returns no facts with the name of a format: None"),
        (_collected("", CoverageFacts()), "returns no facts with the name of a format"),
        (_collected("k6", CoverageFacts(lines_pct=True)), "lines_pct is not a number: True"),
        (_collected("k6", CoverageFacts(lines_pct=float("nan"))), "lines_pct holds a figure that is not finite"),
        (_collected("k6", CoverageFacts(paths=["a"])), "paths is not a list of names"),  # type: ignore[arg-type]  # on purpose
        (_collected("json", {"a": [{"b": float("inf")}]}), "a holds a figure that is not finite"),
    ],
)  # fmt: skip
def test_a_reader_that_breaks_a_law_fails(answer: object, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check_reader(reader(answer), artefact(""))


def test_the_law_of_a_kind_is_checked() -> None:
    with pytest.raises(AssertionError, match="the law of the kind fails"):
        check_reader(
            reader(_collected("x", CoverageFacts(101.0))),
            artefact(""),
            law=lambda facts: facts.lines_pct <= 100,
        )


def test_damage_reveals_a_reader_that_trusts_its_file() -> None:
    def collect(artefact: Artefact, options: Options) -> Collected:
        return _collected("x", CoverageFacts(float(artefact.files[0].read())))

    with pytest.raises((ValueError, AssertionError), match=r"could not convert|not finite"):
        fuzz_reader(SimpleNamespace(collect=collect), "95.5", examples=20)
