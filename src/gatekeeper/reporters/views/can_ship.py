"""`can-ship`: whether a service may ship, and if not, why and what to do."""

from typing import Any

from gatekeeper.model.action import ActionKind
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.screen import Screen
from gatekeeper.model.shipping import Deployed, Shipping
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.reporters.json import Defaults, Rows, action, texts
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.actions import what_to_do
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.reporters.wording.levels import Naming
from gatekeeper.reporters.wording.outcomes import Once, status_words
from gatekeeper.reporters.wording.terminal_service import seen_and_findings
from gatekeeper.reporters.wording.verdict import NOT_COMPARED
from gatekeeper.version import __version__

MOST_ACTIONS = 10
_BESIDE_REASONS = (ActionKind.FIX, ActionKind.PROVE, ActionKind.CHANGE)
"""Shown beside the reasons why the criteria are open, so that the instruction need not repeat them."""


def data(shipping: Shipping) -> dict[str, Any]:
    """Return the answer with everything that decides it."""
    service = shipping.service
    levels = {shipping.claimed_level, shipping.verified_level, shipping.signed_level, shipping.held_level}
    levels.add(shipping.asked_level)
    rows = Rows(Defaults({result.rule.id: result.rule for result in shipping.criteria}))
    return {
        "service": service.service,
        "owner": service.owner,
        "destination": shipping.destination,
        "as_of": shipping.as_of.isoformat(),
        "may_ship": shipping.may_ship,
        "exit_code": int(shipping.exit_code),
        "release": {
            "version": service.release.version if service.release else None,
            "commit": shipping.commit,
        },
        "deployed": _deployed(shipping.deployed),
        "rulebook_digest": shipping.rulebook_digest,
        "tool_version": __version__,
        "declared_level": str(shipping.claimed_level),
        "verified_level": str(shipping.verified_level),
        "signed_level": str(shipping.signed_level),
        "effective_level": str(shipping.effective_level),
        "held_level": str(shipping.held_level),
        "asked_level": str(shipping.asked_level),
        "level_names": {level.id: level.name for level in sorted(levels)},
        "reasons": [reason._asdict() for reason in shipping.reasons],
        "rulebook": {"criteria": texts(result.rule for result in shipping.criteria)},
        "criteria": rows.of(shipping.criteria),
        "evidence": rows.evidence,
        "actions": [action(one) for one in shipping.actions],
        "exceptions": [seen._asdict() for seen in shipping.exceptions],
        "of_any_commit": shipping.of_any_commit,
        "waits_for": shipping.waits_for,
    }


def _deployed(what: Deployed | None) -> dict[str, Any] | None:
    if what is None:
        return None
    return {
        "resource": what.resource,
        "subjects": [
            {"subject": one.text, "digest": one.digest_text, "checked": own}
            for one, own in zip(what.subjects, what.own, strict=True)
        ],
    }


def parts(shipping: Shipping, screen: Screen) -> Parts:
    """Yield the answer, its reasons, and what to do."""
    verdict = ServiceVerdict.READY if shipping.may_ship else ServiceVerdict.BLOCKED
    said = "may ship" if shipping.may_ship else "may not ship"
    name = shown(shipping.service.service)
    yield item(sign(verdict, screen), f"[bold]{name} {said} to {shipping.destination}[/]", 0)
    yield indented(shown(_levels(shipping)), 2)
    yield indented(_commit(shipping), 2)
    if shipping.deployed:
        yield from _subjects(shipping.deployed)
    yield indented(NOT_COMPARED, 2)
    for seen in shipping.exceptions:
        yield indented(f"exception {shown(seen.id)}, {seen.state}: {shown(seen.message)}", 2)
    for reason in shipping.reasons:
        yield item("-", f"[bold]{reason.code}[/]: {shown(reason.message)}", 2)
    if shipping.actions:
        yield "\n[bold]What to do[/]"
        yield from _actions(shipping, screen)


def _levels(shipping: Shipping) -> str:
    levels = [("verified", shipping.verified_level), ("claims", shipping.claimed_level)]
    if shipping.has_sign_offs:
        levels[1] = ("signed off", shipping.signed_level)
    if shipping.held_level > shipping.effective_level:
        levels.append(("holds by exception", shipping.held_level))
    named = Naming()
    words = ", ".join(f"{what} {named(level)}" for what, level in levels)
    return f"{words}; {shipping.destination} requires {named(shipping.asked_level)}"


def _commit(shipping: Shipping) -> str:
    if shipping.commit:
        return f"commit {shown(shipping.commit)}"
    unheld = ", ".join(map(shown, shipping.of_any_commit))
    doubt = f": {unheld} may use evidence of another commit" if unheld else ""
    return f"commit unknown{doubt}; give it with --commit or `release.commit`"


def _subjects(what: Deployed) -> Parts:
    for one, own in zip(what.subjects, what.own, strict=True):
        doubt = "" if own else "; unchecked: `identity.images` does not say that it is of this service"
        yield indented(f"deploys {shown(one.text)}{doubt}", 2)


def _actions(shipping: Shipping, screen: Screen) -> Parts:
    """Yield each action with the criteria that it answers, each shown once, and the instruction."""
    results, once = {result.rule.id: result for result in shipping.criteria}, Once()
    said: set[str] = set()
    for number, one in enumerate(shipping.actions[:MOST_ACTIONS], 1):
        of = [results[name] for name in one.criteria]
        yield item(f"{number:>2}", f"[bold]{shown(one.title)}[/]", 1)
        if one.kind is ActionKind.MAP:
            yield indented(shown(f"answers {', '.join(one.criteria)}"), 4)
        else:
            for result in of:
                if result.rule.id not in said:
                    said.add(result.rule.id)
                    status = f"{status_words(result)}  [bold]{shown(result.rule.id)}[/]"
                    yield item(sign(result.status, screen), status, 4)
                    yield from seen_and_findings(result, 6, once)
        shows_reasons = of and one.kind in _BESIDE_REASONS
        text = remedy_of(*of) if shows_reasons else what_to_do(one)
        if text not in said:
            said.add(text)
            yield item("→", shown(text), 4)
    if (left_out := len(shipping.actions) - MOST_ACTIONS) > 0:
        yield indented(f"and {counted(left_out, 'more action')}: use --format json", 2)
