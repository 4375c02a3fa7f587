"""A new rule for everybody: shown at once, and blocking only from the milestone or the day that it names."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from builders.program import criterion, one_service
from builders.workspaces import Ran, Run, write

GATE = """
gate: G1
name: Domain
definition: The rules of the business are tested.
artefact: test reports
role: architecture
slots:
  domain_tests: {kind: tests}
criteria:
  - id: G1.tests
    question: Do all tests of the domain pass?
    why: Untested rules break unnoticed.
    requires:
      domain_tests.failed: {empty: true}
    remedy: Fix the failing tests.
    effort: small
"""
NEW = """
  - id: G1.mutation
    question: Is there a mutation score?
    why: Tests may assert nothing.
    attested_by: owner
    remedy: Have the owner attest the score.
    effort: small
"""
LEVELS = """
levels:
  - {level: L0, name: Not started, meaning: m, audience: Nobody}
  - {level: L1, name: Skeleton, meaning: m, audience: The team}
  - {level: L2, name: Usable, meaning: m, audience: Colleagues, ships_to: [staging]}
"""
GOVERNANCE = """
roles: {owner: o, architecture: a}
upgrade_sign_offs: [owner, architecture]
roster: {ana: {roles: [owner]}, bo: {roles: [architecture]}}
"""
SERVICE = """
service: NAME
owner: team-shop
level: L2
plan:
  M0: {level: L2, gates: {G1: }}
  M1: {level: L2}
evidence: {domain_tests: junit.xml}
sign_offs:
  L2: {owner: {by: ana, on: 2026-11-02}, architecture: {by: bo, on: 2026-11-02}}
