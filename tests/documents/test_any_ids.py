"""Pages of a workspace with its own ids are written and compared."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builders.documents import as_text, line_of
from builders.own_ids import TABLES, read, remarks, rendered, write_own_ids
from builders.workspaces import edit
from gatekeeper.documents._order import in_order, milestones_of
from gatekeeper.documents._short_names import whole_names
from gatekeeper.documents.compare import compare_document
from gatekeeper.documents.render import Flavour
from gatekeeper.model.service import Scope
from gatekeeper.workspace.loading import open_workspace


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    return write_own_ids(tmp_path / "quarters")


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
            [
                "gold is called 'Promised' here, and 'Sworn' in the workspace",
                "the workspace writes 'Sworn: There is a contract'; the page says 'Promised: There is a contract'",
            ],
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
        ([["M10", "M9"], ["M1"]], ["M10", "M9", "M1"]),
        ([["q1", "q2"], ["q2", "q1", "x"]], ["q1", "q2", "x"]),
        ([["a", "b"], ["b", "a"], ["a", "d"]], ["a", "b", "d"]),
        ([], []),
    ],
)
def test_the_order_of_ids_fits_all_lists(lists: list[list[str]], order: list[str]) -> None:
    assert in_order(*lists) == order


SERIES = """\
### shop

| Milestone | Level | Gates |
|---|---|---|
| M10 | L2 | G1 |
| M9 | L1 | |

## Summary

| Milestone | Services in scope (target level) |
|---|---|
| M10 | shop L2 |
| M9 | shop L1 |
| M11 | |
"""


def test_numbers_order_milestones_unless_a_summary_does() -> None:
    assert milestones_of(read(SERIES)) == ["M10", "M9", "M11"]
    assert milestones_of(read(SERIES.partition("## Summary")[0])) == ["M9", "M10"]


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
