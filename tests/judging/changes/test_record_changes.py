"""Signed records that are replaced, and records that count as signed by new recorders."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from builders.judging import FOUR, RULEBOOK, service
from builders.signing import key_pair
from gatekeeper.judging.changes.causes import Side
from gatekeeper.judging.changes.evidence_changes import compare_evidence
from gatekeeper.judging.changes.own_rules import Rules
from gatekeeper.judging.changes.record_changes import admitted_all, newly_recorded
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.model.changes import Change
from gatekeeper.model.evidence import Attempt, Evidence, EvidenceKey, EvidenceStatus
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.statement import RunStatement, canonical
from gatekeeper.model.status import Basis

HERE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11"
CI = key_pair("ci")
SHOP = service(evidence="{unit_tests: {path: a.xml}}")


def run(number: str, day: int, *, is_signed: bool = True, passed: int = 1) -> Evidence:
    """Return the evidence of a record of one run."""
    predicate: dict[str, Any] = {
        "service": "shop",
        "pipeline": "build",
        "run": number,
        "commit": f"c0ffee{day}",
    }
    predicate["collected_at"] = f"2026-11-{day:02}T10:00:00Z"
    statement = RunStatement(canonical(predicate), (("unit_tests", f"{passed:064}"),), TODAY)
    signed = statement._replace(signature=CI.sign(statement.message(HERE))) if is_signed else None
    return Evidence(
        "unit_tests", EvidenceStatus.OK, facts={}, sha256=f"{passed:064}", basis=Basis.RECORD, signed=signed
    )


TODAY = date(2026, 11, 18)


def book(*recorded: str) -> Rulebook:
    governance = RULEBOOK.governance.model_dump(mode="json", exclude_unset=True)
    recorders = {"build": {"keys": [CI.public], "services": list(recorded)}} if recorded else {}
    return RULEBOOK._replace(
        governance=Governance.model_validate(governance | {"recorders": recorders}), workspace=HERE
    )


def changes(before: Evidence, after: Evidence) -> list[Change]:
    base, head = (
        Side(SHOP, admitted_all({("unit_tests", ()): one}, book("shop"), "shop"), (), TODAY, FOUR)
        for one in (before, after)
    )
    return list(compare_evidence(base, head, ServicePair(SHOP, SHOP, "f"), RULEBOOK, ()))


def test_a_signed_run_that_replaces_another_is_noted_with_pipeline_commit_and_run() -> None:
    [note] = changes(run("7", 17), run("8", 18, passed=2))
    assert note.message == (
        "`unit_tests`: the signed run 8 of build of commit c0ffee18 "
        "replaces the signed run 7 of build of commit c0ffee17"
    )
    assert not note.needs_sign_off


def test_an_older_signed_run_that_is_written_back_is_weaker() -> None:
    [weaker] = changes(run("8", 18), run("7", 17, passed=2))
    assert (weaker.needs_sign_off, weaker.message[-14:]) == (True, "which is newer")


def test_a_later_attempt_is_not_older_because_a_clock_is_behind() -> None:
    before, after = run("8", 18), run("7", 17, passed=2)
    listed = (Attempt(datetime(2026, 11, 18, 10, tzinfo=UTC), "8", before.sha256),)
    [note] = changes(before, after._replace(attempts=listed))
    assert not note.needs_sign_off


def test_the_same_run_is_no_change() -> None:
    assert changes(run("7", 17), run("7", 17)) == []


def test_a_record_that_is_not_signed_any_more_is_noted() -> None:
    [note] = changes(run("7", 17), run("7", 17, is_signed=False))
    assert note.message == "no longer from a record that a recorder signed: `unit_tests`"
    assert not note.needs_sign_off


@pytest.mark.parametrize(
    ("base", "own", "expected"),
    [
        (["till"], ["shop"], True),
        (["shop"], ["shop", "till"], False),
        (["shop"], ["till"], False),
        ([], ["shop"], True),
    ],
)
def test_a_record_that_counts_as_signed_by_a_new_recorder_is_found(
    base: list[str], own: list[str], *, expected: bool
) -> None:
    known: dict[str, Mapping[EvidenceKey, Evidence]] = {"shop": {("unit_tests", ()): run("7", 17)}}
    found = newly_recorded(known, Rules(book(*base), book(*own)))
    assert list(found.values()) == ([["`unit_tests` of shop"]] if expected else [])
