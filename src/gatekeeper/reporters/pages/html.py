"""HTML pages: one self-contained file each, with its style and script.

Untrusted text cannot become markup, because every expression of a template is escaped, and it cannot hide,
because invisible characters are written as escapes. The content security policy of a page allows its own
style and script, by their digests, and nothing else.
"""

import re
from base64 import b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from gatekeeper.model.action import Action
from gatekeeper.model.overview import Overview
from gatekeeper.model.status import OPEN, WORST_FIRST, GateStatus, Status
from gatekeeper.model.verdict import CriterionResult, Standing
from gatekeeper.reporters.pages import exit_report, grids
from gatekeeper.reporters.text.screen import SYMBOLS, visible
from gatekeeper.reporters.wording import (
    actions,
    changes,
    counts,
    forecast,
    levels,
    outcomes,
    provenance,
    statements,
    timing,
    verdict,
)

_FOLDER = Path(__file__).parent / "templates"
ROWS = 200
"""Longer tables are split, so that a browser lays out only what is visible."""
MOST_SERVICES = 12
"""How many services of an owner an action names."""

MOST_CHANGES = 40
"""How many changes of a kind the report lists."""

_TONES = {"green": "good", "red": "bad", "yellow": "hmm", "bright_black": "idle"}
"""The class of each colour of a terminal."""
_CELLS = {
    grids.CellState.LOST: "lost",
    grids.CellState.OPEN: "bad",
    grids.CellState.EXCEPTED: "hmm",
    grids.CellState.MET: "good",
    grids.CellState.NOT_ASKED: "idle",
}
STATUSES = (*(status for status in WORST_FIRST if status in OPEN), Status.EXCEPTED, Status.PASS)
"""The statuses of criteria that the filter offers."""
_OF_GATES = frozenset(GateStatus) - {GateStatus.NOT_APPLICABLE}


class Page(NamedTuple):
    """A file of a site."""

    path: str
    text: str


class Link(NamedTuple):
    """A page in the navigation."""

    path: str
    title: str
    about: str | None = None
    """What the title stands for, if that is not obvious."""


def render(template: str, overview: Overview, *, assets: Sequence[str] = (), **more: Any) -> str:
    """Return a page about an overview.

    Args:
        template: The name of its template.
        overview: What was judged.
        assets: The names of styles and scripts that it has besides those of every page.
        more: The variables of the template.
    """
    frame = {"overview": overview, "pages": (), "up": "", "path": "", "sections": (), "hrefs": {}}
    own = _assets("page", *assets)
    return _template(template).render(**frame | own | more, criteria=_Drawn(overview)) + "\n"


@cache
def _assets(*names: str) -> dict[str, str]:
    """Return styles and scripts of this package, and the policy by which a page runs no others."""
    style, script = (
        "".join(
            file.read_text(encoding="utf-8")
            for name in names
            if (file := _FOLDER / f"{name}.{ending}").exists()
        )
        for ending in ("css", "js")
    )
    return {"style": Markup(style), "script": Markup(script), "policy": policy(style, script)}  # noqa: S704


