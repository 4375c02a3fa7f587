"""`report --format markdown`: the exit report, for a documentation page or a pull request."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from gatekeeper.model.action import Action
from gatekeeper.model.changes import Comparison
from gatekeeper.model.overview import Exit, Overview
from gatekeeper.model.rule import ExceptionRule
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.model.trend import MilestoneProgress, Trend
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.reporters.pages import exit_report
from gatekeeper.reporters.pages.grids import (
    MOST_LISTED,
    GateMap,
    LevelRow,
    gate_map,
    gate_map_legend,
    level_grid,
    level_legend,
)
from gatekeeper.reporters.text.markdown import row, table, text
from gatekeeper.reporters.text.screen import SYMBOLS
from gatekeeper.reporters.wording import actions
from gatekeeper.reporters.wording.counts import counted, first_few, not_listed, percent
from gatekeeper.reporters.wording.forecast import lapse_sentence, nothing_lapses
from gatekeeper.reporters.wording.levels import from_to, levels_of
from gatekeeper.reporters.wording.markdown_criterion import criterion
from gatekeeper.reporters.wording.outcomes import Once
from gatekeeper.reporters.wording.provenance import flaws
from gatekeeper.reporters.wording.statements import approved_by, wrong_signatures
from gatekeeper.reporters.wording.timing import not_binding_yet
from gatekeeper.reporters.wording.verdict import STANDINGS, spaced, verdict_sentence

_FEW = 12
"""How many services a line names."""
_WHICH = "All figures and actions count every service. The site (`gatekeeper site`) has a page for each."


def page(overview: Overview, milestone: str, trend: Trend | None = None) -> str:
    """Return the exit report of a milestone; untrusted text is escaped."""
    return "".join(_lines(overview, overview.exits[milestone], trend))


def _lines(overview: Overview, exit_: Exit, trend: Trend | None) -> Iterator[str]:
    yield from _verdict(overview, exit_)
    grid = gate_map(overview, exit_.result.services)
    services = grid.listed
    names = {of.service.service for of in services}
    in_order = [of for of in exit_.result.services if of.service.service in names]
    if left_out := not_listed(len(services), grid.services):
        yield f"\n**{left_out}** here: the worst are. {_WHICH}\n"
    yield from _section("Do first", _first(exit_))
    yield from _section("Gates and services", _gates(grid, overview))
    if overview.since:
        yield from _section(f"Since {text(overview.since.base)}", _since(overview.since, exit_))
    yield from _section("Levels", _levels(level_grid(overview, names), overview, exit_))
    for title, verdict in (
        ("Blocked services", ServiceVerdict.BLOCKED),
        ("Ready by exception", ServiceVerdict.EXCEPTED),
    ):
        of_verdict = [of for of in services if of.verdict is verdict]
        yield from _section(title, (line for of in of_verdict for line in _service(of, overview)))
    yield from _section(
        "Ready services", _ready([of for of in services if of.verdict is ServiceVerdict.READY])
    )
    yield from _section("All actions", _actions(exit_))
    yield from _section(
        "Exceptions", _exceptions(exit_, overview.rulebook.exceptions, names), "The risk register is empty."
    )
    yield from _section("Sign-offs", _sign_offs(overview, in_order))
    milestone = exit_.milestone
    nothing_ahead = nothing_lapses(milestone.milestone, milestone.exit_date, overview.as_of)
    yield from _section("Forecast", _forecast(exit_, names), nothing_ahead)
    if trend:
        yield from _section("Trend", _trend(trend, exit_.result.milestone), "No commit could be judged.")
    nothing = "No artefact is mapped to a slot that a criterion reads."
    yield from _section("Evidence", _evidence(overview, in_order), nothing)
    limits = [
        row(text(rule.id), text(rule.limits or "")) for rule in exit_report.limited(exit_.result.services)
    ]
    yield from _section(
        "Limits", [table("criterion", "what a pass does not show"), *limits] if limits else ()
    )
    judged = (row(what, text(value)) for what, value in exit_report.judged(overview))
    yield from _section("What was judged", (table("what", "which"), *judged))


def _section(title: str, lines: Iterable[str], nothing: str | None = None) -> Iterator[str]:
    """Yield a section; an empty one shows `nothing`, or is omitted."""
    content = list(lines)
    if not content and nothing is None:
        return
    yield f"\n## {title}\n\n"
    yield from content or [f"{nothing}\n"]


def _verdict(overview: Overview, exit_: Exit) -> Iterator[str]:
    milestone = exit_.milestone
    yield f"# Exit report of {text(milestone.title)}\n\n"
    sign = SYMBOLS[exit_.result.verdict][0]
    yield f"**{sign} {text(verdict_sentence(exit_.result))}** {exit_report.outlook(exit_)}\n\n"
    when = f"As of {overview.as_of}; {actions.exit_words(milestone.exit_date, overview.as_of)}"
    if exited := milestone.exited_by(overview.as_of):
        when += f"; exited on {exited.on} by {text(exited.by)}"
    yield f"{when}.\n"
    yield f"\n{'; '.join(_progress_so_far(exit_))}\n"
    if lost := exit_report.losses(exit_):
        yield "\n" + "".join(map(_loss, lost[:MOST_LISTED]))
        yield from _rest(MOST_LISTED, len(lost), "loss", "losses")
    if wrong := list(wrong_signatures(exit_.result.services)):
        yield "\n" + "".join(f"- ✗ {text(line)}\n" for line in wrong[:MOST_LISTED])
        yield from _rest(MOST_LISTED, len(wrong), "wrong signature")


def _progress_so_far(exit_: Exit) -> Iterator[str]:
    """Yield what is met, the levels that are held, and how many services are how far."""
    result = exit_.result
    met = f"{result.met:,} of {counted(result.due, 'criterion', 'criteria')} met"
    yield f"**{met} ({percent(result.met, result.due)} %)**"
    for one in exit_report.held_levels(exit_):
        yield f"{text(one.level.id)}: {one.held:,} of {counted(one.needed, 'service')}"
    for standing, words in STANDINGS.items():
        if count := result.standings[standing]:
            yield f"{SYMBOLS[standing][0]} {count:,} {words}"


def _rest(listed: int, all_: int, noun: str, plural: str | None = None) -> Iterator[str]:
    if listed < all_:
        yield f"\n{not_listed(listed, all_, noun, plural)}.\n"


def _loss(one: exit_report.Loss) -> str:
    service, code = one.result.service, spaced(one.reason.code)
    sign = SYMBOLS[one.result.standing][0]
    return (
        f"- {sign} **{code}** {text(service.service)} ({text(service.owner)}): {text(one.reason.message)}\n"
    )


def _first(exit_: Exit) -> Iterator[str]:
    for place, action in enumerate(exit_.result.actions[: exit_report.MOST_FIRST], 1):
        yield f"{place}. {text(actions.with_place(action))} ({_about(action, exit_)})\n"


def _about(action: Action, exit_: Exit, *, when: bool = False) -> str:
    said = actions.remarks(action, exit_.result, where=False)
    later = actions.when(action, exit_.result) if when else []
    return f"**{text(actions.who(action))}**; {text('; '.join([*said, *later]))}"


def _since(comparison: Comparison, exit_: Exit) -> Iterator[str]:
    found = exit_report.since(comparison, exit_.result.milestone)
    yield f"{found.counts()}; judged by the rules of {text(comparison.base)}, "
    yield f"as of {comparison.base_as_of} and {comparison.as_of}.\n"
    for title, sign, part in (
        ("Lost", "↓", found.lost),
        ("Won", "✓", found.won),
        ("Rules and plan changed", "~", found.rules),
        ("Other changes", "·", found.others),
    ):
        if part:
            yield f"\n**{sign} {title}**\n\n"
        for one in part:
            services = f"**{text(first_few(one.services, _FEW))}**: " if one.services else ""
            yield f"- {services}{text(one.message)}{f' ({text(one.seen)})' if one.seen else ''}\n"


def _levels(rows: Sequence[LevelRow], overview: Overview, exit_: Exit) -> Iterator[str]:
    names = [
        f"**{text(name)}**" if name == exit_.result.milestone else text(name) for name in overview.roadmap
    ]
    yield table("service", "effective", *names)
    for of in rows:
        cells = (text(cell.label) if cell.target else cell.label for cell in of.cells)
        yield row(text(of.service), text(of.effective.id), *cells)
    yield "".join(f"\n{text(line)}\n" for line in level_legend(overview))


def _gates(grid: GateMap, overview: Overview) -> Iterator[str]:
    if not grid.standings:
        return
    yield table("service", "owner", "level", "standing", *(text(column.label) for column in grid.columns))
    met = (f"{column.met}/{column.due}" for column in grid.columns)
    yield row("met of due", "", "", "", *met)
    for standing, rows in grid.standings.items():
        words = f"{SYMBOLS[standing][0]} {STANDINGS[standing]}"
        for one in rows:
            of = one.result
            cells = (f"{cell.state.sign}{f' {cell.open}' if cell.open else ''}" for cell in one.cells)
            yield row(_name(of), text(of.service.owner), text(from_to(of)), words, *cells)
    yield "".join(f"\n{text(line)}\n" for line in gate_map_legend(grid, overview))


def _service(of: ServiceResult, overview: Overview) -> Iterator[str]:
    yield f"### {SYMBOLS[of.verdict][0]} {text(of.service.service)}\n\n"
    yield f"{text(of.service.owner)}; {text(levels_of(of, overview.rulebook.governance))}.\n\n"
    for reason in exit_report.reasons(of):
        yield f"- **{spaced(reason.code)}**: {text(reason.message)}\n"
    for seen in of.exceptions:
        yield f"- **exception {text(seen.id)}, {spaced(seen.state)}**: {text(seen.message)}\n"
    yield "\n"
    once, found_at = Once(), partial(overview.link, of.service.service)
    for group in exit_report.groups(of):
        yield f"**{text(group.title)}** {group.tally or text(group.note)}\n\n"
        for result in group.unmet:
            yield from criterion(result, text, once, effort=True, found_at=found_at)
        if group.met:
            met = ", ".join(f"{text(result.rule.id)} ({result.basis})" for result in group.met)
            yield f"- ✓ {met}\n"
        yield "\n"


def _ready(ready: Sequence[ServiceResult]) -> Iterator[str]:
    shown = exit_report.bases(ready)
    if ready:
        yield table("service", "owner", "level", *(f"met by {basis}" for basis in shown))
    for of in ready:
        by = exit_report.rests_on(of)
        counts = (str(by[basis]) for basis in shown)
        yield row(_name(of), text(of.service.owner), text(from_to(of)), *counts)


def _actions(exit_: Exit) -> Iterator[str]:
    for place, action in enumerate(exit_.result.actions, 1):
        title = text(actions.with_place(action))
        yield f"{place}. **{title}** ({_about(action, exit_, when=True)})\n"
        texts = action.instructions
        for one in texts:
            services = f"{text(first_few(one.services, _FEW))}: " if len(texts) > 1 else ""
            yield f"   - {services}{text(one.text)}\n"
        for way in actions.ways(action):
            yield f"   - or {text(way)}\n"
        if len(action.services) > actions.MOST_NAMES:
            yield f"   - services: {text(first_few(action.services, MOST_LISTED))}\n"


def _exceptions(exit_: Exit, rule: ExceptionRule, listed: Collection[str]) -> Iterator[str]:
    if exit_.register:
        yield table("exception", "service", "state", "open of what it covers", "close for", "left", "risk")
    register = exit_report.of_listed(exit_.register, lambda of: of.entry.service, listed)
    for one in register:
        entry = one.entry
        names = zip(entry.delta, rule.in_words(entry.delta), strict=True)
        covers = ", ".join(f"{words} (open)" if name in one.open else words for name, words in names)
        due = f"{one.due}, {one.due_on}" if one.due_on else one.due or "-"
        yield row(
            text(entry.id),
            text(entry.service),
            text(f"{spaced(one.state)}: {one.message}"),
            text(covers),
            text(due) if one.due else due,
            exit_report.time_left(one.days_left, one.milestones_left),
            text(f"{entry.risk} {entry.owner}; {approved_by(one)}; {entry.link}"),
        )
    yield from _rest(len(register), len(exit_.register), "exception")


def _sign_offs(overview: Overview, services: Sequence[ServiceResult]) -> Iterator[str]:
    roles = overview.rulebook.governance.upgrade_sign_offs
    found = exit_report.sign_offs(services)
    if not roles:
        return
    if found:
        yield table("service", "level", *map(text, roles))
    for one in found:
        yield row(_name(one.result), text(one.level.id), *(_signature(one, role) for role in roles))


def _signature(one: exit_report.SignOffs, role: str) -> str:
    given = one.given.get(role)
    if role in one.missing:
        why = f"; that of {text(given.by)} on {given.on} does not count" if given else ""
        return f"? missing{why}"
    changed = "; what was signed has changed" if role in one.changed else ""
    return f"✓ {text(given.by)}, {given.on}, {text(one.how(role))}{changed}" if given else "-"


def _forecast(exit_: Exit, listed: Collection[str]) -> Iterator[str]:
    forecast = exit_report.of_listed(exit_.forecast, lambda of: of.service, listed)
    for lapse in forecast:
        yield f"- {text(lapse_sentence(lapse))}. {text(lapse.owner)}: {text(lapse.remedy)}\n"
    yield from _rest(len(forecast), len(exit_.forecast), "lapse")
    for line in not_binding_yet(exit_.result):
        yield f"- {text(line)}\n"


def _trend(trend: Trend, milestone: str) -> Iterator[str]:
    if trend.points:
        yield table("date", "commit", "verdict", "criteria green", "services ready")
    for point in trend.points:
        of = point.milestones.get(milestone)
        cells = _progress(of) if of else (text(point.gap or "the milestone was not in the plan"), "-", "-")
        yield row(str(point.as_of), text(point.commit[:7]), *cells)


def _progress(of: MilestoneProgress) -> tuple[str, str, str]:
    verdict = f"{SYMBOLS[of.verdict][0]} {spaced(of.verdict)}"
    return verdict, f"{of.green} of {of.due}", f"{of.ready} of {of.services}"


def _evidence(overview: Overview, services: Sequence[ServiceResult]) -> Iterator[str]:
    exhibits = exit_report.exhibits(services, overview)
    if exhibits:
        yield table("service", "slot", "file", "what is known", "age", "sha256")
    for one in exhibits:
        seen = one.evidence
        yield row(
            text(one.service),
            text(seen.slot),
            text(seen.path or ""),
            "<br>".join(map(text, [one.known, *flaws(seen)])),
            one.age,
            seen.sha256 or "-",
        )


def _name(of: ServiceResult) -> str:
    return f"**{text(of.service.service)}**"
