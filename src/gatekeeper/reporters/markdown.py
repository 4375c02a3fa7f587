"""`--format markdown`: a job summary with verdict, progress, what to do first, and folded details."""

from collections.abc import Iterable, Iterator

from gatekeeper.model.action import Action
from gatekeeper.model.changes import Comparison
from gatekeeper.model.report import Report
from gatekeeper.model.rule import ExceptionRule
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.model.verdict import ServiceResult, Standing, to_show
from gatekeeper.reporters.text.markdown import html, prose, row, table, text
from gatekeeper.reporters.text.screen import SYMBOLS, cut
from gatekeeper.reporters.views import diff_markdown
from gatekeeper.reporters.wording import actions, outcomes, verdict
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.reporters.wording.levels import from_to, levels_sentence
from gatekeeper.reporters.wording.markdown_criterion import criterion
from gatekeeper.reporters.wording.reasons import is_reported
from gatekeeper.reporters.wording.statements import wrong_signatures
from gatekeeper.reporters.wording.timing import not_binding_yet

MOST_BYTES = 1_000_000
"""GitHub refuses a step summary above 1 MiB; the rest is left for other parts of the summary."""
_FOR_THE_END = 1_000
"""Bytes reserved for the note about what was omitted."""
_MOST_OF_A_TEXT = 500
_MOST_ACTIONS = 5
_WORST_FIRST = tuple(Standing)
_BLOCKED = "\n" + table("blocked", "owner", "level", "met", "open")
_EXCEPTIONS = "\n" + table("exception", "service", "state", "why", "covers")


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the verdict as a page of Markdown that GitHub accepts as a job summary."""
    return page(report, MOST_BYTES)


def page(report: Report, most: int) -> str:
    """Return the verdict in at most `most` bytes of UTF-8; a note counts what was omitted."""
    page = _Page(most - _FOR_THE_END)
    if report.comparison:
        _add_changes(page, report.comparison, most // 2)
    page.add(_head(report))
    services = report.result.services
    blocked = sorted(
        (service for service in services if service.verdict is ServiceVerdict.BLOCKED),
        key=lambda service: _WORST_FIRST.index(service.standing),
    )
    excepted = [service for service in services if service.verdict is ServiceVerdict.EXCEPTED]
    ready = [service for service in services if service.verdict is ServiceVerdict.READY]
    page.add(_do_first(report))
    # The tables get a share of the page only, so that the details fit, too.
    page.add_rows(_BLOCKED, _blocked_rows(blocked), most // 2)
    page.add_rows(_EXCEPTIONS, _exception_rows(services, report.rulebook.exceptions), most // 8)
    page.add_sections("".join(_lines(service, report)) for service in (*blocked, *excepted))
    page.add_sections([_ready(ready)] if ready else [])
    page.add_sections([_not_binding(lines)] if (lines := not_binding_yet(report.result)) else [])
    return page.text(report.result.milestone)


def _add_changes(page: "_Page", comparison: Comparison, most: int) -> None:
    """Add what the change does, in at most about `most` bytes."""
    page.add(diff_markdown.head(comparison))
    page.add_rows("\n" + diff_markdown.ROWS, diff_markdown.rows(comparison), most)
    page.add(diff_markdown.own_rules(comparison))
    page.add("\n")


class _Page:
    """Text of limited size; counts the parts that were omitted."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.parts: list[str] = []
        self.left_out = 0

    def add(self, part: str) -> bool:
        size = len(part.encode())
        if size > self.left:
            self.left_out += 1
            return False
        self.left -= size
        self.parts.append(part)
        return True

    def add_rows(self, head: str, rows: Iterable[str], most: int) -> None:
        """Add a table, with as many rows as fit into `most` bytes and into the page."""
        kept, size, left_out = [], len(head.encode()), 0
        for one in rows:
            size += len(one.encode())
            if size <= min(most, self.left):
                kept.append(one)
            else:
                left_out += 1
        if kept and self.add(head + "".join(kept)):
            self.add(f"\nand {left_out:,} more\n" if left_out else "")
        self.left_out += left_out

    def add_sections(self, sections: Iterable[str]) -> None:
        for section in sections:
            self.add(section)

    def text(self, milestone: str) -> str:
        if self.left_out:
            self.parts.append(
                f"\n**Omitted:** {self.left_out:,} rows and sections did not fit. "
                f"`gatekeeper check -m {milestone} --service NAME` shows one service in full, "
                "`--format json` everything.\n"
            )
        return "".join(self.parts)


