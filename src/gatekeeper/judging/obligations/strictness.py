"""Decide whether terms ask for at least as much as other terms; what cannot be proved asks for less.

A loss is a text on what the criterion does now: "accepts evidence of any age instead of up to 30 days old".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.judging.obligations.conditions import as_text, describe, implied, weaker_conditions, within
from gatekeeper.judging.obligations.guards import IsAsEarly, guard_losses, validity_loss
from gatekeeper.model.level import Scale
from gatekeeper.model.rule import is_date

Terms = Mapping[str, Any]


class _Sides(NamedTuple):
    before: Terms
    after: Terms
    scale: Scale
    milestones: Sequence[str]


def losses(before: Terms, after: Terms, scale: Scale, milestones: Sequence[str] = ()) -> Iterator[str]:
    """Yield each way in which terms are not provably as strict as before.

    Args:
        before: The terms of the base.
        after: The terms of the head.
        scale: The levels of both.
        milestones: The milestones of the base in order.
    """
    if before == after:
        return
    sides = _Sides(before, after, scale, milestones)
    for term in {**before, **after}:
        was, now = before.get(term), after.get(term)
        if was == now:
            continue
        if term == "requires":
            yield from weaker_conditions(was or (), now or ())
        elif term == "slots":
            yield from dict.fromkeys(_slots(was or {}, now or {}, sides))
        elif term == "guards":
            yield from dict.fromkeys(_guards(was or {}, now or {}, sides))
        elif term not in _COMPARED:
            yield f"has {term.replace('_', ' ')} {as_text(now)} instead of {as_text(was)}"
        elif lost := _COMPARED[term](was, now, sides):
            yield lost


_Compare = Callable[[Any, Any, _Sides], str | None]
"""Returns how a term asks for less, given its value before and after; None if it does not."""


def _question(was: str | None, now: str | None, sides: _Sides) -> str | None:
    is_asked = any(sides.after.get(by) for by in ("attested_by", "or_attested_by", "decidable_in", "same_as"))
    is_reworded = is_asked and was and now and was.split() != now.split()
    return f"asks people {now!r} instead of {was!r}" if is_reworded else None


def _validity(was: Terms | None, now: Terms | None, sides: _Sides) -> str | None:
    return validity_loss(was, now, is_as_early(sides.milestones))


def _decidable_in(was: Terms | None, now: Terms | None, _: _Sides) -> str:
    """Compare who or what decides in which language: evidence and a person are not comparable."""
    before, after = (of["languages"] if of else None for of in (was, now))
    by_person, by_evidence = _only_in(before, after), _only_in(after, before)
    found = []
    if now and by_person:
        found.append(f"is attested by {now['else_attested_by']} in {by_person} instead of shown by evidence")
    if was and by_evidence:
        found.append(
            f"is shown by evidence in {by_evidence} instead of attested by {was['else_attested_by']}"
        )
    if was and now and (old := was["else_attested_by"]) != (new := now["else_attested_by"]):
        found.append(f"is attested by {new} in other languages instead of {old}")
    return "; ".join(found)


def _only_in(these: Sequence[str] | None, those: Sequence[str] | None) -> str:
    """Return the languages that only the first list has; None lists every language."""
    if those is None:
        return ""
    if these is None:
        return f"languages other than {as_text(those)}"
    return as_text([name for name in these if name not in those]) if set(these) - set(those) else ""


def _demanded(message: str) -> _Compare:
    """Return a comparison of a term that asks for more if it is given."""
    return lambda was, now, _: message if was and not now else None


def _granted(message: str) -> _Compare:
    """Return a comparison of a term that asks for less if it is given."""
    return lambda was, now, _: message.format(was=was or "nobody", now=as_text(now)) if now else None


def _changed(message: str, nothing: str) -> _Compare:
    """Return a comparison of a term that must be the same."""
    return lambda was, now, _: message.format(was=was or nothing, now=now or nothing)


def _all_kept(message: str) -> _Compare:
    """Return a comparison of a list of which every item is asked for."""

    def compare(was: Sequence[str] | None, now: Sequence[str] | None, _: _Sides) -> str | None:
        gone = [item for item in was or () if item not in (now or ())]
        return message.format(as_text(gone)) if gone else None

    return compare


def _milestones(was: Sequence[str] | None, now: Sequence[str] | None, sides: _Sides) -> str | None:
    """Compare the milestones whose documents count; nothing was made for one that only the head has."""
    if was is None:
        return None
    more = [name for name in now or () if name not in was and name in sides.milestones]
    accepted = "any milestone" if now is None else as_text(more)
    return f"accepts what was made for {accepted}" if more or now is None else None


def _rank(message: str, sign: int) -> _Compare:
    """Return a comparison of a level: with the sign 1 it may not fall, with -1 it may not rise."""

    def compare(was: str | None, now: str | None, sides: _Sides) -> str | None:
        if was is None or now is None or sign * sides.scale[now].rank >= sign * sides.scale[was].rank:
            return None
        return message.format(was=was, now=now)

    return compare


# Time


def _effective(was: str | None, now: str | None, sides: _Sides) -> str | None:
    if sides.before.get("advisory") or is_as_early(sides.milestones)(now, was):
        return None
    return f"binds from {now} on instead of {f'from {was} on' if was else 'always'}"


def is_as_early(milestones: Sequence[str]) -> IsAsEarly:
    """Return whether something is effective no later than something else; what always was is earliest."""

    def compare(now: str | None, was: str | None) -> bool:
        if now is None or now == was:
            return True
        if was is None:
            return False
        if {now, was} <= set(milestones):
            return milestones.index(now) <= milestones.index(was)
        return is_date(now) and is_date(was) and now <= was and not {now, was} & set(milestones)

    return compare


def _upcoming(was: Terms | None, now: Terms | None, sides: _Sides) -> str | None:
    """Compare what is asked once each side is tightened, and between the two."""
    present, asked = (side.get("requires", ()) for side in (sides.before, sides.after))
    then, tightened = was["requires"] if was else present, now["requires"] if now else asked
    on = (now or was or {})["effective"]
    if not implied(tightened, then) or not implied(tightened, present):
        return f"asks for {describe(tightened)} from {on} on instead of {describe(then)}"
    if was and now and not is_as_early(sides.milestones)(on, was["effective"]) and not implied(asked, then):
        return f"asks for {describe(then)} from {on} on instead of from {was['effective']}"
    return None


# Applicability


def _subjects(was: str | None, now: str | None, _: _Sides) -> str | None:
    before = f"without {was}" if was else "always"
    return f"does not apply without {now}; before {before}" if now else None


def _applies_when(was: Terms | None, now: Terms | None, _: _Sides) -> str | None:
    before, after = was or {}, now or {}
    gates, spared = before.get("any_gate"), set(before.get("except_services", ()))
    is_kept = (
        all(after.get(key) in (None, before.get(key)) for key in ("gate", "label"))
        and ("any_gate" not in after or (gates is not None and within(after["any_gate"], gates)))
        and set(after.get("except_services", ())) <= spared
    )
    return None if is_kept else f"applies to {_when(after)}; before to {_when(before)}"


def _when(conditions: Terms) -> str:
    said = ", ".join(f"{_APPLIES[key]} {as_text(value)}" for key, value in conditions.items())
    return f"services {said}" if said else "every service"


_APPLIES = {
    "gate": "with gate",
    "any_gate": "with one of the gates",
    "label": "with label",
    "except_services": "except",
}


def _dependencies(was: Terms | None, now: Terms | None, sides: _Sides) -> str | None:
    if was is None:
        return None
    if now is None:
        return "asks for no level of the services that it depends on"
    if gone := [name for name in was.get("on", ()) if name not in now["on"]]:
        return f"no longer asks for a level of {as_text(gone)}"
    return _rank("asks for {now} of the services that it depends on instead of {was}", 1)(
        was["at_least"], now["at_least"], sides
    )


# Slots


def _guards(was: Terms, now: Terms, sides: _Sides) -> Iterator[str]:
    for name in sorted(was.keys() & now.keys()):
        yield from guard_losses(was[name], now[name], is_as_early(sides.milestones))


def _slots(was: Terms, now: Terms, sides: _Sides) -> Iterator[str]:
    yield from _guards(was, now, sides)
    # A slot that is used no more belongs to a condition that is gone.
    for name in sorted(was.keys() & now.keys()):
        yield from slot_losses(name, was[name], now[name])
        if less := _reads_less(was[name].get("only", {}), now[name].get("only", {})):
            yield f"reads `{name}` only for {less}"
        if was[name].get("sha256") and not now[name].get("sha256"):
            yield f"accepts any bytes for `{name}`, which is no longer pinned"


def _reads_less(before: Terms, after: Terms) -> str:
    less = [key for key, kept in after.items() if key not in before or not within(kept, before[key])]
    return "; ".join(f"{key} {as_text(after[key])}" for key in less)


def slot_losses(name: str, before: Terms, after: Terms) -> Iterator[str]:
    """Yield what the definition of a slot, its `kind` and `options`, shows less of than before."""
    if before["kind"] != after["kind"]:
        yield f"reads `{name}` as {after['kind']} instead of {before['kind']}"
        return
    options = before.get("options", {}), after.get("options", {})
    for option in {**options[0], **options[1]}:
        was, now = (given.get(option) for given in options)
        if was != now and not _shows_as_much(option, was, now):
            yield f"reads `{name}` with {option} {as_text(now)} instead of {as_text(was)}"


_FORBIDDEN = frozenset({"llm_hosts", "llm_sdks", "tenant_columns"})
"""Options that list what is forbidden: more is stricter."""
_ALLOWED = frozenset({"allowed_imports", "policies", "trusted_roles"})
"""Options that list what is allowed: less is stricter."""


def _shows_as_much(option: str, was: Any, now: Any) -> bool:
    """Return whether the lists show it; another `include` may raise a share that was too low."""
    if was is None or now is None:
        return False
    return (option in _FORBIDDEN and within(now, was)) or (option in _ALLOWED and within(was, now))


_COMPARED: Mapping[str, _Compare] = {
    "question": _question,
    "same_as": _changed("is decided like {now} instead of {was}", "no other"),
    "attested_by": _changed("is attested by {now} instead of {was}", "nobody"),
    "or_attested_by": _granted("may be attested in place of evidence by {now}; before by {was}"),
    "decidable_in": _decidable_in,
    "if_not_understood_attested_by": _granted(
        "may be attested where not understood by {now}; before by {was}"
    ),
    "waivable_by": _granted("may be waived by {now}; before by {was}"),
    "validity": _validity,
    "must_not_shrink": _demanded("holds with much less evidence than before"),
    "per_milestone": _demanded("accepts attestations for another milestone"),
    "commit": _demanded("accepts evidence of any commit: the release names none"),
    "milestones": _milestones,
    "demands": _all_kept("no longer demands {}"),
    "capabilities": _all_kept("no longer asks for {}"),
    "covers_capabilities": _demanded("no longer covers the capabilities"),
    "optional": _granted("is optional"),
    "effective": _effective,
    "advisory": _granted("is advisory and never blocks"),
    "upcoming": _upcoming,
    "from": _rank("is required from {now} on instead of from {was}", -1),
    "only_at": _granted("is required only at {now}"),
    "applies_when": _applies_when,
    "dependencies": _dependencies,
    "subjects": _subjects,
    "subjects_up_to": _rank("does not apply up to {now} without subjects; before up to {was}", -1),
    "level": _rank("is {now} instead of {was}", 1),
    "roles": _all_kept("is no longer signed by {}"),
    "signed": _all_kept("need not be signed with a key of {}"),
    "gate": lambda *_: None,
    "exited": lambda *_: None,
}
"""How each term is compared; any other term must be the same."""
