"""One criterion: every status, with its reason, its basis and its distance."""

from datetime import date

import pytest

from builders.judging import (
    L1,
    L2,
    L3,
    RULEBOOK,
    api,
    ask,
    attested,
    broken,
    case,
    coverage,
    evidence,
    load_test,
    redated,
    report,
    service,
    source,
    threats,
)
from gatekeeper.collectors.tests import facts as results
from gatekeeper.judging.obligations.asked import CriterionContext, MilestoneSpan
from gatekeeper.judging.plans import questions
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.criteria import judge_criterion
from gatekeeper.model.evidence import EvidenceStatus
from gatekeeper.model.level import Level
from gatekeeper.model.service import Capability, Scope
from gatekeeper.model.status import Basis, Status

FAST = service(targets="{p95_ms: 250}")


@pytest.mark.parametrize(
    ("name", "of", "status", "reason"),
    [
        ("G1.tests", case(service(), report("unit_tests", "a")), "pass", None),
        ("G1.tests", case(service(), report("unit_tests", "a", failed=["b"])), "fail", None),
        ("G1.tests", case(service()), "missing", "no artefact is mapped to `unit_tests`"),
        ("G1.tests", case(service(), broken("unit_tests")), "unreadable", "`unit_tests` is unreadable"),
        (
            "G1.tests",
            case(service(), broken("unit_tests", EvidenceStatus.MISSING)),
            "missing",
            "`unit_tests` is missing",
        ),
        (
            "G1.tests",
            case(service(), evidence("unit_tests", results.TestsFacts(total=3))),
            "missing",
            "`unit_tests` does not say failed",
        ),
        ("G7.load", case(FAST, load_test(200)), "pass", None),
        ("G7.load", case(FAST, load_test(300)), "fail", None),
        ("G7.load", case(service(), load_test(200)), "missing", "no target is set: add targets.p95_ms"),
        ("G7.load", case(FAST, load_test(None)), "missing", "`load` does not say p95_ms"),
        (
            "G7.load",
            case(FAST, load_test(200, "2026-10-09")),
            "stale",
            "`load` is 42 days old; at most 30 are allowed",
        ),
        ("G7.load", case(FAST, load_test(200, "2026-10-21")), "pass", None),
        ("G7.load", case(FAST, load_test(300, "2026-10-09")), "fail", None),
        (
            "G7.load",
            case(FAST, load_test(200, None)),
            "stale",
            "`load` is undated, at most 30 days are allowed",
        ),
        (
            "G7.load",
            case(FAST, load_test(200, "2026-11-21")),
            "missing",
            "`load` is dated 2026-11-21, after the as-of date 2026-11-20",
        ),
        ("G1.coverage", case(service(), coverage(96, "a.ts"), source("a.ts")), "pass", None),
        ("G1.coverage", case(service(), coverage(96, "a.ts"), source("a.ts", "b.ts")), "fail", None),
        ("G1.coverage", case(service(), coverage(90, "a.ts")), "fail", None),
        (
            "G1.coverage",
            case(service(), coverage(96), source("a.ts")),
            "missing",
            "`coverage` names no paths",
        ),
        ("G2.writes", case(service(), api(writes=2, writes_without_idempotency_key=())), "pass", None),
        ("G2.writes", case(service(), api(writes=0)), "not_applicable", "0 writes"),
        ("G2.writes", case(service(), api()), "missing", "`api` does not say writes_without_idempotency_key"),
        ("G8.review", case(service()), "missing", "needs an attestation by security"),
        ("G8.threats", case(service(), threats("M1")), "pass", None),
        ("G8.threats", case(service(), threats("M0")), "stale", "made for M0, not for M1"),
        ("G8.threats", case(service(), threats("soon")), "stale", "made for soon, not for M1"),
    ],
)
def test_evidence_decides(name: str, of: Case, status: str, reason: str | None) -> None:
    result = ask(name, of)
    assert (result.status, result.reason) == (status, reason)
    assert result.basis == (Basis.ARTEFACT if status == "pass" else None)


def test_a_failure_says_how_far_off_and_where() -> None:
    result = ask("G1.tests", case(service(), report("unit_tests", "a", failed=["b", "c"])))
    assert result.distance == 2
    assert [finding.message for finding in result.findings] == ["b", "c"]
    assert ask("G7.load", case(FAST, load_test(300))).distance == 50


def test_names_at_fault_are_findings_in_the_artefact() -> None:
    result = ask("G1.coverage", case(service(), coverage(96, "a.ts"), source("a.ts", "b.ts")))
    assert [(finding.message, finding.file) for finding in result.findings] == [("b.ts", "reports/source")]


def test_a_number_that_fails_shows_what_the_artefact_finds() -> None:
    report = evidence("coverage", _with_uncovered())
    result = ask("G1.coverage", case(service(), report, source("a.ts")))
    assert [finding.message for finding in result.findings] == ["5 of 10 lines uncovered"]