def _head(report: Report) -> str:
    result = report.result
    parts = [f"## {SYMBOLS[result.verdict][0]} {text(verdict.verdict_of_report(report))}\n\n"]
    if result.services:
        parts.append(f"{verdict.progress(result)}\n\n")
    if note := verdict.exit_code_note(report):
        parts.append(f"{note}\n\n")
    commit = f", commit `{report.commit[:12]}`" if report.commit else ""
    narrowed = ", ".join((*report.filter.services, *report.filter.owners, *report.filter.gates))
    only = f", only {_short(narrowed)}" if narrowed else ""
    parts.append(
        f"As of {result.as_of}{only}{commit}, rulebook `{report.rulebook.digest[:19]}`, "
        f"gatekeeper {report.tool_version}.\n"
    )
    if report.filter.narrows:
        parts.append(f"\n{verdict.NOT_COMPARED}\n")
    if wrong := verdict.signatures_note(sum(len(of.wrong_signatures) for of in result.services)):
        parts.append(f"\n✗ {wrong}\n")
    return "".join(parts)


def _do_first(report: Report) -> str:
    """Return the best actions: what to do, how much work it is, what that unlocks, and who does it."""
    found = [action for action in report.result.actions if _is_shown(action, report)]
    if not found:
        return ""
    lines = []
    for number, action in enumerate(found[:_MOST_ACTIONS], 1):
        remarks = "; ".join((*actions.remarks(action, report.result, where=False), actions.who(action)))
        lines.append(f"{number}. **{_short(actions.with_place(action))}**: {_short(remarks)}\n")
    more = counted(len(found) - _MOST_ACTIONS, "more action")
    rest = f"\nand {more}: `gatekeeper next -m {report.result.milestone}`\n"
    return "".join(["\n**Do first**\n\n", *lines, rest if len(found) > _MOST_ACTIONS else ""])


def _is_shown(action: Action, report: Report) -> bool:
    """Return whether an action helps a gate that is shown."""
    gates, rules = report.filter.gates, report.rulebook.by_id
    return not gates or any(rules[of].gate in gates for of in action.criteria if of in rules)


def _blocked_rows(blocked: Iterable[ServiceResult]) -> Iterator[str]:
    for service in blocked:
        open_counts = verdict.open_counts(service).removeprefix("open ")
        codes = [reason.code for reason in service.reasons if reason.code not in verdict.COUNTED]
        yield row(
            f"**{_short(service.service.service)}**",
            _short(service.service.owner),
            text(from_to(service)),
            f"{service.met:,} of {service.due:,}",
            text(" ".join(filter(None, [*codes, open_counts]))),
        )


def _exception_rows(services: Iterable[ServiceResult], rule: ExceptionRule) -> Iterator[str]:
    for service in services:
        for exception in service.exceptions:
            yield row(
                _short(exception.id),
                _short(service.service.service),
                exception.state.replace("_", " "),
                _short(exception.message),
                _short(", ".join(rule.in_words(exception.criteria))),
            )


def _lines(service: ServiceResult, report: Report) -> Iterator[str]:
    name, owner = html(service.service.service), html(cut(service.service.owner, _MOST_OF_A_TEXT))
    sign = SYMBOLS[service.verdict][0]
    yield f"\n<details>\n<summary>{sign} <b>{name}</b>, {owner}, {from_to(service)}</summary>\n\n"
    yield f"{_short(levels_sentence(service, report.rulebook.governance))}\n\n"
    for reason in service.reasons:
        if is_reported(reason):
            yield f"- **{reason.code}**: {_short(reason.message)}\n"
    yield from (f"- **signature**: {_short(line)}\n" for line in wrong_signatures([service]))
    gates = report.filter.gates
    shown = to_show((*service.criteria, *service.held_up_by))
    # A tightened version has the id of its criterion.
    results = {(of.rule.id, of.rule.effective): of for of in shown}
    once = outcomes.Once()
    for result in results.values():
        if not gates or result.rule.gate in gates:
            yield from criterion(result, _short, once, effort=False)
    yield "\n</details>\n"


def _ready(ready: list[ServiceResult]) -> str:
    names = ", ".join(text(service.service.service) for service in ready)
    count = counted(len(ready), "service")
    return f"\n<details>\n<summary>✓ {count} ready</summary>\n\n{names}\n\n</details>\n"


def _not_binding(lines: list[str]) -> str:
    return "\n" + "".join(f"- {_short(line)}\n" for line in lines)


def _short(untrusted: str) -> str:
    return prose(cut(untrusted, _MOST_OF_A_TEXT))
