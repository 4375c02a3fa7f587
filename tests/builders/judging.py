"""A small rulebook, and builders for services and evidence, so that each test says only what it is about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from gatekeeper import collectors
from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.collectors.document.facts import DocumentFacts
from gatekeeper.collectors.load_test.facts import LoadTestFacts
from gatekeeper.collectors.openapi.facts import OpenapiFacts
from gatekeeper.collectors.tests import facts as results
from gatekeeper.collectors.typescript.facts import TypescriptFacts
from gatekeeper.judging.judge import Facts, judge_milestone
from gatekeeper.judging.obligations.asked import CriterionContext, MilestoneSpan
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.criteria import judge_criterion
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.manifests.roadmap_order import plan_in_order
from gatekeeper.model.conventions import Conventions
from gatekeeper.model.evidence import Evidence, EvidenceKey, EvidenceStatus, Finding, Part
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Scope, Service
from gatekeeper.model.verdict import CriterionResult, MilestoneResult, ServiceResult
from gatekeeper.model.workspace import ManifestKey, Manifests
from gatekeeper.syntax.yaml import load

AS_OF = date(2026, 11, 20)

STANZA = "why: w, remedy: Fix it., effort: small"

G1 = f"""
gate: G1
name: Domain
definition: d
artefact: a
role: architecture
slots:
  unit_tests: {{kind: tests}}
  coverage: {{kind: coverage}}
  source: {{kind: typescript}}
criteria:
  - {{id: G1.tests, question: q, requires: {{unit_tests.failed: {{empty: true}}, unit_tests.total: {{at_least: 1}}}}, {STANZA}}}
  - {{id: G1.coverage, question: q, requires: {{coverage.lines_pct: {{at_least: 95}}, source.files: {{within: {{fact: coverage.paths}}}}}}, subjects: {{fact: source.aggregates, up_to: L1}}, {STANZA}}}
  - {{id: G1.deep, question: q, from: L3, requires: {{unit_tests.passed: {{mentions: [deep]}}}}, or_attested_by: owner, {STANZA}}}
"""

G2 = f"""
gate: G2
name: API
definition: d
artefact: a
role: architecture
slots:
  api: {{kind: openapi}}
criteria:
  - {{id: G2.writes, question: q, requires: {{api.writes_without_idempotency_key: {{empty: true}}}}, subjects: api.writes, {STANZA}}}
  - {{id: G2.limits, question: q, requires: {{api.throttled_without_headers: {{empty: true}}}}, waivable_by: architecture, {STANZA}}}
"""

G7 = f"""
gate: G7
name: Performance
definition: d
artefact: a
role: owner
expected_of: {{customer-facing: {{level: L3}}}}
slots:
  load: {{kind: load_test}}
criteria:
  - {{id: G7.load, question: q, requires: {{load.p95_ms: {{at_most: {{target: p95_ms}}}}}}, max_age_days: 30, same_commit: true, {STANZA}}}
"""

G8 = f"""
gate: G8
name: Security
definition: d
artefact: a
role: security
expected_of: {{customer-facing: {{level: L3}}}}
slots:
  threats: {{kind: document}}
  isolation: {{kind: tests}}
criteria:
  - {{id: G8.isolation, question: q, from: L2, requires: {{isolation.failed: {{empty: true}}, isolation.passed: {{empty: false}}}}, or_attested_by: security, {STANZA}}}
  - {{id: G8.threats, question: q, requires: {{threats.front_matter.milestone: {{equals: {{context: milestone}}}}}}, per_milestone: true, or_attested_by: security, {STANZA}}}
  - {{id: G8.review, question: q, attested_by: security, max_age_days: 90, {STANZA}}}
  - {{id: G8.residency, question: q, attested_by: security, applies_when: {{label: residency}}, {STANZA}}}
  - {{id: G8.elsewhere, question: q, attested_by: security, applies_when: {{except_services: [shop]}}, {STANZA}}}
"""

LEVELS = f"""
slots:
  capability_tests: {{kind: tests}}
  scope_tests: {{kind: tests}}
  chaos: {{kind: tests}}
