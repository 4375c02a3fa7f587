"""The whole program on one page: load -> bind -> collect -> judge."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper import collectors
from gatekeeper.errors import InvalidWorkspace, Problem, in_order
from gatekeeper.judging.bind import bind
from gatekeeper.judging.case import Case
from gatekeeper.judging.check_plan import check_plan
from gatekeeper.judging.requests import requests
from gatekeeper.judging.rollup import Facts, judge_milestone
from gatekeeper.judging.services import effective_level
from gatekeeper.manifests.load import Known, load_workspace, locate_mistakes
from gatekeeper.manifests.settings import find_repository
from gatekeeper.model.evidence import Evidence, EvidenceKey, Recorded
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.model.workspace import Workspace
from gatekeeper.trees import Tree
from gatekeeper.trees.disk import DiskTree

if TYPE_CHECKING:
    from gatekeeper.collectors._reading import Reader


class Opened(NamedTuple):
    """A workspace without mistakes, its rulebook bound."""

    workspace: Workspace
    rulebook: Rulebook
    services_folder: Path
    tree: Tree
    """Where its files are read from."""

    @property
    def repository(self) -> Path:
        """The root of its repository: nothing outside is read."""
        return Path(self.tree.root)


class Checked(NamedTuple):
    """What loading and binding found: a usable workspace, or every problem in it."""

    opened: Opened | None
    problems: tuple[Problem, ...]


def validate(root: Path, tree: Tree | None = None, known: Known | None = None) -> Checked:
    """Load and bind a workspace, and return every problem of every file.

    Without a tree it is read from disk; of manifests that are `known` nothing is read again.
    """
    tree = tree or DiskTree(str(find_repository(root)))
    loaded = load_workspace(root, tree, known)
    if loaded.workspace is None:
        return Checked(None, in_order(loaded.problems))
    bound = bind(loaded.workspace, collectors.find)
    mistakes = bound.mistakes or check_plan(loaded.workspace, bound.rulebook)
    problems = in_order([*loaded.problems, *locate_mistakes(root, tree, mistakes)])
    if problems:
        return Checked(None, problems)
    return Checked(Opened(loaded.workspace, bound.rulebook, loaded.services_folder, tree), ())


def open_workspace(root: Path) -> Opened:
    """Return a workspace that can be judged; raise `InvalidWorkspace` with all its problems otherwise."""
    checked = validate(root)
    if checked.opened is None:
        raise InvalidWorkspace(checked.problems)
    return checked.opened


def judge(opened: Opened, milestone: str, as_of: date, services: Iterable[Service]) -> MilestoneResult:
    """Collect the evidence of the services in scope and judge the milestone by it."""
    in_scope = [service for service in services if milestone in service.plan]
    facts = Facts(in_scope, collect(opened, in_scope), opened.workspace.exceptions.values(), as_of)
    return judge_milestone(opened.rulebook, facts, milestone)


def collect(opened: Opened, services: Iterable[Service]) -> dict[str, Mapping[EvidenceKey, Evidence]]:
    """Read every artefact that judging these services will want, each once."""
    reader = _reader(opened)
    return {
        service.service: {
            (request.slot, request.narrowing): reader.read(request)
            for request in requests(service, opened.rulebook)
        }
        for service in services
        if service.evidence
    }


def identities(opened: Opened, services: Iterable[Service]) -> dict[str, object]:
    """Return by service what tells its artefacts from any others, without judging them."""
    reader = _reader(opened)
    return {
        service.service: tuple(reader.identity(request) for request in requests(service, opened.rulebook))
        for service in services
    }


def _reader(opened: Opened) -> "Reader":
    # Late, because many a workspace has nothing to read yet.
    from gatekeeper.collectors._artefacts import Bounds
    from gatekeeper.collectors._reading import Reader

    return Reader(str(opened.services_folder), Bounds(opened.tree))


def record(opened: Opened, service: Service, folder: Path, contained_in: Path) -> list[Recorded]:
    """Read the artefacts of a service below a folder, which may be another than its own, for a record."""
    from gatekeeper.collectors import _reading
    from gatekeeper.collectors._artefacts import Bounds

    bounds = Bounds(DiskTree(str(contained_in)))
    return [_reading.record(request, str(folder), bounds) for request in requests(service, opened.rulebook)]


def earned_levels(opened: Opened, as_of: date) -> dict[str, Level]:
    """Return by service the level that it has earned, whatever the milestone."""
    services = opened.workspace.services
    evidence = collect(opened, services.values())
    return {
        name: effective_level(Case(service, opened.rulebook, evidence.get(name, {}), as_of))
        for name, service in services.items()
    }
