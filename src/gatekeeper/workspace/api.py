"""The public API: open a workspace, judge a milestone, compare, and render the verdict.

`import gatekeeper` offers the names of this module. The command line uses the same objects.
"""

import os
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gatekeeper.errors import InvalidWorkspace, Problem, UsageError, in_order, known
from gatekeeper.manifests.discovery import SETTINGS_FILE, find_workspace, is_workspace
from gatekeeper.model.artefact_facts import ArtefactFacts
from gatekeeper.model.changes import Comparison
from gatekeeper.model.forecast import Lapse
from gatekeeper.model.obligation import Obligation
from gatekeeper.model.overview import Overview
from gatekeeper.model.report import Filter
from gatekeeper.model.shipping import Shipping
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.trees.git import GitTree
from gatekeeper.workspace import clock, judging, loading, selection
from gatekeeper.workspace.files import StrPath
from gatekeeper.workspace.loading import Follow, LoadedWorkspace
from gatekeeper.workspace.verdict import Verdict, reach

if TYPE_CHECKING:
    from gatekeeper.trees import Tree
    from gatekeeper.workspace.comparing import Compared
    from gatekeeper.workspace.states import State
    from gatekeeper.workspace.wiring import Wiring

WORKING_TREE = "the working tree"


def open(path: StrPath = ".", *, revision: str | None = None) -> "Workspace":  # noqa: A001 - as in `zipfile.open`
    """Return the workspace at or above a folder.

    The manifests are read when they are first needed.

    Args:
        path: A folder of the workspace.
        revision: A Git revision to read instead of the working tree; close the workspace after use.

    Raises:
        UsageError: There is no workspace, or no such revision.
    """
    start = Path(path)
    if not start.exists():
        raise UsageError(f"there is no folder {path}")
    root = find_workspace(start)
    if revision is None:
        return Workspace(root)
    from gatekeeper.workspace.states import at_revision

    return Workspace(*at_revision(root, revision))


def open_state(start: Path, name: str) -> "Workspace":
    """Return the workspace in the state that a name means, which is a revision or a folder. Internal."""
    from gatekeeper.workspace.states import state_named

    return Workspace(*state_named(start, name))


