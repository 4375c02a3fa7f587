"""The reference rulebook asks what the readiness document asks, of facts that collectors give."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
import yaml

from builders.documents import FROM_DEFINITIONS, section
from builders.workspaces import ROOT, Run
from gatekeeper.collectors import find
from gatekeeper.model.rulebook import Criterion, Gate, Governance, Levels, Slot

IDS = {
    "G1": ["pure", "invariants", "coverage", "no-any", "value-objects"],
    "G2": [
        "published",
        "problem-json",
        "idempotency-key",
        "if-match",
        "cursor-pagination",
        "error-codes",
        "rate-limit-headers",
        "compatible",
    ],
    "G3": ["outgoing-schemas", "incoming-validated", "outbox-inbox", "pact", "envelope"],
    "G4": ["registrations", "conflict-policy", "push-idempotency", "pull-cursor", "chaos", "conformance"],
    "G5": ["no-sdk", "ai-client", "provenance", "prompt-registry", "evals", "budget"],
    "G6": ["slos", "traces", "metrics", "dashboard-link", "alerts"],
    "G7": ["peak-load", "saturation", "degradation", "cold-and-warm"],
    "G8": [
        "isolation",
        "threat-model",
        "pen-test",
        "audit-events",
        "tenant-keys",
        "vulnerabilities",
        "review",
    ],
    "L1": ["scaffold", "no-customer-endpoints"],
    "L2": ["use-cases", "contracts", "tenant-isolation"],
    "L3": ["slo-targets", "offline-hooks", "ai-provenance", "pen-test"],
    "L4": ["capabilities", "evals", "chaos", "dr-drill"],
}
CRITERIA = [f"{group}.{name}" for group, names in IDS.items() for name in names]
GATES = [group for group in IDS if group.startswith("G")]
THRESHOLDS = [
    ("G1.pure", "domain_source.framework_imports", {"empty": True}),
    ("G1.invariants", "domain_source.aggregates_without_invariants", {"empty": True}),
    ("G1.invariants", "invariant_register.untested", {"empty": True}),
    ("G1.invariants", "domain_tests.passed", {"mentions": {"fact": "invariant_register.tests"}}),
    ("G1.coverage", "domain_coverage.lines_pct", {"at_least": 95}),
    ("G1.coverage", "domain_source.files", {"within": {"fact": "domain_coverage.paths"}}),
    ("G1.no-any", "domain_source.any_types", {"empty": True}),
    ("G1.value-objects", "domain_source.value_objects_without_equals", {"empty": True}),
    ("G2.published", "api.spec_series", {"equals": "3.1"}),
    ("G2.published", "api.published_path", {"equals": "/openapi.json"}),
    ("G2.published", "api.api_version", {"empty": False}),
    ("G2.problem-json", "api.errors_without_problem_json", {"empty": True}),
    ("G2.idempotency-key", "api.writes_without_idempotency_key", {"empty": True}),
    ("G2.if-match", "api.mutations_without_if_match", {"empty": True}),
    ("G2.cursor-pagination", "api.collections_without_cursor", {"empty": True}),
    ("G2.cursor-pagination", "api.offset_parameters", {"empty": True}),
    ("G2.error-codes", "api.error_codes", {"empty": False, "within": {"fact": "error_registry.codes"}}),
    ("G2.rate-limit-headers", "api.throttled_without_headers", {"empty": True}),
    ("G2.compatible", "api_changes.breaking", {"empty": True}),
    ("G3.outgoing-schemas", "events.published_without_schema", {"empty": True}),
    ("G3.incoming-validated", "event_tests.passed", {"mentions": {"fact": "events.consumed"}}),
    ("G3.outbox-inbox", "migrations.has_outbox", {"equals": True}),
    ("G3.outbox-inbox", "migrations.has_inbox", {"equals": True}),
    ("G3.pact", "contracts.unverified", {"empty": True}),
    ("G3.pact", "events.registered_consumers", {"within": {"fact": "contracts.verified_consumers"}}),
    ("G3.envelope", "events.envelope_missing", {"empty": True}),
    ("G4.registrations", "sync_registry.unregistered", {"empty": True}),
    ("G4.conflict-policy", "sync_registry.without_conflict_policy", {"empty": True}),
    ("G4.push-idempotency", "sync_tests.passed", {"mentions": ["clientMutationId"]}),
    ("G4.pull-cursor", "sync_tests.passed", {"mentions": ["cursor", "hasMore"]}),
    ("G4.chaos", "sync_chaos_tests.passed", {"mentions": ["drop", "retry", "partial push"]}),
    ("G5.no-sdk", "service_source.llm_sdk_imports", {"empty": True}),
    ("G5.ai-client", "service_source.ai_calls_outside_port", {"empty": True}),
    ("G5.provenance", "provenance_tests.passed", {"mentions": ["AIProvenance"]}),
    ("G5.prompt-registry", "prompt_registry.unpinned", {"empty": True}),
    ("G5.evals", "prompt_regression.failed", {"empty": True}),
    ("G5.evals", "safety_eval.failed", {"empty": True}),
    ("G5.budget", "ai_dashboard.panels", {"mentions": ["budget"]}),
    (
        "G6.slos",
        "slos.objectives",
        {"includes": ["availability", "latency_p50", "latency_p95", "latency_p99", "error_rate"]},
    ),
    ("G6.traces", "traces.crossings", {"at_least": 1}),
    ("G6.traces", "traces.broken", {"empty": True}),
    ("G6.metrics", "dashboard.signals", {"includes": ["traffic", "latency", "errors", "saturation"]}),
    ("G6.dashboard-link", "runbook.links", {"mentions": {"fact": "dashboard.uid"}}),
    ("G6.alerts", "alerts.without_threshold", {"empty": True}),
    ("G6.alerts", "alerts.without_escalation", {"empty": True}),
    ("G7.peak-load", "load_test.p95_ms", {"at_most": {"target": "p95_ms"}}),
    ("G7.peak-load", "load_test.p99_ms", {"at_most": {"target": "p99_ms"}}),
    ("G7.peak-load", "load_test.rps", {"at_least": {"target": "rps"}}),
    ("G7.peak-load", "load_test.thresholds_failed", {"empty": True}),
    ("G7.saturation", "capacity_plan.sections", {"mentions": ["saturation"]}),
    ("G7.degradation", "capacity_plan.sections", {"mentions": ["degradation"]}),
    ("G7.cold-and-warm", "cold_start_test.requests", {"at_least": 1}),
    ("G7.cold-and-warm", "warm_cache_test.requests", {"at_least": 1}),
    ("G8.isolation", "migrations.tenant_tables_without_rls", {"empty": True}),
    ("G8.threat-model", "threat_model.front_matter.milestone", {"equals": {"context": "milestone"}}),
    ("G8.pen-test", "pen_test.open", {"empty": True}),
    ("G8.audit-events", "audit_events.without_event", {"empty": True}),
    ("G8.vulnerabilities", "vulnerability_scan.critical", {"at_most": 0}),
    ("G8.vulnerabilities", "vulnerability_scan.high", {"at_most": 0}),
    ("L1.scaffold", "domain_source.folders", {"includes": ["domain", "ports"]}),
    ("L1.no-customer-endpoints", "api.customer_operations", {"at_most": 0}),
    ("L3.slo-targets", "load_test.p95_ms", {"at_most": {"target": "p95_ms"}}),
    ("L3.slo-targets", "load_test.p99_ms", {"at_most": {"target": "p99_ms"}}),
    ("L3.slo-targets", "load_test.error_pct", {"at_most": {"target": "error_pct"}}),
    ("L3.offline-hooks", "sync_registry.unregistered", {"empty": True}),
    ("L4.evals", "service_prompt_regression.failed", {"empty": True}),
    ("L4.evals", "service_safety_eval.failed", {"empty": True}),
    ("L4.dr-drill", "dr_drill.front_matter.outcome", {"equals": "passed"}),
]
"""What the document asks, as requirements: the criterion, the fact, what is asked of it."""

WORDS = [
    ("G1.pure", ["pure TypeScript", "framework import"]),
    ("G1.invariants", ["every aggregate root", "constructor", "commands"]),
    ("G1.coverage", ["95 %", "domain"]),
    ("G1.no-any", ["`any`"]),
    ("G1.value-objects", ["equal by value", "equals()"]),
    ("G2.published", ["OpenAPI 3.1", "/openapi.json", "versioned"]),
    ("G2.problem-json", ["every error", "Problem+JSON"]),
    ("G2.idempotency-key", ["all writes", "Idempotency-Key"]),
    ("G2.if-match", ["all mutations", "If-Match"]),
    ("G2.cursor-pagination", ["cursor", "none by offset"]),
    ("G2.error-codes", ["registry", "ad-hoc string"]),
    ("G2.rate-limit-headers", ["throttled routes", "rate-limit headers"]),
    ("G3.outgoing-schemas", ["every outgoing event", "schema", "registry"]),
    ("G3.incoming-validated", ["every incoming event", "consumed"]),
    ("G3.outbox-inbox", ["outbox", "inbox"]),
    ("G3.pact", ["Pact", "each registered consumer"]),
    ("G3.envelope", ["tenantId", "retentionClass", "dataResidency"]),
    ("G4.registrations", ["every replicable aggregate", "SyncRegistration"]),
    ("G4.conflict-policy", ["conflict policy", "02, section 7"]),
    ("G4.push-idempotency", ["push", "clientMutationId"]),
    ("G4.pull-cursor", ["pull", "cursor", "hasMore"]),
    ("G4.chaos", ["drop", "retry", "partial push"]),
    ("G5.no-sdk", ["direct LLM SDK import"]),
    ("G5.ai-client", ["every AI-calling use case", "AIClient"]),
    ("G5.provenance", ["AIProvenance", "every persisted AI"]),
    ("G5.prompt-registry", ["registry", "pinned per tenant"]),
    ("G5.evals", ["prompt regression", "safety eval", "before promotion"]),
    ("G6.slos", ["availability", "p50", "p95", "p99", "error rate"]),
    ("G6.traces", ["OpenTelemetry", "traceparent", "end to end"]),
    ("G6.metrics", ["RPS", "latency", "errors", "saturation"]),
    ("G6.dashboard-link", ["runbook", "dashboard"]),
    ("G6.alerts", ["thresholds", "escalation"]),
    ("G7.peak-load", ["k6", "peak-hour", "p95", "p99"]),
    ("G7.saturation", ["saturation point", "documented"]),
    ("G7.degradation", ["documented", "shed"]),
    ("G7.cold-and-warm", ["both", "cold start", "warm cache", "measured"]),
    ("G8.isolation", ["two-tenant isolation"]),
    ("G8.threat-model", ["threat model", "this milestone"]),
    ("G8.pen-test", ["closed", "scope of the release"]),
    ("G8.audit-events", ["every sensitive action", "audit event"]),
    ("G8.tenant-keys", ["KMS keys", "each tenant", "where that applies"]),
    ("G8.vulnerabilities", ["dependency scan"]),
    ("L1.scaffold", ["scaffold", "domain", "ports"]),
    ("L1.no-customer-endpoints", ["no customer endpoint"]),
    ("L2.use-cases", ["subset of the use cases", "called"]),
    ("L2.contracts", ["Pact contracts", "flows"]),
    ("L2.tenant-isolation", ["row-level security", "tenant isolation"]),
    ("L3.slo-targets", ["feature subset", "target SLOs"]),
    ("L3.offline-hooks", ["offline hooks registered"]),
    ("L3.ai-provenance", ["AI provenance enforced"]),
    ("L3.pen-test", ["pen-test #1 closed"]),
    ("L4.capabilities", ["feature-complete", "all applicable capabilities"]),
    ("L4.evals", ["prompt regression", "safety eval"]),
    ("L4.chaos", ["chaos tests"]),
    ("L4.dr-drill", ["disaster recovery drill", "executed"]),
]
"""Names, numbers and conditions of the document that the question itself must tell."""

MEANINGS = {
    "G1": ["invariants", "pure TypeScript", "unit tests cover every invariant"],
    "G2": [
        "published and versioned",
        "idempotency",
        "problem+json",
        "cursor pagination",
        "If-Match for mutations",
    ],
    "G3": ["subjects", "JSON Schemas", "outbox", "inbox", "Pact", "every registered consumer"],
    "G4": ["replicable aggregates", "sync-service", "conflict policy"],
    "G5": [
        "AIClient port only",
        "provenance",
        "prompts are registered and evaluated",
        "budget is observable",
    ],
    "G6": ["SLOs", "OpenTelemetry traces", "metrics", "dashboards", "runbook"],
    "G7": ["k6", "target p95 and p99", "saturation", "degradation", "documented"],
    "G8": ["two-tenant isolation", "threat model", "pen-test", "audit events", "KMS keys per tenant"],
    "L1": ["scaffold", "empty domain", "ports", "no customer endpoint"],
    "L2": ["some use cases", "Pact contracts", "those flows", "row-level security", "tenant isolation"],
    "L3": ["subset", "target SLOs", "offline hooks", "AI provenance", "where they apply", "pen-test #1"],
    "L4": [
        "specification (03)",
        "all applicable capabilities",
        "prompt regression",
        "safety eval",
        "chaos",
        "drill",
    ],
}
"""What the document's tables of gates and levels name."""

