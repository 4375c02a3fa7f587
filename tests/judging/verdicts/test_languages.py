"""Criteria that can be decided in some languages: elsewhere a role attests them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.judging import STANZA, Known, attested, broken, case, evidence, rulebook, service
from gatekeeper.collectors.source.facts import SourceFacts
from gatekeeper.collectors.typescript.facts import TypescriptFacts
from gatekeeper.judging.obligations.asked import CriterionContext, MilestoneSpan
from gatekeeper.judging.verdicts.attestations import attesting_roles
from gatekeeper.judging.verdicts.criteria import judge_criterion
from gatekeeper.model.evidence import EvidenceStatus, Finding, NotUnderstood
from gatekeeper.model.remedies import remedy_of, tasks
from gatekeeper.model.status import Basis, ReasonCode, Status
from gatekeeper.model.verdict import CriterionResult

IN = "decidable_in: {languages: [TypeScript, javascript], else_attested_by: architecture}"
G1 = f"""
gate: G1
name: Domain
definition: d
artefact: a
role: security
slots:
  source: {{kind: source}}
  whole: {{kind: source}}
  model: {{kind: typescript}}
criteria:
  - {{id: G1.any, question: q, requires: {{source.files: {{empty: false}}, model.any_types: {{empty: true}}}}, {IN}, {STANZA}}}
  - {{id: G1.roots, question: q, requires: {{model.aggregates: {{empty: false}}}}, subjects: source.files, {IN}, or_attested_by: owner, {STANZA}}}
  - {{id: G1.fresh, question: q, requires: {{source.files: {{empty: false}}}}, {IN}, max_age_days: 10, {STANZA}}}
  - {{id: G1.both, question: q, requires: {{source.files: {{within: {{fact: whole.files}}}}}}, {IN}, {STANZA}}}
"""
RULES = "attestations: {valid_days: 30}"
BOOK = rulebook(
    gates={"G1": G1},
    evidence_rules=RULES,
    levels=f"""
levels:
  - {{level: L0, name: n, meaning: m, audience: a}}
  - level: L1
    name: n
    meaning: m
    audience: a
    criteria:
      - {{id: L1.any, question: q, same_as: G1.any, {STANZA}}}
