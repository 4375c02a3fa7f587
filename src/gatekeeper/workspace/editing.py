"""The other way round: a change to one manifest -> its new text -> validated -> written."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from gatekeeper.errors import Problem, UsageError, in_order
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.manifests import files
from gatekeeper.manifests.fragments import Value
from gatekeeper.manifests.load import REGISTER, locate_mistakes
from gatekeeper.manifests.text_edit import Step
from gatekeeper.manifests.validation import locate, parse
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.trees import is_inside
from gatekeeper.workspace.loading import LoadedWorkspace


class Edit(NamedTuple):
    """One entry of one manifest, to be put there, or to be taken out (None)."""

    model: type[Service] | type[RegisteredException]
    name: str
    path: Sequence[Step]
    value: Value | None


class Edited(NamedTuple):
    """A workspace with a change in it that is valid, and where it stands."""

    opened: LoadedWorkspace
    """The workspace as it is then."""
    file: str
    """Relative to the workspace."""
    line: int
    before: bytes | None
    after: bytes

    @property
    def place(self) -> str:
        """Where to look: `services/orders-service.yaml:33`."""
        return f"{self.file}:{self.line}"

    def write(self) -> None:
        """Write it, whole or not at all."""
        files.replace(self.opened.root / self.file, self.before, self.after)


def changed(opened: LoadedWorkspace, change: Edit) -> Edited:
    """Return the workspace with the change; raise `UsageError` where it would not be valid then."""
    file = opened.manifests.files[change.model, change.name]
    try:
        before = (opened.root / file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}; nothing was written") from None
    if parse(before, file, change.model).model != _manifest(opened.manifests, change):
        raise UsageError(f"{file} was changed meanwhile; nothing was written: run the command again")
    after = files.changed(before, change.path, change.value)
    keys = [step.key for step in change.path]
    now = _validated(opened, file, after, change.model)
    return Edited(now, file, locate(after, keys, of_key=True)[0], before, after)


def with_exception(opened: LoadedWorkspace, fields: Mapping[str, str | Sequence[str]]) -> Edited:
    """Return the workspace with a new entry in its register."""
    milestones = opened.manifests.files[Milestone, next(iter(opened.manifests.milestones))]
    file = str(PurePosixPath(milestones).parent / REGISTER / f"{fields['id']}.yaml")
    after = files.new(fields)
    now = _validated(opened, file, after, RegisteredException)
    if not is_inside(opened.tree, str(opened.root / file)):
        raise UsageError(f"{file} would lie outside the repository, and nothing is written there")
    return Edited(now, file, 1, None, after)


def line_of(opened: LoadedWorkspace, change: Edit) -> str:
    """Return where an entry stands that is there already."""
    file = opened.manifests.files[change.model, change.name]
    keys = [step.key for step in change.path]
    return f"{file}:{locate((opened.root / file).read_bytes(), keys, of_key=True)[0]}"


def _manifest(workspace: Manifests, change: Edit) -> Manifest:
    if change.model is Service:
        return workspace.services[change.name]
    return workspace.exceptions[change.name]


def _validated(
    opened: LoadedWorkspace, file: str, data: bytes, model: type[Service] | type[RegisteredException]
) -> LoadedWorkspace:
    """Return the workspace with a manifest as it is to be; problems are told as `validate` tells them."""
    parsed = parse(data, file, model)
    if parsed.model is None:
        raise _refused(parsed.problems)
    workspace = _with(opened.manifests, parsed.model, file)
    if mistakes := check_plan(workspace, opened.rulebook):
        raise _refused(in_order(locate_mistakes(opened.root, opened.tree, mistakes, {file: data})))
    return opened._replace(manifests=workspace)


def _with(workspace: Manifests, manifest: Service | RegisteredException, file: str) -> Manifests:
    if isinstance(manifest, Service):
        return workspace._replace(services={**workspace.services, manifest.service: manifest})
    entries = {**workspace.exceptions, manifest.id: manifest}
    exceptions = {name: entries[name] for name in sorted(entries)}
    files = dict(workspace.files)
    files[RegisteredException, manifest.id] = file
    return workspace._replace(exceptions=exceptions, files=files)


def _refused(problems: Sequence[Problem]) -> UsageError:
    told = "\n".join(map(str, problems))
    return UsageError(f"nothing was written, because it would not be valid:\n{told}")
