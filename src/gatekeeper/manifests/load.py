"""Load a workspace, or what one service needs of it, and report the problems of all files at once."""

import hashlib
import logging
import os
import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from gatekeeper.errors import Problem, UsageError, nearest
from gatekeeper.manifests.conventions import resolve
from gatekeeper.manifests.discovery import FORMATS, REGISTER, SETTINGS_FILE, SUFFIX
from gatekeeper.manifests.overlooked import Overlooked
from gatekeeper.manifests.roadmap_order import in_order, mistakes, natural_order, plan_in_order
from gatekeeper.manifests.settings import Settings, excludes_this_version
from gatekeeper.manifests.validation import Parsed, locate, parse
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import ManifestKey, Manifests, Mistake
from gatekeeper.syntax import SyntaxProblem, json
from gatekeeper.syntax.yaml import load
from gatekeeper.trees import OpenFile, Tree, refusal
from gatekeeper.version import __version__

logger = logging.getLogger(__name__)

LEVELS_FILE = "levels.yaml"
GOVERNANCE_FILE = "governance.yaml"
EVIDENCE_FILE = "evidence.yaml"
TRUSTED_ROOT_FILE = "trusted_root.json"
"""The root of trust of a Sigstore instance, as Sigstore distributes it."""

_NAME_AS_WRITTEN = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]*")
_TRUSTED_ROOT_TYPE = "application/vnd.dev.sigstore.trustedroot"

M = TypeVar("M", bound=Manifest)

Known = dict[tuple[str, str, type[Manifest]], Parsed[Any]]
"""A cache of parsed manifests by file, content and model, shared between trees."""


class Loaded(NamedTuple):
    """The manifests that could be loaded, and the problems of the others."""

    workspace: Manifests | None
    """None if levels, governance, a gate or a milestone is invalid, so that nothing can be judged."""
    problems: tuple[Problem, ...]
    services_folder: Path
    warnings: tuple[Problem, ...] = ()
    """What is not read or should be written differently, and does not make the workspace invalid."""


def load_workspace(root: Path, tree: Tree, known: Known | None = None) -> Loaded:
    """Load all manifests of the workspace at `root`; `known` is a cache that is used and filled."""
    return _Loader(root, tree, known).load()


def load_services(root: Path, tree: Tree, services: Collection[str]) -> Loaded:
    """Load the rulebook, the milestones, some services, and their exceptions.

    Of other services, only those on which they depend are read.

    Raises:
        UsageError: The workspace has no such service.
    """
    return _ServicesLoader(root, tree, services).load()


def load_rulebook(root: Path, tree: Tree) -> Loaded:
    """Load the rulebook and the milestones; services and the risk register are not read."""
    return _RulebookLoader(root, tree, None).load()


def locate_mistakes(
    root: Path, tree: Tree, mistakes: Iterable[Mistake], unwritten: Mapping[str, bytes] | None = None
) -> Iterator[Problem]:
    """Yield mistakes with their line and column.

    Args:
        root: The workspace.
        tree: Its files.
        mistakes: The mistakes, with their paths within manifests.
        unwritten: New contents of files that are not written yet, by name.
    """
    data = dict(unwritten or {})
    for mistake in mistakes:
        if mistake.file not in data:
            data[mistake.file] = tree.open(os.path.join(root, mistake.file)).read()
        line, column = locate(data[mistake.file], mistake.path, of_key=mistake.of_key)
        yield Problem(mistake.file, line, column, mistake.message, mistake.hint)


