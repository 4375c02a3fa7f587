"""A readiness document against a workspace: what differs is told with its line, and nothing else is."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders.judging import service, workspace
from builders.own_ids import rendered
from gatekeeper.documents.compare import compare_document
from gatekeeper.documents.parse import read_document
from gatekeeper.model.document import (
    DocumentCell,
    DocumentCriteria,
    DocumentCriterion,
    DocumentGate,
    DocumentLevel,
    DocumentProblem,
    DocumentService,
    DocumentTargets,
    PageIds,
    ReadinessDocument,
)
from gatekeeper.model.milestone import Published
from gatekeeper.model.service import Capability, Scope, Service
from gatekeeper.model.workspace import Manifests

PLAN = """
  M0: {level: L1, gates: {G1: , G2: {scope: core, only: [G2.writes]}, G8: {scope: PCI, effect: demands}}}
  M1: {level: L2, adds: [refunds, {capability: stars, optional: true}]}
"""
SHOP = service(service="shop-service", plan=PLAN, about="sales")
TILL = service(service="till", plan="{M1: {level: L1, gates: {}}}")
PUBLISHED = {
    "M0": "[{service: shop-service, level: L1}, {label: residency, level: L1}]",
    "M1": "[{service: shop-service, level: L2, note: with tills}]",
}
SPACE = workspace(SHOP, TILL, milestones=("M0", "M1"), published=PUBLISHED)


def row_of(of: Service, line: int) -> DocumentService:
    cells = {
        name: DocumentCell(line + place, name, str(cell.level), cell.gates, cell.adds)
        for place, (name, cell) in enumerate(of.plan.items(), 1)
    }
    return DocumentService(line, of.service, of.about, cells)


def agreeing(space: Manifests = SPACE) -> ReadinessDocument:
    """A document that says all that the workspace says."""
    return ReadinessDocument(
        levels={
            str(level.level): DocumentLevel(10 + rank, str(level.level), f"{level.name}: words", level.audience.upper())
            for rank, level in enumerate(space.levels.levels)
        },
        gates={
            name: DocumentGate(20 + int(name[1:]), name, gate.name.upper(), "", "") for name, gate in space.gates.items()
        },
        criteria={
            name: DocumentCriteria(30 + int(name[1:]), name, gate.name, lines(*(one.id for one in gate.criteria)))
            for name, gate in space.gates.items()
        },
        services={"shop-service": row_of(SHOP, 100), "till": row_of(TILL, 110)},
        published={
            "M0": row("M0", 200, target("shop", "L1"), Published(label="residency", level="L1")),
            "M1": row("M1", 201, target("shop-service", "L2", "with tills")),
        },
        derived={
            "M0": row("M0", 210, target("shop", "L1")),
            "M1": row("M1", 211, target("shop-service", "L2"), target("till", "L1")),
        },
        policy={},
        states_effects=True,
        remarks=(),
        units=read_document(rendered(space).encode(), "page.md", PageIds.of(space)).units,
    )  # fmt: skip


def lines(*ids: str | None, text: str = "words") -> tuple[DocumentCriterion, ...]:
    return tuple(DocumentCriterion(60 + place, text, id_) for place, id_ in enumerate(ids))


def target(name: str, level: str, note: str | None = None) -> Published:
    return Published.model_validate({"service": name, "level": level, "note": note})


def row(milestone: str, line: int, *targets: Published, adds: bool = True) -> DocumentTargets:
    return DocumentTargets(line, milestone, adds, targets)


def without(part: Mapping[Any, Any], key: object) -> dict[Any, Any]:
    return {name: value for name, value in part.items() if name != key}


def told(document: ReadinessDocument, space: Manifests = SPACE) -> list[str]:
    return [
        " ".join(filter(None, [str(one.line), one.part, one.service, one.milestone])) + f": {one.message}"
        for one in compare_document(document, space)
    ]


def test_what_agrees_is_not_told() -> None:
    assert told(agreeing()) == []


@pytest.mark.parametrize("part", ["levels", "gates", "criteria", "published", "derived"])
def test_a_section_that_a_document_does_not_have_is_no_disagreement(part: str) -> None:
    emptied: Any = {part: {}}
    assert told(agreeing()._replace(**emptied)) == []


def test_what_could_not_be_understood_is_told_and_the_lines_are_in_order() -> None:
    remarks = (DocumentProblem(300, "late"), DocumentProblem(1, "early"))
    assert told(agreeing()._replace(remarks=remarks)) == ["1 unclear: early", "300 unclear: late"]


DOCUMENT = agreeing()
LEVEL = DOCUMENT.levels["L2"]


@pytest.mark.parametrize(
    ("level", "message"),
    [
        (LEVEL._replace(meaning="Beta: b"), "12 levels: L2 is called 'Beta' here, and 'n' in the workspace"),
        (
            LEVEL._replace(audience="All"),
            "12 levels: L2 may be used by 'All' here, and by 'a' in the workspace",
        ),
        (LEVEL._replace(audience=None), None),
        (None, "14 levels: L2 n is missing from the levels"),
    ],
)
def test_levels(level: DocumentLevel | None, message: str | None) -> None:
    levels = {**DOCUMENT.levels, "L2": level} if level else without(DOCUMENT.levels, "L2")
    assert told(DOCUMENT._replace(levels=levels)) == ([message] if message else [])


@pytest.mark.parametrize(
    ("gates", "message"),
    [
        (without(DOCUMENT.gates, "G2"), "28 gates: G2 API is missing from the gates"),
        (
            {**DOCUMENT.gates, "G9": DocumentGate(29, "G9", "Cost", "", "")},
            "29 gates: G9 Cost is not a gate of the workspace",
        ),
        (
            {**DOCUMENT.gates, "G2": DocumentGate(22, "G2", "Web", "", "")},
            "22 gates: G2 is called 'Web' here, and 'API' in the workspace",
        ),
    ],
)
def test_gates(gates: dict[str, DocumentGate], message: str) -> None:
    assert told(DOCUMENT._replace(gates=gates)) == [message]


def listed(group: str, *criteria: DocumentCriterion) -> ReadinessDocument:
    return DOCUMENT._replace(
        criteria={**DOCUMENT.criteria, group: DocumentCriteria(32, group, "API", criteria)}
    )


@pytest.mark.parametrize(
    ("document", "messages"),
    [
        (
            DOCUMENT._replace(
                criteria={**DOCUMENT.criteria, "G2": DocumentCriteria(32, "G2", "Web", ())}
            ),
            ["32 criteria: G2 is called 'Web' here, and 'API' in the workspace"],
        ),
        (listed("G9"), ["32 criteria: criteria of G9 API are listed; the workspace has no G9"]),
        (
            DOCUMENT._replace(criteria={"L0": DocumentCriteria(32, "L0", "n", ())}),
            [],
        ),
    ],
)  # fmt: skip
def test_criteria(document: ReadinessDocument, messages: list[str]) -> None:
    assert told(document) == messages


def shop(states_effects: bool = True, **cells: DocumentCell | None) -> ReadinessDocument:
    of = DOCUMENT.services["shop-service"]
    kept = {name: cell for name, cell in {**of.cells, **cells}.items() if cell}
    services = {**DOCUMENT.services, "shop-service": of._replace(cells=kept)}
    return DOCUMENT._replace(services=services, states_effects=states_effects)


M0, M1 = DOCUMENT.services["shop-service"].cells.values()
assert M0.gates is not None


def m0(**gates: Scope | None) -> DocumentCell:
    return M0._replace(gates={**(M0.gates or {}), **gates})


def m1(*adds: Capability) -> DocumentCell:
    return M1._replace(adds=adds)


REFUNDS, STARS = M1.adds
AT_M0, AT_M1 = "101 matrix shop-service M0: ", "102 matrix shop-service M1: "


@pytest.mark.parametrize(
    ("document", "messages"),
    [
        (shop(M0=None), ["100 matrix shop-service M0: not in scope here, and L1 in the workspace"]),
        (
            shop(M3=DocumentCell(109, "M3", "L4", None, ())),
            ["109 matrix shop-service M3: L4 here, and not in scope in the workspace"],
        ),
        (shop(M0=M0._replace(level="L3")), [AT_M0 + "L3 here, and L1 in the workspace"]),
        (
            shop(M0=M0._replace(gates=None)),
            [AT_M0 + "no gates are listed here; the workspace lists G1, G2, G8"],
        ),
        (
            shop(M1=M1._replace(gates={})),
            [AT_M1 + "that no gate applies is listed here; the workspace carries gates over"],
        ),
        (shop(M0=m0(G7=None)), [AT_M0 + "G7 applies here, and not in the workspace"]),
        (
            shop(M0=M0._replace(gates=without(M0.gates or {}, "G1"))),
            [AT_M0 + "G1 applies in the workspace, and not here"],
        ),
        (
            shop(M0=m0(G2=None)),
            [AT_M0 + "the scope of G2 is not given here, and 'core' in the workspace"],
        ),
        (
            shop(M0=m0(G1=Scope(scope="x"))),
            [AT_M0 + "the scope of G1 is 'x' here, and not given in the workspace"],
        ),
        (
            shop(M0=m0(G2=Scope(scope="core"))),
            [AT_M0 + "the scope of G2 narrows in words alone here, and narrows to only G2.writes in the workspace"],
        ),
        (
            shop(M0=m0(G8=Scope(scope="PCI", paths=("a", "b")))),
            [AT_M0 + "the scope of G8 narrows to paths a, b here, and demands more in the workspace"],
        ),
        (shop(states_effects=False, M0=m0(G8=Scope(scope="PCI"))), []),
        (shop(M1=m1(STARS, REFUNDS)), []),
        (
            shop(M1=m1(REFUNDS, STARS, Capability(capability="cats"))),
            [AT_M1 + "'cats' is added here, and not in the workspace"],
        ),
        (shop(M1=m1(STARS)), [AT_M1 + "'refunds' is added in the workspace, and not here"]),
        (
            shop(M1=m1(REFUNDS, Capability(capability="stars"))),
            [AT_M1 + "'stars' is due here, and optional in the workspace"],
        ),
        (
            DOCUMENT._replace(services=without(DOCUMENT.services, "till")),
            ["100 matrix till: it is missing from the matrix here"],
        ),
        (
            DOCUMENT._replace(services={**DOCUMENT.services, "cats": DocumentService(120, "cats", None, {})}),
            ["120 matrix cats: the workspace has no such service"],
        ),
        (
            DOCUMENT._replace(services={**DOCUMENT.services, "till": row_of(TILL, 110)._replace(about="x")}),
            ["110 matrix till: it is about 'x' here, and not given in the workspace"],
        ),
    ],
)  # fmt: skip
def test_the_matrix(document: ReadinessDocument, messages: list[str]) -> None:
    assert told(document) == messages


def published(**rows: DocumentTargets | None) -> ReadinessDocument:
    kept = {name: of for name, of in {**DOCUMENT.published, **rows}.items() if of}
    return DOCUMENT._replace(published=kept)


@pytest.mark.parametrize(
    ("document", "messages"),
    [
        # A row may say again what a row above it says: the list is cumulative.
        (
            published(M1=row("M1", 201, target("shop", "L2", "with tills"), Published(label="residency", level="L1"))),
            [],
        ),
        # What differs is told once, where it begins.
        (
            published(M0=row("M0", 200, Published(label="residency", level="L1"))),
            ["200 published shop-service M0: published nowhere here, and at L1 by `must_be_green`"],
        ),
        (
            published(M0=row("M0", 200, *DOCUMENT.published["M0"].targets, target("cats", "L3"))),
            ["200 published cats M0: published at L3 here, and nowhere by `must_be_green`"],
        ),
        (
            published(M1=row("M1", 201, target("shop", "L2"))),
            [
                ("201 published shop-service M1: published at L2 here, "
                "and at L2 (with tills) by `must_be_green`")
            ],
        ),
        # Without a plus a row replaces the rows above it.
        (
            published(M1=row("M1", 201, target("shop", "L2", "with tills"), adds=False)),
            [
                ("201 published label residency M1: published nowhere here, "
                "and at L1 by `must_be_green`")
            ],
        ),
        (
            published(M1=None),
            [
                ("200 published shop-service M1: published at L1 here, "
                "and at L2 (with tills) by `must_be_green`")
            ],
        ),
        (
            published(M4=row("M4", 204, target("till", "L2"))),
            ["204 published till M4: published at L2 here, and nowhere by `must_be_green`"],
        ),
    ],
)  # fmt: skip
def test_the_published_list(document: ReadinessDocument, messages: list[str]) -> None:
    assert told(document) == messages


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        (
            {"M0": row("M0", 210, target("shop", "L2"))},
            ["210 derived shop-service M0: in scope at L2 here, and at L1 by the workspace's matrix"],
        ),
        (
            {"M0": row("M0", 210)},
            ["210 derived shop-service M0: in scope nowhere here, and at L1 by the workspace's matrix"],
        ),
        ({"M7": row("M7", 217)}, ["217 derived M7: the workspace has no milestone M7"]),
        ({"M0": None}, ["211 derived M0: M0 is missing from the exit summary"]),
    ],
)
def test_the_derived_summary(changes: Mapping[str, DocumentTargets | None], messages: list[str]) -> None:
    derived = {name: of for name, of in {**DOCUMENT.derived, **changes}.items() if of}
    assert told(DOCUMENT._replace(derived=derived)) == messages


def test_a_document_without_anything_lacks_the_services() -> None:
    empty = ReadinessDocument({}, {}, {}, {}, {}, {}, {}, states_effects=False, remarks=())
    assert told(empty) == [
        "1 matrix shop-service: it is missing from the matrix here",
        "1 matrix till: it is missing from the matrix here",
    ]
