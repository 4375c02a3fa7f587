"""`gatekeeper test`: cases beside a rulebook are judged by it, and what differs is shown with what to write."""

import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from builders.program import process
from builders.signing import key_pair
from gatekeeper.cli import main

RULES = {
    "gates/governance.yaml": """
roles: {owner: {about: o, of_service: true}, security: s}
upgrade_sign_offs: [owner, security]
""",
    "gates/levels.yaml": """
levels:
  - {level: none, name: n, meaning: m, audience: a}
  - {level: lab, name: n, meaning: m, audience: a, ships_to: [staging]}
  - level: live
    name: n
    meaning: m
    audience: a
    ships_to: [staging, production]
    criteria:
      - {id: live.agreed, question: q, why: w, attested_by: security, remedy: r, effort: small}
""",
    "gates/build.yaml": """
gate: build
name: Build
definition: d
artefact: a
role: owner
slots:
  coverage: {kind: coverage}
  source: {kind: typescript}
  load: {kind: load_test}
criteria:
  - {id: build.coverage, question: q, why: w, remedy: r, effort: small, requires: {coverage.lines_pct: {at_least: 80}}}
  - {id: build.no-any, question: q, why: w, remedy: r, effort: small, requires: {source.any_types: {empty: true}}}
  - {id: build.load, question: q, why: w, remedy: r, effort: small, max_age_days: 30, requires: {load.p95_ms: {at_most: {target: p95_ms}}}}
""",
    "milestones/beta.yaml": "milestone: beta",
    "milestones/gamma.yaml": "milestone: gamma",
    "gatekeeper.yaml": "roadmap: [beta, gamma]",
    "services/shop.yaml": "service: shop\nowner: team-shop\nplan: {beta: {level: nonsense}}",
    "gates/tests/good.yaml": """
given:
  as_of: 2026-06-30
  facts: {coverage: {lines_pct: 90}, source: {any_types: []}, load: {p95_ms: 90}}
  collected: {load: {age_days: 3}}
  service:
    targets: {p95_ms: 100}
    attestations: {live.agreed: {by: security, role: security, on: 2026-06-01, link: l}}
    sign_offs:
      lab: {owner: {by: owner, on: 2026-06-01}, security: {by: security, on: 2026-06-01}}
""",
}


@pytest.fixture(autouse=True)
def screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("FORCE_HYPERLINK", "0")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    write(tmp_path, RULES)
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip("\n"))


def run(folder: Path, cases: str, *arguments: str) -> tuple[int, str]:
    """Test a workspace with one more file of cases; return the exit code and everything that is printed."""
    write(folder, {"gates/tests/some.yaml": "from: good\n" + cases})
    out, errors = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(errors):
        code = main.run(["-C", str(folder), "test", *arguments])
    return code, "".join(stream.buffer.getvalue().decode() for stream in (out, errors))


def test_criteria_gates_and_levels_that_are_as_expected_hold(workspace: Path) -> None:
    code, shown = run(
        workspace,
        """
criteria:
  build.coverage:
    - {case: just enough, given: {facts: {coverage: {lines_pct: 80}}}, expect: pass}
    - {case: too little, given: {facts: {coverage: {lines_pct: 79.9}}}, expect: {status: fail, reason: at least 80}}
    - {case: not stated, given: {facts: {coverage: {lines_pct: null}}}, expect: missing}
    - {case: not mapped, given: {facts: {coverage: null}}, expect: {status: missing, verified: lab}}
    - {case: the gate is not in the plan, given: {level: lab, gates: []}, expect: not_asked}
  build.load:
    - {case: of today, expect: {status: pass, basis: artefact, binding: true}}
    - {case: of last quarter, given: {collected: {load: {age_days: 31}}}, expect: stale}
    - {case: undated, given: {collected: {load: null}}, expect: {status: stale, reason_code: undated, reason: undated}}
    - {case: a record, given: {collected: {load: {basis: record}}}, expect: {basis: record}}
  build.no-any:
    - {case: one, given: {facts: {source: {any_types: [src/a.ts]}}}, expect: fail}
  live.agreed:
    - {case: attested, expect: {status: pass, basis: attestation}}
    - {case: by nobody, given: {service: {attestations: null}}, expect: missing}
gates:
  build:
    - {case: all criteria, expect: green}
    - {case: one open, given: {level: lab, facts: {source: null}}, expect: {verified: none, status: red, criteria: {build.no-any: missing, build.load: pass}}}
levels:
  lab: [{case: signed, expect: {verified: live, signed: lab, effective: lab, ships_to: [staging], verdict: ready}}]
  live:
    - {case: the short form, given: {service: {attestations: null}}, expect: lab}
    - {case: not signed, expect: {verdict: blocked, reasons: [sign-offs-missing]}}
""",
    )
    assert (code, shown.splitlines()) == (0, ["✓ 17 cases: all hold."])


