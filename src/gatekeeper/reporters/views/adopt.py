"""`adopt`: the services of repositories, where each fact is from, what is mapped, and what is left to do."""

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, cut, grid, indented, item, shown, sign
from gatekeeper.reporters.wording.counts import counted, first_few

if TYPE_CHECKING:
    from gatekeeper.manifests.catalogues.scan import Unread
    from gatekeeper.workspace.adopting import AdoptedService, Adoption
    from gatekeeper.workspace.plan_templates import NewPlans

_OWNER = "owner"
_FEW = 3
_MOST = 8
"""So many lines of one sort; JSON has all."""
_TITLES = ("service", "owner", "profile", "code")
_GAPS = 8
"""The columns between the four, and beside them."""
_LEAST = 8
_CODE = 28
"""So many columns the folder of the code gets at least."""


def data(
    adoption: "Adoption", unread: "Sequence[Unread]", plans: "NewPlans", start: Path, *, is_written: bool
) -> dict[str, Any]:
    """Return every service with its facts and mappings, and everything that is not taken or not read."""
    return {
        "written": is_written,
        "services": [_data(one, start) for one in adoption.services],
        "not_taken": [one._asdict() for one in adoption.not_taken],
        "unread": [one._asdict() for one in unread],
        "remarks": [{"line": one.line, "message": one.message} for one in plans.remarks],
    }


def _data(service: "AdoptedService", start: Path) -> dict[str, Any]:
    wiring = service.wiring
    return {
        "service": service.name,
        "is_new": service.is_new,
        "owner": service.owner,
        "profile": service.profile,
        "code": _relative(service.code, start),
        "repository": service.repository,
        "depends_on": service.depends_on,
        "fields": service.fields,
        "sources": service.sources,
        "mapped": [one._asdict() for one in wiring.proposals] if wiring else [],
        "ambiguous": [one._asdict() for one in wiring.ties] if wiring else [],
        "empty": [one._asdict() for one in wiring.empty] if wiring else [],
        "left_to_do": service.left_to_do,
    }


def parts(
    adoption: "Adoption", unread: "Sequence[Unread]", plans: "NewPlans", start: Path, screen: Screen
) -> Parts:
    """Yield the services as a table, then what is not taken, not read and not understood."""
    if changing := [one for one in adoption.services if one.adds]:
        yield _table(changing, start, screen)
    if known := len(adoption.services) - len(changing):
        yield f"nothing to add to {counted(known, 'service')} of the workspace"
    reasons: dict[str, list[str]] = {}
    for one in adoption.not_taken:
        reasons.setdefault(one.why, []).append(f"{one.name} ({_last_two(one.place)})")
    yield from _listed("not taken", [f"{first_few(names, _FEW)}: {why}" for why, names in reasons.items()])
    yield from _listed("not read", [f"{one.place}: {one.why}" for one in unread])
    yield from _listed("not understood", [f"{plans.page}:{one.line}: {one.message}" for one in plans.remarks])


def _table(services: "Sequence[AdoptedService]", start: Path, screen: Screen) -> Any:
    """Return a table with two lines a service: its facts, and where each is from."""
    rows = [_rows(service, start) for service in services]
    widths = [max(len(row[column]) for row in (_TITLES, *chain(*rows))) for column in range(4)]
    left = screen.width - _GAPS - min(widths[3], _CODE)
    while sum(widths[:3]) > left and max(widths[:3]) > _LEAST:  # the widest gives way
        widths[widths.index(max(widths[:3]))] -= 1
    widths[3] = max(_LEAST, min(widths[3], screen.width - _GAPS - sum(widths[:3])))
    table = grid(screen, padding=(0, 1, 0, 0))
    for title, width in zip(_TITLES, widths, strict=True):
        table.add_column(title, width=width, no_wrap=True, overflow="ellipsis")
    for row, sources in rows:
        *first, code = (cut(cell, width) for cell, width in zip(row, widths, strict=True))
        table.add_row(*map(shown, (*first, code if code == row[3] else f"…{row[3][1 - widths[3] :]}")))
        table.add_row(
            *(f"[dim]{shown(cut(source, width))}[/]" for source, width in zip(sources, widths, strict=True))
        )
    return table


def _rows(service: "AdoptedService", start: Path) -> tuple[list[str], list[str]]:
    code = _relative(service.code, start) or service.repository or "-"
    wiring, sources = service.wiring, service.sources
    slots = "no code found"
    if wiring:
        with_file = wiring.filled + len(wiring.proposals)
        slots = f"files for {with_file} of {counted(wiring.asked, 'slot')}"
    facts = [service.name, service.owner, service.profile or "-", code]
    name = _short(sources.get("name", ""))
    return facts, [
        name if service.is_new else f"known; {name}",
        _short(sources.get(_OWNER, "" if not service.is_new else "?")),
        _short(sources["profile"]) if service.profile and "profile" in sources else "",
        slots,
    ]


def left_to_do(adoption: "Adoption", screen: Screen) -> Parts:
    """Yield what somebody has to do by hand, the most important first; the same for several services once."""
    services: dict[tuple[int, str], list[str]] = {}
    for one in adoption.services:
        for rank, line in _left(one):
            services.setdefault((rank, line), []).append(one.name)
    if services:
        yield indented("left to do by hand:", 0)
    for (_, line), names in sorted(services.items(), key=lambda entry: entry[0][0]):
        who = shown(first_few(names, _FEW))
        yield item(sign(Status.MISSING, screen), f"[bold]{who}[/]  {shown(line)}", 2)


def _left(service: "AdoptedService") -> Iterator[tuple[int, str]]:
    """Yield what is left to do for a service, and its rank."""
    yield from ((0, line) for line in service.left_to_do)
    if service.code is None:
        yield 1, "clone its repository, and run adopt with the folder of the clone"
    for tie in service.wiring.ties if service.wiring else ():
        paths = " or ".join((tie.path, *tie.alternatives)[:_FEW])
        yield 2, f"map {tie.slot}: {paths}? `wire {service.name} --from` its folder asks on a terminal"
    if empty := [one.slot for one in service.wiring.empty] if service.wiring else []:
        yield 3, f"produce and map {first_few(empty, _FEW)}"


def none_in(folders: Sequence[Path]) -> Parts:
    """Yield that folders have no service, and what one would have."""
    where = ", ".join(map(str, folders))
    yield indented(
        f"no service was found in {shown(where)}: one has a catalogue (catalog-info.yaml ...) "
        "or the mark of an application: a Dockerfile, `scripts.start`, `package main`, Spring Boot ...",
        0,
    )


def _listed(title: str, lines: Sequence[str]) -> Parts:
    if lines:
        yield indented(f"{title}:", 0)
    for line in lines[:_MOST]:
        yield item("-", shown(line), 2)
    if len(lines) > _MOST:
        yield f"  and {len(lines) - _MOST:,} more: --format json lists them"


def _relative(folder: Path | None, start: Path) -> str | None:
    return os.path.relpath(folder, start) if folder else None


def _last_two(place: str) -> str:
    """Return a place with its last folder only, so that two of one name differ: `basket/package.json`."""
    file, colon, line = place.partition(":")
    return "/".join(file.split("/")[-2:]) + colon + line


def _short(place: str) -> str:
    """Return a place without its folders: `catalog-info.yaml:3`."""
    file, colon, line = place.partition(":")
    return file.rpartition("/")[2] + colon + line.partition(":")[0]
