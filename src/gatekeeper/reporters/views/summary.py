"""`summary`: who must be green at which level at each milestone, derived from the matrix."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rich.text import Text

from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text.screen import Parts, flowing, item, shown, visible
from gatekeeper.reporters.wording.counts import counted

Summary = Mapping[str, Mapping[str, Level]]


def data(summary: Summary, roadmap: Roadmap) -> dict[str, Any]:
    """Return every service in scope with its target, by milestone, as plain data."""
    targets = {name: {one: str(level) for one, level in of.items()} for name, of in summary.items()}
    return {"milestones": targets, "milestone_names": roadmap.names}


def parts(summary: Summary, roadmap: Roadmap, screen: Screen) -> Parts:
    """Yield a paragraph for each milestone: when it exits, and who must be green at which level."""
    for milestone, targets in summary.items():
        of = roadmap[milestone]
        facts = [f"{counted(len(targets), 'service')} in scope", *_exit(of)]
        yield from flowing([Text(visible(of.title), "bold"), *map(Text, facts)], screen, 0, hanging=4)
        for level in sorted(set(targets.values())):
            names = ", ".join(shown(name) for name, target in targets.items() if target == level)
            yield item(f"[bold]{level}[/]", names, 2)


def _exit(milestone: Milestone) -> Iterator[str]:
    """Yield when a milestone exited, or its exit date; nothing depends on today."""
    if last := milestone.last_record(date.max):
        yield f"{last.state} on {last.on}"
    elif milestone.exit_date:
        yield f"exit date {milestone.exit_date}"