def test_a_case_that_differs_is_shown_with_its_place_and_the_line_to_write(workspace: Path) -> None:
    code, shown = run(
        workspace,
        """
criteria:
  build.coverage:
    - {case: half, given: {facts: {coverage: {lines_pct: 40}}}, expect: pass}
    - {case: not mapped, given: {facts: {coverage: null}}, expect: {status: fail, verified: none}}
""",
    )
    assert code == 1
    assert shown == (
        "gates/tests/some.yaml:5:7\n"
        "✗ build.coverage  half\n"
        "  status: expected pass, is fail\n"
        "    lines_pct is 40; required: lines_pct at least 80, 40 below the threshold\n"
        "  → expect: fail\n"
        "\n"
        "gates/tests/some.yaml:6:7\n"
        "✗ build.coverage  not mapped\n"
        "  status: expected fail, is missing\n"
        "  verified: expected none, is lab\n"
        "    no artefact is mapped to `coverage`\n"
        "  → expect: {status: missing, verified: lab}\n"
        "\n"
        "✗ 2 of 2 cases differ.\n"
        "no case yet: 3 criteria: build.no-any, build.load, live.agreed\n"
    )


def test_a_case_says_why_a_criterion_is_stale(workspace: Path) -> None:
    case = "criteria: {build.load: [{case: old, given: {collected: {load: {age_days: 31}}}, expect: {reason_code: %s}}]}"
    assert run(workspace, case % "too-old")[0] == 0
    code, shown = run(workspace, case % "undated")
    assert code == 1
    assert "  reason_code: expected undated, is too-old\n" in shown
    assert "  → expect: {reason_code: too-old}\n" in shown
    assert "'very-old'" in run(workspace, case % "very-old")[1]


def test_a_cheat_that_passes_may_be_listed_as_a_loophole(workspace: Path) -> None:
    case = "criteria: {build.coverage: [{case: of one file, given: {facts: {coverage: {lines_pct: %s}}}, expect: %s}]}"
    _, shown = run(workspace, case % (99, "fail"))
    offer = (
        "If it cheats and the rule cannot see it yet, list a loophole:\n    expect: pass, loophole: true\n"
    )
    assert f"→ expect: pass\n  → {offer}" in shown
    assert "loophole" not in run(workspace, case % (9, "missing"))[1]


def test_a_loophole_is_counted_until_it_is_closed(workspace: Path) -> None:
    case = "criteria: {build.coverage: [{case: of one file, given: {facts: {coverage: {lines_pct: %s}}}, expect: pass, loophole: true}]}"
    code, shown = run(workspace, case % 100)
    assert code == 0
    assert shown.startswith("✓ 1 case: all hold; 1 known loophole.\n")
    code, shown = run(workspace, case % 10)
    assert code == 1
    assert "The loophole is closed: remove `loophole`, and expect what is right:\n    expect: fail\n" in shown


