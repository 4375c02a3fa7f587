"""Pages of a workspace with its own ids: written, compared, read as plain text, and made a workspace again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builders.documents import as_text
from builders.workspaces import edit, write
from gatekeeper.documents.compare import compare_document
from gatekeeper.documents.import_ import import_page
from gatekeeper.documents.parse import read_document
from gatekeeper.documents.render import Flavour, as_markdown
from gatekeeper.judging.plans.matrix import summary
from gatekeeper.manifests.scaffold import write_new
from gatekeeper.model.document import PageIds, ReadinessDocument
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.loading import open_workspace, validate

CRITERION = "why: w, attested_by: lead, remedy: r, effort: small"
FILES = {
    "gatekeeper.yaml": "roadmap: [2026Q3, 2026Q4, 2027Q1]\n",
    "gates/build.yaml": f"""\
gate: build
name: Build
definition: The image is built from the tagged commit.
artefact: SBOM of the image
role: lead
criteria:
  - {{id: build.image, question: Is there an image?, {CRITERION}}}
  - {{id: build.sbom, question: Is there a list of its parts?, from: silver, {CRITERION}}}
""",
    "gates/api.yaml": f"""\
gate: api
name: API
definition: The API is published.
artefact: OpenAPI description
role: lead
criteria:
  - {{id: api.published, question: Is the API published?, {CRITERION}}}
""",
    "gates/run.yaml": f"""\
gate: run
name: Run
definition: The service can be operated.
artefact: Runbook
role: lead
criteria:
  - {{id: run.alerts, question: Do alerts reach people?, {CRITERION}}}
""",
    "gates/levels.yaml": f"""\
slots:
  scope_tests: {{kind: tests, about: tests of demands}}
  capability_tests: {{kind: tests, about: tests of capabilities}}
levels:
  - {{level: none, name: Not started, meaning: Nothing is there., audience: Nobody}}
  - {{level: bronze, name: Works, meaning: Colleagues can use it, audience: Our own company}}
  - level: silver
    name: Trusted
    meaning: Friendly customers use it
    audience: Chosen customers
    criteria:
      - {{id: silver.support, question: Is there a support rota?, {CRITERION}}}
  - {{level: gold, name: Promised, meaning: There is a contract, audience: Everybody, ships_to: [shops]}}
""",
    "gates/governance.yaml": """\
policy: {promotion: The lead decides.}
roles: {lead: Leads the product.}
upgrade_sign_offs: []
""",
    "milestones/2026Q3.yaml": "milestone: 2026Q3\nmust_be_green: [{service: shop, level: bronze}]\n",
    "milestones/2026Q4.yaml": """\
milestone: 2026Q4
must_be_green:
  - {service: shop, level: silver, note: with refunds}
  - {label: eu, level: bronze, note: eu-capable services}
""",
    "milestones/2027Q1.yaml": "milestone: 2027Q1\n",
    "services/shop.yaml": """\
