"""Load a workspace: read its manifests and bind its rulebook, or report every problem in it."""

import logging
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

from gatekeeper import collectors
from gatekeeper.errors import InvalidWorkspace, Problem, in_order
from gatekeeper.judging.plans.validation import check_plan, repeated
from gatekeeper.judging.rules.binding import bind
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.manifests.load import Known, Loaded, load_workspace, locate_mistakes
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service, ServiceFolders
from gatekeeper.model.workspace import Manifests
from gatekeeper.trees import Tree
from gatekeeper.trees.disk import DiskTree
from gatekeeper.workspace.stages import stage

logger = logging.getLogger(__name__)

Follow = Callable[[list[Service]], AbstractContextManager[Iterable[Service]]]
"""Passes services through while their evidence is read; a progress bar counts them."""


class LoadedWorkspace(NamedTuple):
    """A workspace without mistakes, its rulebook bound."""

    manifests: Manifests
    rulebook: Rulebook
    root: Path
    services_folder: Path
    tree: Tree
    """The files that it is read from."""
    follow: Follow = nullcontext
    warnings: tuple[Problem, ...] = ()
    """What is not read, and does not make it invalid."""
    given: Mapping[str, Mapping[EvidenceKey, Evidence]] | None = None
    """The evidence of services, if it is given instead of read."""

    @property
    def repository(self) -> Path:
        """The root of its repository: no file outside it is read."""
        return Path(self.tree.root)

    def folders(self, service: Service) -> ServiceFolders:
        """Return where a service keeps its records and its artefacts."""
        own = f"{self.services_folder}/{service.service}"
        artefacts = os.path.normpath(f"{self.root}/{service.folder}") if service.folder else own
        return ServiceFolders(own, artefacts)


class Validation(NamedTuple):
    """The outcome of loading: a usable workspace, or every problem in it."""

    loaded: LoadedWorkspace | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()

    def valid(self) -> LoadedWorkspace:
        """Return the workspace; raise `InvalidWorkspace` with all its problems if there are any."""
        if self.loaded is None:
            raise InvalidWorkspace(self.problems)
        return self.loaded


def disk_tree(root: Path) -> Tree:
    """Return the files of the repository around a workspace, as they are on disk."""
    return DiskTree(str(find_repository(root)))


def observed_tree(root: Path) -> Tree:
    """Return the same files; if there is a cache, what is asked of them can be recorded for it."""
    from gatekeeper.cache import current

    tree = DiskTree(str(find_repository(root)))
    if current.store() is None:
        return tree
    from gatekeeper.trees.observed import ObservedTree

    return ObservedTree(tree)


def validate(root: Path, tree: Tree | None = None, known: Known | None = None) -> Validation:
    """Load and bind a workspace, and return every problem of every file.

    Args:
        root: The folder of the workspace.
        tree: The files of its repository; by default those on disk.
        known: Manifests that have been read already; new ones are added.
    """
    tree = tree or disk_tree(root)
    with stage(logger, f"load the workspace {root}"):
        return _bound(root, tree, load_workspace(root, tree, known))


def open_workspace(root: Path) -> LoadedWorkspace:
    """Return a workspace that can be judged.

    Raises:
        InvalidWorkspace: It contains mistakes.
    """
    return validate(root).valid()


def open_for_service(root: Path, service: str, tree: Tree | None = None) -> LoadedWorkspace:
    """Return a workspace with one service, as `open_for_services` does."""
    return open_for_services(root, [service], tree)


def open_for_services(root: Path, services: Collection[str], tree: Tree | None = None) -> LoadedWorkspace:
    """Return a workspace with some services and those on which they depend; no other manifests are read.

    Raises:
        InvalidWorkspace: Its rulebook, its milestones or one of the services contain mistakes.
        UsageError: There is no such service.
    """
    from gatekeeper.manifests.shards import load_services

    tree = tree or disk_tree(root)
    with stage(logger, f"load {', '.join(sorted(services))} and the rulebook of {root}"):
        return _bound(root, tree, load_services(root, tree, services)).valid()


def open_rulebook(root: Path, tree: Tree) -> LoadedWorkspace:
    """Return a workspace without services; neither their manifests nor the register are read.

    Raises:
        InvalidWorkspace: Its rulebook or its milestones contain mistakes.
    """
    from gatekeeper.manifests.load import load_rulebook

    return _bound(root, tree, load_rulebook(root, tree)).valid()


def open_register(root: Path) -> Validation:
    """Return a workspace whose register can be listed, and its problems.

    A repeated exception makes a workspace invalid, but its register can still be listed.

    Raises:
        InvalidWorkspace: There is any other problem.
    """
    validation = validate(root)
    if validation.loaded:
        return validation
    tree = disk_tree(root)
    loaded = load_workspace(root, tree)
    workspace = loaded.workspace
    if workspace is None or loaded.problems:
        raise InvalidWorkspace(validation.problems)
    bound = bind(workspace, collectors.find)
    again = {entry for entry, _ in repeated(workspace.exceptions.values())}
    others = {name: entry for name, entry in workspace.exceptions.items() if name not in again}
    strangers = {workspace.exceptions[name].service for name in again} - set(workspace.services)
    if bound.mistakes or strangers or check_plan(workspace._replace(exceptions=others), bound.rulebook):
        raise InvalidWorkspace(validation.problems)
    usable = LoadedWorkspace(workspace, bound.rulebook, root, loaded.services_folder, tree)
    return Validation(usable, validation.problems)


def _bound(root: Path, tree: Tree, loaded: Loaded) -> Validation:
    manifests = loaded.workspace
    if manifests is None:
        return Validation(None, in_order(loaded.problems), in_order(loaded.warnings))
    bound = bind(manifests, collectors.find)
    mistakes = bound.mistakes or check_plan(manifests, bound.rulebook)
    problems = in_order([*loaded.problems, *locate_mistakes(root, tree, mistakes)])
    warnings = in_order(loaded.warnings)
    if problems:
        return Validation(None, problems, warnings)
    logger.info(
        "workspace %s (gates: %d, services: %d, milestones: %d, exceptions: %d)",
        root,
        len(manifests.gates),
        len(manifests.services),
        len(manifests.milestones),
        len(manifests.exceptions),
    )
    workspace = LoadedWorkspace(
        manifests, bound.rulebook, root, loaded.services_folder, tree, warnings=warnings
    )
    return Validation(workspace, (), warnings)
