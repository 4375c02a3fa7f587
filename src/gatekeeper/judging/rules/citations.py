"""Check citations: each number and name that a rule cites must occur among the operands of the rule."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from gatekeeper.judging.places import Place
from gatekeeper.model.rulebook import Citation, Criterion, Gate, Governance, LevelDefinition, Levels
from gatekeeper.model.workspace import Manifests, Mistake

_NUMBERS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905
        map(str, range(13)),
        strict=True,
    )
)
_CODE = r"[A-Za-z]*\d+(?:[.,]\d+)*[A-Za-z]*"
"""A number, or a name with one: `95`, `3.1`, `p95`, `L3`."""
_TOKEN = re.compile(
    rf"""(?P<path>(?<!\S)/[^\s,;]*[\w*}}])
    |(?P<name>\w+\(\)|[A-Z]\w*[+][A-Z]\w*|[A-Z]\w*(?:-[A-Z]\w*)+
      |\b(?:[a-z]+[A-Z]\w*|[A-Z]+[a-z]+[A-Z]\w*|[A-Z]{{2,}}[a-z]{{2,}}\w*))
    |\b(?P<code>{_CODE})\b
    |\b(?P<word>[\w]+(?:-\w+)*)""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[^a-z0-9]")
_IGNORED = {"id", "question", "why", "remedy", "effort", "cites", "requires", "upcoming", "same_as"}
"""Fields of a criterion that hold no operand, or are read on their own."""


class Operands(NamedTuple):
    """Everything by which a rule decides, as text."""

    values: frozenset[str]
    codes: frozenset[str]
    plain: tuple[str, ...]
    """Each value in lower case, letters and digits alone."""

    @classmethod
    def of(cls, values: Iterable[object]) -> Self:
        """Return the operands of a rule from its values."""
        texts = {_text(value) for value in values if not isinstance(value, bool) and value is not None}
        codes = {_number(code) for text in texts for code in re.findall(_CODE, text.replace("_", " "))}
        return cls(frozenset(texts), frozenset(codes), tuple(map(_squeezed, texts)))

    def lacks(self, text: str, ids: frozenset[str]) -> Iterator[str]:
        """Yield the numbers and names of a text that do not occur; `ids` are words that are names."""
        for found in _TOKEN.finditer(text):
            word = found[0]
            if found["code"]:
                known = _number(word) in self.codes
            elif found["word"] and word.casefold() in _NUMBERS:
                known = _NUMBERS[word.casefold()] in self.codes
            elif found["word"]:
                known = word not in ids or word in self.values
            else:
                known = any(_squeezed(word) in value for value in self.plain)
            if not known:
                yield word


def unbound(citation: Citation, operands: Operands, ids: frozenset[str]) -> tuple[str, ...]:
    """Return the numbers and names of a citation that are neither operands nor listed as an aside."""
    return tuple(
        word for word in dict.fromkeys(operands.lacks(citation.text, ids)) if word not in citation.aside
    )


def names_in(workspace: Manifests) -> frozenset[str]:
    """Return the words that are names wherever they are cited: ids of levels, gates, services and roles."""
    scale, roles = workspace.levels.scale, workspace.governance.roles
    return frozenset({*scale, *workspace.gates, *workspace.services, *roles})


def wrong_citations(workspace: Manifests) -> Iterator[Mistake]:
    """Yield a mistake for each cited number or name without an operand, and each aside that is not cited."""
    ids = names_in(workspace)
    for name, place, cites, operands in _cited(workspace):
        for i, citation in enumerate(cites):
            where = place / "cites" / i
            for word in unbound(citation, operands, ids):
                message = f"{name} cites {word!r}, which is not among its operands"
                hint = f"correct the rule or the citation, or list {word!r} under `aside`"
                yield where.mistake(f"{message}: {citation.text!r}", hint)
            for j, word in enumerate(citation.aside):
                if word not in citation.text:
                    message = f"{word!r} does not occur in the cited text"
                    yield (where / "aside" / j).mistake(message, "remove it from `aside`")