def test_the_world_of_a_case_can_have_other_rules_of_people(workspace: Path) -> None:
    code, shown = run(
        workspace,
        """
criteria:
  live.agreed:
    - case: another person of the role
      given: {governance: {roster: {eve: {roles: [security]}}}, service: {attestations: {live.agreed: {by: eve}}}}
      expect: pass
    - {case: not of the role, given: {service: {attestations: {live.agreed: {by: owner}}}}, expect: missing}
levels:
  lab:
    - {case: nobody signs, given: {governance: {upgrade_sign_offs: []}, service: {sign_offs: null, level: lab}}, expect: {signed: lab}}
""",
    )
    assert (code, shown.splitlines()[0]) == (0, "✓ 3 cases: all hold.")


MISTAKES = {
    "criteria: {build.covrage: [{case: c, expect: pass}]}": (
        "2:12: unknown criterion 'build.covrage'; did you mean 'build.coverage'?"
    ),
    "criteria: {build.load: [{case: c, expect: passed}]}": "2:43: 'passed' is not one of 'pass', ",
    "criteria: {build.load: [{case: c, expect: {status: pass, criteria: {build.lod: fail}}}]}": (
        "2:69: unknown criterion 'build.lod'; did you mean 'build.load'?"
    ),
    "criteria: {build.load: [{case: c, given: {facts: {loud: {p95_ms: 1}}}, expect: pass}]}": (
        "2:51: unknown slot 'loud'; did you mean 'load'?"
    ),
    "criteria: {build.load: [{case: c, given: {facts: {load: {p9_ms: 1}}}, expect: pass}]}": (
        "2:58: the kind 'load_test' has no fact 'p9_ms'; did you mean "
    ),
    "criteria: {build.load: [{case: c, given: {facts: {load: {p95_ms: quick}}}, expect: pass}]}": (
        "2:66: load: p95_ms is not a number"
    ),
    "criteria: {build.load: [{case: c, given: {collected: {loud: {age_days: 1}}}, expect: pass}]}": (
        "2:55: unknown slot 'loud'; did you mean 'load'?"
    ),
    "criteria: {build.load: [{case: c, given: {milestone: gama}, expect: pass}]}": (
        "2:54: there is no milestone 'gama'; did you mean 'gamma'?"
    ),
    "criteria: {build.load: [{case: c, given: {service: {lable: [x]}}, expect: pass}]}": (
        "2:53: unknown field 'lable'; did you mean 'labels'?"
    ),
    "criteria: {build.load: [{case: c, given: {service: {targets: {p59_ms: 3}}}, expect: pass}]}": (
        "2:63: unknown target 'p59_ms'; did you mean 'p95_ms'?"
    ),
    "criteria: {build.load: [{case: c, given: {service: {attestations: {build.load: {by: a, role: owner, on: 2026-01-01, link: l}}}}, expect: pass}]}": (
        "2:68: build.load takes an attestation of what a reader does not understand, for 90 days at most; "
    ),
    "criteria: {build.load: [{case: c, given: {governance: {exit_role: boss}}, expect: pass}]}": (
        "2:67: unknown role 'boss'; "
    ),
    "criteria: {build.load: [{case: c, given: {governance: {exit_rule: owner}}, expect: pass}]}": (
        "2:56: unknown field 'exit_rule'; did you mean 'exit_role'?"
    ),
    "criteria: {build.load: [{case: c, given: {exceptions: {RR-1: {delta: [build.load]}}}, expect: pass}]}": (
        "2:62: `opened_in` is missing"
    ),
    "criteria: {build.load: [{case: c, given: {service: {plan: {beta: {level: lap, gates: {}}}}}, expect: pass}]}": (
        "2:74: unknown level 'lap'; did you mean 'lab'?"
    ),
    "criteria: {build.load: [{case: c, given: {gates: [build, run]}, expect: pass}]}": (
        "2:43: unknown gate 'run'; known: build"
    ),
    "criteria: {build.load: [{case: c, given: {level: lap}, expect: pass}]}": (
        "2:50: unknown level 'lap'; did you mean 'lab'?"
    ),
    "criteria: {build.load: [{case: c, given: {as_of: 0001-01-02}, expect: pass}]}": (
        "2:25: collected.load.age_days: is before the first day of the calendar"
    ),
    "criteria: {build.load: [{case: c, given: {collected: {load: {not_understood: [p96_ms]}}}, expect: pass}]}": (
        "2:78: 'p96_ms' is not among the facts of load that are given"
    ),
    "criteria: {build.load: [{case: c, given: {artefacts: {load: {k6.json: x}}, collected: {load: {not_understood: [p95_ms]}}}, expect: pass}]}": (
        "2:111: 'p95_ms' is not among the facts of load that are given"
    ),
    "milestones: {beta: [{case: c, given: {services: {service: {}}}, expect: ready}]}": (
        "2:50: this is the name of the case's own service"
    ),
    "criteria: {build.load: [{case: c, given: {roadmap: []}, expect: pass}]}": "2:52: `roadmap` is empty; ",
    "criteria: {build.load: [{case: c, given: {roadmap: [one], milestone: beta}, expect: pass}]}": (
        "2:70: there is no milestone 'beta'"
    ),
    "milestones: {betta: [{case: c, expect: ready}]}": "2:14: unknown milestone 'betta'; did you mean 'beta'?",
    "milestones: {beta: [{case: c, expect: {services: {service: {gates: {bild: red}}}}}]}": (
        "2:69: unknown gate 'bild'; did you mean 'build'?"
    ),
    "diffs: [{case: c, change: {set: [build.covrage=3]}, expect: true}]": (
        "2:33: build.covrage=3: build has no 'covrage'; did you mean 'build.coverage'?"
    ),
    "diffs: [{case: c, change: {set: [build.coverage=many]}, expect: true}]": "2:33: at_least takes a number, not 'many'",
    "diffs: [{case: c, change: {drop: [build]}, expect: true}]": "2:34: build: build is not one rule; ",
    "milestones: {beta: [{case: c, given: {services: {a: {service: {service: b}}}}, expect: ready}]}": (
        "2:73: its name is a; leave it out"
    ),
    "milestones: {beta: [{case: c, given: {service: {service: []}}, expect: ready}]}": "2:58: text is expected",
    "milestones: {beta: [{case: c, given: {services: {a: {}}, service: {service: a}}, expect: ready}]}": (
        "2:50: this is the name of the case's own service"
    ),
    "levels: {live: [{case: c, expect: {}}]}": "2:35: nothing is expected: name a status",
    "levels: {live: [{case: c, expect: {criteria: {}}}]}": "2:35: `criteria` expects nothing: ",
    "levels: {live: [{case: c, expect: {reason: null}}]}": "2:35: `reason` expects nothing: ",
    "gates: {bild: [{case: c, expect: green}]}": "2:9: unknown gate 'bild'; did you mean 'build'?",
    "levels: {life: [{case: c, expect: live}]}": "2:10: unknown level 'life'; did you mean 'live'?",
    "levels: {live: [{case: c, expect: life}]}": "2:35: unknown level 'life'; did you mean 'live'?",
    "levels: {live: [{case: c, expect: live, loop: true}]}": "2:41: unknown field 'loop'; did you mean 'loophole'?",
}


