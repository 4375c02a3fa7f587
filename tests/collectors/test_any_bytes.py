"""Whatever a file holds, a collector gives facts, or says why there are none; it never fails otherwise."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from json import dumps as written
from json import loads as parsed
from math import isfinite
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatekeeper import collectors
from gatekeeper.collectors import coverage, invariants, load_test, tests, typescript
from gatekeeper.model.evidence import Absent, Collected, Unreadable

from .artefacts import FIXTURES, artefact, tree

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "coverage": {"include": "**/*.ts"},
    "json": {"select": {"bugs": "metrics.bugs", "names": "modules[].name", "all": "@"}},
    "typescript": {"frameworks": ["express"], "llm_sdks": ["openai"], "ai_port": "AIClient"},
}
"""What a kind is told, where it is told anything."""
FILE_NAMES: Mapping[ModuleType, str] = {typescript: "report-0.ts"}
"""The kinds that know their files by the name."""

MODULES = [import_module(f"gatekeeper.collectors.{name}") for name in sorted(collectors.built_in())]
KINDS: Mapping[ModuleType, Mapping[str, Any]] = {
    module: OPTIONS.get(module.__name__.rpartition(".")[2], {})
    for module in MODULES
    if hasattr(module, "collect")
}
KIND_NAMES = {module: module.__name__.rpartition(".")[2] for module in KINDS}
SEEDS = [
    pytest.param(module, path.read_bytes(), id=f"{name}/{path.name}")
    for module, name in KIND_NAMES.items()
    for path in sorted((FIXTURES / name).rglob("*"))
    if path.is_file()
]
TOKENS = [
    *(b"<", b">", b"{", b"}", b"[", b"]", b'"', b"'", b",", b":", b"\n", b"\x00", b"\xff"),
    *(b"null", b"true", b"-1", b"0", b"1e400", b"NaN", b"9" * 400, b"{}", b"[]", b'""'),
    *(b"---\n", b"<testcase/>", b"end_of_record\n"),
]

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(module: ModuleType, data: bytes) -> None:
    given = tree({FILE_NAMES[module]: data}, "reports") if module in FILE_NAMES else artefact(data)
    try:
        collected = module.collect(given, KINDS[module])
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
    if module is tests:
        assert collected.facts.total or collected.facts.failed
    if module is coverage:
        assert 0 <= collected.facts.lines_pct <= 100
    if module is load_test:
        assert collected.facts.requests > 0
    if module is typescript:
        assert collected.facts.files or collected.facts.files_without_code
    if module is invariants:
        assert collected.facts.aggregates


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


@st.composite
def damage(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """A way to damage a file: cut it short, flip a bit, take a slice out, put something in or over."""
    start, length = draw(st.floats(0, 1)), draw(st.integers(0, 200))
    token, kind = (
        draw(st.sampled_from(TOKENS)),
        draw(st.sampled_from(["cut", "flip", "delete", "insert", "put"])),
    )
    bit = draw(st.integers(0, 7))

    def damaged(data: bytes) -> bytes:
        at = int(start * (len(data) - 1))
        match kind:
            case "cut":
                return data[:at]
            case "flip":
                return data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]
            case "delete":
                return data[:at] + data[at + length :]
            case "insert":
                return data[:at] + token + data[at:]
            case _:
                return data[:at] + token + data[at + len(token) :]

    return damaged


@pytest.mark.parametrize(("module", "data"), SEEDS)
@few
@given(damages=st.lists(damage(), min_size=1, max_size=3))
def test_damaged_files(module: ModuleType, data: bytes, damages: list[Callable[[bytes], bytes]]) -> None:
    for damaged in damages:
        data = damaged(data) or b" "
    holds(module, data)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**18) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
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


def containers(value: Any) -> Iterator[Any]:
    """Every object and array that holds something."""
    if isinstance(value, dict | list) and value:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)