service: shop
owner: team-shop
about: sales
level: none
labels: [eu]
plan:
  2026Q3:
    level: bronze
    gates: {build: , api: {scope: orders, only: [api.published], paths: [/orders/*]}}
  2026Q4:
    level: silver
    gates: {build: , api: , run: {scope: on-call rota, effect: demands}}
    adds: [refunds, {capability: gift cards, optional: true}]
  2027Q1: {level: gold, adds: [run in two regions]}
""",
    "services/till-desk.yaml": """\
service: till-desk
owner: team-till
level: none
plan:
  2026Q4: {level: none}
  2027Q1: {level: bronze, gates: {run: }}
""",
}


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    root = tmp_path / "quarters"
    for name, text in FILES.items():
        write(root / name, text)
    return root


def rendered(workspace: Manifests, flavour: Flavour = Flavour.PLAIN) -> str:
    derived = summary(workspace.services.values(), workspace.levels.scale, workspace.milestones)
    return as_markdown(workspace, derived, flavour)


def read(text: str, workspace: Manifests | None = None) -> ReadinessDocument:
    return read_document(text.encode(), "page.md", PageIds.of(workspace) if workspace else None)


def as_it_is(text: str) -> str:
    return text


@pytest.mark.parametrize("form", [as_it_is, as_text], ids=["markdown", "text"])
@pytest.mark.parametrize("flavour", Flavour)
def test_a_written_page_agrees(quarters: Path, flavour: Flavour, form: Callable[[str], str]) -> None:
    workspace = open_workspace(quarters).manifests
    document = read(form(rendered(workspace, flavour)), workspace)
    assert compare_document(document, workspace) == ()
    assert [*document.services["shop"].cells] == ["2026Q3", "2026Q4", "2027Q1"]


def test_a_page_is_written_in_the_words_of_the_workspace(quarters: Path) -> None:
    page = rendered(open_workspace(quarters).manifests)
    assert "| 2026Q3 | bronze | build, api (orders) |\n" in page
    assert (
        "| 2026Q4 | silver | build, api, run (on-call rota); refunds; gift cards \\[optional\\] |\n" in page
    )
    assert '- 2026Q3 api: only api.published; paths "/orders/\\*"\n' in page
    assert "### silver Trusted — level criteria" in page
    assert "| 2026Q4 | + shop silver (with refunds), eu-capable services bronze |\n" in page


@pytest.mark.parametrize("form", [as_it_is, as_text], ids=["markdown", "text"])
def test_a_page_becomes_the_same_plan_again(
    quarters: Path, tmp_path: Path, form: Callable[[str], str]
) -> None:
    workspace = open_workspace(quarters).manifests
    page = form(rendered(workspace))
    adopted = import_page(read(page))
    write_new(tmp_path / "again", dict(adopted.texts))
    checked = validate(tmp_path / "again")
    assert checked.problems == ()
    assert checked.loaded
    again = checked.loaded.manifests
    assert {name: of.plan for name, of in again.services.items()} == {
        name: of.plan for name, of in workspace.services.items()
    }
    assert [*again.milestones] == ["2026Q3", "2026Q4", "2027Q1"]
    assert {name: of.must_be_green for name, of in again.milestones.items()} == {
        name: of.must_be_green for name, of in workspace.milestones.items()
    }
    assert [(level.level, level.name) for level in again.levels.levels] == [
        ("none", "Not started"), ("bronze", "Works"), ("silver", "Trusted"), ("gold", "Promised"),
    ]  # fmt: skip
    assert {name: [one.id for one in of.criteria] for name, of in again.gates.items()} == {
        name: [one.id for one in of.criteria] for name, of in workspace.gates.items()
    }
    assert [one.id for one in again.levels.levels[2].criteria] == ["silver.support"]
    assert compare_document(read(page, again), again) == ()


@pytest.mark.parametrize(
    ("file", "was", "becomes", "expected"),
    [
        (
            "services/shop.yaml",
            "level: silver",
            "level: gold",
            ["shop 2026Q4: silver here, and gold in the workspace",
             "shop 2026Q4: in scope at silver here, and at gold by the workspace's matrix"],
        ),
        (
            "services/shop.yaml",
            "    gates: {build: , api: , run:",
            "    gates: {api: , run:",
            ["shop 2026Q4: build applies here, and not in the workspace"],
        ),
        (
            "services/shop.yaml",
            "scope: orders",
            "scope: baskets",
            ["shop 2026Q3: the scope of api is 'orders' here, and 'baskets' in the workspace"],
        ),
        (
            "services/shop.yaml",
            "adds: [run in two regions]",
            "adds: []",
            ["shop 2027Q1: 'run in two regions' is added here, and not in the workspace"],
        ),
        (
            "milestones/2026Q4.yaml",
            "level: silver, note: with refunds",
            "level: gold",
            ["shop 2026Q4: published at silver (with refunds) here, and at gold by `must_be_green`"],
        ),
        (
            "gatekeeper.yaml",
            "2026Q3, 2026Q4",
            "2026Q4, 2026Q3",
            ["the order of milestones is 2026Q3, 2026Q4, 2027Q1 here, and 2026Q4, 2026Q3, 2027Q1 in the workspace",
             "label eu 2026Q3: published nowhere here, and at bronze (eu-capable services) by `must_be_green`"],
        ),
        (
            "gates/levels.yaml",
            "level: gold, name: Promised",
            "level: gold, name: Sworn",
            ["gold is called 'Promised' here, and 'Sworn' in the workspace"],
        ),
    ],
)  # fmt: skip
def test_what_changed_is_reported(
    quarters: Path, file: str, was: str, becomes: str, expected: list[str]
) -> None:
    page = rendered(open_workspace(quarters).manifests)
    edit(quarters / file, was, becomes)
    workspace = open_workspace(quarters).manifests
    found = compare_document(read(page, workspace), workspace)
    where = [" ".join(filter(None, (one.service, one.milestone))) for one in found]
    said = [
        f"{place}: {one.message}" if place else one.message for place, one in zip(where, found, strict=True)
    ]
    assert sorted(said) == sorted(expected)
