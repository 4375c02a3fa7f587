"""Opening a workspace: load -> bind, until it can be judged or every problem in it is known."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

from gatekeeper import collectors
from gatekeeper.errors import InvalidWorkspace, Problem, in_order
from gatekeeper.judging.plans.validation import check_plan, repeated
from gatekeeper.judging.rules.binding import bind
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.manifests.load import Known, Loaded, load_workspace, locate_mistakes
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.trees import Tree
from gatekeeper.trees.disk import DiskTree

Follow = Callable[[list[Service]], AbstractContextManager[Iterable[Service]]]
"""Hands services on, one after the other, and so learns how far the reading of their evidence has come."""


class LoadedWorkspace(NamedTuple):
    """A workspace without mistakes, its rulebook bound."""

    manifests: Manifests
    rulebook: Rulebook
    root: Path
    services_folder: Path
    tree: Tree
    """Where its files are read from."""
    follow: Follow = nullcontext
    """Who looks on while evidence is read; by default nobody."""

    @property
    def repository(self) -> Path:
        """The root of its repository: nothing outside is read."""
        return Path(self.tree.root)


class Checked(NamedTuple):
    """What loading and binding found: a usable workspace, or every problem in it."""

    opened: LoadedWorkspace | None
    problems: tuple[Problem, ...]


def validate(root: Path, tree: Tree | None = None, known: Known | None = None) -> Checked:
    """Load and bind a workspace, and return every problem of every file.

    Without a tree it is read from disk; of manifests that are `known` nothing is read again.
    """
    tree = tree or _disk(root)
    return _bound(root, tree, load_workspace(root, tree, known))


def _disk(root: Path) -> Tree:
    return DiskTree(str(find_repository(root)))


def _bound(root: Path, tree: Tree, loaded: Loaded) -> Checked:
    if loaded.workspace is None:
        return Checked(None, in_order(loaded.problems))
    bound = bind(loaded.workspace, collectors.find)
    mistakes = bound.mistakes or check_plan(loaded.workspace, bound.rulebook)
    problems = in_order([*loaded.problems, *locate_mistakes(root, tree, mistakes)])
    if problems:
        return Checked(None, problems)
    return Checked(_opened(root, tree, loaded, loaded.workspace, bound.rulebook), ())


def _opened(
    root: Path, tree: Tree, loaded: Loaded, workspace: Manifests, rulebook: Rulebook
) -> LoadedWorkspace:
    return LoadedWorkspace(workspace, rulebook, root, loaded.services_folder, tree)


def open_workspace(root: Path) -> LoadedWorkspace:
    """Return a workspace that can be judged; raise `InvalidWorkspace` with all its problems otherwise."""
    return _valid(validate(root))


def open_for_service(root: Path, service: str) -> LoadedWorkspace:
    """Return a workspace as far as it concerns one service; nothing of the others is read."""
    from gatekeeper.manifests.load_one import load_one

    tree = _disk(root)
    return _valid(_bound(root, tree, load_one(root, tree, service)))


def _valid(checked: Checked) -> LoadedWorkspace:
    if checked.opened is None:
        raise InvalidWorkspace(checked.problems)
    return checked.opened


def open_register(root: Path) -> Checked:
    """Return a workspace that can be judged but for exceptions that are repeated, and those problems.

    A repeated exception makes a workspace invalid; the register itself can be shown all the same. Any other
    problem raises `InvalidWorkspace`.
    """
    checked = validate(root)
    if checked.opened:
        return checked
    tree = _disk(root)
    loaded = load_workspace(root, tree)
    workspace = loaded.workspace
    if workspace is None or loaded.problems:
        raise InvalidWorkspace(checked.problems)
    bound = bind(workspace, collectors.find)
    again = {entry for entry, _ in repeated(workspace.exceptions.values())}
    others = {name: entry for name, entry in workspace.exceptions.items() if name not in again}
    strangers = {workspace.exceptions[name].service for name in again} - set(workspace.services)
    if bound.mistakes or strangers or check_plan(workspace._replace(exceptions=others), bound.rulebook):
        raise InvalidWorkspace(checked.problems)
    return Checked(_opened(root, tree, loaded, workspace, bound.rulebook), checked.problems)