@pytest.mark.parametrize("cases", MISTAKES)
def test_a_mistake_in_a_case_is_reported_at_its_place(cases: str, workspace: Path) -> None:
    code, shown = run(workspace, cases)
    assert (code, shown.split("gates/tests/some.yaml:")[1].startswith(MISTAKES[cases])) == (3, True), shown


def test_all_mistakes_are_reported_at_once_and_those_of_a_base_once(workspace: Path) -> None:
    good = workspace / "gates/tests/good.yaml"
    good.write_text(good.read_text().replace("p95_ms: 90", "p95: 90"))
    code, shown = run(
        workspace,
        "criteria: {build.load: [{case: a, expect: pass}, {case: b, expect: pass}], build.lod: [{case: a, expect: pass}]}\n"
        "gates: {bild: [{case: c, given: {facts: {load: null}}, expect: red}]}",
    )
    assert code == 3
    assert [line.split(": ", 1)[0] for line in shown.splitlines()] == [
        "gates/tests/good.yaml:3:70",
        "gates/tests/some.yaml:2:76",
        "gates/tests/some.yaml:3:9",
    ]
    done = process("-C", workspace, "validate")
    assert done.returncode == 3
    assert done.stderr.decode().startswith(shown)
    assert "services/shop.yaml:3:22: unknown level 'nonsense'" in done.stderr.decode()


