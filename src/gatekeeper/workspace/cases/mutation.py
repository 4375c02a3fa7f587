"""Judge the cases by mutants of the rulebook, and report those that no case notices."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from gatekeeper import collectors
from gatekeeper.errors import Problem, UsageError, in_order, nearest
from gatekeeper.judging.rules.mutants import Mutant, mutants, mutated
from gatekeeper.judging.rules.mutation_operators import SHOWS
from gatekeeper.manifests.load import locate_mistakes
from gatekeeper.model.mutation import MutationReport, Proposal, Score, Survivor
from gatekeeper.model.workspace import Manifests
from gatekeeper.trees import Tree
from gatekeeper.workspace.cases.proposals import proposal
from gatekeeper.workspace.cases.reporting import open_suite
from gatekeeper.workspace.cases.running import CaseJudge, run
from gatekeeper.workspace.cases.suite import PreparedCase, Suite
from gatekeeper.workspace.loading import LoadedWorkspace


def judge_mutants(root: Path, tree: Tree, selected: Collection[str] = ()) -> MutationReport:
    """Judge the cases of a workspace by every mutant of its rulebook.

    Args:
        root: The folder of the workspace.
        tree: Its files.
        selected: Ids of criteria, slots, gates and levels, and `governance`: what is mutated; by default all.

    Raises:
        InvalidWorkspace: The rulebook or a file of cases contains mistakes.
        UsageError: Something selected is unknown, there is no case at all, or a case does not hold.
    """
    loaded, suite = open_suite(root, tree)
    if failed := sum(bool(one.differences) for one in run(suite.cases, loaded)):
        raise UsageError(f"{failed} of {len(suite.cases)} cases differ: run `gatekeeper test` first")
    return _Mutation(loaded, suite).report(selected)


_SHOWS = "something that this change decides otherwise"


class _Mutation:
    """The mutants of a workspace, sorted by what becomes of them."""

    def __init__(self, loaded: LoadedWorkspace, suite: Suite) -> None:
        self._loaded = loaded
        self._suite = suite
        self._manifests = loaded.manifests
        self._all = {mutant.id: mutant for mutant in mutants(loaded.manifests, collectors.find)}
        self._killed: list[Mutant] = []
        self._survived: dict[str, Manifests] = {}
        """By mutant: the manifests with it."""
        self._discarded: list[str] = []

    def report(self, selected: Collection[str]) -> MutationReport:
        """Judge the selected mutants."""
        for mutant in self._selected(selected):
            changed = mutated(self._manifests, mutant, collectors.find)
            if changed is None:
                self._discarded.append(mutant.id)
            elif _is_noticed(self._in_order(mutant), self._loaded._replace(manifests=changed)):
                self._killed.append(mutant)
            else:
                self._survived[mutant.id] = changed
        equivalent = {id_ for _, id_ in self._listed}
        return MutationReport(
            scores=self._scores(equivalent),
            survivors=tuple(self._described(id_) for id_ in self._survived if id_ not in equivalent),
            problems=in_order(self._not_equivalent()),
            discarded=tuple(self._discarded),
            cases=len(self._suite.cases),
        )

    def _selected(self, names: Collection[str]) -> Iterable[Mutant]:
        known = dict.fromkeys(
            name for mutant in self._all.values() for name in (mutant.group, mutant.subject)
        )
        for name in names:
            if name not in known:
                raise UsageError(f"nothing is mutated that is named {name!r}; {nearest(name, sorted(known))}")
        return [one for one in self._all.values() if not names or {one.group, one.subject} & set(names)]

    def _in_order(self, mutant: Mutant) -> list[PreparedCase]:
        """Return all cases, those of what is changed first: they notice most mutants."""
        rules = self._loaded.rulebook.by_id.values()
        changed = {rule.id for rule in rules if mutant.subject in (rule.id, rule.twin, *rule.slots)}
        changed.add(mutant.subject)

        def distance(case: PreparedCase) -> int:
            return 0 if case.about in changed else 1 if case.about.partition(".")[0] == mutant.group else 2

        return sorted(self._suite.cases, key=distance)

    def _scores(self, equivalent: Collection[str]) -> dict[str, Score]:
        counts: dict[str, list[int]] = {mutant.group: [0, 0, 0] for mutant in self._all.values()}
        for mutant in self._killed:
            counts[mutant.group][0] += 1
        for id_ in self._survived:
            counts[self._all[id_].group][2 if id_ in equivalent else 1] += 1
        return {group: Score(*of) for group, of in counts.items() if any(of)}

    def _described(self, id_: str) -> Survivor:
        mutant = self._all[id_]
        place = mutant.place(self._manifests)
        [problem] = locate_mistakes(self._loaded.root, self._loaded.tree, [place.mistake("")])
        where = (problem.file, problem.line, problem.column)
        return Survivor(id_, mutant.group, *where, self._shows(mutant), self._proposal(id_))

    def _proposal(self, id_: str) -> Proposal | None:
        return proposal(self._suite, self._all[id_], self._loaded, self._survived[id_])

    def _shows(self, mutant: Mutant) -> str:
        """Return what a case must show so that it notices a mutant."""
        about = {case.about for case in self._suite.cases}
        if mutant.subject in self._loaded.rulebook.by_id and mutant.subject not in about:
            return f"that {mutant.subject} passes; from it, others can be proposed"
        return next((SHOWS[str(step)] for step in mutant.edit.path if step in SHOWS), _SHOWS)

    @property
    def _listed(self) -> list[tuple[str, str]]:
        """The mutants that are listed as equivalent, with their files."""
        documents = self._suite.documents.items()
        return [(file, id_) for file, document in documents for id_ in document.value.get("equivalent", ())]

    def _not_equivalent(self) -> Iterator[Problem]:
        """Yield each mutant that is wrongly listed as equivalent."""
        killed = {mutant.id for mutant in self._killed}
        for file, id_ in self._listed:
            position = self._suite.documents[file].position(("equivalent", id_), of_key=True)
            if id_ not in self._all:
                yield Problem(file, *position, f"there is no mutant {id_!r}", nearest(id_, self._all))
            elif id_ in killed:
                yield Problem(file, *position, f"a case notices {id_!r}", "remove this line")
            elif id_ in self._discarded:
                yield Problem(file, *position, f"{id_!r} is not a valid rulebook", "remove this line")
            elif id_ in self._survived and (found := self._proposal(id_)):
                hint = f"remove this line, and add {found.lines[-1].strip()} to {found.file}"
                yield Problem(file, *position, f"a case can notice {id_!r}", hint)


def _is_noticed(cases: Iterable[PreparedCase], changed: LoadedWorkspace) -> bool:
    """Return whether a case differs; one that changes rules which a mutant does not have notices nothing."""
    judge = CaseJudge(changed)
    for case in cases:
        with suppress(ValueError):
            if judge.run(case).differences:
                return True
    return False