""",
)
WHY = "it cannot be decided in go: architecture must attest it"
BO = "bo architecture"


def tree(*languages: str, files: Sequence[str] | None = ("a",), slot: str = "source", **more: Any) -> Known:
    return evidence(
        slot, SourceFacts(files=None if files is None else tuple(files), languages=languages), **more
    )


def model(*flaws: str, aggregates: Sequence[str] = ("Order",)) -> Known:
    return evidence(
        "model", TypescriptFacts(any_types=tuple(map(Finding, flaws)), aggregates=tuple(aggregates))
    )


def ask(name: str, *known: Known, **attestations: str) -> CriterionResult:
    of = case(service(attestations=attested(**attestations)), *known, book=BOOK)
    context = CriterionContext(BOOK.scale.highest, None, MilestoneSpan("M1"))
    return judge_criterion(BOOK.by_id[name], of, context)


@pytest.mark.parametrize("languages", [["typescript"], ["javascript", "typescript"], ["TypeScript"]])
def test_in_its_languages_the_evidence_decides_alone(languages: Sequence[str]) -> None:
    of = tree(*languages)
    assert ask("G1.any", of, model()).basis is Basis.ARTEFACT
    assert ask("G1.any", of, model("any"), G1__any=BO).status is Status.FAIL
    missing = ask("G1.any", of, G1__any=BO)
    assert (missing.status, missing.reason) == (Status.MISSING, "no artefact is mapped to `model`")


def test_in_another_language_the_role_attests() -> None:
    result = ask("G1.any", tree("go"), broken("model", EvidenceStatus.MISSING))
    assert (result.status, result.reason, result.reason_code) == ("missing", WHY, ReasonCode.UNDECIDABLE)
    assert [one.message for one in result.reasons] == [WHY]
    assert list(attesting_roles(result)) == ["architecture"]
    attested_ = ask("G1.any", tree("go"), G1__any=BO)
    assert (attested_.status, attested_.basis) == (Status.PASS, Basis.ATTESTATION)


def test_what_holds_in_one_language_does_not_answer_for_another() -> None:
    assert ask("G1.any", tree("go", "typescript"), model()).reason == WHY
    assert ask("G1.any", tree("go", "typescript"), model(), G1__any=BO).basis is Basis.ATTESTATION
    assert "in go, java, ruby and 1 more" in str(ask("G1.any", tree("go", "java", "ruby", "zig")).reason)


def test_an_attestation_does_not_override_what_fails_in_any_language() -> None:
    result = ask("G1.any", tree("go", "typescript"), model("any"), G1__any=BO)
    assert [(one.status, one.code) for one in result.reasons] == [
        (Status.FAIL, None),
        (Status.MISSING, ReasonCode.UNDECIDABLE),
    ]
    assert result.status is Status.FAIL
    assert remedy_of(result) == "Fix it."


@pytest.mark.parametrize("status", [EvidenceStatus.MISSING, EvidenceStatus.UNREADABLE])
def test_if_the_languages_are_not_known_no_attestation_helps(status: EvidenceStatus) -> None:
    result = ask("G1.any", broken("source", status), model(), G1__any=BO)
    assert (str(result.status), result.reason, len(result.reasons)) == (
        str(status),
        f"`source` is {status}",
        1,
    )
    assert result.attestation is None


@pytest.mark.parametrize(
    ("languages", "why"), [((), "`source` names no languages"), (None, "`source` does not say languages")]
)
def test_a_tree_without_languages_proves_nothing(languages: tuple[str, ...] | None, why: str) -> None:
    known = evidence("source", SourceFacts(files=("a",), languages=languages))
    for result in (ask("G1.any", known, model()), ask("G1.any", known, model(), G1__any=BO)):
        assert (result.status, result.reason) == (Status.MISSING, why)


def test_every_tree_that_is_read_must_be_known() -> None:
    assert ask("G1.both", tree("go"), G1__both=BO).reason == "no artefact is mapped to `whole`"
    assert ask("G1.both", tree("go"), tree("typescript", slot="whole"), G1__both=BO).status is Status.PASS
    assert ask("G1.both", tree("typescript"), tree("go", slot="whole")).reason == WHY


def test_the_count_of_subjects_in_some_languages_is_not_zero_in_all() -> None:
    assert ask("G1.roots", tree("typescript", files=()), model()).status is Status.NOT_APPLICABLE
    assert ask("G1.roots", tree("go", files=()), model(aggregates=())).reason == WHY
    assert ask("G1.roots", tree("go", files=()), G1__roots=BO).status is Status.PASS
    assert ask("G1.roots", broken("source"), model()).reason == "`source` is unreadable", "counted only"


def test_the_role_that_may_always_attest_may_also_attest_here() -> None:
    result = ask("G1.roots", tree("go"))
    assert list(attesting_roles(result)) == ["owner", "architecture"]
    assert ask("G1.roots", tree("go"), G1__roots="ada owner").status is Status.PASS


def test_what_is_not_understood_in_its_languages_is_attested_for_a_time_only() -> None:
    place = NotUnderstood(Finding("odd"), frozenset({"files"}))
    [(key, seen)] = tree("typescript", files=None).items()
    doubted = {key: seen._replace(parts=(seen.parts[0]._replace(not_understood=(place,)),))}
    result = ask("G1.any", doubted, model(), G1__any=BO)
    assert (
        result.reason
        == "the attestation does not count: it was made as architecture; the criterion needs security"
    )
    assert ask("G1.any", doubted, model()).reason_code is ReasonCode.NOT_UNDERSTOOD
    elsewhere = {key: seen._replace(facts=SourceFacts(languages=("go",)), parts=doubted[key].parts)}
    assert ask("G1.any", elsewhere, G1__any=BO).status is Status.PASS, "in Go it counts for good"
    assert ask("G1.any", elsewhere, G1__any="cy security").status is Status.MISSING


def test_an_attestation_lapses_as_any_other_and_does_not_make_evidence_fresh() -> None:
    assert (
        ask("G1.any", tree("go"), G1__any=f"{BO} 2026-10-01").reason == "50 days old; at most 30 are allowed"
    )
    old, new = (tree("go", produced_at=datetime(2026, 11, day, tzinfo=UTC)) for day in (1, 19))
    given = f"{BO} 2026-11-19"
    assert ask("G1.fresh", old, G1__fresh=given).reason == "`source` is 19 days old; at most 10 are allowed"
    assert ask("G1.fresh", new, G1__fresh=given).status is Status.PASS


def test_the_remedy_says_how_to_attest_all_that_one_role_attests() -> None:
    one, twin, other = (ask(name, tree("go")) for name in ("G1.any", "L1.any", "G1.roots"))
    assert remedy_of(one) == (
        "Have architecture attest G1.any: `gatekeeper attest SERVICE G1.any --by NAME --role architecture --link URL`."
    )
    assert remedy_of(twin) == remedy_of(one)
    assert tasks(one) == tasks(twin)
    assert [of.key for of in tasks(one)] == [of.key for of in tasks(other)]
    assert remedy_of(one, twin, other) == (
        "Have architecture attest G1.any and G1.roots: "
        "`gatekeeper attest SERVICE CRITERION --by NAME --role architecture --link URL`."
    )
