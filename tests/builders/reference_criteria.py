"""The criteria of the reference rulebook, a row each: what the rulebook must ask, and how strictly."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Row(NamedTuple):
    """What one criterion must be, whatever else its stanza says."""

    words: Sequence[str] = ()
    """Names, numbers and conditions that the question must have. None: the published lists lack the criterion."""
    requires: Mapping[str, Mapping[str, Any]] = {}
    """By fact, what is asked at least; what a slot of tests or evaluations must have is checked of all."""
    conditions: Mapping[str, Any] = {}
    """Who may leave it open, when and why: nobody else, never else. By the field of the stanza."""
    in_pilot: bool = True
    """Whether services of the pilot have artefacts for it; every criterion has cases in `gates/tests/`."""


CRITERIA: Mapping[str, Row] = {
    "G1.pure": Row(
        words=["pure TypeScript", "framework import"],
        requires={"domain_source.framework_imports": {"empty": True}},
    ),
    "G1.invariants": Row(
        words=["every aggregate root", "constructor", "commands"],
        requires={
            "domain_source.aggregates_without_invariants": {"empty": True},
            "invariant_register.untested": {"empty": True},
            "domain_tests.passed": {"mentions": {"fact": "invariant_register.tests"}},
        },
        conditions={"subjects": {"fact": "domain_source.aggregates", "up_to": "L1"}},
    ),
    "G1.coverage": Row(
        words=["95 %", "domain"],
        requires={
            "domain_coverage.lines_pct": {"at_least": 95},
            "domain_source.files": {"within": {"fact": "domain_coverage.paths"}},
        },
        conditions={"subjects": {"fact": "domain_source.aggregates", "up_to": "L1"}},
    ),
    "G1.no-any": Row(words=["`any`"], requires={"domain_source.any_types": {"empty": True}}),
    "G1.value-objects": Row(
        words=["equal by value", "equals()"],
        requires={"domain_source.value_objects_without_equals": {"empty": True}},
        conditions={"subjects": {"fact": "domain_source.aggregates", "up_to": "L1"}},
    ),
    "G2.published": Row(
        words=["OpenAPI 3.1", "/openapi.json", "versioned"],
        requires={
            "api.spec_series": {"equals": "3.1"},
            "api.published_path": {"equals": "/openapi.json"},
            "api.api_version": {"empty": False},
        },
    ),
    "G2.problem-json": Row(
        words=["every error", "Problem+JSON"],
        requires={"api.errors_without_problem_json": {"empty": True}},
        conditions={"subjects": "api.error_responses"},
    ),
    "G2.idempotency-key": Row(
        words=["all writes", "Idempotency-Key"],
        requires={"api.writes_without_idempotency_key": {"empty": True}},
        conditions={"subjects": "api.writes"},
    ),
    "G2.if-match": Row(
        words=["all mutations", "If-Match"],
        requires={"api.mutations_without_if_match": {"empty": True}},
        conditions={"subjects": "api.mutations"},
    ),
    "G2.cursor-pagination": Row(
        words=["cursor", "none by offset"],
        requires={
            "api.collections_without_cursor": {"empty": True},
            "api.offset_parameters": {"empty": True},
        },
        conditions={"subjects": "api.collections"},
    ),
    "G2.error-codes": Row(
        words=["registry", "ad-hoc string"],
        requires={"api.error_codes": {"empty": False, "within": {"fact": "error_registry.codes"}}},
        conditions={"subjects": "api.error_responses"},
    ),
    "G2.rate-limit-headers": Row(
        words=["throttled routes", "rate-limit headers"],
        requires={"api.throttled_without_headers": {"empty": True}},
        conditions={"subjects": "api.throttled", "waivable_by": "architecture"},
    ),
    "G2.compatible": Row(
        requires={"api_changes.breaking": {"empty": True}}, conditions={"or_attested_by": "architecture"}
    ),
    "G3.outgoing-schemas": Row(
        words=["every outgoing event", "schema", "registry"],
        requires={"events.published_without_schema": {"empty": True}},
        conditions={"subjects": "events.published"},
    ),
    "G3.incoming-validated": Row(
        words=["every incoming event", "consumed"],
        requires={"event_tests.passed": {"mentions": {"fact": "events.consumed"}}},
        conditions={"subjects": "events.consumed"},
    ),
    "G3.outbox-inbox": Row(
        words=["outbox", "inbox"],
        requires={"migrations.has_outbox": {"equals": True}, "migrations.has_inbox": {"equals": True}},
    ),
    "G3.pact": Row(
        words=["Pact", "each registered consumer"],
        requires={
            "contracts.unverified": {"empty": True},
            "events.registered_consumers": {"within": {"fact": "contracts.verified_consumers"}},
        },
        conditions={"from": "L2"},
    ),
    "G3.envelope": Row(
        words=["tenantId", "retentionClass", "dataResidency"],
        requires={"events.envelope_missing": {"empty": True}},
        conditions={"subjects": "events.published"},
    ),
    "G4.registrations": Row(
        words=["every replicable aggregate", "SyncRegistration"],
        requires={"sync_registry.unregistered": {"empty": True}},
    ),
    "G4.conflict-policy": Row(
        words=["conflict policy", "02, section 7"],
        requires={"sync_registry.without_conflict_policy": {"empty": True}},
    ),
    "G4.push-idempotency": Row(
        words=["push", "clientMutationId"], requires={"sync_tests.passed": {"mentions": ["clientMutationId"]}}
    ),
    "G4.pull-cursor": Row(
        words=["pull", "cursor", "hasMore"],
        requires={"sync_tests.passed": {"mentions": ["cursor", "hasMore"]}},
    ),
    "G4.chaos": Row(
        words=["drop", "retry", "partial push"],
        requires={"sync_chaos_tests.passed": {"mentions": ["drop", "retry", "partial push"]}},
    ),
    "G4.conformance": Row(),
    "G5.no-sdk": Row(
        words=["direct LLM SDK import"],
        requires={"service_source.llm_sdk_imports": {"empty": True}},
        conditions={"applies_when": {"except_services": ["ai-gateway-service"]}},
    ),
    "G5.ai-client": Row(
        words=["every AI-calling use case", "AIClient"],
        requires={"service_source.ai_calls_outside_port": {"empty": True}},
        conditions={"subjects": "service_source.ai_calls"},
    ),
    "G5.provenance": Row(
        words=["AIProvenance", "every persisted AI"],
        requires={"provenance_tests.passed": {"mentions": ["AIProvenance"]}},
    ),
    "G5.prompt-registry": Row(
        words=["registry", "pinned per tenant"], requires={"prompt_registry.unpinned": {"empty": True}}
    ),
    "G5.evals": Row(
        words=["prompt regression", "safety eval", "before promotion"],
        requires={"prompt_regression.failed": {"empty": True}, "safety_eval.failed": {"empty": True}},
    ),
    "G5.budget": Row(
        requires={"ai_dashboard.panels": {"mentions": ["budget"]}}, conditions={"or_attested_by": "owner"}
    ),
    "G6.slos": Row(
        words=["availability", "p50", "p95", "p99", "error rate"],
        requires={
            "slos.objectives": {
                "includes": ["availability", "latency_p50", "latency_p95", "latency_p99", "error_rate"]
            }
        },
    ),
    "G6.traces": Row(
        words=["OpenTelemetry", "traceparent", "end to end"],
        requires={"traces.crossings": {"at_least": 1}, "traces.broken": {"empty": True}},
    ),
    "G6.metrics": Row(
        words=["RPS", "latency", "errors", "saturation"],
        requires={"dashboard.signals": {"includes": ["traffic", "latency", "errors", "saturation"]}},
    ),
    "G6.dashboard-link": Row(
        words=["runbook", "dashboard"], requires={"runbook.links": {"mentions": {"fact": "dashboard.uid"}}}
    ),
    "G6.alerts": Row(
        words=["thresholds", "escalation"],
        requires={"alerts.without_threshold": {"empty": True}, "alerts.without_escalation": {"empty": True}},
    ),
    "G7.peak-load": Row(
        words=["k6", "peak-hour", "p95", "p99"],
        requires={
            "load_test.p95_ms": {"at_most": {"target": "p95_ms"}},
            "load_test.p99_ms": {"at_most": {"target": "p99_ms"}},
            "load_test.rps": {"at_least": {"target": "rps"}},
            "load_test.thresholds_failed": {"empty": True},
        },
        conditions={"max_age_days": 30, "same_commit": True},
    ),
    "G7.saturation": Row(
        words=["saturation point", "documented"],
        requires={"capacity_plan.sections": {"mentions": ["saturation"]}},
    ),
    "G7.degradation": Row(
        words=["documented", "shed"], requires={"capacity_plan.sections": {"mentions": ["degradation"]}}
    ),
    "G7.cold-and-warm": Row(
        words=["both", "cold start", "warm cache", "measured"],
        requires={"cold_start_test.requests": {"at_least": 1}, "warm_cache_test.requests": {"at_least": 1}},
    ),
    "G8.isolation": Row(
        words=["two-tenant isolation"],
        requires={"migrations.tenant_tables_without_rls": {"empty": True}},
        conditions={"from": "L2", "or_attested_by": "security"},
    ),
    "G8.threat-model": Row(
        words=["threat model", "this milestone"],
        requires={"threat_model.front_matter.milestone": {"equals": {"context": "milestone"}}},
        conditions={"or_attested_by": "security", "per_milestone": True},
    ),
    "G8.pen-test": Row(
        words=["closed", "scope of the release"],
        requires={"pen_test.open": {"empty": True}},
        conditions={"from": "L3", "or_attested_by": "security"},
    ),
    "G8.audit-events": Row(
        words=["every sensitive action", "audit event"],
        requires={"audit_events.without_event": {"empty": True}},
    ),
    "G8.tenant-keys": Row(
        words=["KMS keys", "each tenant", "where that applies"],
        conditions={"attested_by": "security", "waivable_by": "security"},
    ),
    "G8.vulnerabilities": Row(
        words=["dependency scan"],
        requires={"vulnerability_scan.critical": {"at_most": 0}, "vulnerability_scan.high": {"at_most": 0}},
        conditions={"max_age_days": 30, "same_commit": True},
    ),
    "G8.review": Row(conditions={"attested_by": "security"}),
    "L1.scaffold": Row(
        words=["scaffold", "domain", "ports"],
        requires={"domain_source.folders": {"includes": ["domain", "ports"]}},
        conditions={"or_attested_by": "owner"},
    ),
    "L1.no-customer-endpoints": Row(
        words=["no customer endpoint"],
        requires={"api.customer_operations": {"at_most": 0}},
        conditions={"only_at": "L1", "or_attested_by": "owner"},
    ),
    "L2.use-cases": Row(words=["subset of the use cases", "called"]),
    "L2.contracts": Row(
        words=["Pact contracts", "flows"],
        conditions={"applies_when": {"any_gate": ["G2", "G3"]}, "same_as": "G3.pact"},
    ),
    "L2.tenant-isolation": Row(
        words=["row-level security", "tenant isolation"], conditions={"same_as": "G8.isolation"}
    ),
    "L3.slo-targets": Row(
        words=["feature subset", "target SLOs"],
        requires={
            "load_test.p95_ms": {"at_most": {"target": "p95_ms"}},
            "load_test.p99_ms": {"at_most": {"target": "p99_ms"}},
            "load_test.error_pct": {"at_most": {"target": "error_pct"}},
        },
    ),
    "L3.offline-hooks": Row(
        words=["offline hooks registered"],
        requires={"sync_registry.unregistered": {"empty": True}},
        conditions={"applies_when": {"gate": "G4"}},
    ),
    "L3.ai-provenance": Row(
        words=["AI provenance enforced"],
        conditions={"applies_when": {"gate": "G5"}, "same_as": "G5.provenance"},
    ),
    "L3.pen-test": Row(words=["pen-test #1 closed"], conditions={"same_as": "G8.pen-test"}),
    "L4.capabilities": Row(
        words=["feature-complete", "all applicable capabilities"],
        conditions={"attested_by": "architecture", "covers_capabilities": True},
    ),
    "L4.evals": Row(
        words=["prompt regression", "safety eval"],
        requires={
            "service_prompt_regression.failed": {"empty": True},
            "service_safety_eval.failed": {"empty": True},
        },
        conditions={"applies_when": {"gate": "G5"}},
    ),
    "L4.chaos": Row(words=["chaos tests"]),
    "L4.dr-drill": Row(
        words=["disaster recovery drill", "executed"],
        requires={"dr_drill.front_matter.outcome": {"equals": "passed"}},
        conditions={"max_age_days": 365},
    ),
}

FROM_DEFINITIONS = frozenset(name for name, row in CRITERIA.items() if not row.words)
"""Criteria from the gates' own definitions; the published lists of acceptance criteria lack them."""
NOT_IN_PILOT = tuple(name for name, row in CRITERIA.items() if not row.in_pilot)
"""Criteria that the pilot is not asked in tests, for it has no artefacts for them."""
