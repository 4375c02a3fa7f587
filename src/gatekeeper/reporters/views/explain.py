"""`explain`: what one criterion asks and why, how it is decided, and its status for every service."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Evidence, Finding
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.obligation import Obligation
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.report import Places
from gatekeeper.model.rule import Literal, Operator, Rule
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import WORST_FIRST, Status
from gatekeeper.model.values import describe_value
from gatekeeper.model.verdict import CriterionResult, Outcome, ServiceResult
from gatekeeper.reporters.json import Defaults, Rows, texts
from gatekeeper.reporters.text.screen import Part, Parts, indented, item, shown, sign
from gatekeeper.reporters.views.obligations import describe
from gatekeeper.reporters.wording import guards, outcomes
from gatekeeper.reporters.wording.counts import counted, first_few, short_digest
from gatekeeper.reporters.wording.levels import Naming
from gatekeeper.reporters.wording.provenance import compared, flaws, known_about
from gatekeeper.reporters.wording.statements import how_made
from gatekeeper.reporters.wording.terminal_service import Link, links


class Explained(NamedTuple):
    """The status of a criterion for one service, and what it is asked; None if it does not apply."""

    service: ServiceResult
    result: CriterionResult
    obligation: Obligation | None
    repository: str | None = None
    """The template of the workspace for repositories."""
    mapped_by: Mapping[str, str] = {}
    """By slot, where a mapping comes from if it is not the manifest."""
    answers: tuple[str, ...] = ()
    """What else the same work helps to answer."""


class Shown(NamedTuple):
    """What a screen shows of a criterion."""

    rule_at: Mapping[str, str] = {}
    """Where the rulebook writes each condition, by fact; under the empty key, the criterion."""
    places: Places | None = None
    """Locates mappings and findings of the one service that is shown in full; None: all services."""
    all: bool = False
    """Whether to show all terms of the obligation, and the names of all services."""
    unasked: str | None = None
    """Why the service that was named is not asked for it."""


Labelled = Iterator[tuple[str, str]]
"""Rows of a screen: a label, and markup."""
_LABEL = len("reason")
_MOST_SERVICES = 4


def data(rule: Rule, milestone: Milestone, statuses: Sequence[Explained]) -> dict[str, Any]:
    """Return the rule and every service's result as plain data."""
    defaults = Defaults({rule.id: rule})
    return {
        "criterion": rule.id,
        "rulebook": {"criteria": texts([rule])},
        "decided_by": list(decided_by(rule)),
        "milestone": milestone.milestone,
        "milestone_name": milestone.name,
        "services": [_as_plain(one, defaults) for one in statuses],
    }


def _as_plain(of: Explained, defaults: Defaults) -> dict[str, Any]:
    rows, asked = Rows(defaults), of.obligation
    return {
        "service": of.service.service.service,
        "owner": of.service.service.owner,
        **rows.row(of.result),
        "obligation": asked and {key: getattr(asked, key) for key in ("family", "digest", "terms")},
        "evidence": rows.evidence,
        "mapped_by": {
            seen.slot: of.mapped_by.get(seen.slot, "manifest")
            for seen in of.result.evidence
            if seen.slot in of.service.service.evidence
        },
    }


def parts(
    rule: Rule, milestone: Milestone, statuses: Sequence[Explained], screen: Screen, shows: Shown
) -> Parts:
    """Yield what a criterion asks, and the answer of each service; in full for one service."""
    if shows.places is None or not statuses:
        yield from _of_all(rule, milestone, statuses, screen, shows)
        return
    for one in statuses:
        yield from _of_one(one, milestone, screen, shows)


def _of_one(of: Explained, milestone: Milestone, screen: Screen, shows: Shown) -> Parts:
    """Yield the answer of one service: what is asked, what was found and where, what to do."""
    result, name = of.result, of.service.service.service
    rule, status = result.rule, outcomes.status_words(result)
    level = Naming()(of.service.cell.level)
    told = [f"[bold]{shown(rule.id)}[/]", f"[bold]{shown(name)}[/]", shown(f"{milestone.milestone} {level}")]
    binding = ["binding"] if result.blocks else []
    yield item(sign(result.status, screen), "  ".join([*told, shown(status), *binding]), 0)
    yield indented(shown(rule.question), 2)
    yield ""
    yield _rows(_answer(of, screen, shows))


