"""Edit manifests: their new texts, validated as parts of the workspace, then written together."""

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from gatekeeper.errors import Problem, UsageError, in_order
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.manifests import files
from gatekeeper.manifests.conventions import resolve
from gatekeeper.manifests.discovery import REGISTER
from gatekeeper.manifests.editor_settings import modeline
from gatekeeper.manifests.fragments import Value
from gatekeeper.manifests.load import locate_mistakes
from gatekeeper.manifests.new_manifest import manifest
from gatekeeper.manifests.roadmap_order import plan_in_order
from gatekeeper.manifests.text_edit import Step
from gatekeeper.manifests.validation import locate, parse
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.loading import LoadedWorkspace


class Edit(NamedTuple):
    """An entry of one manifest to write; without a value, an entry to remove."""

    file: str
    """The manifest, relative to the workspace; one that does not exist is a new service or exception."""
    path: Sequence[Step]
    """Empty: the value is a whole new manifest."""
    value: Value | None


class Edited(NamedTuple):
    """A workspace with valid edits that are not written yet, and the position of the first one."""

    loaded: LoadedWorkspace
    """The workspace with the edits."""
    file: str
    """The manifest, relative to the workspace."""
    line: int
    replacements: tuple[files.Replacement, ...]

    @property
    def place(self) -> str:
        """The position of the first edit: `services/orders-service.yaml:33`."""
        return f"{self.file}:{self.line}"

    def write(self) -> None:
        """Write all manifests, or none of them if one cannot be written."""
        files.replace(*self.replacements)


def changed(loaded: LoadedWorkspace, *edits: Edit) -> Edited:
    """Return the workspace with edits.

    Raises:
        UsageError: It would not be valid, or a manifest was changed since it was loaded.
    """
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.file, []).append(edit)
    replacements = [_replacement(loaded, file, of_file) for file, of_file in by_file.items()]
    texts = dict(zip(by_file, (one.after for one in replacements), strict=True))
    now = validated(
        loaded, loaded.manifests, {file: (_key_of(loaded, file)[0], text) for file, text in texts.items()}
    )
    for one in replacements:
        files.check_place(loaded.tree.root, one.file)
    first = edits[0]
    line = locate(texts[first.file], [step.key for step in first.path], of_key=True)[0] if first.path else 1
    return Edited(now, first.file, line, tuple(replacements))


def exception_file(loaded: LoadedWorkspace, name: str) -> str:
    """Return the manifest of a new exception, relative to the workspace."""
    milestones = loaded.manifests.files[Milestone, next(iter(loaded.manifests.milestones))]
    return str(PurePosixPath(milestones).parent / REGISTER / f"{name}.yaml")


def service_file(loaded: LoadedWorkspace, name: str) -> str:
    """Return the manifest of a service, which may be new, relative to the workspace."""
    return os.path.relpath(loaded.services_folder / f"{name}.yaml", loaded.root).replace(os.sep, "/")


def value_of(entry: Manifest) -> Mapping[str, Value]:
    """Return an entry as the value that a manifest has; what it does not state is left out."""
    written: dict[str, Any] = entry.model_dump(mode="json", exclude_defaults=True)
    return written


_Model = type[Service] | type[Milestone] | type[RegisteredException] | type[Governance]


def _replacement(loaded: LoadedWorkspace, file: str, edits: Sequence[Edit]) -> files.Replacement:
    model, name = _key_of(loaded, file)
    place = loaded.root / file
    before, text = None, b""
    if (model, name) in loaded.manifests.files:
        try:
            before = text = loaded.tree.open(str(place)).read()
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}; nothing was written") from None
        now = parse(before, file, model).model
        if isinstance(now, Service):
            now = resolve(now, loaded.manifests.conventions).service
        if now != _manifest(loaded.manifests, model, name):
            raise UsageError(f"{file} was changed meanwhile; nothing was written: run the command again")
    for path, value in ((edit.path, edit.value) for edit in edits):
        if isinstance(value, Mapping) and not path:
            text = f"{modeline(loaded.root, place)}{manifest(value)}".encode()
        else:
            text = files.changed(text, ordered(path, model), value)
    return files.Replacement(place, before, text)


