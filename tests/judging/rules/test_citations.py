"""Citations: each number and name that a rule cites occurs among the operands of the rule."""

from pathlib import Path

import pytest

import gatekeeper
from builders.judging import G1, GATES, GOVERNANCE, LEVELS, STANZA, workspace
from builders.reference_criteria import OURS
from builders.workspaces import ROOT, Run, copy_of_reference, edit
from gatekeeper import collectors
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.rules.citations import unbound_names, wrong_citations
from gatekeeper.model.rulebook import Gate, LevelDefinition
from gatekeeper.model.workspace import Mistake

SLOTS = (
    "{coverage: {kind: coverage}, web: {kind: openapi}, slos: {kind: slo}, "
    "events: {kind: events, envelope: [tenantId]}}"
)


def mistakes(criterion: str = "", *, levels: str = LEVELS, governance: str = GOVERNANCE) -> list[Mistake]:
    gates = dict(GATES)
    if criterion:
        start = G1[: G1.index("slots:")]
        gates["G1"] = (
            f"{start}slots: {SLOTS}\ncriteria:\n  - {{id: G1.a, question: q, {STANZA}, {criterion}}}\n"
        )
    read = workspace(gates=gates, levels=levels, governance=governance)
    assert bind(read, collectors.find).mistakes == ()
    return list(wrong_citations(read))


@pytest.mark.parametrize(
    ("requires", "cites"),
    [
        ("{coverage.lines_pct: {at_least: 95}}", "Unit coverage ≥ 95 % on domain folder."),
        ('{web.spec_series: {equals: "3.1"}}', "OpenAPI 3.1 published."),
        ("{web.published_path: {equals: /openapi.json}}", "published at /openapi.json."),
        ("{web.writes_without_idempotency_key: {empty: true}}", "Idempotency-Key required on all writes."),
        ("{web.errors_without_problem_json: {empty: true}}", "Problem+JSON on every error."),
        ("{slos.objectives: {includes: [latency_p50, latency_p95]}}", "latency (p50/p95)"),
        ("{events.envelope_missing: {empty: true}}", "Envelope includes tenantId."),
        ("{web.operations: {at_most: 0}}", "zero operations"),
        ("{coverage.lines_pct: {at_least: {target: p95_pct}}}", "target p95"),
        ("{coverage.lines_pct: {at_least: 1}}, from: L2", "from L2 on"),
        ("{coverage.lines_pct: {at_least: 1200}}", "at least 1,200 of them"),
    ],
)
def test_a_cited_operand_is_found(requires: str, cites: str) -> None:
    assert mistakes(f'requires: {requires}, cites: "{cites}"') == []


@pytest.mark.parametrize(
    ("requires", "cites", "lacks"),
    [
        ("{coverage.lines_pct: {at_least: 90}}", "Unit coverage ≥ 95 % on domain folder.", "95"),
        ("{coverage.lines_pct: {at_least: 950}}", "at least 95", "95"),
        ('{web.spec_series: {equals: "3.0"}}', "OpenAPI 3.1 published.", "3.1"),
        ("{web.published_path: {equals: /api.json}}", "published at /openapi.json.", "/openapi.json"),
        ("{web.mutations_without_if_match: {empty: true}}", "Idempotency-Key required.", "Idempotency-Key"),
        ("{slos.objectives: {includes: [latency_p50, latency_p90]}}", "latency (p50/p95)", "p95"),
        ("{events.envelope_missing: {empty: true}}", "Envelope includes retentionClass.", "retentionClass"),
        ("{web.operations: {at_most: 1}}", "zero operations", "zero"),
        ("{coverage.lines_pct: {at_least: 1}}, from: L2", "from L3 on", "L3"),
        ("{coverage.lines_pct: {at_least: 1}}", "signed by security", "security"),
        ("{coverage.lines_pct: {at_least: 1}}", "compared via equals()", "equals()"),
        ("{coverage.lines_pct: {at_least: 1}}", "the AIClient port", "AIClient"),
    ],
)
def test_a_cited_number_or_name_that_decides_nothing_is_a_mistake(
    requires: str, cites: str, lacks: str
) -> None:
    [found] = mistakes(f'requires: {requires}, cites: "{cites}"')
    assert found.message == f"G1.a cites {lacks!r}, which is not among its operands: {cites!r}"
    assert found.hint == f"correct the rule or the citation, or list {lacks!r} under `aside`"
    assert found.path == ("criteria", 0, "cites", 0)


