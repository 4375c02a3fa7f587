"""Changes of small workspaces, drawn from seeds: a base, one to four edits of it, and what `diff` prints."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from random import Random
from typing import NamedTuple

from builders import (
    edits_of_conventions,
    edits_of_evidence,
    edits_of_guards,
    edits_of_milestones,
    edits_of_plans,
    edits_of_rules,
    edits_of_signatures,
)
from builders.edits import ALL, Made, entries, exited, make, owed
from builders.in_memory import Files, Op, changed, state
from builders.keyed_workspaces import GOVERNANCE, with_keys
from builders.small_workspaces import PEOPLE, entry, sign_offs, workspace
from builders.whats_open import DAY, Open, all_cases, load_files, whats_open
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults
from gatekeeper.judging.verdicts.levels import verify
from gatekeeper.judging.verdicts.services import judge_everywhere
from gatekeeper.model.changes import Change, Comparison
from gatekeeper.workspace.comparing import compare
from gatekeeper.workspace.differences import Dates
from gatekeeper.workspace.loading import LoadedWorkspace

GRAMMAR = (
    edits_of_plans,
    edits_of_evidence,
    edits_of_conventions,
    edits_of_guards,
    edits_of_milestones,
    edits_of_rules,
    edits_of_signatures,
)
"""The modules whose import fills `ALL`."""


class Base(NamedTuple):
    """A workspace, and what is open in it."""

    files: Files
    open: frozenset[Open]


class Drawn(NamedTuple):
    """A change of a base, and what it does."""

    base: Base
    made: tuple[Made, ...]
    head: Base
    comparison: Comparison

    @property
    def closed(self) -> frozenset[Open]:
        """What is open in the base and not in the head, each by its own rules.

        A milestone that has exited is history.
        """
        over = {f"milestone {name}" for name in exited(self.base.files)}
        return frozenset(one for one in self.base.open - self.head.open if one.at not in over)

    def in_words(self) -> str:
        """Return the edits, what they close, and what `diff` prints."""
        lines = ["edits:", *(f"  {one}" for one in self.made), "closed:"]
        lines += [f"  {one}" for one in sorted(map(str, self.closed))]
        lines += ["diff prints:", *(f"  {_printed(change)}" for change in self.comparison.changes)]
        return "\n".join(lines)


def _printed(change: Change) -> str:
    blocks = "blocks" if change.blocks else "does not block"
    return f"[{change.kind}, {change.cause}, {blocks}] {change.service or ''} {change.id}: {change.message}"


@lru_cache(maxsize=256)
def base(seed: int) -> Base:
    """Return the workspace of a seed."""
    of = Random(f"base {seed}")  # noqa: S311
    files = workspace(of)
    recorded = ["replace artefacts by a record"] if of.random() < 0.2 else []
    has_profile = Random(f"profiles {seed}").random() < 0.3  # noqa: S311
    profiled = ["state in a profile what a manifest says"] if has_profile else []
    for name in recorded + profiled + of.choices(list(ALL), k=of.choice((0, 0, 0, 2, 4, 8))):
        made = make(name, files, of)
        files = _if_valid(files, made.ops if made else ())
    for settle in (_sign_what_holds, _except_what_lacks):
        loaded = load_files(files)
        assert loaded
        if of.random() < 0.75:
            files = _if_valid(files, settle(files, loaded))
    if of.random() < 0.3:
        files = _with_some_keys(files, of)
    loaded = load_files(files)
    assert loaded
    return Base(files, whats_open(loaded))


def _with_some_keys(files: Files, of: Random) -> Files:
    """Return files whose people have keys, and must sign in some of their roles."""
    roles = [*files[GOVERNANCE]["roles"], "ci"]
    return with_keys(files, of, of.sample(roles, of.randrange(len(roles))))


def _if_valid(files: Files, ops: Iterable[Op]) -> Files:
    """Return files with changes, if they are still a valid workspace."""
    after = changed(files, ops)
    return after if load_files(after) else files


def _sign_what_holds(files: Files, loaded: LoadedWorkspace) -> Iterator[Op]:
    """Sign the verified level of each service, so that it is effective."""
    signers = [role for role in loaded.rulebook.governance.upgrade_sign_offs if role in PEOPLE]
    for name, case in all_cases(loaded).items():
        judge = ServiceJudge(case, resolve(case.service, case.rulebook.scale), SharedResults())
        lowest = case.rulebook.scale.lowest
        level = verify(judge, lowest, lowest).level
        yield Op(f"services/{name}.yaml", ("sign_offs",), sign_offs(level.id, signers) if level.rank else {})
        yield Op(f"services/{name}.yaml", ("level",), level.id)


def _except_what_lacks(files: Files, loaded: LoadedWorkspace) -> Iterator[Op]:
    """Register an exception for what is open, where the plan targets the level that exceptions excuse.

    Of several such milestones, it is the one that lacks the least besides.
    """
    rule, last = loaded.rulebook.exceptions, list(loaded.manifests.milestones)[-1]
    for name, case in all_cases(loaded).items():
        may = set(owed(files, f"services/{name}.yaml"))
        has_one = any(one["service"] == name for _, one in entries(files))
        results = {} if has_one else judge_everywhere(case)
        lacks = {
            at: [one.rule.id for one in result.criteria if one.blocks]
            for at, result in results.items()
            if result.cell.level == rule.excuse and at != last
        }
        for at in sorted(lacks, key=lambda at: len(set(lacks[at]) - may))[:1]:
            delta = [name for name in lacks[at] if name in may] or [rule.sign_off]
            yield Op(f"milestones/risk-register/RR-{name}.yaml", (), entry(f"RR-{name}", name, delta, at))


def draw(seed: int, names: Sequence[str], of: Random) -> Drawn | None:
    """Return a change of the base of a seed by edits of these names; None if none of them is possible.

    An edit that is not possible, or makes the workspace invalid, is left out.
    """
    was = base(seed)
    files = was.files
    made: list[Made] = []
    for name in names:
        if one := make(name, files, of):
            files, made = changed(files, one.ops), [*made, one]
    return (drawn(was, made) or drawn(was, _only_valid(was.files, made))) if made else None


def _only_valid(files: Files, made: Sequence[Made]) -> list[Made]:
    kept: list[Made] = []
    for one in made:
        after = changed(files, one.ops)
        if load_files(after):
            files, kept = after, [*kept, one]
    return kept


def drawn(was: Base, made: Sequence[Made]) -> Drawn | None:
    """Return a change with what it does; None if there is none, or it leads to an invalid workspace."""
    files = was.files
    for one in made:
        files = changed(files, one.ops)
    loaded = load_files(files) if made else None
    if loaded is None:
        return None
    return Drawn(was, tuple(made), Base(files, whats_open(loaded)), compared(was.files, files))


def compared(base_files: Files, head_files: Files) -> Comparison:
    """Return what `diff` finds between two states."""
    states = state("the base", base_files), state("the head", head_files)
    return compare(*states, Dates(DAY, DAY)).comparison
