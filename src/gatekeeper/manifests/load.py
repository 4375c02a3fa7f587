"""Load a workspace, or what one service needs of it, and report the problems of all files at once."""

import hashlib
import logging
import os
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from gatekeeper.errors import Problem
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
    return ManifestLoader(root, tree, known).load()


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


class ManifestLoader:
    """Loads a workspace; its subclasses load parts of one."""

    def __init__(self, root: Path, tree: Tree, known: Known | None) -> None:
        self.root = root
        self.tree = tree
        self.known = known
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.files: dict[ManifestKey, str] = {}
        self.unread: Collection[str] = ()
        self.milestones = Roadmap()
        self.digest = hashlib.sha256()
        self.settings = Settings.model_construct()
        self.overlooked = Overlooked(str(root), tree)
        self.is_of_another_version = False

    def load(self) -> Loaded:
        """Load everything."""
        shared = self.load_shared()
        return self.loaded(shared) if self.is_of_another_version else self.with_services(shared)

    def load_shared(self) -> Manifests | None:
        """Load what all services share; None if it is so invalid that nothing can be judged."""
        settings = self.settings = self._settings()
        if self.is_of_another_version:
            return None
        self.overlooked.look_for_folders(self._used())
        levels, governance, gates = self._rulebook(settings)
        evidence_rules = self._evidence_rules(f"{settings.gates}/{EVIDENCE_FILE}")
        formats = self._formats(f"{settings.gates}/{FORMATS}")
        trusted_root = self._trusted_root(f"{settings.gates}/{TRUSTED_ROOT_FILE}")
        milestones = self.milestones = self._milestones(settings)
        is_whole = self._is_whole()
        exceptions = self._exceptions(str(Path(settings.milestones, REGISTER)))
        if not (is_whole and levels and governance):
            return None
        return Manifests(
            levels=levels,
            governance=governance,
            gates=gates,
            services={},
            milestones=milestones,
            exceptions=exceptions,
            files=self.files,
            rulebook_digest=f"sha256:{self.digest.hexdigest()}",
            evidence_rules=evidence_rules or EvidenceRules.model_construct(),
            id=settings.workspace,
            trusted_root=trusted_root,
            formats=formats,
            formats_folder=f"{settings.gates}/{FORMATS}",
            conventions=settings,
            links=settings.links,
            records=settings.records,
        )

    def with_services(self, shared: Manifests | None) -> Loaded:
        """Load services, and add them to what they share."""
        resolved = {
            name: resolve(plan_in_order(service, self.milestones), self.settings)
            for name, service in self._services(self.settings.services).items()
        }
        if shared is None:
            return self.loaded(None)
        services = {name: of.service for name, of in resolved.items()}
        mapped_by = {name: of.mapped_by for name, of in resolved.items() if of.mapped_by}
        return self.loaded(shared._replace(services=services, mapped_by=mapped_by, unread=self.unread))

    def loaded(self, manifests: Manifests | None) -> Loaded:
        """Return what was loaded until now, with its problems."""
        problems = (*self.problems, *self.overlooked.errors)
        warnings = (*self.warnings, *self.overlooked.warnings)
        return Loaded(manifests, problems, self.root / self.settings.services, warnings)

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
        return self._read(self._manifests(folder, model, set(apart)), model, of_rulebook=of_rulebook)

    def _read(self, files: Iterable[str], model: type[M], *, of_rulebook: bool = False) -> dict[str, M]:
        found: dict[str, M] = {}
        key = next(iter(model.model_fields))
        for file in files:
            name = file.rpartition("/")[2].removesuffix(SUFFIX)
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
        names = [name for name in self._names(folder) if name not in apart]
        self.overlooked.look_beside(folder, names, model)
        self.overlooked.look_below(folder, names, model, self._used())
        return [f"{folder}/{name}" for name in names if name.endswith(SUFFIX)]

    def _names(self, folder: str) -> list[str]:
        """Return what is in a folder, without hidden files, which belong to editors and tools."""
        try:
            return [name for name in self.tree.names(self._path(folder)) if not name.startswith(".")]
        except OSError as error:
            self._problem(folder, f"cannot be listed: {error.strerror}", "a workspace needs this folder")
            return []

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


class _RulebookLoader(ManifestLoader):
    def load(self) -> Loaded:
        return self.loaded(self.load_shared())

    def _exceptions(self, register: str) -> dict[str, RegisteredException]:
        del register
        return {}
