"""Find where the rulebook writes a criterion and each of its conditions."""

from collections.abc import Iterator, Mapping

from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.manifests.positions import line_of
from gatekeeper.model.rule import Rule
from gatekeeper.model.rulebook import Gate, Levels
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import LoadedWorkspace

CRITERION = ""
"""The key under which the place of the criterion itself is found."""


def places_of_rule(loaded: LoadedWorkspace, rule: Rule) -> Mapping[str, str]:
    """Return the places of a criterion and of its conditions by fact, each as `gates/G1.yaml:31`.

    A twin is decided by the conditions of its original. What a plan demands has no place in the rulebook.
    """
    written = dict(_criteria(loaded))
    if rule.id not in written:
        return {}
    found = {CRITERION: _place(loaded, *written[rule.id])}
    file, path = written.get(rule.twin or rule.id, written[rule.id])
    for condition in rule.conditions:
        found[condition.fact] = _place(loaded, file, (*path, "requires", condition.fact))
    return found


def _criteria(loaded: LoadedWorkspace) -> Iterator[tuple[str, tuple[str, tuple[str | int, ...]]]]:
    """Yield each criterion's id, its file and its path in it."""
    manifests = loaded.manifests
    for name, gate in manifests.gates.items():
        for i, criterion in enumerate(gate.criteria):
            yield criterion.id, (manifests.files[Gate, name], ("criteria", i))
    for j, level in enumerate(manifests.levels.levels):
        for i, criterion in enumerate(level.criteria):
            yield criterion.id, (manifests.files[Levels, ""], ("levels", j, "criteria", i))


def _place(loaded: LoadedWorkspace, file: str, path: tuple[str | int, ...]) -> str:
    where = str(loaded.root / file)
    name = Bounds(loaded.tree).name(where)
    try:
        document = load(loaded.tree.open(where).read())
    except (OSError, SyntaxProblem):  # it was removed or changed since it was loaded
        return name
    return f"{name}:{line_of(document, None, path)[1]}"
