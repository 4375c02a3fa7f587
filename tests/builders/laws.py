"""The laws that every change of a workspace obeys, and counterexamples in words.

1. What a change closes has a printed cause of a closed list; what it closes by asking less needs an approval.
2. More evidence never opens, less never closes; the same holds for statements, signatures and the register.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import NamedTuple

from builders.drawn_changes import Base, Drawn, compared, drawn
from builders.edits import Nature, added, capability_id, criteria, demanded, entries, services
from builders.in_memory import GONE, Files, Op, changed
from builders.signing import key_pair
from builders.small_workspaces import AS_OF, PEOPLE
from builders.whats_open import NO_SERVICE, OVERDUE, Open, load_files, whats_open
from gatekeeper.model.changes import Change, ChangeKind
from gatekeeper.model.rulebook import WeakeningSignOff
from gatekeeper.model.statement import of_weakening

Law = Callable[[Drawn], str | None]
"""Returns how a change breaks the law; None if it does not."""

CAUSES = frozenset(
    (
        "artefact",
        "signature",
        "attestation",
        "exception",
        "not_applicable",
        "declaration",
        "exit",
        "weakening",
    )
)
"""Everything that may close something."""
_CLOSING = (ChangeKind.IMPROVEMENT, ChangeKind.NOT_APPLICABLE)


# What is closed has a cause


def closes_without_a_cause(of: Drawn) -> str | None:
    """The first law: `diff` prints a cause of everything that is closed."""
    files = (of.base.files, of.head.files)
    names = {service["service"]: service["about"] for state in files for _, service in services(state)}
    twins = {one["id"]: one.get("same_as") for state in files for _, _, one in criteria(state)}
    for one in sorted(one for one in of.closed if not _asked_nothing(one, of.base)):
        if not any(_explains(change, one, names, twins) for change in of.comparison.changes):
            return f"{one} is closed, and diff prints no cause"
    return None


def _explains(change: Change, one: Open, names: Mapping[str, str], twins: Mapping[str, str | None]) -> bool:
    """Whether a change is a weakening that may have closed this, or is about this and names a cause."""
    if change.service and one.service and names.get(change.service) != one.service:
        return False
    if change.needs_sign_off:
        return True
    if change.id.endswith(":level") or change.kind is ChangeKind.UPGRADE:
        return one.what in (
            "the verdict",
            "regression",
            OVERDUE,
            "may not ship",
        )  # a claim is a signature, without sign-offs
    if change.kind is ChangeKind.EXCEPTION or str(change.cause) == "signature":
        return (
            True  # a level that is signed may have exceptions, and has no exclusive criteria of lower levels
        )
    about = change.id.partition(":")[2].removeprefix("not_applicable.")
    is_criterion = "." in one.what or ":" in one.what
    is_about = about in (one.what, twins.get(one.what)) or twins.get(about) == one.what
    return (is_about or not is_criterion) and (str(change.cause) in CAUSES or change.kind in _CLOSING)


def weakens_without_approval(of: Drawn) -> str | None:
    """The first law: what is closed only because less is asked, or something is gone, needs an approval."""
    kept = [
        one
        for one in of.made
        if one.known.nature in (Nature.GIVES, Nature.REPLACES) or one.known.name in RENAMES
    ]
    if len(kept) == len(of.made) or not of.closed:
        return None
    files = of.base.files
    for one in kept:
        files = changed(files, one.ops)
    loaded = load_files(files)
    closed = of.closed & whats_open(loaded) if loaded else ()
    asked_less = [one for one in sorted(closed) if _was_asked(one, of.base)]
    if asked_less and not any(change.needs_sign_off for change in of.comparison.changes):
        return f"{asked_less[0]} is closed although nothing new was given, and diff asks for no approval"
    return None


RENAMES = ("rename a service", "rename a service and say so")
"""What is given after it is given under the new name."""


def _was_asked(one: Open, base: Base) -> bool:
    """Whether something open is a question that the base puts to a service.

    It is none if no service is in scope; nor is a criterion of one level only (`only_at`), which is not asked of a
    service that aims higher.
    """
    exclusive = {rule["id"] for _, _, rule in criteria(base.files) if "only_at" in rule}
    return not _asked_nothing(one, base) and one.what not in (NO_SERVICE, *exclusive)


def _asked_nothing(one: Open, base: Base) -> bool:
    """Whether it is a gate that is red because none of its criteria applies, or the verdict by such gates alone."""
    if one.what == "the verdict" and one.service:
        others = [other for other in base.open if other[:2] == one[:2] and other != one]
        return bool(others) and all(_asked_nothing(other, base) for other in others)
    if not one.what.startswith("gate "):
        return False
    prefix = f"{one.what.removeprefix('gate ')}."
    return not any(other[:2] == one[:2] and other.what.startswith(prefix) for other in base.open)


def asks_for_approval_of_gifts(of: Drawn) -> str | None:
    """A change that only gives evidence, statements or signatures needs no approval.

    An artefact in place of a record may need one: the manifest may date it, and anybody can type a date.
    """
    has_record = any(name.endswith("/evidence.json") for name in of.base.files)
    if has_record or any(one.known.nature is not Nature.GIVES for one in of.made):
        return None
    asked = [change.id for change in of.comparison.changes if change.needs_sign_off]
    return f"nothing is asked otherwise, and diff asks for an approval of {asked[0]}" if asked else None


def approval_covers_more_or_less(of: Drawn) -> str | None:
    """An approval by the right person covers the weakening that it names, and no other one."""
    asked = [change.id for change in of.comparison.changes if change.needs_sign_off]
    if not asked or not _may_approve(of.base.files):
        return None
    approved, left = (asked[1:], asked[:1]) if len(asked) > 1 else (asked, [])
    given = [_approval(of.base.files, what) for what in approved]
    head = changed(of.head.files, [Op(GOVERNANCE, ("weakenings",), given)])
    blocking = [
        change.id
        for change in compared(of.base.files, head).changes
        if change.needs_sign_off and change.blocks
    ]
    return f"approved are {approved}, and these still block: {blocking}" if blocking != left else None


def _approval(files: Files, what: str) -> dict[str, str]:
    """Return an approval, which is signed if the approver has a key."""
    given = {"what": what, "by": APPROVER, "on": AS_OF, "link": "l"}
    workspace, person = files["gatekeeper.yaml"].get("workspace"), files[GOVERNANCE]["roster"][APPROVER]
    if workspace is None or "keys" not in person:
        return given
    entry = WeakeningSignOff.model_validate(given)
    message = of_weakening(entry, files[GOVERNANCE]["weakening_sign_off"]).message(workspace)
    return given | {"signature": key_pair(APPROVER).sign(message)}


GOVERNANCE = "gates/governance.yaml"
APPROVER = PEOPLE["architecture"]


def _may_approve(files: Files) -> bool:
    role = files[GOVERNANCE].get("weakening_sign_off")
    return role is not None and role in files[GOVERNANCE]["roster"].get(APPROVER, {}).get("roles", ())


LAWS_OF_CAUSES: tuple[Law, ...] = (
    closes_without_a_cause,
    weakens_without_approval,
    asks_for_approval_of_gifts,
)
LAWS = (*LAWS_OF_CAUSES, approval_covers_more_or_less)


def counterexample(of: Drawn, laws: tuple[Law, ...] = LAWS) -> str | None:
    """Return in words how a change breaks a law, with as few edits as possible; None if it breaks none."""
    law = next((law for law in laws if law(of)), None)
    if law is None:
        return None
    of = _smallest(of, law)
    return f"{law(of)}\n{of.in_words()}"


def _smallest(of: Drawn, law: Law) -> Drawn:
    """Leave out edits as long as the law stays broken."""
    for one in of.made if len(of.made) > 1 else ():
        fewer = drawn(of.base, [other for other in of.made if other is not one])
        if fewer and law(fewer):
            return _smallest(fewer, law)
    return of


# More never opens, less never closes


class Item(NamedTuple):
    """Evidence, a statement, a signature or a register entry."""

    name: str
    removal: Op


def items(of: Base) -> Iterator[Item]:
    """Yield what the second law is about.

    An artefact is evidence if nothing that reads its slot is open; a signature, if its service has not regressed.
    """
    for file, service in services(of.files):
        name = service["service"]
        still_open = {one.what for one in of.open if one.service == service["about"]}
        for slot, pointer in service.get("evidence", {}).items():
            if pointer["path"] != "none" and still_open.isdisjoint(_readers(of.files, slot)):
                yield Item(f"the artefact of {slot} of {name}", Op(file, ("evidence", slot), GONE))
        for what in service.get("attestations", {}):
            yield Item(f"the attestation of {what} of {name}", Op(file, ("attestations", what), GONE))
        for level in service.get("sign_offs", {}) if "regression" not in still_open else ():
            yield Item(f"the signatures of {level} of {name}", Op(file, ("sign_offs", level), GONE))
    for file, one in entries(of.files):
        yield Item(f"the register entry {one['id']}", Op(file, (), GONE))


def _readers(files: Files, slot: str) -> Iterator[str]:
    """Yield the criteria that read a slot."""
    rules = [one for _, _, one in criteria(files)]
    for one in rules:
        if any(fact.startswith(f"{slot}.") for fact in one.get("requires", ())):
            yield one["id"]
            yield from (twin["id"] for twin in rules if twin.get("same_as") == one["id"])
    if slot == "capability_tests":
        yield from (capability_id(one) for _, _, _, one in added(files))
    if slot == "scope_tests":
        yield from (f"{gate}.scope" for _, _, gate, _ in demanded(files))


def less_that_helps(of: Base, random: Random, count: int) -> Iterator[str]:
    """Yield, in words, each of some removals that closes something.

    An entry that is overdue is a debt that only the entry states: that its removal needs an approval is a matter
    of the first law.
    """
    found = list(items(of))
    for item in random.sample(found, min(count, len(found))):
        loaded = load_files(changed(of.files, [item.removal]))
        closed = {one for one in of.open - whats_open(loaded) if one.what != OVERDUE} if loaded else ()
        if closed:
            yield f"without {item.name}, this is closed:\n  " + "\n  ".join(sorted(map(str, closed)))