MARKS: dict[str, dict[str, Any]] = {
    "from": {"G3.pact": "L2", "G8.isolation": "L2", "G8.pen-test": "L3"},
    "only_at": {"L1.no-customer-endpoints": "L1"},
    "applies_when": {
        "G5.no-sdk": {"except_services": ["ai-gateway-service"]},
        "L2.contracts": {"any_gate": ["G2", "G3"]},
        "L3.offline-hooks": {"gate": "G4"},
        "L3.ai-provenance": {"gate": "G5"},
        "L4.evals": {"gate": "G5"},
    },
    "same_as": {
        "L2.contracts": "G3.pact",
        "L2.tenant-isolation": "G8.isolation",
        "L3.ai-provenance": "G5.provenance",
        "L3.pen-test": "G8.pen-test",
    },
    "subjects": {
        "G1.invariants": {"fact": "domain_source.aggregates", "up_to": "L1"},
        "G1.coverage": {"fact": "domain_source.aggregates", "up_to": "L1"},
        "G1.value-objects": {"fact": "domain_source.aggregates", "up_to": "L1"},
        "G2.problem-json": "api.error_responses",
        "G2.idempotency-key": "api.writes",
        "G2.if-match": "api.mutations",
        "G2.cursor-pagination": "api.collections",
        "G2.error-codes": "api.error_responses",
        "G2.rate-limit-headers": "api.throttled",
        "G3.outgoing-schemas": "events.published",
        "G3.incoming-validated": "events.consumed",
        "G3.envelope": "events.published",
        "G5.ai-client": "service_source.ai_calls",
    },
    "attested_by": {"G8.tenant-keys": "security", "G8.review": "security", "L4.capabilities": "architecture"},
    "or_attested_by": {
        "G2.compatible": "architecture",
        "G5.budget": "owner",
        "G8.isolation": "security",
        "G8.threat-model": "security",
        "G8.pen-test": "security",
        "L1.scaffold": "owner",
        "L1.no-customer-endpoints": "owner",
    },
    "waivable_by": {"G2.rate-limit-headers": "architecture", "G8.tenant-keys": "security"},
    "max_age_days": {"G7.peak-load": 30, "G8.vulnerabilities": 30, "L4.dr-drill": 365},
    "same_commit": {"G7.peak-load": True, "G8.vulnerabilities": True},
    "per_milestone": {"G8.threat-model": True},
    "covers_capabilities": {"L4.capabilities": True},
}
"""Who may leave a criterion open, when and why: nobody else, never else."""