class Workspace:
    """A workspace in a folder or at a Git revision, as `gatekeeper.open` returns it.

    Every method that judges takes `as_of`, a date or its text (`2026-11-20`); by default today in UTC.
    """

    def __init__(
        self,
        root: Path,
        tree: "Tree | None" = None,
        name: str = WORKING_TREE,
        follow: Follow = nullcontext,
    ) -> None:
        self.root = root
        """The folder of the workspace."""
        self.name = name
        """The revision, or the folder as it was written."""
        self.tree = tree or loading.disk_tree(root)
        """The files of its repository. Internal."""
        self._follow = follow

    def __repr__(self) -> str:
        return f"Workspace({str(self.root)!r}, {self.name!r})"

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the Git process that reads a revision; a working tree needs no closing."""
        if isinstance(self.tree, GitTree):
            self.tree.close()

    @property
    def milestones(self) -> tuple[str, ...]:
        """The names of the milestones, in order."""
        return tuple(self.loaded.manifests.milestones)

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the services, sorted."""
        return tuple(self.loaded.manifests.services)

    @property
    def owners(self) -> tuple[str, ...]:
        """The owners of services, sorted."""
        return tuple(selection.owners(self.loaded.manifests))

    def validate(self) -> tuple[Problem, ...]:
        """Read the manifests again and return every problem in them; empty if the workspace is valid."""
        return self.validation().problems

    def warnings(self) -> tuple[Problem, ...]:
        """Read the manifests again and return what has no effect and probably should have one."""
        return self.validation().warnings

    def validation(self) -> loading.Validation:
        """Read the manifests again and return the problems and warnings. Internal."""
        from gatekeeper.judging.rules.citations import wrong_citations
        from gatekeeper.manifests.load import locate_mistakes
        from gatekeeper.workspace.cases.suite import case_problems
        from gatekeeper.workspace.register import unknown_approvers
        from gatekeeper.workspace.review import review_warnings
        from gatekeeper.workspace.unread_records import unreadable_records

        self._must_exist()
        found = loading.validate(self.root, self.tree)
        of_cases = case_problems(self.root, self.tree)
        if found.loaded is None:
            return found._replace(problems=in_order([*found.problems, *of_cases]))
        wrong = locate_mistakes(self.root, self.tree, wrong_citations(found.loaded.manifests))
        if problems := in_order([*wrong, *of_cases]):
            return found._replace(loaded=None, problems=problems)
        unread = unreadable_records(found.loaded, found.loaded.manifests.services, entries=True)
        of_people = (*unknown_approvers(found.loaded), *review_warnings(found.loaded))
        warnings = [*found.warnings, *unread, *of_people]
        return found._replace(warnings=in_order(warnings))

    def judge(
        self,
        milestone: str | None = None,
        *,
        as_of: date | str | None = None,
        services: Iterable[str] = (),
        owners: Iterable[str] = (),
        base: "Workspace | StrPath | None" = None,
        across: bool = False,
        after_last_exit: bool = False,
    ) -> "Verdict":
        """Judge whether a milestone may exit.

        With a base, the verdict has the comparison with it, and the rules and the roster of the base judge.

        Args:
            milestone: By default the first that has not exited.
            as_of: The date that counts as today.
            services: Judge these services only.
            owners: Judge the services of these owners only.
            base: What the whole change is compared with, as for `compare`.
            across: Count what each step helps at the other milestones that have not exited.
            after_last_exit: If every milestone has exited, judge the last one, and all other services at
                their last milestone: their signed levels must still hold.

        Raises:
            InvalidWorkspace: The manifests contain mistakes.
            UsageError: A milestone, service or owner is unknown, a service has no target there, or the base
                is not available.
        """
        day = _day(as_of)
        compared = None if base is None else self._compared(base, day, day)
        loaded = compared.head._replace(follow=self._follow) if compared else self.loaded
        asked = Filter(selection.names(services, "services"), selection.names(owners, "owners"))
        verdict = reach(loaded, milestone, day, asked, across=across, after_last_exit=after_last_exit)
        if base is not None and compared:
            verdict.comparison = compared.comparison
            verdict.before = cache(lambda: self._before(base, verdict.milestone, day, asked))
        return verdict

    def _before(
        self, base: "Workspace | StrPath", milestone: str, day: date, asked: Filter
    ) -> MilestoneResult | None:
        """Judge the base at a milestone; None if it has no workspace, or none of this is in its scope."""
        with self._opened_base(base) as (before, _):
            try:
                loaded = loading.validate(before.root, before.tree).valid()
                verdict = reach(loaded, milestone, day, asked, across=False, after_last_exit=False)
            except (InvalidWorkspace, UsageError):
                return None
            return verdict.result

    def forecast(self, milestone: str | None = None, *, as_of: date | str | None = None) -> tuple[Lapse, ...]:
        """Return what will no longer hold at the milestone's exit if nothing is renewed."""
        return self.judge(milestone, as_of=as_of).forecast

    def overview(
        self,
        milestones: Iterable[str] = (),
        *,
        as_of: date | str | None = None,
        since: "Workspace | None" = None,
    ) -> Overview:
        """Judge several milestones, by default all of them, for reports and sites. Internal.

        Args:
            milestones: Their names.
            as_of: The date that counts as today.
            since: An earlier state, to say what has changed. It is judged as of the day of its commit; a
                folder, as of the same day.
        """
        from gatekeeper.workspace.overview import overview
        from gatekeeper.workspace.rendering import commit_of

        names, day = tuple(milestones) or self.milestones, _day(as_of)
        found = overview(self.loaded, names, day, commit_of(self.loaded))
        if since is None:
            return found
        return found._replace(since=self.compare(since, as_of=day, base_as_of=since.day_of_commit(day)))

    def day_of_commit(self, latest: date) -> date:
        """Return the day of the open commit, at most the latest; without a commit the latest. Internal."""
        from gatekeeper.trees.revisions import commit_time

        made = commit_time(Path(self.tree.root), self.tree.commit) if isinstance(self.tree, GitTree) else None
        return min(made.date(), latest) if made else latest

    def obligations(
        self,
        services: Iterable[str] = (),
        *,
        criterion: str | None = None,
        as_of: date | str | None = None,
    ) -> tuple[Obligation, ...]:
        """Return what is asked of services: at each level, at each milestone, and by the plan itself.

        Args:
            services: Their names; by default all services.
            criterion: Return only the obligations of this criterion or capability.
            as_of: The date that counts as today: exits of milestones count from their day on.

        Raises:
            InvalidWorkspace: The manifests contain mistakes.
            UsageError: A service is unknown.
        """
        from gatekeeper.judging.obligations.expand import expand
        from gatekeeper.judging.obligations.terms import SharedTerms

        manifests, day = self.loaded.manifests, _day(as_of)
        names = selection.names(services, "services") or self.services
        chosen = [selection.service_named(manifests, name) for name in names]
        rulebook, only = self.loaded.rulebook, None if criterion is None else (criterion,)
        shared = SharedTerms(rulebook)
        return tuple(
            one
            for service in chosen
            for one in expand(service, rulebook, manifests.milestones, day, only, shared)
        )

    def can_ship(
        self,
        service: str,
        *,
        to: str,
        commit: str | None = None,
        as_of: date | str | None = None,
        subjects: Iterable[str] = (),
    ) -> Shipping:
        """Judge whether a service may be deployed. Reads the rulebook and this service only, each time anew.

        Args:
            service: The name of the service.
            to: A destination that a level of the rulebook ships to.
            commit: The commit to deploy, at least seven digits; by default `release.commit` of the manifest.
            as_of: The date that counts as today.
            subjects: The images or packages that are deployed, each with its digest: `sha256:HEX`,
                `IMAGE@sha256:HEX`, or a package URL with a checksum.

        Raises:
            InvalidWorkspace: The rulebook or the service contains mistakes.
            UsageError: The service or the destination is unknown, the commit is not a commit id, or a subject
                has no digest or is an image of another service.
        """
        from gatekeeper.workspace.deploying import deployed
        from gatekeeper.workspace.rendering import commit_of

        if commit is not None and not re.fullmatch(r"[0-9a-fA-F]{7,64}", commit):
            # A shorter id would match many commits.
            raise UsageError(f"--commit {commit}: write a commit id, of at least seven of its digits")
        day = _day(as_of)
        loaded = loading.open_for_service(self.root, service, self.tree)
        destination = known(to, loaded.rulebook.destinations, "destination")
        named = tuple(selection.names(subjects, "subjects"))
        what = deployed(loaded, service, named, commit_of(loaded) if named else None)
        shipping = judging.may_ship(loaded, service, destination, day, commit.lower() if commit else None)
        return shipping._replace(rulebook_digest=loaded.rulebook.digest, deployed=what)

    def compare(
        self,
        base: "Workspace | StrPath",
        *,
        as_of: date | str | None = None,
        base_as_of: date | str | None = None,
    ) -> Comparison:
        """Compare with a base, and judge both by the rules of the base.

        Args:
            base: A Git revision, `A...B` for the merge base of two, a folder (`./FOLDER`), another workspace,
                or `auto` for the merge base of HEAD and the target branch that the CI's variables name.
            as_of: The date as of which this workspace is judged.
            base_as_of: The date as of which the base is judged; by default the same.

        Raises:
            InvalidWorkspace: The manifests of this workspace contain mistakes.
            UsageError: There is no such base, or its manifests contain mistakes.
        """
        day = _day(as_of)
        return self._compared(base, day, _day(base_as_of) if base_as_of else day).comparison

    def _compared(self, base: "Workspace | StrPath", as_of: date, base_as_of: date) -> "Compared":
        from gatekeeper.workspace.comparing import compare
        from gatekeeper.workspace.differences import Dates
        from gatekeeper.workspace.states import State

        with self._opened_base(base) as (before, ahead):
            self._must_exist()
            now = State(self.root, self.tree, self.name)
            return compare(before, now, Dates(as_of, base_as_of), ahead)

    def _opened_base(
        self, base: "Workspace | StrPath"
    ) -> "AbstractContextManager[tuple[State, State | None]]":
        from gatekeeper.workspace.states import State, opened_base

        given = State(base.root, base.tree, base.name) if isinstance(base, Workspace) else base
        return opened_base(given, State(self.root, self.tree, self.name))

    def wire(self, service: str, folder: StrPath | None = None) -> "Wiring":
        """Propose artefacts for the slots of a service that are asked of it and not mapped; writes nothing.

        Args:
            service: The name of the service.
            folder: The folder to search, such as a clone of its repository; by default its own folder.

        Raises:
            InvalidWorkspace: The manifests contain mistakes.
            UsageError: The service is unknown, or there is no such folder.
        """
        from gatekeeper.workspace.wiring import wire

        of = selection.service_named(self.loaded.manifests, service)
        where = Path(self.loaded.folders(of).artefacts if folder is None else folder)
        if not where.is_dir():
            raise UsageError(f"there is no folder {where} to search for artefacts of {service}")
        return wire(self.loaded, service, where.resolve())

    def facts(self, kind: str | None, path: StrPath, **options: Any) -> ArtefactFacts:
        """Read the facts of an artefact, whether or not a service maps it.

        Args:
            kind: A kind of evidence: `tests`, `coverage`, `load_test` ... None: the kind whose marks it has.
            path: A file, a folder or a glob, relative to the workspace.
            options: Options of a slot of this kind, such as `include` and `select`.

        Raises:
            UsageError: The kind is unknown, or does not take an option.
        """
        from gatekeeper.workspace.artefact_facts import read_facts

        return read_facts(kind, os.fspath(path), options, self.root, self.tree)

    @cached_property
    def loaded(self) -> LoadedWorkspace:
        """The manifests and the rulebook. Internal: they may change with any release."""
        self._must_exist()
        validation = loading.validate(self.root, self.tree)
        return validation.valid()._replace(follow=self._follow)

    def _must_exist(self) -> None:
        if not is_workspace(self.root, self.tree):
            raise UsageError(
                f"{self.name} has no workspace at {self.root}: neither {SETTINGS_FILE} nor the folders "
                "gates, services and milestones"
            )


def _day(as_of: date | str | None) -> date:
    if as_of is None:
        return clock.today()
    if isinstance(as_of, datetime):
        return as_of.date()
    try:
        return as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
    except (TypeError, ValueError):
        raise UsageError(f"{as_of!r} is not a date: write one as 2026-11-02") from None
