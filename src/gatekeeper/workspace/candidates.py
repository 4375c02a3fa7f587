"""Choose among discovered artefacts for a slot: by service, by what they hold, by words of their names."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice
from typing import Any

from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.collectors.tests.read import FORMATS as TESTS
from gatekeeper.collectors.tests.read import TestCase
from gatekeeper.evidence.artefacts import open_artefact
from gatekeeper.evidence.discovery import Discovered, FoundArtefact
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
from gatekeeper.model.rule import FactOf, Literal, Operator, Rule
from gatekeeper.model.service import EvidencePointer, Service
from gatekeeper.model.tagging import carries
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.workspace import affinity
from gatekeeper.workspace.affinity import SlotWords
from gatekeeper.workspace.candidate_copies import Candidate, Rank, without_copies
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.placement import BY_SELECTION, TREES, Homes, PlacedArtefact, Placement

_FEW = 20
"""So many files of a source tree are read."""
_MOST_OF_IT = 0.5
_MOST_READ = 300
"""Among more candidates of one kind, none is chosen."""
_BY_NAME = affinity.BY_NAME | TREES
"""The kinds whose files are recognised by their names."""
_SORTS = frozenset(
    affinity.words(
        "api browser chaos conformance contract drill failsafe integration isolation journey load offline "
        "performance regression scenario security smoke stress sync system ui"
    )
)
"""The words of reports of tests that are not unit tests."""


class Candidates:
    """The artefacts of a folder, as candidates for the slots of one service."""

    def __init__(
        self,
        loaded: LoadedWorkspace,
        service: Service,
        found: Discovered,
        asked: Mapping[str, Sequence[Rule]],
        homes: Homes,
    ) -> None:
        self._loaded, self._service, self._found, self._asked = loaded, service, found, asked
        self.placement = Placement(loaded, service, found, homes)
        self._known = identities(service, loaded.manifests.repository)
        self._notes: dict[str, str] = {}
        self._read_before: dict[tuple[str, str, str], Evidence] = {}
        self._cases_before: dict[str, tuple[TestCase, ...]] = {}

    def notes(self, used: Collection[str]) -> tuple[str, ...]:
        """Return why candidates were left out, a sentence each; not those that are used for another slot."""
        return tuple(note for path, note in self._notes.items() if path not in used)

    def full(self, candidate: Candidate) -> set[str]:
        """Return the files of a candidate, as whole paths."""
        return {f"{self._found.folder}/{file}" for file in candidate.artefact.files}

    def unused(self, used: Iterable[str]) -> tuple[FoundArtefact, ...]:
        """Return the files that may be of the service, and that neither a proposal nor the manifest maps."""
        taken = set(chain.from_iterable(map(self.placement.files_at, used)))
        for pointer in self._service.evidence.values():
            taken |= self.placement.files_at(pointer.path)
        folder = self._found.folder
        found = {
            one.path: one.artefact
            for kind, placed in self.placement.by_kind.items()
            if kind not in (*TREES, "document", BY_SELECTION)
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
        return without_copies(
            [one for one in fitting if one.rank == top], self._loaded.rulebook.slots[slot].kind
        )

    def _fitting(self, slot: str) -> Iterator[Candidate]:
        kind = self._loaded.rulebook.slots[slot].kind
        placed = self._candidates_of(kind)
        spoken = self._words[slot]
        if kind in ("document", BY_SELECTION):
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

    def _is_certain(self, one: PlacedArtefact) -> bool:
        """Return whether the content of a file says which kind it is of.

        It does not if it has the marks of two kinds. A register that people write has few marks.
        """
        is_register = one.artefact.kind == one.artefact.format and one.artefact.kind not in _BY_NAME
        return not is_register and (len(one.artefact.files) > 1 or len(self._kinds[one.artefact.path]) == 1)

    def _is_worded(self, spoken: SlotWords, one: PlacedArtefact) -> bool:
        """Return whether the path of a file has a word of the slot."""
        return bool((spoken.of_kind | spoken.others.keys()) & one.words.all)

    @cached_property
    def _kinds(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for artefact in self._found.artefacts:
            found[artefact.path].add("source" if artefact.kind in TREES else artefact.kind)
        return found

    # By words.

    def _of_words(self, slot: str, placed: Sequence[PlacedArtefact]) -> Iterator[Candidate]:
        bound = self._loaded.rulebook.slots[slot]
        rivals = [of for name, of in self._words.items() if name != slot and self._kind(name) == bound.kind]
        is_alone = not rivals or bound.kind in TREES
        readable = [(one, evidence) for one in placed if (evidence := self._readable(slot, one))]
        for one, evidence in readable:
            is_about = self._is_about(evidence)
            why = self._why_by_words(slot, one, evidence, rivals, is_alone=is_alone)
            if why is None:
                continue
            reason, score, is_sure = why
            if is_alone and len(readable) == 1:
                include, is_only = bound.options.get("include"), len(placed) == 1
                if not self._found.is_whole or (bound.kind in TREES and not (is_only or include)):
                    continue  # the others may be in a language that is not read
                which = " here" if is_only else f" that matches {include}" if include else " that can be read"
                reason = f"the only artefact of the kind `{bound.kind}`{which}"
                is_certain = is_only or bool(include) or is_sure
                is_sure = is_certain and (one.nearness > 0 or not self.placement.is_shared)
            rank = Rank(0, 0, is_about, one.nearness, score, len(one.artefact.files) > 1)
            yield Candidate(one.artefact, one.path, rank, reason, is_sure, evidence=evidence)

    def _why_by_words(
        self,
        slot: str,
        one: PlacedArtefact,
        evidence: Evidence,
        rivals: Sequence[SlotWords],
        *,
        is_alone: bool,
    ) -> tuple[str, float, bool] | None:
        """Return why a candidate is of a slot, how much its words say so, and whether that is certain."""
        spoken, kind = self._words[slot], self._kind(slot)
        score = one.words.score(spoken)
        said = self._said(spoken, one.words.all)
        if kind in ("document", BY_SELECTION):
            is_likely = (
                len(said) > 1 if kind == BY_SELECTION else self._has_front_matter(slot, evidence, said)
            )
            if not (is_likely or spoken.is_named_by(one.words.all)):
                return None
            return f"its name says {_quoted(said)}", score, spoken.is_named_by(one.words.stem)
        if kind in TREES:
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

    def _of_tests(self, slot: str, placed: Sequence[PlacedArtefact]) -> Iterator[Candidate]:
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
        self, slot: str, one: PlacedArtefact, cases: Sequence[TestCase], near: Rank, *, by_id: bool
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

    def _unit_tests(self, readable: Sequence[tuple[PlacedArtefact, Evidence]]) -> Iterator[Candidate]:
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

    def _cases(self, one: PlacedArtefact) -> tuple[TestCase, ...]:
        if one.artefact.path not in self._cases_before:
            try:
                artefact = open_artefact(self.placement.base, one.path, self.placement.bounds)
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

    def _readable(self, slot: str, one: PlacedArtefact) -> Evidence | None:
        """Return the evidence that a candidate would be; None, with a note, if it would be none."""
        evidence = self._evidence(slot, one)
        why = None
        if evidence.status is not EvidenceStatus.OK:
            why = evidence.reason or "it holds no evidence"
        elif others := [subject for part in evidence.parts for subject in other_subjects(part, self._known)]:
            why = f"it is about {others[0].name}"
        elif not self._states_something(slot, evidence):
            why = "it states nothing that a criterion reads"
        if why and (bound := self._kind(slot)) != BY_SELECTION:
            self._notes.setdefault(one.path, f"{one.path} is not proposed as {bound}: {why}")
        return None if why else evidence

    def _evidence(self, slot: str, one: PlacedArtefact) -> Evidence:
        bound = self._loaded.rulebook.slots[slot]
        options = options_of(self._service, slot, self._loaded.rulebook)
        key = (bound.kind, one.path, repr(sorted(options.items(), key=lambda each: each[0])))
        if key not in self._read_before:
            pointer = EvidencePointer.model_construct(path=one.path)
            request = Request(self._service.service, slot, (), bound.kind, options, pointer)
            artefact = self._opened(one, chooser(options.get("include")))
            self._read_before[key] = record_of(request, artefact, self.placement.bounds).evidence
        return self._read_before[key]

    def _opened(self, one: PlacedArtefact, chosen: Callable[[str], bool]) -> Artefact | Absent | Unreadable:
        """Return the files of a candidate; of a source tree some of those that the slot selects."""
        try:
            artefact = open_artefact(self.placement.base, one.path, self.placement.bounds)
        except (Absent, Unreadable) as reason:
            return reason
        if one.artefact.kind not in TREES:
            return artefact
        code = {os.path.normpath(f"{self._found.folder}/{file}") for file in one.artefact.files}
        names = {self.placement.bounds.name(file) for file in code}
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
        nothing: tuple[object, ...] = (None, [], ()) if self._kind(slot) == BY_SELECTION else (None,)
        return not paths or any(_fact(evidence.facts, path[:1]) not in nothing for path in paths)

    def _is_about(self, evidence: Evidence) -> bool:
        """Return whether every part that could say so says that it is about the service."""
        parts = [part for part in evidence.parts if part.subjects]
        return bool(parts) and all(_names(part.subjects, self._known) for part in parts)

    # Where candidates are.

    def _candidates_of(self, kind: str) -> list[PlacedArtefact]:
        """Return the candidates of a kind, those in the service's folder first; groups hide their files."""
        placed = self.placement.by_kind.get(kind, [])
        is_alone = sum(slot.kind == kind for slot in self._loaded.rulebook.slots.values()) == 1
        if is_alone:
            grouped = {file for one in placed if len(one.artefact.files) > 1 for file in one.artefact.files}
            placed = [
                one for one in placed if len(one.artefact.files) > 1 or one.artefact.path not in grouped
            ]
        return sorted(placed, key=lambda one: (-one.nearness, one.path))

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


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _quoted(words: Iterable[str]) -> str:
    return " and ".join(f"`{word}`" for word in words)
