"""Whatever a file holds, a collector gives facts, or says why there are none; it never fails otherwise."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.artefacts import FIXTURES, artefact, tree
from builders.json_values import with_other_values
from gatekeeper import collectors
from gatekeeper.plugins import KindReader
from gatekeeper.testing import check_reader
from gatekeeper.testing.fuzzing import any_bytes, any_tokens, damaged

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "coverage": {"include": "**/*.ts"},
    "json": {"select": {"bugs": "metrics.bugs", "names": "modules[].name", "all": "@"}},
    "events": {"envelope": ["tenantId", "dataResidency"]},
    "openapi": {"paths": ["/orders/**", "/openapi.json"]},
    "source": {"allowed_imports": ["uuid"], "llm_sdks": ["openai"], "ai_port": "AIClient"},
}
"""The options of a kind, if the test gives any."""

LAWS: Mapping[str, Callable[[Any], bool]] = {
    "alerts": lambda facts: facts.alerts > 0,
    "api_diff": lambda facts: len(facts.breaking) <= facts.changes,
    "audit_events": lambda facts: bool(facts.actions and (facts.subjects or facts.without_event)),
    "contracts": lambda facts: (
        (facts.interactions != 0 or facts.unverified)
        and set(facts.verified_consumers or ()) <= set(facts.consumers or ())
    ),
    "coverage": lambda facts: 0 <= facts.lines_pct <= 100,
    "dashboard": lambda facts: (
        bool(facts.panels or facts.without_query) and facts.signals == tuple(facts.signal_panels)
    ),
    "error_registry": lambda facts: bool(facts.codes),
    "evals": lambda facts: (
        (facts.failed or facts.total > len(facts.unasserted))
        and (facts.pass_pct is None or 0 <= facts.pass_pct <= 100)
    ),
    "invariants": lambda facts: bool(facts.aggregates),
    "load_test": lambda facts: facts.requests is None or facts.requests > 0,
    "migrations": lambda facts: facts.tables and set(facts.tables) >= set(facts.tenant_tables),
    "openapi": lambda facts: (
        facts.customer_operations <= facts.operations
        and len(facts.errors_without_problem_json) <= facts.error_responses
    ),
    "pen_test": lambda facts: facts.open is not None and facts.closed >= 0,
    "prompts": lambda facts: bool(facts.prompts),
    "slo": lambda facts: facts.slos and all(0 < target <= 100 for target in facts.objectives.values()),
    "source": lambda facts: bool(facts.languages and (facts.files or facts.files_without_code)),
    "sync": lambda facts: bool(facts.aggregates),
    "tenant_keys": lambda facts: bool(facts.tenants),
    "tests": lambda facts: facts.total or facts.failed,
    "traces": lambda facts: facts.spans >= facts.traces > 0,
    "typescript": lambda facts: facts.any_types is not None,
    "vulnerabilities": lambda facts: (
        facts.scanner and facts.critical + facts.high + facts.medium + facts.low == len(facts.findings)
    ),
}
"""What holds of the facts of a kind, above all: there are none without a subject."""

FILE_NAMES: Mapping[str, str] = {
    "document": "report-0.md",
    "source": "report-0.js",
    "typescript": "report-0.ts",
}
"""The kinds that know their files by the name."""

READERS: Mapping[str, KindReader] = {
    name: import_module(f"gatekeeper.collectors.{name}.read") for name in collectors.KINDS.names
}
SEEDS = [
    pytest.param(kind, path.read_bytes(), id=f"{kind}/{path.name}")
    for kind in READERS
    for path in sorted((FIXTURES / kind).rglob("*"))
    if path.is_file()
]
JSON_SEEDS = [seed for seed in SEEDS if str(seed.id).endswith(".json")]

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(kind: str, data: bytes) -> None:
    name = FILE_NAMES.get(kind)
    of = tree({name: data}) if name else artefact(data)
    check_reader(READERS[kind], of, OPTIONS.get(kind), LAWS.get(kind))


@pytest.mark.long
@pytest.mark.parametrize("kind", READERS)
@few
@given(data=any_bytes())
def test_any_bytes(kind: str, data: bytes) -> None:
    holds(kind, data)


@pytest.mark.long
@pytest.mark.parametrize("kind", READERS)
@few
@given(data=any_tokens())
def test_any_tokens(kind: str, data: bytes) -> None:
    holds(kind, data)


@pytest.mark.long
@pytest.mark.parametrize(("kind", "seed"), SEEDS)
@few
@given(draw=st.data())
def test_damaged_files(kind: str, seed: bytes, draw: st.DataObject) -> None:
    holds(kind, draw.draw(damaged(seed)))


@pytest.mark.long
@pytest.mark.parametrize(("kind", "seed"), JSON_SEEDS)
@few
@given(draw=st.data())
def test_any_value_anywhere(kind: str, seed: bytes, draw: st.DataObject) -> None:
    holds(kind, draw.draw(with_other_values(seed)))
