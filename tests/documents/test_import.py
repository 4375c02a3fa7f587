"""A document becomes a workspace that is valid, and that says what the document says."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.documents import FLATTENED, MARKDOWN, as_text, line_of, read
from builders.workspaces import ROOT
from gatekeeper.documents.compare import compare_document
from gatekeeper.documents.import_ import ImportedPage, import_page
from gatekeeper.documents.parse import read_document
from gatekeeper.documents.render import Flavour, as_markdown
from gatekeeper.judging.plans.matrix import summary
from gatekeeper.manifests.new_manifest import Braces, manifest
from gatekeeper.manifests.scaffold import write_new
from gatekeeper.manifests.validation import parse
from gatekeeper.model.document import ReadinessDocument
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.service import Capability, Effect, PlanCell, Scope, Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import open_workspace, validate

REFERENCE = open_workspace(ROOT).manifests


def opened(adopted: ImportedPage, folder: Path) -> Manifests:
    write_new(folder, dict(adopted.texts))
    checked = validate(folder)
    assert checked.problems == ()
    assert checked.loaded
    return checked.loaded.manifests


def remarks(document: ReadinessDocument) -> list[str]:
    return [f"{remark.line}: {remark.message}" for remark in import_page(document).remarks]


def rendered(workspace: Manifests, flavour: Flavour = Flavour.PLAIN) -> ReadinessDocument:
    text = as_markdown(
        workspace, summary(workspace.services.values(), workspace.levels.scale, workspace.milestones), flavour
    )
    return read_document(text.encode(), "rendered.md")


# The document that the reference plan was made from


@pytest.mark.long
def test_a_flattened_document_becomes_the_reference_plan(tmp_path: Path, page: bytes) -> None:
    document = read_document(page, "page.txt")
    adopted = import_page(document)
    workspace = opened(adopted, tmp_path)
    assert {name: of.plan for name, of in workspace.services.items()} == {
        name: of.plan for name, of in REFERENCE.services.items()
    }
    assert workspace.milestones == REFERENCE.milestones
    assert workspace.gates == REFERENCE.gates
    assert workspace.levels == REFERENCE.levels
    assert workspace.governance.roster == {}
    assert {name: of.owner for name, of in workspace.services.items()} == {
        name: of.owner for name, of in REFERENCE.services.items()
    }
    assert [remark.message for remark in adopted.remarks] == [
        "which services have the label residency? write `labels: [...]` for each"
    ]


# Writing and reading again


@pytest.mark.long
@pytest.mark.parametrize("flavour", Flavour)
@pytest.mark.parametrize("root", [ROOT, ROOT / "examples" / "pilot"], ids=["reference", "pilot"])
def test_a_written_document_agrees_and_becomes_the_same_plan_again(
    root: Path, flavour: Flavour, tmp_path: Path
) -> None:
    workspace = open_workspace(root).manifests
    document = rendered(workspace, flavour)
    assert compare_document(document, workspace) == ()
    again = opened(import_page(document), tmp_path)
    assert {name: of.plan for name, of in again.services.items()} == {
        name: of.plan for name, of in workspace.services.items()
    }
    assert {name: of.must_be_green for name, of in again.milestones.items()} == {
        name: of.must_be_green for name, of in workspace.milestones.items()
    }


def test_a_written_page_agrees_after_it_became_plain_text_too() -> None:
    derived = summary(REFERENCE.services.values(), REFERENCE.levels.scale, REFERENCE.milestones)
    text = as_text(as_markdown(REFERENCE, derived, Flavour.PLAIN))
    assert "\nM0L2G1, G2 (auth endpoints), G3" in text
    document = read(text)
    assert compare_document(document, REFERENCE) == ()
    assert document.states_effects
    assert {name: (of.meaning, of.audience) for name, of in document.levels.items()} == {
        str(of.level): (" ".join(f"{of.name}: {of.meaning}".split()), of.audience)
        for of in REFERENCE.levels.levels
    }
    assert {name: of.definition for name, of in document.gates.items() if name != "G7"} == {
        name: " ".join(of.definition.split()) for name, of in REFERENCE.gates.items() if name != "G7"
    }


TEXT = st.one_of(
    st.text(min_size=1, max_size=12),
    st.text(alphabet="|`*_{}<>[]()\\&#@:;+,\"'!~$-—\u202e\u00a0 \n\tab", min_size=1, max_size=12),
    st.sampled_from(
        ["<script>alert(1)</script>", "{process.env}", ":::danger", "import x from 'y'", "export a", "a | b", "- a",
         "optional", "no gates", "G1", "L2", "+ a; b", "&lt;", "&#8203;", "\ufeffa", "1. a", "# a", "```", "a\u2028b",
         "http://x.y", "@team", "\\", "<!-- -->", "$x$", "::name[a]{b}", "null", "~", "0x10", "yes", "2026-11-02"]
    ),
).filter(lambda text: text.strip() != "")  # fmt: skip
IDS = ["G1.pure", "G1.coverage", "G8.review"]


def scopes(gate: str) -> st.SearchStrategy[Scope | None]:
    narrowing = st.builds(
        Scope,
        scope=TEXT,
        only=st.none() | st.just(tuple(id_ for id_ in IDS if id_.startswith(gate))).filter(bool),
        paths=st.none() | st.lists(TEXT, min_size=1, max_size=2).map(tuple),
        subjects=st.none() | st.lists(TEXT, min_size=1, max_size=2).map(tuple),
        aggregates=st.none() | st.lists(TEXT, min_size=1, max_size=2).map(tuple),
    )
    return st.none() | narrowing | st.builds(Scope, scope=TEXT, effect=st.just(Effect.DEMANDS))


GATES = st.fixed_dictionaries({}, optional={gate: scopes(gate) for gate in ("G1", "G4", "G8")})


@st.composite
def plans(draw: st.DrawFn) -> dict[str, PlanCell]:
    words = draw(st.lists(TEXT, max_size=6, unique_by=lambda text: Capability(capability=text).id))
    milestones = draw(st.lists(st.sampled_from(["M0", "M1", "M2", "M10"]), min_size=1, unique=True))
    cells: dict[str, PlanCell] = {}
    for milestone in sorted(milestones, key=lambda name: int(name[1:])):
        gates = draw(GATES if not cells else st.none() | GATES)
        taken = draw(st.integers(0, len(words)))
        adds = tuple(Capability(capability=text, optional=draw(st.booleans())) for text in words[:taken])
        words = words[taken:]
        cells[milestone] = PlanCell(
            level=draw(st.sampled_from(["L0", "L1", "L2", "L3", "L4"])), gates=gates, adds=adds
        )
    return cells


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
SERVICES = st.builds(Service, service=NAMES, owner=TEXT, about=st.none() | TEXT, plan=plans())


SMALL = REFERENCE._replace(
    gates={
        name: REFERENCE.gates[name].model_copy(
            update={
                "criteria": tuple(
                    one for one in REFERENCE.gates[name].criteria if one.id in [*IDS, "G4.chaos"]
                )
            }
        )
        for name in ("G1", "G4", "G8")
    },
    levels=REFERENCE.levels.model_copy(
        update={
            "levels": tuple(level.model_copy(update={"criteria": ()}) for level in REFERENCE.levels.levels)
        }
    ),
)
"""A rulebook with little in it, because the law is about plans."""


def planned(*services: Service) -> Manifests:
    milestones = sorted({name for of in services for name in of.plan}, key=lambda name: int(name[1:]))
    return SMALL._replace(
        services={of.service: of for of in services},
        milestones=Roadmap({name: Milestone(milestone=name) for name in milestones}),
    )


def manifest_of(adopted: ImportedPage, name: str) -> Service:
    file = f"services/{name}.yaml"
    parsed = parse(adopted.texts[file].encode(), file, Service)
    assert parsed.model, parsed.problems
    return parsed.model


@pytest.mark.long
@settings(max_examples=40)
@given(st.lists(SERVICES, min_size=1, max_size=3, unique_by=lambda of: of.service), st.sampled_from(Flavour))
def test_any_plan_is_written_and_read_again_as_it_is(services: list[Service], flavour: Flavour) -> None:
    workspace = planned(*services)
    document = rendered(workspace, flavour)
    assert document.remarks == ()
    assert compare_document(document, workspace) == ()
    adopted = import_page(document)
    for service in services:
        assert manifest_of(adopted, service.service).plan == service.plan


@pytest.mark.long
@settings(max_examples=50)
@given(SERVICES)
def test_both_flavours_say_the_same(service: Service) -> None:
    plain, site = (rendered(planned(service), flavour).services[service.service] for flavour in Flavour)
    assert {name: cell._replace(line=0) for name, cell in plain.cells.items()} == {
        name: cell._replace(line=0) for name, cell in site.cells.items()
    }


# Rules


def test_a_document_of_its_own_gets_rules_that_a_person_attests(tmp_path: Path) -> None:
    text = (
        MARKDOWN.replace("G1 Domain", "G1 Docs")
        .replace("| M1 | L1 | G1 (core);", "| M1 | L1 | G1, G9;")
        .replace("- M1 G1: only G1.pure\n", "")
    )
    workspace = opened(import_page(read(text)), tmp_path)
    docs = workspace.gates["G1"]
    assert (docs.name, docs.definition, docs.artefact) == ("Docs", "Pure | typed", "/domain/**.test.ts")
    assert [(one.id, one.question, one.attested_by) for one in docs.criteria] == [
        ("G1.pure-ts-no-framework", "Does this hold: Pure TS; no framework?", "architecture"),
        ("G1.pure", "Is it pure?", "architecture"),
    ]
    assert [one.id for one in workspace.gates["G9"].criteria] == ["G9.g9-is-green"]
    assert "L3.offline-hooks" not in {one.id for level in workspace.levels.levels for one in level.criteria}
    told = remarks(read(text))
    assert f"{line_of(text, 'G1, G9')}: no criteria of G9 are listed: one is made from its definition" in told
    assert "1: L3.offline-hooks of the reference is left out: the document has no G4" in told
    assert "1: L2.contracts of the reference is left out: the document has no G2 or G3, no G3.pact" in told


def test_a_line_that_the_reference_does_not_ask_is_asked_too(tmp_path: Path) -> None:
    text = FLATTENED.replace("G1.pure Is it pure? From L2.", "We like cats.").replace(
        "no framework.", "no framework imports."
    )
    workspace = opened(import_page(read(text)), tmp_path)
    ids = [one.id for one in workspace.gates["G1"].criteria]
    assert ids == ["G1.pure", "G1.we-like-cats"]


def test_lines_that_are_alike_get_ids_of_their_own() -> None:
    text = FLATTENED.replace("G1 Domain", "G1 Docs").replace(
        "  • G1.pure Is it pure? From L2.\n", "  • Pure TS; no framework.\n  • ÄÖ!\n  • 漢字\n  • 漢字\n"
    )
    fields: Any = load(import_page(read(text)).texts["gates/G1.yaml"].encode()).value
    assert [criterion["id"] for criterion in fields["criteria"]] == [
        "G1.pure-ts-no-framework",
        "G1.pure-ts-no-framework-2",
        "G1.ao",
        "G1.criterion",
        "G1.criterion-2",
    ]


def test_levels_are_called_what_the_document_calls_them(tmp_path: Path) -> None:
    workspace = opened(import_page(read(MARKDOWN.replace("Skeleton: empty", "Seed; empty"))), tmp_path)
    level = workspace.levels.levels[1]
    assert (level.name, level.meaning, level.audience) == ("Seed", "empty", "Internal & tests")
    assert [one.id for one in level.criteria] == ["L1.scaffold", "L1.no-customer-endpoints"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            MARKDOWN.replace("| L3 | G1 | M1 | n |", "| L1 | | M1 | n |"),
            "till lists no gates up to M1: no gate applies until then",
        ),
        (MARKDOWN.replace("| + shop L2, ", "| "), "M2 no longer names shop-service, till: a published list only grows"),
        (MARKDOWN.replace("shop L1,", "cats L1,"), "cats is published, and the matrix has no such service"),
        (MARKDOWN.replace("only G1.pure", "only G1.cats"), "the scope of G1 names G1.cats, which are not criteria of it"),
    ],
)  # fmt: skip
def test_what_needs_an_eye_is_remarked(text: str, expected: str, tmp_path: Path) -> None:
    told = remarks(read(text))
    assert any(line.endswith(expected) for line in told), told
    opened(import_page(read(text)), tmp_path)


def test_the_words_of_the_reference_keep_their_meaning_unless_the_document_says_it() -> None:
    words = "G8 (PCI-scoped)"
    text = MARKDOWN.replace("| L3 | G1 | M1 | n |", f"| L3 | {words} | M1 | n |")
    said = manifest_of(import_page(read(text)), "till").plan["M1"].gates
    unsaid = (
        manifest_of(import_page(read(text.replace("- M1 G1: only G1.pure\n", ""))), "till").plan["M1"].gates
    )
    assert said == {"G8": Scope(scope="PCI-scoped")}
    assert unsaid == {"G8": Scope(scope="PCI-scoped", effect=Effect.DEMANDS)}


# YAML


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXT, inner, max_size=3)
        | st.dictionaries(TEXT, inner, max_size=2).map(Braces)
    ),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, VALUES, min_size=1, max_size=4))
def test_a_new_manifest_says_what_it_was_given(fields: dict[str, Any]) -> None:
    assert load(manifest(fields, "a comment\nof two lines").encode()).value == fields


def test_an_id_that_a_document_names_twice_or_elsewhere_is_given_once(tmp_path: Path) -> None:
    more = "- `G1.pure` Is it so?\n- `G2.pure` Is it that?\n"
    text = MARKDOWN.replace("G1 Domain", "G1 Docs").replace("## 5.", f"{more}\n## 5.")
    workspace = opened(import_page(read(text)), tmp_path)
    assert [one.id for one in workspace.gates["G1"].criteria] == [
        "G1.pure-ts-no-framework",
        "G1.pure",
        "G1.is-it-so",
        "G1.is-it-that",
    ]


def test_gates_are_asked_for_from_the_first_level_on(tmp_path: Path) -> None:
    text = MARKDOWN.replace(
        "| L3 | G1 | M1 | n |", "| L0 | | M1 | n |\n| L1 | | M2 | n |\n| L3 | G1 | M3 | n |"
    )
    workspace = opened(import_page(read(text)), tmp_path)
    cells = workspace.services["till"].plan
    assert [cell.gates for cell in cells.values()] == [None, {}, {"G1": None}]


@pytest.mark.parametrize("row", ["| L3 | | M1 | n |", "| L3 | no gates | M1 | n |"])
def test_a_cell_above_the_first_level_without_a_gate_is_refused_by_line(row: str) -> None:
    text = MARKDOWN.replace("| L3 | G1 | M1 | n |", row)
    assert row in text
    [refused] = import_page(read(text)).refused
    assert refused.line == line_of(text, row)
    assert refused.message.startswith(
        "till at M1 targets L3, and no gate is listed or carried over: list its gates"
    )
    assert import_page(read(MARKDOWN)).refused == ()
