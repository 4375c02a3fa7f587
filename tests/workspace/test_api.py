"""The Python API: its page is run, its names resolve, and it agrees with the command line."""

import ast
import doctest
import inspect
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import gatekeeper
from builders.program import environment
from builders.repositories import commit_all, committed_pilot, committed_whole_pilot
from builders.workspaces import PILOT, ROOT, Run, copy_of_pilot, edit, write
from gatekeeper.trees.git import GitTree
from gatekeeper.trees.revisions import head_commit

AS_OF = "2026-11-20"
LCOV = "services/orders-service/reports/lcov.info"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    return committed_pilot(tmp_path / "repository")


# The page and the names.


def test_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed_whole_pilot(tmp_path)
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs/python.md"
    ran = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert (ran.failed, ran.attempted > 30) == (0, True)


def test_the_example_of_the_package_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    code = (gatekeeper.__doc__ or "").partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    for line in code.splitlines():
        statement, _, shown = line.partition("  # ")
        if shown:
            assert eval(statement, names) == ast.literal_eval(shown)  # noqa: S307 - our own docstring
        else:
            exec(statement, names)  # noqa: S102 - likewise
    assert names["verdict"].milestone == "M1"


def test_every_public_name_resolves_and_is_explained() -> None:
    for name in set(gatekeeper.__all__) - {"__version__"}:
        found = getattr(gatekeeper, name)
        assert found.__doc__, name
        for attribute, member in vars(found).items() if inspect.isclass(found) else ():
            is_method = inspect.isfunction(member) or isinstance(member, property)
            if is_method and not attribute.startswith("_"):
                assert member.__doc__, f"{name}.{attribute}"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = gatekeeper.nothing  # type: ignore[attr-defined] # it must not be there


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("pydantic", "yaml", "typer", "rich", "logging")
    code = (
        f"import sys, gatekeeper; print([n for n in {heavy} if n in sys.modules]);"
        "gatekeeper.open; print('pydantic' in sys.modules, 'typer' in sys.modules)"
    )
    env = environment(PYTHONPATH=str(ROOT / "src"))
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
    assert ran.stdout.decode().split("\n")[:2] == ["[]", "True False"]


# It agrees with the command line.


@pytest.mark.parametrize(
    "format_", ["json", "sarif", "junit", "markdown", "github", "gitlab", "comment", "table"]
)
@pytest.mark.parametrize("strict", [False, True])
def test_a_rendered_verdict_is_what_check_writes(
    format_: str, strict: bool, run: Run, tmp_path: Path
) -> None:
    verdict = gatekeeper.open(PILOT).judge("M3", as_of=AS_OF)
    file = tmp_path / "out"
    more = ["--strict"] if strict else []
    ran = run("-C", PILOT, "check", "-m", "M3", "--as-of", AS_OF, "-o", f"{format_}={file}", *more)
    assert verdict.render(format_, strict=strict) == file.read_text(encoding="utf-8")
    assert verdict.exit_code(strict=strict) == ran.code


def test_a_filter_is_the_filter_of_check(run: Run) -> None:
    verdict = gatekeeper.open(PILOT).judge(
        "M1", as_of=AS_OF, services=["orders-service"], owners=["team-orders"]
    )
    ran = run("-C", PILOT, "check", "-m", "M1", "--as-of", AS_OF, "-s", "orders-service", "--owner", "team-orders", "-f", "json", "--gate", "G1")  # fmt: skip
    assert json.loads(verdict.render("json", gates=["G1"], details=True)) == json.loads(ran.out)
    assert list(verdict.services) == ["orders-service"]


def test_steps_across_milestones_are_those_of_next(run: Run) -> None:
    verdict = gatekeeper.open(PILOT).judge("M1", as_of=AS_OF, across=True)
    told = json.loads(run("-C", PILOT, "next", "-m", "M1", "--as-of", AS_OF, "-f", "json").out)
    assert [action.id for action in verdict.actions] == [action["id"] for action in told["actions"]]
    alone = gatekeeper.open(PILOT).judge("M1", as_of=AS_OF)
    assert {name for step in alone.actions for name in step.milestones} <= {"M1"}
    assert {name for step in verdict.actions for name in step.milestones} > {"M1"}


def test_today_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    before = datetime.now(UTC).date()
    assert before <= gatekeeper.open(PILOT).judge("M1").as_of <= datetime.now(UTC).date()
    monkeypatch.setattr("gatekeeper.workspace.clock.today", lambda: date(2026, 11, 20))
    assert gatekeeper.open(PILOT).judge().as_of == date(2026, 11, 20)