levels:
  - {{level: L0, name: n, meaning: m, audience: a}}
  - level: L1
    name: n
    meaning: m
    audience: a
    ships_to: [internal]
    criteria:
      - {{id: L1.scaffold, question: q, attested_by: owner, {STANZA}}}
      - {{id: L1.no-customers, question: q, only_at: L1, attested_by: owner, {STANZA}}}
  - level: L2
    name: n
    meaning: m
    audience: a
    ships_to: [internal, staging]
    criteria:
      - {{id: L2.isolation, question: q, same_as: G8.isolation, {STANZA}}}
      - {{id: L2.contracts, question: q, attested_by: owner, applies_when: {{any_gate: [G2, G7]}}, {STANZA}}}
  - level: L3
    name: n
    meaning: m
    audience: a
    ships_to: [internal, staging, production]
    criteria:
      - {{id: L3.hooks, question: q, attested_by: owner, applies_when: {{gate: G2}}, {STANZA}}}
  - level: L4
    name: n
    meaning: m
    audience: a
    ships_to: [internal, staging, production]
    criteria:
      - {{id: L4.capabilities, question: q, attested_by: architecture, covers_capabilities: true, {STANZA}}}
      - {{id: L4.chaos, question: q, requires: {{chaos.failed: {{empty: true}}, chaos.passed: {{empty: false}}}}, {STANZA}}}
"""

GOVERNANCE = """
roles: {owner: {about: o, of_service: true}, architecture: a, security: s}
upgrade_sign_offs: [owner, architecture, security]
roster:
  ada: {roles: [owner], teams: [team-shop]}
  bo: {roles: [architecture]}
  cy: {roles: [security]}
  di: {roles: [architecture, security], teams: [team-shop]}
  other: {roles: [owner], teams: [team-elsewhere]}
"""

GATES = {"G1": G1, "G2": G2, "G7": G7, "G8": G8}

SERVICE = """
service: shop
owner: team-shop
plan:
  M0: {level: L1, gates: {G1: }}