"""
JUNIT = '<testsuite name="domain" tests="2"><testcase name="adds"/><testcase name="removes"/></testsuite>'
SHOPS = ("shop-a", "shop-b", "shop-c")
ON = "2026-11-20"


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    """Three services that are ready at both milestones."""
    files = {
        "gates/G1.yaml": GATE,
        "gates/levels.yaml": LEVELS,
        "gates/governance.yaml": GOVERNANCE,
        "milestones/M0.yaml": "milestone: M0\nexit_date: 2026-12-11\n",
        "milestones/M1.yaml": "milestone: M1\nexit_date: 2027-02-01\n",
    }
    files |= {f"services/{name}.yaml": SERVICE.replace("NAME", name) for name in SHOPS}
    files |= {f"services/{name}/junit.xml": JUNIT.replace("domain", name) for name in SHOPS}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        write(tmp_path / name, text.lstrip("\n"))
    return tmp_path


def with_rule(shops: Path, words: str, stanza: str = NEW) -> Path:
    write(shops / "gates/G1.yaml", GATE.lstrip("\n") + stanza.lstrip("\n") + f"    {words}\n")
    return shops


def told(ran: Ran) -> str:
    return " ".join(ran.out.split())


def check(run: Run, shops: Path, *arguments: str, on: str = ON) -> Ran:
    return run("-C", shops, "check", "--as-of", on, *arguments)


def test_a_rule_without_a_date_is_everybody_s_regression_at_once(run: Run, shops: Path) -> None:
    assert check(run, shops).code == 0
    with_rule(shops, "")
    assert check(run, shops, "--fail-on", "regression").code == 1


@pytest.mark.parametrize("words", ["effective: M1", "effective: 2026-12-20", "advisory: true"])
def test_a_rule_that_does_not_bind_yet_fails_no_pipeline_and_no_deployment(
    run: Run, shops: Path, words: str
) -> None:
    with_rule(shops, words)
    ran = check(run, shops)
    assert ran.code == 0
    until = words.replace("effective:", "not binding: 1 until")
    how = "1 advisory criterion open" if words.startswith("advisory") else until
    assert f"{how} (--details)" in told(ran)
    assert "M0 may exit: 3 of 3 ready." in told(ran)
    assert check(run, shops, "--fail-on", "regression", "--strict").code == 0
    assert run("-C", shops, "can-ship", "shop-a", "--to", "staging", "--as-of", ON).code == 0


def test_from_its_milestone_on_it_blocks_the_exit_and_is_no_regression(run: Run, shops: Path) -> None:
    with_rule(shops, "effective: M1")
    assert check(run, shops, "-m", "M1").code == 1
    assert check(run, shops, "-m", "M1", "--fail-on", "regression").code == 0
    assert run("-C", shops, "can-ship", "shop-a", "--to", "staging", "--as-of", ON).code == 0
    write(shops / "milestones/M1.yaml", "milestone: M1\nexited: {on: 2027-02-01, by: bo}\n")
    later = check(run, shops, "-m", "M1", "--fail-on", "regression", on="2027-02-01")
    assert (later.code, told(later).count("regression: L2 was")) == (1, 1)
    assert "↓ shop-a, shop-b, shop-c regression: L2 was" in told(later), "once for all that share it"
    assert run("-C", shops, "can-ship", "shop-a", "--to", "staging", "--as-of", "2027-02-01").code == 1


def test_a_date_binds_from_that_day_and_the_forecast_says_so(run: Run, shops: Path) -> None:
    with_rule(shops, "effective: 2026-12-01")
    ahead = told(run("-C", shops, "next", "--as-of", ON))
    assert "what lapses or begins to bind before M0's exit date" in ahead
    assert "↻ from 2026-12-01, 10 days before: 1 criterion of shop-a, 1 of shop-b, 1 of shop-c" in ahead
    data = json.loads(run("-C", shops, "next", "--as-of", ON, "-f", "json").out)["forecast"]
    assert [(one["rests_on"], one["lapses_on"]) for one in data] == [("rule", "2026-12-01")] * 3
    assert check(run, shops, on="2026-11-30").code == 0
    assert check(run, shops, "--fail-on", "regression", on="2026-12-01").code == 1


def test_every_screen_says_that_it_does_not_bind(run: Run, shops: Path) -> None:
    with_rule(shops, "effective: M1")
    details = told(check(run, shops, "--service", "shop-a"))
    assert "G1 Domain 1 of 1 met, 1 not binding ? missing, binds from M1 G1.mutation" in details
    explained = told(run("-C", shops, "explain", "G1.mutation", "--as-of", ON))
    assert "binds from M1" in explained
    assert "? missing, binds from M1 in 3 services shop-a, shop-b, shop-c needs an attestation" in explained
    asked = told(run("-C", shops, "obligations", "shop-a", "-m", "M0", "--as-of", ON))
    assert "- binds from M1" in asked
    for format_ in ("html", "markdown"):
        report = run("-C", shops, "report", "-m", "M0", "--as-of", ON, "--format", format_)
        assert re.search(r"G1\.mutation binds from M1: open in 3 of 3 services", report.out), format_


def test_every_format_says_that_it_does_not_bind(run: Run, shops: Path) -> None:
    with_rule(shops, "effective: M1")
    [json_, junit, sarif, github, gitlab, markdown] = (
        check(run, shops, "--service", "shop-a", "--format", name).out
        for name in ("json", "junit", "sarif", "github", "gitlab", "markdown")
    )
    found = criterion(one_service(json_), "G1.mutation")
    assert (found["status"], found["binding"], found["binding_from"]) == ("missing", False, "M1")
    assert criterion(one_service(json_), "G1.tests").get("binding_from") is None
    assert '<skipped message="missing, binds from M1; needs' in junit
    assert 'failures="0"' in junit
    [result] = json.loads(sarif)["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("G1.mutation", "note")
    assert "binds from M1: it does not block" in result["message"]["text"]
    assert "::notice " in github
    assert not re.search("::(error|warning)", github)
    assert [issue["severity"] for issue in json.loads(gitlab)] == ["info"]
    assert "- G1.mutation binds from M1: open in 1 of 1 service" in markdown


UPCOMING = """    upcoming:
      effective: M1
      requires:
        domain_tests.total: {at_least: 40}
