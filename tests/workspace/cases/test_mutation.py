"""`test --mutate`: mutants that no case notices are reported with a case that would, and each case of a tight suite is needed."""

import re
from pathlib import Path

import pytest

from builders.small_cases import RULES, TIGHT, cases, files_in, with_cases
from gatekeeper.errors import UsageError
from gatekeeper.model.mutation import MutationReport, Score
from gatekeeper.trees.disk import DiskTree
from gatekeeper.workspace.cases.mutation import judge_mutants
from gatekeeper.workspace.cases.reporting import judge_cases


def judged(folder: Path, *selected: str) -> MutationReport:
    return judge_mutants(folder, DiskTree(str(folder)), selected)


def survivors(report: MutationReport) -> list[str]:
    return [survivor.mutant for survivor in report.survivors]


def test_a_tight_suite_notices_every_mutant(tmp_path: Path) -> None:
    report = judged(with_cases(tmp_path, cases(TIGHT)))
    assert report.holds
    assert report.scores == {
        "build": Score(killed=9, survived=0, equivalent=0),
        "live": Score(killed=2, survived=0, equivalent=0),
        "governance": Score(killed=2, survived=0, equivalent=0),
    }
    assert (report.cases, report.discarded, report.problems) == (7, (), ())


@pytest.mark.parametrize("without", range(len(TIGHT)))
def test_without_any_case_of_a_tight_suite_a_mutant_survives(tmp_path: Path, without: int) -> None:
    left = [case for place, case in enumerate(TIGHT) if place != without]
    assert survivors(judged(with_cases(tmp_path, cases(left))))


def test_exactly_the_mutants_that_weak_cases_overlook_survive(tmp_path: Path) -> None:
    weak = [
        (
            "criteria",
            "build.coverage",
            "{case: plenty, given: {facts: {coverage: {lines_pct: 99}}}, expect: pass}",
        ),
        (
            "criteria",
            "build.coverage",
            "{case: nothing, given: {facts: {coverage: {lines_pct: 0}}}, expect: fail}",
        ),
        *TIGHT[2:],
    ]
    report = judged(with_cases(tmp_path, cases(weak)))
    assert survivors(report) == [
        "build.coverage coverage.lines_pct at_least 80 -> 79",
        "build.coverage coverage.lines_pct at_least 80 -> 81",
    ]
    [first, second] = report.survivors
    assert (first.group, first.file, first.line) == ("build", "gates/build.yaml", 10)
    line = (tmp_path / first.file).read_text().splitlines()[first.line - 1]
    assert line[first.column - 1 :].startswith("80}")
    assert first.proposal is not None
    assert second.proposal is not None
    assert first.proposal.file == "gates/tests/some.yaml"
    assert first.proposal.lines[:2] == ("criteria:", "  build.coverage:")
    assert first.proposal.lines[2].endswith("lines_pct: 79}}}, expect: fail}")
    assert second.proposal.lines[2].endswith("lines_pct: 80}}}, expect: pass}")
    assert report.scores["build"] == Score(killed=7, survived=2, equivalent=0)


def test_what_is_mutated_is_selected(tmp_path: Path) -> None:
    folder = with_cases(tmp_path, cases(TIGHT))
    assert judged(folder, "build.load").scores == {"build": Score(5, 0, 0)}
    assert judged(folder, "live", "governance").scores == {
        "live": Score(2, 0, 0),
        "governance": Score(2, 0, 0),
    }
    with pytest.raises(UsageError, match=r"nothing is mutated that is named 'built'; did you mean 'build'\?"):
        judged(folder, "built")


def test_a_suite_that_does_not_hold_is_refused(tmp_path: Path) -> None:
    wrong = [*TIGHT, ("criteria", "build.coverage", "{case: wrong, expect: fail}")]
    with pytest.raises(UsageError, match="1 of 8 cases differ: run `gatekeeper test` first"):
        judged(with_cases(tmp_path, cases(wrong)))


def test_a_mutant_that_is_listed_as_equivalent_is_none_of_the_survivors(tmp_path: Path) -> None:
    listed = "equivalent: {governance exceptions dropped: these levels are the default}"
    governance = RULES["gates/governance.yaml"] + "exceptions: {excuse: live, ship_at: mid}\n"
    levels = RULES["gates/levels.yaml"].replace(
        "  - {level: live", "  - {level: mid, name: n, meaning: m, audience: a}\n  - {level: live"
    )
    folder = with_cases(tmp_path, cases(TIGHT, listed), governance=governance, levels=levels)
    report = judged(folder, "governance")
    assert report.problems == ()
    assert report.scores["governance"].equivalent == 1


