"""Judge a workspace over time: each commit is loaded and judged as of its own day."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.judging.outlook.progress import progress, tally
from gatekeeper.judging.outlook.review import rule_digests
from gatekeeper.judging.outlook.validity import Validity, times_of, validity
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.services import judge_everywhere
from gatekeeper.manifests.discovery import find_repository, is_workspace
from gatekeeper.manifests.load import Known
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.service import Service
from gatekeeper.model.trend import Point, RuleVersion, Tally, Trend
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.trees.git import GitTree
from gatekeeper.trees.history import Commit, first_parents, moved_from, sampled
from gatekeeper.workspace.judging import collect, identities, neighbours
from gatekeeper.workspace.loading import LoadedWorkspace, validate

logger = logging.getLogger(__name__)


def trend_of(root: Path, step: int | str, since: date | None = None) -> Trend:
    """Judge a workspace at the commits that a step chooses.

    Args:
        root: The folder of the workspace today; renames are followed back.
        step: Each n-th commit, or the last of each `day` or `week`.
        since: Earlier commits are left out.

    Raises:
        UsageError: There is no such commit.
    """
    repository = find_repository(root)
    history = first_parents(str(repository))
    chosen = [commit for commit in history.commits if since is None or commit.day >= since]
    if not chosen:
        raise UsageError(f"no commit since {since}; the newest is of {history.commits[0].day}")
    folder = root.relative_to(repository).as_posix()
    judge = _Judge(str(repository), "" if folder == "." else folder)
    points = list(judge.points(sampled(chosen, step)))
    milestones = tuple(_in_order(point.milestones for point in points))
    return Trend(tuple(reversed(points)), milestones, history.is_shallow, judge.names)


def _in_order(roadmaps: Iterable[Iterable[str]]) -> list[str]:
    """Return the milestones of all roadmaps, each behind its predecessor; the first roadmap prevails."""
    order: list[str] = []
    for roadmap in roadmaps:
        place = 0
        for name in roadmap:
            if name not in order:
                order.insert(place, name)
            place = order.index(name) + 1
    return order


class _Judged(NamedTuple):
    """What a service adds to its milestones, and the days on which that holds."""

    days: Validity
    tallies: Mapping[str, Tally]


class _Judge:
    """Judges one commit after another. Parts that did not change are neither read nor judged again."""

    def __init__(self, repository: str, folder: str) -> None:
        self.repository = repository
        self.folder = folder
        self.last: Commit | None = None
        """The commit judged before, if it had a workspace."""
        self.known: Known = {}
        self.judged: dict[object, list[_Judged]] = defaultdict(list)
        self.names: dict[str, str] = {}
        """The name of each milestone, as it is at the newest commit that has one."""
        self.rules: dict[str, Mapping[RuleVersion, str]] = {}
        """The digest of each rule, by the digest of the rulebook."""

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
        logger.info("commit %s of %s", commit.id, commit.day)
        validation = validate(self._root, tree, self.known)
        if validation.loaded is None:
            problems = first_few([*map(str, validation.problems)], 1)
            return self._gap(commit, f"the workspace was invalid: {problems}")
        return self._judged_at(commit, validation.loaded)

    def _gap(self, commit: Commit, why: str) -> Point:
        return Point(commit.id, commit.day, {}, self.folder, why)

    @property
    def _root(self) -> Path:
        return Path(self.repository, self.folder)

    def _is_here(self, commit: Commit, tree: GitTree) -> bool:
        """Return whether the commit has the workspace: at the same path, or before a rename."""
        if is_workspace(self._root, tree):
            return True
        if self.last is None:
            return False
        before = moved_from(self.repository, self.folder, self.last.id, commit.id)
        if before is None or not is_workspace(Path(self.repository, before), tree):
            return False
        self.folder = before
        return True

    def _judged_at(self, commit: Commit, loaded: LoadedWorkspace) -> Point:
        self.names = loaded.manifests.milestones.names | self.names
        rulebook = loaded.manifests.rulebook_digest
        if rulebook not in self.rules:
            self.rules[rulebook] = rule_digests(loaded.rulebook)
        tallies: dict[str, dict[str, Tally]] = {name: {} for name in loaded.manifests.milestones}
        for service, of_service in self._of_services(loaded, commit).items():
            for milestone in of_service.keys() & tallies.keys():
                tallies[milestone][service] = of_service[milestone]
        return Point(
            commit.id,
            commit.day,
            {milestone: progress(of.values()) for milestone, of in tallies.items()},
            self.folder,
            tallies=tallies,
            rules=self.rules[rulebook],
        )

    def _of_services(self, loaded: LoadedWorkspace, commit: Commit) -> dict[str, Mapping[str, Tally]]:
        """Return what each service adds; unchanged services are taken from an earlier commit."""
        workspace = loaded.manifests
        entries: dict[str, list[RegisteredException]] = defaultdict(list)
        for entry in workspace.exceptions.values():
            entries[entry.service].append(entry)
        services = workspace.services
        artefacts = identities(loaded, services.values())
        keys = {
            name: (
                self._key(loaded, service, artefacts[name], entries[name]),
                *((id(services[other]), artefacts[other]) for other in service.depends_on),
            )
            for name, service in services.items()
        }
        new = [name for name in services if self._before(keys[name], commit) is None]
        logger.info("not judged again, because they are unchanged: %d services", len(services) - len(new))
        evidence = collect(loaded, [services[name] for name in new])
        shared, times = SharedResults(), times_of(loaded.rulebook)
        for name in new:
            case = Case(
                services[name],
                loaded.rulebook,
                evidence.get(name, {}),
                commit.day,
                workspace.milestones,
                neighbours=neighbours(loaded, [services[name]]),
            )
            results = judge_everywhere(case, entries[name], shared)
            of = {milestone: tally(result) for milestone, result in results.items()}
            self.judged[keys[name]].append(_Judged(validity(case, entries[name], times), of))
        found = {name: self._before(key, commit) for name, key in keys.items()}
        return {name: tallies for name, tallies in found.items() if tallies is not None}

    def _before(self, key: object, commit: Commit) -> Mapping[str, Tally] | None:
        return next((of.tallies for of in self.judged.get(key, ()) if of.days.has(commit.day)), None)

    def _key(
        self,
        loaded: LoadedWorkspace,
        service: Service,
        artefacts: object,
        entries: Sequence[RegisteredException],
    ) -> object:
        """Return a key of everything but the date that affects the verdict on a service.

        Manifests are compared by identity: `known` keeps one object for each content.
        """
        workspace = loaded.manifests
        return (
            id(service),
            id(workspace.governance),
            *map(id, workspace.milestones.values()),
            workspace.rulebook_digest,
            artefacts,
            tuple(id(entry) for entry in entries),
        )