@pytest.mark.long
def test_cases_of_a_shared_rulebook_are_validated_in_the_workspace_that_it_belongs_to(
    workspace: Path,
) -> None:
    service = "service: shop\nowner: t\nplan: {beta: {level: none}}"
    write(
        workspace,
        {
            "services/shop.yaml": service,
            "gates/tests/some.yaml": "criteria: {x.y: [{case: c, expect: pass}]}",
            ".git/x": "",
        },
    )
    assert process("-C", workspace, "validate").returncode == 3
    shared = {
        "gatekeeper.yaml": "gates: ../gates\nroadmap: [beta]",
        "milestones/beta.yaml": "milestone: beta",
    }
    write(workspace / "plan", {**shared, "services/shop.yaml": service})
    done = process("-C", workspace / "plan", "validate")
    assert (done.returncode, done.stdout) == (0, b"valid: 1 gate, 1 service, 1 milestone\n")
    done = process("-C", workspace / "plan", "test")
    assert (done.returncode, b"../gates/tests/some.yaml:1:12: unknown criterion" in done.stderr) == (3, True)


def test_bases_may_start_from_bases_but_not_from_each_other(workspace: Path) -> None:
    write(workspace, {"gates/tests/better.yaml": "from: good\ngiven: {facts: {coverage: {lines_pct: 99}}}"})
    cases = "criteria: {build.coverage: [{case: c, expect: pass}]}"
    write(workspace, {"gates/tests/best.yaml": f"from: better\n{cases}"})
    assert run(workspace, "", "best.yaml")[0] == 0
    write(workspace, {"gates/tests/better.yaml": f"from: best\n{cases}"})
    code, shown = run(workspace, "")
    assert code == 3
    assert "gates/tests/best.yaml:1:7: better starts from this file; start from another" in shown
    write(workspace, {"gates/tests/better.yaml": f"from: goood\n{cases}"})
    assert "better.yaml:1:7: there is no file goood.yaml here; did you mean 'good'?" in run(workspace, "")[1]


def test_cases_are_selected_by_what_they_are_about_and_by_file(workspace: Path) -> None:
    cases = """
criteria:
  build.load: [{case: a, expect: pass}]
  build.coverage: [{case: b, expect: pass}]
  live.agreed: [{case: c, expect: pass}]
gates: {build: [{case: d, expect: green}]}
levels: {live: [{case: e, expect: live}]}
"""

    def selected(*what: str) -> str:
        _, shown = run(workspace, cases, *what, "--format", "json")
        return "".join(case["case"] for case in json.loads(shown)["cases"])

    assert selected() == "abcde"
    assert selected("build") == "abd"
    assert selected("live") == "ce"
    assert selected("build.load", "gates/tests/some.yaml") == "abcde"
    assert selected("build.load", "live.agreed") == "ac"
    assert run(workspace, cases, "build.lod")[1].startswith(
        "unknown criterion, gate, level, milestone or file 'build.lod'; did you mean"
    )
    code, shown = run(workspace, cases, "build.no-any")
    assert (code, shown) == (2, "there is no case of build.no-any\n")


