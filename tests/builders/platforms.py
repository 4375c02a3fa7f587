"""Platforms of any services: their plan, evidence, statements and sign-offs, as Hypothesis strategies.

Half of them follow the small rulebook, the others one of any shape and any names.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from builders.any_exceptions import any_workspaces
from builders.judging import (
    RULEBOOK,
    api,
    attested,
    broken,
    case,
    coverage,
    load_test,
    report,
    service,
    signed,
    source,
    threats,
)
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.evidence import EvidenceStatus

MILESTONES = ("M0", "M1", "M2", "M3")


LEVELS = ("L1", "L2", "L3", "L4")


CELLS = st.fixed_dictionaries(
    {"level": st.sampled_from(LEVELS)},
    optional={
        "gates": st.dictionaries(
            st.sampled_from(sorted(RULEBOOK.gates)),
            st.sampled_from(["null", "core", "{scope: s, effect: demands}"]),
        ),
        "adds": st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=2),
    },
)


ARTEFACTS = {
    "unit_tests": [
        report("unit_tests", "deep a"),
        report("unit_tests", "a", failed=["b"]),
        broken("unit_tests"),
    ],
    "coverage": [coverage(97, "a.ts"), coverage(90, "a.ts"), coverage(None)],
    "source": [source("a.ts"), source("a.ts", aggregates=()), broken("source", EvidenceStatus.MISSING)],
    "api": [api(writes=0, writes_without_idempotency_key=(), throttled_without_headers=())],
    "load": [load_test(200), load_test(400), load_test(200, on=None), load_test(200, on="2026-10-25")],
    "isolation": [report("isolation", "x"), report("isolation", "x", failed=["y"])],
    "threats": [threats("M0"), threats("M2")],
    "chaos": [report("chaos", "x")],
    "capability_tests": [report("capability_tests", "a", "b"), report("capability_tests", "b", failed=["a"])],
}


EVIDENCE = st.fixed_dictionaries(
    {}, optional={slot: st.sampled_from(found) for slot, found in ARTEFACTS.items()}
)


WORDS = {
    "L1__scaffold": "ada owner",
    "L1__no_customers": "ada owner",
    "L2__contracts": "ada owner",
    "L3__hooks": "zoe owner",
    "L4__capabilities": "bo architecture",
    "G8__isolation": "cy security",
    "G8__threats": "cy security 2026-11-01 M1",
    "G8__review": "cy security 2026-09-01",
    "G8__scope": "cy security",
    "capability_c": "ada owner",
}


STATEMENTS = st.sets(st.sampled_from(sorted(WORDS))).map(lambda names: {name: WORDS[name] for name in names})


def _yaml(cell: Mapping[str, Any]) -> str:
    gates = cell.get("gates")
    listed = (
        ""
        if gates is None
        else ", gates: {" + ", ".join(f"{gate}: {words}" for gate, words in gates.items()) + "}"
    )
    return f"{{level: {cell['level']}{listed}, adds: [{', '.join(cell.get('adds', ()))}]}}"


@st.composite
def cases(draw: st.DrawFn, name: str = "shop") -> Case:
    """A service with any plan, evidence, statements and sign-offs."""
    planned = sorted(draw(st.sets(st.sampled_from(MILESTONES), min_size=1)))
    plan = "{" + ", ".join(f"{milestone}: {_yaml(draw(CELLS))}" for milestone in planned) + "}"
    model = service(
        service=name,
        plan=plan,
        level=draw(st.sampled_from(("L0", *LEVELS))),
        targets="{p95_ms: 250}",
        attestations=attested(**draw(STATEMENTS)),
        sign_offs=draw(st.sampled_from(["{}", *map(signed, LEVELS)])),
    )
    return case(model, *draw(EVIDENCE).values())


@st.composite
def platforms(draw: st.DrawFn) -> list[Case]:
    return [draw(cases(name)) for name in ("a", "b", "c")[: draw(st.integers(1, 3))]]


MILESTONE = st.sampled_from(MILESTONES)

At = tuple[list[Case], str]
"""Services, and the milestone for which they are judged."""
OneAt = tuple[Case, str]


@st.composite
def _any_at(draw: st.DrawFn, most_services: int) -> At:
    built = draw(any_workspaces(most_services))
    return list(built.cases), draw(st.sampled_from(list(built.workspace.milestones)))


def platforms_at() -> st.SearchStrategy[At]:
    """Services by any rulebook, and one of its milestones."""
    return st.one_of(st.tuples(platforms(), MILESTONE), _any_at(3))


def cases_at() -> st.SearchStrategy[OneAt]:
    """A service by any rulebook, and one of its milestones."""
    return st.one_of(st.tuples(cases(), MILESTONE), _any_at(1).map(lambda at: (at[0][0], at[1])))


def any_cases() -> st.SearchStrategy[Case]:
    """A service by any rulebook."""
    return cases_at().map(lambda at: at[0])
