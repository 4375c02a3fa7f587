"""Whether an attestation, or a declaration that a criterion cannot apply, counts."""

import pytest

from builders.judging import (
    FOUR,
    G8,
    GATES,
    RULEBOOK,
    Known,
    api,
    ask,
    attested,
    broken,
    case,
    report,
    rulebook,
    service,
)
from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.obligations.expand import attested_digest
from gatekeeper.judging.verdicts.attestations import objection_to_attestation
from gatekeeper.model.evidence import EvidenceStatus, Finding
from gatekeeper.model.status import Basis, ReasonCode, Status

LIMITS = api(throttled_without_headers=(Finding("GET /x"),))


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ("cy security", "pass", None),
        ("bo security", "missing", "the attestation does not count: bo does not hold the role security"),
        (
            "bo architecture",
            "missing",
            "the attestation does not count: it was made as architecture; the criterion needs security",
        ),
        (
            "cy security 2026-11-22",
            "missing",
            "the attestation does not count: dated 2026-11-22, after the as-of date 2026-11-20",
        ),
        ("cy security 2026-08-01", "stale", "111 days old; at most 90 are allowed"),
    ],
)
def test_an_attestation_decides_where_no_artefact_can(given: str, status: str, reason: str | None) -> None:
    result = ask("G8.review", case(service(attestations=attested(G8__review=given))))
    assert (result.status, result.reason) == (status, reason)
    assert result.attestation is not None
    assert result.basis == (Basis.ATTESTATION if status == "pass" else None)


@pytest.mark.parametrize(("until", "status"), [("2026-11-20", "pass"), ("2026-11-19", "missing")])
def test_an_attestation_counts_up_to_and_including_its_last_day(until: str, status: str) -> None:
    given = attested(G8__review="cy security").replace("on:", f"until: {until}, on:")
    result = ask("G8.review", case(service(attestations=given)))
    assert result.status == status
    if status == "missing":
        assert result.reason == "the attestation does not count: it was valid until 2026-11-19"
        assert result.attestation is not None


@pytest.mark.parametrize(("until", "status"), [("2026-11-20", "not_applicable"), ("2026-11-19", "missing")])
def test_a_waiver_counts_up_to_and_including_its_last_day(until: str, status: str) -> None:
    waiver = f"{{G2.limits: {{reason: r, by: bo, role: architecture, on: 2026-11-01, until: {until}}}}}"
    result = ask("G2.limits", case(service(not_applicable=waiver)))
    assert result.status == status
    assert result.reason == (
        "r (declared by bo, architecture, 2026-11-01, until 2026-11-20)"
        if status == "not_applicable"
        else "no artefact is mapped to `api`; it is declared not applicable, which does not count: "
        "it was valid until 2026-11-19"
    )


def test_without_its_attestation_the_evidence_decides_again() -> None:
    given = attested(G8__isolation="cy security").replace("on:", "until: 2026-11-10, on:")
    assert ask("G8.isolation", case(service(attestations=given))).status is Status.MISSING
    of = case(service(attestations=given), report("isolation", "a"))
    assert ask("G8.isolation", of).status is Status.PASS


@pytest.mark.parametrize(
    ("given", "span", "status"),
    [
        ("cy security 2026-11-01 M1", MilestoneSpan("M1"), "pass"),
        ("cy security 2026-11-01 M0", MilestoneSpan("M1"), "stale"),
        ("cy security 2026-11-01", MilestoneSpan("M1"), "stale"),
        ("cy security 2026-11-01 M2", MilestoneSpan("M1", ("M2", "M3")), "pass"),
        ("cy security 2026-11-01 M0", MilestoneSpan("M1", ("M2", "M3")), "stale"),
    ],
)
def test_a_milestone_s_attestation_is_for_that_milestone(
    given: str, span: MilestoneSpan, status: str
) -> None:
    result = ask("G8.threats", case(service(attestations=attested(G8__threats=given))), span=span)
    assert result.status == status


