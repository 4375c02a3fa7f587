"""Quality gates: SonarQube's project status, and results of OpenSSF Scorecard."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.quality_gate import read as quality_gate
from gatekeeper.collectors.quality_gate.facts import QualityGateFacts
from gatekeeper.model.evidence import Finding, Subject, SubjectType

MET = {"status": "OK", "metricKey": "bugs", "errorThreshold": "0", "actualValue": "0"}
UNMET = {"status": "ERROR", "metricKey": "coverage", "errorThreshold": "80", "actualValue": "72.3"}
CHECK = {"name": "Vulnerabilities", "score": 10, "reason": "none"}


def sonar(*conditions: object, status: object = "OK", **more: Any) -> str:
    return json.dumps({"projectStatus": {"status": status, "conditions": conditions, **more}})


def scorecard(*checks: object, score: object = 7.5, repo: str = "github.com/acme/shop", **more: Any) -> str:
    whole = {"date": "2026-03-02", "repo": {"name": repo, "commit": "c0ffee1"}, "score": score}
    return json.dumps({**whole, "scorecard": {"version": "v5.1.1"}, "checks": checks, **more})


def messages(findings: tuple[Finding, ...] | None) -> list[str]:
    return [finding.message for finding in findings or ()]


def test_sonarqube() -> None:
    collected = collect(quality_gate, fixture("quality_gate", "sonarqube.json"))
    assert (collected.format, collected.produced_at) == ("sonarqube", None)
    pointer = "/projectStatus/conditions/2"
    assert collected.facts == QualityGateFacts(
        status="failed",
        failed=(Finding("new_coverage: 72.34, the threshold is 80", "report-0", 7, pointer),),
        passed=("new_reliability_rating", "new_security_rating"),
        undecided=(),
    )
    assert collected.origins[0].not_understood == ()
    assert collected.origins[0].partial == ()


def test_scorecard() -> None:
    collected = collect(quality_gate, fixture("quality_gate", "scorecard.json"))
    [origin] = collected.origins
    assert (origin.format, origin.producer) == ("scorecard", "OpenSSF Scorecard v5.1.1")
    assert (origin.produced_at, origin.commit) == (
        datetime(2026, 3, 2, 10, tzinfo=UTC),
        "c0ffee1c0ffee1c0ffee1c0ffee1c0ffee1c0ffe",
    )
    assert origin.subjects == (Subject(SubjectType.REPOSITORY, "github.com/acme/shop"),)
    assert collected.facts == QualityGateFacts(
        undecided=(Finding("Signed-Releases: no releases found", "report-0", 15, "/checks/2"),),
        score=6.4,
        scores={"Binary-Artifacts": 10, "Branch-Protection": 2},
    )


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (sonar(MET), {"status": "passed", "failed": (), "passed": ("bugs",)}),
        (sonar(MET, {**MET, "status": "WARN"}, status="WARN"), {"status": "warned", "passed": ("bugs",)}),
        (sonar(MET, UNMET), {"status": "failed", "passed": ("bugs",)}),
        (sonar(MET, status="NONE"), {"status": None, "failed": ()}),
        (scorecard(CHECK, score=-1), {"score": None, "scores": {"Vulnerabilities": 10}, "status": None}),
        (scorecard({**CHECK, "score": -1}), {"score": 7.5, "scores": None, "failed": None}),
    ],
    ids=short,
)
def test_the_worst_counts_and_what_is_undecided_is_no_pass(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(quality_gate, report), expected) == expected


@pytest.mark.parametrize("status", ["WARN", "ERROR"])
def test_a_gate_that_is_not_met_fails_although_no_condition_shows_why(status: str) -> None:
    [message] = messages(facts(quality_gate, sonar(MET, status=status)).failed)
    assert message.endswith("and no condition shows why")


@pytest.mark.parametrize("word", ["NONE", "NO_VALUE", "passed", "Success", "", 7])
def test_a_condition_with_another_status_is_not_understood(word: object) -> None:
    collected = collect(quality_gate, sonar(MET, {**UNMET, "status": word}))
    assert len(collected.facts.undecided) == 1
    [place] = collected.origins[0].not_understood
    assert place.touches == {"status", "failed", "passed"}
    assert "the status is" in place.place.message


def test_a_gate_that_ignored_conditions_is_partial() -> None:
    [origin] = collect(quality_gate, sonar(MET, ignoredConditions=True)).origins
    assert origin.partial == ("SonarQube ignored conditions, because few lines are new",)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (sonar(), "absent: report-0: the quality gate has no condition"),
        (scorecard(), "absent: report-0: no check ran"),
        (
            sonar({**MET, "metricKey": None}),
            "unreadable: report-0: /projectStatus/conditions/0: name is missing",
        ),
        (sonar({"metricKey": "bugs"}), "unreadable: report-0: bugs has neither a status nor a score"),
        (scorecard({**CHECK, "score": "10"}), "unreadable: report-0: Vulnerabilities is '10', not an amount"),
        (scorecard({**CHECK, "score": 11}), "unreadable: report-0: Vulnerabilities is 11, more than 10"),
        (scorecard({**CHECK, "score": True}), "unreadable: report-0: Vulnerabilities is True"),
        (scorecard({"name": "License"}), "unreadable: report-0: License has neither a status nor a score"),
        (fixture("quality_gate", "scorecard.json")[:-40], "unreadable: report-0: "),
        ('{"projectStatus": {"status": "OK"}}', "absent: report-0: the quality gate has no condition"),
        (
            sonar(MET).replace("conditions", "Conditions"),
            "absent: report-0: the quality gate has no condition",
        ),
    ],
    ids=short,
)
def test_what_is_no_evidence(report: str | bytes, said: str) -> None:
    assert outcome(quality_gate, report).startswith(said)


def test_several_files_are_merged() -> None:
    collected = collect(
        quality_gate, sonar(MET), scorecard(CHECK, score=9), scorecard({**CHECK, "score": 4}), sonar(UNMET)
    )
    assert collected.format == "scorecard, sonarqube"
    assert (collected.facts.status, collected.facts.score) == ("failed", 7.5)
    assert collected.facts.scores == {"Vulnerabilities": 4}
    assert messages(collected.facts.failed) == ["coverage: 72.3, the threshold is 80"]


def test_a_repository_on_the_disk_names_nothing() -> None:
    local = scorecard(CHECK, repo="file://.").replace("c0ffee1", "unknown")
    [origin] = collect(quality_gate, local).origins
    assert (origin.subjects, origin.commit) == ((), None)