"""


def test_a_tightening_is_shown_before_it_decides(run: Run, shops: Path) -> None:
    write(shops / "gates/G1.yaml", GATE.lstrip("\n") + UPCOMING)
    ran = check(run, shops)
    assert (ran.code, "not binding: 1 until M1 (--details)" in told(ran)) == (0, True)
    explained = told(run("-C", shops, "explain", "G1.tests", "--service", "shop-a", "--as-of", ON))
    assert "tightened from M1, to domain_tests: total at least 40" in explained
    assert "later ✗ fail, tightened from M1 total is 2; required: total at least 40, 38 below" in explained
    found: Any = criterion(one_service(check(run, shops, "-s", "shop-a", "-f", "json").out), "G1.tests")
    assert found["status"] == "pass"
    assert found["upcoming"] == {
        "binding_from": "M1",
        "requires": ["domain_tests: total at least 40"],
        "status": "fail",
        "expected": "total at least 40",
        "actual": "total is 2",
        "distance": 38,
    }
    later = criterion(
        one_service(check(run, shops, "-s", "shop-a", "-f", "json", "-m", "M1").out), "G1.tests"
    )
    assert (later["status"], later["binding_from"], "upcoming" in later) == ("fail", "M1", False)


@pytest.mark.parametrize(
    ("words", "place", "message"),
    [
        ("effective: M7", "gates/G1.yaml:22:16", "'M7' is neither a milestone nor a date such as 2026-12-01"),
        (
            "effective: M1\n    advisory: true",
            "gates/G1.yaml:22:5",
            "G1.mutation is advisory, so it never becomes effective",
        ),
        ("effective: 12.1.2027", "gates/G1.yaml:22:16", "is neither a milestone nor a date"),
        (
            "upcoming: {effective: M1, requires: {domain_tests.total: {at_least: 3}}}",
            "gates/G1.yaml:22:5",
            "has no `requires` that could be tightened",
        ),
        (
            "upcoming: {requires: {domain_tests.total: {at_least: 3}}}",
            "gates/G1.yaml:22:15",
            "`effective` is missing",
        ),
    ],
)
def test_a_mistake_has_its_place(run: Run, shops: Path, words: str, place: str, message: str) -> None:
    ran = run("-C", with_rule(shops, words), "validate")
    assert ran.code == 3
    assert place in ran.out + ran.err
    assert message in " ".join((ran.out + ran.err).split())


def test_an_attestation_until_a_day(run: Run, shops: Path) -> None:
    with_rule(shops, "")
    words = ("--by", "ana", "--role", "owner", "--link", "https://example.org/7", "--until", "2026-12-01")
    ran = run("-C", shops, "attest", "shop-a", "G1.mutation", *words, "--as-of", ON)
    assert ran.code == 0
    assert "by ana, owner, 2026-11-20, until 2026-12-01" in told(ran)
    assert check(run, shops, "-s", "shop-a", on="2026-12-01").code == 0
    over = check(run, shops, "-s", "shop-a", on="2026-12-02")
    assert over.code == 1
    assert "the attestation does not count: it was valid until 2026-12-01" in told(over)
    ahead = told(run("-C", shops, "next", "--as-of", ON))
    assert "↻ on 2026-12-02, 9 days before: G1.mutation of shop-a" in ahead
    again = run("-C", shops, "attest", "shop-b", "G1.mutation", *words, "--as-of", "2026-12-02")
    assert again.code == 2
    assert "the attestation would not count: it was valid until 2026-12-01" in again.err
    text = (shops / "services/shop-a.yaml").read_text("utf-8")
    write(shops / "services/shop-a.yaml", text.replace("until: 2026-12-01", "until: 2026-11-01"))
    invalid = run("-C", shops, "validate")
    assert "it is valid until 2026-11-01, and was made on 2026-11-20" in " ".join(
        (invalid.out + invalid.err).split()
    )