def test_a_mutant_that_a_case_can_notice_is_not_equivalent(tmp_path: Path) -> None:
    listed = 'equivalent:\n  build.coverage coverage.lines_pct at_least 80 -> 81: "nobody has just 80 %"'
    report = judged(with_cases(tmp_path, cases(TIGHT[1:], listed)), "build.coverage")
    assert not report.holds
    [problem] = report.problems
    assert problem.message == "a case can notice 'build.coverage coverage.lines_pct at_least 80 -> 81'"
    assert problem.hint is not None
    assert problem.hint.startswith("remove this line, and add - {case: coverage.lines_pct is 80, given: ")


def test_a_listed_mutant_that_a_case_notices_or_that_is_gone_is_a_problem_with_its_place(
    tmp_path: Path,
) -> None:
    listed = [
        "equivalent:",
        "  build.coverage coverage.lines_pct at_least 80 -> 81: a",
        "  build.coverage coverage.lines_pct at_least 90 -> 91: b",
        "  build dropped: c",
        "  governance exceptions excuse live -> none: d",
    ]
    governance = RULES["gates/governance.yaml"] + "exceptions: {excuse: live, ship_at: mid}\n"
    levels = RULES["gates/levels.yaml"].replace(
        "  - {level: live", "  - {level: mid, name: n, meaning: m, audience: a}\n  - {level: live"
    )
    folder = with_cases(tmp_path, cases(TIGHT, "\n".join(listed)), governance=governance, levels=levels)
    listed[-1] = "  governance exceptions excuse live -> mid: d"
    (folder / "gates/tests/some.yaml").write_text(cases(TIGHT, "\n".join(listed)))
    report = judged(folder)
    assert not report.holds
    start = (folder / "gates/tests/some.yaml").read_text().splitlines().index("equivalent:") + 2
    assert [
        (problem.line - start, problem.column, str(problem).split(": ", 1)[1]) for problem in report.problems
    ] == [
        (0, 3, "a case notices 'build.coverage coverage.lines_pct at_least 80 -> 81'; remove this line"),
        (
            1,
            3,
            "there is no mutant 'build.coverage coverage.lines_pct at_least 90 -> 91'; did you mean 'build.coverage coverage.lines_pct at_least 80 -> 81'?",
        ),
        (2, 3, "there is no mutant 'build dropped'; did you mean 'build.load dropped'?"),
        (3, 3, "'governance exceptions excuse live -> mid' is not a valid rulebook; remove this line"),
    ]
    assert "governance exceptions excuse live -> mid" in report.discarded


def test_a_case_whose_governance_does_not_go_with_a_mutant_notices_nothing(tmp_path: Path) -> None:
    governance = RULES["gates/governance.yaml"] + "exceptions: {excuse: live, ship_at: mid}\n"
    levels = RULES["gates/levels.yaml"].replace(
        "  - {level: live", "  - {level: mid, name: n, meaning: m, audience: a}\n  - {level: live"
    )
    partial = "{case: patched, given: {governance: {exceptions: {ship_at: mid}}}, expect: live}"
    folder = with_cases(tmp_path, cases([("levels", "live", partial)]), governance=governance, levels=levels)
    assert "governance exceptions dropped" in survivors(judged(folder, "governance"))