# --- The rulebook ----------------------------------------------------------------------------------


def manifest(name: str) -> dict[str, Any]:
    written: dict[str, Any] = yaml.safe_load((ROOT / "gates" / f"{name}.yaml").read_text(encoding="utf-8"))
    return written


def stanzas() -> Iterator[dict[str, Any]]:
    """Give all criteria as they are written, in the order of the rulebook."""
    for gate in GATES:
        yield from manifest(gate)["criteria"]
    for level in manifest("levels")["levels"]:
        yield from level.get("criteria", ())


@pytest.fixture(scope="module")
def criteria() -> dict[str, Criterion]:
    return {stanza["id"]: Criterion.model_validate(stanza) for stanza in stanzas()}


def defined_slots() -> list[tuple[str, Slot]]:
    groups = [manifest(name)["slots"] for name in ("levels", *GATES)]
    return [(name, Slot.model_validate(slot)) for group in groups for name, slot in group.items()]


@pytest.fixture(scope="module")
def slots() -> dict[str, Slot]:
    return dict(defined_slots())


class Use(NamedTuple):
    """A fact that a criterion reads."""

    slot: str
    field: str


def uses(criterion: Criterion) -> Iterator[Use]:
    facts = list(criterion.requires)
    for requirement in criterion.requires.values():
        operands = requirement.model_dump(exclude_unset=True).values()
        facts += [
            operand["fact"] for operand in operands if isinstance(operand, Mapping) and "fact" in operand
        ]
    if criterion.subjects:
        facts.append(criterion.subjects.fact)
    for fact in facts:
        slot, field, *_ = fact.split(".")
        yield Use(slot, field)