@pytest.mark.long
def test_a_rulebook_without_cases_is_not_tested(workspace: Path) -> None:
    (workspace / "gates/tests/good.yaml").unlink()
    done = process("-C", workspace, "test")
    assert done.returncode == 2
    before, such, after = done.stderr.decode().split("`")
    assert (before, after) == (
        "there is no case yet: write one in a YAML file in gates/tests/, such as ",
        "\n",
    )
    write(workspace, {"gates/tests/first.yaml": such})
    assert process("-C", workspace, "test").stdout.decode().startswith("✓ 1 case: all hold.\n")


def test_a_milestone_is_judged_with_all_its_services(workspace: Path) -> None:
    code, shown = run(
        workspace,
        """
given: {level: lab}
milestones:
  beta:
    - {case: all of it, expect: ready}
    - case: another service has too little
      given:
        facts: {coverage: {lines_pct: 95}}
        services: {basket: {facts: {coverage: {lines_pct: 10}}}, kiosk: {}}
      expect:
        verdict: blocked
        reasons: [regression, gate-red, level-not-reached]
        services: {service: ready, kiosk: {verdict: ready, gates: {build: green}}, basket: {verdict: blocked, criteria: {build.coverage: fail}}}
    - {case: no service, given: {service: {plan: {gamma: {level: lab, gates: {build: null}}}}}, expect: {verdict: blocked, reason: no service}}
    - case: an exception
      given: {level: live, service: {level: lab, attestations: null}, exceptions: {RR-1: {delta: [live.agreed], opened_in: beta, opened_on: 2026-06-01}}}
      expect: ready_with_exceptions
  gamma:
    - case: an exception that is overdue
      given:
        level: live
        service: {level: lab, attestations: null}
        milestones: {beta: {exited: {by: owner, on: 2026-06-02}}}
        exceptions: {RR-1: {delta: [live.agreed], opened_in: beta, opened_on: 2026-06-01}}
      expect: {verdict: blocked, reasons: [level-criteria-open, level-not-reached, sign-offs-missing, overdue-exception]}
""",
    )
    assert (code, shown.splitlines()[0]) == (0, "✓ 5 cases: all hold.")


def test_cases_may_have_milestones_of_their_own(workspace: Path) -> None:
    """So a shared rulebook has cases that fit any plan; what a rule names must be among them."""
    gates = workspace / "gates" / "build.yaml"
    gates.write_text(
        gates.read_text().replace(
            "effort: small, max_age_days", "effort: small, effective: one, max_age_days"
        )
    )
    for name in ("beta", "gamma"):
        (workspace / "milestones" / f"{name}.yaml").unlink()
    write(
        workspace,
        {
            "milestones/one.yaml": "milestone: one",
            "gatekeeper.yaml": "roadmap: [one]",
            "services/shop.yaml": "service: shop\nowner: o\nplan: {one: {level: lab, gates: {build: null}}}",
        },
    )
    code, shown = run(
        workspace,
        """
given: {level: lab, facts: {load: {p95_ms: 900}}, roadmap: [zero, one, two]}
criteria:
  build.load:
    - {case: before it binds, given: {milestone: zero}, expect: {status: fail, binding: false}}
    - {case: after it binds, given: {milestone: two}, expect: {status: fail, binding: true}}
milestones:
  zero: [{case: it does not bind yet, expect: ready}]
  two: [{case: it binds, expect: blocked}]
""",
    )
    assert (code, shown.splitlines()[0]) == (0, "✓ 4 cases: all hold.")
    code, shown = run(workspace, "given: {roadmap: [two]}\nmilestones: {two: [{case: c, expect: ready}]}")
    assert code == 3
    assert "2:18: 'one' is neither a milestone nor a date" in shown


