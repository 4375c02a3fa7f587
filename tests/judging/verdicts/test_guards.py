"""Evidence that does not show what it should: partial, not understood, of a later day, or of a typed date."""

from datetime import UTC, datetime
from typing import Any

import pytest

from builders.judging import Known, api, ask, broken, case, load_test, report, service
from gatekeeper.model.evidence import Finding, NotUnderstood
from gatekeeper.model.moment import UNSTATED
from gatekeeper.model.status import Basis, ReasonCode, Status
from gatekeeper.model.verdict import CriterionResult

CUT = ("the run was interrupted",)
FLAW = Finding("POST /orders takes no key", "api.yaml", 9)
PLACE = Finding("an operation behind $ref", "api.yaml", 7)
DOUBT = (NotUnderstood(PLACE, frozenset({"writes_without_idempotency_key"})),)


def but(known: Known, **of_part: Any) -> Known:
    """Return evidence with other values of its parts."""
    return {
        key: seen._replace(parts=tuple(part._replace(**of_part) for part in seen.parts))
        for key, seen in known.items()
    }


def result(name: str, *known: Known, attestation: str = "", **fields: str) -> CriterionResult:
    if attestation:
        fields["attestations"] = f"{{{name}: {{link: l, {attestation}}}}}"
    plan = "{M0: {level: L3, gates: {G1: , G2: , G7: , G8: }}}"
    return ask(name, case(service(plan=plan, **fields), *known))


def test_a_partial_artefact_proves_nothing_and_says_why() -> None:
    found = result("G1.tests", but(report("unit_tests", "a"), partial=CUT))
    assert (found.status, found.reason_code, found.basis) == ("unproven", "partial", None)
    assert found.reason == "`unit_tests` is not complete: the run was interrupted"
    (reason,) = found.reasons
    assert (reason.slot, reason.part) == ("unit_tests", "reports/unit_tests")


def test_what_fails_in_a_part_of_the_whole_fails() -> None:
    found = result("G1.tests", but(report("unit_tests", "a", failed=["b"]), partial=CUT))
    assert (found.status, found.reason_code) == (Status.FAIL, None)
    assert [reason.code for reason in found.reasons] == [None, ReasonCode.PARTIAL]


def test_a_fact_that_was_not_understood_is_unproven_and_says_where() -> None:
    known = but(api(writes=2, writes_without_idempotency_key=None), not_understood=DOUBT)
    found = result("G2.writes", known)
    assert (found.status, found.reason_code) == ("unproven", "not-understood")
    assert found.findings == found.reasons[0].places == (PLACE,)
    assert PLACE.message in str(found.reason)


def test_a_flaw_that_was_found_fails_whatever_else_is_not_known() -> None:
    known = but(api(writes=2, writes_without_idempotency_key=(FLAW,)), not_understood=DOUBT)
    found = result("G2.writes", known)
    assert (found.status, found.findings) == (Status.FAIL, (FLAW,))


@pytest.mark.parametrize(
    ("name", "known", "fact"),
    [
        ("G1.tests", report("unit_tests", "a"), "total"),
        ("G1.tests", report("unit_tests", "a"), "failed"),
        ("G8.isolation", report("isolation", "a"), "passed"),
    ],
)
def test_what_may_change_once_more_is_known_is_not_decided(name: str, known: Known, fact: str) -> None:
    assert result(name, known).status is Status.PASS
    doubted = but(known, not_understood=(NotUnderstood(PLACE, frozenset({fact})),))
    assert (result(name, doubted).reason_code, result(name, doubted).basis) == ("not-understood", None)


def test_a_fact_that_nothing_touches_is_missing() -> None:
    known = but(
        api(writes=2, writes_without_idempotency_key=None),
        not_understood=(NotUnderstood(PLACE, frozenset({"throttled_without_headers"})),),
    )
    assert (found := result("G2.writes", known)).status is Status.MISSING
    assert found.reason_code is None


def test_nothing_to_judge_is_not_said_of_a_part_of_the_whole() -> None:
    whole = api(writes=0, writes_without_idempotency_key=())
    assert result("G2.writes", whole).status is Status.NOT_APPLICABLE
    assert result("G2.writes", but(whole, partial=CUT)).reason_code is ReasonCode.PARTIAL


