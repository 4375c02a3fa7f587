"""`trend` in real repositories: it says what `check` says of each commit, and knows gaps from errors."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.program import Kept, criteria
from builders.repositories import committed_pilot, committed_whole_pilot, flap, git
from builders.workspaces import ROOT, Run, copy_of_pilot, edit, write
from gatekeeper.model.service import Service
from gatekeeper.workspace import history
from gatekeeper.workspace.judging import collect
from gatekeeper.workspace.loading import LoadedWorkspace

ORDERS = "services/orders-service.yaml"
PAYMENTS = "services/payments-service"
ISOLATION = f"{PAYMENTS}/reports/isolation.xml"
FAILING = '<testsuite><testcase name="a"><failure message="b"/></testcase></testsuite>'
LOWERED = ("domain_coverage.lines_pct: {at_least: 95}", "domain_coverage.lines_pct: {at_least: 70}")
BEGUN = "2026-11-02"
Told = Callable[..., dict[str, Any]]


def commit(folder: Path, on: str, message: str = "change") -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message, on=f"{on}T12:00:00Z")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return committed_pilot(tmp_path / "repository", BEGUN)


@pytest.fixture
def told(run: Run, pilot: Path) -> Told:
    """Return what `trend` says in JSON."""

    def ask(*arguments: object, folder: Path = pilot) -> dict[str, Any]:
        ran = run("-C", folder, "trend", "--format", "json", *arguments)
        assert (ran.code, ran.err) == (0, "")
        found: dict[str, Any] = json.loads(ran.out)
        return found

    return ask


class Grown(NamedTuple):
    """The pilot after a few weeks, not to be written to."""

    pilot: Path
    commits: list[str]
    """The oldest first."""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    return grow(committed_pilot(tmp_path_factory.mktemp("grown") / "repository", BEGUN))


def grow(pilot: Path) -> Grown:
    """Commit what happens to a plan in a few weeks."""
    root = pilot.parents[1]
    commits = [git(root, "rev-parse", "HEAD")]
    write(pilot / ISOLATION, FAILING)
    commits.append(commit(root, "2026-11-09", "a regression"))
    orders = (pilot / ORDERS).read_text(encoding="utf-8")
    write(pilot / ORDERS, orders.replace("owner: team-orders", "ownr: team-orders"))
    commits.append(commit(root, "2026-11-11", "a mistake"))
    write(pilot / ORDERS, orders)
    git(root, "checkout", "-q", commits[0], "--", f"examples/pilot/{ISOLATION}")
    edit(root / "gates" / "G1.yaml", *LOWERED)
    commits.append(commit(root, "2026-11-20", "mended, and a rule lowered"))
    commits.append(commit(root, "2026-11-20", "nothing"))
    commits.append(commit(root, "2027-06-01", "time alone"))
    return Grown(pilot, commits)


def test_every_point_is_what_check_says_of_that_commit(
    run: Run, grown: Grown, told: Told, tmp_path: Path
) -> None:
    points = told("--every", 1, folder=grown.pilot)["points"]
    assert [point["commit"] for point in points] == grown.commits
    for point in points:
        checkout = tmp_path / point["commit"]
        git(grown.pilot, "worktree", "add", "-q", "--detach", str(checkout), point["commit"])
        for milestone in ("M0", "M1", "M2", "M3", "M4"):
            asked = ("check", "-m", milestone, "--as-of", point["as_of"], "-f", "json")
            ran = run("-C", checkout / "examples/pilot", *asked)
            if point["gap"]:
                assert ran.code == 3
                assert ran.err.splitlines()[0] in point["gap"]
                continue
            check, of = json.loads(ran.out), point["milestones"][milestone]
            assert of["verdict"] == check["verdict"]
            verdicts = [service["verdict"] for service in check["services"]]
            assert of["services"] == {
                "all": len(verdicts),
                "ready": verdicts.count("ready"),
                "excepted": verdicts.count("excepted"),
            }
            passed = {
                (service["service"], found["criterion"])
                for service in check["services"]
                for found in criteria(service)
                if found["status"] == "pass"
            }
            twins = {name for _, name in passed if name.startswith(("L2.", "L3."))}
            assert (
                len(passed) - sum(name in twins for _, name in passed)
                <= of["criteria"]["green"]
                <= len(passed)
            )


def test_each_commit_is_judged_as_of_its_own_day(grown: Grown, told: Told) -> None:
    """Nothing changed in the last one but the date, and evidence went stale."""
    before, after = told("--every", 1, folder=grown.pilot)["points"][-2:]
    assert (before["as_of"], after["as_of"]) == ("2026-11-20", "2027-06-01")
    assert after["milestones"]["M2"]["criteria"]["green"] < before["milestones"]["M2"]["criteria"]["green"]


def test_the_day_is_the_committers_in_utc(pilot: Path, told: Told) -> None:
    git(pilot, "commit", "-q", "--allow-empty", "-m", "late", on="2026-11-09T23:30:00-05:00")
    assert told()["points"][-1]["as_of"] == "2026-11-10"


def test_what_is_the_same_is_read_and_judged_once(
    pilot: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noting(opened: LoadedWorkspace, services: list[Service]) -> object:
        read.extend(service.service for service in services)
        return collect(opened, services)

    monkeypatch.setattr(history, "collect", noting)
    commit(pilot, "2026-11-03")
    edit(pilot / ORDERS, "owner: team-orders", "owner: team-sales")
    commit(pilot, "2026-11-03")
    told("--every", 1)
    assert read.count("orders-service") == 2
    assert read.count("payments-service") == 1


ROSTER = ("  dana: ", "  dina: ")


@pytest.mark.parametrize(
    ("file", "change"),
    [
        (ISOLATION, FAILING),
        ("../../gates/G7.yaml", ("max_age_days: 30", "max_age_days: 365")),
        ("governance.yaml", ROSTER),
        (f"{PAYMENTS}.yaml", ("  G8.review:", "  # G8.review:")),
        ("milestones/risk-register/RR-1.yaml", ("opened_in: M3", "opened_in: M2")),
    ],
)
def test_all_that_has_a_say_is_noticed_on_one_and_the_same_day(
    file: str, change: str | tuple[str, str], pilot: Path, told: Told
) -> None:
    commit(pilot, "2026-11-20")
    if isinstance(change, str):
        write(pilot / file, change)
    else:
        edit((pilot / file).resolve(), *change)
    commit(pilot, "2026-11-20")
    _, before, after = told("--every", 1)["points"]
    assert (before["gap"], after["gap"]) == (None, None)
    assert before["milestones"] != after["milestones"]


def test_a_merge_is_one_commit(pilot: Path, told: Told) -> None:
    git(pilot, "checkout", "-q", "-b", "side")
    write(pilot / ISOLATION, FAILING)
    side = commit(pilot, "2026-11-03")
    git(pilot, "checkout", "-q", "main")
    git(pilot, "merge", "-q", "--no-ff", "side", "-m", "merged", on="2026-11-05T12:00:00Z")
    points = told("--every", 1)["points"]
    assert side not in [point["commit"] for point in points]
    assert [point["as_of"] for point in points] == ["2026-11-02", "2026-11-05"]


@pytest.mark.parametrize(
    ("arguments", "days"),
    [
        ((), ["2026-11-02", "2026-11-09", "2026-11-11", "2026-11-20", "2027-06-01"]),
        (("--every", "day"), ["2026-11-02", "2026-11-09", "2026-11-11", "2026-11-20", "2027-06-01"]),
        (("--every", "week"), ["2026-11-02", "2026-11-11", "2026-11-20", "2027-06-01"]),
        (("--every", "4"), ["2026-11-09", "2027-06-01"]),
        (("--every", "100"), ["2027-06-01"]),
        (("--since", "2026-11-20", "--every", "1"), ["2026-11-20", "2026-11-20", "2027-06-01"]),
        (("--since", "2026-11-21"), ["2027-06-01"]),
    ],
)
def test_commits_are_chosen_by_number_day_or_week(
    arguments: tuple[str, ...], days: list[str], grown: Grown, told: Told
) -> None:
    assert [point["as_of"] for point in told(*arguments, folder=grown.pilot)["points"]] == days


def test_a_workspace_that_was_renamed_is_followed(pilot: Path, told: Told) -> None:
    root = pilot.parents[1]
    (root / "plans").mkdir()
    git(root, "mv", "examples/pilot", "plans/here")
    commit(root, "2026-11-04")
    points = told("--every", 1, folder=root / "plans" / "here")["points"]
    assert [point["folder"] for point in points] == ["examples/pilot", "plans/here"]
    assert points[0]["milestones"] == points[1]["milestones"]


def test_a_workspace_that_moved_down_from_the_root_is_followed(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    (workspace / ".git").rmdir()
    git(workspace, "init", "-q")
    commit(workspace, "2026-11-02")
    (workspace / "plan").mkdir()
    for part in ("gates", "services", "milestones"):
        git(workspace, "mv", part, f"plan/{part}")
    commit(workspace, "2026-11-04")
    ran = run("-C", workspace / "plan", "trend")
    assert ran.code == 0
    assert "the workspace was at the root of the repository." in ran.out
    assert "Not judged" not in ran.out


def test_before_there_was_a_workspace_there_is_a_gap(tmp_path: Path, run: Run) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    root = pilot.parents[1]
    (root / ".git").rmdir()
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "gates")
    git(root, "commit", "-qm", "rules alone", on="2026-10-01T12:00:00Z")
    commit(root, "2026-11-02")
    ran = run("-C", pilot, "trend")
    assert (ran.code, ran.err) == (0, "")
    assert "no workspace at examples/pilot" in ran.out


def test_a_milestone_that_is_new_has_no_past(pilot: Path, told: Told) -> None:
    write(pilot / "milestones/M5.yaml", "milestone: M5\n")
    commit(pilot, "2026-11-03")
    before, after = told("--milestone", "M5")["points"]
    assert before["milestones"] == {}
    assert after["milestones"]["M5"]["verdict"] == "blocked"
    assert after["milestones"]["M5"]["services"]["all"] == 0


# What people see


def normal(text: str, commits: list[str]) -> str:
    for number, name in enumerate(commits, 1):
        text = text.replace(name, f"commit-{number}").replace(name[:7], f"commit{number}")
    return text


@pytest.mark.parametrize(
    "arguments",
    ["--every 1", "--every week -m M2", "-m M2 --format svg"],
    ids=["all", "one-milestone-a-week", "svg"],
)
def test_a_screen(arguments: str, run: Run, grown: Grown, snapshot: SnapshotAssertion) -> None:
    ran = run("-C", grown.pilot, "trend", *arguments.split())
    assert (ran.code, ran.err) == (0, "")
    assert snapshot(extension_class=Kept) == normal(ran.out, grown.commits)
    assert "svg" in arguments or max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("columns", [40, 60, 120, 200])
def test_a_screen_fits_other_widths(
    columns: int, run: Run, grown: Grown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(len, run("-C", grown.pilot, "trend", "--every", "1").out.splitlines())) <= columns


def test_help_has_an_example(run: Run, snapshot: SnapshotAssertion) -> None:
    ran = run("trend", "--help")
    assert snapshot(extension_class=Kept) == ran.out


def test_the_page_shows_what_the_program_prints(run: Run, tmp_path: Path) -> None:
    pilot = grow(committed_whole_pilot(tmp_path, BEGUN)).pilot
    page = (ROOT / "docs/trend.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n\$ gatekeeper (.*)\n((?:.*\n)*?)```$", page, re.MULTILINE)
    assert ["--criteria" in command for command, _ in blocks] == [False, True]
    for command, shown in blocks:
        if "--criteria" in command:
            pilot = committed_whole_pilot(tmp_path / "again", "2026-11-20T12:00:00Z")
            flap(pilot, "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24")
        printed = run("-C", pilot, *command.split()).out.replace(f" -C {pilot}", "")
        assert re.fullmatch("[0-9a-f]{7}".join(map(re.escape, shown.split("..."))), printed), printed


# Bad input


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--every", "month"), "--every month: write day, week, or a number"),
        (("--every", "0"), "--every 0: write day, week, or a number"),
        (("--every", "-1"), "--every -1: write day, week, or a number"),
        (("--every", "9" * 5000), "write day, week, or a number"),
        (("--every", "\u0663"), "write day, week, or a number"),
        (("--since", "yesterday"), "--since yesterday: write a date as 2026-11-02"),
        (("--since", "2027-01-01"), "no commit since 2027-01-01; the newest is of 2026-11-02"),
        (("--milestone", "M9"), "unknown milestone 'M9'"),
        (("--format", "xml"), "unknown format 'xml'"),
        (("--format", "svg"), "--format svg draws one milestone"),
    ],
)
def test_nonsense_is_told_in_a_sentence(arguments: tuple[str, ...], told: str, run: Run, pilot: Path) -> None:
    ran = run("-C", pilot, "trend", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_without_git_history_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    root = pilot.parents[1]
    broken = run("-C", pilot, "trend")
    assert (broken.code, "git init" in broken.err) == (2, True)
    (root / ".git").rmdir()
    git(root, "init", "-q")
    empty = run("-C", pilot, "trend")
    assert (empty.code, "has no commit yet" in empty.err) == (2, True)


def test_without_git_it_says_so(run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(pilot))
    ran = run("-C", pilot, "trend")
    assert (ran.code, ran.out) == (2, "")
    assert "install git" in ran.err


def test_a_shallow_clone_shows_what_it_has_and_how_to_get_the_rest(
    run: Run, grown: Grown, tmp_path: Path
) -> None:
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{grown.pilot.parents[1]}", str(clone))
    ran = run("-C", clone / "examples/pilot", "trend", "--every", "1")
    assert ran.code == 0
    assert "Trend  2 commits" in ran.out
    assert "git fetch --unshallow" in ran.out


def test_where_nothing_could_be_judged_it_says_so(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    root = pilot.parents[1]
    (root / ".git").rmdir()
    git(root, "init", "-q")
    write(pilot / ORDERS, "- no service")
    commit(root, "2026-11-02")
    ran = run("-C", pilot, "trend")
    assert (ran.code, ran.err) == (0, "")
    assert "None of these commits could be judged." in ran.out
    assert "the workspace was invalid: services/orders-service.yaml:1:1" in " ".join(ran.out.split())


def test_the_environment_of_a_hook_is_not_believed(
    run: Run, pilot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert run("-C", pilot, "trend").code == 0


def test_a_commit_beyond_the_calendar_is_no_crash(run: Run, pilot: Path) -> None:
    git(pilot, "commit", "-q", "--allow-empty", "-m", "x", on="@99999999999999 +0000")
    assert run("-C", pilot, "trend", "--every", "1").code == 0


def test_an_invalid_workspace_of_today_has_a_past(run: Run, pilot: Path) -> None:
    """The working tree is not looked at, so a mistake in it does not hide what was."""
    write(pilot / ORDERS, "- no service")
    assert run("-C", pilot, "trend").code == 0