def test_a_change_is_compared_with_what_is_given(workspace: Path) -> None:
    code, shown = run(
        workspace,
        """
given: {level: lab}
diffs:
  - {case: more is covered, change: {facts: {coverage: {lines_pct: 99}}}, expect: {blocks: false, changes: []}}
  - {case: a threshold falls, change: {set: [build.coverage=70]}, expect: {blocks: true, changes: [rule-weakened build.coverage]}}
  - {case: a threshold rises, change: {set: [build.coverage=90]}, expect: {blocks: false, changes: []}}
  - {case: a rule is dropped, change: {drop: [build.no-any]}, expect: {changes: [rule-weakened build.no-any]}}
  - {case: coverage falls, change: {facts: {coverage: {lines_pct: 70}}}, expect: {blocks: true, reason: "build.coverage: pass → fail"}}
  - {case: the load test ages, given: {as_of: 2026-07-01}, change: {as_of: 2026-09-01, collected: {load: {age_days: 62}}}, expect: {blocks: true}}
  - {case: nobody signs any more, change: {governance: {upgrade_sign_offs: []}, service: {sign_offs: null}}, expect: {blocks: true, reason: sign}}
  - {case: it was expected, change: {facts: {coverage: {lines_pct: 99}}}, expect: true}
""",
    )
    assert code == 1
    assert shown.startswith(
        "gates/tests/some.yaml:12:5\n✗ diff  it was expected\n  blocks: expected true, is false\n  → expect: false\n"
    )


def test_artefacts_are_read_by_the_reader_of_their_slot(workspace: Path) -> None:
    write(workspace, {"gates/tests/files/lcov.info": "SF:a.ts\nDA:1,1\nDA:2,0\nend_of_record\n"})
    code, shown = run(
        workspace,
        """
criteria:
  build.coverage:
    - {case: a file, given: {artefacts: {coverage: files/lcov.info}}, expect: {status: fail, reason: lines_pct is 50}}
    - case: written here
      given:
        artefacts:
          coverage:
            lcov.info: |
              SF:a.ts
              DA:1,1
              end_of_record
      expect: {status: pass, basis: record}
      # the case says how it was collected as well
    - {case: nonsense, given: {artefacts: {coverage: {a.txt: hello}}}, expect: unreadable}
    - {case: empty, given: {artefacts: {coverage: {a.txt: ""}}}, expect: missing}
""".replace("expect: {status: pass, basis: record}", "expect: pass"),
    )
    assert (code, shown.splitlines()[0]) == (0, "✓ 4 cases: all hold.")
    code, shown = run(
        workspace,
        "criteria: {build.coverage: [{case: c, given: {artefacts: {coverage: files/lcov}}, expect: pass}]}",
    )
    assert (code, shown) == (3, "gates/tests/some.yaml:2:69: there is no file at gates/tests/files/lcov\n")
    code, shown = run(
        workspace,
        "criteria: {build.coverage: [{case: c, given: {artefacts: {coverage: /etc/passwd}}, expect: pass}]}",
    )
    assert (code, "outside the repository" in shown) == (3, True)


def test_a_mistake_that_only_a_case_makes_is_the_one_of_the_case(workspace: Path) -> None:
    code, shown = run(
        workspace,
        "levels: {lab: [{case: c, given: {governance: {upgrade_sign_offs: [owner]}}, expect: lab}]}",
    )
    assert (code, shown) == (
        3,
        "gates/tests/some.yaml:2:16: service.sign_offs.lab.security: unknown role 'security'; known: owner\n",
    )


def test_junit_has_a_suite_for_each_file(workspace: Path) -> None:
    _, shown = run(
        workspace,
        "criteria: {build.coverage: [{case: a, expect: pass}, {case: b, expect: fail}, {case: c, expect: pass, loophole: true}]}",
        "--format",
        "junit",
    )
    suites = ET.fromstring(shown)  # noqa: S314 - our own text
    [suite] = suites
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "0")
    assert [found.attrib for found in suite.iter("property")] == [
        {"name": "loophole", "value": "build.coverage: c"}
    ]
    [failure] = suite.iter("failure")
    assert failure.attrib == {"type": "differs", "message": "status: expected fail, is pass"}
    assert failure.text == (
        "status: expected fail, is pass\ngates/tests/some.yaml:2:54\nlines_pct is 90\n→ expect: pass"
    )