class _Loader:
    def __init__(self, root: Path, tree: Tree, known: Known | None) -> None:
        self.root = root
        self.tree = tree
        self.known = known
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.files: dict[ManifestKey, str] = {}
        self.unread: tuple[str, ...] = ()
        self.digest = hashlib.sha256()
        self.settings = Settings.model_construct()
        self.overlooked = Overlooked(str(root), tree)
        self.is_of_another_version = False

    def load(self) -> Loaded:
        settings = self.settings = self._settings()
        if self.is_of_another_version:
            return Loaded(None, tuple(self.problems), self.root / settings.services)
        self.overlooked.look_for_folders(self._used())
        levels, governance, gates = self._rulebook(settings)
        evidence_rules = self._evidence_rules(f"{settings.gates}/{EVIDENCE_FILE}")
        formats = self._formats(f"{settings.gates}/{FORMATS}")
        trusted_root = self._trusted_root(f"{settings.gates}/{TRUSTED_ROOT_FILE}")
        milestones = self._milestones(settings)
        rulebook_is_whole = self._is_whole()
        resolved = {
            name: resolve(plan_in_order(service, milestones), settings)
            for name, service in self._services(settings.services).items()
        }
        exceptions = self._exceptions(str(Path(settings.milestones, REGISTER)))
        workspace = None
        if rulebook_is_whole and levels and governance:
            workspace = Manifests(
                levels=levels,
                governance=governance,
                gates=gates,
                services={name: of.service for name, of in resolved.items()},
                milestones=milestones,
                exceptions=exceptions,
                files=self.files,
                rulebook_digest=f"sha256:{self.digest.hexdigest()}",
                evidence_rules=evidence_rules or EvidenceRules.model_construct(),
                id=settings.workspace,
                unread=self.unread,
                trusted_root=trusted_root,
                formats=formats,
                formats_folder=f"{settings.gates}/{FORMATS}",
                conventions=settings,
                links=settings.links,
                records=settings.records,
                mapped_by={name: of.mapped_by for name, of in resolved.items() if of.mapped_by},
            )
        problems = (*self.problems, *self.overlooked.errors)
        warnings = (*self.warnings, *self.overlooked.warnings)
        return Loaded(workspace, problems, self.root / settings.services, warnings)

    def _is_whole(self) -> bool:
        return not self.problems and not self.overlooked.errors

    def _settings(self) -> Settings:
        self.overlooked.look_for_settings()
        path = self._path(SETTINGS_FILE)
        if not self.tree.exists(path):
            return Settings.model_construct()
        if not refusal(self.tree, path) and (problem := self._version_problem(path)):
            # An older program would report each field that it does not know.
            self.problems.append(problem)
            self.is_of_another_version = True
            return Settings.model_construct()
        return self._one(SETTINGS_FILE, Settings) or Settings.model_construct()

    def _version_problem(self, path: str) -> Problem | None:
        try:
            data = self.tree.open(path).read()
            if not (b"requires" in data or b"\\" in data):  # a key may be written in escapes
                return None
            document = load(data)
        except (OSError, SyntaxProblem):
            return None
        requires = document.value.get("requires") if isinstance(document.value, dict) else None
        if not excludes_this_version(requires):
            return None
        message = f"this workspace requires gatekeeper {requires}, this is {__version__}"
        hint = f"upgrade with pip install --upgrade {shlex.quote(f'readiness-gatekeeper{requires}')}"
        return Problem(SETTINGS_FILE, *document.position(["requires"]), message, hint)

    def _rulebook(self, settings: Settings) -> tuple[Levels | None, Governance | None, dict[str, Gate]]:
        governance = settings.governance or f"{settings.gates}/{GOVERNANCE_FILE}"
        apart = {LEVELS_FILE, GOVERNANCE_FILE, EVIDENCE_FILE, TRUSTED_ROOT_FILE}
        levels = self._one(f"{settings.gates}/{LEVELS_FILE}", Levels, of_rulebook=True)
        people = self._one(governance, Governance)
        if people:
            # Neither people nor approvals are rules.
            rules = people.model_copy(update={"weakenings": ()})
            written = rules.model_dump_json(exclude={"roster", "recorders", "grandfathered"})
            self.digest.update(written.encode())
        gates = self._named(settings.gates, Gate, apart=apart, of_rulebook=True)
        return levels, people, dict(sorted(gates.items(), key=lambda item: natural_order(item[0])))

    def _evidence_rules(self, file: str) -> EvidenceRules | None:
        if not self.tree.exists(self._path(file)):
            return None
        return self._one(file, EvidenceRules, of_rulebook=True)

    def _trusted_root(self, file: str) -> bytes | None:
        """Return the content of a file that the rulebook may have."""
        path = self._path(file)
        if not self.tree.exists(path):
            return None
        if why := refusal(self.tree, path):
            self._problem(file, why, "keep it in a folder of the workspace")
            return None
        try:
            data = self.tree.open(path).read()
            _check_trusted_root(data)
        except OSError as error:
            self._problem(file, f"cannot be read: {error.strerror}")
            return None
        except SyntaxProblem as flaw:
            self._problem(file, flaw.message, flaw.hint, (flaw.line or 1, flaw.column or 1))
            return None
        self.digest.update(f"{TRUSTED_ROOT_FILE}\0{len(data)}\0".encode() + data)
        return data

    def _formats(self, folder: str) -> Mapping[str, Mapping[str, str]]:
        """Return the formats that the workspace describes, which are rules: they decide what is read."""
        if not self.tree.exists(self._path(folder)):
            return {}
        from gatekeeper.manifests.own_formats import load_formats

        found = load_formats(self._path, self.tree, folder)
        self.problems += found.problems
        for file, data in found.files.items():
            self.digest.update(f"{file.removeprefix(folder)}\0{len(data)}\0".encode() + data)
        return found.formats

    def _milestones(self, settings: Settings) -> Roadmap:
        before = len(self.problems)
        has_order = not any(problem.file == SETTINGS_FILE for problem in self.problems)
        found = self._named(settings.milestones, Milestone)
        if has_order and len(self.problems) == before:
            if not found:
                hint = "add a file for each, for example beta.yaml with `milestone: beta`"
                self._problem(settings.milestones, "has no milestone", hint)
            files = {name: self.files[Milestone, name] for name in found}
            wrong = mistakes(files, settings.roadmap, settings.milestones)
            self.problems += locate_mistakes(self.root, self.tree, wrong)
        return in_order(found, settings.roadmap)

    def _services(self, folder: str) -> dict[str, Service]:
        return self._named(folder, Service)

    def _exceptions(self, register: str) -> dict[str, RegisteredException]:
        has_register = self.tree.exists(self._path(register))
        return self._named(register, RegisteredException) if has_register else {}

    def _named(
        self, folder: str, model: type[M], apart: Iterable[str] = (), *, of_rulebook: bool = False
    ) -> dict[str, M]:
        """Load the manifests of a folder, by name; the name of a file must match its content."""
        found: dict[str, M] = {}
        key = next(iter(model.model_fields))
        for file in self._manifests(folder, model, set(apart)):
            name = file.rpartition("/")[2].removesuffix(".yaml")
            manifest = self._one(file, model, name=name, of_rulebook=of_rulebook)
            if manifest is None:
                continue
            written = getattr(manifest, key)
            if written != name:
                where = locate(self.tree.open(self._path(file)).read(), [key], of_key=False)
                hint = f"rename the file to {written}.yaml, or write `{key}: {name}`"
                self._problem(file, f"the file is named {name}, and holds {written!r}", hint, where)
            found[name] = manifest
        return found

    def _manifests(self, folder: str, model: type[Manifest], apart: set[str]) -> list[str]:
        """Return the manifests of a folder, relative to the workspace."""
        try:
            entries = self.tree.names(self._path(folder))
        except OSError as error:
            self._problem(folder, f"cannot be listed: {error.strerror}", "a workspace needs this folder")
            return []
        # Hidden files belong to editors and tools.
        names = [name for name in entries if not name.startswith(".") and name not in apart]
        self.overlooked.look_beside(folder, names, model)
        self.overlooked.look_below(folder, names, model, self._used())
        return [f"{folder}/{name}" for name in names if name.endswith(".yaml")]

    def _used(self) -> list[str]:
        """Return the folders that manifests are read from."""
        settings = self.settings
        governance = os.path.dirname(settings.governance or settings.gates)
        formats = f"{settings.gates}/{FORMATS}"
        folders = [settings.gates, settings.services, settings.milestones, governance, formats]
        return [*folders, f"{settings.milestones}/{REGISTER}"]

    def _one(self, file: str, model: type[M], *, name: str = "", of_rulebook: bool = False) -> M | None:
        self.files[model, name] = file
        path = self._path(file)
        if why := refusal(self.tree, path):
            self._problem(file, why, "keep manifests in folders of the workspace")
            return None
        content = self.tree.open(path)
        try:
            if of_rulebook:
                data = content.read()
                self.digest.update(f"{file.rpartition('/')[2]}\0{len(data)}\0".encode() + data)
            parsed = self._parsed(content, file, model)
        except OSError as error:
            self._problem(file, f"cannot be read: {error.strerror}")
            return None
        self.problems += parsed.problems
        self.warnings += parsed.warnings
        return parsed.model

    def _parsed(self, content: OpenFile, file: str, model: type[M]) -> Parsed[M]:
        if self.known is None:
            logger.debug("read %s", file)
            return parse(content.read(), file, model)
        key = (file, content.identity(), model)
        if key in self.known:
            logger.debug("known, not read again: %s", file)
        else:
            logger.debug("read %s", file)
            self.known[key] = parse(content.read(), file, model)
        return self.known[key]

    def _path(self, file: str) -> str:
        return os.path.join(self.root, file)

    def _problem(
        self, file: str, message: str, hint: str | None = None, where: tuple[int, int] = (1, 1)
    ) -> None:
        self.problems.append(Problem(file, *where, message, hint))


