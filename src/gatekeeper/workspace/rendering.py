"""What rendering a verdict needs: the output format, the commit, places in files, a signature."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from gatekeeper.errors import BrokenPlugin, UsageError, nearest
from gatekeeper.manifests.positions import WorkspaceFolders, places
from gatekeeper.manifests.revision import uncommitted
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.report import Places, Report
from gatekeeper.model.screen import Screen
from gatekeeper.plugins import Reporter
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.trees.git import GitTree
from gatekeeper.trees.revisions import head_commit
from gatekeeper.workspace.loading import LoadedWorkspace


def reporter_named(format_: str) -> Reporter:
    """Return the output format of this name.

    Raises:
        UsageError: Neither the program nor an installed plugin has it.
    """
    from gatekeeper.reporters import REPORTERS

    reporter = REPORTERS.find(format_)
    if reporter is None:
        raise UsageError(f"unknown format {format_!r}; {nearest(format_, REPORTERS.names)}")
    return reporter


def shows_forecast(format_: str) -> bool:
    """Return whether an output format needs the forecast, for which the milestone is judged a second time.

    Raises:
        UsageError: Neither the program nor an installed plugin has it.
    """
    return bool(getattr(reporter_named(format_), "SHOWS_FORECAST", False))


def rendered(format_: str, report: Report, screen: Screen) -> Iterable[str]:
    """Return a report in an output format: in pieces that are rendered one by one if the format has `pieces`.

    Raises:
        UsageError: Neither the program nor an installed plugin has the format.
        BrokenPlugin: The format of a plugin crashed, or returned something else than text.
    """
    from gatekeeper.reporters import REPORTERS

    reporter = reporter_named(format_)
    if format_ in REPORTERS.names:
        pieces = getattr(reporter, "pieces", None)
        return pieces(report, screen) if pieces else [reporter.render(report, screen)]
    try:
        text = reporter.render(report, screen)
        if not isinstance(text, str):
            raise TypeError(f"it returned {type(text).__name__}, not text")  # noqa: TRY301 - reported likewise
    except (Exception, SystemExit) as error:
        what = f"{type(error).__name__}: {error}"
        raise BrokenPlugin(f"the plugin format {format_!r} crashed: {what}; fix or uninstall it") from error
    return [text]


def places_of(loaded: LoadedWorkspace, milestone: str) -> Places:
    """Return how formats look up files and lines of the workspace."""
    manifest = loaded.root / loaded.manifests.files[Milestone, milestone]
    services = loaded.manifests.services

    def artefacts(name: str) -> str:
        service = services.get(name)  # one that only the base has is nowhere
        return loaded.folders(service).artefacts if service else str(loaded.services_folder)

    folders = WorkspaceFolders(loaded.root, loaded.services_folder, artefacts)
    return places(folders, manifest, loaded.tree)


def commit_of(loaded: LoadedWorkspace) -> str | None:
    """Return the commit that a workspace was read from, or that is checked out; None without Git."""
    return loaded.tree.commit if isinstance(loaded.tree, GitTree) else head_commit(loaded.repository)


def signed(statement: str, key: Path) -> str:
    """Return a statement in an envelope, signed with the private key in a file."""
    from gatekeeper.attested.envelope import wrap
    from gatekeeper.attested.keys import signer

    return wrap(statement, signer(key))


def must_be_committed(loaded: LoadedWorkspace, commit: str | None) -> None:
    """Refuse a statement about a commit if the manifests that were read differ from those of the commit."""
    if commit is not None:
        changed = uncommitted(loaded.root, loaded.tree, commit, loaded.manifests.files.values())
        refuse_uncommitted(changed, commit)


def refuse_uncommitted(changed: Sequence[str], commit: str | None) -> None:
    """Refuse a statement if manifests differ from the commit; `UsageError` names the first."""
    if changed and commit:
        raise UsageError(
            f"{first_few(changed, 1)}: differs from commit {commit[:7]}, which the statement would be about; "
            "commit first"
        )
