"""A page with its own ids becomes a valid workspace with the same plan."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builders.documents import as_text
from builders.own_ids import TABLES, read, rendered, write_own_ids
from gatekeeper.documents.compare import compare_document
from gatekeeper.documents.import_ import import_page
from gatekeeper.manifests.scaffold import write_new
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.loading import open_workspace, validate


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    return write_own_ids(tmp_path / "quarters")


def as_it_is(text: str) -> str:
    return text


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
        "### G8 Security — acceptance criteria\n\n- Is it safe?\n"
        "- Two-tenant isolation test suite green.\n\n"
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