def _answer(of: Explained, screen: Screen, shows: Shown) -> Labelled:
    result, name = of.result, of.service.service.service
    places = shows.places or Places()
    link = links(name, places, screen)
    yield from _compared(result, screen, link, shows.rule_at)
    yield from _evidence(of, places)
    if result.upcoming:
        yield "later", f"{sign(result.upcoming.status, screen)} {outcomes.status_words(result.upcoming)}"
        yield from (("", shown(line)) for line in outcomes.seen(result.upcoming))
    if result.is_open:
        yield (
            "do",
            shown(f"{remedy_of(result)} ({of.service.service.owner}; usually {result.rule.effort} work)"),
        )
        if of.answers:
            yield "", shown(f"The same work helps to answer {', '.join(of.answers)}.")
    yield from _texts(result.rule)
    if shows.all:
        yield from (("terms", one) for one in _terms(of.obligation))


def _texts(rule: Rule) -> Labelled:
    """Yield what decides a criterion besides its conditions, and the texts of the rulebook."""
    if besides := list(decided_by(rule))[len(rule.conditions) or 1 :]:
        yield "also", shown("; ".join(besides))
    if rule.limits:
        yield "limit", shown(rule.limits)
    if rule.why:
        yield "why", shown(rule.why)


def _of_all(
    rule: Rule, milestone: Milestone, statuses: Sequence[Explained], screen: Screen, shows: Shown
) -> Parts:
    """Yield the rule, then the services by their answer: one that several share is given once."""
    yield f"[bold]{shown(rule.id)}[/]  {shown(milestone.title)}"
    yield indented(shown(rule.question), 2)
    yield ""
    yield _rows(_rule(rule, shows.rule_at))
    yield ""
    if not statuses:
        yield indented(shown(shows.unasked or f"It applies to no service in scope at {milestone.label}."), 2)
    named, asked = Naming(), sum(map(_applies, statuses))
    for same in _alike(statuses):
        first, names = same[0].result, [one.service.service.service for one in same]
        most = len(names) if shows.all else _MOST_SERVICES
        is_part = _applies(same[0]) and len(same) < asked
        count = f"in {len(same)} of {asked} services" if is_part else f"in {counted(len(same), 'service')}"
        told = [f"[bold]{shown(outcomes.status_words(first))}[/] {count}", shown(first_few(names, most))]
        if len(same) == 1:
            of = same[0].service
            told += [shown(of.service.owner), shown(named(of.cell.level))]
        yield item(sign(first.status, screen), "  ".join(told), 2)
        yield from (indented(shown(line), 4) for line in outcomes.seen(first))
        if later := first.upcoming:
            yield item(sign(later.status, screen), outcomes.status_words(later), 4)


def _alike(statuses: Sequence[Explained]) -> list[list[Explained]]:
    """Return services with the same answer together, the worst first, those that are not asked last."""
    same: dict[object, list[Explained]] = {}
    for one in statuses:
        result = one.result
        later = result.upcoming and outcomes.status_words(result.upcoming)
        answer = outcomes.status_words(result), result.binding, *outcomes.seen(result), later
        same.setdefault(answer, []).append(one)
    order = [*WORST_FIRST, Status.EXCEPTED, Status.NOT_APPLICABLE]
    return sorted(same.values(), key=lambda found: (order.index(found[0].result.status), -len(found)))


def _applies(one: Explained) -> bool:
    return one.result.status is not Status.NOT_APPLICABLE


def _rule(rule: Rule, at: Mapping[str, str]) -> Labelled:
    """Yield what a criterion asks, in general."""
    for condition in rule.conditions:
        yield "asked", _asked_at(f"{condition.slot}.{condition.describe()}", at.get(condition.fact))
    if not rule.conditions:
        yield "asked", _asked_at(next(decided_by(rule), rule.question), at.get(""))
    yield "do", shown(f"{rule.remedy} (usually {rule.effort} work)")
    yield from _texts(rule)


