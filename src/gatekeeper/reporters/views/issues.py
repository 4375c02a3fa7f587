"""`next --format issues`: the actions of each owner for the import into a tracker, and as lists of tasks.

An issue keeps its id as long as there is the same to do for the same owner, so that a second import updates
it. Titles and bodies fit GitHub (256 and 65,536 characters), GitLab and Jira (255 and 32,767).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote

from gatekeeper.model.action import Action, Share
from gatekeeper.model.report import Report
from gatekeeper.reporters.text.markdown import prose, text
from gatekeeper.reporters.text.screen import cut, visible
from gatekeeper.reporters.views.next import selected
from gatekeeper.reporters.wording.actions import (
    by_owner,
    exit_words,
    remarks,
    ways,
    when,
    with_place,
)

MOST_OF_A_TITLE = 250
MOST_OF_A_BODY = 30_000
_FOR_THE_END = 200
"""Characters reserved for the note about what was omitted."""
LABEL = "gatekeeper"


class Issue(NamedTuple):
    """What one owner has to do about one action."""

    id: str
    title: str
    body: str
    """Markdown; its first line is a comment with the id."""
    labels: tuple[str, ...]
    owner: str
    milestone: str
    due: str | None
    """The exit date of the milestone."""


def data(report: Report, exit_date: date | None) -> dict[str, Any]:
    """Return an issue for each owner and action as plain data."""
    issues = [_issue(owner, action, report, exit_date) for owner, of in _by_owner(report) for action in of]
    return {
        "milestone": report.result.milestone,
        "as_of": report.result.as_of.isoformat(),
        "issues": [issue._asdict() for issue in issues],
    }


def as_markdown(report: Report, exit_date: date | None) -> str:
    """Return the actions as lists of tasks, by owner."""
    result = report.result
    parts = [f"# {text(result.title)}\n\nAs of {result.as_of}; {exit_words(exit_date, result.as_of)}.\n"]
    for owner, actions in _by_owner(report):
        parts.append(f"\n## {text(owner)}\n")
        for action in actions:
            id_ = _id(result.milestone, action, owner)
            head = f"- [ ] **{prose(with_place(action))}** <!-- {id_} -->\n"
            parts += [f"\n{head}", *(f"  {line}".rstrip() + "\n" for line in _lines(action, report))]
    return "".join(parts)


def _by_owner(report: Report) -> Iterator[tuple[str, list[Action]]]:
    """Yield the actions of each owner; what some services can do now and others later is one action."""
    for owner, actions in by_owner(selected(report)):
        found: dict[str, Action] = {}
        for action in actions:
            id_ = _stable(action)
            found[id_] = _together(found[id_], action) if id_ in found else action
        yield owner, list(found.values())


def _stable(action: Action) -> str:
    """Return the id of an action, whether other work comes first or not."""
    return action._replace(comes_last=False).id


def _together(one: Action, other: Action) -> Action:
    return one._replace(
        shares=one.shares + other.shares,
        options=one.options + other.options,
        comes_last=one.comes_last and other.comes_last,
    )


def _id(milestone: str, action: Action, owner: str) -> str:
    """Return the id of an issue, which may occur in a comment, in a label and in a query."""
    words = (quote(word, safe=":+._/") for word in (milestone, _stable(action), owner))
    return ":".join(("gatekeeper", *words)).replace("--", "-%2D")


def _issue(owner: str, action: Action, report: Report, exit_date: date | None) -> Issue:
    milestone = report.result.milestone
    id_ = _id(milestone, action, owner)
    title = visible(f"{milestone}: {with_place(action)}")
    return Issue(
        id=id_,
        title=cut(title, MOST_OF_A_TITLE),
        body=_body(id_, action, report),
        labels=(
            LABEL,
            f"milestone:{milestone}",
            f"effort:{action.effort}",
            *["regression"] * action.recovers,
        ),
        owner=owner,
        milestone=milestone,
        due=exit_date.isoformat() if exit_date else None,
    )


def _body(id_: str, action: Action, report: Report) -> str:
    """Return the body of an issue; a note says how many lines did not fit."""
    lines = [f"<!-- {id_} -->", *_lines(action, report)]
    kept, left = [], MOST_OF_A_BODY - _FOR_THE_END
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            break
        kept.append(line)
    if omitted := len(lines) - len(kept):
        kept.append(
            f"\nand {omitted:,} more lines: `gatekeeper next -m {report.result.milestone} --format json`"
        )
    return "\n".join(kept) + "\n"


def _lines(action: Action, report: Report) -> Iterator[str]:
    """Yield what to do, with a box to tick for each service or criterion, and what may be done instead."""
    for told in action.instructions:
        yield ""
        yield prose(told.text)
        yield ""
        shares = [share for share in action.shares if share.text == told.text]
        yield from (
            f"- [ ] {box}" for share in shares for box in _boxes(share, alone=len(action.shares) == 1)
        )
    if instead := list(ways(action)):
        yield ""
        yield "Instead:"
        yield ""
        yield from (f"- {prose(way)}" for way in instead)
    yield ""
    about = remarks(action, report.result, most_criteria=None)
    yield prose(_sentence([*about, *when(action, report.result)]))


def _boxes(share: Share, *, alone: bool) -> list[str]:
    """Return a box for each criterion or role of the only service, or one for the service."""
    parts = [text(word) for word in (*share.criteria, *share.roles)]
    if alone and parts:
        return parts
    service = text(share.service)
    return [f"{service}: {', '.join(parts)}" if parts else service]


def _sentence(clauses: list[str]) -> str:
    words = "; ".join(clauses)
    return f"{words[0].upper()}{words[1:]}."
