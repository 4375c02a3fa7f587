"""Pages of a workspace with its own ids: written, compared, read as plain text, and made a workspace again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builders.documents import as_text, line_of
from builders.workspaces import edit, write
from gatekeeper.documents._order import in_order
from gatekeeper.documents._short_names import whole_names
from gatekeeper.documents.compare import compare_document
from gatekeeper.documents.import_ import import_page
from gatekeeper.documents.parse import read_document
from gatekeeper.documents.render import Flavour, as_markdown
from gatekeeper.judging.plans.matrix import summary
from gatekeeper.manifests.scaffold import write_new
from gatekeeper.model.document import PageIds, ReadinessDocument
from gatekeeper.model.service import Scope
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
    again = opened(page, tmp_path / "again")
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


TABLES = """\
| Level | Meaning | Who may use it |
|---|---|---|
| none | Nothing | Nobody |
| bronze | Works | Us |
| gold | Promised | All |

| Gate | Definition | Test artefact |
|---|---|---|
| build Build | d | a |
| run Run | d | a |

### shop

| Milestone | Level | Gates |
|---|---|---|
| beta | bronze | build, run (drills) |
| ga | gold | |

- beta run: only run.drill

### run Run — acceptance criteria

- Is a drill held?
- `build.image` Is there an image?
- v1.2 is supported
"""


def remarks(text: str) -> list[str]:
    return [f"{remark.line}: {remark.message}" for remark in read(text).remarks]


def test_a_page_defines_its_ids_in_any_order_of_its_tables() -> None:
    parts = TABLES.split("\n### ")
    turned = "### " + "\n### ".join(parts[1:]) + "\n" + parts[0]
    for text in (TABLES, turned):
        document = read(text)
        assert document.remarks == ()
        assert [*document.levels] == ["none", "bronze", "gold"]
        assert [*document.gates] == ["build", "run"]
        cells = document.services["shop"].cells
        assert {name: cell.level for name, cell in cells.items()} == {"beta": "bronze", "ga": "gold"}
        assert cells["beta"].gates == {"build": None, "run": Scope(scope="drills", only=("run.drill",))}
        assert [(one.id, one.text) for one in document.criteria["run"].criteria] == [
            (None, "Is a drill held?"),
            ("build.image", "Is there an image?"),
            (None, "v1.2 is supported"),
        ]


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("| ga | gold |", "| ga | silver |", "17: ga: 'silver' is not a level; write one of none, bronze, gold"),
        ("| ga | gold |", "| ga | L1 |", "17: ga: 'L1' is not a level; write one of none, bronze, gold"),
        ("build, run (drills)", "build, api, run (drills)", "16: beta: 'api' is not a gate"),
        ("| run Run |", "| scope Run |", "10: scope has another meaning, so it cannot be an id; this row is left out"),
        ("| run Run |", "| Governance Run |",
         "10: Governance has another meaning, so it cannot be an id; this row is left out"),
        ("| run Run |", "| BUILD Run |",
         "10: BUILD differs from build only in upper and lower case; this row is left out"),
        ("| run Run |", "| gold Run |", "10: gold is already above; this row is left out"),
        ("| gold |", "| go/ld |",
         "5: 'go/ld' is not an id: an id has 1 to 32 letters, digits, `-` and `_`, and begins with a letter or digit"),
        ("### run Run", "### walk Walk",
         "21: walk is neither a gate nor a level of this page: its criteria are left out"),
        ("| ga |", "| BETA |", "17: BETA differs from beta only in upper and lower case; this row is left out"),
        ("beta run: only run.drill", "beta run: soon",
         "19: 'soon' does not explain a scope note: write `demands` or `only run.name`"),
    ],
)  # fmt: skip
def test_what_is_no_id_of_the_page_is_reported(was: str, becomes: str, expected: str) -> None:
    assert was in TABLES
    assert expected in remarks(TABLES.replace(was, becomes, 1))


def test_other_items_below_a_matrix_are_passed_over() -> None:
    assert remarks(TABLES.replace("- beta run: only run.drill", "- About it: soon")) == []


@pytest.mark.parametrize(
    ("lists", "order"),
    [
        ([["b", "a"], ["a", "c"]], ["b", "a", "c"]),
        ([["c"], ["a", "b", "c"]], ["a", "b", "c"]),
        ([["a", "c"], ["b", "c"]], ["a", "b", "c"]),
        ([["M10", "M9"], ["M1"]], ["M1", "M9", "M10"]),
        ([["q1", "q2"], ["q2", "q1", "x"]], ["q1", "q2", "x"]),
        ([["a", "b"], ["b", "a"], ["a", "d"]], ["a", "b", "d"]),
        ([], []),
    ],
)
def test_the_order_of_ids_fits_all_lists(lists: list[list[str]], order: list[str]) -> None:
    assert in_order(*lists) == order


@pytest.mark.parametrize(
    ("names", "whole"),
    [
        (["identity-service", "till"], {"identity": "identity-service"}),
        (["shop-api", "shop-web", "ai-gateway-service"], {"ai-gateway": "ai-gateway-service"}),
        (["shop", "shop-api"], {}),
        (["till"], {}),
    ],
)
def test_a_short_name_belongs_to_one_service(names: list[str], whole: dict[str, str]) -> None:
    assert whole_names(names) == whole


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("| bronze |", "| iron |", ["iron is not a level of the workspace", "bronze Works is missing from the levels"]),
        (
            "| none | Not started: Nothing is there. | Nobody |\n",
            "",
            ["none Not started is missing from the levels"],
        ),
        ("| build Build |", "| make Build |", ["make Build is not a gate of the workspace"]),
    ],
)  # fmt: skip
def test_another_id_is_reported(quarters: Path, was: str, becomes: str, expected: list[str]) -> None:
    workspace = open_workspace(quarters).manifests
    page = rendered(workspace)
    assert was in page
    found = compare_document(read(page.replace(was, becomes, 1), workspace), workspace)
    assert set(expected) <= {one.message for one in found}


def test_levels_in_another_order_are_reported(quarters: Path) -> None:
    workspace = open_workspace(quarters).manifests
    rows = [
        line for line in rendered(workspace).splitlines() if line.startswith(("| silver | T", "| gold | P"))
    ]
    page = rendered(workspace).replace("\n".join(rows), "\n".join(reversed(rows)))
    [found] = compare_document(read(page, workspace), workspace)
    assert found.message == (
        "the order of levels is none, bronze, gold, silver here, and none, bronze, silver, gold in the workspace"
    )
    assert found.line == line_of(page, "| none |")


# Importing


def opened(page: str, folder: Path) -> Manifests:
    write_new(folder, dict(import_page(read(page)).texts))
    checked = validate(folder)
    assert checked.problems == ()
    assert checked.loaded
    return checked.loaded.manifests


def test_an_imported_page_keeps_its_roles(quarters: Path, tmp_path: Path) -> None:
    page = rendered(open_workspace(quarters).manifests)
    governance = opened(page, tmp_path / "again").governance
    assert [*governance.roles] == ["lead"]
    assert (governance.upgrade_sign_offs, governance.exceptions) == ((), None)
    assert "no role signs levels off: the level that a service claims counts" in {
        remark.message for remark in import_page(read(page)).remarks
    }
    signed = page.replace(
        "Leads the product. |\n", "Leads the product. |\n| qa | Only for services of their team. |\n"
    )
    for role in ("lead", "qa"):
        text = f"{signed}\nA level is signed off by lead, qa.\n\nWeaker rules or a weaker plan are approved by {role}.\n"
        governance = opened(text, tmp_path / role).governance
        assert governance.roles["qa"].of_service
        assert (governance.upgrade_sign_offs, governance.weakening_sign_off) == (("lead", "qa"), role)


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("\nA level is signed off by lead, nobody.\n", "nobody signs, and is not a role of this table"),
        ("", None),
    ],
)
def test_who_signs_must_be_a_role(quarters: Path, added: str, expected: str | None) -> None:
    document = read(rendered(open_workspace(quarters).manifests) + added)
    assert [remark.message for remark in document.remarks] == ([expected] if expected else [])


def test_the_lowest_level_requires_nothing(tmp_path: Path) -> None:
    text = TABLES + "\n### none Nothing — level criteria\n\n- Is there a name?\n"
    workspace = opened(text, tmp_path / "made")
    assert workspace.levels.levels[0].criteria == ()
    assert [*workspace.milestones] == ["beta", "ga"]
    assert "none is the lowest level, which requires nothing: its criteria are left out" in {
        remark.message for remark in import_page(read(text)).remarks
    }


def test_a_reserved_name_is_not_given_to_a_criterion(tmp_path: Path) -> None:
    text = TABLES.replace("- Is a drill held?", "- Scope\n- `run.scope` Is it wide?")
    ids = [one.id for one in opened(text, tmp_path / "made").gates["run"].criteria]
    assert ids[:2] == ["run.scope-2", "run.is-it-wide"]


def some_levels(*levels: str) -> str:
    rows = "".join(f"| {level} | {name} | |\n" for level, name in zip(levels, ("Not", "Any"), strict=False))
    return (
        f"| Level | Meaning | Who may use it |\n|---|---|---|\n{rows}\n"
        "### G8 Security — acceptance criteria\n\n- Is it safe?\n\n"
        f"### shop\n\n| Milestone | Level | Gates |\n|---|---|---|\n| M0 | {levels[-1]} | G8 |\n"
    )


@pytest.mark.parametrize(
    ("levels", "scale"),
    [
        (("L0", "L1"), ["L0", "L1"]),
        (("L0", "L1", "L3"), ["L0", "L1", "L2", "L3", "L4"]),
        (("L1", "L2"), ["L0", "L1", "L2", "L3", "L4"]),
        (("L2", "L1"), ["L2", "L1"]),
        (("L0", "L9"), ["L0", "L9"]),
        (("one", "two"), ["one", "two"]),
    ],
    ids=str,
)
def test_levels_are_those_of_the_page_or_of_the_reference(
    levels: tuple[str, ...], scale: list[str], tmp_path: Path
) -> None:
    workspace = opened(some_levels(*levels), tmp_path / "made")
    assert [*workspace.levels.scale] == scale
    ids = {one.id for one in workspace.gates["G8"].criteria}
    assert ("G8.isolation" in ids, len(ids) > 1) == ("L2" in scale, True)


# Plain text


TEXT = """\
1. Levels