def _asked_at(words: str, at: str | None) -> str:
    return "  ".join(map(shown, filter(None, (words, at))))


def _rows(rows: Labelled) -> Part:
    """Return labelled rows, aligned; a label that repeats is shown once."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table, last = Table.grid(padding=(0, 2, 0, 0)), ""
    table.add_column(no_wrap=True, min_width=_LABEL)
    table.add_column(overflow="fold")  # a long path continues on the next line
    for label, markup in rows:
        table.add_row(label if label != last else "", Text.from_markup(markup, emoji=False))
        last = label or last
    return Padding(table, (0, 0, 0, 2))


def _compared(result: CriterionResult, screen: Screen, link: Link | None, at: Mapping[str, str]) -> Labelled:
    """Yield the reason, and each condition with what was found, and where; no reason is given twice."""
    said = set[str]()
    if not result.dependencies:
        yield from (("reason", shown(line)) for line in outcomes.why(result))
        said.add(result.reason or "")
    for outcome in result.outcomes:
        condition, why = outcome.condition, outcome.reason
        mark = f"{sign(outcome.status, screen)} " if len(result.outcomes) > 1 else ""
        words = f"{condition.slot}.{condition.describe()}{_operand(outcome)}"
        yield "asked", f"{mark}{_asked_at(words, at.get(condition.fact))}"
        if why is None and (found := outcomes.found_words(outcome)):
            yield "found", shown(found)
        elif why and not any(one.startswith(why) for one in said):
            said.add(why)
            yield "found", shown(why)
        label = "worst" if condition.operator in (Operator.AT_LEAST, Operator.AT_MOST) else "where"
        yield from _found(label, outcome.findings, link)
    if not result.outcomes:
        yield "asked", _asked_at(outcomes.expected(result) or result.rule.question, at.get(""))
    for one in result.dependencies:
        status = Status.FAIL if one.is_low else Status.PASS
        yield "found", f"{sign(status, screen)} {shown(one.describe())}"
    if not any(outcome.findings for outcome in result.outcomes):
        yield from _found("where", result.findings, link)


def _operand(outcome: Outcome) -> str:
    """Return the number that a condition names by a target or another fact: ` (250)`."""
    is_number = isinstance(outcome.operand, int | float) and not isinstance(outcome.operand, bool)
    is_named = not isinstance(outcome.condition.operand, Literal)
    return f" ({outcomes.figure(outcome.operand)})" if is_named and is_number else ""


def _found(label: str, findings: Sequence[Finding], link: Link | None) -> Labelled:
    """Yield the first findings with their places."""
    for finding in findings[: outcomes.MOST_FINDINGS]:
        where = shown(outcomes.location(finding) or "")
        address = link(finding) if link and where else None
        where = f"[link={address}]{where}[/link]" if address else where
        yield label, "  ".join(filter(None, (shown(finding.message), where)))
    if len(findings) > outcomes.MOST_FINDINGS:
        yield label, f"and {len(findings) - outcomes.MOST_FINDINGS:,} more"


def _evidence(of: Explained, places: Places) -> Labelled:
    """Yield where the answer comes from: artefacts with the line that maps each, or a statement."""
    result, checked = of.result, compared(of.service.service, of.repository)
    for seen in result.evidence:
        facts = {one.path[0] for one in result.rule.conditions if one.slot == seen.slot}
        if seen.path:
            mapped = places.of(of.service.service.service, ("evidence", seen.slot))
            by = f" ({of.mapped_by[seen.slot]})" if seen.slot in of.mapped_by else ""
            yield "from", shown(f"{seen.slot}: {seen.path}  mapped at {mapped.file}:{mapped.line}{by}")
            yield "", shown(known_about(seen, checked))
            yield from (("", shown(line)) for line in flaws(seen, facts) if not _is_said(line, result))
            yield from _excused(result, seen)
    if result.attestation:
        given, made = result.attestation, result.signature
        how = f", {how_made(made)}" if made and made.why is None else ""
        yield "from", shown(f"{outcomes.attested(given)}{how}: {given.link}")
        if result.changed_since_attested:
            yield "", "what was attested has changed; it still counts"
    elif result.signature:
        yield "from", shown(f"the declaration is {how_made(result.signature)}")


def _excused(result: CriterionResult, seen: Evidence) -> Labelled:
    """Yield what a reader took out of the subjects of a criterion: `excused_writes` of `writes`."""
    of = result.rule.subjects
    if of and of.slot == seen.slot and (taken := getattr(seen.facts, f"excused_{of.path[-1]}", None)):
        yield "", f"not among its {shown(of.path[-1].replace('_', ' '))}:"
        yield from _found("", taken, None)


def _is_said(flaw: str, result: CriterionResult) -> bool:
    """Return whether the reasons or the findings of a criterion say what is wrong with a part."""
    why = flaw.removeprefix("partial: ")
    said = any(why in line for line in outcomes.seen(result))
    return said or any(outcomes.located(finding) in flaw for finding in result.findings)


_BY_PEOPLE = {"attested_by", "or_attested_by", "decidable_in", "waivable_by"}
_BY_TIME = {"effective", "advisory", "upcoming"}
_OF_READER = ("kind", "options", "only", "sha256")
_OF_EVIDENCE = {"subjects", "must_not_shrink", "dependencies"}
_SHOWN_BY_REMEDY = {"if_not_understood_attested_by"}
_SHOWN_BY_RULE = {"question", "same_as"} | _SHOWN_BY_REMEDY | _OF_EVIDENCE | _BY_PEOPLE | _BY_TIME


def _terms(obligation: Obligation | None) -> Iterator[str]:
    """Yield the digest of an obligation, and the terms that the rule alone does not show."""
    if obligation is None:
        return
    terms = {name: value for name, value in obligation.terms.items() if name not in _SHOWN_BY_RULE}
    if conditions := terms.pop("requires", None):
        terms["requires"] = [one for one in conditions if _is_target(one["operand"])]
    slots = {
        name: {key: of[key] for key in _OF_READER if key in of} for name, of in terms.get("slots", {}).items()
    }
    terms["slots"] = {name: of for name, of in slots.items() if len(of) > 1}
    yield f"obligation {short_digest(obligation.digest)}, {shown(obligation.family)}"
    yield from map(shown, describe(terms))


def _is_target(operand: object) -> bool:
    return isinstance(operand, dict) and "target" in operand


def decided_by(rule: Rule) -> Iterator[str]:
    """Yield every way in which a criterion is decided, and what limits it."""
    for condition in rule.conditions:
        yield f"{condition.slot}: {condition.describe()}"
    if rule.compares_dependencies:
        yield f"depends_on: {outcomes.OF_DEPENDENCIES}"
    if rule.attested_by:
        yield f"an attestation by {rule.attested_by}"
    if rule.or_attested_by:
        yield f"or, if the artefact is missing, an attestation by {rule.or_attested_by}"
    if of := rule.decidable_in:
        yield f"if all source is in {describe_value(of.languages, None)}; else an attestation by {of.role}"
    if rule.twin:
        yield f"the same as {rule.twin}"
    if rule.subjects:
        yield f"only if there are {rule.subjects.path[-1].replace('_', ' ')}"
    yield from guards.of_rule(rule)
    if rule.must_not_shrink:
        yield "not much less evidence than before the change"
    if rule.waivable_by:
        yield f"may be declared not applicable by {rule.waivable_by}"
    yield from _when(rule)


def _when(rule: Rule) -> Iterator[str]:
    """Yield when a criterion binds, and what it will require."""
    if rule.advisory:
        yield "advisory: it never blocks"
    elif rule.effective:
        yield f"binds from {rule.effective}"
    if rule.upcoming:
        conditions = (f"{of.slot}: {of.describe()}" for of in rule.upcoming.conditions)
        yield f"tightened from {rule.upcoming.effective}, to {'; '.join(conditions)}"
