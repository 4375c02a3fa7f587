"""Compare the verdicts on a service in two states: regressions, improvements and new claims.

Whatever was open and is not any more is an improvement with its cause. If an edit closes it that is neither
new evidence nor an act of a person, that edit is a weakening.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator

from gatekeeper.judging.changes.causes import Causes, Side, Verdicts
from gatekeeper.judging.changes.closings import Closings, Source
from gatekeeper.judging.changes.evidence_changes import attested_now, compare_evidence
from gatekeeper.judging.changes.improvements import hidden, improvements
from gatekeeper.judging.changes.manifest_changes import signature_withdrawn
from gatekeeper.judging.changes.register_weakenings import no_longer_overdue
from gatekeeper.judging.changes.regressions import lost_level, regressions, upgrade
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.shifts import blocking, common
from gatekeeper.judging.changes.shrinking import evidence_shrunk
from gatekeeper.judging.verdicts import sign_offs
from gatekeeper.judging.verdicts.exceptions import missing_sign_off
from gatekeeper.model.changes import Change
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.rule import ExceptionRule, Rulebook


def compare_verdicts(
    base: Side,
    head: Side,
    rulebook: Rulebook,
    file: str,
    exited: Container[str] = (),
    weakened: Collection[Source] = (),
) -> Iterator[Change]:
    """Yield the differences between two states of a service, both judged by the same rules.

    Criteria of `exited` milestones are history and are not compared: a threat model moves on to the next
    milestone. Signed levels must still hold. `weakened` is what of the manifest asks for less, which is
    reported already.
    """
    before, after = base.judged(rulebook), head.judged(rulebook)
    pair = ServicePair(base.service, head.service, file)
    causes = Causes(base, head, rulebook)
    closings = Closings(base, head, causes, weakened)
    was, now = _not_exited(before, exited), _not_exited(after, exited)
    yield from lost_level(pair, before, after, causes)
    yield from regressions(pair, was, now, causes)
    yield from improvements(pair, (before, after), (was, now), closings)
    hidden((was, now), closings)
    yield from upgrade(head, rulebook.scale.claimed(base.service.level), rulebook, pair.where("level"))
    yield from _signatures_withdrawn(base, head, rulebook, pair)
    yield from _closed_exceptions(before, after, head.entries, rulebook.exceptions)
    yield from closings.weakenings(pair)
    yield from attested_now(pair, was, now)
    yield from compare_evidence(base, head, pair, rulebook, closings.edited_slots)
    yield from evidence_shrunk(pair, was, now, rulebook)


def _not_exited(results: Verdicts, exited: Container[str]) -> Verdicts:
    return {milestone: result for milestone, result in results.items() if milestone not in exited}


def _signatures_withdrawn(base: Side, head: Side, rulebook: Rulebook, pair: ServicePair) -> Iterator[Change]:
    """Yield a weakening if sign-offs were withdrawn."""
    before = sign_offs.signed_level(base.case(rulebook))
    after = sign_offs.signed_level(head._replace(as_of=base.as_of).case(rulebook))
    if after < before and rulebook.governance.upgrade_sign_offs:
        yield signature_withdrawn(pair, before, after)


def _closed_exceptions(
    before: Verdicts, after: Verdicts, entries: Iterable[RegisteredException], rule: ExceptionRule
) -> Iterator[Change]:
    """Yield exceptions that are no longer overdue although something that they cover is open."""
    by_id = {entry.id: entry for entry in entries}
    still_open: dict[str, set[str]] = defaultdict(set)
    for _, was, now in common(before, after):
        is_open = blocking(now) | missing_sign_off(rule, now.signed_level)
        overdue = {seen.id for seen in now.exceptions if seen.state == "overdue"}
        for seen in was.exceptions:
            if seen.state == "overdue" and seen.id in by_id.keys() - overdue:
                still_open[seen.id] |= is_open.intersection(seen.criteria)
    yield from (no_longer_overdue(by_id[name], sorted(ids)) for name, ids in still_open.items() if ids)