def asked(criterion: Criterion, fact: str) -> dict[str, Any]:
    requirement = criterion.requires.get(fact)
    return requirement.model_dump(exclude_unset=True) if requirement else {}


def test_the_folder_holds_the_rulebook_and_nothing_else() -> None:
    names = {path.name for path in (ROOT / "gates").iterdir()}
    assert names == {"levels.yaml", "governance.yaml", *(f"{gate}.yaml" for gate in GATES)}


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_fits_the_model_and_its_file(gate: str) -> None:
    assert Gate.model_validate(manifest(gate)).gate == gate


def test_every_criterion_of_the_design_is_there_once_and_in_order() -> None:
    assert len(CRITERIA) == 59
    assert [stanza["id"] for stanza in stanzas()] == CRITERIA


@pytest.mark.parametrize("group", IDS)
def test_a_criterion_stands_in_the_file_of_its_gate_or_level(group: str) -> None:
    levels = {level["level"]: level for level in manifest("levels")["levels"]}
    holder = manifest(group) if group in GATES else levels[group]
    assert [stanza["id"] for stanza in holder["criteria"]] == [f"{group}.{name}" for name in IDS[group]]


# --- What it reads ---------------------------------------------------------------------------------


def test_each_slot_is_defined_once() -> None:
    names = [name for name, _ in defined_slots()]
    assert sorted(names) == sorted(set(names))


