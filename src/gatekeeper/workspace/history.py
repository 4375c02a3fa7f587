"""A workspace over time on one page: the commits -> each one opened -> judged as of its own day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from gatekeeper.judging.outlook.progress import progress, tally
from gatekeeper.judging.outlook.validity import Validity, validity
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.services import judge_everywhere
from gatekeeper.manifests.discovery import is_workspace
from gatekeeper.manifests.load import Known
from gatekeeper.model.manifest import milestone_order
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.service import Service
from gatekeeper.model.trend import MilestoneProgress, Point, Tally, Trend
from gatekeeper.trees.git import GitTree
from gatekeeper.trees.history import Commit, moved_from
from gatekeeper.workspace.judging import collect, identities
from gatekeeper.workspace.loading import LoadedWorkspace, validate


def trend(root: Path, repository: Path, commits: Iterable[Commit]) -> Trend:
    """Judge a workspace at each of these commits, which come newest first.

    Args:
        root: The workspace as it stands today; where it was renamed, it is followed.
        repository: The root of its repository.
        commits: Each is judged as of its own day, by its own rulebook.
    """
    folder = root.relative_to(repository).as_posix()
    points = list(_Looking(str(repository), "" if folder == "." else folder).points(commits))
    milestones = {name for point in points for name in point.milestones}
    return Trend(tuple(reversed(points)), tuple(sorted(milestones, key=milestone_order)))


class _Judged(NamedTuple):
    """What a service was found to add to its milestones, and the days on which that is so."""

    days: Validity
    tallies: Mapping[str, Tally]


class _Looking:
    """Looks at one commit after the other; what is the same in both is neither read nor judged again."""

    def __init__(self, repository: str, folder: str) -> None:
        self.repository = repository
        self.folder = folder
        self.last: Commit | None = None
        """The commit looked at before, where it had a workspace."""
        self.known: Known = {}
        self.judged: dict[object, list[_Judged]] = defaultdict(list)

    def points(self, commits: Iterable[Commit]) -> Iterator[Point]:
        for commit in commits:
            with closing(GitTree(self.repository, commit.id)) as tree:
                try:
                    yield self._point(commit, tree)
                except OSError as error:
                    yield self._gap(commit, f"git cannot read it: {error.strerror}")

    def _point(self, commit: Commit, tree: GitTree) -> Point:
        if not self._is_here(commit, tree):
            self.last = None
            return self._gap(commit, f"no workspace at {self.folder or 'the root'}")
        self.last = commit
        checked = validate(self._root, tree, self.known)
        if checked.opened is None:
            first, more = checked.problems[0], len(checked.problems) - 1
            others = f" and {more:,} more" if more else ""
            return self._gap(commit, f"the workspace was invalid: {first}{others}")
        return Point(commit.id, commit.day, self._progress(checked.opened, commit), self.folder)

    def _gap(self, commit: Commit, why: str) -> Point:
        return Point(commit.id, commit.day, {}, self.folder, why)

    @property
    def _root(self) -> Path:
        return Path(self.repository, self.folder)

    def _is_here(self, commit: Commit, tree: GitTree) -> bool:
        """Whether the commit has the workspace: where the newer one has it, or where that came from."""
        if is_workspace(self._root, tree):
            return True
        if self.last is None:
            return False
        before = moved_from(self.repository, self.folder, self.last.id, commit.id)
        if before is None or not is_workspace(Path(self.repository, before), tree):
            return False
        self.folder = before
        return True

    def _progress(self, opened: LoadedWorkspace, commit: Commit) -> dict[str, MilestoneProgress]:
        tallies: dict[str, list[Tally]] = {name: [] for name in opened.manifests.milestones}
        for of_service in self._of_services(opened, commit):
            for milestone, found in of_service.items():
                if milestone in tallies:
                    tallies[milestone].append(found)
        return {milestone: progress(of) for milestone, of in tallies.items()}

    def _of_services(self, opened: LoadedWorkspace, commit: Commit) -> list[Mapping[str, Tally]]:
        """Return what every service adds, most of them from a commit at which it was the same."""
        workspace = opened.manifests
        entries: dict[str, list[RegisteredException]] = defaultdict(list)
        for entry in workspace.exceptions.values():
            entries[entry.service].append(entry)
        services = workspace.services
        artefacts = identities(opened, services.values())
        keys = {
            name: self._key(opened, service, artefacts[name], entries[name])
            for name, service in services.items()
        }
        new = [name for name in services if self._before(keys[name], commit) is None]
        evidence = collect(opened, [services[name] for name in new])
        shared = SharedResults()
        for name in new:
            case = Case(services[name], opened.rulebook, evidence.get(name, {}), commit.day)
            results = judge_everywhere(case, entries[name], shared)
            of = {milestone: tally(result) for milestone, result in results.items()}
            self.judged[keys[name]].append(_Judged(validity(case, entries[name]), of))
        return [found for key in keys.values() if (found := self._before(key, commit)) is not None]

    def _before(self, key: object, commit: Commit) -> Mapping[str, Tally] | None:
        return next((of.tallies for of in self.judged.get(key, ()) if of.days.has(commit.day)), None)

    def _key(
        self,
        opened: LoadedWorkspace,
        service: Service,
        artefacts: object,
        entries: Sequence[RegisteredException],
    ) -> object:
        """Return what tells all that has a say, but for the calendar.

        A manifest is known by being the same object: `known` gives out one for one content, and keeps it.
        """
        workspace = opened.manifests
        return (
            id(service),
            id(workspace.governance),
            workspace.rulebook_digest,
            artefacts,
            tuple(id(entry) for entry in entries),
        )