@pytest.mark.long
@pytest.mark.parametrize(
    "file",
    ["some.yml", "some.YAML", ".some.yaml", "more/some.yaml", "some.yaml.bak", "some.toml", "some.json"],
)
def test_cases_that_are_not_read_are_reported(file: str, workspace: Path) -> None:
    cases = "criteria:\n  build.load: [{case: c, expect: pass}]\n"
    if file.endswith("toml"):
        cases = '[[criteria."build.load"]]\ncase = "c"\nexpect = "pass"\n'
    elif file.endswith("json"):
        cases = json.dumps({"criteria": {"build.load": [{"case": "c", "expect": "pass"}]}}, indent=2)
    write(
        workspace,
        {f"gates/tests/{file}": cases, "gates/tests/files/api.yaml": "gates: [a]\nopenapi: 3.1.0\n"},
    )
    done = process("-C", workspace, "test")
    assert (done.returncode, done.stderr.decode()) == (
        3,
        f"gates/tests/{file}:1:1: is not read: cases are in files .yaml directly in gates/tests/; move or rename it\n",
    )


def test_a_file_of_cases_that_cannot_be_opened_is_reported(workspace: Path) -> None:
    write(workspace, {"gates/tests/folder.yaml/file": ""})
    done = process("-C", workspace, "test")
    assert (done.returncode, done.stderr.decode()) == (
        3,
        "gates/tests/folder.yaml:1:1: is not a regular file; keep cases in files and folders of the workspace\n",
    )


@pytest.mark.long
def test_cases_in_one_file_or_outside_the_repository_are_reported(workspace: Path, tmp_path: Path) -> None:
    folder = workspace / "gates" / "tests"
    shutil.rmtree(folder)
    folder.write_text("criteria: {}")
    assert "gates/tests:1:1: is not a folder" in process("-C", workspace, "test").stderr.decode()
    folder.unlink()
    (workspace / ".git").mkdir(exist_ok=True)
    folder.symlink_to(tmp_path.parent)
    assert "gates/tests:1:1: is outside the repository" in process("-C", workspace, "test").stderr.decode()


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("criteria: {build.coverage: []}", "there is no case: write one, or leave this out"),
        (
            "milestones: {beta: [{case: c, expect: {services: {sho: {gates: {build: not_asked}}}}}]}",
            "unknown service 'sho'; known: service",
        ),
        ("diffs: []", "there is no case: write one, or leave this out"),
        (
            "gates: {build: [{case: c, expect: red}, {case: d, expect: red}, {case: c, expect: red}]}",
            "the case 'c' is written twice; change or remove one",
        ),
        ("diffs: [{case: c, change: {}, expect: false}]", "it changes nothing"),
        ("diffs: [{case: c, change: {as_of: 2026-06-30}, expect: false}]", "it changes nothing"),
    ],
)
def test_a_file_that_shows_nothing_is_a_mistake(written: str, why: str, workspace: Path) -> None:
    code, shown = run(workspace, written)
    assert code == 3
    assert shown.rstrip().endswith(f": {why}")


def test_cases_run_where_governance_has_dates_of_keys(workspace: Path) -> None:
    with (workspace / "gates/governance.yaml").open("a", encoding="utf-8") as file:
        keys = f"{{keys: [{{key: '{key_pair('ci').public}', until: 2026-11-17}}], services: [shop]}}"
        file.write(f"\nrecorders:\n  build: {keys}\n")
    cases = "criteria:\n  live.agreed:\n    - {case: attested, expect: pass}\n"
    code, shown = run(workspace, cases)
    assert code == 0, shown
