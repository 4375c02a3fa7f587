"""HTML pages: one self-contained file each, with its style and script.

Untrusted text cannot become markup, because every expression of a template is escaped, and it cannot hide,
because invisible characters are written as escapes. The content security policy of a page allows its own
style and script, by their digests, and nothing else.
"""

import re
from base64 import b64encode
from collections.abc import Collection, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from gatekeeper.model.action import Action
from gatekeeper.model.overview import Overview
from gatekeeper.model.status import OPEN, WORST_FIRST, GateStatus, Status
from gatekeeper.model.verdict import CriterionResult
from gatekeeper.reporters.pages import exit_report, grids
from gatekeeper.reporters.text.screen import SYMBOLS, visible
from gatekeeper.reporters.wording import (
    actions,
    counts,
    forecast,
    levels,
    outcomes,
    provenance,
    statements,
    timing,
    verdict,
)
from gatekeeper.reporters.wording.actions import OwnerActions

_FOLDER = Path(__file__).parent / "templates"
ROWS = 200
"""Longer tables are split, so that a browser lays out only what is visible."""
MOST_BLOCKERS = 8
"""As many as fit on the first screen."""

_TONES = {"green": "good", "red": "bad", "yellow": "hmm", "bright_black": "idle"}
"""The class of each colour of a terminal."""
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


def render(template: str, overview: Overview, **more: Any) -> str:
    """Return a page about an overview."""
    frame = {"overview": overview, "pages": (), "up": "", "path": "", "sections": (), "hrefs": {}}
    return _template(template).render(**frame | more, criterion=_Drawn()) + "\n"


class _Drawn:
    """Draws criteria; services without evidence share a result, which is drawn only once in short."""

    def __init__(self) -> None:
        self._drawn: dict[int, Markup] = {}
        self._macro: Any = _template("criterion.html.j2").module

    def __call__(self, result: CriterionResult, in_full: bool, once: outcomes.Once) -> Markup:  # noqa: FBT001 - called by templates
        drawn: Markup | None = None if in_full else self._drawn.get(id(result))
        if drawn is None:
            drawn = self._macro.criterion(result, in_full, once if in_full else outcomes.Once())
            self._drawn[id(result)] = drawn
        return drawn


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
    style, script = (_FOLDER.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    environment.globals.update(
        # Files of this package; the policy has their digests, so a page runs no other script.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=policy(style, script),
        rows=ROWS,
        most_blockers=MOST_BLOCKERS,
        most_findings=outcomes.MOST_FINDINGS,
        symbol=lambda outcome: SYMBOLS[outcome][0],
        tone=tone,
        statuses=STATUSES,
        is_web=is_web,
        several=several,
        steps_of=steps_of,
        step_marks=step_marks,
        **_wording(),
    )
    environment.filters.update(anchor=anchor, slug=slug, prose=prose, spaced=verdict.spaced)
    return environment


def _wording() -> Mapping[str, Any]:
    names = {
        exit_report: (
            "outlook",
            "marks",
            "mark",
            "reasons",
            "groups",
            "rests_on",
            "bases",
            "time_left",
            "judged",
            "limited",
        ),
        grids: ("level_grid", "level_legend", "gate_cells", "milestone_rows", "GATES_LEGEND"),
        actions: ("exit_words", "what_to_do", "ways"),
        outcomes: ("Once", "actual", "asked", "location", "not_binding", "status_words"),
        provenance: ("flaws",),
        statements: ("approved_by", "wrong_signatures"),
        timing: ("not_binding_yet",),
        levels: ("levels_sentence",),
        forecast: ("lapse_sentence", "nothing_lapses"),
        verdict: ("verdict_sentence", "service_sentence"),
        counts: ("counted",),
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
    return outcome if outcome in _OF_GATES else _TONES[SYMBOLS[outcome][2]]


def is_web(address: str) -> bool:
    """Return whether an untrusted address may become a link: neither a script nor a local file."""
    return address.lower().startswith(("https://", "http://"))


def anchor(service: str) -> str:
    """Return the anchor of a service on a page."""
    return f"service-{service}"


def slug(words: str) -> str:
    """Return words as a part of a URL."""
    return re.sub(r"[^\w.-]+", "-", words)


def several(services: Mapping[str, int]) -> str:
    """Return the services of steps, and how many steps each needs: `shop (2), till (1)`."""
    names = [name if len(services) == 1 else f"{name} ({count})" for name, count in services.items()]
    return counts.first_few(names, 8)


def steps_of(share: OwnerActions, milestone: str) -> list[tuple[Action, str]]:
    """Return the steps of an owner, each with the remarks on it."""
    return [(step, "; ".join(actions.about(step, share, milestone))) for step in share.actions]


def step_marks(step: Action, gates: Collection[str]) -> str:
    """Return the marks that the filter finds a step by: the gates of its criteria, at any status."""
    groups = sorted({exit_report.group_of(criterion, gates) for criterion in step.criteria}) or [
        exit_report.LEVELS
    ]
    return " ".join(f"{group}:*" for group in groups)