def test_every_reason_is_listed_and_the_worst_decides() -> None:
    known = but(api(writes=2, writes_without_idempotency_key=None), not_understood=DOUBT, partial=CUT)
    assert [reason.code for reason in result("G2.writes", known).reasons] == ["not-understood", "partial"]
    old = but(load_test(200, on="2026-01-01", commit="fedcba9"), partial=CUT)
    found = result("G7.load", old, targets="{p95_ms: 250}", release="{version: v, commit: abcdef1}")
    assert [reason.code for reason in found.reasons] == ["partial", "too-old", "other-commit"]
    assert result("G1.coverage", broken("coverage"), broken("source")).reasons[0].status is Status.UNREADABLE


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ({"partial": CUT}, "pass"),
        ({"not_understood": (NotUnderstood(PLACE, frozenset({"passed"})),)}, "pass"),
        ({"partial": CUT, "produced_at": datetime(2027, 1, 1, tzinfo=UTC)}, "pass"),
    ],
)
def test_an_attestation_replaces_what_is_unproven(part: dict[str, Any], status: str) -> None:
    known = but(report("isolation", "a"), **part)
    if "not_understood" in part:
        known = {key: seen._replace(facts=seen.facts._replace(passed=None)) for key, seen in known.items()}
    assert (
        result("G8.isolation", known, attestation="by: cy, role: security, on: 2026-11-01").status == status
    )
    assert result("G8.isolation", known).is_open


def test_an_attestation_replaces_nothing_that_fails() -> None:
    known = but(report("isolation", "a", failed=["b"]), partial=CUT)
    found = result("G8.isolation", known, attestation="by: cy, role: security, on: 2026-11-01")
    assert found.status is Status.FAIL


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ("by: bo, role: architecture, on: 2026-11-01, until: 2027-01-30", "pass", None),
        ("by: bo, role: architecture, on: 2026-11-01, until: 2027-01-31", "unproven", "needs `until`"),
        ("by: bo, role: architecture, on: 2026-11-01", "unproven", "needs `until`, at most 90 days"),
        ("by: cy, role: security, on: 2026-11-01, until: 2026-12-01", "unproven", "needs architecture"),
        ("by: bo, role: architecture, on: 2026-11-01, until: 2026-11-19", "unproven", "was valid until"),
    ],
)
def test_the_role_of_the_gate_attests_for_a_time_what_was_not_understood(
    given: str, status: str, reason: str | None
) -> None:
    known = but(api(writes=2, writes_without_idempotency_key=None), not_understood=DOUBT)
    found = result("G2.writes", known, attestation=given)
    assert found.status == status
    assert reason is None or (found.reason is not None and reason in found.reason)


@pytest.mark.parametrize("known", [{}, but(api(writes=1, writes_without_idempotency_key=()), partial=CUT)])
def test_that_role_attests_nothing_else(known: Known) -> None:
    given = "by: bo, role: architecture, on: 2026-11-01, until: 2026-12-01"
    assert result("G2.writes", known, attestation=given).is_open


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (datetime(2026, 11, 21, 13, tzinfo=UNSTATED), "pass"),
        (datetime(2026, 11, 21, 14, tzinfo=UNSTATED), "missing"),
        (datetime(2026, 11, 21, 0, tzinfo=UTC), "missing"),
    ],
)
def test_a_time_without_zone_may_be_fourteen_hours_ahead(at: datetime, status: str) -> None:
    known = but(load_test(200), produced_at=at)
    assert result("G7.load", known, targets="{p95_ms: 250}").status == status


def test_one_part_of_a_later_day_keeps_all_from_counting() -> None:
    ((key, seen),) = load_test(200).items()
    later = seen.parts[0]._replace(produced_at=datetime(2026, 12, 1, tzinfo=UTC))
    found = result("G7.load", {key: seen._replace(parts=(*seen.parts, later))}, targets="{p95_ms: 250}")
    assert found.reason == "`load` is dated 2026-12-01, after the as-of date 2026-11-20"


@pytest.mark.parametrize(
    ("typed", "release", "basis"),
    [
        ("produced_at", None, Basis.TYPED),
        ("commit", None, Basis.ARTEFACT),
        ("commit", "abcdef1", Basis.TYPED),
    ],
)
def test_a_pass_rests_on_a_typed_date_or_commit_that_it_needs(
    typed: str, release: str | None, basis: Basis
) -> None:
    known = but(load_test(200, commit="abcdef1"), **{f"{typed}_basis": Basis.TYPED})
    fields = {"release": f"{{version: v, commit: {release}}}"} if release else {}
    assert result("G7.load", known, targets="{p95_ms: 250}", **fields).basis is basis