def test_each_slot_has_a_known_kind_and_options_that_it_understands(slots: dict[str, Slot]) -> None:
    for name, slot in slots.items():
        kind = find(slot.kind)
        assert kind, f"{name}: there is no kind {slot.kind}"
        assert set(slot.options) <= kind.options, name
        assert slot.about, f"{name} does not say what to map"


@pytest.mark.parametrize("name", CRITERIA)
def test_a_criterion_reads_facts_that_its_slots_give(
    name: str, criteria: dict[str, Criterion], slots: dict[str, Slot]
) -> None:
    for use in uses(criteria[name]):
        assert use.slot in slots, f"{name} reads {use.slot}, which no file defines"
        kind = find(slots[use.slot].kind)
        assert kind
        assert kind.fields
        assert use.field in kind.fields, f"{slots[use.slot].kind} has no fact {use.field}"


def test_each_slot_is_read_by_a_criterion_or_by_the_plan(
    criteria: dict[str, Criterion], slots: dict[str, Slot]
) -> None:
    read = {use.slot for criterion in criteria.values() for use in uses(criterion)}
    assert set(slots) - read == {"capability_tests", "scope_tests"}


def test_the_program_finds_no_mistake_in_it(run: Run) -> None:
    ran = run("-C", ROOT, "validate")
    assert ran.code == 0, ran.out + ran.err


