"""Change the rulebook of a loaded workspace by texts: `G1.coverage=97`; every mistake at once."""

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from gatekeeper import collectors
from gatekeeper.errors import UsageError
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.rules.editing import RuleEdit, edited
from gatekeeper.judging.rules.notation import read_changes, spelled
from gatekeeper.manifests.load import locate_mistakes
from gatekeeper.manifests.validation import flaws_of
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.workspace import Manifests, Mistake
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import LoadedWorkspace


def with_changes(
    loaded: LoadedWorkspace, set_: Sequence[str] = (), drop: Sequence[str] = ()
) -> LoadedWorkspace:
    """Return a workspace whose rulebook has these changes; its files stay as they are.

    Args:
        loaded: The workspace.
        set_: Values to set: `G1.coverage=97`.
        drop: What to drop: `G1.no-any`.

    Raises:
        UsageError: A text names no rule or more than one, a value is not valid, or services contradict the
            changed rulebook; it lists every mistake.
    """
    changes = read_changes(loaded.manifests, set_, drop, read_value)
    if changes.mistakes:
        raise UsageError("\n".join(changes.mistakes))
    return rebound(loaded, apply(loaded.manifests, changes.edits))


def apply(manifests: Manifests, edits: Sequence[RuleEdit]) -> Manifests:
    """Return manifests with edits; raise `UsageError` with every value that is not valid."""
    wrong: list[str] = []
    for manifest in dict.fromkeys(edit.manifest for edit in edits):
        try:
            manifests = edited(manifests, *(edit for edit in edits if edit.manifest == manifest))
        except ValidationError as error:
            wrong += (
                _line(spelled(manifests, manifest, flaw.path), flaw.message, flaw.hint)
                for flaw in flaws_of(error, manifest[0])
            )
    if wrong:
        raise UsageError("\n".join(wrong))
    return manifests


def rebound(loaded: LoadedWorkspace, manifests: Manifests) -> LoadedWorkspace:
    """Return a workspace with changed manifests, bound; raise `UsageError` with every contradiction."""
    bound = bind(manifests, collectors.find)
    mistakes = bound.mistakes or check_plan(manifests, bound.rulebook)
    if mistakes:
        raise UsageError("\n".join(dict.fromkeys(_explained(loaded, manifests, mistakes))))
    return loaded._replace(manifests=manifests, rulebook=bound.rulebook)


def _explained(loaded: LoadedWorkspace, changed: Manifests, mistakes: Sequence[Mistake]) -> Iterator[str]:
    """Yield mistakes: those of rules by what a change names, those of other files by line and column."""
    rules = {file: key for key, file in changed.files.items() if key[0] in (Gate, Governance, Levels)}
    for mistake in mistakes:
        if key := rules.get(mistake.file):
            yield _line(spelled(changed, key, mistake.path), mistake.message, mistake.hint)
        else:
            (problem,) = locate_mistakes(loaded.root, loaded.tree, [mistake])
            yield f"the change makes the workspace invalid: {problem}"


def read_value(written: str) -> object:
    """Return a value as YAML writes it; raise `ValueError` if it is not one."""
    if not written.strip():
        raise ValueError("write a value after `=`")
    try:
        return load(written.encode()).value
    except SyntaxProblem as problem:
        raise ValueError(problem.message) from None


def _line(where: str, message: str, hint: str | None) -> str:
    return f"{where}: {message}" + (f"; {hint}" if hint else "")