class _Drawn:
    """Draws the criteria of a group that are not met."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview
        self._macros: Any = _template("criterion.html.j2").module

    def __call__(
        self, service: str, results: Sequence[CriterionResult], once: outcomes.Once | None
    ) -> Markup:
        """Return them at length; without `once` in short, those of which the same is said together."""
        link = partial(self._overview.link, service)
        if once is not None:
            return Markup("").join(self._macros.at_length(of, once, link) for of in results)
        return Markup("").join(self._macros.in_short(of, link) for of in exit_report.alike(results))


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    environment.globals.update(
        rows=ROWS,
        most_first=exit_report.MOST_FIRST,
        most_losses=exit_report.MOST_LOSSES,
        most_findings=outcomes.MOST_FINDINGS,
        most_changes=MOST_CHANGES,
        most_listed=grids.MOST_LISTED,
        tones=_CELLS,
        symbol=lambda outcome: SYMBOLS[outcome][0],
        tone=tone,
        statuses=STATUSES,
        is_web=is_web,
        owned=owned,
        action_marks=action_marks,
        group_marks=group_marks,
        ranges=ranges,
        standing_words=verdict.STANDINGS,
        **_wording(),
    )
    environment.filters.update(
        anchor=anchor, fragment=fragment, lines=lines, slug=slug, prose=prose, spaced=verdict.spaced
    )
    return environment


def _wording() -> Mapping[str, Any]:
    names = {
        exit_report: (
            "outlook",
            "marks",
            "mark",
            "reasons",
            "groups",
            "needs_more_words",
            "lapsing",
            "losses",
            "held_levels",
            "since",
            "rests_on",
            "bases",
            "time_left",
            "judged",
            "limited",
        ),
        grids: (
            "level_legend",
            "gate_map_legend",
            "gate_rows",
        ),
        actions: ("exit_words", "named", "remarks", "ways", "when", "who", "with_place"),
        outcomes: ("Once", "actual", "asked", "location", "not_binding", "status_words"),
        provenance: ("flaws",),
        statements: ("approved_by", "wrong_signatures"),
        timing: ("not_binding_yet",),
        levels: ("levels_sentence",),
        forecast: ("lapse_sentence", "nothing_lapses"),
        verdict: ("verdict_sentence", "service_sentence"),
        counts: ("counted", "first_few", "not_listed", "percent"),
        changes: ("place",),
    }
    return {name: getattr(module, name) for module, of_module in names.items() for name in of_module}


def _seen(value: Any) -> Any:
    """Write invisible characters as escapes; markup of this package stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def prose(words: str) -> Markup:
    """Return text with names between backticks as `<code>`."""
    plain = visible(words).split("`")
    if len(plain) % 2 == 0:
        return escape(visible(words))
    parts = (
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(plain)
    )
    return Markup("").join(parts)


def policy(style: str, script: str) -> str:
    """Return the content security policy that allows this style and script only."""
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in (style, script))
    of_style, of_script = (f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; style-src {of_style}; script-src {of_script}; "
        "base-uri 'none'; form-action 'none'"
    )


def tone(outcome: str) -> str:
    """Return the colour class of an outcome: the colour of its sign, and for a gate its status."""
    if outcome is Standing.REGRESSED:
        return "lost"
    return outcome if outcome in _OF_GATES else _TONES[SYMBOLS[outcome][2]]


def is_web(address: str) -> bool:
    """Return whether an untrusted address may become a link: neither a script nor a local file."""
    return address.lower().startswith(("https://", "http://"))


def anchor(service: str) -> str:
    """Return the anchor of a service on a page; no other anchor has a colon but those of actions."""
    return f"service:{service}"


def fragment(id_: str) -> str:
    """Return an id as the anchor of a page, without blanks."""
    return quote(id_, safe=":+")


def lines(names: Iterable[str]) -> Markup:
    """Return names for an attribute, one a line; within a name, line breaks are written as escapes."""
    return Markup("&#10;").join(escape(visible(name)) for name in names)


def slug(words: str) -> str:
    """Return words as a part of a URL."""
    return re.sub(r"[^\w.-]+", "-", words)


def owned(action: Action, listed: Collection[str]) -> list[tuple[str, str]]:
    """Return the owners of listed services of an action, each with the services for which it is asked."""
    shares: dict[str, list[str]] = {}
    for share in action.shares:
        shares.setdefault(share.owner, []).append(share.service)
    named = {owner: [name for name in services if name in listed] for owner, services in shares.items()}
    return [
        (owner, counts.first_few([*names, *shares[owner][len(names) :]], min(len(names), MOST_SERVICES)))
        for owner, names in named.items()
        if names
    ]


def ranges(services: Iterable[str], rows: Mapping[str, int]) -> str:
    """Return the rows of services in the heat map, `0-17 19`, which is shorter than their names."""
    found: list[list[int]] = []
    for place in sorted({rows[name] for name in services if name in rows}):
        if found and found[-1][-1] == place - 1:
            found[-1][1:] = [place]
        else:
            found.append([place])
    return " ".join("-".join(map(str, one)) for one in found)


def group_marks(group: exit_report.Group) -> str:
    """Return the marks of the criteria of a group that are not met."""
    return " ".join(sorted({exit_report.mark(of) for of in group.unmet}))


def action_marks(action: Action, gates: Collection[str]) -> str:
    """Return the marks that the filter finds an action by: the gates of its criteria, at any status."""
    return " ".join(f"{group}:*" for group in exit_report.groups_of_action(action, gates))