LevelMeaningWho may use it
noneNothing yet
bronzeIt works for usColleagues
gold-plusIt is promisedEverybody

2. Gates

GateDefinitionTest artefact
build BuildIt is builtReport
run RunIt is operatedRunbook

3. Matrix

quicksilver

MilestoneLevelGates
beta—
gabronzebuild, run (on call); gift cards
lategold-plus+ vouchers

marigold-plus

MilestoneLevelGates
ganoneno gates

5. Summary

MilestoneMust-green services (level target)
gaquicksilver bronze, marigold-plus none (new)
late+ quicksilver gold-plus
never—
"""


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        (TEXT, None),
        (
            TEXT.replace("\n", "\n\n"),
            PageIds(("none", "bronze", "gold-plus"), ("build", "run"), ("ga", "late", "never")),
        ),
    ],
    ids=["rows together", "rows apart"],
)
def test_joined_cells_are_split_at_ids(text: str, usual: PageIds | None) -> None:
    document = read_document(text.encode(), "page.txt", usual)
    assert document.remarks == ()
    assert {name: (of.meaning, of.audience) for name, of in document.levels.items()} == {
        "none": ("Nothing yet", None),
        "bronze": ("It works for us", "Colleagues"),
        "gold-plus": ("It is promised", "Everybody"),
    }
    assert {name: (of.name, of.artefact) for name, of in document.gates.items()} == {
        "build": ("Build", "Report"),
        "run": ("Run", "Runbook"),
    }
    cells = {name: of.cells for name, of in document.services.items()}
    assert {name: [(of.milestone, of.level) for of in some.values()] for name, some in cells.items()} == {
        "quicksilver": [("ga", "bronze"), ("late", "gold-plus")],
        "marigold-plus": [("ga", "none")],
    }
    assert cells["quicksilver"]["ga"].gates == {"build": None, "run": Scope(scope="on call")}
    assert cells["marigold-plus"]["ga"].gates == {}
    assert {
        name: [(to.service, to.level) for to in row.targets] for name, row in document.published.items()
    } == {
        "ga": [("quicksilver", "bronze"), ("marigold-plus", "none")],
        "late": [("quicksilver", "gold-plus")],
        "never": [],
    }


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("gabronzebuild", "gasilverbuild",
         "20: ga: 'silverbuild, run (on call); gift cards' is not a level; write one of none, bronze, gold-plus"),
        ("lategold-plus+ vouchers", "soonplatinum+ vouchers",
         "21: this row cannot be split into cells: its milestone or level is unknown"),
        ("marigold-plus\n\nMilestoneLevel", "marigold-plus\n\nMilestoneLevels",
         "26: this row is not below a known line of titles: "),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_split_is_reported(was: str, becomes: str, expected: str) -> None:
    assert was in TEXT
    told = remarks(TEXT.replace(was, becomes, 1))
    assert any(line.startswith(expected) for line in told), told
