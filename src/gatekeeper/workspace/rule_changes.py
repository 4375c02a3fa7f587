"""Change the rulebook of a loaded workspace by texts: `G1.coverage=97`; every mistake at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from gatekeeper import collectors
from gatekeeper.errors import UsageError, nearest
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.rules.editing import RuleEdit, edited
from gatekeeper.judging.rules.notation import read_changes, spelled
from gatekeeper.judging.rules.staging import staged
from gatekeeper.manifests.load import locate_mistakes
from gatekeeper.manifests.validation import flaws_of
from gatekeeper.model.rule import is_date
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.workspace import Manifests, Mistake
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.rule_additions import Addition, NewRules, additions


class RuleChanges(NamedTuple):
    """What somebody would change in a rulebook, as they write it."""

    set: Sequence[str] = ()
    """Values to set: `G1.coverage=97`."""
    drop: Sequence[str] = ()
    """Criteria, conditions, fields or items of lists to drop: `G1.no-any`."""
    add: Sequence[NewRules] = ()
    """Files with criteria and slots to add."""
    effective: str | None = None
    """The milestone or the date from which the changes bind; None: at once."""


class Changed(NamedTuple):
    """A workspace with a changed rulebook, and how to change its files likewise."""

    workspace: LoadedWorkspace
    edits: tuple[tuple[RuleEdit, RuleEdit], ...]
    """Each edit that was asked for, with the one that makes it; they differ if it takes effect later."""
    added: tuple[Addition, ...]


def changed(loaded: LoadedWorkspace, changes: RuleChanges) -> Changed:
    """Return a workspace whose rulebook has these changes; its files stay as they are.

    Raises:
        UsageError: A text names no rule or more than one, a value or a file is not valid, something cannot
            take effect later, or services contradict the changed rulebook; it lists every mistake.
    """
    before, effective = loaded.manifests, changes.effective
    edits, mistakes = read_changes(before, changes.set, changes.drop, read_value)
    _refuse(mistakes)
    after, made = apply(before, edits), edits
    if effective is not None:
        if effective not in before.milestones and not is_date(effective):
            hint = nearest(effective, before.milestones)
            raise UsageError(
                f"--effective {effective}: neither a milestone nor a date such as 2026-12-01; {hint}"
            )
        made, mistakes = staged(before, after, edits, effective)
        _refuse(mistakes)
        after = apply(before, made)
    added = additions(after, changes.add, effective)
    after = apply(after, [one.edit for one in added])
    bound = bind(after, collectors.find)
    _refuse(_explained(loaded, after, bound.mistakes or check_plan(after, bound.rulebook), added))
    workspace = loaded._replace(manifests=after, rulebook=bound.rulebook)
    return Changed(workspace, tuple(zip(edits, made, strict=True)), tuple(added))


def _refuse(mistakes: Iterable[str]) -> None:
    if text := "\n".join(dict.fromkeys(mistakes)):
        raise UsageError(text)


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
    _refuse(wrong)
    return manifests


def _explained(
    loaded: LoadedWorkspace, after: Manifests, mistakes: Iterable[Mistake], added: Sequence[Addition]
) -> Iterator[str]:
    """Yield mistakes: those of rules by what a change names, those of other files by line and column."""
    rules = {file: key for key, file in after.files.items() if key[0] in (Gate, Governance, Levels)}
    for mistake in mistakes:
        key = rules.get(mistake.file)
        adding = [
            one
            for one in added
            if key == one.edit.manifest and mistake.path[: len(one.edit.path)] == one.edit.path
        ]
        if adding:
            yield str(adding[0].locate(mistake))
        elif key:
            yield _line(spelled(after, key, mistake.path), mistake.message, mistake.hint)
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