def unbound_names(workspace: Manifests) -> dict[str, list[str]]:
    """Return the numbers and names without an operand, by the text that cites them."""
    ids, found = names_in(workspace), dict[str, list[str]]()
    for _, _, cites, operands in _cited(workspace):
        for citation in cites:
            if words := unbound(citation, operands, ids):
                found[citation.text] = list(dict.fromkeys([*found.get(citation.text, ()), *words]))
    return found


def _cited(workspace: Manifests) -> Iterator[tuple[str, Place, tuple[Citation, ...], Operands]]:
    """Yield everything that cites: what it is called, its place, its citations and its operands."""
    book = RuleOperands(workspace)
    for id_, gate in workspace.gates.items():
        place = Place(workspace.files[Gate, id_])
        yield id_, place, gate.cites, book.of_gate(gate)
        for i, criterion in enumerate(gate.criteria):
            operands = Operands.of([id_, *book.of_criterion(criterion)])
            yield criterion.id, place / "criteria" / i, criterion.cites, operands
    for j, level in enumerate(workspace.levels.levels):
        place = Place(workspace.files[Levels, ""]) / "levels" / j
        yield level.level, place, level.cites, book.of_level(level)
        for i, criterion in enumerate(level.criteria):
            operands = Operands.of([level.level, *book.of_criterion(criterion)])
            yield criterion.id, place / "criteria" / i, criterion.cites, operands
    place = Place(workspace.files[Governance, ""]) / "policy"
    for name, policy in workspace.governance.policy.items():
        yield f"policy {name}", place / name, policy.cites, of_governance(workspace.governance)


class RuleOperands:
    """The operands of the rules of a rulebook."""

    def __init__(self, workspace: Manifests) -> None:
        levels = workspace.levels
        groups: list[Gate | LevelDefinition] = [*workspace.gates.values(), *levels.levels]
        self._criteria = {criterion.id: criterion for group in groups for criterion in group.criteria}
        self._slots = levels.slots | {
            name: slot for gate in workspace.gates.values() for name, slot in gate.slots.items()
        }
        self._below = dict(zip(list(levels.scale)[1:], levels.scale, strict=False))

    def of_gate(self, gate: Gate) -> Operands:
        """Return the operands of a gate: its own, and those of its criteria."""
        own = [gate.gate, gate.name, gate.artefact, gate.role]
        return Operands.of([*own, *(value for one in gate.criteria for value in self.of_criterion(one))])

    def of_level(self, level: LevelDefinition) -> Operands:
        """Return the operands of a level: its own, the level below it, and those of its criteria."""
        own = [level.level, self._below.get(level.level), level.name, level.audience, *level.ships_to]
        return Operands.of([*own, *(value for one in level.criteria for value in self.of_criterion(one))])

    def of_criterion(self, criterion: Criterion) -> Iterator[object]:
        """Yield the values by which a criterion decides; where a person decides, its question is one."""
        yield from _leaves(criterion.model_dump(by_alias=True, exclude_unset=True, exclude=_IGNORED))
        if criterion.attested_by:
            yield from (criterion.question, *criterion.question.split())
        twin = self._criteria.get(criterion.same_as or "")
        if twin and twin.same_as is None:
            yield from self.of_criterion(twin)
        facts = [criterion.subjects.fact] if criterion.subjects else []
        for fact, requirement in criterion.requires.items():
            values = list(_leaves(requirement.model_dump(exclude_unset=True)))
            facts += [fact, *(value for value in values if isinstance(value, str))]
            yield from (fact, *values)
        for name in dict.fromkeys(fact.partition(".")[0] for fact in facts):
            if slot := self._slots.get(name):
                yield from (slot.kind, *slot.options, *_leaves(slot.options))


def of_governance(governance: Governance) -> Operands:
    """Return the operands of governance: who signs a level, how many they are, and the exceptions."""
    signers, exceptions = governance.upgrade_sign_offs, governance.exceptions
    return Operands.of([*signers, len(signers), *_leaves(exceptions.model_dump() if exceptions else {})])


def _leaves(value: Any) -> Iterator[object]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _number(code: str) -> str:
    return re.sub(r",(?=\d{3})", "", code).casefold()


def _squeezed(text: str) -> str:
    return _PLAIN.sub("", text.casefold())
