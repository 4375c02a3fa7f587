"""`verify-signatures`: who signed what, and which signatures do not count."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gatekeeper.model.rulebook import Governance
from gatekeeper.model.screen import Screen
from gatekeeper.model.signature import ListedStatement, SignatureState, StatementSeen
from gatekeeper.model.statement import Act
from gatekeeper.model.status import Status
from gatekeeper.reporters.json import statement
from gatekeeper.reporters.text.screen import Part, Parts, indented, item, shown, sign, uncut
from gatekeeper.reporters.wording.counts import counted, first_few
from gatekeeper.reporters.wording.statements import counted_statements, how_made, stated

_SIGNS = {
    SignatureState.SIGNED: Status.PASS,
    SignatureState.GRANDFATHERED: Status.EXCEPTED,
    SignatureState.TYPED: Status.NOT_APPLICABLE,
    SignatureState.UNKNOWN: Status.NOT_APPLICABLE,
    SignatureState.INVALID: Status.FAIL,
    SignatureState.WITHDRAWN: Status.FAIL,
}
_MEANS = {
    SignatureState.GRANDFATHERED: ": older than the requirement; counts until a level above is signed",
    SignatureState.UNKNOWN: ": by a key of no recorder; counts as unsigned",
}
_MOST_PLACES, _MOST_WRONG = 3, 20


def data(found: Sequence[ListedStatement], governance: Governance) -> dict[str, Any]:
    """Return every statement with its signature."""
    return {
        "required": _required(governance),
        "counts": {state.value: n for state, n in _counts(found).items()},
        "problems": sum(one.is_problem for one in found),
        "statements": [_row(one) for one in found],
    }


def _row(one: ListedStatement) -> dict[str, Any]:
    return {
        **statement(StatementSeen(one.statement, one.seen)),
        "service": one.service,
        "place": one.place,
        "digest": one.digest,
        "problem": one.is_problem,
        "also_at": one.also_at,
    }


def parts(
    found: Sequence[ListedStatement], governance: Governance, program: str, screen: Screen, *, each: bool
) -> Parts:
    """Yield the problems, the counts, and the rest by person and key, or each entry by itself.

    Args:
        found: The statements.
        governance: Who must sign.
        program: How a command to copy begins.
        screen: What it is drawn for.
        each: Whether every entry is shown by itself.
    """
    problems = [one for one in found if one.is_problem]
    wrong = [one for one in problems if one.seen.is_wrong]
    unsigned = [one for one in problems if not one.seen.is_wrong]
    yield from _wrong(wrong, program, len(wrong) if each else _MOST_WRONG, screen)
    yield from _unsigned(unsigned, program, None if each else _MOST_PLACES, screen)
    counts = ", ".join(f"{n:,} {state}" for state, n in _counts(found).items() if n)
    must = f"; {len(unsigned):,} must be signed" if unsigned else ""
    outcome = sign(Status.FAIL if problems else Status.PASS, screen)
    yield f"{outcome} {': '.join(filter(None, [counted(len(found), 'statement'), counts]))}{must}"
    if required := _required(governance):
        yield f"signatures are required of: {', '.join(map(shown, required))}"
    else:
        yield "no role needs signatures: `gatekeeper keys require ROLE` changes that"
    rest = [one for one in found if not one.is_problem]
    yield from _each(rest, screen) if each else _groups(rest, screen)


def _required(governance: Governance) -> list[str]:
    return [role for role, how in governance.signatures.items() if how == "required"]


def _counts(found: Iterable[ListedStatement]) -> dict[SignatureState, int]:
    counts = Counter(one.seen.state for one in found)
    return {state: counts[state] for state in SignatureState}


def _wrong(found: Sequence[ListedStatement], program: str, most: int, screen: Screen) -> Parts:
    """Yield the entries that do not count whether a signature is required or not."""
    for one in found[:most]:
        yield _heading(one, screen)
        yield indented(shown(one.seen.why or ""), 2)
        if one.also_at:
            yield indented(f"the same signature is at {shown(first_few(one.also_at, _MOST_PLACES))}", 2)
        yield indented(shown(one.place), 2)
    if more := len(found) - most if len(found) > most else 0:
        yield f"and {more:,} more: --all shows them"
    if found:
        if all(one.seen.state is SignatureState.WITHDRAWN for one in found):
            yield item("→", "remove each entry; what holds after all needs another date or link", 0)
        else:
            yield item("→", "restore each entry as it was signed, remove it, or have it signed again:", 0)
            yield uncut(f"{program} sign --by NAME --key FILE", 2)
        yield ""


def _heading(one: ListedStatement, screen: Screen) -> Part:
    of, outcome = one.statement, _SIGNS[one.seen.state]
    return item(sign(outcome, screen), f"[bold]{shown(stated(of))}[/] by {shown(of.by)}, {of.on}", 0)


def _unsigned(found: Sequence[ListedStatement], program: str, most: int | None, screen: Screen) -> Parts:
    """Yield what each person must sign, and the command for it."""
    for by, of in _by_person(found):
        mark = sign(Status.MISSING, screen)
        yield item(
            mark, f"[bold]{shown(by)}[/] must sign {counted_statements(one.statement for one in of)}", 0
        )
        places = [one.place for one in of]
        yield indented(shown(first_few(places, most or len(places))), 2)
        is_pipeline = of[0].statement.act is Act.RECORD
        command = f"collect {of[0].service} --pipeline {by}" if is_pipeline else f"sign --by {by}"
        yield uncut(f"→ {program} {command} --key FILE", 2)
    if found:
        yield ""


def _by_person(found: Iterable[ListedStatement]) -> Iterator[tuple[str, list[ListedStatement]]]:
    """Yield the statements of each person, and of each pipeline."""
    people: dict[tuple[bool, str], list[ListedStatement]] = {}
    for one in found:
        is_pipeline = one.statement.act is Act.RECORD
        people.setdefault((is_pipeline, one.statement.by.casefold()), []).append(one)
    yield from ((of[0].statement.by, of) for of in people.values())


def _groups(found: Sequence[ListedStatement], screen: Screen) -> Parts:
    """Yield a heading for each state, and below it a paragraph for each person and key."""
    for state in SignatureState:
        of_state = [one for one in found if one.seen.state is state]
        if of_state:
            yield ""
            yield f"[bold]{state}[/]{_MEANS.get(state, '')}"
        for by, of_person in _by_person(of_state):
            keys = dict.fromkeys(one.seen.key for one in of_person)
            for key in keys:
                entries = counted_statements(one.statement for one in of_person if one.seen.key == key)
                yield item(sign(_SIGNS[state], screen), f"{shown(by)}  {entries}", 0)
                if key:
                    yield indented(f"with {key}", 2)


def _each(found: Sequence[ListedStatement], screen: Screen) -> Parts:
    if found:
        yield ""
    for one in found:
        of = one.statement
        line = f"{shown(stated(of))} by [bold]{shown(of.by)}[/], {of.on}: {shown(how_made(one.seen))}"
        yield item(sign(_SIGNS[one.seen.state], screen), line, 0)
        yield indented(shown(one.place), 2)