def test_a_workspace_is_found_from_below() -> None:
    assert gatekeeper.open(PILOT / "services/orders-service").root == PILOT


# Revisions and comparisons.


def test_a_revision_is_judged_as_it_was(committed: Path) -> None:
    edit(committed / "milestones/M1.yaml", "name: Internal preview", "name: Renamed")
    (committed / LCOV).unlink()
    with gatekeeper.open(committed, revision="HEAD") as then:
        before = then.judge("M1", as_of=AS_OF)
        assert then.facts("coverage", LCOV).status == "ok"
        assert then.can_ship("payments-service", to="staging", as_of=AS_OF).may_ship
        statement = json.loads(before.render("intoto"))
    now = gatekeeper.open(committed)
    after = now.judge("M1", as_of=AS_OF)
    coverage = [
        next(one for one in verdict.services["orders-service"].criteria if one.rule.id == "G1.coverage")
        for verdict in (before, after)
    ]
    assert [str(one.status) for one in coverage] == ["fail", "missing"]
    assert now.facts("coverage", LCOV).status == "missing"
    assert "statement" in statement["_type"].lower()


def test_a_statement_needs_a_committed_workspace(committed: Path) -> None:
    edit(committed / "milestones/M1.yaml", "name: Internal preview", "name: Renamed")
    with pytest.raises(gatekeeper.UsageError, match="commit first"):
        gatekeeper.open(committed).judge("M1", as_of=AS_OF).render("intoto")


def test_a_comparison_is_that_of_diff(committed: Path, run: Run) -> None:
    edit(committed / "services/orders-service.yaml", "owner: team-orders", "owner: team-x")
    (committed / "services/payments-service/threat-model.md").unlink()
    workspace = gatekeeper.open(committed)
    found = workspace.compare("HEAD", as_of=AS_OF)
    told = json.loads(run("-C", committed, "diff", "HEAD", "--as-of", AS_OF, "-f", "json").out)
    assert [change.id for change in found.changes] == [change["id"] for change in told["changes"]]
    assert (found.exit_code, bool(found.blocking)) == (told["exit_code"], True)
    with gatekeeper.open(committed, revision="HEAD") as base:
        assert workspace.compare(base, as_of=AS_OF).changes == found.changes
        assert base.compare(base, as_of=AS_OF).changes == ()
    other = copy_of_pilot(committed.parents[1].with_name("other"))
    assert workspace.compare(other, as_of=AS_OF).blocking


