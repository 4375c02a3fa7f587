"""`keys`: what an import of keys does, and what it means that a role must sign."""

from collections.abc import Sequence

from gatekeeper.model.rulebook import RECORDS
from gatekeeper.model.screen import Screen
from gatekeeper.model.signature import ImportedKey, RequiredSignatures
from gatekeeper.model.statement import Statement
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign, uncut
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.reporters.wording.statements import counted_statements

_SIGNS = {
    "added": Status.PASS,
    "known": Status.NOT_APPLICABLE,
    "unknown": Status.MISSING,
    "refused": Status.FAIL,
}

_MOST_NAMES = 5


def imported(
    lines: Sequence[ImportedKey], source: str, governance: str, screen: Screen, *, is_dry: bool
) -> Parts:
    """Yield what is done with each key, what to add for people who are not known, and the numbers.

    Args:
        lines: The keys.
        source: The list that is imported.
        governance: The file of the roster.
        screen: What it is drawn for.
        is_dry: Whether nothing is written.
    """
    added = [line for line in lines if line.outcome == "added"]
    for line in lines:
        if line.outcome in ("added", "refused"):
            words = " ".join(filter(None, [f"[bold]{shown(line.name)}[/]", line.key]))
            why = f": not imported: {shown(line.why)}" if line.outcome == "refused" else ""
            yield item(sign(_SIGNS[line.outcome], screen), f"{words}{why}", 0)
    if unknown := [line for line in lines if line.outcome == "unknown"]:
        yield f"not on the roster: {counted(len(unknown), 'signer')}; add those who sign, with their roles"
        yield from (uncut(line.why, 2) for line in unknown)
    known = sum(line.outcome == "known" for line in lines)
    has = f"; {counted(known, 'key')} there already" if known else ""
    if not added:
        yield f"nothing to add to {shown(governance)} from {shown(source)}{has}"
        return
    would = "would add" if is_dry else "added"
    nothing = "; nothing was written" if is_dry else ""
    yield f"{would} {counted(len(added), 'key')} to {shown(governance)}{has}{nothing}"


def required(of: RequiredSignatures, program: str, screen: Screen, *, is_dry: bool) -> Parts:
    """Yield what is required, what stays valid without a signature until when, and who signs next.

    Args:
        of: The requirement.
        program: How a command to copy begins.
        screen: What it is drawn for.
        is_dry: Whether nothing is written.
    """
    what = "records of evidence" if of.role == RECORDS else f"what is stated as {of.role}"
    if not of.is_new:
        yield item(sign(Status.PASS, screen), f"{shown(what)} must be signed already: {shown(of.place)}", 0)
    elif is_dry:
        yield f"{shown(what)} would have to be signed; nothing was written"
    else:
        yield item(
            sign(Status.PASS, screen), f"{shown(what)} must be signed from now on: {shown(of.place)}", 0
        )
    yield from _kept(of)
    yield from _signers(of, program, screen)


def _kept(of: RequiredSignatures) -> Parts:
    """Yield what stays valid by the level above which it ends."""
    by_level: dict[str, list[Statement]] = {}
    for statement, level in of.kept:
        by_level.setdefault(level, []).append(statement)
    if by_level:
        yield "valid without a signature until a level above this one is signed:"
    for level, statements in by_level.items():
        yield item(f"[bold]{shown(level)}[/]", counted_statements(statements), 2)
    untils = sorted(str(one.fields["until"]) for one, _ in of.kept if "until" in one.fields)
    if untils:
        yield indented(f"or until their own `until`: the first ends on {untils[0]}", 2)


def _signers(of: RequiredSignatures, program: str, screen: Screen) -> Parts:
    """Yield who has a key and who needs one, and the command that signs."""
    if not of.people:
        yield item(sign(Status.MISSING, screen), f"nobody on the roster holds the role {shown(of.role)}", 0)
    for name, keys in of.people:
        if not keys:
            hint = "`gatekeeper keys import FILE` adds one"
            yield item(sign(Status.MISSING, screen), f"{shown(name)} has no key, and cannot sign: {hint}", 0)
    if of.role == RECORDS:
        yield uncut(f"→ {program} collect SERVICE --key FILE", 0)
        return
    unsigned = {statement.by.casefold() for statement, _ in of.kept}
    able = [name for name, keys in of.people if keys and name.casefold() in unsigned]
    yield from (uncut(f"→ {program} sign --by {name} --key FILE", 0) for name in able[:_MOST_NAMES])
    if len(able) > _MOST_NAMES:
        yield f"and {', '.join(map(shown, able[_MOST_NAMES:]))} likewise"
    yield uncut(f"next: {program} verify-signatures", 0)
