"""Judge selected cases of a workspace, and report what differs from what they expect."""

from collections.abc import Collection
from pathlib import Path

from gatekeeper.errors import InvalidWorkspace, UsageError, nearest
from gatekeeper.model.case_result import CaseReport, CaseResult
from gatekeeper.model.cases import CriterionCase
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.trees import Tree
from gatekeeper.workspace.cases.running import Ran, run
from gatekeeper.workspace.cases.suite import PreparedCase, Suite, case_files, read_suite
from gatekeeper.workspace.loading import LoadedWorkspace, open_rulebook


def judge_cases(root: Path, tree: Tree, selected: Collection[str] = ()) -> CaseReport:
    """Judge the cases of a workspace.

    Args:
        root: The folder of the workspace.
        tree: Its files.
        selected: Ids of criteria, gates, levels and milestones, and files of cases; by default all cases.

    Raises:
        InvalidWorkspace: The rulebook or a file of cases contains mistakes.
        UsageError: Something selected is unknown or has no case, or there is no case at all.
    """
    loaded, suite = open_suite(root, tree)
    ran = tuple(run(_selected(suite, loaded.rulebook, loaded.manifests.milestones, selected), loaded))
    tested = {case.about for case in suite.cases if isinstance(case.written, CriterionCase)}
    return CaseReport(
        results=tuple(_result(one, suite.position(one.case)) for one in ran),
        untested=() if selected else tuple(id_ for id_ in loaded.rulebook.by_id if id_ not in tested),
    )


def open_suite(root: Path, tree: Tree) -> tuple[LoadedWorkspace, Suite]:
    """Return the rulebook of a workspace and its cases; there is one at least.

    Raises:
        InvalidWorkspace: The rulebook or a file of cases contains mistakes.
        UsageError: There is no case.
    """
    loaded = open_rulebook(root, tree)
    suite = read_suite(loaded)
    if suite.problems:
        raise InvalidWorkspace(suite.problems)
    if not suite.cases:
        first = next(iter(loaded.rulebook.by_id), None)
        such = f", such as `criteria: {{{first}: [{{case: no evidence, expect: missing}}]}}`" if first else ""
        raise UsageError(f"there is no case yet: write one in a YAML file in {case_files(loaded)[0]}/{such}")
    return loaded, suite


def _selected(
    suite: Suite, rulebook: Rulebook, roadmap: Roadmap, selected: Collection[str]
) -> list[PreparedCase]:
    """Return the cases of the selected ids and files, in the order of the files."""
    known = {
        *rulebook.by_id,
        *rulebook.gates,
        *rulebook.scale,
        *roadmap,
        *(case.about for case in suite.cases),
    }
    for name in selected:
        if name not in known and not any(_is_file(name, file) for file in suite.documents):
            hint = nearest(name, [*sorted(known), *(file.rpartition("/")[2] for file in suite.documents)])
            raise UsageError(f"unknown criterion, gate, level, milestone or file {name!r}; {hint}")
        if not any(_is_about(case, name) for case in suite.cases):
            raise UsageError(f"there is no case of {name}")
    return [case for case in suite.cases if not selected or any(_is_about(case, name) for name in selected)]


def _is_about(case: PreparedCase, name: str) -> bool:
    """Return whether a case is selected: by its id, by the gate or level of its criterion, or by its file."""
    return name == case.about or case.about.startswith(f"{name}.") or _is_file(name, case.file)


def _is_file(name: str, file: str) -> bool:
    return name.endswith(".yaml") and f"/{file}".endswith(f"/{name.removeprefix('./')}")


def _result(ran: Ran, position: tuple[int, int]) -> CaseResult:
    case = ran.case
    return CaseResult(
        case.file,
        *position,
        case.about,
        case.written.case,
        case.written.loophole,
        ran.differences,
        (ran.answer.why or None) if ran.differences else None,
        ran.suggestion,
        ran.as_loophole,
    )
