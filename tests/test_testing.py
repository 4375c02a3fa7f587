"""`gatekeeper.testing`: its examples, and what it notices."""

import doctest
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable
from gatekeeper.testing import artefact, check_reader, criterion_status, fuzz_reader

WORDS = "question: q\nwhy: w\nremedy: Fix it.\neffort: small\n"
COVERED = f"id: G1.coverage\nrequires: {{coverage.lines_pct: {{at_least: 95}}}}\n{WORDS}"
AS_OF = date(2026, 11, 20)


@pytest.mark.parametrize("name", ["artefacts", "laws", "rules"])
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
        Collected("json", {"a": 1, "b": [2.5, {"c": None}]}),
        Collected("k6", CoverageFacts(lines_pct=95, paths=("a",))),
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
        (Collected("", CoverageFacts()), "returns no facts with the name of a format"),
        (Collected("k6", CoverageFacts(lines_pct=True)), "lines_pct is not a number: True"),
        (Collected("k6", CoverageFacts(lines_pct=float("nan"))), "lines_pct holds a figure that is not finite"),
        (Collected("k6", CoverageFacts(paths=["a"])), "paths is not a list of names"),  # type: ignore[arg-type]  # on purpose
        (Collected("json", {"a": [{"b": float("inf")}]}), "a holds a figure that is not finite"),
    ],
)  # fmt: skip
def test_a_reader_that_breaks_a_law_fails(answer: object, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check_reader(reader(answer), artefact(""))


def test_the_law_of_a_kind_is_checked() -> None:
    with pytest.raises(AssertionError, match="the law of the kind fails"):
        check_reader(
            reader(Collected("x", CoverageFacts(101.0))),
            artefact(""),
            law=lambda facts: facts.lines_pct <= 100,
        )


def test_damage_reveals_a_reader_that_trusts_its_file() -> None:
    def collect(artefact: Artefact, options: Options) -> Collected:
        return Collected("x", CoverageFacts(float(artefact.files[0].read())))

    with pytest.raises((ValueError, AssertionError), match=r"could not convert|not finite"):
        fuzz_reader(SimpleNamespace(collect=collect), "95.5", examples=20)


# --- Rules -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (CoverageFacts(95.0), "pass"),
        (CoverageFacts(94.9), "fail"),
        (CoverageFacts(None), "missing"),
        (CoverageFacts, "missing"),
        ({"lines_pct": 96}, "pass"),
    ],
)
def test_a_criterion_is_judged_by_facts(facts: object, status: str) -> None:
    assert criterion_status(COVERED, {"coverage": facts}) == status


@pytest.mark.parametrize("facts", [CoverageFacts(99.0), {"lines_pct": 99}])
@pytest.mark.parametrize(("day", "status"), [(10, "pass"), (9, "stale")])
def test_collected_facts_have_an_age(day: int, status: str, facts: Any) -> None:
    read = Collected("lcov", facts, datetime(2026, 11, day, tzinfo=UTC))
    assert criterion_status(f"{COVERED}max_age_days: 10\n", {"coverage": read}, as_of=AS_OF) == status


def test_a_criterion_is_judged_with_the_service_s_own_targets_and_attestations() -> None:
    stanza = f"id: L3.slow\nrequires: {{load.p95_ms: {{at_most: {{target: p95_ms}}}}}}\nor_attested_by: owner\n{WORDS}"
    service = "targets: {p95_ms: 200}"
    assert criterion_status(stanza, {"load": {"p95_ms": 200}}, service=service) == "pass"
    assert criterion_status(stanza, {"load": {"p95_ms": 201}}, service=service) == "fail"


@pytest.mark.parametrize(("level", "status"), [("L1", "not_applicable"), ("L2", "fail")])
def test_a_criterion_is_asked_at_a_level(level: str, status: str) -> None:
    stanza = f"{COVERED}subjects: {{fact: coverage.paths, up_to: L1}}\n"
    assert criterion_status(stanza, {"coverage": CoverageFacts(1.0, paths=())}, level=level) == status


@pytest.mark.parametrize(
    ("stanza", "why"),
    [
        (COVERED.replace("lines_pct", "line_pct"), "line_pct"),
        (COVERED.replace("coverage.lines", "cover.lines"), "cover"),
        (f"id: G1.a\nsame_as: G2.a\n{WORDS}", "no criterion 'G2.a'"),
        ("id: G1.a\n", "question"),
    ],
)
def test_a_stanza_that_is_wrong_is_reported(stanza: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        criterion_status(stanza, {"coverage": CoverageFacts(1.0)})
