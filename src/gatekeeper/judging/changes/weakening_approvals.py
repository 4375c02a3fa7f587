"""Identify weakenings, and decide whether a sign-off approves them.

What is a weakening is decided in the modules `*_weakenings`.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from gatekeeper.judging.verdicts.roster import objection_to_person
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance, WeakeningSignOff
from gatekeeper.model.statement import Statement, of_weakening


def weakening(
    kind: ChangeKind,
    name: str,
    message: str,
    where: ManifestPlace | None,
    before: Any = None,
    after: Any = None,
) -> Change:
    """Return a change that blocks until it is signed.

    Args:
        kind: Its kind.
        name: What is weaker: a criterion, a slot, a cell of a plan, a field of a manifest.
        message: How it is weaker.
        where: The place of what is weaker.
        before: All of it in the base, as plain data; the id holds the digest of both.
        after: All of it in the head.
    """
    written = json.dumps([before, after], sort_keys=True, separators=(",", ":"), default=str)
    digest = hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
    return Change(
        kind,
        f"{name}:sha256:{digest}",
        message,
        Cause.RULE if kind is ChangeKind.RULE_WEAKENED else Cause.PLAN,
        blocks=True,
        needs_sign_off=True,
        where=where,
    )


def sign_off(changes: Iterable[Change], base: Rulebook, head: Governance, as_of: date) -> Iterator[Change]:
    """Yield the changes; weakenings that the head signs no longer block.

    Role and roster are those of the base, so that nobody can join the roster and sign in the same change.
    """
    signed, role = _newly_signed(base.governance, head), base.governance.weakening_sign_off
    for change in changes:
        if not change.needs_sign_off or role is None:
            yield change
        elif (given := signed.get(change.id)) is None:
            yield change._replace(lacks=(role,))
        elif why := objection_by_base(base, of_weakening(given, role), as_of):
            yield change._replace(lacks=(f"{role} ({why})",))
        else:
            yield change._replace(blocks=False, signed_by=given.by)


def _newly_signed(base: Governance, head: Governance) -> dict[str, WeakeningSignOff]:
    """Return the sign-offs that the head adds, by weakening; those of the base approved an earlier change.

    An entry of the base that was edited is not a further one.
    """
    before, after = (Counter(given.what for given in side.weakenings) for side in (base, head))
    new = (given for given in head.weakenings if given not in base.weakenings)
    return {given.what: given for given in new if after[given.what] > before[given.what]}


def objection_by_base(base: Rulebook, statement: Statement, as_of: date) -> str | None:
    """Return why a statement about no service does not count by the roster of the base; None if it does."""
    if why := objection_to_person(base, statement, as_of):
        return f"{why} of the base" if why.endswith("roster") else why
    return signature_of(statement, base).why