"""


def parsed(text: str) -> Any:
    """Return YAML as manifests are read: dates stay text."""
    return load(text.encode()).value


def service(text: str = SERVICE, **more: Any) -> Service:
    """Return a service of YAML text; keyword arguments replace or add fields, themselves YAML text."""
    return Service.model_validate(parsed(text) | {key: parsed(value) for key, value in more.items()})


def roadmap(
    *milestones: str, published: Mapping[str, Any] | None = None, exits: Mapping[str, str] | None = None
) -> Roadmap:
    """Return milestones in this order; those of `exits` have exited on that day."""
    given: dict[str, dict[str, Any]] = {name: {"milestone": name} for name in milestones}
    for name, entries in (published or {}).items():
        given[name]["must_be_green"] = entries
    for name, on in (exits or {}).items():
        given[name]["exited"] = {"on": on, "by": "bo"}
    return Roadmap((name, Milestone.model_validate(fields)) for name, fields in given.items())


FOUR = roadmap("M0", "M1", "M2", "M3")


def workspace(
    *services: Service,
    gates: Mapping[str, str] = GATES,
    levels: str = LEVELS,
    governance: str = GOVERNANCE,
    exceptions: Sequence[str] = (),
    milestones: Sequence[str] = ("M0", "M1", "M2", "M3"),
    published: Mapping[str, str] | None = None,
    evidence_rules: str = "{}",
    conventions: str = "{}",
) -> Manifests:
    """Return a workspace made of YAML texts; `published` is by milestone."""
    entries = [RegisteredException.model_validate(parsed(text)) for text in exceptions]
    files: dict[ManifestKey, str] = {(Gate, name): f"gates/{name}.yaml" for name in gates}
    files |= {(Levels, ""): "gates/levels.yaml", (Governance, ""): "gates/governance.yaml"}
    files |= {(EvidenceRules, ""): "gates/evidence.yaml", (Conventions, ""): "gatekeeper.yaml"}
    files |= {(Service, model.service): f"services/{model.service}.yaml" for model in services}
    files |= {(RegisteredException, entry.id): f"services/{entry.id}.yaml" for entry in entries}
    files |= {(Milestone, name): f"milestones/{name}.yaml" for name in milestones}
    lists = {name: parsed(text) for name, text in (published or {}).items()}
    order = roadmap(*milestones, published=lists)
    return Manifests(
        levels=Levels.model_validate(parsed(levels)),
        governance=Governance.model_validate(parsed(governance)),
        gates={name: Gate.model_validate(parsed(text)) for name, text in gates.items()},
        services={model.service: plan_in_order(model, order) for model in services},
        milestones=order,
        exceptions={entry.id: entry for entry in entries},
        files=files,
        rulebook_digest="sha256:0",
        evidence_rules=EvidenceRules.model_validate(parsed(evidence_rules)),
        conventions=Conventions.model_validate(parsed(conventions)),
    )


def rulebook(**texts: Any) -> Rulebook:
    """Return the small rulebook, bound; it has no mistakes."""
    bound = bind(workspace(**texts), collectors.find)
    assert bound.mistakes == ()
    return bound.rulebook


RULEBOOK = rulebook()
L0, L1, L2, L3, L4 = RULEBOOK.scale.values()

Known = Mapping[EvidenceKey, Evidence]


def evidence(
    slot: str, facts: Any, produced_at: datetime | None = None, commit: str | None = None, **more: Any
) -> Known:
    """Return readable evidence of a slot, of one part."""
    path = f"reports/{slot}"
    part = Part(path, produced_at=produced_at, commit=commit)
    return {(slot, ()): Evidence(slot, EvidenceStatus.OK, facts=facts, path=path, parts=(part,), **more)}


def redated(seen: Evidence, produced_at: datetime | None) -> Evidence:
    """Return evidence whose parts are of another time."""
    return seen._replace(parts=tuple(part._replace(produced_at=produced_at) for part in seen.parts))


def broken(slot: str, status: EvidenceStatus = EvidenceStatus.UNREADABLE) -> Known:
    """Return evidence of a slot that could not be read, or is not there."""
    return {(slot, ()): Evidence(slot, status, f"`{slot}` is {status}", path=f"reports/{slot}")}


def report(slot: str, *passed: str, failed: Sequence[str] = ()) -> Known:
    """Return a test report."""
    findings = tuple(Finding(name) for name in failed)
    return evidence(slot, results.TestsFacts(total=len(passed) + len(failed), passed=passed, failed=findings))


def coverage(lines_pct: float | None, *paths: str) -> Known:
    """Return a coverage report."""
    return evidence("coverage", CoverageFacts(lines_pct=lines_pct, paths=paths))


def source(*files: str, aggregates: Sequence[str] = ("Order",)) -> Known:
    """Return a source tree."""
    return evidence("source", TypescriptFacts(files=files, aggregates=tuple(aggregates)))


def api(**facts: Any) -> Known:
    """Return an OpenAPI document."""
    return evidence("api", OpenapiFacts(**facts))


def load_test(p95_ms: float | None, on: str | None = "2026-11-10", commit: str | None = None) -> Known:
    """Return a load test."""
    at = datetime.fromisoformat(on).replace(tzinfo=UTC) if on else None
    return evidence("load", LoadTestFacts(p95_ms=p95_ms), produced_at=at, commit=commit)


def threats(milestone: str) -> Known:
    """Return a threat model."""
    return evidence("threats", DocumentFacts(front_matter={"milestone": milestone}))


def case(
    model: Service,
    *known: Known,
    book: Rulebook = RULEBOOK,
    as_of: date = AS_OF,
    milestones: Roadmap = FOUR,
) -> Case:
    """Return all that judging one service looks at."""
    mapped = {slot: {"path": "x"} for part in known for slot, _ in part}
    with_evidence = Service.model_validate(
        model.model_dump(by_alias=True, mode="json", exclude_unset=True) | {"evidence": mapped}
    )
    given = {key: value for part in known for key, value in part.items()}
    return Case(with_evidence, book, given, as_of, milestones)


def ask(
    name: str,
    of: Case,
    *,
    level: Level = L2,
    scope: Scope | None = None,
    span: MilestoneSpan | None = None,
) -> CriterionResult:
    """Return the result of one criterion, for M1 unless a span is given."""
    context = CriterionContext(level, scope, span or MilestoneSpan("M1"))
    return judge_criterion(RULEBOOK.by_id[name], of, context)


def judged(
    model: Service, milestone: str, *known: Known, exceptions: Sequence[str] = (), as_of: date = AS_OF
) -> ServiceResult:
    """Return the verdict on a service that is in scope."""
    entries = [RegisteredException.model_validate(parsed(text)) for text in exceptions]
    result = judge_service(case(model, *known, as_of=as_of), milestone, entries)
    assert result is not None
    return result


def criterion(result: ServiceResult, name: str) -> CriterionResult:
    """Return one criterion of a service's verdict."""
    return next(found for found in (*result.criteria, *result.held_up_by) if found.rule.id == name)


