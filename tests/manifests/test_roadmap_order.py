"""The order of milestones: listed, or by the numbers in their ids; and the natural order of ids."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from builders.judging import roadmap, service
from builders.workspaces import write
from gatekeeper.manifests.load import load_workspace
from gatekeeper.manifests.roadmap_order import in_order, mistakes, natural_order, plan_in_order
from gatekeeper.trees.disk import DiskTree

SETTINGS = "gatekeeper.yaml"


def found(names: str, listed: Sequence[str] | None) -> list[tuple[str, str]]:
    """Return the place and the message of every mistake; each milestone has a file of its own."""
    files = {name: f"milestones/{name}.yaml" for name in names.split()}
    return [
        (f"{one.file}:{'.'.join(map(str, one.path))}", f"{one.message}; {one.hint}")
        for one in mistakes(files, listed, "milestones")
    ]


@pytest.mark.parametrize("names", ["M0 M1 M10", "1 2 3", "q-1 q-2", "2026Q3 2026Q4", "M1", ""])
def test_one_prefix_with_numbers_needs_no_list(names: str) -> None:
    assert found(names, None) == []


@pytest.mark.parametrize(
    ("names", "order"),
    [
        ("ga beta", "beta, ga"),
        ("M1 N2", "M1, N2"),
        ("M1 m2", "M1, m2"),
        ("2026Q4 2027Q1", "2026Q4, 2027Q1"),
        ("M1 M01", "M1, M01"),
        ("M1 M2a", "M1, M2a"),
        ("rc10 rc9 ga", "ga, rc9, rc10"),
        ("beta", "beta"),
    ],
)
def test_other_ids_without_a_list_have_no_order(names: str, order: str) -> None:
    hint = f"write it in gatekeeper.yaml, first to last: `roadmap: [{order}]`"
    first = names.split(maxsplit=1)[0]
    assert found(names, None) == [
        (f"milestones/{first}.yaml:milestone", f"the milestones have no order; {hint}")
    ]


def test_a_list_names_every_milestone_once() -> None:
    assert found("beta ga", ["ga", "beta"]) == []
    assert found("beta ga", ["beta", "ga", "beta"]) == [
        (f"{SETTINGS}:roadmap.2", "milestone 'beta' is listed twice; list it once")
    ]
    assert found("beta ga", ["beta", "ga", "gaa"]) == [
        (
            f"{SETTINGS}:roadmap.2",
            "there is no milestone 'gaa'; add milestones/gaa.yaml (did you mean 'ga'?)",
        )
    ]
    assert found("beta ga later", ["ga"]) == [
        (
            "milestones/beta.yaml:milestone",
            "the roadmap does not list 'beta'; add it to `roadmap` in gatekeeper.yaml",
        ),
        (
            "milestones/later.yaml:milestone",
            "the roadmap does not list 'later'; add it to `roadmap` in gatekeeper.yaml",
        ),
    ]
    assert [place for place, _ in found("beta", [])] == ["milestones/beta.yaml:milestone"]


def test_an_unknown_milestone_that_is_listed_twice_is_reported_as_each() -> None:
    assert [message.partition(";")[0] for _, message in found("M0", ["M0", "M1", "M1"])] == [
        "there is no milestone 'M1'",
        "milestone 'M1' is listed twice",
    ]


@pytest.mark.parametrize("listed", [None, ["beta", "Beta"]])
def test_ids_that_differ_only_in_case_are_a_mistake(listed: list[str] | None) -> None:
    message = "'Beta' differs from 'beta' only in upper and lower case; give it an id of its own"
    assert ("milestones/Beta.yaml:milestone", message) in found("beta Beta", listed)


def test_milestones_come_as_listed_else_by_number() -> None:
    milestones = roadmap("M10", "M2", "M1")
    assert list(in_order(milestones, None)) == ["M1", "M2", "M10"]
    assert list(in_order(milestones, ["M2", "M10", "M1"])) == ["M2", "M10", "M1"]
    assert list(in_order(milestones, ["M10"])) == ["M10", "M1", "M2"]
    assert in_order(milestones, ["M2", "M10", "M1"])["M10"] is milestones["M10"]


@pytest.mark.parametrize(
    "order",
    [
        "G1 G2 G10 G11",
        "api build run",
        "1 2 10",
        "G1 G1a G1b G2",
        "A-2 A-10 a-1",
        "2026Q3 2026Q4 2027Q1",
        "x x1 x1-1 x1-2 x1-10 x2",
    ],
)
def test_ids_are_sorted_as_people_do(order: str) -> None:
    names = order.split()
    for i in range(len(names)):
        assert sorted([*names[i:], *reversed(names[:i])], key=natural_order) == names


def test_a_plan_is_in_the_order_of_the_roadmap_and_unknown_milestones_come_last() -> None:
    order = roadmap("late", "early", "mid")
    written = service(plan="{early: {level: L1}, odd: {level: L1}, mid: {level: L1}, late: {level: L1}}")
    assert list(plan_in_order(written, order).plan) == ["late", "early", "mid", "odd"]
    sorted_already = service(plan="{late: {level: L1}, mid: {level: L1}}")
    assert plan_in_order(sorted_already, order) is sorted_already


def test_a_roadmap_answers_by_its_order() -> None:
    order = roadmap("late", "early", "mid", exits={"late": "2026-11-10"})
    assert (order.since("early"), order.until("early")) == (("early", "mid"), ("late", "early"))
    assert (order.after("late"), order.after("mid"), order.after("unknown")) == ("early", None, None)
    assert (order.position("mid"), order.position("unknown")) == (2, 3)


def test_a_workspace_lists_its_milestones_in_any_order(workspace: Path) -> None:
    names = [file.stem for file in (workspace / "milestones").glob("*.yaml")]
    order = sorted(names, reverse=True)
    write(workspace / SETTINGS, f"roadmap: [{', '.join(order)}]\n")
    loaded = load_workspace(workspace, DiskTree(str(workspace)))
    assert loaded.problems == ()
    assert loaded.workspace
    assert list(loaded.workspace.milestones) == order
    for one in loaded.workspace.services.values():
        assert list(one.plan) == [name for name in order if name in one.plan]


def test_a_file_of_any_name_has_a_place_in_the_order(workspace: Path) -> None:
    """A file that is named otherwise than its content is a mistake, not an error of the program."""
    for folder, name in (("gates", "G1"), ("milestones", "M0")):
        (workspace / folder / f"{name}.yaml").rename(workspace / folder / "².yaml")
    problems = load_workspace(workspace, DiskTree(str(workspace))).problems
    assert {problem.message for problem in problems} >= {
        "the file is named ², and holds 'G1'",
        "the file is named ², and holds 'M0'",
    }


def test_mistakes_are_shown_where_they_are(workspace: Path) -> None:
    write(workspace / SETTINGS, "roadmap:\n  - M0\n  - M0\n  - beta\n")
    problems = load_workspace(workspace, DiskTree(str(workspace))).problems
    assert [(one.file, one.line, one.column) for one in problems[:2]] == [(SETTINGS, 3, 5), (SETTINGS, 4, 5)]
    assert {one.file for one in problems[2:]} == {
        f"milestones/{file.name}" for file in (workspace / "milestones").glob("*.yaml") if file.stem != "M0"
    }
