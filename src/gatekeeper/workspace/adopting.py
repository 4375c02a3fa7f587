"""Make services of what repositories hold: new manifests, keys that others lack, and mappings of artefacts.

Nothing that somebody has to answer for is written: no level, no signature, attestation or waiver. Keys are
only added.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from gatekeeper.judging.plans.identity import Identities, forms, identities
from gatekeeper.manifests.catalogues.services import FoundService, FoundServices, NotTaken
from gatekeeper.manifests.conventions import resolve
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.manifests.fragments import Value
from gatekeeper.manifests.text_edit import Step
from gatekeeper.model.evidence import SubjectType
from gatekeeper.model.naming import service_key
from gatekeeper.model.service import Service
from gatekeeper.trees import OpenFile
from gatekeeper.trees.disk import DiskTree
from gatekeeper.workspace.editing import Edit, Edited, changed, service_file
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.placement import homes_of
from gatekeeper.workspace.plan_templates import NewPlans
from gatekeeper.workspace.wiring import Wiring, edits, wire

UNOWNED = "unowned"
"""The owner of a service for which nobody is named: a placeholder."""
_NAME_OWNER = f"name the owner instead of `{UNOWNED}`"
_OWNER = "owner"
"""The field of a manifest."""

AskOwner = Callable[[str], str | None]
"""Ask who owns a service; None: nobody knows."""


class AdoptedService(NamedTuple):
    """A service of the workspace, with what the repositories say about it."""

    name: str
    is_new: bool
    owner: str
    profile: str | None
    code: Path | None
    """The folder of its code."""
    repository: str | None
    depends_on: tuple[str, ...]
    fields: Mapping[str, Any]
    """What is written into its manifest, without mappings."""
    sources: Mapping[str, str]
    """Where each fact is from."""
    left_to_do: tuple[str, ...]
    """What somebody has to do by hand, the most important first."""
    wiring: Wiring | None = None

    @property
    def adds(self) -> bool:
        """Whether anything is written."""
        return bool(self.fields or (self.wiring and self.wiring.proposals))


class Adoption(NamedTuple):
    """What is to be written, and what is not taken."""

    services: tuple[AdoptedService, ...]
    not_taken: tuple[NotTaken, ...]
    edited: Edited | None
    """None: the workspace says everything already."""


def adopt(
    loaded: LoadedWorkspace, found: FoundServices, plans: NewPlans, ask_owner: AskOwner = lambda _: None
) -> Adoption:
    """Match services that were found with those of the workspace, and propose what is to be written.

    Raises:
        UsageError: The manifests would not be valid.
    """
    matched, not_taken = _matched(loaded, found.services)
    names = {service_key(one.name): existing or one.name for one, existing in matched}
    names = {service_key(name): name for name in loaded.manifests.services} | names
    services = [
        _existing(loaded, one, loaded.manifests.services[existing], names)
        if existing
        else _new(loaded, one, plans, names, ask_owner)
        for one, existing in matched
    ]
    written = [edit for one in services for edit in _edits(loaded, one)]
    proposed = _with_manifests(loaded, written)
    homes = homes_of(proposed, {**found.homes, **{str(one.code): one.name for one in services if one.code}})
    wired = [
        one._replace(wiring=wire(proposed, one.name, one.code, homes=homes)) if one.code else one
        for one in services
    ]
    mappings = edits(proposed, [one.wiring for one in wired if one.wiring])
    edited = changed(loaded, *written, *mappings) if written or mappings else None
    return Adoption(tuple(wired), (*found.not_taken, *not_taken), edited)


# Which services are known


_Matched = list[tuple[FoundService, str | None]]


def _matched(loaded: LoadedWorkspace, found: Sequence[FoundService]) -> tuple[_Matched, list[NotTaken]]:
    """Return each service with that of the workspace which it is, if it is one, and those left out."""
    known = {
        name: identities(service, loaded.manifests.repository)
        for name, service in loaded.manifests.services.items()
    }
    here = Counter(one.repository for one in found)
    of = [_existing_name(one, known, is_alone=here[one.repository] == 1) for one in found]
    times = Counter(filter(None, of))
    matched, left_out = _Matched(), list[NotTaken]()
    for one, name in zip(found, of, strict=True):
        if name and times[name] > 1:
            why = f"several of those found seem to be {name}: add their names to `identity` of one"
            left_out.append(NotTaken(one.name, one.sources["name"], why))
        elif name and _is_elsewhere(one, loaded.manifests.services[name]):
            stated = loaded.manifests.services[name].identity.repository
            why = f"{name} is of another repository by its manifest: {stated}"
            left_out.append(NotTaken(one.name, one.sources["name"], why))
        else:
            matched.append((one, name))
    return matched, left_out


def _existing_name(found: FoundService, known: Mapping[str, Identities], *, is_alone: bool) -> str | None:
    """Return the service of the workspace: by name, by what machines call it, or by its repository alone."""
    if found.name in known:
        return found.name
    by_name = [name for name, its in known.items() if service_key(found.name) in its[SubjectType.SERVICE]]
    if by_name:
        return by_name[0]
    if found.repository is None or not is_alone:
        return None
    repository = set(forms(SubjectType.REPOSITORY, found.repository))
    by_place = [
        name for name, its in known.items() if repository & its.get(SubjectType.REPOSITORY, frozenset())
    ]
    return by_place[0] if len(by_place) == 1 else None


def _is_elsewhere(found: FoundService, service: Service) -> bool:
    stated = service.identity.repository
    return bool(stated and found.repository) and _address(str(stated)) != _address(str(found.repository))


def _address(repository: str) -> str:
    return next(forms(SubjectType.REPOSITORY, repository))


# What is written


def _new(
    loaded: LoadedWorkspace,
    found: FoundService,
    plans: NewPlans,
    names: Mapping[str, str],
    ask_owner: AskOwner,
) -> AdoptedService:
    owner = found.owner or ask_owner(found.name)
    plan, source = plans.of(found.name)
    needed, unknown = _needed(found, found.name, names)
    stub = Service.model_construct(service=found.name, owner=UNOWNED, plan={})
    fields: dict[str, Any] = {
        "service": found.name,
        "owner": owner or UNOWNED,
        **_facts(loaded, found, stub, needed),
        "plan": plan,
    }
    sources = {**found.sources, "plan": source}
    if owner and not found.owner:
        sources[_OWNER] = "your answer"
    left = [_NAME_OWNER] if owner is None else []
    return _adopted(loaded, found, found.name, fields, sources, (*left, *unknown), is_new=True)


def _existing(
    loaded: LoadedWorkspace, found: FoundService, service: Service, names: Mapping[str, str]
) -> AdoptedService:
    needed, unknown = _needed(found, service.service, names)
    fields = _facts(loaded, found, service, needed)
    left = [_NAME_OWNER] if service.owner == UNOWNED else []
    if "identity" in fields and service.sign_offs:
        # It would change what a signature is about: gatekeeper diff calls it a weakening.
        repository = fields.pop("identity")["repository"]
        left.append(f"add `identity: {{repository: {repository}}}`: it has signed levels, so that you decide")
    by_default = loaded.manifests.mapped_by.get(service.service, {})
    if "folder" in fields and service.evidence.keys() - by_default.keys():
        # Its mappings would mean other files.
        folder = fields.pop("folder")
        left.append(f"add `folder: {folder}`, and make the paths of its evidence relative to it")
    sources = {
        name: source for name, source in found.sources.items() if name in {*fields, "name", "repository"}
    }
    return _adopted(loaded, found, service.service, fields, sources, (*left, *unknown), is_new=False)


def _adopted(
    loaded: LoadedWorkspace,
    found: FoundService,
    name: str,
    fields: Mapping[str, Any],
    sources: Mapping[str, str],
    left_to_do: Sequence[str],
    *,
    is_new: bool,
) -> AdoptedService:
    before = loaded.manifests.services.get(name)
    return AdoptedService(
        name,
        is_new,
        before.owner if before else fields[_OWNER],
        fields.get("profile") or (before.profile if before else None),
        found.folder,
        found.repository,
        tuple(fields.get("depends_on", before.depends_on if before else ())),
        fields,
        sources,
        tuple(left_to_do),
    )


def _facts(
    loaded: LoadedWorkspace, found: FoundService, service: Service, needed: tuple[str, ...]
) -> dict[str, Any]:
    """Return the keys that a manifest lacks, in the order of a manifest."""
    conventions = loaded.manifests.conventions
    facts: dict[str, Any] = {}
    if service.profile is None and found.technology in conventions.profiles:
        facts["profile"] = str(found.technology)
    with_repository = service
    derived = identities(service, loaded.manifests.repository).get(SubjectType.REPOSITORY, frozenset())
    if found.repository and not service.identity.repository and _address(found.repository) not in derived:
        facts["identity"] = {"repository": found.repository}
        identity = service.identity.model_copy(update={"repository": found.repository})
        with_repository = service.model_copy(update={"identity": identity})
    if needed and not service.depends_on:
        facts["depends_on"] = list(needed)
    if folder := _folder(loaded, found, with_repository):
        facts["folder"] = folder
    return {name: facts[name] for name in ("profile", "folder", "identity", "depends_on") if name in facts}


def _folder(loaded: LoadedWorkspace, found: FoundService, service: Service) -> str | None:
    """Return the folder of a service in the workspace's repository, unless its manifest has it by default."""
    if found.folder is None or find_repository(found.folder) != loaded.repository:
        return None
    by_default = resolve(
        service.model_copy(update={"folder": None}), loaded.manifests.conventions
    ).service.folder
    if service.folder not in (None, by_default):
        return None  # its manifest names one
    usual = loaded.root / by_default if by_default else loaded.services_folder / service.service
    if os.path.realpath(usual) == str(found.folder):
        return None
    return os.path.relpath(found.folder, loaded.root).replace(os.sep, "/")


