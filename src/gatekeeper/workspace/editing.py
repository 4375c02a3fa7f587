"""Edit one manifest: its new text, validated as part of the workspace, then written."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from gatekeeper.errors import Problem, UsageError, in_order
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.manifests import files
from gatekeeper.manifests.discovery import REGISTER
from gatekeeper.manifests.fragments import Value
from gatekeeper.manifests.load import locate_mistakes
from gatekeeper.manifests.roadmap_order import plan_in_order
from gatekeeper.manifests.text_edit import Step
from gatekeeper.manifests.validation import locate, parse
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.loading import LoadedWorkspace


class Edit(NamedTuple):
    """An entry of one manifest to write; without a value, an entry to remove."""

    model: type[Service] | type[Milestone] | type[RegisteredException]
    name: str
    path: Sequence[Step]
    value: Value | None


class Edited(NamedTuple):
    """A workspace with a valid edit that is not written yet, and the position of the edit."""

    loaded: LoadedWorkspace
    """The workspace with the edit."""
    file: str
    """The manifest, relative to the workspace."""
    line: int
    before: bytes | None
    after: bytes

    @property
    def place(self) -> str:
        """The position of the edit: `services/orders-service.yaml:33`."""
        return f"{self.file}:{self.line}"

    def write(self) -> None:
        """Write the manifest completely or not at all."""
        files.replace(self.loaded.root / self.file, self.before, self.after)


def changed(loaded: LoadedWorkspace, change: Edit) -> Edited:
    """Return the workspace with an edit.

    Raises:
        UsageError: It would not be valid, or the manifest was changed since it was loaded.
    """
    file = loaded.manifests.files[change.model, change.name]
    try:
        before = loaded.tree.open(str(loaded.root / file)).read()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}; nothing was written") from None
    if parse(before, file, change.model).model != _manifest(loaded.manifests, change):
        raise UsageError(f"{file} was changed meanwhile; nothing was written: run the command again")
    after = files.changed(before, change.path, change.value)
    keys = [step.key for step in change.path]
    now = _validated(loaded, file, after, change.model)
    files.check_place(loaded.tree.root, loaded.root / file)
    return Edited(now, file, locate(after, keys, of_key=True)[0], before, after)


def with_exception(loaded: LoadedWorkspace, fields: Mapping[str, str | Sequence[str]]) -> Edited:
    """Return the workspace with a new entry in its risk register."""
    milestones = loaded.manifests.files[Milestone, next(iter(loaded.manifests.milestones))]
    file = str(PurePosixPath(milestones).parent / REGISTER / f"{fields['id']}.yaml")
    after = files.new(fields)
    now = _validated(loaded, file, after, RegisteredException)
    files.check_place(loaded.tree.root, loaded.root / file)
    return Edited(now, file, 1, None, after)


def line_of(loaded: LoadedWorkspace, change: Edit) -> str:
    """Return the position of an existing entry."""
    file = loaded.manifests.files[change.model, change.name]
    keys = [step.key for step in change.path]
    return f"{file}:{locate(loaded.tree.open(str(loaded.root / file)).read(), keys, of_key=True)[0]}"


def _manifest(workspace: Manifests, change: Edit) -> Manifest:
    by_name: dict[type[Manifest], Mapping[str, Manifest]] = {
        Service: workspace.services,
        Milestone: workspace.milestones,
        RegisteredException: workspace.exceptions,
    }
    return by_name[change.model][change.name]


def _validated(
    loaded: LoadedWorkspace,
    file: str,
    data: bytes,
    model: type[Service] | type[Milestone] | type[RegisteredException],
) -> LoadedWorkspace:
    """Return the workspace with the new text of a manifest; problems read as those of `validate`."""
    parsed = parse(data, file, model)
    if parsed.model is None:
        raise _refused(parsed.problems)
    workspace = _with(loaded.manifests, parsed.model, file)
    if mistakes := check_plan(workspace, loaded.rulebook):
        raise _refused(in_order(locate_mistakes(loaded.root, loaded.tree, mistakes, {file: data})))
    return loaded._replace(manifests=workspace)


def _with(workspace: Manifests, manifest: Service | Milestone | RegisteredException, file: str) -> Manifests:
    if isinstance(manifest, Service):
        ordered = plan_in_order(manifest, workspace.milestones)
        return workspace._replace(services={**workspace.services, manifest.service: ordered})
    if isinstance(manifest, Milestone):
        milestones = Roadmap({**workspace.milestones, manifest.milestone: manifest})
        return workspace._replace(milestones=milestones)
    entries = {**workspace.exceptions, manifest.id: manifest}
    exceptions = {name: entries[name] for name in sorted(entries)}
    files = dict(workspace.files)
    files[RegisteredException, manifest.id] = file
    return workspace._replace(exceptions=exceptions, files=files)


def _refused(problems: Sequence[Problem]) -> UsageError:
    lines = "\n".join(map(str, problems))
    return UsageError(f"nothing was written, because the manifest would be invalid:\n{lines}")