def _check_trusted_root(data: bytes) -> None:
    document = json.load(data)
    media = document.get("mediaType") if isinstance(document, dict) else None
    if not (isinstance(media, str) and media.startswith(_TRUSTED_ROOT_TYPE)):
        raise SyntaxProblem("is not a trusted root of Sigstore", hint="save its file as it is")


class _RulebookLoader(_Loader):
    def _manifests(self, folder: str, model: type[Manifest], apart: set[str]) -> list[str]:
        return [] if model in (Service, RegisteredException) else super()._manifests(folder, model, apart)


class _ServicesLoader(_Loader):
    def __init__(self, root: Path, tree: Tree, services: Collection[str]) -> None:
        super().__init__(root, tree, None)
        self._chosen = frozenset(services)
        self._wanted = sorted(self._chosen)

    def _services(self, folder: str) -> dict[str, Service]:
        """Return the services and those on which they depend; all others are only known by their files."""
        files = [name for name in self.tree.names(self._path(folder)) if name.endswith(SUFFIX)]
        names = {name.removesuffix(SUFFIX): None for name in files if not name.startswith(".")}
        for name in self._wanted:
            if name not in names:
                raise UsageError(f"unknown service {name!r}; {nearest(name, names)}")
        found = super()._services(folder)
        needed = {other for service in found.values() for other in service.depends_on}
        self._wanted = [name for name in names if name in needed and name not in self._chosen]
        found |= super()._services(folder)
        read = self._chosen.union(self._wanted)
        self.unread = tuple(name for name in names if name not in read)
        return dict(sorted(found.items()))

    def _exceptions(self, register: str) -> dict[str, RegisteredException]:
        """Return the entries of the services, without those that only mention one."""
        found = super()._exceptions(register)
        return {name: entry for name, entry in found.items() if entry.service in self._chosen}

    def _manifests(self, folder: str, model: type[Manifest], apart: set[str]) -> list[str]:
        if model is Service:
            return [f"{folder}/{name}{SUFFIX}" for name in self._wanted]
        files = super()._manifests(folder, model, apart)
        if model is RegisteredException:
            return [file for file in files if self._may_concern(file)]
        return files

    def _may_concern(self, file: str) -> bool:
        """Return whether a register entry may name one of the services, plainly or in escapes."""
        path = self._path(file)
        try:
            data = None if refusal(self.tree, path) else self.tree.open(path).read()
        except OSError:
            data = None
        return data is None or b"\\" in data or not self._chosen.isdisjoint(_names_in(data))


def _names_in(data: bytes) -> Iterator[str]:
    """Yield what may be names of services in a register entry, as they are written."""
    return (found[0].decode() for found in _NAME_AS_WRITTEN.finditer(data))