def gate(result: ServiceResult, name: str) -> str:
    """Return the status of one gate."""
    return next(found.status for found in result.gates if found.gate == name)


def codes(result: ServiceResult) -> set[str]:
    """Return the reason codes of a service's verdict."""
    return {reason.code for reason in result.reasons}


def milestone_of(*cases: Case, milestone: str = "M0", exceptions: Sequence[str] = ()) -> MilestoneResult:
    """Return the verdict on a milestone."""
    entries = [RegisteredException.model_validate(parsed(text)) for text in exceptions]
    facts = Facts(
        [one.service for one in cases],
        {one.service.service: one.evidence for one in cases},
        entries,
        cases[0].as_of if cases else AS_OF,
        cases[0].roadmap if cases else FOUR,
    )
    return judge_milestone(cases[0].rulebook if cases else RULEBOOK, facts, milestone)


def signed(level: str, *, owner: str = "ada", architecture: str = "bo", security: str = "cy") -> str:
    """Return the sign-offs of a level, as YAML."""
    people = {"owner": owner, "architecture": architecture, "security": security}
    given = ", ".join(f"{role}: {{by: {by}, on: 2026-11-01}}" for role, by in people.items())
    return f"{{{level}: {{{given}}}}}"


def attested(**given: str) -> str:
    """Return attestations by criterion (`__` for `.`), each as `who role`, as YAML."""
    rows = []
    for name, words in given.items():
        by, role, *rest = words.split()
        on = rest[0] if rest else "2026-11-01"
        milestone = f", milestone: {rest[1]}" if len(rest) > 1 else ""
        key = name.replace("__", ".").replace("_", "-").replace("capability-", "capability:")
        rows.append(f'"{key}": {{by: {by}, role: {role}, on: {on}, link: "https://example.org"{milestone}}}')
    return "{" + ", ".join(rows) + "}"


WORDS = {"L1__scaffold": "ada owner", "L1__no_customers": "ada owner", "G8__isolation": "cy security"}
SKELETON = "{M0: {level: L1, gates: {}}}"
L4_PLAN = "{M0: {level: L4, gates: {}, adds: [b]}, M1: {level: L4}}"
ENTRY = """
id: RR-1
service: excepted
delta: [L4.capabilities, L4.chaos, "capability:b"]
risk: r
owner: o
approved_by: a
link: l
opened_in: M0
opened_on: 2026-11-01
"""


def ready(name: str = "ready") -> Case:
    """Return a service that is ready at M0."""
    return case(service(service=name, plan=SKELETON, attestations=attested(**WORDS), sign_offs=signed("L1")))


def excepted() -> Case:
    """Return a service that only `ENTRY` gets through M0."""
    words = attested(**WORDS)
    return case(service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3")))


def blocked(name: str = "blocked") -> Case:
    """Return a service with nothing to show."""
    return case(service(service=name, plan=SKELETON))


def regressed() -> Case:
    """Return a service whose signed level nothing carries."""
    return case(service(service="regressed", plan=SKELETON, sign_offs=signed("L1")))


def without_digest(id_: str) -> str:
    """Return the id of a weakening without the digest of what it was and what it becomes."""
    return id_.partition(":sha256:")[0]
