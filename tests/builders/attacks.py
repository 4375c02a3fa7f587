"""Changes by somebody without a key of the people who must sign: what they gain, and whether `diff` stops it."""

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import NamedTuple

from builders import drawn_changes, edits_of_milestones, edits_of_signatures
from builders.drawn_changes import compared
from builders.edits import ALL, Made, make
from builders.in_memory import GONE, Files, Op, changed
from builders.keyed_workspaces import GOVERNANCE, with_keys
from builders.small_workspaces import ROLES
from builders.whats_open import DAY, all_cases, load_files
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.services import judge_everywhere
from gatekeeper.judging.verdicts.sign_offs import signed_level
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.workspace.loading import LoadedWorkspace

SETTINGS = "gatekeeper.yaml"
PEOPLE_FILE = "people.yaml"
_ROADMAP = ("add a milestone", "remove a milestone", "change the order of milestones")
_MANIFESTS = (
    "attest",
    "withdraw an attestation",
    "let an attestation end on another day",
    "let a waiver end on another day",
    "declare not applicable",
    "declare not applicable no longer",
    "sign a level",
    "sign a level in part",
    "complete a signature",
    "withdraw a signature",
    "withdraw all signatures",
    "change a claim",
    "change the owner",
    "rename a service",
    "date a record otherwise",
    "edit a record by hand",
    "delete a record",
)
_GOVERNANCE = (
    "let other roles sign",
    "give a person a role",
    "take a person off the roster",
    "change whether a role is of the service",
    "let another role record exits",
    "break the glass",
    "let another role approve weakenings",
)
OF_SIGNATURES = tuple(
    name for name, known in ALL.items() if known.edit.__module__ == edits_of_signatures.__name__
)
ATTACKS = tuple(
    name
    for name, known in ALL.items()
    if name in (*_MANIFESTS, *_GOVERNANCE, *OF_SIGNATURES)
    or (known.edit.__module__ == edits_of_milestones.__name__ and name not in _ROADMAP)
)
"""The edits of statements, people, keys, the register and exits; what is asked and the evidence stay."""
assert {*_MANIFESTS, *_GOVERNANCE} <= {*ATTACKS}


NEW_KEYS = frozenset(
    (
        "add a key",
        "join the roster with a key",
        "replace a key",
        "sign with a key that is newly allowed",
        "swap two people",
        "let another pipeline record",
    )
)
"""The edits by which somebody else may sign once they are merged."""


class Gain(NamedTuple):
    """Something that a change gives."""

    rules: str
    """By which rules: `the base` or `its own`."""
    what: str


class State(NamedTuple):
    """A workspace and what its people have reached in it."""

    files: Files
    reached: frozenset[str]


class Attack(NamedTuple):
    """A change by somebody without a key."""

    base: State
    made: tuple[Made, ...]
    moves_people: bool
    """Whether the governance is moved to another file as well."""

    @property
    def head(self) -> Files:
        """The files after the change."""
        files = self.base.files
        for one in self.made:
            files = changed(files, one.ops)
        if not self.moves_people:
            return files
        moved = [Op(SETTINGS, ("governance",), PEOPLE_FILE), Op(PEOPLE_FILE, (), files[GOVERNANCE])]
        return changed(files, [*moved, Op(GOVERNANCE, (), GONE)])

    def gains(self) -> frozenset[Gain] | None:
        """Return what is reached in the head and not in the base; None if the head is invalid."""
        own = load_files(self.head)
        if own is None:
            return None
        people = self.base.files[GOVERNANCE]
        kept = [Op(GOVERNANCE, (), people), Op(SETTINGS, (), self.base.files[SETTINGS])]
        by_base = load_files(changed(self.head, kept))
        sides = {"its own": own, "the base": by_base}
        return frozenset(
            Gain(rules, what)
            for rules, loaded in sides.items()
            if loaded
            for what in reached(loaded) - self.base.reached
        )


