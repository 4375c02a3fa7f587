"""Choose among discovered artefacts for a slot: by service, by what they hold, by words of their names."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from gatekeeper.collectors import find
from gatekeeper.collectors.api_diff.read import EARLIER
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.collectors.tests.read import FORMATS as TESTS
from gatekeeper.collectors.tests.read import TestCase
from gatekeeper.evidence.artefacts import Bounds, files_at, open_artefact
from gatekeeper.evidence.discovery import BUILT, Discovered, FoundArtefact
from gatekeeper.evidence.reader import record_of
from gatekeeper.judging.plans.identity import forms, identities, other_subjects
from gatekeeper.judging.plans.mapping import options_of
from gatekeeper.judging.rules.operators import forms as phrases
from gatekeeper.judging.rules.operators import mentions
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    Evidence,
    EvidenceStatus,
    Request,
    SubjectType,
    Unreadable,
)
from gatekeeper.model.naming import service_key
from gatekeeper.model.rule import FactOf, Literal, Operator, Rule
from gatekeeper.model.service import EvidencePointer, Service
from gatekeeper.model.tagging import carries
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.trees import Tree
from gatekeeper.trees.disk import DiskTree
from gatekeeper.workspace import affinity
from gatekeeper.workspace.affinity import PathWords, SlotWords
from gatekeeper.workspace.loading import LoadedWorkspace

_FEW = 20
"""So many files of a source tree are read."""
_MOST_OF_IT = 0.5
_MOST_READ = 300
"""Among more candidates of one kind, none is chosen."""
_TREES = frozenset({"source", "typescript"})
_BY_SELECTION = "json"
_BY_NAME = affinity.BY_NAME | _TREES
"""The kinds whose files are recognised by their names."""
_OF_ONE = _TREES | {"document", _BY_SELECTION, "openapi", "api_diff"}
"""The kinds of definitions that are of one service."""
_SHARED = frozenset({"central", "common", "platform", "shared"})
"""The words of folders whose definitions are for all services."""
_NOT_MEANT = frozenset({
    "archive", "archived", "backup", "demo", "example", "fixture", "golden", "legacy", "mock", "old",
    "sample", "snapshot", "stub", "template", "testdata", "tutorial"
})  # fmt: skip
"""The words of folders and files that are not evidence of the service."""
_SCRIPTS = frozenset({"benchmark", "hack", "query", "script", "seed", "tool"})
"""The words of SQL that people run by hand."""
_TESTS = frozenset({"test", "tests", "spec", "specs", "__tests__", "e2e", "it"})
_SORTS = frozenset(
    re.findall(
        r"\w+",
        "api browser chaos conformance contract drill failsafe integration isolation journey load offline "
        "performance regression scenario security smoke stress sync system ui",
    )
)
"""The words of reports of tests that are not unit tests."""


class Rank(NamedTuple):
    """How well a candidate fits; a greater one fits better."""

    ids: int = 0
    """How many criteria of the slot its tests name."""
    phrases: int = 0
    """How many phrases that the plan asks for its tests mention."""
    is_about_service: bool = False
    nearness: int = 0
    """2: in the service's folder, 1: in a folder named after it, 0: elsewhere."""
    words: float = 0
    is_group: bool = False


class Candidate(NamedTuple):
    """An artefact that may fill a slot, and why."""

    artefact: FoundArtefact
    path: str
    """As the manifest is to write it."""
    rank: Rank
    reason: str
    is_sure: bool
    whole: bool = False
    evidence: Evidence | None = None
    is_doubtful: bool = False
    """Whether somebody has to say that it is meant, although nothing else fits."""


class _Placed(NamedTuple):
    artefact: FoundArtefact
    path: str
    nearness: int
    words: PathWords