@pytest.mark.parametrize("name", CRITERIA)
def test_results_without_a_passed_test_or_evaluation_pass_nothing(
    name: str, criteria: dict[str, Criterion], slots: dict[str, Slot]
) -> None:
    criterion = criteria[name]
    for slot in {fact.split(".")[0] for fact in criterion.requires}:
        if slots[slot].kind == "tests":
            passed = asked(criterion, f"{slot}.passed")
            assert passed.get("empty") is False or passed.get("mentions")
            assert asked(criterion, f"{slot}.failed") == {"empty": True}
        if slots[slot].kind == "evals":
            assert asked(criterion, f"{slot}.total") == {"at_least": 1}
            assert asked(criterion, f"{slot}.failed") == {"empty": True}


# --- What it asks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "fact", "expected"), THRESHOLDS, ids=[f"{n}-{f}" for n, f, _ in THRESHOLDS])
def test_a_requirement_is_as_strict_as_the_document(
    name: str, fact: str, expected: dict[str, Any], criteria: dict[str, Criterion]
) -> None:
    asked_of_fact = asked(criteria[name], fact)
    assert {operator: asked_of_fact.get(operator) for operator in expected} == expected


def test_every_criterion_with_requirements_has_its_own_in_the_table(criteria: dict[str, Criterion]) -> None:
    by_tests_alone = {"G4.conformance", "L2.use-cases", "L4.chaos"}
    required = {name for name, criterion in criteria.items() if criterion.requires}
    assert required - {name for name, _, _ in THRESHOLDS} == by_tests_alone


@pytest.mark.parametrize(("name", "words"), WORDS, ids=[name for name, _ in WORDS])
def test_a_question_keeps_the_names_and_numbers_of_the_document(
    name: str, words: list[str], criteria: dict[str, Criterion]
) -> None:
    question = criteria[name].question.casefold()
    assert [word for word in words if word.casefold() not in question] == []


@pytest.mark.parametrize("group", IDS)
def test_a_definition_keeps_the_names_of_the_document(group: str) -> None:
    levels = {level["level"]: level["meaning"] for level in manifest("levels")["levels"]}
    said = (manifest(group)["definition"] if group in GATES else levels[group]).casefold()
    assert [word for word in MEANINGS[group] if word.casefold() not in said] == []


def test_every_question_of_the_document_has_its_words_in_the_table() -> None:
    assert set(CRITERIA) - {name for name, _ in WORDS} == FROM_DEFINITIONS


@pytest.mark.parametrize("mark", MARKS)
def test_a_criterion_has_the_conditions_that_the_design_gives_it(mark: str) -> None:
    assert {stanza["id"]: stanza[mark] for stanza in stanzas() if mark in stanza} == MARKS[mark]


@pytest.mark.parametrize(
    ("slot", "option", "expected"),
    [
        ("domain_coverage", "include", "**/domain/**"),
        ("domain_source", "include", "**/domain/**/*.ts"),
        ("service_source", "include", "**/*.ts"),
        ("service_source", "ai_port", "AIClient"),
        ("events", "envelope", ["tenantId", "retentionClass", "dataResidency"]),
    ],
)
def test_a_slot_is_read_as_the_document_says(
    slot: str, option: str, expected: object, slots: dict[str, Slot]
) -> None:
    assert slots[slot].options[option] == expected


@pytest.mark.parametrize(
    ("slot", "option"), [("domain_source", "frameworks"), ("service_source", "llm_sdks")]
)
def test_what_must_not_be_imported_is_listed_once(slot: str, option: str, slots: dict[str, Slot]) -> None:
    packages = slots[slot].options[option]
    assert len(packages) > 10
    assert len(packages) == len(set(packages))


