"""`gatekeeper test --mutate`: what is shown of mutants, as text, JSON and JUnit, and the exit code."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from builders.small_cases import TIGHT, cases, with_cases
from builders.workspaces import Run

WEAK = [case for case in TIGHT if "just enough" not in case[2] and "stranger" not in case[2]]
"""Without these two, two mutants survive: a case can be built for one of them."""
SURVIVORS = [
    "build.coverage coverage.lines_pct at_least 80 -> 81",
    "governance roles owner of_service dropped",
]


@pytest.fixture
def weak(tmp_path: Path) -> Path:
    return with_cases(tmp_path, cases(WEAK, "equivalent: {build.coverage droped: why}"))


def test_each_survivor_is_shown_with_its_place_and_what_to_write(run: Run, weak: Path) -> None:
    shown = run("-C", weak, "test", "--mutate")
    assert shown.code == 1
    assert (
        shown.out
        == """gates/build.yaml:10:115
✗ build.coverage coverage.lines_pct at_least 80 -> 81
  → No case notices it. Add to gates/tests/some.yaml:
    criteria:
      build.coverage:
        - {case: coverage.lines_pct is 80, given: {facts: {coverage: {lines_pct: 80}}}, expect: pass}

gates/governance.yaml:1:39
✗ governance roles owner of_service dropped
  → No case notices it. Write one that shows a signature by somebody who is not
    of the team that owns the service.

gates/tests/some.yaml:12:14: there is no mutant 'build.coverage droped'; did you mean 'build.coverage dropped'?

 mutants of   noticed   survive   equivalent
─────────────────────────────────────────────
 build         8 of 9         1            -
 live          2 of 2         -            -
 governance    1 of 2         1            -

✗ 5 cases notice 11 of 13 mutants.
  Add cases; list a mutant that none can notice under `equivalent`, with the
  reason.
"""
    )


def test_survivors_that_the_same_case_would_notice_are_shown_together(run: Run, tmp_path: Path) -> None:
    only_load = [case for case in TIGHT if "build.coverage" not in case]
    assert len(only_load) < len(TIGHT)
    shown = run("-C", with_cases(tmp_path, cases(only_load)), "test", "--mutate", "build.coverage").out
    above, _, below = shown.partition("  → ")
    assert above.count("✗ build.coverage") == 3
    assert below.startswith("No case notices these 3. Write one that shows that build.coverage passes;")
    assert below.count("build.coverage passes") == 1


def test_a_suite_that_notices_every_mutant_exits_0(run: Run, tmp_path: Path) -> None:
    shown = run("-C", with_cases(tmp_path, cases(TIGHT)), "test", "--mutate", "build")
    assert shown.code == 0
    assert shown.out.endswith("✓ 7 cases notice 9 of 9 mutants.\n")


def test_the_same_is_written_as_json(run: Run, weak: Path) -> None:
    shown = run("-C", weak, "test", "--mutate", "--format", "json")
    assert shown.code == 1
    report = json.loads(shown.out)
    assert report["scores"]["build"] == {"killed": 8, "survived": 1, "equivalent": 0}
    assert [one["mutant"] for one in report["survivors"]] == SURVIVORS
    assert [bool(one["proposal"]) for one in report["survivors"]] == [True, False]
    assert report["wrong_equivalents"][0].startswith("gates/tests/some.yaml:12:14: there is no mutant")


def test_survivors_and_wrong_equivalents_fail_in_junit(run: Run, weak: Path) -> None:
    shown = run("-C", weak, "test", "--mutate", "--format", "junit")
    assert shown.code == 1
    suites = ET.fromstring(shown.out)  # noqa: S314 - our own
    failed = [case.get("name") for case in suites.iter("testcase") if case.find("failure") is not None]
    assert failed == [*SURVIVORS, "there is no mutant 'build.coverage droped'"]
    assert [sum(int(suite.get(of, "")) for suite in suites) for of in ("tests", "failures")] == [6, 3]


def test_a_suite_that_differs_is_not_judged_by_mutants(run: Run, tmp_path: Path) -> None:
    wrong = [*TIGHT, ("criteria", "build.load", "{case: wrong, expect: fail}")]
    shown = run("-C", with_cases(tmp_path, cases(wrong)), "test", "--mutate")
    assert (shown.code, shown.out) == (2, "")
    assert "1 of 8 cases differ: run `gatekeeper test` first" in shown.err