def test_an_aside_is_no_operand_and_occurs_in_the_text() -> None:
    requires = "requires: {coverage.lines_pct: {at_least: 95}}"
    assert mistakes(f'{requires}, cites: [{{text: "95 %, see 02 §7", aside: ["02", "7"]}}]') == []
    [found] = mistakes(f'{requires}, cites: {{text: "95 %", aside: ["02"]}}')
    assert (found.message, found.path[-2:]) == ("'02' does not occur in the cited text", ("aside", 0))


def test_what_a_person_decides_is_asked_by_its_question() -> None:
    assert mistakes("attested_by: owner, cites: q") == []
    [found] = mistakes('attested_by: owner, cites: "9 of 10"')[:1]
    assert "'9'" in found.message


def test_a_twin_has_the_operands_of_its_original() -> None:
    twin = "{id: L1.twin, same_as: G1.a, question: q, why: w, remedy: r, effort: small, cites: CITED}"
    start = LEVELS.index("levels:")
    for cites, lacks in (("at least 95", 0), ("at least 90", 1)):
        levels = "\n".join(
            [
                LEVELS[:start] + "levels:",
                "  - {level: L0, name: n, meaning: m, audience: a}",
                "  - level: L1\n    name: n\n    meaning: m\n    audience: a\n    criteria:",
                f"      - {twin.replace('CITED', cites)}",
                *(
                    f"  - {{level: {level}, name: n, meaning: m, audience: a}}"
                    for level in ("L2", "L3", "L4")
                ),
            ]
        )
        found = mistakes("requires: {coverage.lines_pct: {at_least: 95}}", levels=levels)
        assert len(found) == lacks


def test_names_without_an_operand_are_listed_by_the_text_that_cites_them() -> None:
    cites = "[OpenAPI 3.0 at 80 %, at least 95 %, OpenAPI 3.0 at 80 %]"
    gate = f"{G1[: G1.index('slots:')]}slots: {SLOTS}\ncriteria:\n"
    stanza = f"  - {{id: G1.a, question: q, {STANZA}, requires: {{coverage.lines_pct: {{at_least: 95}}}}, cites: {cites}}}\n"
    read = workspace(gates={**GATES, "G1": gate + stanza})
    assert unbound_names(read) == {"OpenAPI 3.0 at 80 %": ["OpenAPI", "3.0", "80"]}


def test_ordinary_words_are_no_names() -> None:
    words = "Two-tenant isolation, SLOs and JSON are green; KMS keys per tenant, pre-release too."
    assert mistakes(f'requires: {{coverage.lines_pct: {{at_least: 1}}}}, cites: "{words}"') == []


@pytest.mark.parametrize(
    ("file", "old", "new", "lacks"),
    [
        ("gates/G1.yaml", "at_least: 95}", "at_least: 90}", "G1.coverage cites '95'"),
        ("gates/G2.yaml", 'equals: "3.1"', 'equals: "3.0"', "G2.published cites '3.1'"),
        ("gates/G7.yaml", "      load_test.p95_ms: {at_most: {target: p95_ms}}\n", "", "G7.peak-load cites 'p95'"),
        ("gates/G3.yaml", "retentionClass, dataResidency]", "dataResidency]", "G3.envelope cites 'retentionClass'"),
        ("gates/governance.yaml", "[owner, architecture, security]", "[owner, architecture]", "cites 'security'"),
        ("gates/governance.yaml", "close_within: 1", "close_within: 2", "policy exceptions cites 'one'"),
        ("gates/governance.yaml", "close_within: 1", "close_within: 2", "governance.yaml:17"),
    ],
)  # fmt: skip
def test_a_changed_operand_of_the_reference_contradicts_its_citation(
    run: Run, tmp_path: Path, file: str, old: str, new: str, lacks: str
) -> None:
    folder = copy_of_reference(tmp_path)
    edit(folder / file, old, new)
    found = run("-C", folder, "validate")
    assert found.code == 3
    assert lacks in " ".join((found.out + found.err).split())


def test_every_rule_of_the_reference_cites_the_page() -> None:
    manifests = gatekeeper.open(ROOT).loaded.manifests
    groups: list[Gate | LevelDefinition] = [*manifests.gates.values(), *manifests.levels.levels]
    rules = [one for group in groups for one in group.criteria]
    assert all(group.cites for group in groups)
    assert {rule.id for rule in rules if not rule.cites} == set(OURS)
    assert all(policy.cites for policy in manifests.governance.policy.values())