class Candidates:
    """The artefacts of a folder, as candidates for the slots of one service."""

    def __init__(
        self,
        loaded: LoadedWorkspace,
        service: Service,
        found: Discovered,
        asked: Mapping[str, Sequence[Rule]],
        homes: Mapping[str, str],
    ) -> None:
        self._loaded, self._service, self._found, self._asked = loaded, service, found, asked
        self._stated_homes = homes
        folders = loaded.folders(service)
        own = os.path.realpath(folders.artefacts)
        repository = os.path.realpath(loaded.repository)
        self.is_outside = not _is_below(str(found.folder), repository)
        self._own = str(found.folder) if self.is_outside else own
        self._records = os.path.realpath(folders.records)
        tree: Tree = DiskTree(self._own) if self.is_outside else loaded.tree
        self._bounds = Bounds(tree)
        self._known = identities(service, loaded.manifests.repository)
        self._notes: dict[str, str] = {}
        self._read_before: dict[tuple[str, str, str], Evidence] = {}
        self._cases_before: dict[str, tuple[TestCase, ...]] = {}

    def notes(self, used: Collection[str]) -> tuple[str, ...]:
        """Return why candidates were left out, a sentence each; not those that are used for another slot."""
        return tuple(note for path, note in self._notes.items() if path not in used)

    def exists(self, path: str) -> bool:
        """Return whether there is a file at a path of the manifest."""
        return bool(self.files_at(path))

    def files_at(self, path: str) -> set[str]:
        """Return the files at a path of the manifest, as whole paths."""
        try:
            return set(files_at(self._own, path, self._bounds))
        except Unreadable:
            return set()

    def full(self, candidate: Candidate) -> set[str]:
        """Return the files of a candidate, as whole paths."""
        return {f"{self._found.folder}/{file}" for file in candidate.artefact.files}

    def unused(self, used: Iterable[str]) -> tuple[FoundArtefact, ...]:
        """Return the files that may be of the service, and that neither a proposal nor the manifest maps."""
        taken = set(chain.from_iterable(map(self.files_at, used)))
        for pointer in self._service.evidence.values():
            taken |= self.files_at(pointer.path)
        folder = self._found.folder
        found = {
            one.path: one.artefact
            for kind, placed in self._placed.items()
            if kind not in (*_TREES, "document", _BY_SELECTION)
            for one in placed
            if len(one.artefact.files) == 1 and f"{folder}/{one.artefact.path}" not in taken
        }
        return tuple(artefact._replace(path=path) for path, artefact in found.items())

    def best(self, slot: str) -> list[Candidate]:
        """Return the candidate that fits a slot best; several that tie; none if nothing fits."""
        fitting = list(self._fitting(slot))
        if not fitting:
            return []
        top = max(candidate.rank for candidate in fitting)
        return _distinguished(
            [one for one in fitting if one.rank == top], self._loaded.rulebook.slots[slot].kind
        )

    def _fitting(self, slot: str) -> Iterator[Candidate]:
        kind = self._loaded.rulebook.slots[slot].kind
        placed = self._candidates_of(kind)
        spoken = self._words[slot]
        if kind in ("document", _BY_SELECTION):
            placed = [one for one in placed if spoken.is_touched_by(one.words.all)]
        else:
            placed = [one for one in placed if self._is_certain(one) or self._is_worded(spoken, one)]
        if len(placed) > _MOST_READ:
            many = f"{len(placed):,} files of the kind `{kind}` are too many to choose from: name a folder"
            self._notes.setdefault(f"{kind}:", many)
        elif kind == "tests":
            yield from self._of_tests(slot, placed)
        else:
            yield from self._of_words(slot, placed)

    def _is_certain(self, one: _Placed) -> bool:
        """Return whether the content of a file says which kind it is of.

        It does not if it has the marks of two kinds. A register that people write has few marks.
        """
        is_register = one.artefact.kind == one.artefact.format and one.artefact.kind not in _BY_NAME
        return not is_register and (len(one.artefact.files) > 1 or len(self._kinds[one.artefact.path]) == 1)

    def _is_worded(self, spoken: SlotWords, one: _Placed) -> bool:
        """Return whether the path of a file has a word of the slot."""
        return bool((spoken.of_kind | spoken.others.keys()) & one.words.all)

    @cached_property
    def _kinds(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for artefact in self._found.artefacts:
            found[artefact.path].add("source" if artefact.kind in _TREES else artefact.kind)
        return found

    # By words.

    def _of_words(self, slot: str, placed: Sequence[_Placed]) -> Iterator[Candidate]:
        bound = self._loaded.rulebook.slots[slot]
        rivals = [of for name, of in self._words.items() if name != slot and self._kind(name) == bound.kind]
        is_alone = not rivals or bound.kind in _TREES
        readable = [(one, evidence) for one in placed if (evidence := self._readable(slot, one))]
        for one, evidence in readable:
            is_about = self._is_about(evidence)
            why = self._why_by_words(slot, one, evidence, rivals, is_alone=is_alone)
            if why is None:
                continue
            reason, score, is_sure = why
            if is_alone and len(readable) == 1:
                include, is_only = bound.options.get("include"), len(placed) == 1
                if not self._found.is_whole or (bound.kind in _TREES and not (is_only or include)):
                    continue  # the others may be in a language that is not read
                which = " here" if is_only else f" that matches {include}" if include else " that can be read"
                reason = f"the only artefact of the kind `{bound.kind}`{which}"
                is_certain = is_only or bool(include) or is_sure
                is_sure = is_certain and (one.nearness > 0 or not self._is_shared)
            rank = Rank(0, 0, is_about, one.nearness, score, len(one.artefact.files) > 1)
            yield Candidate(one.artefact, one.path, rank, reason, is_sure, evidence=evidence)

    def _why_by_words(
        self, slot: str, one: _Placed, evidence: Evidence, rivals: Sequence[SlotWords], *, is_alone: bool
    ) -> tuple[str, float, bool] | None:
        """Return why a candidate is of a slot, how much its words say so, and whether that is certain."""
        spoken, kind = self._words[slot], self._kind(slot)
        score = one.words.score(spoken)
        said = self._said(spoken, one.words.all)
        if kind in ("document", _BY_SELECTION):
            is_likely = (
                len(said) > 1 if kind == _BY_SELECTION else self._has_front_matter(slot, evidence, said)
            )
            if not (is_likely or spoken.is_named_by(one.words.all)):
                return None
            return f"its name says {_quoted(said)}", score, spoken.is_named_by(one.words.stem)
        if kind in _TREES:
            return f"a source tree of {counted(len(one.artefact.files), 'file')}", 0, True
        if is_alone:
            named = [word for word in said if word in spoken.name]
            return f"its name says {_quoted(named)}" if named else "of this kind", len(named), bool(named)
        best_elsewhere = max(one.words.score(rival) for rival in rivals)
        if score > 0 and score >= best_elsewhere and spoken.is_touched_by(one.words.all):
            return f"its name says {_quoted(said)}", score, score > best_elsewhere
        if best_elsewhere > 0:
            return None
        if spoken.name and spoken.name.keys() <= _texts(evidence.facts):
            return f"it speaks of {_quoted(spoken.name)}", 0.1, False
        if not spoken.name and not self._loaded.rulebook.slots[slot].guard.distinct:
            return "its name speaks of no other slot of this kind", 0, False
        return None

    def _said(self, spoken: SlotWords, words: Iterable[str]) -> list[str]:
        return [word for word in sorted(words) if spoken.score([word]) > 0]

    def _has_front_matter(self, slot: str, evidence: Evidence, said: Sequence[str]) -> bool:
        """Return whether a document has every key of its front matter that criteria read."""
        keys = {path[1] for path in self._read_paths(slot) if path[0] == "front_matter" and len(path) > 1}
        stated = getattr(evidence.facts, "front_matter", None) or {}
        return bool(said) and bool(keys) and keys <= stated.keys()

    # Reports of tests.

    def _of_tests(self, slot: str, placed: Sequence[_Placed]) -> Iterator[Candidate]:
        rules = self._asked[slot]
        by_id = self._loaded.rulebook.slots[slot].guard.by_id
        wanted = {phrase for rule in rules for phrase in _phrases(rule, slot)}
        readable = [(one, evidence) for one in placed if (evidence := self._readable(slot, one))]
        found = []
        for one, evidence in readable:
            cases = self._cases(one)
            near = Rank(0, 0, self._is_about(evidence), one.nearness, 0, len(one.artefact.files) > 1)
            names = [case.name for case in cases]
            ids = [
                rule.id for rule in rules if any(carries(name, id_) for id_ in _ids(rule) for name in names)
            ]
            told = [phrase for phrase in wanted if _is_mentioned(phrase, names)]
            if ids:
                rank = near._replace(ids=len(ids), words=one.words.score(self._words[slot]))
                reason = f"its tests carry {_listed(ids)}"
                found.append(Candidate(one.artefact, one.path, rank, reason, is_sure=True, evidence=evidence))
            elif told:
                rank = near._replace(phrases=len(told), words=one.words.score(self._words[slot]))
                reason = f"its tests mention {_listed(sorted(told))}"
                found.append(Candidate(one.artefact, one.path, rank, reason, is_sure=True, evidence=evidence))
            elif not wanted and (more := self._by_suite(slot, one, cases, near, by_id=by_id)):
                found.append(more._replace(evidence=evidence))
        is_only = sum(self._kind(name) == "tests" for name in self._asked) == 1
        if not found and not by_id and (is_only or "unit" in self._words[slot].name):
            found += self._unit_tests(readable)
        yield from found

    def _by_suite(
        self, slot: str, one: _Placed, cases: Sequence[TestCase], near: Rank, *, by_id: bool
    ) -> Candidate | None:
        """Return a report whose name and suites have the words of a slot."""
        spoken = self._words[slot]
        rivals = [of for name, of in self._words.items() if name != slot and self._kind(name) == "tests"]
        suites = [_suite_words(case) for case in cases]
        share = sum(spoken.is_named_by(words) for words in suites) / len(suites) if suites else 0
        score = one.words.score(spoken)
        if by_id:
            is_tagged = any("[" in case.name and _carries_any(case.name, self._every_id) for case in cases)
            if is_tagged or share < 1 or not spoken.is_named_by(one.words.all):
                return None
            if any(rival.is_named_by(one.words.all) and one.words.score(rival) > score for rival in rivals):
                return None
            reason = f"the report and all of its suites are named {_quoted(spoken.needed)}, and carry no id"
            return Candidate(
                one.artefact, one.path, near._replace(words=score), reason, is_sure=False, whole=True
            )
        if spoken.is_touched_by(one.words.all) and score >= max(map(one.words.score, rivals), default=0):
            said = _quoted(self._said(spoken, one.words.all))
            return Candidate(
                one.artefact, one.path, near._replace(words=score + share, is_group=False),
                f"its name says {said}", spoken.is_named_by(one.words.stem),
            )  # fmt: skip
        if share > 0:
            many = f"{share:.0%} of its tests are in suites that name {_quoted(spoken.name)}"
            rank, is_doubtful = near._replace(words=share), share < _MOST_OF_IT
            return Candidate(one.artefact, one.path, rank, many, is_sure=share == 1, is_doubtful=is_doubtful)
        return None

    def _unit_tests(self, readable: Sequence[tuple[_Placed, Evidence]]) -> Iterator[Candidate]:
        """Yield the reports that name no other sort of test than unit tests."""
        every = [of for name, of in self._words.items() if self._kind(name) == "tests"]
        plain = [
            (one, evidence)
            for one, evidence in readable
            if not (one.words.all & _SORTS) and not any(one.words.score(of) > 0 for of in every)
        ]
        grouped = {file for one, _ in plain if len(one.artefact.files) > 1 for file in one.artefact.files}
        for one, evidence in plain:
            if len(one.artefact.files) == 1 and one.artefact.path in grouped:
                continue
            rank = Rank(0, 0, self._is_about(evidence), one.nearness, 0)
            reason = "a report of tests whose name speaks of no other sort of test"
            yield Candidate(one.artefact, one.path, rank, reason, is_sure=False, evidence=evidence)

    @cached_property
    def _every_id(self) -> frozenset[str]:
        return frozenset(self._loaded.rulebook.by_id)

    def _cases(self, one: _Placed) -> tuple[TestCase, ...]:
        if one.artefact.path not in self._cases_before:
            try:
                artefact = open_artefact(self._own, one.path, self._bounds)
                reports = TESTS.read_each(artefact, self._loaded.rulebook.slots[self._any_tests].options)
                cases = [case for of in reports for case in chain(of.cases, *(g.cases() for g in of.plain))]
            except (Absent, Unreadable, SyntaxProblem):
                cases = []
            self._cases_before[one.artefact.path] = tuple(cases)
        return self._cases_before[one.artefact.path]

    @cached_property
    def _any_tests(self) -> str:
        return next(slot.name for slot in self._loaded.rulebook.slots.values() if slot.kind == "tests")

    # What is read.

    def _readable(self, slot: str, one: _Placed) -> Evidence | None:
        """Return the evidence that a candidate would be; None, with a note, if it would be none."""
        evidence = self._evidence(slot, one)
        why = None
        if evidence.status is not EvidenceStatus.OK:
            why = evidence.reason or "it holds no evidence"
        elif others := [subject for part in evidence.parts for subject in other_subjects(part, self._known)]:
            why = f"it is about {others[0].name}"
        elif not self._states_something(slot, evidence):
            why = "it states nothing that a criterion reads"
        if why and (bound := self._kind(slot)) != _BY_SELECTION:
            self._notes.setdefault(one.path, f"{one.path} is not proposed as {bound}: {why}")
        return None if why else evidence

    def _evidence(self, slot: str, one: _Placed) -> Evidence:
        bound = self._loaded.rulebook.slots[slot]
        options = options_of(self._service, slot, self._loaded.rulebook)
        key = (bound.kind, one.path, repr(sorted(options.items(), key=lambda each: each[0])))
        if key not in self._read_before:
            pointer = EvidencePointer.model_construct(path=one.path)
            request = Request(self._service.service, slot, (), bound.kind, options, pointer)
            artefact = self._opened(one, chooser(options.get("include")))
            self._read_before[key] = record_of(request, artefact, self._bounds).evidence
        return self._read_before[key]

    def _opened(self, one: _Placed, chosen: Callable[[str], bool]) -> Artefact | Absent | Unreadable:
        """Return the files of a candidate; of a source tree some of those that the slot selects."""
        try:
            artefact = open_artefact(self._own, one.path, self._bounds)
        except (Absent, Unreadable) as reason:
            return reason
        if one.artefact.kind not in _TREES:
            return artefact
        code = {os.path.normpath(f"{self._found.folder}/{file}") for file in one.artefact.files}
        names = {self._bounds.name(file) for file in code}
        some = islice((file for file in artefact.files if file.name in names and chosen(file.name)), _FEW)
        return artefact._replace(files=tuple(some))

    def _read_paths(self, slot: str) -> list[tuple[str, ...]]:
        """Return the facts that criteria of the service read from a slot."""
        conditions = [
            of for rule in self._asked[slot] for version in rule.versions for of in version.conditions
        ]
        read = [(of.slot, of.path) for of in conditions]
        read += [(of.operand.slot, of.operand.path) for of in conditions if isinstance(of.operand, FactOf)]
        return [path for name, path in read if name == slot]

    def _states_something(self, slot: str, evidence: Evidence) -> bool:
        paths = self._read_paths(slot)
        # An expression that collects lists selects an empty one from any file.
        nothing: tuple[object, ...] = (None, [], ()) if self._kind(slot) == _BY_SELECTION else (None,)
        return not paths or any(_fact(evidence.facts, path[:1]) not in nothing for path in paths)

    def _is_about(self, evidence: Evidence) -> bool:
        """Return whether every part that could say so says that it is about the service."""
        parts = [part for part in evidence.parts if part.subjects]
        return bool(parts) and all(_names(part.subjects, self._known) for part in parts)

    # Where candidates are.

    def _candidates_of(self, kind: str) -> list[_Placed]:
        """Return the candidates of a kind, those in the service's folder first; groups hide their files."""
        placed = self._placed.get(kind, [])
        is_alone = sum(slot.kind == kind for slot in self._loaded.rulebook.slots.values()) == 1
        if is_alone:
            grouped = {file for one in placed if len(one.artefact.files) > 1 for file in one.artefact.files}
            placed = [
                one for one in placed if len(one.artefact.files) > 1 or one.artefact.path not in grouped
            ]
        return sorted(placed, key=lambda one: (-one.nearness, one.path))

    @cached_property
    def _placed(self) -> Mapping[str, list[_Placed]]:
        """The artefacts that may be of the service, by kind."""
        found: dict[str, list[_Placed]] = defaultdict(list)
        kinds = {slot.kind for slot in self._loaded.rulebook.slots.values()}
        own_files = {str(self._loaded.root / file) for file in self._loaded.manifests.files.values()}
        for artefact in (*self._found.artefacts, *self._structured()):
            whole = os.path.normpath(f"{self._found.folder}/{artefact.path}")
            if artefact.kind not in kinds or whole in own_files or self._is_record(whole):
                continue
            inner, nearness, owner = self._located(whole, artefact.path)
            if (owner is not None and owner != self._service.service) or self._is_in_other_home(whole):
                continue
            is_elsewhere = nearness == 0 and self._is_shared and not _is_for_all(inner, artefact.kind)
            if is_elsewhere or _is_not_meant(inner, artefact):
                continue
            path = self._written(whole)
            if path and self._maps_exactly(path, artefact):
                found[artefact.kind].append(_Placed(artefact, path, nearness, affinity.of_path(inner)))
        return found

    def _structured(self) -> Iterator[FoundArtefact]:
        return (FoundArtefact(path, _BY_SELECTION, _BY_SELECTION, (path,)) for path in self._found.structured)

    def _is_record(self, whole: str) -> bool:
        """Return whether a file is in a folder of records, or of the rules."""
        root = str(self._loaded.root)
        records = (f"{self._records}/evidence", f"{self._records}/evidence.json")
        return any(_is_below(whole, folder) for folder in (*records, f"{root}/gates"))

    @cached_property
    def _homes(self) -> Mapping[str, set[str]]:
        """The services by the folder of their artefacts or of their code."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, service in self._loaded.manifests.services.items():
            found[os.path.realpath(self._loaded.folders(service).artefacts)].add(name)
        for folder, name in self._stated_homes.items():
            found[folder].add(name)
        found[self._own].add(self._service.service)
        return found

    def _is_in_other_home(self, whole: str) -> bool:
        """Return whether the nearest folder of a service around a file is that of another service."""
        around = next((self._homes[one] for one in _above(whole) if one in self._homes), None)
        return around is not None and self._service.service not in around

    def _located(self, whole: str, path: str) -> tuple[str, int, str | None]:
        """Return the path below the service's folder, how near it is, and which service its folders name."""
        steps = path.split("/")[:-1]
        folders = ["/".join(steps[: place + 1]) for place in range(len(steps))]
        if _is_below(whole, self._own) and not self.is_outside:
            root = str(self._found.folder)
            inner = [one for one in folders if f"{root}/{one}".startswith(f"{self._own}/")]
            owner = next(filter(None, map(self._service_folders.get, inner)), None)
            return os.path.relpath(whole, self._own).replace(os.sep, "/"), 2, owner
        for folder, step in zip(folders, steps, strict=True):
            if name := self._service_folders.get(folder) or self._names.get(step.casefold()):
                return path[len(folder) + 1 :], 1, name
        return path, 0, None

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The whole names of services."""
        return {name.casefold(): name for name in self._loaded.manifests.services}

    @cached_property
    def _service_folders(self) -> Mapping[str, str]:
        """The folders named after services, if another one beside them is named after another service."""
        keys = {
            service_key(name): service.service
            for service in self._loaded.manifests.services.values()
            for name in (service.service, *service.identity.names)
        }
        beside: dict[str, dict[str, str]] = defaultdict(dict)
        for artefact in self._found.artefacts:
            for folder in map(str, PurePosixPath(artefact.path).parents):
                parent, _, name = folder.rpartition("/")
                if (service := keys.get(service_key(name))) and name:
                    beside[parent][folder] = service
        return {
            folder: service
            for of in beside.values()
            if len(set(of.values())) > 1
            for folder, service in of.items()
        }

    @cached_property
    def _is_shared(self) -> bool:
        """Whether the folder holds artefacts of several services."""
        steps = {step.casefold() for one in self._found.artefacts for step in one.path.split("/")[:-1]}
        return bool(self._service_folders) or len(steps & self._names.keys()) > 1

    @cached_property
    def _words(self) -> Mapping[str, SlotWords]:
        rulebook, found = self._loaded.rulebook, dict[str, SlotWords]()
        ids: dict[str, list[str]] = defaultdict(list)
        for rule in rulebook.by_id.values():
            for name in rule.slots:
                ids[name].append(rule.id)
        for kind in {slot.kind for slot in rulebook.slots.values()}:
            found |= affinity.of_slots([slot for slot in rulebook.slots.values() if slot.kind == kind], ids)
        return found

    def _kind(self, slot: str) -> str:
        return self._loaded.rulebook.slots[slot].kind

    def _written(self, whole: str) -> str | None:
        """Return a path as the manifest writes it; None if a manifest cannot write it."""
        path = os.path.relpath(whole, self._own).replace(os.sep, "/")
        path = "./none" if path == "none" else path
        return path if path.isprintable() and path == path.strip() else None

    def _maps_exactly(self, path: str, artefact: FoundArtefact) -> bool:
        """Return whether a path maps the files of an artefact and no other; of a tree, at least them."""
        folder = str(self._found.folder)
        files = {f"{folder}/{file}" for file in artefact.files}
        mapped = {os.path.normpath(file) for file in self.files_at(path)}
        if artefact.kind == "migrations" and len(files) > 1:  # the reader takes these of a folder
            mapped = {file for file in mapped if file.endswith(".sql")}
        return bool(files) and (files <= mapped if artefact.kind in _TREES else files == mapped)


def _above(path: str) -> Iterator[str]:
    """Yield a path and the folders around it, the nearest one first."""
    yield path
    yield from map(str, Path(path).parents)


def _is_below(path: str, folder: str) -> bool:
    return f"{path}{os.sep}".startswith(folder.rstrip(os.sep) + os.sep)


def _is_for_all(path: str, kind_name: str) -> bool:
    """Return whether something outside of every service's folder is a definition for all services."""
    kind = find(kind_name)
    is_definition = kind is not None and not kind.measures and kind_name not in _OF_ONE
    return is_definition and bool(_SHARED & affinity.of_path(path).folders)


def _without_package(name: str) -> str:
    """Return the name of a report without the package of a class: `TEST-org.example.shop.CartTest.xml`."""
    first, *inner = name.split(".")
    return ".".join([first, *inner[-2:]])


def _is_not_meant(inner: str, artefact: FoundArtefact) -> bool:
    """Return whether a path says that it is an example, input of tests, or an earlier version."""
    folder, _, name = inner.rpartition("/")
    steps = [step.casefold() for step in folder.split("/")]
    if _NOT_MEANT & {*affinity.words(folder), *affinity.words(_without_package(name))}:
        return True
    if artefact.kind == "migrations" and _SCRIPTS & {*affinity.words(folder), *affinity.words(name)}:
        return True
    if artefact.kind == "openapi" and EARLIER & set(affinity.words(name)):
        return True
    if artefact.kind in _TREES:
        return steps[:1] == ["test"] or bool({"tests", "__tests__"} & set(inner.split("/")))
    tests = [place for place, step in enumerate(steps) if step in _TESTS]
    return (
        bool(tests)
        and not any(step in BUILT for step in steps[tests[0] + 1 :])
        and not ({*steps[: tests[0]]} & BUILT)
    )


def _suite_words(case: TestCase) -> frozenset[str]:
    texts = (case.file or "", *case.suites, case.name.rpartition(" > ")[0])
    return frozenset(word for text in texts for word in affinity.words(text))


def _ids(rule: Rule) -> tuple[str, ...]:
    return (rule.id, rule.twin) if rule.twin else (rule.id,)


def _carries_any(name: str, ids: Iterable[str]) -> bool:
    return any(carries(name, id_) for id_ in ids)


def _phrases(rule: Rule, slot: str) -> Iterator[str]:
    """Yield the phrases that a criterion of the plan wants the names of passed tests to mention."""
    if rule.source is None:
        for condition in rule.conditions:
            is_asked = condition.slot == slot and condition.operator is Operator.MENTIONS
            if is_asked and isinstance(condition.operand, Literal):
                yield from condition.operand.value


def _is_mentioned(phrase: str, names: Iterable[str]) -> bool:
    wanted = phrases(phrase)
    return any(mentions(wanted, " \t ".join(("", *phrases(name), ""))) for name in names)


def _names(subjects: Iterable[Any], known: Mapping[SubjectType, frozenset[str]]) -> bool:
    return any(known.get(one.type, frozenset()) & set(forms(one.type, one.name)) for one in subjects)


def _fact(facts: Any, path: Sequence[str]) -> Any:
    for step in path:
        facts = facts.get(step) if isinstance(facts, Mapping) else getattr(facts, step, None)
    return facts


def _texts(facts: Any) -> frozenset[str]:
    """Return the words of the texts among facts."""
    values = facts.values() if isinstance(facts, Mapping) else facts or ()
    texts = chain.from_iterable([value] if isinstance(value, str) else value for value in values
                                if isinstance(value, str | tuple))  # fmt: skip
    return frozenset(word for text in texts if isinstance(text, str) for word in affinity.words(text[:200]))


def _distinguished(tied: Sequence[Candidate], kind: str) -> list[Candidate]:
    """Return candidates without copies, and without the same run in other formats beside it."""
    copies: dict[str | None, list[Candidate]] = defaultdict(list)
    for one in tied:
        copies[one.evidence.sha256 if one.evidence else None].append(one)
    firsts = [min(same, key=lambda one: (len(one.path), one.path)) for same in copies.values()]
    runs: dict[tuple[Any, ...], list[Candidate]] = defaultdict(list)
    for one in firsts:
        run = _run_of(kind, one.evidence.facts) if one.evidence else None
        runs[one.path.rpartition("/")[0], run or one.path].append(one)
    kept = []
    for same in runs.values():
        is_one_run = len({one.artefact.format for one in same}) == len(same)
        kept += [max(same, key=lambda one: (_completeness(one), one.path))] if is_one_run else same
    return sorted(kept, key=lambda one: one.path)


def _run_of(kind: str, facts: Any) -> tuple[Any, ...] | None:
    """Return what reports of one run have in common whatever their formats; None if that is not known."""
    if kind == "coverage":
        return facts.files, facts.lines, facts.lines_pct
    if kind == "tests" and facts.passed:
        return facts.total, frozenset(name.rpartition(" > ")[2] for name in facts.passed)
    return None


def _completeness(one: Candidate) -> int:
    facts = one.evidence.facts if one.evidence else ()
    doubts = (
        sum(len(part.not_understood) + len(part.partial) for part in one.evidence.parts)
        if one.evidence
        else 0
    )
    return sum(value is not None for value in facts) - doubts


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _quoted(words: Iterable[str]) -> str:
    return " and ".join(f"`{word}`" for word in words)
