"""Bind `decidable_in`: check that a criterion reads source, and that there are languages of these names."""

from collections.abc import Iterator

from gatekeeper.errors import nearest
from gatekeeper.judging.places import Place
from gatekeeper.judging.rules.slot_binding import Slots
from gatekeeper.model.rule import LANGUAGES, Decidable, Rule
from gatekeeper.model.rulebook import Criterion
from gatekeeper.model.workspace import Mistake


def decidable(criterion: Criterion) -> Decidable | None:
    """Return the languages in which a criterion can be decided; None if it does not say."""
    if (written := criterion.decidable_in) is None:
        return None
    return Decidable(tuple(sorted({name.lower() for name in written.languages})), written.else_attested_by)


def wrong_languages(rule: Rule, place: Place, slots: Slots) -> Iterator[Mistake]:
    """Yield what is wrong with the languages in which a criterion with `requires` can be decided."""
    written = rule.source.decidable_in if rule.source else None
    if written is None:
        return
    place /= "decidable_in"
    named = {name: slot.languages for name, slot in slots.bound.items() if slot.languages is not None}
    for version in rule.versions:
        if named.keys().isdisjoint(version.slots):
            what = f"the tightened {rule.id}" if version.is_tightened else rule.id
            message = f"{what} reads no slot whose kind has the fact `{LANGUAGES}`"
            hint = f"read one of {', '.join(named)}" if named else "read a slot of the kind `source`"
            yield place.wrong_key(message, hint)
    limits = [named[slot] for slot in rule.slots if slot in named]
    known = sorted(frozenset().union(*limits)) if all(limits) else ()
    for i, name in enumerate(written.languages):
        if known and name.lower() not in known:
            yield (place / "languages" / i).mistake(
                f"unknown language {name!r}", nearest(name.lower(), known)
            )