# --- How it speaks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CRITERIA)
def test_a_criterion_asks_one_question_and_says_why_and_what_to_do(
    name: str, criteria: dict[str, Criterion]
) -> None:
    criterion = criteria[name]
    assert criterion.question.endswith("?")
    assert criterion.question.count("?") == 1
    assert criterion.why.endswith(".")
    assert criterion.remedy.endswith(".")
    assert len({criterion.question, criterion.why, criterion.remedy}) == 3


@pytest.mark.parametrize("name", CRITERIA)
def test_a_remedy_names_every_slot_to_map(name: str, criteria: dict[str, Criterion]) -> None:
    criterion = criteria[name]
    decisive = criteria[criterion.same_as] if criterion.same_as else criterion
    for use in uses(decisive):
        assert f"`{use.slot}`" in criterion.remedy


def test_no_two_criteria_share_a_question_or_a_reason(criteria: dict[str, Criterion]) -> None:
    for said in ("question", "why"):
        sentences = [getattr(criterion, said) for criterion in criteria.values()]
        assert sorted(sentences) == sorted(set(sentences))


@pytest.mark.parametrize("name", ["levels", "governance", *GATES])
def test_a_file_is_laid_out_to_be_read(name: str) -> None:
    text = (ROOT / "gates" / f"{name}.yaml").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > 110 or line != line.rstrip()] == []
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


# --- Levels and governance -------------------------------------------------------------------------


def test_a_level_says_who_may_use_it_and_where_it_ships_to() -> None:
    levels = Levels.model_validate(manifest("levels")).levels
    said = {str(level.level): (level.audience, [str(place) for place in level.ships_to]) for level in levels}
    everywhere = ["internal", "staging", "production"]
    assert said == {
        "L0": ("Nobody", []),
        "L1": ("Internal + dev tests only", ["internal"]),
        "L2": ("Internal staging only", ["internal", "staging"]),
        "L3": ("Customer-facing", everywhere),
        "L4": ("GA-grade", everywhere),
    }


def test_an_upgrade_takes_owner_architecture_and_security() -> None:
    governance = Governance.model_validate(manifest("governance"))
    assert governance.upgrade_sign_offs == ("owner", "architecture", "security")
    assert set(governance.roles) == set(governance.upgrade_sign_offs)


def test_governance_names_policies_and_nobody() -> None:
    governance = Governance.model_validate(manifest("governance"))
    assert set(governance.policy) == {"change-control", "regression", "exceptions"}
    assert "within one milestone" in governance.policy["exceptions"]
    assert governance.roster == {}


def test_only_known_roles_may_sign(criteria: dict[str, Criterion]) -> None:
    roles = set(manifest("governance")["roles"])
    assert {manifest(gate)["role"] for gate in GATES} <= roles
    for criterion in criteria.values():
        assert {criterion.attested_by, criterion.or_attested_by, criterion.waivable_by} <= {None, *roles}


# --- The document ----------------------------------------------------------------------------------


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_has_a_criterion_for_each_of_the_document(gate: str, page: bytes) -> None:
    lines = section(page, 4)
    [start] = [here for here, line in enumerate(lines) if line.startswith(f"{gate} ")]
    following = (here for here, line in enumerate(lines) if here > start and line.startswith("G"))
    bullets = [line for line in lines[start : next(following, None)] if line.strip().startswith("•")]
    ours = {f"{gate}.{name}" for name in IDS[gate]} - FROM_DEFINITIONS
    assert len(bullets) == len(ours)


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_has_the_name_and_test_artefact_of_the_document(gate: str, page: bytes) -> None:
    [row] = [line for line in section(page, 2) if line.startswith(f"{gate} ")]
    written = manifest(gate)
    assert row.startswith(f"{gate} {written['name']}")
    assert row.endswith(written["artefact"])


@pytest.mark.parametrize("level", ["L0", "L1", "L2", "L3", "L4"])
def test_a_level_has_the_name_and_audience_of_the_document(level: str, page: bytes) -> None:
    [row] = [line for line in section(page, 1) if line.startswith(level)]
    [written] = [each for each in manifest("levels")["levels"] if each["level"] == level]
    assert row.startswith(level + written["name"])
    assert row.endswith(written["audience"]) or row == "L0Not started"
