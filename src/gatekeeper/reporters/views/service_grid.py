"""The grid of `check`: one line a service, with the number of open criteria of each gate."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.text import Text

from gatekeeper.model.changes import Comparison
from gatekeeper.model.listing import Sort
from gatekeeper.model.report import Brief
from gatekeeper.model.row import ServiceRow
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import GateStatus
from gatekeeper.model.verdict import (
    GROUP_CAPABILITIES,
    GROUP_LEVELS,
    GROUP_SIGN_OFFS,
    Standing,
)
from gatekeeper.reporters.text.screen import Part, Parts, cut, item, mark, shown, visible
from gatekeeper.reporters.wording.counts import counted, percent
from gatekeeper.reporters.wording.verdict import spaced

OWNER_FROM, CHANGES_FROM = 100, 130
"""The widths of a screen, in columns, that have room for owners and for what has changed."""
_MOST_OF_A_CELL = 40
_TOTAL = "open in total"
_WORST_FIRST = tuple(Standing)


def ordered(services: Iterable[ServiceRow], sort: Sort) -> list[ServiceRow]:
    """Return services in an order; those alike come by harm, then by the number of open criteria."""
    by_harm = sorted(services, key=_harm)
    match sort:
        case Sort.HARM:
            return by_harm
        case Sort.OWNER:
            return sorted(by_harm, key=lambda service: service.owner)
        case Sort.NAME:
            return sorted(by_harm, key=lambda service: service.name)
        case Sort.PROGRESS:
            return sorted(by_harm, key=_share_met, reverse=True)


def _harm(service: ServiceRow) -> tuple[int, int, str]:
    open_ = sum(service.open_by_group.values())
    return _WORST_FIRST.index(service.standing), open_, service.name


def _share_met(service: ServiceRow) -> float:
    return service.met / service.due if service.due else 1.0


class _Column(NamedTuple):
    """A column of the grid: its heading, a cell for each service, and the one below them."""

    heading: str
    cells: Sequence[Text]
    total: str
    is_figure: bool
    """Whether it is aligned to the right."""
    width: int

    @classmethod
    def of(
        cls, heading: str, cells: Sequence[Text], total: str = "", *, is_figure: bool = False
    ) -> "_Column":
        width = max(len(heading), len(total), *(cell.cell_len for cell in cells))
        return cls(heading, cells, total, is_figure, width)

    def without_total(self) -> "_Column":
        return _Column.of(self.heading, self.cells, is_figure=self.is_figure)

    def padded(self, cell: Text) -> Text:
        blanks = " " * (self.width - cell.cell_len)
        return Text.assemble(blanks, cell) if self.is_figure else Text.assemble(cell, blanks)


class _Group(NamedTuple):
    """What is open of a gate, of levels, of capabilities or of sign-offs: in each service, and in all."""

    heading: str
    cells: Sequence[Text]
    open: Sequence[int]
    states: Sequence[GateStatus]
    total: int
    title: str = ""
    """Of a gate."""

    def column(self, heading: str | None = None) -> _Column:
        total = f"{self.total}" if self.total else ""
        return _Column.of(heading or self.heading, self.cells, total, is_figure=True)


def service_grid(brief: Brief, rows: Sequence[ServiceRow], screen: Screen) -> Parts:
    """Yield the services, one line each, and the sums over all services of the verdict.

    On a narrow screen, gates with long ids are numbered, then what is open besides gates is added up, then
    only sums are shown.
    """
    layout = next(one for one in _layouts(brief, rows, screen) if one.fits(screen) or one.is_last)
    columns = layout.columns
    yield _line(columns, [Text(visible(column.heading), "bold") for column in columns], layout, screen)
    for place in range(len(rows)):
        yield _line(columns, [column.cells[place] for column in columns], layout, screen)
    if len(brief.result.services) > 1 and any(column.is_figure and column.total for column in columns):
        yield _line(columns, [Text(column.total, "bold") for column in columns], layout, screen)
    yield from (item(f"{number}", shown(title), 2) for number, title in enumerate(layout.legend, 1))


class _Layout(NamedTuple):
    """Columns, and the titles of gates that have a number instead of an id."""

    columns: Sequence[_Column]
    legend: Sequence[str] = ()
    is_last: bool = False

    def fits(self, screen: Screen) -> bool:
        return sum(column.width + 1 for column in self.columns) - 1 <= screen.width


def _layouts(brief: Brief, rows: Sequence[ServiceRow], screen: Screen) -> Iterator[_Layout]:
    """Yield the layouts of the grid, from the widest to the narrowest."""
    groups = list(_groups(brief, rows, screen))
    gates = [group for group in groups if group.title]
    rest = [group for group in groups if not group.title]
    marks = _Column.of("", [mark(service.standing, screen) for service in rows])
    names = [Text(visible(service.name)) for service in rows]
    name = [marks, _Column.of("service", names, _TOTAL if len(brief.result.services) > 1 else "")]
    levels = [Text(_arrow(f"{service.level}→{service.target}", screen)) for service in rows]
    level = _Column.of("level", levels)
    is_wide, sort = screen.width >= OWNER_FROM, screen.listing.sort
    shares = [Text(f"{percent(service.met, service.due)} %") for service in rows]
    met = [_Column.of("met", shares, is_figure=True)] if is_wide or sort is Sort.PROGRESS else []
    owners = [Text(cut(visible(service.owner), _MOST_OF_A_CELL)) for service in rows]
    owner = [_Column.of("owner", owners)] if is_wide or sort is Sort.OWNER else []
    compared = brief.comparison if screen.width >= CHANGES_FROM else None
    changes = [_changes(compared, rows)] if compared else []
    by_id = [group.column() for group in gates]
    by_number = [group.column(f"{number}") for number, group in enumerate(gates, 1)]
    others, summed = [group.column() for group in rest], [_summed("rest", rest, screen)] if rest else []
    titles = [group.title for group in gates]
    yield _Layout([*name, *owner, level, *met, *by_id, *others, *changes])
    yield _Layout([*name, level, *met, *by_id, *others])
    yield _Layout([*name, level, *by_id, *others])
    yield _Layout([*name, level, *by_id, *summed])
    yield _Layout([*name, level, *(column.without_total() for column in (*by_id, *summed))])
    yield _Layout([*name, level, *by_number, *others], titles)
    yield _Layout([*name, level, *by_number, *summed], titles)
    yield _Layout([*name, *by_number, *others], titles)
    yield _Layout([*name, level, _summed("open", groups, screen)])
    yield _Layout([*name, _summed("open", groups, screen)], is_last=True)


def _groups(brief: Brief, rows: Sequence[ServiceRow], screen: Screen) -> Iterator[_Group]:
    """Yield what is open by gate; then, unless gates are selected, what is open besides."""
    every, selected = brief.result.services, brief.filter.gates
    totals: Counter[str] = Counter()
    for service in every:
        totals.update(service.open_by_group)

    def group(heading: str, id_: str, title: str = "") -> _Group:
        counts, states = [row.open_by_group.get(id_, 0) for row in rows], [row.states[id_] for row in rows]
        cells = [_cell(count, state, screen) for count, state in zip(counts, states, strict=True)]
        return _Group(heading, cells, counts, states, totals[id_], title)

    for id_, title in brief.gates.items():
        if not selected or id_ in selected:
            yield group(id_, id_, title)
    if not selected:
        for heading, id_ in (("lvl", GROUP_LEVELS), ("cap", GROUP_CAPABILITIES), ("sign", GROUP_SIGN_OFFS)):
            if totals[id_] or any(row.states[id_] is not GateStatus.NOT_APPLICABLE for row in rows):
                yield group(heading, id_)


def _cell(open_: int, state: GateStatus, screen: Screen) -> Text:
    return Text(f"{open_}", "red") if open_ else mark(state, screen)


def _together(states: Sequence[GateStatus]) -> GateStatus:
    """Return the worst status of several groups; what is not asked says nothing."""
    order = (GateStatus.RED, GateStatus.AMBER, GateStatus.GREEN)
    return next((state for state in order if state in states), GateStatus.NOT_APPLICABLE)


def _summed(heading: str, groups: Sequence[_Group], screen: Screen) -> _Column:
    sums = [sum(counts) for counts in zip(*(group.open for group in groups), strict=True)]
    states = map(_together, zip(*(group.states for group in groups), strict=True))
    cells = [_cell(count, state, screen) for count, state in zip(sums, states, strict=True)]
    return _Column.of(heading, cells, f"{sum(group.total for group in groups)}", is_figure=True)


def _changes(comparison: Comparison, rows: Sequence[ServiceRow]) -> _Column:
    """Return how many changes of each kind every service has."""
    found: Mapping[str, Counter[str]] = {service.name: Counter() for service in rows}
    for change in comparison.changes:
        if change.service and change.service in found:
            found[change.service][spaced(change.kind)] += 1
    told = [", ".join(counted(n, kind) for kind, n in of.items()) for of in found.values()]
    return _Column.of("changes", [Text(words) for words in told])


def _arrow(words: str, screen: Screen) -> str:
    """Return words in which an arrow has the width that the screen will give it."""
    return words if screen.unicode else words.replace("→", "->")


def _line(columns: Sequence[_Column], cells: Sequence[Text], layout: _Layout, screen: Screen) -> Part:
    line = Text(" ").join(column.padded(cell) for column, cell in zip(columns, cells, strict=True))
    line.rstrip()
    line.no_wrap = layout.fits(screen)
    return line
