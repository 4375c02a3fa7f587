"""Pages of HTML: one file each, with its style and script in it, and nothing from anywhere else.

Foreign text cannot become markup, because every expression of a template is escaped, nor hide itself, because
what a reader would not see is written out. The policy of a page admits its own style and script, by their
digests, and forbids all else.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from gatekeeper.model.status import GateStatus, MilestoneVerdict, ServiceVerdict, Status
from gatekeeper.model.survey import Survey
from gatekeeper.model.verdict import CriterionResult, NextStep
from gatekeeper.reporters.pages import exit_report
from gatekeeper.reporters.text.screen import SYMBOLS, visible
from gatekeeper.reporters.wording import sentences, steps
from gatekeeper.reporters.wording.details import MOST_FINDINGS
from gatekeeper.reporters.wording.forecast import lapse_words
from gatekeeper.reporters.wording.steps import Share

_FOLDER = Path(__file__).parent / "templates"
ROWS = 200
"""More rows than this make several tables, so that a browser need not lay out what is not in sight."""
MOST_BLOCKERS = 8
"""As many as the first screen holds."""

_TONES: dict[str, str] = {
    Status.PASS: "good",
    Status.FAIL: "bad",
    Status.MISSING: "hmm",
    Status.STALE: "hmm",
    Status.UNREADABLE: "bad",
    Status.EXCEPTED: "hmm",
    Status.NOT_APPLICABLE: "idle",
    GateStatus.GREEN: "green",
    GateStatus.AMBER: "amber",
    GateStatus.RED: "red",
    ServiceVerdict.READY: "good",
    ServiceVerdict.EXCEPTED: "hmm",
    ServiceVerdict.BLOCKED: "bad",
    MilestoneVerdict.READY_WITH_EXCEPTIONS: "hmm",
}
"""The colour of an outcome; it repeats what its sign and word say."""


class Page(NamedTuple):
    """A file of a site."""

    path: str
    text: str


class Link(NamedTuple):
    """A page that the others lead to."""

    path: str
    title: str


def render(template: str, survey: Survey, **more: Any) -> str:
    """Return a page about a survey."""
    frame = {"survey": survey, "pages": (), "up": "", "path": "", "sections": (), "hrefs": {}}
    return _template(template).render(**frame | more, criterion=_Drawn()) + "\n"


class _Drawn:
    """Draws criteria; services that say nothing of one share its result, which is drawn once."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[int, bool], Markup] = {}
        self._macro: Any = _template("criterion.html.j2").module

    def __call__(self, result: CriterionResult, in_full: bool) -> Markup:  # noqa: FBT001 - called by templates
        key = id(result), in_full
        if key not in self._drawn:
            self._drawn[key] = self._macro.criterion(result, in_full)
        return self._drawn[key]


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
        # Ours, and the policy names their digests: a page that held any other would not run it.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=policy(style, script),
        rows=ROWS,
        most_blockers=MOST_BLOCKERS,
        most_findings=MOST_FINDINGS,
        symbol=lambda outcome: SYMBOLS[outcome][0],
        tone=_TONES.__getitem__,
        is_web=is_web,
        basis=lambda result: result.basis,
        several=several,
        told_steps=told_steps,
        step_marks=step_marks,
        lapse_words=lapse_words,
        **_words(),
    )
    environment.filters.update(anchor=anchor, slug=slug, prose=prose)
    return environment


def _words() -> Mapping[str, Any]:
    exit_ = ("verdict", "outlook", "marks", "mark", "reasons", "groups", "rests_on", "left", "judged")
    return {
        **{name: getattr(exit_report, name) for name in exit_},
        **{name: getattr(steps, name) for name in ("count_of", "exit_words", "ways")},
        **{name: getattr(sentences, name) for name in ("actual", "expected", "location")},
    }


def _seen(value: Any) -> Any:
    """Write out what a reader would not see; markup of ours is left alone."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def prose(words: str) -> Markup:
    """Return text in which names between backticks look like the names that they are."""
    plain = visible(words).split("`")
    if len(plain) % 2 == 0:
        return escape(visible(words))
    parts = (
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(plain)
    )
    return Markup("").join(parts)


def policy(style: str, script: str) -> str:
    """Return the content security policy of a page: its own style and script, and nothing else."""
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in (style, script))
    of_style, of_script = (f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; style-src {of_style}; script-src {of_script}; "
        "base-uri 'none'; form-action 'none'"
    )


def is_web(address: str) -> bool:
    """Whether an address that somebody wrote may be followed: no script, and no file of the reader's."""
    return address.lower().startswith(("https://", "http://"))


def anchor(service: str) -> str:
    """Return the name of the place on a page at which a service is told."""
    return f"service-{service}"


def slug(words: str) -> str:
    """Return words as a part of an address."""
    return re.sub(r"[^\w.-]+", "-", words)


def several(services: Mapping[str, int]) -> str:
    """Say which services steps are for, and how many each needs: `shop (2), till (1)`."""
    names = [name if len(services) == 1 else f"{name} ({count})" for name, count in services.items()]
    return ", ".join(names[:8]) + (f" and {len(names) - 8:,} more" if len(names) > 8 else "")


def told_steps(share: Share, milestone: str) -> list[tuple[NextStep, str]]:
    """Return the steps of an owner with what is said of each."""
    return [(step, "; ".join(steps.about(step, share, milestone))) for step in share.steps]


def step_marks(step: NextStep) -> str:
    """Return what a step can be found by: the gates that it helps, at any status."""
    groups = sorted({exit_report.group_of(criterion) for criterion in step.criteria}) or ["levels"]
    return " ".join(f"{group}:*" for group in groups)
