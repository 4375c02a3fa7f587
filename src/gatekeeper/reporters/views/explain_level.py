"""`explain` of a level: what it means, and who signed it for each service, how."""

from collections.abc import Sequence
from typing import Any

from gatekeeper.model.rulebook import LevelDefinition
from gatekeeper.model.screen import Screen
from gatekeeper.model.signature import RoleSignOff, ServiceSignOffs
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.statements import how_made


def data(level: LevelDefinition, found: Sequence[ServiceSignOffs]) -> dict[str, Any]:
    """Return the level and its sign-offs as plain data."""
    return {
        "level": level.level,
        "level_name": level.name,
        "meaning": level.meaning,
        "services": [
            {
                "service": of.service,
                "owner": of.owner,
                "signed_level": of.signed_level.id,
                "sign_offs": list(map(_row, of.roles)),
            }
            for of in found
        ],
    }


def _row(one: RoleSignOff) -> dict[str, Any]:
    given = one.given
    return {
        "role": one.role,
        "by": given.by if given else None,
        "on": given.on.isoformat() if given else None,
        "counts": one.counts,
        "why": one.why,
        "signature": one.seen._asdict() if one.seen else None,
    }


def parts(level: LevelDefinition, rank: int, found: Sequence[ServiceSignOffs], screen: Screen) -> Parts:
    """Yield the level of a rank in words, and for each service who signed it."""
    yield f"[bold]{shown(level.level)}[/] {shown(level.name)}"
    yield indented(shown(level.meaning), 2)
    for criterion in level.criteria:
        yield item("-", f"{shown(criterion.id)}  {shown(criterion.question)}", 4)
    for of in found:
        yield ""
        yield f"[bold]{shown(of.service)}[/]  {shown(of.owner)}  signed off {shown(of.signed_level.label)}"
        if not of.roles:
            yield indented("no level is signed off here: `level:` of the manifest counts", 2)
        is_above = of.signed_level.rank > rank
        for one in of.roles:
            words = "none, and needs none" if is_above and one.given is None else _words(one)
            yield item(
                sign(_outcome(one, is_above=is_above), screen), f"{shown(one.role)}  {shown(words)}", 2
            )


def _outcome(one: RoleSignOff, *, is_above: bool) -> Status:
    """Return the status of a sign-off; a level below the signed one needs none of its own."""
    if one.counts:
        return Status.PASS
    if one.given is not None:
        return Status.FAIL
    return Status.NOT_APPLICABLE if is_above else Status.MISSING


def _words(one: RoleSignOff) -> str:
    if one.given is None or one.seen is None:
        return "not signed off"
    by = f"{one.given.by}, {one.given.on}"
    return f"{by}, {how_made(one.seen)}" if one.counts else f"{by}, does not count: {one.why}"