def test_an_attestation_stands_in_only_where_the_artefact_is_missing() -> None:
    model = service(attestations=attested(G8__isolation="cy security"))
    assert ask("G8.isolation", case(model)).status is Status.PASS
    assert ask("G8.isolation", case(model, report("isolation", "a", failed=["b"]))).status is Status.FAIL
    assert ask("G8.isolation", case(model, broken("isolation"))).status is Status.UNREADABLE


def test_an_attestation_tells_whether_the_criterion_asks_something_else_than_was_attested() -> None:
    earlier = rulebook(gates=GATES | {"G8": G8.replace("max_age_days: 90", "max_age_days: 120")})
    plan, given = "{M0: {level: L3, gates: {G8: }}}", attested(G8__review="cy security")
    for book, is_changed in ((RULEBOOK, False), (earlier, True)):
        digest = attested_digest(service(plan=plan), book, FOUR, "G8.review")
        stated = given.replace("on:", f'obligations: "{digest}", on:')
        result = ask("G8.review", case(service(plan=plan, attestations=stated)))
        assert (result.status, result.changed_since_attested) == (Status.PASS, is_changed)


def test_a_twin_may_be_attested_under_either_name() -> None:
    for name in ("G8__isolation", "L2__isolation"):
        model = service(attestations=attested(**{name: "cy security"}))
        assert ask("L2.isolation", case(model)).status is Status.PASS


@pytest.mark.parametrize(
    ("by", "on", "status"),
    [
        ("bo", "2026-11-01", "not_applicable"),
        ("cy", "2026-11-01", "missing"),
        ("bo", "2026-12-01", "missing"),
    ],
)
def test_a_criterion_is_waived_by_the_role_that_may(by: str, on: str, status: str) -> None:
    waiver = f"{{G2.limits: {{reason: none is throttled, by: {by}, role: architecture, on: {on}}}}}"
    result = ask("G2.limits", case(service(not_applicable=waiver)))
    assert result.status == status
    if status == "not_applicable":
        assert result.reason == "none is throttled (declared by bo, architecture, 2026-11-01)"


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ((), "no artefact is mapped to `api`; it is declared not applicable, which does not count: WHY"),
        ((LIMITS,), "it is declared not applicable, which does not count: WHY"),
    ],
)
def test_a_waiver_that_does_not_count_says_why_beside_the_status(
    known: tuple[Known, ...], reason: str
) -> None:
    waiver = "{G2.limits: {reason: r, by: cy, role: architecture, on: 2026-11-01}}"
    result = ask("G2.limits", case(service(not_applicable=waiver), *known))
    assert result.reason == reason.replace("WHY", "cy does not hold the role architecture")


def test_a_waiver_of_a_criterion_that_nobody_may_waive_changes_nothing() -> None:
    waiver = "{G2.writes: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    result = ask("G2.writes", case(service(not_applicable=waiver)))
    assert (result.status, result.reason) == (Status.MISSING, "no artefact is mapped to `api`")


def test_an_attestation_does_not_replace_a_record_that_is_not_signed() -> None:
    words = attested(G8__isolation="cy security")
    missing = broken("isolation", EvidenceStatus.MISSING)
    unsigned = {key: one._replace(code=ReasonCode.UNSIGNED) for key, one in missing.items()}
    statuses = [
        ask("G8.isolation", case(service(attestations=words), of)).status for of in (missing, unsigned)
    ]
    assert statuses == [Status.PASS, Status.MISSING]


@pytest.mark.parametrize(("roles", "counts"), [(["security"], True), (["architecture"], False)])
def test_an_attestation_may_be_asked_about_in_roles_that_are_given(roles: list[str], counts: bool) -> None:
    known = case(service(attestations=attested(G8__review="cy security")))
    rule, given = RULEBOOK.by_id["G8.review"], known.service.attestations["G8.review"]
    assert (objection_to_attestation(given, rule, roles, roles, known) is None) is counts