def _needed(
    found: FoundService, own: str, names: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the services of the workspace that one needs, and what to do about the others."""
    needed = {written: names.get(service_key(written)) for written in found.depends_on}
    known = dict.fromkeys(name for name in needed.values() if name and name != own)
    unknown = [written for written, name in needed.items() if name is None]
    left = [f"it depends on {', '.join(unknown)}, which the workspace does not have"] if unknown else []
    return tuple(known), tuple(left)


def _edits(loaded: LoadedWorkspace, service: AdoptedService) -> Iterator[Edit]:
    file = service_file(loaded, service.name)
    if service.is_new:
        yield Edit(file, (), cast("Value", service.fields))
        return
    file = loaded.manifests.files[Service, service.name]
    for name, value in service.fields.items():
        if name == "identity":
            yield Edit(file, [Step("identity"), Step("repository")], value["repository"])
        else:
            yield Edit(file, [Step(name)], value)


# Mappings


class _Unwritten(DiskTree):
    """The working tree, with manifests that are not written yet."""

    def __init__(self, root: str, unwritten: Mapping[str, bytes]) -> None:
        super().__init__(root)
        self._unwritten = unwritten

    def open(self, path: str, at_most: int | None = None) -> OpenFile:
        data = self._unwritten.get(path)
        return super().open(path, at_most) if data is None else OpenFile(lambda: data)


def _with_manifests(loaded: LoadedWorkspace, written: Sequence[Edit]) -> LoadedWorkspace:
    """Return the workspace as if edits were written."""
    if not written:
        return loaded
    edited = changed(loaded, *written)
    unwritten = {str(one.file): one.after for one in edited.replacements}
    return edited.loaded._replace(tree=_Unwritten(loaded.tree.root, unwritten))