# Errors.


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda at: at.judge("M9"), "unknown milestone 'M9'; known: M0, M1"),
        (lambda at: at.judge("M1", services=["order-service"]), "did you mean 'orders-service'"),
        (lambda at: at.judge("M1", owners=["team-order"]), "did you mean 'team-orders'"),
        (lambda at: at.judge("M1", as_of="yesterday"), "'yesterday' is not a date: write one as 2026-11-02"),
        (lambda at: at.judge("M1").render("xml"), "unknown format 'xml'; known: badge-json, "),
        (lambda at: at.judge("M1").render("json", gates=["G9"]), "unknown gate 'G9'"),
        (lambda at: at.judge("M1").render("json", key="k"), "only the format intoto can be signed, not json"),
        (lambda at: at.judge("M1").exit_code(fail_on="red"), "unknown --fail-on 'red'"),
        (lambda at: at.can_ship("order-service", to="staging"), "did you mean 'orders-service'"),
        (
            lambda at: at.can_ship("orders-service", to="prod"),
            "unknown destination 'prod'; known: internal, staging, production",
        ),
        (lambda at: at.can_ship("orders-service", to="staging", commit="HEAD"), "write a commit id"),
        (lambda at: at.facts("test", LCOV), "did you mean 'tests'"),
        (lambda at: at.facts("coverage", LCOV, colour="red"), "kind 'coverage' takes no --colour"),
        (lambda at: at.compare("no-such-branch"), "no-such-branch"),
        (lambda at: gatekeeper.open(at.root / "nowhere"), "there is no folder"),
        (lambda at: gatekeeper.open(at.root, revision="no-such-branch"), "no-such-branch"),
        (lambda at: gatekeeper.open(at.root.anchor), "start one with `gatekeeper init`"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error_with_a_hint(call: Any, message: str, committed: Path) -> None:
    with pytest.raises(gatekeeper.UsageError) as raised:
        call(gatekeeper.open(committed))
    assert message in str(raised.value)
    assert raised.value.exit_code is gatekeeper.ExitCode.USAGE


def test_mistakes_have_positions_and_a_fixed_workspace_none(pilot: Path) -> None:
    file = pilot / "services/orders-service.yaml"
    edit(file, "owner:", "onwer:")
    workspace = gatekeeper.open(pilot)
    problems = workspace.validate()
    assert {(one.file, one.line, one.column) for one in problems} >= {("services/orders-service.yaml", 2, 1)}
    with pytest.raises(gatekeeper.InvalidWorkspace) as raised:
        workspace.judge("M1")
    assert raised.value.problems == problems
    edit(file, "onwer:", "owner:")
    assert workspace.validate() == ()
    assert workspace.judge("M1", as_of=AS_OF).blocked_by


def test_a_revision_without_the_workspace_is_told(tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    repository = pilot.parents[1]
    kept = {name: (repository / name).rename(tmp_path / name) for name in ("examples", "gates")}
    write(repository / "readme.md", "x")
    commit_all(repository)
    for name, folder in kept.items():
        folder.rename(repository / name)
    with (
        gatekeeper.open(pilot, revision="HEAD") as then,
        pytest.raises(gatekeeper.UsageError, match="HEAD has no workspace at "),
    ):
        then.judge("M1")


def test_the_deploy_gate_reads_one_service_only(pilot: Path) -> None:
    write(pilot / "services/orders-service.yaml", "service: [")
    workspace = gatekeeper.open(pilot)
    assert workspace.can_ship("payments-service", to="staging", as_of=AS_OF).rulebook_digest.startswith(
        "sha256:"
    )
    with pytest.raises(gatekeeper.InvalidWorkspace):
        workspace.judge("M1")


# What may go wrong.


def test_a_time_is_taken_for_its_day(pilot: Path) -> None:
    workspace = gatekeeper.open(pilot)
    at_noon = workspace.judge("M1", as_of=datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert at_noon.as_of == date(2026, 11, 20)
    with pytest.raises(gatekeeper.UsageError, match="20261120 is not a date"):
        workspace.judge("M1", as_of=20261120)  # type: ignore[arg-type] # it is what is refused


@pytest.mark.parametrize("names", [{"services": "orders-service"}, {"owners": "team-orders"}])
def test_a_text_is_no_list_of_names(pilot: Path, names: dict[str, str]) -> None:
    with pytest.raises(gatekeeper.UsageError, match="write a list"):
        gatekeeper.open(pilot).judge("M1", as_of=AS_OF, **names)  # type: ignore[arg-type] # likewise


def test_a_verdict_is_about_the_commit_at_which_it_was_judged(committed: Path) -> None:
    repository = committed.parents[1]
    before = head_commit(repository)
    verdict = gatekeeper.open(committed).judge("M1", as_of=AS_OF)
    write(committed / "services/orders-service/more.txt", "more")
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["add", "-A"], ["commit", "-q", "-m", "b"]):
        subprocess.run([*git, *arguments], check=True)
    assert json.loads(verdict.render("json"))["commit"] == before != head_commit(repository)


def test_a_revision_that_was_closed_leaves_no_process_behind(committed: Path) -> None:
    with gatekeeper.open(committed, revision="HEAD") as workspace:
        verdict = workspace.judge("M1", as_of=AS_OF)
    assert "orders-service" in verdict.render("sarif")
    assert isinstance(workspace.tree, GitTree)
    assert workspace.tree._batch is None


def test_threads_may_share_a_revision(committed: Path) -> None:
    with gatekeeper.open(committed, revision="HEAD") as workspace:
        names = [f"services/orders-service/reports/{name}" for name in ("lcov.info", "isolation.xml")] * 20
        files = [str(committed / name) for name in names if (committed / name).is_file()]
        with ThreadPoolExecutor(4) as pool:
            read = list(pool.map(lambda file: workspace.tree.open(file).read(), files))
    assert read == [Path(file).read_bytes() for file in files]


@pytest.mark.parametrize("options", [{"include": 3}, {"include": [3]}, {"include": {}}])
def test_a_wrong_option_is_no_flaw_of_the_artefact(pilot: Path, options: dict[str, Any]) -> None:
    with pytest.raises(gatekeeper.UsageError, match="include="):
        gatekeeper.open(pilot).facts("coverage", LCOV, **options)
