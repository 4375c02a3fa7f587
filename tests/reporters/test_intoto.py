"""The attested result: in-toto's and the verification summary's rules, and nothing that is not so."""

import json
from typing import Any

import pytest
from hypothesis import given

from builders.hostile import HOSTILE, TEXTS
from builders.reports import SCREEN, hostile, nothing_in_scope, pilot
from gatekeeper.attested.statement import flaws
from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.report import Filter, Report
from gatekeeper.model.status import FailOn, MilestoneVerdict
from gatekeeper.reporters import intoto

COMMIT = "c0ffee10" * 5


def committed(report: Report) -> Report:
    return report._replace(commit=COMMIT)


def stated(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(intoto.render(report, SCREEN))
    assert list(flaws(found)) == []
    return found


def predicate(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = stated(report)["predicate"]
    return found


def test_it_is_about_the_commit_and_as_of_its_day() -> None:
    found = stated(committed(pilot()))
    assert found["subject"] == [{"digest": {"gitCommit": COMMIT}}]
    assert found["predicate"]["timeVerified"] == "2026-11-20T00:00:00Z"
    assert found["predicate"]["resourceUri"] == "gatekeeper:milestone/M1"
    assert found["predicate"]["policy"]["digest"]["sha256"] == pilot().rulebook.digest.removeprefix("sha256:")
    assert found["predicate"]["verifier"]["version"] == {"readiness-gatekeeper": "1.2.3"}


def test_without_a_commit_it_is_about_rulebook_and_evidence() -> None:
    found = stated(pilot()._replace(commit=None))
    [subject] = found["subject"]
    assert subject["name"] == "rulebook and evidence of M1"
    changed = pilot()._replace(commit=None, evidence=(read("a", "12" * 32),))
    assert stated(changed)["subject"] != found["subject"]
    rules = pilot().rulebook._replace(digest=f"sha256:{'34' * 32}")
    assert stated(pilot()._replace(commit=None, rulebook=rules))["subject"] != found["subject"]


@pytest.mark.parametrize(
    ("milestone", "strict", "result"),
    [
        ("M0", False, "PASSED"),
        ("M1", False, "FAILED"),
        ("M3", False, "PASSED"),
        ("M3", True, "FAILED"),
        ("M0", True, "PASSED"),
    ],
)
def test_the_result_follows_from_the_verdict(milestone: str, strict: bool, result: str) -> None:
    report = committed(pilot(milestone))._replace(strict=strict)
    found = predicate(report)
    assert found["verificationResult"] == result
    assert found["policy"]["uri"] == f"gatekeeper:rulebook{'?strict=true' if strict else ''}"
    levels = {
        f"GATEKEEPER_{of.service.service}_{of.effective_level}" for of in report.result.services
    }  # fmt: skip
    assert set(found["verifiedLevels"]) == (levels if result == "PASSED" else {"FAILED"})
    assert found["gatekeeper:verdict/v1"]["verdict"] == report.result.verdict


def test_what_a_step_lets_through_has_not_passed() -> None:
    """`--fail-on regression` exits 0 long before the milestone may be exited."""
    report = committed(pilot("M2", FailOn.REGRESSION))
    assert report.result.verdict is MilestoneVerdict.BLOCKED
    assert predicate(report)["verificationResult"] == "FAILED"


def test_nothing_judged_has_not_passed() -> None:
    assert predicate(committed(nothing_in_scope()))["verificationResult"] == "FAILED"


def test_a_part_does_not_pass_for_the_whole() -> None:
    report = committed(pilot())._replace(filter=Filter(services=("a b",), owners=("x&y",), gates=("G1",)))
    assert predicate(report)["resourceUri"] == "gatekeeper:milestone/M1?service=a%20b&owner=x%26y"


def read(path: str, digest: str | None, status: EvidenceStatus = EvidenceStatus.OK) -> Evidence:
    return Evidence("slot", status, path=path, sha256=digest)


def test_every_artefact_that_was_read_is_named_once() -> None:
    more = (read("z é", "12" * 32), read("z é", "12" * 32), read("none", None, EvidenceStatus.MISSING))
    report = committed(pilot())._replace(evidence=more)
    inputs = predicate(report)["inputAttestations"]
    names = [one["name"] for one in inputs]
    assert names == sorted(set(names))
    assert "none" not in names
    assert inputs[-1] == {
        "name": "z é",
        "uri": "gatekeeper:evidence/z%20%C3%A9",
        "digest": {"sha256": "12" * 32},
    }
    of_criteria = {
        seen.path
        for of in report.result.services
        for one in of.criteria
        for seen in one.evidence
        if seen.sha256
    }
    assert of_criteria < set(names)


def test_it_is_canonical() -> None:
    text = intoto.render(committed(pilot()), SCREEN)
    assert text == intoto.render(committed(pilot()), SCREEN)
    data = json.loads(text)
    assert text == json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"
    assert text.isascii()


@HOSTILE
@given(texts=TEXTS)
def test_any_names_make_a_statement(texts: list[str]) -> None:
    report = hostile(committed(pilot("M0")), texts)._replace(
        evidence=tuple(read(text, "12" * 32) for text in texts)
    )
    found = stated(report)
    assert all(uri["uri"].isascii() for uri in found["predicate"]["inputAttestations"])
