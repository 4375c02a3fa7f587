"""`trend --criteria` in real repositories: its counts are those of `check`, and it names what to review."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.program import Kept, criteria, loaded
from builders.repositories import LOWERED, commit, committed_pilot, flap, git, refused
from builders.workspaces import Run, edit, write

ORDERS = "services/orders-service.yaml"
Told = Callable[..., dict[str, Any]]


class Grown(NamedTuple):
    """The pilot after a week, not to be written to."""

    pilot: Path
    commits: list[str]
    """The oldest first."""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """A test report that fails every other day, an invalid manifest in between, and a rule that is changed."""
    pilot = committed_pilot(tmp_path_factory.mktemp("grown") / "repository")
    root = pilot.parents[1]
    flap(pilot, "2026-11-21", "2026-11-22")
    orders = (pilot / ORDERS).read_bytes()
    write(pilot / ORDERS, "- no service")
    commit(root, "a mistake", on="2026-11-23T12:00:00Z")
    write(pilot / ORDERS, orders)
    flap(pilot, "2026-11-24", "2026-11-25")
    edit(root / "gates/G1.yaml", *LOWERED)
    commit(root, "a rule lowered", on="2026-11-26T12:00:00Z")
    return Grown(pilot, git(root, "rev-list", "--reverse", "HEAD").split())


@pytest.fixture
def told(run: Run, grown: Grown) -> Told:
    """Return what `trend --criteria` says in JSON."""

    def ask(*arguments: object, folder: Path = grown.pilot) -> dict[str, Any]:
        ran = run("-C", folder, "trend", "--criteria", "--format", "json", *arguments)
        assert (ran.code, ran.err) == (0, "")
        found: dict[str, Any] = json.loads(ran.out)
        return found

    return ask


def by_id(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {of["criterion"]: of for of in found["criteria"]}


def test_the_answers_are_those_of_check_at_each_commit(
    run: Run, grown: Grown, told: Told, tmp_path: Path
) -> None:
    found = told("--every", 1)
    expected: dict[str, Counter[str]] = {}
    twins = {
        of.id: of.same_as
        for level in loaded(grown.pilot).levels.levels
        for of in level.criteria
        if of.same_as
    }
    assert twins
    for point in found["points"]:
        if point["gap"]:
            continue
        checkout = tmp_path / point["commit"]
        git(grown.pilot, "worktree", "add", "-q", "--detach", str(checkout), point["commit"])
        for milestone in found["milestones"]:
            asked = ("check", "-m", milestone, "--as-of", point["as_of"], "-f", "json")
            for service in json.loads(run("-C", checkout / "examples/pilot", *asked).out)["services"]:
                shown = ((of["criterion"], of["status"]) for of in criteria(service))
                once = {twins.get(name, name): status for name, status in shown if status != "not_applicable"}
                for name, status in once.items():
                    expected.setdefault(name, Counter())[status] += 1
    changed = expected.pop("G1.coverage")
    answers = {of["criterion"]: of["answers"] for of in found["criteria"]}
    assert sum(answers.pop("G1.coverage").values()) < changed.total()
    assert {name: of for name, of in expected.items() if name in answers} == answers
    assert len(answers) > 15


def test_a_report_that_comes_and_goes_makes_a_criterion_flap(grown: Grown, told: Told) -> None:
    found = by_id(told("--every", 1))["G8.isolation"]
    assert (found["pattern"], found["commits"]) == ("flaps", 6)
    [change] = found["changes"]
    assert (change["service"], change["falls"], change["returns"]) == ("payments-service", 2, 2)
    assert change["last"] == {"commit": grown.commits[5], "as_of": "2026-11-25"}


def test_a_changed_rule_is_reviewed_since_its_change(grown: Grown, told: Told) -> None:
    found = by_id(told("--every", 1))
    assert found["G1.coverage"]["since"] == {"commit": grown.commits[6], "as_of": "2026-11-26"}
    assert found["G1.coverage"]["commits"] == 1
    assert found["G8.isolation"]["since"]["commit"] == grown.commits[0]


def test_a_milestone_and_the_commits_can_be_chosen(told: Told) -> None:
    found = told("--every", 1, "--milestone", "M1")
    assert {of["milestone"] for of in found["criteria"]} == {"M1"}
    newest = told("--since", "2026-11-26")
    assert {of["commits"] for of in newest["criteria"]} == {1}
    assert by_id(newest)["G8.isolation"]["changes"] == []
    assert by_id(told("--every", 2))["G8.isolation"]["pattern"] != "flaps"


def test_what_no_service_is_asked_any_more_is_listed_apart(told: Told) -> None:
    found = told("--every", 1, "--milestone", "M0")
    assert found["not_asked"]
    assert not {*found["not_asked"]} & {*by_id(found)}


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_screen(
    columns: int, run: Run, grown: Grown, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.chdir(grown.pilot)
    ran = run("trend", "--criteria", "--every", "1")
    assert (ran.code, ran.err) == (0, "")
    text = ran.out
    for number, name in enumerate(grown.commits, 1):
        text = text.replace(name[:7], f"commit{number}")
    assert snapshot(extension_class=Kept) == text


def test_every_command_that_the_screen_shows_runs(
    run: Run, grown: Grown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(grown.pilot.parents[1])
    screen = run("-C", "examples/pilot", "trend", "--criteria", "--every", "1").out
    commands = [line.partition("gatekeeper ")[2] for line in screen.splitlines() if ": gatekeeper " in line]
    assert len(commands) >= 2
    for command in commands:
        ran = run(*command.split())
        if "next " in command:
            assert (ran.code, ran.err) == (0, ""), command
        elif " test " in command:
            assert "there is no case yet" in ran.err, command
        else:
            assert (ran.code, ran.err) == (0, ""), command
            assert any(sign in ran.out for sign in "✓✗?~"), command


def test_a_shallow_clone_says_that_it_lacks_commits(run: Run, grown: Grown, tmp_path: Path) -> None:
    git(
        tmp_path, "clone", "-q", "--depth", "2", f"file://{grown.pilot.parents[1]}", str(tmp_path / "shallow")
    )
    ran = run("-C", tmp_path / "shallow/examples/pilot", "trend", "--criteria", "--every", "1")
    assert ran.code == 0
    assert "Criteria over time  2 commits" in ran.out
    assert "git fetch --unshallow" in ran.out


def test_a_renamed_workspace_keeps_its_history(run: Run, told: Told, tmp_path: Path) -> None:
    pilot = committed_pilot(tmp_path / "repository", "2026-11-02")
    root = pilot.parents[1]
    (root / "plans").mkdir()
    git(root, "mv", "examples/pilot", "plans/here")
    commit(root, on="2026-11-04T12:00:00Z")
    assert by_id(told(folder=root / "plans/here"))["G8.isolation"]["commits"] == 2
    assert "the workspace was at examples/pilot" in run("-C", root / "plans/here", "trend", "--criteria").out


def test_where_nothing_could_be_judged_it_says_so(run: Run, grown: Grown, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(grown.pilot.parents[1]), "clone")
    git(tmp_path / "clone", "reset", "-q", "--hard", grown.commits[3])
    ran = run("-C", tmp_path / "clone/examples/pilot", "trend", "--criteria", "--since", "2026-11-23")
    assert (ran.code, ran.err) == (0, "")
    assert "No criterion is asked at the newest commit that could be judged." in ran.out
    assert "the workspace was invalid" in ran.out


def test_a_picture_of_criteria_is_refused(run: Run, grown: Grown) -> None:
    ran = run("-C", grown.pilot, "trend", "--criteria", "--format", "svg", "--milestone", "M1")
    refused(ran, 2, "--format svg draws a milestone, not criteria: use table or json with --criteria")
