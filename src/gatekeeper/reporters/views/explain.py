"""`explain`: what one criterion asks and why, how it is decided, and its status for every service."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Evidence
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.obligation import Obligation
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.report import Places, Screen
from gatekeeper.model.rule import Rule
from gatekeeper.model.status import Status
from gatekeeper.model.values import describe_value
from gatekeeper.model.verdict import CriterionResult, ServiceResult
from gatekeeper.reporters.json import Rows, texts
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.views.obligations import describe
from gatekeeper.reporters.wording import guards, outcomes
from gatekeeper.reporters.wording.counts import short_digest
from gatekeeper.reporters.wording.levels import Naming
from gatekeeper.reporters.wording.provenance import Compared, compared, flaws, known_about
from gatekeeper.reporters.wording.statements import how_made
from gatekeeper.reporters.wording.terminal_service import Link, links, listed


class Explained(NamedTuple):
    """The status of a criterion for one service, and what it is asked; None if it does not apply."""

    service: ServiceResult
    result: CriterionResult
    obligation: Obligation | None
    repository: str | None = None
    """The template of the workspace for repositories."""
    mapped_by: Mapping[str, str] = {}
    """By slot, where a mapping comes from if it is not the manifest."""


def data(rule: Rule, milestone: Milestone, statuses: Sequence[Explained]) -> dict[str, Any]:
    """Return the rule and every service's result as plain data."""
    return {
        "criterion": rule.id,
        "rulebook": {"criteria": texts([rule])},
        "decided_by": list(decided_by(rule)),
        "milestone": milestone.milestone,
        "milestone_name": milestone.name,
        "services": list(map(_as_plain, statuses)),
    }


def _as_plain(of: Explained) -> dict[str, Any]:
    rows, asked = Rows(), of.obligation
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
    rule: Rule,
    milestone: Milestone,
    statuses: Sequence[Explained],
    screen: Screen,
    in_full: Places | None,
) -> Parts:
    """Yield the rule in words, and a line for each service.

    With `in_full`, which locates findings in files, the details of each service follow its line.
    """
    yield f"[bold]{shown(rule.id)}[/]"
    yield indented(shown(rule.question), 2)
    yield ""
    yield indented(f"[bold]Why[/]  {shown(rule.why)}", 2)
    yield indented("[bold]Decided by[/]", 2)
    for line in decided_by(rule):
        yield item("-", f"{shown(line)}", 4)
    if rule.limits:
        yield indented(f"[bold]Limits[/] (what a pass does not show)  {shown(rule.limits)}", 2)
    yield indented(f"[bold]What to do[/]  {shown(rule.remedy)}  (usually {rule.effort} work)", 2)
    yield ""
    if not statuses:
        yield indented(shown(f"The criterion applies to no service in scope at {milestone.label}."), 2)
    else:
        yield indented(f"[bold]{shown(milestone.title)}[/]", 2)
    named = Naming()
    for service, result, obligation, repository, mapped_by in statuses:
        name, owner = shown(service.service.service), shown(service.service.owner)
        status = outcomes.status_words(result) if in_full else _compact(result)
        level = shown(named(service.cell.level))
        line = f"[bold]{name}[/]  {owner}  {level}  {shown(status)}"
        yield item(sign(result.status, screen), line, 2)
        if in_full:
            yield from _compared(result, screen, links(service.service.service, in_full, screen))
            yield from _evidence(result, compared(service.service, repository), mapped_by)
            if result.is_open and remedy_of(result) != rule.remedy:
                yield item("→", shown(remedy_of(result)), 4)
        if result.upcoming:
            yield from _upcoming(result.upcoming, screen, in_full)
        if in_full:
            yield from _asked(obligation)


def _upcoming(result: CriterionResult, screen: Screen, in_full: Places | None) -> Parts:
    """Yield what the tightened version of the criterion finds, and with details what it compares."""
    yield item(sign(result.status, screen), outcomes.status_words(result), 4)
    if in_full:
        yield from (indented(shown(line), 6) for line in outcomes.seen(result))


def _compact(result: CriterionResult) -> str:
    seen = "; ".join(outcomes.seen(result))
    return seen if result.exception else f"{outcomes.status_words(result)}{f': {seen}' if seen else ''}"


def _compared(result: CriterionResult, screen: Screen, link: Link | None) -> Parts:
    """Yield the reason, and each condition with what was seen and its findings; nothing is said twice."""
    if result.dependencies:
        for one in result.dependencies:
            status = Status.FAIL if one.is_low else Status.PASS
            yield item(sign(status, screen), shown(one.describe()), 4)
    else:
        yield from (indented(shown(line), 4) for line in outcomes.why(result))
    for outcome in result.outcomes:
        found = outcome.reason or (None if outcomes.is_listed(outcome) else outcomes.outcome_words(outcome))
        told = [
            line
            for line in (found, outcomes.change_words(outcome))
            if line and not (result.reason or "").startswith(line)
        ]
        words = ": ".join(filter(None, [outcome.condition.describe(), "; ".join(told)]))
        yield item(sign(outcome.status, screen), shown(words), 4)
        yield from listed(outcome.findings, 6, link)
    if not any(outcome.findings for outcome in result.outcomes):
        yield from listed(result.findings, 4, link)


def _evidence(result: CriterionResult, checked: Compared, mapped_by: Mapping[str, str]) -> Parts:
    for seen in result.evidence:
        facts = {of.path[0] for of in result.rule.conditions if of.slot == seen.slot}
        if seen.path:
            known = known_about(seen, checked)
            about = f"{known}; mapped by {mapped_by[seen.slot]}" if seen.slot in mapped_by else known
            yield indented(shown(f"{seen.slot}: {seen.path} ({about})"), 4)
            yield from (
                item("-", shown(line), 6) for line in flaws(seen, facts) if not _is_said(line, result)
            )
            yield from _excused(result, seen)
    if result.attestation:
        given, made = result.attestation, result.signature
        how = f", {how_made(made)}" if made and made.why is None else ""
        yield indented(shown(f"{outcomes.attested(given)}{how}: {given.link}"), 4)
        if result.changed_since_attested:
            yield indented("what was attested has changed; it still counts", 4)
    elif result.signature:
        yield indented(shown(f"the declaration is {how_made(result.signature)}"), 4)


def _excused(result: CriterionResult, seen: Evidence) -> Parts:
    """Yield what a reader took out of the subjects of a criterion: `excused_writes` of `writes`."""
    of = result.rule.subjects
    if of and of.slot == seen.slot and (taken := getattr(seen.facts, f"excused_{of.path[-1]}", None)):
        yield indented(f"not among its {shown(of.path[-1].replace('_', ' '))}:", 6)
        yield from listed(taken, 6, None)


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


def _asked(obligation: Obligation | None) -> Parts:
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
    yield indented(f"obligation {short_digest(obligation.digest)}, {shown(obligation.family)}", 4)
    yield from (item("-", shown(line), 4) for line in describe(terms))


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
