"""The words of a workspace, each with its meaning: milestones, levels, gates, slots, criteria, people."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from gatekeeper import collectors
from gatekeeper.errors import InvalidWorkspace, in_order
from gatekeeper.manifests.load import load_workspace
from gatekeeper.manifests.schema import documented
from gatekeeper.model.rulebook import Criterion, Requirement, Slot
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.trees import Tree
from gatekeeper.trees.disk import DiskTree

Names = Mapping[str, str]
"""The meaning of each name; empty if there is nothing to say."""


class WorkspaceWords(NamedTuple):
    """The names that a workspace uses, each with its meaning."""

    milestones: Names
    levels: Names
    gates: Names
    slots: Names
    criteria: Names
    waivable: Names
    """The criteria that a person may declare not applicable."""
    targets: Names
    profiles: Names
    roles: Names
    signers: Names
    """The roles that sign levels."""
    services: Names
    people: Names
    owners: Names
    labels: Names
    destinations: Names
    kinds: Names
    facts: Names
    """The facts of all slots: `slot.field`."""


def open_words(root: Path, tree: Tree) -> WorkspaceWords:
    """Return the words of the workspace in a folder.

    Raises:
        InvalidWorkspace: Its rulebook or its milestones contain mistakes.
    """
    loaded = load_workspace(root, tree)
    if loaded.workspace is None:
        raise InvalidWorkspace(in_order(loaded.problems))
    return words_of(loaded.workspace)


def words_of_texts(texts: Mapping[str, str]) -> WorkspaceWords:
    """Return the words of a new workspace, whose files are not written yet."""
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for name, text in texts.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return open_words(root, DiskTree(str(root)))


def words_of(workspace: Manifests) -> WorkspaceWords:
    """Return the words of a workspace, whose services and register may contain mistakes."""
    governance, levels = workspace.governance, workspace.levels.levels
    criteria = {one.id: one for one in _criteria(workspace)}
    slots = {**workspace.levels.slots}
    for gate in workspace.gates.values():
        slots |= gate.slots
    read_by, compared_by = (_readers(criteria.values(), named) for named in (_slots_of, _targets_of))
    roles = {name: role.about for name, role in governance.roles.items()}
    profiles = workspace.conventions.profiles
    manifests = dict.fromkeys(sorted(name for model, name in workspace.files if model is Service), "")
    owners = [of.owner for of in workspace.services.values()]
    teams = [team for person in governance.roster.values() for team in person.teams]
    return WorkspaceWords(
        milestones={name: _milestone(of.name, of.exit_date) for name, of in workspace.milestones.items()},
        levels={of.level: f"{of.name}: {of.meaning} For: {of.audience}." for of in levels},
        gates={name: f"{gate.name}: {gate.definition}" for name, gate in workspace.gates.items()},
        slots={name: _slot(slot, read_by.get(name, ())) for name, slot in slots.items()},
        criteria={name: _criterion(of) for name, of in criteria.items()},
        waivable={
            name: f"{of.question}\n\nMay be declared not applicable by {of.waivable_by}."
            for name, of in criteria.items()
            if of.waivable_by
        },
        targets={name: f"Compared by {', '.join(ids)}." for name, ids in compared_by.items()},
        profiles={name: profile.about or "" for name, profile in profiles.items()},
        roles=roles,
        signers={name: roles.get(name, "") for name in governance.upgrade_sign_offs},
        services=manifests | {name: _service(of) for name, of in workspace.services.items()},
        people={name: ", ".join((*of.roles, *of.teams)) for name, of in governance.roster.items()},
        owners=_each_once(owners, teams),
        labels=_each_once(_labels(workspace, criteria.values())),
        destinations=_each_once(*(of.ships_to for of in levels)),
        kinds={name: _first_sentence(_about_kind(name)) for name in sorted(collectors.KINDS.names)},
        facts={fact: meaning for name, slot in slots.items() for fact, meaning in _facts(name, slot.kind)},
    )


def _criteria(workspace: Manifests) -> Iterator[Criterion]:
    for gate in workspace.gates.values():
        yield from gate.criteria
    for level in workspace.levels.levels:
        yield from level.criteria


def _requirements(criterion: Criterion) -> Iterator[tuple[str, Requirement]]:
    """Yield what a criterion asks of facts, now and later."""
    for version in (criterion, criterion.upcoming):
        yield from version.requires.items() if version else ()


def _milestone(name: str | None, exit_date: object) -> str:
    return ". ".join(filter(None, [name, f"Exit on {exit_date}" if exit_date else None]))


def _service(service: Service) -> str:
    return " ".join(filter(None, [f"Of {service.owner}.", service.about]))


def _slot(slot: Slot, readers: Sequence[str]) -> str:
    read_by = f"\n\nRead by {', '.join(readers)}." if readers else ""
    return f"Takes `{slot.kind}`{f': {slot.about}' if slot.about else ''}.{read_by}"


def _readers(
    criteria: Iterable[Criterion], named: Callable[[str, Requirement], Iterable[str]]
) -> Mapping[str, Sequence[str]]:
    """Return the criteria whose conditions name something, by its name."""
    found: dict[str, dict[str, None]] = {}
    for criterion in criteria:
        for asked in _requirements(criterion):
            for name in named(*asked):
                found.setdefault(name, {})[criterion.id] = None
    return {name: tuple(ids) for name, ids in found.items()}


def _slots_of(fact: str, requirement: Requirement) -> Iterator[str]:
    for one in (fact, *(str(of["fact"]) for of in _references(requirement) if "fact" in of)):
        yield one.partition(".")[0]


def _targets_of(_: str, requirement: Requirement) -> Iterator[str]:
    yield from (str(of["target"]) for of in _references(requirement) if "target" in of)


def _references(requirement: Requirement) -> Iterator[Mapping[str, Any]]:
    """Yield the operands that are not plain values: `{fact: slot.field}`, `{target: name}`."""
    yield from (operand for _, operand in requirement if isinstance(operand, Mapping))


def _criterion(criterion: Criterion) -> str:
    attested = criterion.attested_by or criterion.or_attested_by
    slots = dict.fromkeys(fact.partition(".")[0] for fact in criterion.requires)
    decided = [
        f"Decided by {', '.join(f'`{slot}`' for slot in slots)}." if slots else "",
        f"Decided as {criterion.same_as} is." if criterion.same_as else "",
        f"May be attested by {attested}." if attested else "",
    ]
    return "\n\n".join(filter(None, [criterion.question, " ".join(filter(None, decided))]))


def _labels(workspace: Manifests, criteria: Iterable[Criterion]) -> Iterator[str]:
    for service in workspace.services.values():
        yield from service.labels
    for profile in workspace.conventions.profiles.values():
        yield from profile.labels
    yield from (of.applies_when.label for of in criteria if of.applies_when and of.applies_when.label)
    for milestone in workspace.milestones.values():
        yield from (entry.label for entry in milestone.must_be_green if entry.label)


def _each_once(*groups: Iterable[str]) -> Names:
    return dict.fromkeys(sorted({name for group in groups for name in group}), "")


def _about_kind(name: str) -> str:
    module = collectors.KINDS.find(name)
    return getattr(module, "__doc__", None) or ""


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.:;]) ", " ".join(text.split()), maxsplit=1)[0].rstrip(":;")


def _facts(slot: str, name: str) -> Iterator[tuple[str, str]]:
    kind = collectors.find(name)
    if kind is None or kind.facts is None:
        return
    meanings = documented(kind.facts)
    for field, shape in (kind.fields or {}).items():
        yield f"{slot}.{field}", f"{_first_sentence(meanings.get(field, ''))} ({shape.value})".strip()