def reached(loaded: LoadedWorkspace) -> frozenset[str]:
    """Return what people decide: what is not open, signed levels, exceptions in force, and exits that count."""
    milestones = loaded.manifests.milestones
    exits = {f"{name} has exited" for name in milestones if milestones.has_exited(name, DAY)}
    cases = all_cases(loaded)
    return frozenset(exits).union(
        *(_levels(case) for case in cases.values()),
        *(_at_milestones(case, loaded, name) for name, case in cases.items()),
    )


def _levels(case: Case) -> Iterator[str]:
    level = signed_level(case)
    for other in case.rulebook.scale.values():
        if other <= level:
            yield f"{_about(case)} is signed off for {other}"


def _at_milestones(case: Case, loaded: LoadedWorkspace, name: str) -> Iterator[str]:
    entries = [one for one in loaded.manifests.exceptions.values() if one.service == name]
    for at, result in judge_everywhere(case, entries).items():
        yield from (f"{one.id} is in force at {at}" for one in result.exceptions if one.state == "in_force")
        for one in result.criteria:
            if not one.blocks:
                yield f"{_about(case)}: {one.rule.id} is closed at {at}"
        if result.verdict is not ServiceVerdict.BLOCKED:
            yield f"{_about(case)} is ready at {at}"


def _about(case: Case) -> str:
    return case.service.about or case.service.service


@lru_cache(maxsize=256)
def signed_base(seed: int) -> State:
    """Return the workspace of a seed, in which every role must be signed."""
    of = Random(f"signed {seed}")  # noqa: S311 - the same choices in every run
    files = drawn_changes.base(seed).files
    recorded = make("replace artefacts by a record", files, of) if of.random() < 0.5 else None
    after = changed(files, recorded.ops) if recorded else files
    files = after if load_files(after) else files
    roles = files[GOVERNANCE]["roles"]
    signers = files[GOVERNANCE]["upgrade_sign_offs"] or [role for role in ROLES if role in roles]
    files = changed(files, [Op(GOVERNANCE, ("upgrade_sign_offs",), signers)])
    files = with_keys(files, of, [*roles, "ci"])
    loaded = load_files(files)
    assert loaded, f"the signed workspace {seed} is invalid"
    return State(files, reached(loaded))


def draw_attack(seed: int, names: tuple[str, ...], of: Random) -> Attack:
    """Return a change of the workspace of a seed by the edits of these names that are possible."""
    return attacked(signed_base(seed), names, of)._replace(moves_people=of.random() < 0.2)


def attacked(base: State, names: tuple[str, ...], of: Random) -> Attack:
    """Return a change of a workspace by the edits of these names that are possible."""
    files = base.files
    made: list[Made] = []
    for name in names:
        one = make(name, files, of)
        after = changed(files, one.ops) if one else files
        if one and load_files(after):
            files, made = after, [*made, one]
    return Attack(base, tuple(made), moves_people=False)


def unreported(attack: Attack) -> str | None:
    """Return in words what somebody gains although no change blocks; None if there is nothing.

    Of the edits, only those are kept without which less is gained: so what blocks is about them.
    """
    gains = attack.gains()
    if not gains:
        return None
    attack = _smallest(attack)
    comparison = compared(attack.base.files, attack.head)
    if comparison.blocking:
        return None
    lines = [f"by the rules of {one.rules}: {one.what}" for one in sorted(attack.gains() or ())]
    lines += ["edits:", *(f"  {one}" for one in attack.made)]
    lines += ["diff prints:", *(f"  [{one.kind}] {one.id}: {one.message}" for one in comparison.changes)]
    return "\n".join(lines)


def _smallest(attack: Attack) -> Attack:
    """Leave out edits as long as something is gained."""
    for one in attack.made if len(attack.made) > 1 else ():
        fewer = attack._replace(made=tuple(other for other in attack.made if other is not one))
        if fewer.gains():
            return _smallest(fewer)
    return attack