def _with_uncovered() -> object:
    from gatekeeper.collectors.coverage.facts import CoverageFacts
    from gatekeeper.model.evidence import Finding

    return CoverageFacts(
        lines_pct=50, paths=("a.ts",), uncovered=(Finding("5 of 10 lines uncovered", "a.ts"),)
    )


def test_evidence_of_another_shape_is_unreadable() -> None:
    result = ask("G7.load", case(FAST, load_test("200")))  # type: ignore[arg-type]
    assert result.status is Status.UNREADABLE
    assert "is not a number" in (result.reason or "")


@pytest.mark.parametrize(
    ("commit", "status"),
    [("3f2a9c1", "pass"), ("3f2a9c1d44", "pass"), ("3f2a9c", "stale"), ("aaaaaaa", "stale"), (None, "stale")],
)
def test_evidence_is_of_the_commit_that_ships(commit: str | None, status: str) -> None:
    model = service(targets="{p95_ms: 250}", release="{version: 1.0.0, commit: 3f2a9c1}")
    assert ask("G7.load", case(model, load_test(200, commit=commit))).status == status


def test_without_a_release_any_commit_will_do() -> None:
    assert ask("G7.load", case(FAST, load_test(200, commit="aaaaaaa"))).status is Status.PASS


@pytest.mark.parametrize(("level", "status"), [(L1, "not_applicable"), (L2, "missing")])
def test_an_empty_domain_is_an_excuse_up_to_l1_only(level: Level, status: str) -> None:
    of = case(service(), source("a.ts", aggregates=()))
    assert ask("G1.coverage", of, level=level).status == status


def test_nothing_to_judge_needs_a_fresh_document_too() -> None:
    from datetime import UTC, datetime

    of = case(service(), api(writes=0))
    [old] = [redated(seen, datetime(2026, 12, 24, tzinfo=UTC)) for seen in of.evidence.values()]
    assert ask("G2.writes", of._replace(evidence={("api", ()): old})).status is Status.MISSING


def test_a_record_is_told_apart_from_an_artefact_at_hand() -> None:
    of = case(service(), report("unit_tests", "a"))
    [record] = [seen._replace(basis=Basis.RECORD) for seen in of.evidence.values()]
    assert ask("G1.tests", of._replace(evidence={("unit_tests", ()): record})).basis is Basis.RECORD


def test_a_pass_that_rests_on_a_record_and_an_artefact_rests_on_the_record() -> None:
    of = case(service(), coverage(97, "a.ts"), source("a.ts"))
    known = dict(of.evidence)
    known["source", ()] = known["source", ()]._replace(basis=Basis.RECORD)
    result = ask("G1.coverage", of._replace(evidence=known))
    assert (result.status, result.basis) == (Status.PASS, Basis.RECORD)


def test_a_narrowed_gate_reads_its_own_evidence() -> None:
    whole = api(writes=1, writes_without_idempotency_key=("POST /x",))
    scope = Scope(scope="auth", paths=("/auth/**",))
    narrowing = (("paths", ("/auth/**",)),)
    [narrow] = api(writes=1, writes_without_idempotency_key=()).values()
    of = case(service(), whole)
    of = of._replace(evidence={**of.evidence, ("api", narrowing): narrow})
    assert ask("G2.writes", of).status is Status.FAIL
    assert ask("G2.writes", of, scope=scope).status is Status.PASS
    assert ask("G2.writes", of, scope=Scope(scope="auth")).status is Status.FAIL


REFUNDS = questions.capability(RULEBOOK, Capability(capability="device binding"), L3)


@pytest.mark.parametrize(
    ("known", "given", "status"),
    [
        ({}, "", "missing"),
        (report("capability_tests", "capability: Device  Binding works"), "", "pass"),
        (report("capability_tests", "something else"), "", "missing"),
        (report("capability_tests", "x", failed=["device binding works"]), "", "fail"),
        (report("capability_tests", "something else"), "ada owner", "pass"),
        (report("capability_tests", "x", failed=["device binding works"]), "ada owner", "fail"),
        ({}, "cy security", "missing"),
    ],
)
def test_a_capability_is_met_by_a_test_that_names_it_or_the_owner_s_word(
    known: dict[object, object], given: str, status: str
) -> None:
    model = service(attestations=attested(capability_device_binding=given)) if given else service()
    of = case(model, known)  # type: ignore[arg-type]
    assert judge_criterion(REFUNDS, of, CriterionContext(L3, None, MilestoneSpan("M1"))).status == status


def test_a_rulebook_without_the_slot_leaves_a_capability_to_the_owner() -> None:
    bare = RULEBOOK._replace(slots={})
    rule = questions.capability(bare, Capability(capability="x"), L3)
    assert (rule.conditions, rule.attested_by) == ((), "owner")


def test_a_later_date_ages_a_pass_and_nothing_else() -> None:
    of = case(FAST, load_test(200))
    assert ask("G7.load", of).status is Status.PASS
    assert ask("G7.load", of._replace(as_of=date(2027, 1, 1))).status is Status.STALE
