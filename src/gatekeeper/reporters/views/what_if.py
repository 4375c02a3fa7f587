"""`what-if`: what a change of rules would do, for a terminal, as JSON, and as Markdown for a pull request."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from gatekeeper.model.changes import CriterionFlip
from gatekeeper.model.level import Level
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import ServiceVerdict, Status
from gatekeeper.model.verdict import CriterionResult, Outcome
from gatekeeper.model.what_if import Today, WhatIf, WorkItem
from gatekeeper.reporters.text.markdown import text as escaped
from gatekeeper.reporters.text.screen import Parts, cut, indented, item, shown, sign, visible
from gatekeeper.reporters.wording import outcomes
from gatekeeper.reporters.wording.counts import counted, first_few
from gatekeeper.reporters.wording.verdict import spaced

MOST, MOST_ITEMS = 20, 100
"""How many lines of a section a screen shows, and Markdown."""
_MOST_IN_A_LINE, _FEW = 400, 5
_DO, _NOTE = "→", "-"
_EMOJI: dict[str, str] = {
    **dict.fromkeys((Status.FAIL, ServiceVerdict.BLOCKED), "❌ "),
    **dict.fromkeys((Status.PASS, ServiceVerdict.READY, ServiceVerdict.EXCEPTED), "✅ "),
}


def data(found: WhatIf) -> dict[str, Any]:
    """Return everything that the change does as plain data."""
    filter_ = {"services": found.filter.services, "owners": found.filter.owners}
    return {key: _plain(value) for key, value in found._asdict().items()} | {"filter": filter_}


def _plain(value: Any) -> Any:
    match value:
        case Level():
            return value.id
        case CriterionResult():
            facts = {"expected": outcomes.expected(value), "actual": outcomes.actual(value)}
            return facts | {
                of: getattr(value, of) for of in ("status", "reason_code", "binding", "reason", "distance")
            }
        case (str(service), Outcome() as outcome):
            expected = outcome.condition.describe()
            return {"service": service, "actual": outcome.actual, "expected": expected}
        case tuple() if hasattr(value, "_asdict"):
            return {key: _plain(inner) for key, inner in value._asdict().items()}
        case tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value


def parts(found: WhatIf, screen: Screen) -> Parts:
    """Yield what changes, what flips, whom it costs, and how to make the change."""
    yield f"[bold]What if[/]  as of {found.as_of}{_from(found)}"
    yield from (indented(shown(line), 2) for line in _changes(found))
    mark = Status.FAIL if _asks_more(found) else Status.NOT_APPLICABLE if found.flips_nothing else Status.PASS
    for title, lines in _sections(found):
        yield ""
        yield (
            item(sign(mark, screen), f"[bold]{shown(headline(found))}[/]", 0)
            if title is None
            else indented(f"[bold]{shown(title)}[/]", 0)
        )
        for line in lines[:MOST]:
            yield item(
                line.mark if line.mark in (_DO, _NOTE) else sign(line.mark, screen), shown(line.text), 2
            )
        if len(lines) > MOST:
            yield indented(f"and {len(lines) - MOST:,} more: narrow with --service, or use --format json", 2)


def as_markdown(found: WhatIf, command: str) -> str:
    """Return what the change does, for the pull request that proposes it; the command reproduces it."""
    text = [f"## {escaped(f'What if{_from(found)}: {headline(found)}')}\n\n"]
    text += [f"- {escaped(line)}\n" for line in _changes(found)]
    for title, lines in _sections(found):
        text.append(f"\n### {escaped(title)}\n\n" if title else "\n")
        text += [
            f"- {_EMOJI.get(mark, '')}{escaped(cut(line, _MOST_IN_A_LINE))}\n"
            for mark, line in lines[:MOST_ITEMS]
        ]
        if len(lines) > MOST_ITEMS:
            text.append(f"- and {len(lines) - MOST_ITEMS:,} more\n")
    return "".join([*text, f"\nReproduce it, as of {found.as_of}:\n\n    {visible(command)}\n"])


class _Line(NamedTuple):
    """A line of a section, after a mark: a status, `→` or `-`."""

    mark: str
    text: str


def headline(found: WhatIf) -> str:
    """Return in a sentence what flips."""
    judged = f"{counted(found.cells, 'cell')} at {', '.join(found.milestones)}"
    if found.flips_nothing:
        return f"Nothing flips: none of {judged} gets another verdict, level or open criterion."
    if found.flips:
        after = [flip.after for flip in found.flips]
        told = [f"{after.count(of):,} to {of}" for of in ServiceVerdict if of in after]
        return f"{len(after):,} of {judged} flip{'s' if len(after) == 1 else ''}: {', '.join(told)}."
    told = [
        f"{counted(len(services), 'service')} {'has' if len(services) == 1 else 'have'} {what} to do"
        for blocks, what in ((True, "more"), (False, "less"))
        if (services := {flip.service for flip in found.criteria if flip.blocks is blocks})
    ]
    return f"No verdict flips in {judged}, but {' and '.join(told) or 'levels change'}."


def _asks_more(found: WhatIf) -> bool:
    return (
        any(flip.blocks for flip in found.criteria)
        or any(flip.after is ServiceVerdict.BLOCKED for flip in found.flips)
        or any(flip.after < flip.before for flip in found.levels)
    )


def _from(found: WhatIf) -> str:
    return f", binding from {found.effective} on" if found.effective else ""


def _changes(found: WhatIf) -> Iterator[str]:
    for change in found.changes:
        if change.after is None:
            yield f"{change.rule}: dropped, was {cut(change.before or '', _MOST_IN_A_LINE)}"
        elif change.before is None:
            yield f"{change.rule}: {change.after}"
        else:
            yield f"{change.rule}: {change.before} → {change.after}"


def _cells(found: WhatIf) -> Iterator[_Line]:
    """Yield each service once for each pair of verdicts, with its milestones and why."""
    for (service, before, after), group in groupby(
        found.flips, lambda flip: (flip.service, flip.before, flip.after)
    ):
        flips = list(group)
        why = first_few(list(dict.fromkeys(reason for flip in flips for reason in flip.because)), _FEW)
        at = ", ".join(flip.milestone for flip in flips)
        yield _Line(after, f"{service} ({flips[0].owner}): {before} → {after} at {at}, because of {why}")


def _consequences(found: WhatIf) -> Iterator[_Line]:
    """Yield the levels that change, and what follows for milestones."""
    for flip in found.levels:
        once = f"once {flip.once} has exited, " if flip.once else ""
        lost = f"; {flip.signed} no longer holds" if flip.after < flip.signed else ""
        text = f"{flip.service} ({flip.owner}): {once}effective level {flip.before} → {flip.after}{lost}"
        yield _Line(Status.FAIL if flip.after < flip.before else Status.PASS, text)
    for shift in found.verdicts:
        verdict = f"{shift.milestone}: {spaced(shift.before)} → {spaced(shift.after)}"
        if shift.before == shift.after:
            verdict = f"{shift.milestone} stays {spaced(shift.before)}"
        count = counted(shift.services, "service")
        yield _Line(_NOTE, f"{verdict}; {shift.ready_before:,} → {shift.ready_after:,} of {count} ready")


def _sections(found: WhatIf) -> Iterator[tuple[str | None, Sequence[_Line]]]:
    """Yield the title and the lines of each section; the first one has none."""
    yield None, [*_cells(found), *_consequences(found)]
    by_criterion: dict[tuple[str, bool], list[CriterionFlip]] = {}
    for flip in found.criteria:
        by_criterion.setdefault((flip.criterion, flip.blocks), []).append(flip)
    for (criterion, blocks), flips in by_criterion.items():
        count = counted(len(flips), "service")
        title = f"{criterion} turns {count} red" if blocks else f"{criterion} no longer blocks {count}"
        yield title, [_Line(Status.FAIL if blocks else Status.PASS, _flip(flip)) for flip in flips]
    for what, work in (("It costs", found.work), ("It frees", found.freed)):
        if work:
            owners = counted(len({owner for one in work for owner in one.owners}), "owner")
            yield (
                f"{what} {counted(len(work), 'action')} of {owners}",
                [_Line(_DO, _work(one)) for one in work],
            )
    if found.today:
        more = [f"and {len(found.today) - _FEW:,} more criteria change"] * (len(found.today) > _FEW)
        yield "Today", [_Line(_NOTE, line) for line in (*map(_today, found.today[:_FEW]), *more)]
    edits = dict.fromkeys(f"{change.file}:{change.line}: {change.edit}" for change in found.changes)
    yield "To make the change", [_Line(_DO, line) for line in (*edits, *map(_note, found.notes))]


def _note(note: str) -> str:
    return f"correct the citation: {note}"


def _flip(flip: CriterionFlip) -> str:
    was, now = (outcomes.status_words(of) if of else "not asked" for of in (flip.before, flip.after))
    why = "; ".join(outcomes.seen(flip.after)) if flip.after else ""
    text = f"{flip.service} ({flip.owner}) at {', '.join(flip.milestones)}: {was} → {now}"
    return f"{text}; {why}" if why else text


def _work(work: WorkItem) -> str:
    about = [", ".join(work.criteria)] if work.criteria else []
    about += [
        f"{work.effort} work",
        f"for {first_few(work.services, _FEW)}",
        f"at {', '.join(work.milestones)}",
    ]
    return f"{first_few(work.owners, _FEW)}: {work.text} ({'; '.join(about)})"


def _today(today: Today) -> str:
    """Return how a criterion that changes is answered today, and which service is closest."""
    text = f"{today.passing:,} of {counted(today.asked, 'service')} pass {today.criterion}"
    if today.missing:
        text += f", {today.missing:,} without evidence"
    if today.nearest:
        service, outcome = today.nearest
        text += f"; closest to the new threshold is {service}: {outcomes.outcome_words(outcome)}"
    return text
