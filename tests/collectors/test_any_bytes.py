"""Whatever a file holds, a collector gives facts, or says why there are none; it never fails otherwise."""

from collections.abc import Callable, Mapping
from importlib import import_module
from json import dumps as written
from json import loads as parsed
from math import isfinite
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.artefacts import FIXTURES, artefact, tree
from builders.damage import JSON_VALUES, TOKENS, containers, damage
from gatekeeper import collectors
from gatekeeper.model.evidence import Absent, Collected, Unreadable

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "coverage": {"include": "**/*.ts"},
    "json": {"select": {"bugs": "metrics.bugs", "names": "modules[].name", "all": "@"}},
    "events": {"envelope": ["tenantId", "dataResidency"]},
    "openapi": {"paths": ["/orders/**", "/openapi.json"]},
    "typescript": {"frameworks": ["express"], "llm_sdks": ["openai"], "ai_port": "AIClient"},
}
"""What a kind is told, where it is told anything."""

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
    "load_test": lambda facts: facts.requests > 0,
    "migrations": lambda facts: facts.tables and set(facts.tables) >= set(facts.tenant_tables),
    "openapi": lambda facts: (
        facts.customer_operations <= facts.operations
        and len(facts.errors_without_problem_json) <= facts.error_responses
    ),
    "pen_test": lambda facts: facts.open is not None and facts.closed >= 0,
    "prompts": lambda facts: bool(facts.prompts),
    "slo": lambda facts: facts.slos and all(0 < target <= 100 for target in facts.objectives.values()),
    "sync": lambda facts: bool(facts.aggregates),
    "tests": lambda facts: facts.total or facts.failed,
    "traces": lambda facts: facts.spans >= facts.traces > 0,
    "typescript": lambda facts: bool(facts.files or facts.files_without_code),
    "vulnerabilities": lambda facts: (
        facts.scanner and facts.critical + facts.high + facts.medium + facts.low == len(facts.findings)
    ),
}
"""What holds of the facts of a kind, above all: there are none without a subject."""

FILE_NAMES: Mapping[str, str] = {"typescript": "report-0.ts"}
"""The kinds that know their files by the name."""

MODULES = [import_module(f"gatekeeper.collectors.{name}.read") for name in sorted(collectors.KINDS.names)]
KINDS: Mapping[ModuleType, Mapping[str, Any]] = {
    module: OPTIONS.get(module.__name__.split(".")[-2], {})
    for module in MODULES
    if hasattr(module, "collect")
}
KIND_NAMES = {module: module.__name__.split(".")[-2] for module in KINDS}
SEEDS = [
    pytest.param(module, path.read_bytes(), id=f"{name}/{path.name}")
    for module, name in KIND_NAMES.items()
    for path in sorted((FIXTURES / name).rglob("*"))
    if path.is_file()
]

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(module: ModuleType, data: bytes) -> None:
    try:
        name = FILE_NAMES.get(KIND_NAMES[module])
        collected = module.collect(tree({name: data}) if name else artefact(data), KINDS[module])
    except (Absent, Unreadable) as reason:
        is_sentence(str(reason))
    else:
        is_evidence(module, collected)


def is_sentence(reason: str) -> None:
    assert "report" in reason
    assert "\n" not in reason


def is_evidence(module: ModuleType, collected: object) -> None:
    assert isinstance(collected, Collected)
    assert collected.format
    for value in collected.facts if isinstance(collected.facts, tuple) else ():
        assert not isinstance(value, float) or isfinite(value)
    law = LAWS.get(KIND_NAMES[module])
    assert law is None or law(collected.facts)


@pytest.mark.parametrize("module", KINDS, ids=KIND_NAMES.get)
@few
@given(data=st.binary(max_size=200))
def test_any_bytes(module: ModuleType, data: bytes) -> None:
    holds(module, data)


@pytest.mark.parametrize("module", KINDS, ids=KIND_NAMES.get)
@few
@given(
    text=st.lists(st.sampled_from(TOKENS) | st.text(max_size=5).map(str.encode), max_size=30).map(b"".join)
)
def test_any_tokens(module: ModuleType, text: bytes) -> None:
    holds(module, text)


@pytest.mark.parametrize(("module", "data"), SEEDS)
@few
@given(damages=st.lists(damage(), min_size=1, max_size=3))
def test_damaged_files(module: ModuleType, data: bytes, damages: list[Callable[[bytes], bytes]]) -> None:
    for damaged in damages:
        data = damaged(data) or b" "
    holds(module, data)


JSON_SEEDS = [seed for seed in SEEDS if str(seed.id).endswith(".json")]


@pytest.mark.parametrize(("module", "data"), JSON_SEEDS)
@few
@given(data_of_test=st.data(), value=JSON_VALUES)
def test_any_value_anywhere(module: ModuleType, data: bytes, data_of_test: st.DataObject, value: Any) -> None:
    document = parsed(data)
    container = data_of_test.draw(st.sampled_from(list(containers(document))))
    key = data_of_test.draw(
        st.sampled_from(list(container) if isinstance(container, dict) else range(len(container)))
    )
    container[key] = value
    holds(module, written(document).encode())
