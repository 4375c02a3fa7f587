"""`summary`: who must be green at which level at each milestone, derived from the matrix."""

from collections.abc import Mapping

from pydantic_core import to_json

from gatekeeper.model.level import Level
from gatekeeper.model.report import Screen
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.reporters.text.screen import draw, indented, item, shown
from gatekeeper.reporters.wording.counts import counted

Summary = Mapping[str, Mapping[str, Level]]


def as_json(summary: Summary, roadmap: Roadmap) -> str:
    """Return every service in scope with its target, by milestone, as JSON."""
    document = {
        "schema_version": 1,
        "milestones": {
            milestone: {service: str(level) for service, level in targets.items()}
            for milestone, targets in summary.items()
        },
        "milestone_names": roadmap.names,
    }
    return to_json(document, indent=2).decode() + "\n"


def as_table(summary: Summary, roadmap: Roadmap, screen: Screen) -> str:
    """Return a paragraph for each milestone: who must be green at which level."""
    parts = []
    for milestone, targets in summary.items():
        parts.append(
            indented(
                f"[bold]{shown(roadmap[milestone].title)}[/]  {counted(len(targets), 'service')} in scope", 0
            )
        )
        parts += [
            item(f"[bold]{level}[/]", _names(targets, level), 2) for level in sorted(set(targets.values()))
        ]
    return draw(parts, screen)


def _names(targets: Mapping[str, Level], level: Level) -> str:
    return ", ".join(shown(name) for name, target in targets.items() if target == level)