RICH = RULES | {
    "gates/governance.yaml": """
roles: {owner: {about: o, of_service: true}, security: s}
upgrade_sign_offs: [owner, security]
""",
    "gates/levels.yaml": """
levels:
  - {level: none, name: n, meaning: m, audience: a}
  - {level: lab, name: n, meaning: m, audience: a, ships_to: [staging]}
  - {level: live, name: n, meaning: m, audience: a, ships_to: [staging, production]}
""",
    "gates/build.yaml": """
gate: build
name: Build
definition: d
artefact: a
role: owner
slots:
  load: {kind: load_test}
  plan: {kind: document}
  source: {kind: source, allowed_imports: [uuid, zod]}
  model: {kind: typescript}
  register: {kind: invariants}
  tests: {kind: tests}
criteria:
  - {id: build.load, question: q, why: w, remedy: r, effort: small, max_age_days: 30, same_commit: true, from: live, requires: {load.p95_ms: {at_most: {target: p95_ms}}, load.rps: {at_least: {target: rps}}, load.thresholds_failed: {empty: true}}}
  - {id: build.plan, question: q, why: w, remedy: r, effort: small, or_attested_by: security, waivable_by: owner, requires: {plan.sections: {mentions: [load, cost]}, plan.front_matter.reviewed: {equals: true}, plan.front_matter.state: {equals: final}}}
  - {id: build.aggregates, question: q, why: w, remedy: r, effort: small, subjects: {fact: model.aggregates, up_to: lab}, requires: {model.aggregates: {within: {fact: register.aggregates}}, source.disallowed_imports: {empty: true}}}
  - {id: build.tests, question: q, why: w, remedy: r, effort: small, applies_when: {any_gate: [run, build]}, requires: {tests.passed: {includes: [one, two]}, tests.total: {at_least: 2}}}
""",
    "gates/run.yaml": """
gate: run
name: Run
definition: d
artefact: a
role: owner
criteria:
  - {id: run.review, question: q, why: w, remedy: r, effort: small, attested_by: security}
""",
    "gates/tests/good.yaml": """
given:
  as_of: 2026-03-31
  facts:
    load: {p95_ms: 100, rps: 60, thresholds_failed: []}
    plan: {sections: [Load, Cost], front_matter: {reviewed: true, state: final}}
    source: {disallowed_imports: []}
    model: {aggregates: [Order]}
    register: {aggregates: [Order, Money]}
    tests: {passed: [one, two], total: 3}
  collected: {load: {age_days: 3, commit: a1b2c3d}}
  service:
    release: {version: 1.0.0, commit: a1b2c3d}
    targets: {p95_ms: 200, rps: 50}
    attestations: {run.review: {by: security, role: security, on: 2026-01-01, link: l}}
    sign_offs:
      lab: {owner: {by: owner, on: 2026-01-01}, security: {by: security, on: 2026-01-01}}
      live: {owner: {by: owner, on: 2026-01-01}, security: {by: security, on: 2026-01-01}}
""",
}  # fmt: skip
HONEST = [
    *(
        ("criteria", f"build.{name}", "{case: honest, expect: pass}")
        for name in ("load", "plan", "aggregates", "tests")
    ),
    ("criteria", "run.review", "{case: honest, expect: pass}"),
    ("levels", "live", "{case: honest, expect: live}"),
    ("levels", "lab", "{case: honest, expect: live}"),
]


@pytest.mark.long
def test_every_proposed_case_holds_and_notices_its_mutant(tmp_path: Path) -> None:
    first = judged(files_in(tmp_path, RICH | {"gates/tests/some.yaml": cases(HONEST)}))
    proposed = {one.mutant: one.proposal.lines for one in first.survivors if one.proposal}
    entries = [
        (lines[0].rstrip(":"), lines[1].strip().rstrip(":"), lines[2].strip().removeprefix("- "))
        for lines in proposed.values()
    ]
    files_in(tmp_path, {"gates/tests/some.yaml": cases([*HONEST, *dict.fromkeys(entries)])})
    assert [one for one in judge_cases(tmp_path, DiskTree(str(tmp_path))).results if not one.holds] == []
    left = survivors(judged(tmp_path))
    assert not proposed.keys() & set(left)
    assert left == [one.mutant for one in first.survivors if one.proposal is None]


@pytest.mark.long
def test_where_no_case_can_be_built_a_sentence_says_what_it_must_show(tmp_path: Path) -> None:
    report = judged(files_in(tmp_path, RICH | {"gates/tests/some.yaml": cases(HONEST)}))
    without = {one.mutant: one.shows for one in report.survivors if one.proposal is None}
    assert (
        without["source allowed_imports zod dropped"]
        == "`artefacts` in which only what this option selects is at fault"
    )
    assert without["build role owner -> security"].startswith("a fact that is `not_understood`, or")
    assert without["governance roles owner of_service dropped"].startswith(
        "a signature by somebody who is not"
    )
    assert without["build.plan waivable_by dropped"] == "a waiver by this role, and one by another"
    by_value = r"build\.(load|plan|aggregates|tests) (?!or_attested_by|waivable_by|subjects|applies_when)"
    assert not any(re.match(by_value, mutant) for mutant in without), without
