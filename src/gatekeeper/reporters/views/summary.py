"""`summary`: who must be green at which level at each milestone, derived from the matrix."""

from collections.abc import Mapping
from typing import Any

from gatekeeper.model.level import Level
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.reporters.text.screen import Parts, indented, item, shown
from gatekeeper.reporters.wording.counts import counted

Summary = Mapping[str, Mapping[str, Level]]


def data(summary: Summary, roadmap: Roadmap) -> dict[str, Any]:
    """Return every service in scope with its target, by milestone, as plain data."""
    targets = {name: {one: str(level) for one, level in of.items()} for name, of in summary.items()}
    return {"milestones": targets, "milestone_names": roadmap.names}


def parts(summary: Summary, roadmap: Roadmap) -> Parts:
    """Yield a paragraph for each milestone: who must be green at which level."""
    for milestone, targets in summary.items():
        title, count = shown(roadmap[milestone].title), counted(len(targets), "service")
        yield indented(f"[bold]{title}[/]  {count} in scope", 0)
        for level in sorted(set(targets.values())):
            names = ", ".join(shown(name) for name, target in targets.items() if target == level)
            yield item(f"[bold]{level}[/]", names, 2)
