"""Check citations: each number and name that a rule cites must occur among the operands of the rule."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, Self

from gatekeeper.judging.places import Place
from gatekeeper.model.rulebook import (
    Citation,
    Criterion,
    Gate,
    Governance,
    LevelDefinition,
    Levels,
)
from gatekeeper.model.workspace import Manifests, Mistake

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: str(number) for number, word in enumerate(_WORDS)}
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
_IGNORED = {"id", "question", "why", "limits", "remedy", "effort", "cites", "requires", "upcoming", "same_as"}
"""Fields of a criterion that hold no operand, or are read on their own."""
_OWN = {"gate", "level", "name", "artefact", "role", "audience", "ships_to"}
"""Fields of a gate or level that are operands of what it cites."""


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

    def lacks(self, text: str, ids: Container[str]) -> Iterator[str]:
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


def wrong_citations(workspace: Manifests) -> Iterator[Mistake]:
    """Yield a mistake for each cited number or name without an operand, and each aside that is not cited."""
    for name, place, citation, words in _citations(workspace):
        for word in words:
            message = f"{name} cites {word!r}, which is not among its operands: {citation.text!r}"
            hint = f"correct the rule or the citation, or list {word!r} under `aside`"
            yield place.mistake(message, hint)
        for i, word in enumerate(citation.aside):
            if word not in citation.text:
                message = f"{word!r} does not occur in the cited text"
                yield (place / "aside" / i).mistake(message, "remove it from `aside`")


def unbound_names(workspace: Manifests) -> dict[str, list[str]]:
    """Return the numbers and names without an operand, by the text that cites them."""
    found: dict[str, list[str]] = {}
    for _, _, citation, words in _citations(workspace):
        if words:
            found[citation.text] = list(dict.fromkeys([*found.get(citation.text, ()), *words]))
    return found


def _citations(workspace: Manifests) -> Iterator[tuple[str, Place, Citation, list[str]]]:
    """Yield every citation with the name of its rule, its place, and the names in it without an operand."""
    ids = {*workspace.levels.scale, *workspace.gates, *workspace.services, *workspace.governance.roles}
    for name, place, cites, operands in _rules(workspace):
        for i, citation in enumerate(cites):
            words = dict.fromkeys(operands.lacks(citation.text, ids))
            yield name, place / "cites" / i, citation, [word for word in words if word not in citation.aside]


def _rules(workspace: Manifests) -> Iterator[tuple[str, Place, Sequence[Citation], Operands]]:
    """Yield everything that cites: its name, its place, its citations and its operands."""
    scale, levels = list(workspace.levels.scale), Place(workspace.files[Levels, ""]) / "levels"
    below = dict(zip(scale[1:], scale, strict=False))
    groups: list[tuple[str, Place, Gate | LevelDefinition]] = [
        *((id_, Place(workspace.files[Gate, id_]), gate) for id_, gate in workspace.gates.items()),
        *((level.level, levels / j, level) for j, level in enumerate(workspace.levels.levels)),
    ]
    operands_of = _CriterionOperands(workspace, [group for _, _, group in groups])
    for id_, place, group in groups:
        own = [below.get(id_), *_leaves(group.model_dump(include=_OWN))]
        values = [list(operands_of(criterion)) for criterion in group.criteria]
        yield id_, place, group.cites, Operands.of(chain(own, *values))
        for i, criterion in enumerate(group.criteria):
            yield criterion.id, place / "criteria" / i, criterion.cites, Operands.of([id_, *values[i]])
    governance = workspace.governance
    signers, terms = governance.upgrade_sign_offs, governance.exceptions
    by_default = [*scale[-2:], 1]
    of_exceptions = _leaves(terms.model_dump()) if terms else by_default
    operands = Operands.of([*signers, len(signers), *of_exceptions])
    for name, policy in governance.policy.items():
        place = Place(workspace.files[Governance, ""]) / "policy" / name
        yield f"policy {name}", place, policy.cites, operands


class _CriterionOperands:
    """Lists the values by which a criterion decides; where a person decides, its question is one."""

    def __init__(self, workspace: Manifests, groups: Iterable[Gate | LevelDefinition]) -> None:
        self._criteria = {criterion.id: criterion for group in groups for criterion in group.criteria}
        self._slots = dict(workspace.levels.slots)
        for gate in workspace.gates.values():
            self._slots |= gate.slots

    def __call__(self, criterion: Criterion) -> Iterator[object]:
        yield from _leaves(criterion.model_dump(by_alias=True, exclude_unset=True, exclude=_IGNORED))
        if criterion.attested_by:
            yield from (criterion.question, *criterion.question.split())
        twin = self._criteria.get(criterion.same_as or "")
        if twin and twin.same_as is None:
            yield from self(twin)
        values: list[object] = [
            *criterion.requires,
            *([criterion.subjects.fact] if criterion.subjects else []),
        ]
        for requirement in criterion.requires.values():
            values += _leaves(requirement.model_dump(exclude_unset=True))
        yield from values
        for name in dict.fromkeys(str(value).partition(".")[0] for value in values):
            if slot := self._slots.get(name):
                yield from (slot.kind, *slot.options, *_leaves(slot.options))


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
