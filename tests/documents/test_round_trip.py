"""A workspace with any ids is written as a page, agrees with it, and becomes the same plan again."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.documents import as_text
from builders.judging import workspace
from gatekeeper.documents.compare import compare_document
from gatekeeper.documents.import_ import import_page
from gatekeeper.documents.parse import read_document
from gatekeeper.documents.render import Flavour, as_markdown
from gatekeeper.judging.plans.matrix import summary
from gatekeeper.judging.rules.binding import RESERVED
from gatekeeper.manifests.scaffold import write_new
from gatekeeper.model.document import DocumentPart, PageIds
from gatekeeper.model.service import Capability, Effect, PlanCell, Scope, Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.loading import validate

ODD = [
    "no", "gates", "L0", "L1", "L2", "G1", "G2", "G10", "M1", "a_b_c", "x_", "a-_b_-c", "1", "2", "optional", "label",
    "services", "here", "api", "api-v2", "v2", "z", "x", "y", "full", "of", "2026-10", "G1-G3", "none", "Only", "shop",
]  # fmt: skip
IDS = st.one_of(
    st.sampled_from(ODD), st.from_regex(r"[abAB01][abAB01_-]{0,4}|[A-Za-z0-9][A-Za-z0-9_-]{0,31}", fullmatch=True)
).filter(lambda id_: id_.isascii() and id_.casefold() not in RESERVED | {"levels", "governance"})  # fmt: skip
LISTED = st.sampled_from(
    [*ODD, "G1, G2", "a; b", "a + b", "+ x", "(x", "y) z", "x (y) z", '"', "—", "no gates", "a|b", "a L1 (b", "x here"]
)  # fmt: skip
WORDS = LISTED | st.text(min_size=1, max_size=12).filter(lambda words: words.strip() != "")
"""Words that could be misread as ids, and ids that could be misread as words."""
DISTINCT = st.sampled_from(
    ["refunds", "gift cards", "on-call rota", "OAuth + SCIM", "10 k users", "a (b; c)"]
)
SERVICES = ["shop", "shop-desk", "till", "none", "api", "api-v2-service", "L1"]


class Ids(NamedTuple):
    levels: list[str]
    gates: list[str]
    milestones: list[str]


DISTINCT_IDS = st.builds(
    Ids,
    st.sampled_from(
        [["none", "bronze", "silver", "gold", "gold-plus"], ["T0", "T1", "T10"], ["L0", "L1", "L2", "L3"], ["off", "on"]]
    ),
    st.sampled_from([["build", "api", "api-v2", "run"], ["G1", "G2", "G10"], ["Sec"]]),
    st.sampled_from([["2026Q3", "2026Q4", "2027Q1"], ["M0", "M1", "M10"], ["r_1", "ga"], ["2026-10", "late"]]),
)  # fmt: skip
"""Ids that people and programs tell apart even if nothing is between them."""


def scopes(gate: str, words: st.SearchStrategy[str]) -> st.SearchStrategy[Scope | None]:
    narrowing = st.builds(
        Scope,
        scope=words,
        only=st.none() | st.just((f"{gate}.x",)),
        paths=st.none() | st.lists(words, min_size=1, max_size=2).map(tuple),
    )
    return st.none() | narrowing | st.builds(Scope, scope=words, effect=st.just(Effect.DEMANDS))


def criterion(group: str) -> dict[str, str]:
    words = {"question": "Is it so?", "why": "w", "attested_by": "lead", "remedy": "r", "effort": "small"}
    return {"id": f"{group}.x", **words}


@st.composite
def any_ids(draw: st.DrawFn) -> Ids:
    """Draw two to seven levels, and one to four gates and milestones."""
    groups = draw(st.lists(IDS, min_size=3, max_size=11, unique_by=str.casefold))
    count = draw(st.integers(max(2, len(groups) - 4), min(7, len(groups) - 1)))
    milestones = draw(st.lists(IDS, min_size=1, max_size=4, unique_by=str.casefold))
    return Ids(groups[:count], groups[count:], milestones)


@st.composite
def plans(draw: st.DrawFn, ids: Ids, words: st.SearchStrategy[str]) -> dict[str, PlanCell]:
    """Draw a plan; without a gate, only the first level that asks for anything can be reached."""
    texts = draw(st.lists(words, max_size=4, unique_by=lambda text: Capability(capability=text).id))
    cells: dict[str, PlanCell] = {}
    gates: dict[str, Scope | None] = {}
    in_scope = draw(st.sets(st.sampled_from(ids.milestones), min_size=1))
    for milestone in filter(in_scope.__contains__, ids.milestones):
        is_listed = not cells or draw(st.booleans())
        if is_listed:
            listed = draw(st.lists(st.sampled_from(ids.gates), unique=True))
            gates = {gate: draw(scopes(gate, words)) for gate in listed}
        taken = draw(st.integers(0, len(texts)))
        cells[milestone] = PlanCell(
            level=draw(st.sampled_from(ids.levels if gates else ids.levels[:2])),
            gates=gates if is_listed else None,
            adds=tuple(Capability(capability=text, optional=draw(st.booleans())) for text in texts[:taken]),
        )
        texts = texts[taken:]
    return cells


@st.composite
def workspaces(draw: st.DrawFn, ids: st.SearchStrategy[Ids], words: st.SearchStrategy[str]) -> Manifests:
    chosen = draw(ids)
    levels, gates, milestones = chosen
    names = draw(st.lists(st.sampled_from(SERVICES), min_size=1, max_size=3, unique=True))
    services = [
        Service(service=name, owner="o", about=draw(st.none() | words), plan=draw(plans(chosen, words)))
        for name in names
    ]  # fmt: skip
    entries = st.fixed_dictionaries({"service": st.sampled_from(names), "level": st.sampled_from(levels)})
    noted = st.fixed_dictionaries({"label": LISTED, "level": st.sampled_from(levels), "note": LISTED})
    whom = lambda entry: entry.get("service") or entry["label"]  # noqa: E731
    published = {name: draw(st.lists(entries | noted, max_size=3, unique_by=whom)) for name in milestones}
    defined = [{"level": id_, "name": id_.title(), "meaning": "m", "audience": "a"} for id_ in levels]
    rules = [
        {"criteria": [criterion(id_)]} if id_ != levels[0] and draw(st.booleans()) else {} for id_ in levels
    ]
    return workspace(
        *services,
        gates={
            id_: json.dumps(
                {"gate": id_, "name": draw(st.sampled_from(ODD)), "definition": "d", "artefact": "a", "role": "lead",
                 "criteria": [criterion(id_)]}
            )
            for id_ in gates
        },
        levels=json.dumps({"levels": [one | more for one, more in zip(defined, rules, strict=True)]}),
        governance=json.dumps({"roles": {"lead": "w"}, "upgrade_sign_offs": []}),
        milestones=milestones,
        published={name: json.dumps(listed) for name, listed in published.items()},
    )  # fmt: skip


def written(space: Manifests, flavour: Flavour = Flavour.PLAIN) -> str:
    return as_markdown(space, summary(space.services.values(), space.levels.scale, space.milestones), flavour)


@pytest.mark.long
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(workspaces(any_ids(), WORDS), st.sampled_from(Flavour))
def test_any_workspace_becomes_a_page_and_the_same_plan_again(space: Manifests, flavour: Flavour) -> None:
    page = written(space, flavour)
    with_ids = read_document(page.encode(), "page.md", PageIds.of(space))
    assert with_ids.remarks == ()
    assert compare_document(with_ids, space) == ()
    document = read_document(page.encode(), "page.md")
    assert document.remarks == ()
    with TemporaryDirectory() as folder:
        write_new(Path(folder), dict(import_page(document).texts))
        checked = validate(Path(folder))
    assert checked.problems == ()
    assert checked.loaded
    again = checked.loaded.manifests
    assert {name: of.plan for name, of in again.services.items()} == {
        name: of.plan for name, of in space.services.items()
    }
    assert {name: of.must_be_green for name, of in again.milestones.items()} == {
        name: of.must_be_green for name, of in space.milestones.items()
    }
    assert [*again.milestones] == [*space.milestones]
    assert [*again.levels.scale] == [*space.levels.scale]
    assert again.gates.keys() == space.gates.keys()
    itself = read_document(page.encode(), "page.md", PageIds.of(again))
    assert [one for one in compare_document(itself, again) if one.part is DocumentPart.PROSE] == []


@pytest.mark.long
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(workspaces(DISTINCT_IDS, DISTINCT))
def test_the_text_of_a_page_is_split_at_its_ids(space: Manifests) -> None:
    page = as_text(written(space)).encode()
    for usual in (PageIds.of(space), None):
        document = read_document(page, "page.txt", usual)
        assert document.remarks == ()
        assert compare_document(document, space) == ()