def ordered(path: Sequence[Step], model: type[Manifest]) -> Sequence[Step]:
    """Return a path whose first key, if it is new, is written where the model has the field."""
    keys = [field.alias or name for name, field in model.model_fields.items()]
    first, *below = path
    return [first._replace(behind=tuple(keys[: keys.index(str(first.key))])), *below]


def _key_of(loaded: LoadedWorkspace, file: str) -> tuple[_Model, str]:
    """Return the type and name of the manifest in a file."""
    for (model, name), its in loaded.manifests.files.items():
        if its == file and issubclass(model, Service | Milestone | RegisteredException | Governance):
            return model, name
    is_service = (loaded.root / file).parent == loaded.services_folder
    return (Service if is_service else RegisteredException), PurePosixPath(file).stem


def line_of(loaded: LoadedWorkspace, edit: Edit) -> str:
    """Return the position of an existing entry."""
    keys = [step.key for step in edit.path]
    written = loaded.tree.open(str(loaded.root / edit.file)).read()
    return f"{edit.file}:{locate(written, keys, of_key=True)[0]}"


def _manifest(workspace: Manifests, model: _Model, name: str) -> Manifest:
    by_name: dict[type[Manifest], Mapping[str, Manifest]] = {
        Service: workspace.services,
        Milestone: workspace.milestones,
        RegisteredException: workspace.exceptions,
        Governance: {"": workspace.governance},
    }
    return by_name[model][name]


def validated(
    loaded: LoadedWorkspace, workspace: Manifests, texts: Mapping[str, tuple[type[Manifest], bytes]]
) -> LoadedWorkspace:
    """Return a workspace with new texts of manifests.

    Args:
        loaded: The workspace.
        workspace: Its manifests without those that the texts replace.
        texts: The type of each manifest and its new text, by file; rules are only parsed.

    Raises:
        UsageError: It would not be valid; the problems read as those of `validate`.
    """
    problems = list[Problem]()
    for file, (model, text) in texts.items():
        parsed = parse(text, file, model)
        problems += parsed.problems
        if isinstance(parsed.model, Service | Milestone | RegisteredException | Governance):
            workspace = _with_manifest(workspace, parsed.model, file)
    rulebook = loaded.rulebook._replace(governance=workspace.governance)
    if not problems:
        unwritten = {file: text for file, (_, text) in texts.items()}
        mistakes = check_plan(workspace, rulebook)
        problems += in_order(locate_mistakes(loaded.root, loaded.tree, mistakes, unwritten))
    if problems:
        lines = "\n".join(map(str, problems))
        raise UsageError(f"nothing was written, because the manifest would be invalid:\n{lines}")
    return loaded._replace(manifests=workspace, rulebook=rulebook)


def _with_manifest(workspace: Manifests, manifest: Manifest, file: str) -> Manifests:
    """Return manifests with another one, which is in this file."""
    match manifest:
        case Service():
            ordered = plan_in_order(manifest, workspace.milestones)
            name, (service, by) = manifest.service, resolve(ordered, workspace.conventions)
            services, mapped_by = {**workspace.services, name: service}, {**workspace.mapped_by, name: by}
            places = dict(workspace.files)
            places[Service, name] = file
            return workspace._replace(services=services, mapped_by=mapped_by, files=places)
        case Milestone():
            milestones = Roadmap({**workspace.milestones, manifest.milestone: manifest})
            return workspace._replace(milestones=milestones)
        case Governance():
            return workspace._replace(governance=manifest)
        case RegisteredException():
            entries = sorted({**workspace.exceptions, manifest.id: manifest}.items())
            places = dict(workspace.files)
            places[RegisteredException, manifest.id] = file
            return workspace._replace(exceptions=dict(entries), files=places)
        case _:
            raise TypeError(type(manifest))
